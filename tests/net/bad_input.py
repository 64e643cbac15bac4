"""Bad input, each kind by each way in: refused with its place, its rule and what to do.

The ways are import of CSV and of JSON (lines, array), the drop folder, calls to immigration
enforcement, publish, check, a survey and bare text; HTTP is in `gateway`.  No way takes more
memory than its bound or longer than its time, nothing is kept of what is refused, right rows
beside it included, and the daemon serves on.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import scene
from scene import Network, check, check_equal, say

LONG = bool(os.environ.get("FLAGPOST_LONG"))
SECONDS_MAX = 40
# The largest process of a command.  An import may read 64 MiB and parses in a second process;
# the others read 32 MiB whole, and no record is parsed that is larger than one.
MIB_MAX = {"import": 200, "drop": 200, "check": 110, "publish": 110, "explain": 110,
           "case import": 64}
MAPPING = """system: bad-input
format: {form}
{header}publish: row-by-row
key: [urn]
fields:
  - {{to: urn, column: urn}}
  - {{to: title, column: title}}
  - {{to: priority, column: priority}}
"""
PURPOSE = "  - {to: purpose, column: purpose}\n"  # of JSON, where a row need not have each column
GIGABYTE = 1 << 30
COLUMNS = 10_000_000
DEPTH = 1_000_000


@dataclass
class Bad:
    """A kind of bad input: its bytes in pieces, and where and by which rule it is refused."""
    name: str
    pieces: object  # () -> Iterator[bytes]; a file's tail of a gigabyte is left out: `sparse`
    rule: str
    line: int
    column: str = ""
    sparse: int = 0

    def write(self, path: str) -> str:
        with open(path, "wb") as f:
            for piece in self.pieces():
                f.write(piece)
            if self.sparse:
                f.truncate(self.sparse)
        return path


def filled(head: bytes, letter: bytes, size: int, tail: bytes = b"") -> object:
    """`head`, so many letters, `tail`: a piece at a time, so that this process stays small."""
    def pieces() -> Iterator[bytes]:
        yield head
        for left in range(size, 0, -(1 << 20)):
            yield letter * min(left, 1 << 20)
        yield tail
    return pieces


def once(data: bytes) -> object:
    return lambda: iter([data])


def gigabyte(name: str, head: bytes, rule: str, line: int) -> Bad:
    """A cell of a gigabyte: of holes here, of letters in the long run."""
    if LONG:
        return Bad(name, filled(head, b"x", GIGABYTE), rule, line)
    return Bad(name, once(head), rule, line, sparse=GIGABYTE)


def tables(header: bytes, good: bytes, before: bytes, column: str, after: bytes,
           largest: int) -> Iterator[Bad]:
    """CSV: the bad cell stands in the second row, under `column`."""
    head = header + good + before
    yield Bad("nul", once(head + b"a\0b" + after), "I1", 3, column)
    yield Bad("latin-1", once(head + b"caf\xe9" + after), "I1", 3, column)
    for mark in ("utf-16", "utf-16-be"):
        yield Bad(mark, once((header + good).decode().encode(mark)), "I1", 1)
    yield Bad("quotes", once(head + b'"x' + after), "I1", 3, column)
    yield Bad("large cell", filled(head, b"x", largest, after), "I2", 3, column)
    yield Bad("large quoted cell", filled(head + b'"', b"x", largest, b'"' + after), "I2", 3, column)
    yield Bad("columns in a row", filled(header + good, b",", min(COLUMNS, largest)), "I2", 3)
    yield Bad("columns", filled(b"", b",", min(COLUMNS, largest)), "I2", 1)


def objects(good: dict, name: str, largest: int) -> Iterator[Bad]:
    """JSON lines: the bad field is `name` of the object on the second line."""
    line = json.dumps(good).encode() + b"\n"
    head = line + json.dumps(good).encode()[:-1].replace(
        f', "{name}": {json.dumps(good[name])}'.encode(), b"") + f', "{name}": '.encode()
    yield Bad("nul", once(head + b'"a\0b"}\n'), "I1", 2)
    yield Bad("escaped nul", once(head + b'"a\\u0000b"}\n'), "I1", 2)
    yield Bad("latin-1", once(head + b'"caf\xe9"}\n'), "I1", 2)
    for mark in ("utf-16", "utf-16-be"):
        yield Bad(mark, once(line.decode().encode(mark)), "I1", 1)
    yield Bad("large text", filled(head + b'"', b"x", largest, b'"}\n'), "I2", 2)
    yield Bad("depth", filled(head, b"[", DEPTH), "I2", 2)
    yield Bad("lists in lists", filled(head + b"[[]", b",[]", largest // 3, b"]}\n"), "I2", 2)
    yield Bad("duplicate keys", once(head + f'"x", "{name}": "y"}}\n'.encode()), "I1", 2)
    yield Bad("number for an identifier", once(head + b"447700900123}\n"), "I6", 2, name)


RECORD = {"urn": "55-IR-2025-00000001", "priority": "low", "title": "A boat"}
CALL = {"reference": "NCCU-2026-0800", "reported_at": "2026-01-02T03:04Z", "station": "55AB",
        "role": "officer"}
LARGE = 60 << 20
CSV = (b"urn,title,priority\n", b"A0,x,low\n", b"A1,", "title", b",low\n", LARGE)


def exports() -> Iterator[tuple[str, Bad]]:
    """What the import and the drop folder refuse, by the format of the mapping."""
    for bad in tables(*CSV):
        yield "csv", bad
    head = CSV[0] + CSV[1]
    yield "csv", Bad("spreadsheet number", once(head + b"A1,4.47E+11,low\n"), "I6", 3, "title")
    yield "csv", Bad("unknown word", once(head + b"A1,x,whenever\n"), "I4", 3, "priority")
    yield "csv", Bad("no key", once(head + b",x,low\n"), "I7", 3, "urn")
    yield "csv", Bad("twice the same key", once(head + b"A0,y,low\n"), "I7", 3, "urn")
    yield "csv", Bad("missing column", once(b"urn,title\nA1,x\n"), "I3", 1, "priority")
    word = json.dumps(RECORD).encode() + b"\n" + json.dumps(
        RECORD | {"urn": "A1", "priority": "whenever"}).encode()
    for bad in objects(RECORD | {"urn": "A1"}, "title", LARGE):
        yield "json-lines", bad
    yield "json-lines", Bad("unknown word", once(word), "I4", 2, "priority")
    yield "json-lines", Bad("not json", once(b"urn,title\n"), "I1", 1)
    yield "json-array", Bad("depth", filled(b'[{"urn":', b"[", DEPTH), "I2", 1)
    yield "json-array", Bad("large text", filled(b'[{"urn":"', b"x", LARGE, b'"}]'), "I2", 1)
    yield "json-array", Bad("duplicate keys", once(b'[{"urn":"A",\n"urn":"B"}]'), "I1", 1)
    yield "json-array", Bad("number for an identifier", once(b'[\n{"urn":7}]'), "I6", 2, "urn")
    yield "json-array", Bad("unknown word", once(b'[{"urn":"A","priority":"x"}]'), "I4", 1, "priority")
    yield "json-array", Bad("no end", once(b'[{"urn":"A"}'), "I1", 1)


class Runs:
    """Commands at one node: each ends in its time and within its memory."""

    def __init__(self, net: Network):
        self.net, self.count, self.slowest, self.largest = net, 0, 0.0, 0
        self.bounded = not scene.is_instrumented(net.binary)
        self.maps = {}
        for form in ("csv", "json-lines", "json-array"):
            self.maps[form] = net.path(form + ".yaml")
            with open(self.maps[form], "w", encoding="utf-8") as f:
                f.write(MAPPING.format(form=form, header="header: yes\n" if form == "csv" else "")
                        + (PURPOSE if form != "csv" else ""))

    def run(self, command: str, *arguments: str) -> tuple[int, list[dict]]:
        """Exit code and answers; what the process and its children took is judged."""
        begun = time.monotonic()
        out = self.net.path("out")
        to_out = [(os.POSIX_SPAWN_OPEN, fd, out + str(fd), os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
                   0o600) for fd in (1, 2)]
        pid = os.posix_spawn(self.net.binary, [
            self.net.binary, *command.split(), "--home", self.net.path("F55"), "--json",
            *arguments], os.environ, file_actions=to_out)
        _, state, used = os.wait4(pid, 0)
        seconds, mib = time.monotonic() - begun, used.ru_maxrss // 1024
        self.count, self.slowest = self.count + 1, max(self.slowest, seconds)
        self.largest = max(self.largest, mib)
        what = f"{command} {' '.join(arguments)}"
        check(seconds < SECONDS_MAX, f"{what} took {seconds:.1f} s")
        check(mib < MIB_MAX[command] or not self.bounded, f"{what} took {mib} MiB")
        with open(out + "1", encoding="utf-8") as f:
            return os.waitstatus_to_exitcode(state), scene.lines_of(f.read())

    def serves(self, what: str) -> None:
        check_equal(self.net.at("F55", "status", check=False)[0], 0, f"the daemon after {what}")


def judge(bad: Bad, way: str, findings: list[dict]) -> None:
    """One of the findings has rule, line and column; every one says what to do."""
    found = {(f["rule"], int(f.get("line") or 0), f.get("column", "")) for f in findings}
    check((bad.rule, bad.line, bad.column) in found, f"{way}, {bad.name}: {found or 'nothing'}")
    check(all(f["sentence"] and f["mend"] for f in findings), f"{way}, {bad.name}: {findings}")


def of_rows(rows: list[dict]) -> list[dict]:
    return [{**f, "line": row.get("line", 0)} for row in rows for f in row.get("findings", [])]


def check_import(runs: Runs) -> None:
    for form, bad in exports():
        file = bad.write(runs.net.path("bad"))
        code, answers = runs.run("import", "--map", runs.maps[form], file)
        check_equal(code, 1, f"import of {form}, {bad.name}")
        judge(bad, f"import of {form}", of_rows(answers))
    words = RECORD | {"priority": "whenever", "purpose": "none"}
    both = Bad("two words", once(json.dumps(words).encode()), "I4", 1, "priority")
    code, answers = runs.run("import", "--map", runs.maps["json-lines"],
                             both.write(runs.net.path("bad")))
    check_equal(sorted(f["column"] for f in of_rows(answers) if f["rule"] == "I4"),
                ["priority", "purpose"], "both words of a row that no field has")
    for form, head in (("csv", CSV[0] + b"A1,"), ("json-lines", b'{"urn":"A1","title":"')):
        file = gigabyte("gigabyte", head, "I2", 1).write(runs.net.path("bad"))
        code, answers = runs.run("import", "--map", runs.maps[form], file)
        check(code == 1 and "I2" in answers[0]["why"], f"a gigabyte of {form}: {code} {answers}")
    runs.serves("bad imports")


def check_drop(runs: Runs) -> None:
    """One folder for each format; all its bad files lie there at once."""
    for form in runs.maps:
        folder = runs.net.path("drop-" + form)
        os.mkdir(folder)
        files = {}
        for bad in [bad for kind, bad in exports() if kind == form] + [
                gigabyte("gigabyte", b'{"urn":"' if form != "csv" else b"a,", "I2", 0)]:
            files[bad.name.replace(" ", "-")] = bad
            bad.write(os.path.join(folder, bad.name.replace(" ", "-")))
        code, _ = runs.run("drop", "--once", "--settle", "1", "--map", runs.maps[form], folder)
        check_equal(code, 1, f"a drop folder of {form}")
        check_equal(os.listdir(os.path.join(folder, "done")), [], "taken in")
        for name, bad in files.items():
            with open(os.path.join(folder, "refused", name + ".result.json"),
                      encoding="utf-8") as f:
                judge(bad, f"drop of {form}", of_rows(json.load(f)["rows"]))
    runs.serves("bad files in drop folders")


def check_calls(runs: Runs) -> None:
    head = b"reference,reported_at,station,role\n"
    good = ",".join(CALL.values()).encode() + b"\n"
    kinds = list(tables(head, good, b"NCCU-2026-0801,", "reported_at", b",55AB,officer\n", 3 << 20))
    kinds += objects(CALL, "reported_at", 3 << 20)
    kinds += [gigabyte("gigabyte", head, "I2", 1), gigabyte("gigabyte", b'[{"role":"', "I2", 1)]
    for bad in kinds:
        code, answers = runs.run("case import", bad.write(runs.net.path("bad")))
        check_equal(code, 1, f"case import, {bad.name}")
        judge(bad, "case import", [row for row in answers if row.get("row") == "finding"])
    listed = [row for row in runs.net.at("F55", "case list")[1] if "reference" in row]
    check_equal(listed, [], "calls of files that are refused")
    runs.serves("bad calls")


def records() -> Iterator[Bad]:
    """What publish and check refuse; `line` counts where it is no JSON, else the record."""
    good = {k: v for k, v in scene.simple_record("F55", 1).items() if k != "title"} | {"title": "x"}
    yield from objects(good, "title", 30 << 20)
    for name, fields, rule, at in (("number", {"phones": [447700900123]}, "I6", "phones[0]"),
                                   ("unknown word", {"priority": "whenever"}, "I4", "priority"),
                                   ("unknown field", {"titel": "x"}, "I3", "titel")):
        lines = [json.dumps(good), json.dumps(good | fields)]
        yield Bad(name, once("\n".join(lines).encode()), rule, 2, at)
        yield Bad(name + " in an array", once(f"[{','.join(lines)}]".encode()), rule, 2, at)


def findings(command: str, answers: list) -> list:
    """(record's number in the file, finding) of values that cannot be read."""
    if command == "check":
        found = [(row["number"], row) for row in answers if "rule" in row]
    else:
        found = [(int(answer["sentence"].split(" of record ")[1].split()[0]), row)
                 for answer in answers if " of record " in answer.get("sentence", "")
                 for row in answer["rows"] if row["row"] == "finding"]
    return [(number, row) for number, row in found if row["rule"].startswith("I")]


def check_record(command: str, bad: Bad, code: int, answers: list) -> None:
    if bad.rule not in ("I3", "I4", "I6"):
        told = [row for row in answers if row.get("status") == "failed"]
        check(code == 1 and len(told) == 1, f"{command}, {bad.name}: {code} {answers}")
        check(f"line {bad.line}, column " in told[0]["what"] and f"({bad.rule})" in told[0]["what"]
              and bad.column in told[0]["what"] and len(told[0]["why"]) > 20,
              f"{command}, {bad.name}: {told}")
        return
    found = findings(command, answers)
    check(code == 1 and len(found) == 1, f"{command}, {bad.name}: {code} {answers}")
    number, row = found[0]
    check_equal((number, row["rule"], row["field"], row["severity"]),
                (bad.line, bad.rule, bad.column, "refuse"), f"{command}, {bad.name}")
    check(len(row["sentence"]) > 10 and len(row["mend"]) > 10, f"{command}, {bad.name}: {row}")


def check_records(runs: Runs) -> None:
    for bad in records():
        file = bad.write(runs.net.path("bad"))
        for command in ("check", "publish"):
            options = ["--lists", runs.net.path("lists")] if command == "check" else []
            check_record(command, bad, *runs.run(command, *options, file))
    runs.serves("bad records")


def check_all_values(runs: Runs) -> None:
    """Whatever cannot be read of a record is told at once, and nothing of it is published."""
    good = scene.simple_record("F55", 4711)
    bad = good | {"marking": "OFICIAL", "phones": [447700900123], "titel": "x",
                  "date_created": "14/10/2026", "flags": "OIMCR"}
    file = Bad("values", once(json.dumps([bad, good | {"urn": "55-IR-2026-00004712"}]).encode()),
               "I4", 1).write(runs.net.path("bad"))
    wanted = ["date_created", "flags", "marking", "phones[0]", "titel"]
    code, answers = runs.run("check", "--lists", runs.net.path("lists"), file)
    check_equal((code, sorted(row["field"] for _, row in findings("check", answers))), (1, wanted),
                "values that check could not read")
    check_equal([(row["number"], row["field"]) for row in answers if row.get("severity") == "refuse"
                 and not row["rule"].startswith("I")], [], f"what else is refused: {answers}")
    check_equal([answers[-1][name] for name in ("right", "refused", "unreadable")], [1, 1, 1],
                "records")
    shown = runs.net.run("check", "--lists", runs.net.path("lists"), file, check=False).stdout
    check("1 right, 1 would be refused, 1 of them because not all could be read" in shown,
          f"the sum of a check: {shown[-200:]}")
    for command, *options in (("explain",), ("publish",)):
        code, answers = runs.run(command, *options, file)
        check_equal((code, sorted(row["field"] for _, row in findings(command, answers))),
                    (1, wanted), f"values that {command} could not read")
    check_equal((answers[-1]["published"], answers[-1]["refused"]), (1, 1), "published")


def check_long(runs: Runs) -> None:
    """What is longer than its field takes is told by that field, also beyond a whole record."""
    good = scene.simple_record("F55", 4713)
    beyond = good | {"texts": [good["texts"][0] | {"text": "x" * 170000}]}
    long = good | {"title": "x" * 257, "contact": "\u00e9" * 129}
    file = Bad("long", once(json.dumps([long, beyond]).encode()), "F4", 1).write(runs.net.path("bad"))
    for command, *options in (("check", "--lists", runs.net.path("lists")), ("explain",), ("publish",)):
        code, answers = runs.run(command, *options, file)
        told = {row["field"]: row["sentence"] for answer in answers for row in answer.get("rows", [answer])
                if row.get("rule") == "F4" and "field" in row}
        check_equal((code, sorted(told)), (1, ["contact", "texts[0].text", "title"]), f"{command}: {answers}")
        check("257 bytes long, and this field takes 256" in told["title"] and
              "258 bytes" in told["contact"], f"{command} tells {told}")


def check_surveys(runs: Runs) -> None:
    lists = ("--lists", runs.net.path("lists"))
    for bad in records():
        file = bad.write(runs.net.path("bad"))
        code, answers = runs.run("check", *lists, "--survey", file)
        check(code == 1 and (answers[0].get("unreadable") or "why" in answers[0]),
              f"a survey, {bad.name}: {code} {answers}")
    for bad in tables(*CSV[:5], 30 << 20):
        code, answers = runs.run("check", *lists, "--survey", "--column", "title",
                                 bad.write(runs.net.path("bad")))
        check(code == 1 and f"line {bad.line}, column " in answers[0]["what"]
              and f"({bad.rule})" in answers[0]["what"], f"a column, {bad.name}: {code} {answers}")
    huge = gigabyte("gigabyte", b'{"title":"', "I2", 1).write(runs.net.path("bad"))
    for options, wanted in ((("--survey",), 1), (("--survey", "--column", "title"), 3),
                            (("--text",), 3), ((), 3)):
        check_equal(runs.run("check", *lists, *options, huge)[0], wanted, f"a gigabyte, {options}")


def check_texts(runs: Runs) -> None:
    """Text in which no flag could be found is not passed for text without one."""
    lists = ("--lists", runs.net.path("lists"))
    for name, data, at in (("nul", b"a\n#OIM\0CR", "line 2, column 5"),
                           ("latin-1", b"caf\xe9 #OIMCR", "line 1, column 4"),
                           ("utf-16", "#OIMCR".encode("utf-16"), "line 1, column 1"),
                           ("utf-16-le", "#OIMCR".encode("utf-16-le"), "line 1, column 1")):
        file = Bad(name, once(data), "I1", 1).write(runs.net.path("bad"))
        code, answers = runs.run("check", *lists, "--text", file)
        check(code == 1 and f"{at} (I1)" in answers[0]["what"], f"a text, {name}: {code} {answers}")
    for letter in (b"#", b"[", b"O-", b"# O I M "):
        file = Bad("wall", filled(b"", letter, (10 << 20) // len(letter)), "", 1)
        code, _ = runs.run("check", *lists, "--text", file.write(runs.net.path("bad")))
        check(code in (0, 1), f"a wall of {letter!r}: {code}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        runs = Runs(net)
        for part in (check_import, check_drop, check_calls, check_surveys, check_texts):
            begun = time.monotonic()
            part(runs)
            say(f"{part.__name__} {time.monotonic() - begun:.1f} s")
        check_equal([row["size"] for row in scene.rows_at(net, "F55", "status", "stream")
                     if row["stream"] != "local"], ["0", "0"], "what bad input published")
        check_records(runs)
        check_all_values(runs)
        check_long(runs)
        say(f"{runs.count} runs refused; slowest {runs.slowest:.1f} s, largest {runs.largest} MiB")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
