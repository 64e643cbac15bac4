"""Rows are changed by SQL, and come back: a recipient's from the publisher, its own from them.

Flipped bits, rows deleted, exchanged and put in, in a copy that a recipient holds of a bureau's
stream: `verify` names the stream, `recover` follows it again from the last place that is proved,
and then every row is what it was, byte for byte; what nobody had touched has not been.  Then rows
of the bureau's own: each is what it was again, and one of its local stream, which nobody else
has, is told.
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

# In the bureau's own journal, where a group for each record was signed.
OWN_HARM = {
    2: "UPDATE entry SET leaf = flip(leaf) WHERE place = {place}",
    4: "UPDATE entry SET ciphertext = flip(ciphertext) WHERE place = {place}",
    5: "DELETE FROM entry WHERE place = {place}",
    6: "UPDATE entry SET header = flip(header) WHERE place = {place}",
    7: "UPDATE entry SET disposition = 5, kept = x'', wraps = x'', ciphertext = x'' "
       "WHERE place = {place}",
    8: "UPDATE entry SET kept = flip(kept) WHERE place = {place}",
    9: "UPDATE entry SET wraps = flip(wraps), disposition = 77 WHERE place = {place}",
}
LOCAL_HARM = {1: "UPDATE entry SET ciphertext = flip(ciphertext) WHERE place = {place}"}


def flip(blob: bytes) -> bytes:
    at = len(blob) // 2
    return blob[:at] + bytes((blob[at] ^ 1,)) + blob[at + 1:]


def ask(net: Network, question: str, agency: str = "JFC") -> list[tuple]:
    with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
        return db.execute(question).fetchall()


def harm(net: Network, agency: str, harms: dict[int, str], lane: int = 2) -> None:
    """As a person with SQLite's own tool would, while the node is down."""
    net.stop(agency)
    with sqlite3.connect(net.path(agency, "journal.db")) as db:
        db.create_function("flip", 1, flip)
        number = db.execute(f"SELECT {STREAM.replace('lane = 2', f'lane = {lane}')}").fetchone()[0]
        for index, sql in harms.items():
            changed = db.execute(sql.format(place=number << 40 | index)).rowcount
            check_equal(changed, 1, f"rows changed: {sql}")
    net.start(agency)
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


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


def check_own(net: Network, ids: list[str]) -> None:
    """The bureau's own rows, from what is left of them and from their recipients."""
    home = ("--home", net.path("F55"))
    before = ask(net, ENTRIES, "F55")
    harm(net, "F55", OWN_HARM)
    expect(net, 0, "1 streams of this node's own are damaged", "recover", "--dry-run", *home)
    expect(net, 2, "a named person", "recover", *home)
    told = expect(net, DAMAGED, "run it again with --tables", "recover", *home, *WHO)
    check(f"routine, own: damaged rows {len(OWN_HARM)}; of these are whole again: {len(OWN_HARM)}"
          in told, f"the account: {told}")
    columns = ENTRIES[:ENTRIES.index("FROM")].replace("SELECT", "").split(",")
    wrong = [f"{now[0]}: {name.strip()}" for now, then in zip(ask(net, ENTRIES, "F55"), before)
             for name, a, b in zip(columns, now, then) if a != b]
    check_equal(wrong, [], "columns of the bureau's own rows that are not what they were")
    expect(net, 0, "", "recover", *home, *WHO, "--tables")
    scene.verify(net, "F55")
    for record in ids:
        shown = net.run("show", *home, "--purpose", "test", record).stdout
        check("Kimmeridge" in shown, f"an own record that came back is not shown: {shown[:200]}")
    rows = net.at("F55", "audit", "--use", "integrity")[1]
    for words in ("damaged rows of the own streams are mended, by DI at the cell",
                  "own entries from here fetched back"):
        check(any(words in row.get("outcome", "") for row in rows), f"not in the log: {words}")
    harm(net, "F55", LOCAL_HARM, lane=3)
    expect(net, DAMAGED, "local 1 is not whole: entries of the local stream go to nobody",
           "recover", *home, *WHO)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        ids = []
        for number in range(1, RECORDS + 1):
            ids.append(scene.published(net, "F55", scene.simple_record("F55", number))["id"])
            scene.wait_stored(net, "F55", ids[-1], EVERYONE)
        before = {question: ask(net, question) for question in (ENTRIES, GROUPS, KEPT)}
        harm(net, "JFC", HARM)
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
        check_own(net, ids)
        say(f"{len(HARM)} rows changed by SQL are what they were, and {RECORDS - 5} untouched; "
            f"so are {len(OWN_HARM)} of the publisher's own")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
