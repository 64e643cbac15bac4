"""Rows of a followed stream are changed by SQL, and come back from its publisher.

Flipped bits, rows deleted, exchanged and put in, in a copy that a recipient holds of a bureau's
stream: `verify` names the stream, `recover` follows it again from the last place that is proved,
and then every row is what it was, byte for byte; what nobody had touched has not been.
"""

import argparse
import sqlite3

import scene
from refusals import expect
from scene import Network, check, check_equal, say

DAMAGED = 5
EVERYONE = {"SWROCU", "JFC", "PND"}
RECORDS = 12
WHO = ("--person", "DI at the cell", "--reason", "rows were changed by hand")
PLACE = 1099511627775
STREAM = """(SELECT number FROM stream WHERE agency = 'F55' AND lane = 2)"""
ENTRIES = f"""SELECT place & {PLACE}, ordinal, id, kind, disposition, reason, duplicate, leaf,
    previous, wraps, header, ciphertext FROM entry WHERE place >> 40 = {STREAM} ORDER BY 1"""
KEPT = f"SELECT place & {PLACE}, at, kept FROM entry WHERE place >> 40 = {STREAM} ORDER BY 1"
GROUPS = f"""SELECT place & {PLACE}, count, roster_version, salt, leaves, checkpoint, counts,
    withheld FROM commit_group WHERE place >> 40 = {STREAM} ORDER BY 1"""
# Each with the index that it harms; the first group is left alone, so that something is proved.
HARM = {
    4: "UPDATE entry SET ciphertext = flip(ciphertext) WHERE place = {place}",
    5: "DELETE FROM entry WHERE place = {place}",
    6: "UPDATE entry SET header = flip(header) WHERE place = {place}",
    7: "UPDATE entry SET disposition = 5, kept = x'', wraps = x'', ciphertext = x'', "
       "leaf = flip(leaf) WHERE place = {place}",
    8: "UPDATE entry SET kept = flip(kept) WHERE place = {place}",
    9: "DELETE FROM commit_group WHERE place = {place}",
    10: "UPDATE commit_group SET leaves = flip(leaves) WHERE place = {place}",
}


def flip(blob: bytes) -> bytes:
    at = len(blob) // 2
    return blob[:at] + bytes((blob[at] ^ 1,)) + blob[at + 1:]


def ask(net: Network, question: str) -> list[tuple]:
    with sqlite3.connect(f"file:{net.path('JFC', 'journal.db')}?mode=ro", uri=True) as db:
        return db.execute(question).fetchall()


def harm(net: Network) -> None:
    """As a person with SQLite's own tool would, while the node is down."""
    net.stop("JFC")
    with sqlite3.connect(net.path("JFC", "journal.db")) as db:
        db.create_function("flip", 1, flip)
        number = db.execute(f"SELECT {STREAM}").fetchone()[0]
        for index, sql in HARM.items():
            changed = db.execute(sql.format(place=number << 40 | index)).rowcount
            check_equal(changed, 1, f"rows changed: {sql}")
    net.start("JFC")
    scene.wait("JFC to answer", lambda: net.at("JFC", "status", check=False)[0] == 0)


def check_named(net: Network) -> None:
    code, answers = net.at("JFC", "verify", check=False)
    found = {(row["agency"], row["lane"]): row for row in answers if "lane" in row}
    check_equal(code, DAMAGED, "verify's exit code")
    bad = [place for place, row in found.items() if row["result"] == "damaged"]
    check_equal(bad, [("F55", "routine")], "streams that verify names")
    check_equal(found["F55", "routine"]["index"], min(HARM), "where it names it")


def check_refusals(net: Network) -> None:
    """To look changes nothing, and nobody mends without a name."""
    before = ask(net, ENTRIES)
    home = ("--home", net.path("JFC"))
    expect(net, 0, f"F55 routine is damaged at {min(HARM)}; followed again from {min(HARM)}",
           "recover", "--dry-run", *home)
    expect(net, 2, "a named person", "recover", *home)
    check_equal(ask(net, ENTRIES), before, "rows after looking")


def check_back(net: Network, before: dict[str, list[tuple]]) -> None:
    check_equal(ask(net, ENTRIES), before[ENTRIES], "the entries' rows")
    check_equal(ask(net, GROUPS), before[GROUPS], "the groups' rows")
    now = dict((row[0], row[1:]) for row in ask(net, KEPT))
    touched = {index for index, *rest in before[KEPT] if now[index] != tuple(rest)}
    check_equal(touched, {4, 5, 6, 7, 8}, "entries that were taken anew")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        ids = []
        for number in range(1, RECORDS + 1):
            ids.append(scene.published(net, "F55", scene.simple_record("F55", number))["id"])
            scene.wait_stored(net, "F55", ids[-1], EVERYONE)
        before = {question: ask(net, question) for question in (ENTRIES, GROUPS, KEPT)}
        harm(net)
        check_named(net)
        check_refusals(net)
        home = ("--home", net.path("JFC"))
        expect(net, DAMAGED, "run it again with --tables", "recover", *home, *WHO)
        check_back(net, before)
        expect(net, 0, "", "recover", *home, *WHO, "--tables")
        for agency in net.agencies:
            scene.verify(net, agency)
        last = scene.published(net, "F55", scene.simple_record("F55", RECORDS + 1))["id"]
        scene.wait_stored(net, "F55", last, EVERYONE)
        check_equal(sorted(scene.held(net, "JFC")), sorted([*ids, last]), "JFC's inbox")
        for record in ids:
            shown = net.run("show", *home, "--purpose", "test", record).stdout
            check("Kimmeridge" in shown, f"a record that came back is not shown: {shown[:200]}")
        rows = net.at("JFC", "audit", "--use", "integrity")[1]
        for words in ("routine stream of F55 is followed again, by DI at the cell",
                      "the tables are taken as they are, by DI at the cell"):
            check(any(words in row.get("outcome", "") for row in rows), f"not in the log: {words}")
        net.stop("JFC")
        net.start("JFC")
        scene.wait("JFC to publish on after a restart", lambda: net.at(
            "JFC", "status", check=False)[0] == 0 and scene.rows_at(
                net, "JFC", "status", "node")[0]["publishing"] == "yes")
        scene.verify(net, "JFC")
        say(f"{len(HARM)} rows changed by SQL are what they were, and {RECORDS - 5} untouched")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
