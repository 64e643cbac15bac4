"""What was graded in another scheme and has no equivalent waits here for a person.

Rows of 5x5x5 and of Europol 4x4, imported and dropped: what has an equivalent is published
with its original, what has none is a draft and a to-do, the same row again is the same draft,
also after the node was killed.  Graded, sanitised and released it is published once, with the
original beside the grade; discarded it is gone.  What more is wrong with a row, or may be
marked too high, is refused, and nothing of that is kept.
"""

import argparse
import csv
import json
import os
import signal

import canary
import drafts
import scene
from drop import Drop
from scene import Network, check, check_equal, say

MAPPINGS = os.path.join(scene.DEPLOY, "mappings")
HELD = "held: draft {} waits for a person to re-grade it"


def write(net: Network, name: str, text: str) -> str:
    path = net.path(name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def read_json(path: str) -> dict:
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def archive(net: Network, scheme: str, publish: str = "row-by-row") -> str:
    """The example archive's mapping, for a scheme and a system of its own."""
    with open(os.path.join(MAPPINGS, "old-grades.yaml"), encoding="utf-8") as f:
        text = f.read()
    text = text.replace("grades: 5x5x5", f"grades: {scheme}")
    text = text.replace("publish: row-by-row", f"publish: {publish}")
    text = text.replace("example-old-archive", f"archive-{scheme}-{publish}")
    return write(net, f"{scheme}-{publish}.yaml", text)


def line(number: int, grade: str, handling: str, title: str = "A boat was bought",
         mark: str = "RESTRICTED") -> str:
    return f"{number:08d};04.11.10;{title};{grade};{handling};{mark};It was bought at night.;7\n"


def import_rows(net: Network, mapping: str, rows: str, *options: str) -> tuple[int, list[dict]]:
    code, answers = net.at("F55", "import", "--map", mapping, *options,
                           write(net, "rows.csv", rows), check=False)
    return code, [row for row in answers if "state" in row]


def states(rows: list[dict]) -> list[str]:
    return [row["state"] for row in rows]


def rules(row: dict) -> list[str]:
    return sorted({f["rule"] for f in row["findings"] if f["severity"] == "refuse"})


def drafts_of(net: Network) -> set[str]:
    return {row["id"] for row in scene.rows_at(net, "F55", "draft list", "draft")}


def waiting(net: Network) -> set[str]:
    """What the list of to-dos says is to be graded again."""
    _, answers = net.at("F55", "todo")
    rows = [row for row in answers if row.get("kind") == "re-grade"]
    check(all("R22" in row["what"] for row in rows), f"to-dos: {rows}")
    return {row["record"] for row in rows}


def published(net: Network) -> int:
    return next(int(row["size"]) for row in scene.rows_at(net, "F55", "status", "stream")
                if row["stream"] == "routine")


def shown(net: Network, record: str) -> dict:
    scene.wait_stored(net, "F55", record, {"JFC"})
    return net.at("JFC", "show", record, "--purpose", "a test")[1][0]


def release(net: Network, draft: str, *grading: str) -> str:
    drafts.expect(net, 0, "assess", draft, *grading)
    drafts.expect(net, 0, "sanitise", draft)
    return drafts.row(drafts.expect(net, 0, "release", draft, "--person", "DS One"), "record")["id"]


def check_import(net: Network, words: canary.Canaries) -> tuple[str, list[dict]]:
    """Source C and handling 4 have equivalents; F9 and handling 7 have none."""
    mapping = archive(net, "5x5x5")
    rows = (line(1, "C3", "4") + line(2, "F9", "1", title=words.text("held title"))
            + line(3, "B2", "7") + line(4, "F9", "1", title="")
            + line(5, "F9", "1", mark="CONFIDENTIAL"))
    code, dry = import_rows(net, mapping, rows, "--dry-run")
    check_equal((code, states(dry)), (1, ["right", "to-be-held", "to-be-held", "refused", "refused"]),
                "a dry run")
    check_equal((drafts_of(net), waiting(net)), (set(), set()), "what a dry run kept")

    base = net.path("result")
    code, told = import_rows(net, mapping, rows, "--result", base)
    check_equal((code, states(told)), (1, ["published", "held", "held", "refused", "refused"]), "rows")
    check_equal([rules(row) for row in told], [[], ["R22"], ["R22"], ["F1", "R22"], ["R22"]], "rules")
    held = {row["id"] for row in told[1:3]}
    check_equal((drafts_of(net), waiting(net)), (held, held), "drafts and to-dos")
    check_equal([row["sentence"] for row in told[1:3]], [HELD.format(row["id"]) for row in told[1:3]],
                "what the rows are told")
    result = read_json(base + ".json")
    check_equal((result["result"], result["published"], result["held"], result["refused"]),
                ("partly", 1, 2, 2), "the result file")
    check_equal([(row["state"], row["id"], row["sentence"]) for row in result["rows"][1:3]],
                [("held", row["id"], HELD.format(row["id"])) for row in told[1:3]], "its rows")
    with open(base + ".csv", encoding="utf-8", newline="") as f:
        check_equal({row["id"] for row in csv.DictReader(f) if row["state"] == "held"}, held,
                    "rows of the table that are held")
    said = net.run("import", "--home", net.path("F55"), "--map", mapping, net.path("rows.csv"),
                   check=False).stdout
    check(HELD.format(told[1]["id"]) in said and "2 held" in said, f"what a person reads: {said}")
    report = shown(net, told[0]["id"])
    check_equal((report["texts"][0]["grade"], report["texts"][0]["original_grade"],
                 report["handling"], report["original_handling"], report["action"]),
                ("2B", "C3", "C", "4", "A1"), "what C3 and 4 became")
    check_equal(scene.held(net, "JFC"), [told[0]["id"]], "what left the bureau")
    os.remove(net.path("rows.csv"))
    canary.check_files(net, canary.needles(words), "while drafts wait")
    log = [row for row in net.at("F55", "audit", "--use", "integrity", "--operation", "collect")[1]
           if row.get("object") in held]
    check_equal([row["outcome"] for row in log], ["held to be re-graded (R22)"] * 2, "the log")
    say("5x5x5: two rows wait, and two are refused")
    return mapping, told


def check_again(net: Network, mapping: str, told: list[dict]) -> None:
    """The same rows are the same drafts; another record under the key of one is refused."""
    rows = line(1, "C3", "4") + line(2, "F9", "1", title="x") + line(3, "B2", "7")
    for _ in range(2):
        code, again = import_rows(net, mapping, rows)
        check_equal((code, states(again)), (1, ["published-before", "refused", "held"]), "again")
        check_equal(again[2]["id"], told[2]["id"], "the draft")
        check_equal(rules(again[1]), ["I8", "R22"], "a row that changed")
        net.stop("F55", signal.SIGKILL)
        net.start("F55")
        scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
    code, mended = import_rows(net, mapping, line(3, "B2", "1"))
    check_equal((code, states(mended), rules(mended[0])), (1, ["refused"], ["I8"]), "mended at home")
    check("draft" in mended[0]["findings"][-1]["sentence"], f"{mended[0]['findings']}")
    check_equal(drafts_of(net), {row["id"] for row in told[1:3]}, "drafts")
    say("the same row is the same draft, over a killed node too")


def check_release(net: Network, mapping: str, told: list[dict]) -> None:
    draft, other = told[1]["id"], told[2]["id"]
    answers = drafts.expect(net, 1, "assess", draft)
    check(("R22", "texts[0].grade") in drafts.findings(answers), "an assessment without a grade")
    size = published(net)
    record = release(net, draft, "--grade", "2D")
    check_equal((waiting(net), published(net)), ({other}, size + 1), "after the release")
    report = shown(net, record)
    check_equal([(t["grade"], t["original_grade"], t["original_scheme"])
                 for t in [report["provenance"], *report["texts"]]], [("2D", "F9", "5x5x5")] * 2,
                "the grade with its original")
    rows = line(2, "F9", "1", title=report["title"])
    code, again = import_rows(net, mapping, rows, "--dry-run")
    check_equal((states(again), again[0]["findings"]), (["published-before"], []), "a dry run of it")
    code, again = import_rows(net, mapping, rows)
    check_equal((code, states(again), again[0]["id"], again[0]["findings"]),
                (0, ["published-before"], record, []), "the row of a released draft")
    code, again = import_rows(net, mapping, line(2, "B2", "1"))
    check_equal((code, rules(again[0])), (1, ["I8"]), "the same row with other words")

    drafts.expect(net, 0, "draft discard", other, "--reason", "no use")
    check_equal((waiting(net), drafts_of(net)), (set(), set()), "after it was discarded")
    code, mended = import_rows(net, mapping, line(3, "B2", "1"))
    check_equal((code, states(mended)), (0, ["published"]), "mended, once nothing waits")
    say("released once, with its original; discarded for good")


def check_partner(net: Network) -> None:
    mapping = archive(net, "4x4")
    rows = line(21, "B2", "H1") + line(22, "Q9", "H1") + line(23, "X3", "H9")
    code, told = import_rows(net, mapping, rows)
    check_equal((code, states(told)), (0, ["published", "held", "held"]), "rows of 4x4")
    report = shown(net, release(net, told[2]["id"], "--handling", "C", "--action", "A1",
                                "--sanitisation", "S2", "--conditions", "Ask us.",
                                "--condition-reason", "Unknown code."))
    check_equal((report["texts"][0]["grade"], report["handling"], report["original_handling"]),
                ("2B", "C", "H9"), "a handling code that a person chose")
    check_equal(waiting(net), {told[1]["id"]}, "what waits")
    drafts.expect(net, 0, "draft discard", told[1]["id"], "--reason", "done")
    say("4x4 likewise")


def check_all_or_nothing(net: Network) -> None:
    mapping = archive(net, "5x5x5", "all-or-nothing")
    size = published(net)
    code, told = import_rows(net, mapping, line(31, "B2", "1") + line(32, "F9", "1"))
    check_equal((code, states(told)), (1, ["right", "refused"]), "all or nothing")
    check_equal(rules(told[1]), ["I10", "R22"], "why")
    check("row-by-row" in told[1]["findings"][-1]["mend"], f"{told[1]}")
    check_equal((published(net), drafts_of(net), waiting(net)), (size, set(), set()), "what is kept")
    say("all or nothing keeps nothing")


def check_drop(net: Network) -> None:
    """A file whose rows are published or held is done; the same file again is the same draft."""
    rows = line(1, "B2", "1") + line(2, "F9", "1")
    with Drop(net, "incoming", archive(net, "5x5x5")) as drop:
        rows = rows.replace("00000001", "00000041").replace("00000002", "00000042")
        drop.put("a.csv", rows)
        result = drop.wait("done", "a.csv")
        check_equal((result["result"], states(result["rows"])), ("held", ["published", "held"]), "dropped")
        drop.put("b.csv", rows)
        again = drop.wait("done", "b.csv")
        check_equal((again["result"], states(again["rows"])), ("held", ["published-before", "held"]),
                    "and again")
    check_equal([row["id"] for row in again["rows"]], [row["id"] for row in result["rows"]], "ids")
    check_equal((drafts_of(net), waiting(net)), ({again["rows"][1]["id"]},) * 2, "one draft")
    say("a drop folder")


def test(options: argparse.Namespace) -> None:
    words = canary.Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        mapping, told = check_import(net, words)
        check_again(net, mapping, told)
        check_release(net, mapping, told)
        check_partner(net)
        check_all_or_nothing(net)
        check_drop(net)
        for agency in net.agencies:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
