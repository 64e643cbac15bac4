"""Mends that a mapping asks for are applied, and told, so that the force's system is corrected.

Imported, dropped and all or nothing: a flag with letters exchanged is published right, the
result says field, column, what was there and what is, and the log that it was asked for.
What the mapping does not name is proposed as ever; a row that would be refused all the same
is not mended; what was published before is not mended again.  Over HTTP: net/gateway.
"""

import argparse
import csv
import json
import os

import scene
from drop import Drop
from scene import Network, check, check_equal, say

TABLE = os.path.join(scene.DEPLOY, "mappings", "records-table")


def write(net: Network, name: str, text: str) -> str:
    path = net.path(name)
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)
    return path


def mapping(net: Network, *lines: str, publish: str = "row-by-row") -> str:
    with open(TABLE + ".yaml", encoding="utf-8") as f:
        text = f.read().replace("publish: row-by-row", f"publish: {publish}")
    return write(net, "map.yaml", text + "".join(line + "\n" for line in lines))


def rows(*changed: dict[str, str]) -> str:
    """The table with a row for each, the first of the sample but for what is given."""
    with open(TABLE + ".csv", encoding="utf-8", newline="") as f:
        sample = list(csv.DictReader(f))[0]
    out = [list(sample), *[list({**sample, **one}.values()) for one in changed]]
    return "".join(",".join(f'"{cell}"' for cell in one) + "\n" for one in out)


def row(number: int, **cells: str) -> dict[str, str]:
    names = {"tags": "Tags", "code": "Crime Code", "offences": "Offences", "risk": "Risk"}
    return {"Report Ref": f"55-IR-2025-{number:08d}",
            **{names[name]: value for name, value in cells.items()}}


def run_import(net: Network, map_file: str, text: str, *options: str) -> tuple[int, list[dict]]:
    code, answers = net.at("F55", "import", "--map", map_file, *options,
                           write(net, "rows.csv", text), check=False)
    return code, [one for one in answers if "state" in one]


def states(told: list[dict]) -> list[str]:
    return [one["state"] for one in told]


def mends(one: dict) -> list[tuple[str, str, str, str, str]]:
    return [(m["rule"], m.get("column", ""), m["field"], m.get("was", ""), m["now"])
            for m in one.get("mends", [])]


def proposed(one: dict) -> set[str]:
    return {f["value"] for f in one["findings"] if "value" in f}


FLAG = ("R8", "Tags", "flags[0]", "OIMRC", "OIMCR")
CODE = ("R7", "Crime Code", "crime_code", "FICT 0IM 01", "FICT-OIM-01")


def check_asked(net: Network) -> None:
    text = rows(row(1, tags="OIMRC"), row(2, tags="OIMRC", code="FICT 0IM 01"),
                row(3, tags="OIMRC", risk=""), row(4))
    code, told = run_import(net, mapping(net), text)
    check_equal((code, states(told)), (1, ["refused"] * 3 + ["published"]), "without asking")
    check_equal(([mends(one) for one in told], proposed(told[0])), ([[]] * 4, {"OIMCR"}), "proposals")

    map_file = mapping(net, "mend: [flags]")
    code, dry = run_import(net, map_file, text, "--dry-run")
    check_equal((states(dry), mends(dry[0])), (["right", "right", "refused", "published-before"], [FLAG]),
                "a dry run")
    base = net.path("result")
    code, told = run_import(net, map_file, text, "--result", base)
    check_equal((code, states(told)), (1, ["published"] * 2 + ["refused", "published-before"]), "asked")
    check_equal([mends(one) for one in told], [[FLAG], [FLAG], [], []], "mends")
    check_equal(proposed(told[1]), {"FICT-OIM-01"}, "what was not asked for is proposed")
    check_equal(proposed(told[2]), {"OIMCR"}, "a row that is refused all the same")
    check_results(base)
    scene.wait_stored(net, "F55", told[0]["id"], {"JFC", "PND"})
    scene.wait_stored(net, "F55", told[1]["id"], {"JFC"})
    check(told[1]["id"] not in scene.held(net, "PND"), "PND got a record with a wrong code")
    seen = net.at("JFC", "show", told[0]["id"], "--purpose", "a test")[1][0]
    check_equal(seen["flags"], ["OIMCR"], "the flag at the fusion cell")
    log = [one for one in net.at("F55", "audit", "--use", "integrity", "--operation", "collect")[1]
           if one.get("object") in {told[0]["id"], told[1]["id"]}]
    check_equal([(one["outcome"], one["rules"]) for one in log],
                [("accepted with mends that were asked for", "R8")] * 2, "the log")
    code, again = run_import(net, map_file, text)
    check_equal((states(again)[:2], [mends(one) for one in again[:2]]), (["published-before"] * 2, [[], []]),
                "what was published before")
    said = net.run("import", "--home", net.path("F55"), "--map", map_file,
                   write(net, "rows.csv", rows(row(5, tags="OIMRC")))).stdout
    check('R8 mended column Tags for flags[0]: was "OIMRC", is "OIMCR"' in said, f"on the screen: {said}")
    say("mended where it was asked for")


