"""A sanitised copy proves that it is the originator's, to someone who has nothing but a root.

A unit takes chosen items out of a bureau's record; the file is judged in a bare folder with
only the root document's public half.  What was left out is not in it, a gap is shown, one
changed byte anywhere is refused and its line named, and S2 allows none but the owner.  A page to
print says what the proof shows, and there is none of a proof that does not hold.
"""

import argparse
import base64
import hashlib
import html.parser
import json
import os
import random
import shutil
import subprocess

import scene
from scene import Network, check, check_equal, say

KEPT, HIDDEN = "The lorry leaves on <b>Tuesdays</b> & 'Fridays'", "Zylqhorv owns the yard behind the quay"


def record(number: int, **more: object) -> dict:
    """Two texts, of which one is not for others, and a person."""
    found = scene.simple_record("F55", number, **more)
    found["texts"] = [{"text": HIDDEN, "basis": "fact", "grade": "1A"},
                      {"text": KEPT, "basis": "fact", "grade": "2B"}]
    found["persons"] = [{"surname": "Zylqhorv", "given": ["Anton"], "roles": ["suspect"]}]
    return found


def conditions(sanitisation: str) -> dict:
    return {"handling": "C", "action": "A1", "sanitisation": sanitisation,
            "conditions": "ask first", "condition_reason": "an enquiry is under way"}


def redact(net: Network, agency: str, record_id: str, items: str, out: str,
           *more: str) -> tuple[int, dict]:
    code, answers = net.at(agency, "redact", record_id, "--items", items, "--out", out, *more,
                           check=False)
    return code, answers[-1]


