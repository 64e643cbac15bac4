"""`flagpost check` as a program meets it: edits, mended copies, surveys, and what it refuses.

usage: fix.py FLAGPOST
"""

import copy
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DEPLOY = os.path.join(HERE, "..", "..", "deploy")
CANARY = "Xantippe"
SLOW = 20  # seconds in which anything here must be done


class Failed(Exception):
    pass


def check_equal(found, wanted, what):
    if found != wanted:
        raise Failed(f"{what}: found {found!r}, wanted {wanted!r}")


class Flagpost:
    """The program in a folder with the shipped list."""

    def __init__(self, binary, folder):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.put("credential", bytes(range(32)))
        os.chmod(self.path("credential"), 0o600)
        self.run("roster", "root-new", "roots", "--credential", "credential")
        self.sign(os.path.join(DEPLOY, "lists", "lists.txt"), "lists")

    def sign(self, body, name):
        self.run("roster", "lists", "--root", "roots/root", "--out", name, body)
        self.run("roster", "sign", "--root", "roots/root", "--key", "roots/root-1.key",
                 "--credential", "credential", name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    def get(self, name):
        with open(self.path(name), encoding="utf-8", newline="") as f:
            return f.read()

    def run(self, *arguments, wanted=0, given=None):
        done = subprocess.run([self.binary, *arguments], capture_output=True, cwd=self.folder,
                              input=given, timeout=SLOW)
        if wanted is not None and done.returncode != wanted:
            raise Failed(f"{arguments}: exit {done.returncode}, wanted {wanted}: "
                         f"{done.stdout.decode()[-300:]}{done.stderr.decode()}")
        return done

    def check(self, *arguments, wanted=0, given=None):
        """The rows of `check --json`."""
        done = self.run("check", "--lists", "lists", "--json", *arguments, wanted=wanted,
                        given=given)
        return [json.loads(row) for row in done.stdout.splitlines()]


def good_record():
    with open(os.path.join(DEPLOY, "samples", "records.json"), encoding="utf-8") as f:
        return next(s["record"] for s in json.load(f) if s["expect"] == "published")


def changed(**fields):
    record = copy.deepcopy(good_record())
    record.update(fields)
    return {name: value for name, value in record.items() if value is not None}


def every_finding_has_its_mend_as_an_edit(flagpost):
    flagpost.put("one.json", json.dumps(changed(flags=["#OIMRC"], crime_code="FICT-OIM-00")))
    rows = flagpost.check("one.json", wanted=1)
    edits = {row["field"]: row["edit"] for row in rows if "edit" in row}
    check_equal(edits["flags[0]"], {"op": "set", "path": "flags[0]", "value": "OIMCR", "sure": True},
                "the flag's edit")
    check_equal(edits["crime_code"]["value"], "FICT-OIM-09", "the code's edit")
    for row in rows[:-1]:
        check_equal(sorted({"urn", "rule", "field", "severity", "sentence", "mend"} - row.keys()), [],
                    "fields that a finding lacks")


def a_copy_is_mended_and_every_change_is_told(flagpost):
    records = [good_record(), changed(flags=["oim-cr"], crime_code="fict oim o1"),
               changed(flags=None, title="# oimrc seen"), changed(flags=["#FRAUD"])]
    array = json.dumps(records)
    flagpost.put("records.json", array)
    rows = flagpost.check("records.json", "--fix", "copy.json", wanted=1)
    check_equal(flagpost.get("records.json"), array, "the input file")
    check_equal([(r["mended"], r["before"], r["after"]) for r in rows if "before" in r],
                [("flags[0]", "oim-cr", "OIMCR"), ("crime_code", "fict oim o1", "FICT-OIM-01"),
                 ("flags", "", "OIMCR")], "what was mended")
    copied = json.loads(flagpost.get("copy.json"))
    records[1].update(flags=["OIMCR"], crime_code="FICT-OIM-01")
    records[2]["flags"] = ["OIMCR"]
    check_equal(copied, records, "the copy")
    # The same as lines, and mended again it stays as it is.
    flagpost.put("records.jsonl", "\n".join(json.dumps(record) for record in records))
    rows = flagpost.check("records.jsonl", "--fix", "lines.jsonl", wanted=1)
    check_equal(rows[-1]["mended"], 0, "mends of a mended file")
    check_equal([json.loads(line) for line in flagpost.get("lines.jsonl").splitlines()], records,
                "the copy as lines")


def no_file_is_overwritten_and_no_copy_loses_a_record(flagpost):
    flagpost.put("there", "precious")
    flagpost.put("r.json", json.dumps(good_record()))
    for to in ("there", "r.json"):
        before = flagpost.get(to)
        flagpost.run("check", "--lists", "lists", "r.json", "--fix", to, wanted=2)
        check_equal(flagpost.get(to), before, "a file that was there")
    flagpost.put("half.json", json.dumps(good_record()) + '\n{"title": 7}\n')
    flagpost.run("check", "--lists", "lists", "half.json", "--fix", "lost.json", wanted=1)
    check_equal(os.path.exists(flagpost.path("lost.json")), False, "a copy without a record")


def what_is_no_file_of_records_is_told_in_one_sentence(flagpost):
    def told(*arguments):
        done = flagpost.run("check", "--lists", "lists", *arguments, wanted=1)
        return (done.stdout + done.stderr).decode()

    flagpost.put("p.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))
    flagpost.put("rows.json", json.dumps([{"Surname": "A", "DOB": "1", "id": i} for i in range(50)]))
    flagpost.put("wrapped.json", json.dumps({"records": [good_record()]}))
    mappings = os.path.join(DEPLOY, "mappings")
    for file, words in (("p.png", "picture"), ("lists", "--lists"), ("rows.json", "import --map"),
                        ("wrapped.json", "field of a record"),
                        (os.path.join(mappings, "records-table.csv"), "import --map"),
                        (os.path.join(mappings, "records-table.yaml"), "mapping of an import"),
                        (os.path.join(DEPLOY, "samples", "records.json"), "field of a record")):
        found = told(file)
        check_equal((found.count("\n"), words in found), (1, True), f"what is said of {file}: {found}")
        rows = flagpost.check(file, wanted=1)
        check_equal((len(rows), rows[0]["status"], rows[-1]["unreadable"]), (2, "failed", 1), file)
    # One that is none does not hide the others.
    flagpost.put("mixed.json", json.dumps([{"Surname": "A"}, good_record()]))
    rows = flagpost.check("mixed.json", wanted=1)
    check_equal([(r["number"], r["field"], r["rule"]) for r in rows if r.get("severity") == "refuse"],
                [(1, "record", "I3")], "findings of a mixed file")
    check_equal((rows[-1]["right"], rows[-1]["unreadable"]), (1, 1), "records of a mixed file")


def text_is_mended_where_it_is_sure(flagpost):
    text = "Boat#OIMCR landed.\r\n\n\u2003O-I-M-C-R, 0IMCR and #\u041eIMCR; oimcr@example.org stays.\n"
    flagpost.put("t.txt", text)
    rows = flagpost.check("--text", "t.txt", "--fix", "t2.txt", wanted=1)
    check_equal(flagpost.get("t2.txt"), "Boat #OIMCR landed.\r\n\n\u2003#OIMCR, #OIMCR and #OIMCR; "
                "oimcr@example.org stays.\n", "the mended text")
    check_equal(flagpost.get("t.txt"), text, "the text itself")
    data = text.encode()
    for row in rows[:-1]:
        check_equal(data[row["start"]:row["end"]].decode(), row["stands"], "what stands there")
        check_equal(data[:row["start"]].count(b"\n") + 1, row["line"], "its line")
    check_equal(flagpost.check("--text", "t2.txt")[-1]["near"], 0, "near misses of a mended text")
    check_equal(flagpost.check("--text", "-", given=data, wanted=1)[:-1], rows[:-1], "standard input")


def a_text_without_the_flag_that_its_words_ask_for_is_told(flagpost):
    rows = flagpost.check("--text", "-", given=b"A small boat with migrants left.\n", wanted=1)
    check_equal([row["missing"] for row in rows[:-1]], ["OIMCR"], "missing flags")
    check_equal("small boat" in rows[0]["because"], True, "the reason names the term")
    rows = flagpost.check("--text", "-", given=b"A small boat left harbour.\n")
    check_equal(rows[-1]["missing"], 0, "missing flags of an innocent text")


def what_stands_behind_a_broken_line_is_told_as_not_read(flagpost):
    record = json.dumps(good_record())
    flagpost.put("broken.jsonl", f"{record}\n{record[:100]}\n{record}\n")
    rows = flagpost.check("broken.jsonl", wanted=1)
    told = [(row["what"], row["why"]) for row in rows if row.get("status") == "failed"]
    check_equal([what for what, _ in told], ["broken.jsonl, line 2, column 1 (I1)"], "what is told")
    check_equal("Nothing behind that place was read" in told[0][1], True, "of the rest")
    # A record that is JSON and wrong hides none behind it.
    flagpost.put("wrong.jsonl", f'{record}\n{{"urn": 1}}\n{record}\n')
    check_equal(flagpost.check("wrong.jsonl", wanted=1)[-1]["right"], 2, "those around it")


def a_survey_counts_and_keeps_nothing(flagpost):
    records = ([good_record()] * 3 + [changed(flags=["#OIMRC"])] * 2 + [changed(flags=["#FRAUD"])] +
               [changed(flags=None, title=CANARY, offence_codes=["MS15001"])] +
               [changed(crime_code=None), changed(crime_code="FICT-OIM-00"), changed(crime_code="X")])
    lines = "\n".join(json.dumps(record) for record in records) + f'\n{{"{CANARY}": 1}}\n'
    flagpost.put("extract.jsonl", lines)
    before = sorted(os.listdir(flagpost.folder))
    rows = flagpost.check("--survey", "extract.jsonl", wanted=1)
    check_equal(len(rows), 1, "rows of a survey")
    survey = rows[0]
    check_equal((survey["records"], survey["unreadable"]), (10, 1), "records")
    check_equal(survey["flags"], {"right": 6, "repaired": 2, "wrong": 1, "missing": 1, "not_judged": 0},
                "flags")
    check_equal(survey["codes"], {"right": 5, "repaired": 1, "wrong": 1, "missing": 1, "not_judged": 2},
                "codes")
    check_equal(survey["should_carry"], 1, "records that should carry the flag")
    told = flagpost.run("check", "--lists", "lists", "--survey", "extract.jsonl", wanted=1)
    check_equal(CANARY.encode() in told.stdout + told.stderr, False, "content is printed")
    check_equal(sorted(os.listdir(flagpost.folder)), before, "files")
    # Longer than what is read whole: a record a line, in bounded memory.
    count = 40 * 1024 * 1024 // len(json.dumps(good_record())) + 1
    flagpost.put("large.jsonl", (json.dumps(good_record()) + "\n") * count)
    check_equal(flagpost.check("--survey", "large.jsonl")[0]["flags"]["right"], count, "a large extract")


def a_column_of_a_csv_file_is_counted(flagpost):
    if b"this build reads no CSV" in flagpost.run("check", "--lists", "lists", "--survey", "--column",
                                                  "x", "lists", wanted=None).stderr:
        print("  SKIPPED: this build reads no CSV")
        return
    flagpost.put("export.csv", 'id,text\n1,"boat #OIMRC, two\nlines"\n2,#oimcr\n3,=small boat of migrants\n'
                               f"4,{CANARY}\n5,# OIM\n6,see OI-MCR\n")
    rows = flagpost.check("--survey", "--column", "text", "export.csv")
    check_equal(rows[0]["flags"], {"right": 1, "repaired": 2, "wrong": 0, "missing": 1, "none": 2}, "flags")
    check_equal({name: n for name, n in rows[0]["misses"].items() if n},
                {"swapped": 1, "inside": 1, "no-hash": 1}, "misses")
    told = flagpost.run("check", "--lists", "lists", "--survey", "--column", "text", "export.csv")
    check_equal(CANARY.encode() in told.stdout, False, "content is printed")
    flagpost.run("check", "--lists", "lists", "--survey", "--column", "none", "export.csv", wanted=1)
    flagpost.run("check", "--lists", "lists", "--column", "text", "export.csv", wanted=2)
    for bad in (b"id,text\n1,a\x00b\n", b'id,text\n1,"a"b\n', b"\xff\xfe", b'id,text\n1,"open'):
        flagpost.put("bad.csv", bad)
        flagpost.run("check", "--lists", "lists", "--survey", "--column", "text", "bad.csv", wanted=1)


def an_export_is_counted_as_the_records_that_its_mapping_makes(flagpost):
    mappings = os.path.join(DEPLOY, "mappings", "records-table")
    if b"this build reads no exports" in flagpost.run("check", "--lists", "lists", "--survey", "--map",
                                                      mappings + ".yaml", "lists", wanted=None).stderr:
        print("  SKIPPED: this build reads no exports")
        return
    with open(mappings + ".csv", encoding="utf-8", newline="") as f:
        head, row, *_ = list(csv.reader(f))

    def export(*changes):
        out = io.StringIO()
        rows = [{**dict(zip(head, row)), "Report Ref": f"55-IR-2025-{n:08d}", "Title": CANARY, **one}
                for n, one in enumerate(changes, 1)]
        writer = csv.DictWriter(out, head)
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def surveyed(text, wanted):
        flagpost.put("export.csv", text)
        before = sorted(os.listdir(flagpost.folder))
        options = ("--survey", "--map", mappings + ".yaml", "export.csv")
        told = flagpost.run("check", "--lists", "lists", *options, wanted=wanted)
        check_equal(CANARY.encode() in told.stdout + told.stderr, False, "content is printed")
        rows = flagpost.check(*options, wanted=wanted)
        check_equal(sorted(os.listdir(flagpost.folder)), before, "files")
        return rows[0]

    right = [{}] * 3 + [{"Tags": "#OIMRC"}] * 2 + [{"Tags": "#FRAUD"}] + [
        {"Tags": "", "Offences": "MS15001"}, {"Crime Code": ""}, {"Crime Code": "FICT-OIM-00"},
        {"Crime Code": "X"}]
    survey = surveyed(export(*right), 0)
    check_equal((survey["records"], survey["unreadable"], survey["should_carry"]), (10, 0, 1), "records")
    check_equal(survey["flags"], {"right": 6, "repaired": 2, "wrong": 1, "missing": 1, "not_judged": 0},
                "flags")
    check_equal(survey["codes"], {"right": 5, "repaired": 1, "wrong": 1, "missing": 1, "not_judged": 2},
                "codes")
    survey = surveyed(export({}, {"Date of Information": "soon"}), 1)
    check_equal((survey["records"], survey["unreadable"]), (1, 1), "a row that cannot be read")
    # Of a file that breaks nothing is counted.
    told = surveyed(export({}) + 'A"B\r\n', 1)
    check_equal((told["status"], "records" in told), ("failed", False), "a file that breaks")
    for options in (("--map", mappings + ".yaml"), ("--survey", "--map", mappings + ".yaml", "--column", "Tags")):
        flagpost.run("check", "--lists", "lists", *options, "export.csv", wanted=2)
    flagpost.put("bad.yaml", "system: a\nformat: csv\ncolour: red\n")
    told = flagpost.run("check", "--lists", "lists", "--survey", "--map", "bad.yaml", "export.csv", wanted=1)
    check_equal(b"bad.yaml, line 3" in told.stderr, True, f"a wrong mapping: {told.stderr}")


def what_people_are_is_refused_with_line_word_and_reason(flagpost):
    flagpost.put("bad.txt", "# ours\nflag OIMCR\nterm OIMCR who 5 albanian drivers\n")
    done = flagpost.run("roster", "lists", "--root", "roots/root", "--out", "bad", "bad.txt", wanted=1)
    told = done.stderr.decode()
    for part in ("bad.txt, line 3", '"albanian"', "nationality"):
        check_equal(part in told, True, f"{part!r} in {told!r}")
    check_equal(os.path.exists(flagpost.path("bad")), False, "a list with such a term")


def bad_input_is_answered(flagpost):
    for data, text in ((b"", 0), (b"\x00" * 1000, 1), (b"\xff\xfe#\x00O\x00I\x00", 1),
                       (b"#" * 100_000, 0), (b"[" * 100_000, 0)):
        flagpost.put("bad", data)
        flagpost.run("check", "--lists", "lists", "--text", "bad", wanted=text)
        flagpost.run("check", "--lists", "lists", "--survey", "bad", wanted=1)
    flagpost.put("huge", b"a " * (17 * 1024 * 1024))
    flagpost.run("check", "--lists", "lists", "--text", "huge", wanted=3)
    flagpost.run("check", "--lists", "lists", "--text", "nothing-here", wanted=3)
    flagpost.run("check", "--lists", "lists", "--survey", "nothing-here", wanted=3)
    for arguments in (("--text", "--survey", "bad"), ("--survey", "--fix", "x", "bad"),
                      ("--text", "--pack", "x", "bad"), ("--text",)):
        flagpost.run("check", "--lists", "lists", *arguments, wanted=2)


CASES = (every_finding_has_its_mend_as_an_edit, a_copy_is_mended_and_every_change_is_told,
         no_file_is_overwritten_and_no_copy_loses_a_record,
         what_is_no_file_of_records_is_told_in_one_sentence, text_is_mended_where_it_is_sure,
         a_text_without_the_flag_that_its_words_ask_for_is_told, what_stands_behind_a_broken_line_is_told_as_not_read,
         a_survey_counts_and_keeps_nothing,
         a_column_of_a_csv_file_is_counted, an_export_is_counted_as_the_records_that_its_mapping_makes,
         what_people_are_is_refused_with_line_word_and_reason, bad_input_is_answered)


def main():
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="flagpost-check-") as folder:
            try:
                case(Flagpost(sys.argv[1], folder))
            except (Failed, subprocess.TimeoutExpired) as why:
                print(f"FAILED: {case.__name__}: {why}")
                sys.exit(1)
        print(f"  {case.__name__}")


if __name__ == "__main__":
    main()
