"""Exports of force systems, imported through the example mappings.

Row by row, all or nothing, twice, changed; a dry run changes nothing; of a file that cannot
be read to its end nothing is published.  What no force system would write: `bad_input`.
"""

import argparse
import csv
import json
import os
import random
import socket
import struct

import scene
from scene import Network, check, check_equal, say

MAPPINGS = os.path.join(scene.DEPLOY, "mappings")


def mapping(name: str) -> str:
    return os.path.join(MAPPINGS, name)


def run_import(net: Network, map_file: str, file: str, *options: str) -> tuple[int, list[dict]]:
    return net.at("F55", "import", "--map", map_file, *options, file, check=False)


def written(net: Network, name: str, data: bytes | str) -> str:
    path = net.path(name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def states(answers: list[dict]) -> list[str]:
    return [row["state"] for row in answers if "state" in row]


def rules(row: dict) -> list[str]:
    return sorted(f["rule"] for f in row["findings"] if f["severity"] == "refuse")


def local_size(net: Network) -> int:
    return next(int(row["size"]) for row in scene.rows_at(net, "F55", "status", "stream")
                if row["stream"] == "routine")


def check_table(net: Network) -> None:
    """Row by row: what is right goes, what is wrong is told with its column and its mend."""
    file = mapping("records-table.csv")
    size = local_size(net)
    code, dry = run_import(net, mapping("records-table.yaml"), file, "--dry-run")
    check_equal(code, 1, "exit code of the dry run")
    check_equal(local_size(net), size, "the log after a dry run")
    check_equal(scene.held(net, "JFC"), [], "what a dry run sent")
    shown = [row for row in dry if "urn" in row]
    check_equal([row["urn"][-3:] for row in shown], ["201", "202", "203"], "records shown")
    check_equal(shown[0]["persons"][0]["given"], ["Alan", "Peter"], "given names as they would be")
    check_equal(shown[0]["texts"][0]["grade"], "2B", "a grade of two columns")
    check_equal(shown[2]["persons"][0]["roles"], ["witness"], "a role by its table")
    check("circa 1975" in shown[2]["texts"][0]["text"], "a date that is none went to the text")

    code, answers = run_import(net, mapping("records-table.yaml"), file)
    check_equal(code, 1, "exit code")
    check_equal(states(answers), ["published", "published", "refused", "refused"], "rows")
    check_equal(rules(answers[2]), ["R8"], "a flag with two letters exchanged")
    flag = next(f for f in answers[2]["findings"] if f["rule"] == "R8")
    check_equal(flag["column"], "Tags", "its column")
    check("OIMCR" in flag["mend"], "the mend says what was meant")
    check_equal(rules(answers[3]), ["I5", "I6"], "a date that is none, a number that was a phone")
    check_equal(sorted(f["column"] for f in answers[3]["findings"]),
                ["Date of Information", "Phones"], "their columns")
    check_equal((answers[3]["row"], answers[3]["line"]), (4, 6), "row and line")
    scene.wait("JFC to hold two", lambda: len(scene.held(net, "JFC")) == 2)

    code, again = run_import(net, mapping("records-table.yaml"), file)
    check_equal(states(again), ["published-before", "published-before", "refused", "refused"],
                "the same file again")
    check_equal([row.get("id") for row in again[:2]], [row["id"] for row in answers[:2]], "ids")

    # The mended file publishes the mended row alone; a changed one is told.
    with open(file, encoding="utf-8", newline="") as f:
        text = f.read()
    mended = text.replace("OIMRC", "OIMCR").replace("for cash.\nThe", "on credit.\nThe")
    code, third = run_import(net, mapping("records-table.yaml"), written(net, "mended.csv", mended))
    check_equal(states(third), ["published-before", "refused", "published", "refused"], "mended")
    check_equal(rules(third[1]), ["I8"], "a row that changed")
    say("row by row, twice, mended and changed")


def check_told(net: Network) -> None:
    """Which record a row became and who is sent it: on the screen, as JSON, and in a file."""
    with open(mapping("records-table.csv"), encoding="utf-8", newline="") as f:
        head, *rows = list(csv.reader(f))
    ref = head.index("Report Ref")

    def export(name: str, first: int, count: int) -> str:
        lines = [[*rows[1][:ref], rows[1][ref][:-3] + str(first + i), *rows[1][ref + 1:]]
                 for i in range(count)]
        with open(net.path(name), "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([head, *lines])
        return net.path(name)

    base = net.path("told")
    command = ("import", "--map", mapping("records-table.yaml"), "--home", net.path("F55"))
    some = export("some.csv", 301, 2)
    shown = net.run(*command, some, "--result", base).stdout
    with open(base + ".json", encoding="utf-8") as f:
        told = json.load(f)["rows"]
    for row in told:
        to = net.trace("F55", row["id"])[1]
        check_equal(set(row["to"].split()), set(to), "the recipients in the file")
        check(f"published as {row['id']} to {row['to']}\n" in shown, f"the screen: {shown}")
    with open(base + ".csv", encoding="utf-8", newline="") as f:
        check_equal({(row["id"], row["to"]) for row in csv.DictReader(f)},
                    {(row["id"], row["to"]) for row in told}, "the table")
    tally = dict.fromkeys(told[0]["to"].split(), 2)
    check(f"to {', '.join(f'{a} {n}' for a, n in tally.items())}\n" in shown and
          f"{base}.csv" in shown, f"the end of the screen: {shown}")
    answers = run_import(net, mapping("records-table.yaml"), export("more.csv", 303, 2))[1]
    check_equal(answers[-1]["to"], tally, "the end of --json")
    check_equal([row["to"] for row in answers[:2]], [told[0]["to"]] * 2, "the rows of --json")
    # With a threat line there is no advice that would be told of each row.
    with open(mapping("records-table.yaml"), encoding="utf-8") as f:
        text = f.read().replace("\nfields:\n", "".join((
            "\nfields:\n", '  - {to: "threats[0].family", value: Organised immigration crime}\n',
            '  - {to: "threats[0].sub_type", value: Small boats}\n',
            '  - {to: "threats[0].band", value: "2"}\n')))
    command = ("import", "--map", written(net, "threats.yaml", text), "--home", net.path("F55"))
    shown = net.run(*command, export("many.csv", 310, 25)).stdout
    check_equal(shown.count(" published as "), 20, "as many as a screen takes")
    check("the first 20 are shown" in shown and "--result" in shown, f"of many: {shown}")
    say("ids and recipients")


def check_same_rows(net: Network) -> None:
    """A system that gives its rows other keys exports the same records again: they were published
    before, whatever their keys."""
    with open(mapping("records-table.yaml"), encoding="utf-8") as f:
        text = f.read()
    other = written(net, "other.yaml", text.replace("system: example", "system: another"))
    file = mapping("records-table.csv")
    first = [row.get("id") for row in run_import(net, mapping("records-table.yaml"), file)[1][:2]]
    size = local_size(net)
    for options, wanted in ((("--dry-run",), None), ((), "published-before")):
        answers = [row for row in run_import(net, other, file, *options)[1] if "state" in row]
        if wanted is not None:
            check_equal(states(answers)[:2], [wanted] * 2, f"rows under other keys {options}")
        check_equal([row.get("id") for row in answers[:2]], first, f"their ids {options}")
    check_equal(local_size(net), size, "the log after the same rows")
    # Two of them in one request.
    with open(file, encoding="utf-8", newline="") as f:
        head, row = list(csv.reader(f))[:2]
    row[head.index("Report Ref")] = "55-IR-2025-00000888"
    twice = net.path("twice.csv")
    with open(twice, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([head, row[:-1] + ["a"], row[:-1] + ["b"]])
    by_officer = written(net, "officer.yaml", text.replace(
        "key: [Report Ref]", f"key: [{head[-1]}]").replace("system: example", "system: a-third"))
    answers = run_import(net, by_officer, twice)[1]
    check_equal(states(answers), ["published", "published-before"], f"one row twice: {answers}")
    check_equal(answers[0]["id"], answers[1]["id"], "the id of both")
    check_corrected_row(net, by_officer, twice, answers[0]["id"])
    say("the same rows under other keys")


def check_corrected_row(net: Network, map_file: str, file: str, first: str) -> None:
    """Its correction was recalled, and another key brings the words that had been wrong."""
    newer = net.at("F55", "supersede", first, "-", "--new-urn", "--reason", "it was wrong",
                   "--person", "DS", text=json.dumps(scene.simple_record("F55", 889)))[1]
    newer = next(row["id"] for row in newer if row.get("row") == "record")
    net.at("F55", "recall", newer, "--reason", "wrong, too", "--person", "DS")
    with open(file, encoding="utf-8") as f:
        text = f.read()
    file = written(net, "corrected.csv", text.replace(",a\n", ",c\n").replace(",b\n", ",d\n"))
    for options in (("--dry-run",), ()):
        answers = [row for row in run_import(net, map_file, file, *options)[1] if "state" in row]
        check_equal([(row["state"], rules(row)) for row in answers], [("refused", ["F1"])] * 2,
                    f"words that were corrected {options}: {answers}")
        check(newer in str(answers[0]["findings"]), f"by what: {answers[0]}")


def check_mapping(net: Network) -> None:
    """What is wrong with a mapping file is told with its line, its key and what to do."""
    with open(mapping("records-table.yaml"), encoding="utf-8") as f:
        text = f.read()
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "{to: title" in one)
    for was, now, wanted in (("column: Title", "colum: Title", "did you mean `column`?"),
                             ("column: Title", "column: [Title]", "`column` takes the name of a column"),
                             ("to: title", "to: titel", 'There is no field "titel"'),
                             ("column: Title}", "column: Title", "not in the form of YAML")):
        file = written(net, "wrong.yaml", text.replace(was, now, 1))
        code, answers = run_import(net, file, mapping("records-table.csv"), "--dry-run")
        check(code == 1 and answers[-1]["what"] == f"{file}, line {line}" and
              wanted in answers[-1]["why"], f"{now}: {code} {answers[-1]}")
    for was, now, place, wanted in (
            ("dd/mm/yyyy", "DD/MM/YYYY", "", "as in dd/mm/yyyy"),
            ("  - {to: title", "  - {to: title, column: Title}\n  - {to: title", f", line {line + 1}",
             "the column \"Title\" twice")):
        file = written(net, "wrong.yaml", text.replace(was, now, 1))
        code, answers = run_import(net, file, mapping("records-table.csv"), "--dry-run")
        check(code == 1 and answers[-1]["what"] == file + place and wanted in answers[-1]["why"],
              f"{now}: {code} {answers[-1]}")
    say("faults of a mapping file")


def check_other_files(net: Network) -> None:
    """A file of another kind is one finding that says what it is and what to do, not one for each
    cell or column."""
    with open(mapping("records-table.csv"), encoding="utf-8") as f:
        table = f.read()
    record = json.dumps(scene.simple_record("F55", 1))
    csv_map, json_map = mapping("records-table.yaml"), mapping("reports-lines.yaml")
    for map_file, data, rule, wanted in (
            (csv_map, b"\x89PNG\r\n\x1a\n\0\0", "I1", "a picture"), (csv_map, b"%PDF-1.4\n", "I1", "a document"),
            (csv_map, b"PK\x03\x04\x14\0", "I1", "spreadsheet"), (csv_map, record, "I1", "flagpost publish"),
            (csv_map, f"[{record}]", "I1", "is JSON"), (json_map, table, "I1", "is a table"),
            (json_map, b"\xff\xd8\xff\xe0", "I1", "a picture"), (csv_map, table.replace(",", ";"), "I3", 'delimiter: ";"'),
            (csv_map, "a,b\n1,2\n", "I3", "none of the columns"), (csv_map, "[Title],b\n1,2\n", "I3", "none of the")):
        code, answers = run_import(net, map_file, written(net, "other", data), "--dry-run")
        found = [f for row in answers if "state" in row for f in row["findings"]]
        check_equal((code, [f["rule"] for f in found]), (1, [rule]), f"{data[:20]!r}: {answers}")
        check(wanted in found[0]["sentence"] + found[0]["mend"], f"{data[:20]!r}: {found}")
    shown = net.run("import", "--map", csv_map, "--home", net.path("F55"), "--dry-run",
                    mapping("records-table.csv"), check=False).stdout
    check("row 1 (line 2) key 55-IR-2025-00000201 " in shown, f"what a row's name is: {shown[:200]}")
    for data in (table, record):
        code, answers = net.at("F55", "case import", written(net, "other", data), check=False)
        found = [row for row in answers if row.get("row") == "finding"]
        check(code == 1 and len(found) == 1 and "no file of case reports" in found[0]["sentence"],
              f"case import of another file: {answers}")
    say("files of another kind")


def check_taken_urn(net: Network) -> None:
    """A URN that another record has is pointed out, beforehand and when it is published."""
    with open(mapping("records-table.csv"), encoding="utf-8", newline="") as f:
        text = f.read().replace("2025-0000020", "2025-0000099")
    file = written(net, "taken.csv", text)
    record = {**scene.simple_record("F55", 1), "urn": "55-ir-2025-00000992"}
    first = scene.published(net, "F55", record)["id"]
    for options in (("--dry-run",), ()):
        answers = run_import(net, mapping("records-table.yaml"), file, *options)[1]
        told = [(row["row"], f["severity"], f["column"]) for row in answers if "state" in row
                for f in row["findings"] if f["field"] == "urn" and first in f["sentence"]]
        check_equal(told, [(2, "advise", "Report Ref")], f"what is said of the URN {options}")
    say("a URN that is taken")


def check_lines(net: Network) -> None:
    """All or nothing."""
    file = mapping("reports-lines.jsonl")
    with open(file, encoding="utf-8") as f:
        text = f.read()
    before = local_size(net)
    wrong = written(net, "wrong.jsonl", text.replace('"1A"', '"1Z"'))
    code, answers = run_import(net, mapping("reports-lines.yaml"), wrong)
    check_equal((code, states(answers)), (1, ["right", "refused"]), "one wrong report")
    check_equal(answers[1]["findings"][0]["column"], "assessment.grade", "its column")
    check_equal(local_size(net), before, "what it published")
    code, answers = run_import(net, mapping("reports-lines.yaml"), file)
    check_equal((code, states(answers)[-2:]), (0, ["published", "published"]), "all right")
    code, answers = run_import(net, mapping("reports-lines.yaml"), file)
    check_equal((code, states(answers)[-2:]), (0, ["published-before"] * 2), "and again")
    say("all or nothing")


def check_old_grades(net: Network) -> None:
    """5x5x5 is read as 3x5x2, the original stays, and what has no equivalent waits."""
    code, answers = run_import(net, mapping("old-grades.yaml"), mapping("old-grades.csv"))
    check_equal((code, states(answers)), (1, ["published", "published", "refused"]), "rows")
    check("R22" in rules(answers[2]), f"a marking without an equivalent: {rules(answers[2])}")
    scene.wait("JFC to hold both", lambda: {row["id"] for row in answers[:2]}
               <= set(scene.held(net, "JFC")))
    shown = [net.at("JFC", "show", row["id"], "--purpose", "a test")[1][0] for row in answers[:2]]
    check_equal([(s["texts"][0]["grade"], s["texts"][0]["original_grade"], s["handling"],
                  s["original_handling"]) for s in shown],
                [("1A", "B1", "P", "1"), ("2D", "E4", "C", "4")], "grades and handling")
    check_equal((shown[1]["action"], shown[1]["sanitisation"]), ("A1", "S2"), "the strictest codes")
    check_equal([s["marking"] for s in shown], ["OFFICIAL-SENSITIVE"] * 2, "markings")
    check_equal([s["date_of_intelligence"] for s in shown], ["2010-11-04", "2010-11-05"], "dates")
    say("grades of 5x5x5")


def check_partner_grades(net: Network) -> None:
    """Europol 4x4 likewise: read, its original kept, and what has no equivalent waits."""
    with open(mapping("old-grades.yaml"), encoding="utf-8") as f:
        partner = f.read().replace("grades: 5x5x5", "grades: 4x4").replace("Mark, ", "")
    partner = "\n".join(line.replace("example-old-archive", "example-partner")
                        for line in partner.splitlines() if "original_marking" not in line)
    partner += "\n  - {to: marking, value: OFFICIAL-SENSITIVE}\n"
    rows = "".join(f"{number};04.11.10;A boat was bought;{grade};{handling};It was bought.;7\n"
                   for number, grade, handling in (("00000501", "A2", "H0"), ("00000502", "C4", "H1"),
                                                   ("00000503", "Q9", "H1")))
    code, answers = run_import(net, written(net, "partner.yaml", partner),
                               written(net, "partner.csv", rows))
    check_equal((code, states(answers)), (0, ["published", "published", "held"]), f"{answers}")
    check_equal(rules(answers[2]), ["R22"] * 2, "a grade that 4x4 has not")
    scene.wait("JFC to hold both", lambda: {row["id"] for row in answers[:2]}
               <= set(scene.held(net, "JFC")))
    shown = [net.at("JFC", "show", row["id"], "--purpose", "a test")[1][0] for row in answers[:2]]
    check_equal([(s["texts"][0]["grade"], s["texts"][0]["original_grade"],
                  s["texts"][0]["original_scheme"], s["original_handling"]) for s in shown],
                [("1A", "A2", "4x4", "H0"), ("3C", "C4", "4x4", "H1")], "grades of 4x4")
    say("grades of 4x4")


def check_released(net: Network) -> None:
    """Where the policy wants a second person, an import names who released its rows."""
    config = net.path("F55", "config")
    net.stop("F55")
    with open(config, encoding="utf-8") as f:
        kept = f.read()
    with open(config, "w", encoding="utf-8") as f:
        f.write(kept.replace("second_person = 0", "second_person = 1"))
    net.start("F55")
    scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
    with open(mapping("reports-lines.jsonl"), encoding="utf-8") as f:
        lines = f.read().replace('"0000030', '"0000950')
    file = written(net, "released.jsonl", lines)
    code, answers = run_import(net, mapping("reports-lines.yaml"), file, "--dry-run")
    check_equal((code, states(answers)), (0, ["right"] * 2), "a dry run needs no release")
    code, answers = run_import(net, mapping("reports-lines.yaml"), file)
    check(code == 4 and "--released" in answers[-1]["why"], f"without a name: {code}")
    code, answers = run_import(net, mapping("reports-lines.yaml"), file, "--released", "sergeant 7")
    check_equal((code, states(answers)[-2:]), (0, ["published"] * 2), "with a name")
    say("a second person's release")


def check_result(net: Network) -> None:
    """The result files say what to mend, and nothing of the record."""
    base = net.path("result")
    run_import(net, mapping("records-table.yaml"), mapping("records-table.csv"), "--result", base)
    with open(base + ".json", encoding="utf-8") as f:
        result = json.load(f)
    check_equal(result["result"], "partly", "result")
    check_equal([row["key"][-3:] for row in result["rows"]], ["201", "202", "203", "204"], "keys")
    check(all(bool(row["id"]) == row["state"].startswith("published") for row in result["rows"]), "ids")
    flag = result["rows"][2]["findings"][0]
    check_equal((flag["value"], flag["sure"]), ("OIMCR", "yes"), "the corrected value")
    with open(base + ".csv", encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    check_equal({row["key"][-3:] for row in rows}, {"201", "202", "203", "204"}, "keys in CSV")
    check("OIMCR" in {row["value"] for row in rows if row["column"] == "Tags"}, "value in CSV")
    for name in (base + ".json", base + ".csv"):
        with open(name, encoding="utf-8") as f:
            said = f.read()
        for word in ("slipway", "EXAMPLE", "SAMPLE", "neighbour", "circa", "AB12", "OIMRC"):
            check(word not in said, f"a result file holds {word}")
    check(not [n for n in os.listdir(net.folder) if n.endswith(".part")], "a part is left")
    say("result files")


def check_broken(net: Network) -> None:
    """Right rows before the place where a file breaks are not published either."""
    size = local_size(net)
    with open(mapping("records-table.csv"), encoding="utf-8", newline="") as f:
        lines = f.read().splitlines(keepends=True)
    broken = lines[0] + lines[1].replace("00000201", "00000911") + 'A"B\r\n'
    code, answers = run_import(net, mapping("records-table.yaml"), written(net, "broken", broken))
    check_equal((code, states(answers)), (1, ["refused"]), "a file that breaks behind a right row")
    check_equal(local_size(net), size, "what a file that breaks published")
    say("a file that breaks behind a right row")


def check_reference(net: Network, seed: int) -> None:
    """Cells that another CSV program writes come out letter by letter."""
    chance = random.Random(seed)
    letters = ["a", "b", " ", ",", '"', "\n", "\r\n", ";", "=", "'", "\\", "\u00e9", "\u4e2d", "\U0001f600"]
    rows = [{"ref": f"R{n}", "text": "".join(chance.choices(letters, k=chance.randrange(40))),
             "risk": "".join(chance.choices(letters, k=chance.randrange(9)))} for n in range(500)]
    path = net.path("reference.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, rows[0].keys(), quoting=chance.choice(
            [csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        writer.writeheader()
        writer.writerows(rows)
    map_file = written(net, "reference.yaml", """system: reference
format: csv
header: yes
publish: row-by-row
key: [ref]
fields:
  - {to: urn, column: ref}
  - {to: "texts[0].text", column: text}
  - {to: risk, column: risk}
""")
    _, answers = run_import(net, map_file, path, "--dry-run", "--show", "1000")
    shown = {row["urn"]: row for row in answers if "urn" in row}
    check_equal(len(shown), len(rows), "rows")
    for row in rows:
        found = shown[row["ref"]]
        blank = {key: value if value.strip() else "" for key, value in row.items()}
        same = (found.get("risk", "") == blank["risk"] and
                found.get("texts", [{}])[0].get("text", "") == blank["text"])
        check(same, f"seed {seed}: row {row} came out as {found}")
    say("the reference's CSV, letter by letter")


def field(number: int, data: bytes) -> bytes:
    """A length-delimited field of protobuf."""
    size, out = len(data), b""
    while size > 0x7f:
        out, size = out + bytes([size & 0x7f | 0x80]), size >> 7
    return bytes([number << 3 | 2]) + out + bytes([size]) + data


def ask(net: Network, batch: bytes, mode: str = "publish") -> bytes:
    """The verb as an importer that lost its mind might use it."""
    arguments = {"batch": batch, "mode": mode.encode()}
    request = field(1, b"publish-batch") + b"".join(
        field(2, field(1, name.encode()) + field(2, value)) for name, value in arguments.items())
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(30)
        s.connect(net.path("F55", "control.sock"))
        s.sendall(struct.pack(">I", len(request)) + request)
        size = struct.unpack(">I", s.recv(4, socket.MSG_WAITALL))[0]
        return s.recv(size, socket.MSG_WAITALL)


def check_batch(net: Network) -> None:
    """Whatever stands in a batch, the daemon answers and goes on."""
    def one(key: bytes, record: bytes) -> bytes:
        return struct.pack(">I", len(key)) + key + struct.pack(">I", len(record)) + record
    size = local_size(net)
    for batch in (b"", b"x", b"\xff" * 8, one(b"k", b"")[:-1], one(b"k", b"garbage"),
                  one(b"", b"\0\1" + b"\xff" * 100000), one(b"k", b"garbage") + b"\0\0\0\xff",
                  one(b"k", b"g") * 30000, os.urandom(400000)):
        for mode in ("publish", "check", ""):
            check(ask(net, batch, mode), "no answer")
    check_equal(ask(net, one(b"k", b"g") * 300).count(b"different versions"), 256, "rows at once")
    check_equal(net.at("F55", "status", check=False)[0], 0, "the daemon afterwards")
    check_equal(local_size(net), size, "what was published")
    say("hostile batches")


def check_formula(net: Network) -> None:
    """A cell that looks like a formula is kept exactly."""
    with open(mapping("records-table.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    row = rows[0] | {"Report Ref": "55-IR-2025-00000299", "Text": "=HYPERLINK(1); +44 \u00e9 @x "}
    path = net.path("formula.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, rows[0].keys())
        writer.writeheader()
        writer.writerow(row)
    code, answers = run_import(net, mapping("records-table.yaml"), path)
    check_equal((code, states(answers)), (0, ["published"]), "the row")
    scene.wait("JFC to hold it", lambda: answers[0]["id"] in scene.held(net, "JFC"))
    _, shown = net.at("JFC", "show", answers[0]["id"], "--purpose", "a test")
    check_equal(shown[0]["texts"][0]["text"], row["Text"], "the text at its recipient")
    say("a formula-looking cell is kept exactly")


def check_use(net: Network) -> None:
    file = mapping("records-table.csv")
    check_equal(run_import(net, net.path("none.yaml"), file)[0], 3, "no such mapping")
    wrong = written(net, "wrong.yaml", "system: a\nformat: csv\ncolour: red\n")
    code, answers = run_import(net, wrong, file)
    check(code == 1 and "line 3" in answers[0]["what"], "an unknown key of a mapping")
    check_equal(run_import(net, mapping("records-table.yaml"), net.path("none"))[0], 3, "no file")
    check_equal(run_import(net, mapping("records-table.yaml"), net.folder)[0], 3, "a folder")
    net.stop("F55")
    check_equal(run_import(net, mapping("records-table.yaml"), file)[0], 3, "no daemon")
    net.start("F55")
    scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        check_table(net)
        check_same_rows(net)
        check_other_files(net)
        check_taken_urn(net)
        check_lines(net)
        check_old_grades(net)
        check_partner_grades(net)
        check_result(net)
        check_told(net)
        check_mapping(net)
        check_formula(net)
        check_broken(net)
        check_batch(net)
        check_reference(net, options.seed)
        check_use(net)
        check_released(net)
        for agency in net.agencies:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