def judge(binary: str, bare: str, proof: str) -> tuple[int, dict]:
    """In a folder with the proof and the root document alone, without any environment."""
    done = subprocess.run([os.path.abspath(binary), "proof", "verify", "--root", "root", "--json", proof],
                          cwd=bare, env={}, capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def check_copy(options: argparse.Namespace, net: Network, bare: str, place: dict) -> bytes:
    """The unit's copy has the text with its grade, the facts, and nothing else."""
    out = os.path.join(bare, "copy")
    code, told = redact(net, "SWROCU", place["id"], "facts, text 2", out,
                        "--purpose", "for the neighbouring unit")
    check_equal(code, 0, f"redact at the unit: {told}")
    check_equal(os.stat(out).st_mode & 0o777, 0o600, "the mode of a file with content")
    code, seen = judge(options.binary, bare, "copy")
    check_equal(code, 0, f"the copy in a bare folder: {seen}")
    check_equal(seen["agency"], "F55", "the originator")
    check_equal(seen["id"], place["id"], "the record")
    check_equal([i["kind"] for i in seen["items"]], ["facts", "text", "grade"], "the items")
    check_equal(seen["items"][1]["text"], KEPT, "the text shown")
    check(seen["left_out"] and seen["item_count"] > 3, f"the gap is not shown: {seen}")
    check_equal(told["left_out"], seen["left_out"], "the gap as told when it was made")
    with open(out, "rb") as f:
        data = f.read()
    values = b"".join(base64.b64decode(line.split()[1]) for line in data.splitlines()
                      if line.startswith(b"value "))
    check(KEPT.encode() in values, "the control: the text shown is in the file")
    check(HIDDEN.encode() not in values and b"Zylqhorv" not in values,
          "what was left out is in the file")
    return data


def check_changes(options: argparse.Namespace, bare: str, good: bytes) -> None:
    """One changed byte anywhere is refused, and the line or its neighbour is named."""
    chance = random.Random(options.seed)
    lines = good.split(b"\n")
    places, at = [], 0
    for line in lines[:-1]:  # each line: its first byte, its last, and some between
        inside = range(at, at + len(line))
        places += {inside[0], inside[-1], *chance.sample(inside, min(2, len(line)))}
        at += len(line) + 1
    for place in places:
        changed = bytearray(good)
        changed[place] ^= 1
        with open(os.path.join(bare, "changed"), "wb") as f:
            f.write(changed)
        line = good[:place].count(b"\n") + 1
        code, told = judge(options.binary, bare, "changed")
        check_equal(code, 5, f"byte {place} (line {line}) was changed: {told}")
        # An item's four lines stand for each other, and so do a header and its hash.
        check(abs(told["line"] - line) <= 3, f"line {line} was changed, told: {told}")
        check(told["field"] and told["sentence"], f"nothing said of line {line}")
    say(f"{len(places)} bytes of {len(good)} changed, each refused and named")


def items_of(path: str) -> dict[int, tuple[bytes, bytes]]:
    """(salt, value) of each item of a proof by its position, as the file has them."""
    with open(path, "rb") as f:
        words = [line.split(b" ") for line in f.read().splitlines()]
    return {int(line[1]): (words[i + 1][1], base64.b64decode(words[i + 2][1]))
            for i, line in enumerate(words) if line[0] == b"item"}


def check_measure(options: argparse.Namespace, net: Network, bare: str) -> None:
    """Flag, code, grades, case reference and dates are proved, and shown, without a word of
    what the record is about."""
    made = scene.published(net, "F55", record(4, case_reference="NCCU-2026-0101"))
    scene.wait_stored(net, "F55", made["id"], {"JFC"})
    why = ("--purpose", "a measure of the quarter")
    code, told = redact(net, "JFC", made["id"], "flags, codes, grades, cases, dates",
                        os.path.join(bare, "measure"), *why)
    check_equal(code, 0, f"items of a measure: {told}")
    code, seen = judge(options.binary, bare, "measure")
    check_equal(code, 0, f"a measure in a bare folder: {seen}")
    check_equal([(item["kind"], item["text"]) for item in seen["items"]],
                [("flag", "OIMCR"), ("code", "FICT-OIM-01"), ("case", "NCCU-2026-0101"),
                 ("dates", "of 2025-09; created 2025-10-01"), ("grade", "1A of item 6"),
                 ("grade", "1A of item 8"), ("grade", "2B of item 10")], "what a measure shows")
    count = seen["item_count"]
    code, told = redact(net, "JFC", made["id"], f"0-{count - 1}", os.path.join(bare, "whole"), *why)
    check_equal(code, 0, f"all items: {told}")
    whole, shown = items_of(os.path.join(bare, "whole")), items_of(os.path.join(bare, "measure"))
    check_equal((len(whole), sorted(shown)), (count, [i["position"] for i in seen["items"]]), "items")
    with open(os.path.join(bare, "measure"), "rb") as f:
        data = f.read()
    read = b"".join(base64.b64decode(word) for line in data.splitlines()
                    for word in line.split(b" ")[1:] if len(word) % 4 == 0 and not
                    set(word) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
    for place, (salt, value) in whole.items():
        inside = salt in data and value in read
        check_equal(inside, place in shown, f"item {place} in a measure")
        check(place in shown or not (salt in data or value in read), f"a part of item {place}")


class Page(html.parser.HTMLParser):
    """The words of a page, and its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words, self.tags = "", set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def statement(options: argparse.Namespace, bare: str, proof: str, out: str) -> tuple[int, str]:
    done = subprocess.run([os.path.abspath(options.binary), "proof", "statement", "--root",
                           "root", "--out", out, proof],
                          cwd=bare, env={}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def check_statement(options: argparse.Namespace, bare: str, good: bytes) -> None:
    """On paper stands what the proof shows and where it is checked; a bad one has no paper."""
    code, told = statement(options, bare, "copy", "page.html")
    check_equal(code, 0, told)
    path = os.path.join(bare, "page.html")
    check_equal(os.stat(path).st_mode & 0o777, 0o600, "the mode of a page with content")
    with open(path, encoding="utf-8") as f:
        page = Page(f.read())
    for words in (KEPT, hashlib.sha256(good).hexdigest(), "Dorset Police FIB (F55)", "OFFICIAL",
                  "South West ROCU (SWROCU)", "proof verify", "does not show", "Left out"):
        check(words in page.words, f"the page does not say {words!r}: {page.words}")
    check(HIDDEN not in page.words, "what was left out is on the page")
    check(not page.tags & {"b", "script", "img", "link"}, f"elements of the page: {page.tags}")
    code, told = statement(options, bare, "copy", "page.html")
    check(code == 1 and "there" in told, f"a page over a page: {code} {told}")
    with open(os.path.join(bare, "changed"), "wb") as f:
        f.write(good.replace(b"value ", b"value A", 1))
    code, told = statement(options, bare, "changed", "bad.html")
    check(code == 5 and "line" in told, f"a statement of a bad proof: {code} {told}")
    check(not os.path.exists(os.path.join(bare, "bad.html")), "it was written all the same")
    check_pdf(path, os.path.join(bare, "page.pdf"))


def check_pdf(path: str, out: str) -> None:
    if not (shutil.which("weasyprint") and shutil.which("pdftotext")):
        say("the PDF of the page is not tried: weasyprint or pdftotext is not installed")
        return
    subprocess.run(["weasyprint", "-q", path, out], check=True)
    text = subprocess.run(["pdftotext", "-layout", out, "-"], check=True, capture_output=True,
                          text=True).stdout
    for words in (KEPT, "OFFICIAL", "1 of ", "Signature"):
        check(words in text, f"the PDF does not say {words!r}: {text}")


def check_rules(net: Network, bare: str) -> None:
    """S2: the owner alone.  No purpose: nobody.  The log says what was taken out."""
    out = os.path.join(bare, "other")
    place = scene.published(net, "F55", record(2, **conditions("S2")))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    why = ("--purpose", "for the neighbouring unit")
    code, told = redact(net, "SWROCU", place["id"], "facts", out, *why)
    check_equal(code, 1, f"a copy under S2 by another: {told}")
    check("S2" in told["sentence"] and not os.path.exists(out), f"S2 said: {told}")
    code, told = redact(net, "F55", place["id"], "facts", out, *why)
    check_equal(code, 0, f"a copy under S2 by the owner: {told}")
    os.remove(out)
    place = scene.published(net, "F55", record(3, **conditions("S1")))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    code, told = redact(net, "SWROCU", place["id"], "provenance", out, *why)
    check_equal(code, 0, f"a copy under S1 by another: {told}")
    os.remove(out)
    for items, wanted, word in (("facts", 4, "purpose"), ("vessel 9", 1, "vessel 9"),
                                ("7-3", 1, "7-3"), ("250", 1, "250")):
        code, told = redact(net, "SWROCU", place["id"], items, out,
                            *(() if wanted == 4 else why))
        check_equal(code, wanted, f"redact {items}: {told}")
        check(word in (told.get("sentence") or told.get("why")), f"redact {items} said: {told}")
        check(not os.path.exists(out), f"redact {items} left a file")
    # That an item is not there is told only once the log has who asked.
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--operation", "consult", "--purpose", "test")
    rows = [row for row in log if row.get("outcome") == "no copy made: not its items"]
    check_equal([(row["object"], row["purpose"]) for row in rows],
                [(place["id"], why[1])] * 3, "copies that were asked for in vain")
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--operation", "disclose", "--purpose", "test")
    rows = [row for row in log if "sanitised copy" in row.get("outcome", "")]
    check_equal(len(rows), 2, "copies in the unit's log")
    check(rows[0]["purpose"] == why[1] and "items 0, " in rows[0]["outcome"],
          f"the log says: {rows[0]}")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as bare, scene.network(options.binary, scene.ONE_BUREAU) as net:
        with open(net.path("roots", "root"), "rb") as f, \
                open(os.path.join(bare, "root"), "wb") as to:
            to.write(f.read())
        place = scene.published(net, "F55", record(1))
        scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
        good = check_copy(options, net, bare, place)
        check_measure(options, net, bare)
        check_changes(options, bare, good)
        check_statement(options, bare, good)
        check_rules(net, bare)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
