"""A unit publishes a bureau's words onward, proves whose they are, and follows its recall.

Chosen items go further under the unit's own name: recipients are told that the words are the
originator's, and what was left out is not among them.  S2 needs the owner's consent.  When
the bureau recalls its record, the unit's node recalls the copy in the same turn.
"""

import argparse
import json
import os
import sqlite3

import scene
from scene import Network, check, check_equal, say

FIVE = {**scene.ONE_BUREAU, "SEROCU": scene.TWO_REGIONS["SEROCU"]}
KEPT, HIDDEN = "The lorry leaves on Tuesdays", "Zylqhorv owns the yard behind the quay"
ITEMS = "facts, report, provenance, text 2, vehicles"
WHY = ("--person", "DS at the unit", "--reason", "the neighbouring unit has the port")


def record(number: int, sanitisation: str) -> dict:
    found = scene.simple_record(
        "F55", number, handling="C", action="A1", sanitisation=sanitisation,
        conditions="ask first", condition_reason="an enquiry is under way")
    found["texts"] = [{"text": HIDDEN, "basis": "fact", "grade": "1A"},
                      {"text": KEPT, "basis": "fact", "grade": "2B"}]
    found["persons"] = [{"surname": "Zylqhorv", "given": ["Anton"], "roles": ["suspect"]}]
    return found


def received(net: Network, number: int, sanitisation: str) -> str:
    place = scene.published(net, "F55", record(number, sanitisation))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    return place["id"]


def republish(net: Network, agency: str, what: str, *more: str) -> tuple[int, list[dict]]:
    return net.at(agency, "republish", what, *WHY, *more, check=False)


def id_of(rows: list[dict]) -> str:
    return next(row["id"] for row in rows if row.get("row") == "record")


def screen(net: Network, agency: str, what: str) -> str:
    return net.run("show", "--home", net.path(agency), "--purpose", "test", what,
                   check=False).stdout


def check_copy(net: Network, source: str) -> str:
    code, rows = republish(net, "SWROCU", source, "--items", ITEMS)
    check_equal(code, 0, f"a copy under S1: {rows}")
    copy = id_of(rows)
    scene.wait("the copy at JFC", lambda: copy in scene.held(net, "JFC"))
    shown = screen(net, "JFC", copy)
    check(f"copy of record {source} of F55, items 0, " in shown and "proved" in shown,
          f"JFC is not told whose words they are: {shown[:600]}")
    check(KEPT in shown and HIDDEN not in shown and "Zylqhorv" not in shown,
          f"the copy shows: {shown}")
    check("ask first" in shown and "A1 S1" in shown, "the conditions went along")
    return copy


def check_refusals(net: Network, source: str, bare: str) -> None:
    code, told = republish(net, "SWROCU", source, "--items", "text 2")
    check(code == 1 and any(row.get("row") == "finding" for row in told),
          f"items that make no record: {told}")
    out = os.path.join(bare, "copy")
    net.at("SWROCU", "redact", source, "--items", ITEMS, "--out", out, "--purpose", "test")
    with open(out, "rb") as f:
        good = f.read()
    at = good.index(b"\nvalue ") + 20
    with open(out, "wb") as f:
        f.write(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
    code, told = republish(net, "SWROCU", out)
    check(code != 0 and "does not prove itself" in told[-1]["sentence"], f"a changed file: {told}")
    with open(out, "wb") as f:
        f.write(good)
    code, told = republish(net, "SWROCU", out)
    check_equal(code, 0, f"the file as it was made: {told}")


def check_consent(net: Network) -> None:
    source = received(net, 2, "S2")
    code, told = republish(net, "SWROCU", source, "--items", ITEMS)
    check(code == 1 and "S2" in told[-1]["sentence"], f"S2 without consent: {told}")
    code, told = net.at("SWROCU", "consent", source, "--to", "JFC", *WHY, check=False)
    check_equal(code, 4, f"a consent to another's record: {told}")
    code, told = net.at("F55", "consent", source, "--to", "SWROCU", *WHY, check=False)
    check_equal(code, 0, f"the owner's consent: {told}")
    scene.wait("a copy under S2 with consent",
               lambda: republish(net, "SWROCU", source, "--items", ITEMS)[0] == 0)


def check_superseded(net: Network) -> None:
    """No copy is made of a version that its owner has put another one in the place of."""
    source = received(net, 3, "S1")
    code, told = net.at("F55", "supersede", source, "-", *WHY, check=False,
                        text=json.dumps({**record(3, "S1"), "title": "Mended"}))
    check_equal(code, 0, f"a correction of it: {told}")
    newer = id_of(told)
    scene.wait("the correction", lambda: newer in scene.held(net, "SWROCU"))
    code, told = republish(net, "SWROCU", source, "--items", ITEMS)
    check(code == 4 and newer in told[-1]["sentence"], f"a copy of the version before: {told}")
    code, told = republish(net, "SWROCU", newer, "--items", f"{ITEMS}, supersedes")
    check_equal(code, 0, f"a copy of the version that holds: {told}")


def check_recall(net: Network, source: str, copy: str) -> None:
    """The copy goes with its source, at the unit's recipients too."""
    code, told = net.at("F55", "recall", source, *WHY, check=False)
    check_equal(code, 0, f"recall of the source: {told}")

    def recalled_copies() -> list[str]:
        rows = scene.rows_at_id(net, "F55", "trace", source, "holder")
        return next(row["copies_recalled"].split() for row in rows if row["agency"] == "SWROCU")

    scene.wait("the owner to learn of the copies", lambda: copy in recalled_copies())

    def blocked_at_jfc() -> bool:
        return net.at("JFC", "show", copy, "--purpose", "test", check=False)[0] == 4

    scene.wait("the copy to be blocked at JFC", blocked_at_jfc)
    code, told = net.at("SWROCU", "show", copy, "--purpose", "test", check=False)
    check_equal(code, 4, f"the unit opens its own copy: {told}")
    rows = scene.rows_at_id(net, "SWROCU", "trace", copy, "holder")
    check("JFC" in {row["agency"] for row in rows}, f"the unit's trace of the copy: {rows}")
    code, told = net.at("SWROCU", "statement", source, "--erased", "--person", "DS", check=False)
    check_equal(code, 0, f"erased with its copies: {told}")
    path = net.path("SWROCU", "journal.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        for what in (source, copy):
            sizes = db.execute("SELECT length(ciphertext) FROM entry WHERE id = ?",
                               (bytes.fromhex(what),)).fetchall()
            check_equal(sizes, [(0,)], f"ciphertext of {what} at who has stated it erased")
    code, told = republish(net, "SWROCU", source, "--items", ITEMS)
    check(code != 0, f"a copy of what is recalled: {told}")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as bare, scene.network(options.binary, FIVE) as net:
        source = received(net, 1, "S1")
        copy = check_copy(net, source)
        check_refusals(net, source, bare)
        check_consent(net)
        check_superseded(net)
        check_recall(net, source, copy)
        for agency in net.agencies:
            scene.verify(net, agency)
        say("the words are proved the originator's, and go when it takes them back")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
