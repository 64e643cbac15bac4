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
import urgent
from scene import Network, check, check_equal, say

FIVE = {**scene.ONE_BUREAU, "SEROCU": scene.TWO_REGIONS["SEROCU"]}
KEPT, HIDDEN = "The lorry leaves on Tuesdays", "Zylqhorv owns the yard behind the quay"
ITEMS = "facts, report, provenance, text 2, vehicles"
PARENTS_MAX = 8
WHY = ("--person", "DS at the unit", "--reason", "the neighbouring unit has the port")


def record(number: int, sanitisation: str) -> dict:
    found = scene.simple_record(
        "F55", number, handling="C", action="A1", sanitisation=sanitisation,
        conditions="ask first", condition_reason="an enquiry is under way")
    found["texts"] = [{"text": HIDDEN, "basis": "fact", "grade": "1A"},
                      {"text": KEPT, "basis": "fact", "grade": "2B"}]
    found["persons"] = [{"surname": "Zylqhorv", "given": ["Anton"], "roles": ["suspect"]}]
    return found


def received(net: Network, number: int, sanitisation: str, **fields: object) -> str:
    place = scene.published(net, "F55", {**record(number, sanitisation), **fields})
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


def own(number: int, **fields: object) -> dict:
    """What the unit writes of its own knowledge, under the conditions of what it was made of."""
    return {**record(number, "S1"), "urn": f"UNIT/{number}", "persons": [],
            "texts": [{"text": "The lorry was seen again", "basis": "fact", "grade": "1A"}], **fields}


def publish_own(net: Network, made_of: str, made: dict, *why: str) -> tuple[int, list[dict]]:
    return net.at("SWROCU", "publish", "-", "--made-of", made_of, *(why or WHY), check=False,
                  text=json.dumps(made))


def check_enriched(net: Network) -> tuple[str, str]:
    """A report of the unit's own, made of a bureau's and of another's, is no wider than either."""
    first, second = received(net, 4, "S1"), received(net, 5, "S2")
    code, told = publish_own(net, first, own(1))
    check(code == 4 and "opened" in told[-1]["sentence"], f"of what nobody has read: {told}")
    for one in (first, second):
        screen(net, "SWROCU", one)
    code, told = publish_own(net, first, own(1), "--person", "DS")
    check(code == 2 and "--reason" in told[-1]["sentence"], f"without a reason: {told}")
    code, told = publish_own(net, first, own(1), *WHY, "--hold-until", "2099-01-01T00:00:00Z")
    check(code == 2 and "recalled meanwhile" in told[-1]["sentence"], f"held: {told}")
    code, told = publish_own(net, f"{first},0123456789", own(1))
    check(code == 3, f"of what is not here: {told}")
    for fields in ({"handling": "P", "action": None, "sanitisation": None, "conditions": None,
                    "condition_reason": None}, {"action": "A2"}):
        made = {name: value for name, value in own(1, **fields).items() if value is not None}
        code, told = publish_own(net, first, made)
        check(code == 1 and {row["rule"] for row in scene.rows(told[-1], "finding")} & {"R12", "R13"},
              f"wider than its source {fields}: {told}")
    code, told = publish_own(net, f"{first}, {second}", own(1, sanitisation="S2"))
    check(code == 1 and "consulting" in str(told), f"S2 of one owner, without consent: {told}")
    victim = received(net, 6, "S1", persons=[{"surname": "Nemo", "roles": ["victim"]}])
    screen(net, "SWROCU", victim)
    code, told = publish_own(net, victim, own(4))
    check_equal(code, 0, f"the block of R10 goes along, and stops nothing else: {told}")
    code, told = publish_own(net, first, own(1))
    check_equal(code, 0, f"made of one: {told}")
    made = id_of(scene.rows(told[-1], "record"))
    scene.wait("it at JFC", lambda: made in scene.held(net, "JFC"))
    shown = screen(net, "JFC", made)
    check(f"made of record {first} of F55; the words are those of who publishes it" in shown,
          f"JFC is not told of what it is made: {shown[:400]}")
    scene.wait("its owner to learn that it was shared", lambda: any(
        row["what"] == "shared" for row in scene.rows_at_id(net, "F55", "trace", first, "handling")))
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test", "--object", made)
    check(any(f"made of record {first} of F55" in row.get("outcome", "") for row in log), f"the log: {log}")
    return first, made


def check_made_of_many(net: Network) -> None:
    """Of as many as one can be made of: published, and the log says so within its row."""
    sources = sorted(scene.published(net, "SWROCU", own(20 + i))["id"] for i in range(PARENTS_MAX))
    code, told = publish_own(net, ",".join(sources), own(20), *WHY, "--again")
    check_equal(code, 0, f"made of {PARENTS_MAX}: {told}")
    made = id_of(scene.rows(told[-1], "record"))
    made_of = f"made of record {sources[0]} of SWROCU and of {PARENTS_MAX - 1} more"
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test", "--object", made)
    check_equal([row["outcome"] for row in log if "accepted" in row.get("outcome", "")],
                [f"accepted once more, as it was asked for, {made_of}"], "the row of the log")
    shown = screen(net, "SWROCU", made)
    check(all(one in shown for one in sources), f"who reads it is told of all: {shown[:900]}")


def check_corrected_copy(net: Network, copy: str, made: str) -> list[str]:
    """A correction of either is made of the same, and no wider, whoever says so."""
    newer = []
    for one, number in ((copy, 2), (made, 1)):
        wide = {name: value for name, value in own(number, handling="P").items()
                if name not in ("action", "sanitisation", "conditions", "condition_reason")}
        code, told = net.at("SWROCU", "supersede", one, "-", *WHY, "--new-urn", check=False,
                            text=json.dumps(wide))
        findings = [row["field"] for row in told if row.get("row") == "finding"]
        check(code == 1 and findings == ["handling"], f"a correction under P: {told}")
        code, told = net.at("SWROCU", "supersede", one, "-", *WHY, "--new-urn", check=False,
                            text=json.dumps(own(number, title="Mended")))
        check_equal(code, 0, f"a correction: {told}")
        newer.append(id_of(told))
        scene.wait("the correction at JFC", lambda: newer[-1] in scene.held(net, "JFC"))
        check("made of record" in screen(net, "JFC", newer[-1]), "the correction says of what it is made")
    return newer


def check_enriched_recall(net: Network, source: str, made: list[str]) -> None:
    net.at("F55", "recall", source, *WHY)
    for one in made:
        scene.wait("it to be blocked at JFC", lambda: net.at(
            "JFC", "show", one, "--purpose", "test", check=False)[0] == 4)
    code, told = publish_own(net, source, own(3))
    check(code == 4 and "recalled" in told[-1]["sentence"], f"of what is recalled: {told}")


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
        urgent.configure(net, "SWROCU", "handling_minutes = 0")
        source = received(net, 1, "S1")
        copy = check_copy(net, source)
        check_refusals(net, source, bare)
        check_consent(net)
        check_superseded(net)
        first, made = check_enriched(net)
        check_made_of_many(net)
        newer_copy, newer = check_corrected_copy(net, copy, made)
        check_enriched_recall(net, first, [made, newer])
        check_recall(net, source, copy)
        check_equal(net.at("JFC", "show", newer_copy, "--purpose", "test", check=False)[0], 4,
                    "the correction of a copy goes with the source")
        for agency in net.agencies:
            scene.verify(net, agency)
        say("the words are proved the originator's, and go when it takes them back")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