def check_results(base: str) -> None:
    with open(base + ".json", encoding="utf-8") as f:
        result = json.load(f)
    check_equal([mends(one) for one in result["rows"]], [[FLAG], [FLAG], [], []], "the result file")
    with open(base + ".csv", encoding="utf-8", newline="") as f:
        mended = [one for one in csv.DictReader(f) if one["severity"] == "mended"]
    check_equal([(one["rule"], one["column"], one["field"], one["was"], one["value"])
                 for one in mended], [FLAG] * 2, "its table")


def check_classes(net: Network) -> None:
    """Each class alone mends what is its own; a word that is none is refused with its line."""
    text = rows(row(11, tags="OIMRC", code="FICT 0IM 01", offences="im71 142"))
    wanted = {"flags": {"flags[0]"}, "crime-code": {"crime_code"},
              "offence-codes": {"offence_codes[0]"}}
    for name, fields in wanted.items():
        _, told = run_import(net, mapping(net, f"mend: [{name}]"), text, "--dry-run")
        found = {m["field"] for m in told[0].get("mends", [])}
        if name != "flags":  # the tag stops the row, so nothing is mended
            check_equal((states(told), found), (["refused"], set()), name)
            _, told = run_import(net, mapping(net, f"mend: [flags, {name}]"), text, "--dry-run")
            found = {m["field"] for m in told[0].get("mends", [])} - wanted["flags"]
        check_equal(found, fields, name)
    _, told = run_import(net, mapping(net, "mend: [missing-flags]"),
                         rows(row(12, tags="") | {"Text": "Tagged #OIMCR by the officer."}), "--dry-run")
    check_equal(mends(told[0]), [("R8", "Tags", "flags", "", "OIMCR")], "a flag that the text names")
    code, answers = net.at("F55", "import", "--map", mapping(net, "mend: [spelling]"),
                           write(net, "rows.csv", text), check=False)
    check(code == 1 and "line" in answers[0]["what"], f"a word that is no class: {answers}")
    say("class by class")


def check_other_ways(net: Network) -> None:
    map_file = mapping(net, "mend: [flags, crime-code]", publish="all-or-nothing")
    code, told = run_import(net, map_file, rows(row(21, tags="OIMRC"), row(22, code="FICT 0IM 01")))
    check_equal((code, states(told)[-2:], [mends(one) for one in told[-2:]]),
                (0, ["published"] * 2, [[FLAG], [CODE]]), "all or nothing")
    scene.wait_stored(net, "F55", told[-1]["id"], {"PND"})
    with Drop(net, "incoming", mapping(net, "mend: [flags]")) as drop:
        drop.put("a.csv", rows(row(31, tags="OIMRC")))
        result = drop.wait("done", "a.csv")
    check_equal((result["result"], mends(result["rows"][0])), ("published", [FLAG]), "dropped")
    say("all or nothing, and dropped")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        check_asked(net)
        check_classes(net)
        check_other_ways(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
