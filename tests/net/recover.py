"""A node is put back to an older day; what it published since comes back from its peers.

Its home is a copy of yesterday's, its guard included, so that only the peers know.  It begins a
new epoch, and `recover` fetches the old one back: header, ciphertext and leaf hash of each entry
that somebody holds, byte for byte, every group's leaves and checkpoint, and the receipts.  What
nobody held is told by its index.  (Followers that lie: unit/core/recover.)
"""

import argparse
import shutil
import signal
import sqlite3

import scene
from refusals import expect
from scene import Network, check, check_equal, say

DAMAGED = 5
EVERYONE = {"SWROCU", "JFC", "PND"}
WHO = ("--person", "DI at the bureau", "--reason", "yesterday's disk was put back")
ENTRIES = """SELECT s.lane, e.place & 1099511627775, e.id, e.kind, e.ordinal, e.leaf, e.header,
    e.ciphertext FROM entry e JOIN stream s ON s.number = e.place >> 40
    WHERE s.agency = 'F55' AND s.epoch = 1 ORDER BY 1, 2"""
GROUPS = """SELECT s.lane, g.place & 1099511627775, g.count, g.roster_version, g.leaves,
    g.checkpoint FROM commit_group g JOIN stream s ON s.number = g.place >> 40
    WHERE s.agency = 'F55' AND s.epoch = 1 ORDER BY 1, 2"""
LOCAL = 3  # lane


def rows_of(net: Network, question: str) -> dict[tuple, tuple]:
    """(lane, index) -> the rest of the row."""
    with sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True) as db:
        return {row[:2]: row[2:] for row in db.execute(question)}


def publishing(net: Network) -> str:
    return scene.rows_at(net, "F55", "status", "node")[0]["publishing"]


def publish(net: Network, numbers: range, holders: set[str]) -> list[str]:
    ids = []
    for number in numbers:
        ids.append(scene.published(net, "F55", scene.simple_record("F55", number))["id"])
        scene.wait_stored(net, "F55", ids[-1], holders)
    return ids


def put_back(net: Network) -> None:
    """Yesterday's home in the place of today's."""
    net.stop("F55", signal.SIGKILL)
    shutil.rmtree(net.path("F55"))
    shutil.copytree(net.path("yesterday"), net.path("F55"), symlinks=True)
    net.start("F55")
    scene.wait("F55 to be told that it is not the one of today", lambda: net.at(
        "F55", "status", check=False)[0] == 0 and "recovered" in publishing(net))


def account(net: Network, *options: str) -> tuple[dict[str, dict], list[tuple[str, int, int]]]:
    """What `recover` tells: lanes by name, and runs of indexes that are missing."""
    _, answers = net.at("F55", "recover", *options)
    lanes = {row["stream"]: row for row in answers if row.get("row") == "lane"}
    missing = [(row["stream"], int(row["first"]), int(row["last"]))
               for row in answers if row.get("row") == "missing"]
    return lanes, missing


def check_refusals(net: Network) -> None:
    home = ("--home", net.path("F55"))
    expect(net, DAMAGED, "begin a new epoch first", "recover", *home, *WHO)
    expect(net, 0, "a new epoch has begun", "new-epoch", *home)
    expect(net, 2, "a named person", "recover", *home)
    expect(net, 2, "a named person", "recover", *home, "--person", "DI at the bureau")
    expect(net, 0, "in its first epoch", "recover", "--dry-run", "--home", net.path("SWROCU"))


def check_rows(net: Network, entries: dict, groups: dict, lost: set[str]) -> int:
    """Byte for byte what was there before; missing is what nobody could give."""
    found = rows_of(net, ENTRIES)
    for place, row in found.items():
        check_equal(row, entries.get(place), f"the entry at {place}")
    check_equal(rows_of(net, GROUPS), groups, "leaf hashes and checkpoints")
    missing = {place for place in entries if place not in found}
    own_alone = {place for place in missing if place[0] == LOCAL}
    ids = {entries[place][0].hex() for place in missing - own_alone}
    check_equal(ids, lost, "records that are not back")
    return len(own_alone)


def check_told(net: Network, entries: dict, missing: list[tuple[str, int, int]]) -> None:
    """Every index without an entry is in the account, and no other."""
    lanes = {"immediate": 1, "routine": 2, "local": LOCAL}
    told = {(lanes[lane], i) for lane, first, last in missing for i in range(first, last + 1)}
    check_equal(told, set(entries) - set(rows_of(net, ENTRIES)), "what the account says is missing")


def check_usable(net: Network, record: str) -> None:
    """It is the record it was: read, traced and proved."""
    shown = net.run("show", "--home", net.path("F55"), "--purpose", "test", record).stdout
    check("Kimmeridge" in shown, f"the record that came back is not shown: {shown[:200]}")
    check({"JFC", "SWROCU"} <= scene.stored_at(net, "F55", record), "receipts came back as well")
    net.run("proof", "export", "--home", net.path("F55"), "--out", net.path("back.proof"), record)
    net.run("proof", "verify", "--root", net.path("roots", "root"), net.path("back.proof"))


def check_logged(net: Network) -> None:
    """Who decided it, and what came from whom."""
    rows = net.at("F55", "audit", "--use", "integrity")[1]
    check(any("by DI at the bureau" in row.get("outcome", "") for row in rows), "who decided it")
    check(any(row.get("outcome") == "own entries from here fetched back" for row in rows),
          "what came back is in the log")
    check(any(row.get("operation") == "disclose" and row.get("with") == "F55"
              for row in net.at("JFC", "audit", "--use", "integrity")[1]), "the holder logged what it gave")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        kept = publish(net, range(1, 4), EVERYONE)
        net.stop("F55")
        shutil.copytree(net.path("F55"), net.path("yesterday"), symlinks=True,
                        ignore=shutil.ignore_patterns("*.sock"))
        net.start("F55")
        since = publish(net, range(4, 7), EVERYONE)
        net.stop("PND")
        late = publish(net, range(7, 10), EVERYONE - {"PND"})
        entries, groups = rows_of(net, ENTRIES), rows_of(net, GROUPS)
        put_back(net)
        net.stop("JFC")
        check_refusals(net)
        scene.wait("what the unit gave by itself",
                   lambda: account(net, "--dry-run")[0]["routine"]["log"] == "9")
        net.start("JFC")
        lanes, missing = account(net, *WHO)
        check_equal(lanes["routine"]["missing"], "0", f"routine entries not here: {missing}")
        alone = check_rows(net, entries, groups, set())
        check_told(net, entries, missing)
        check_usable(net, late[0])
        check_logged(net)
        scene.verify(net, "F55")
        net.start("PND")
        after = publish(net, range(10, 12), EVERYONE)
        everything = sorted(kept + since + late + after)
        for agency in EVERYONE:
            scene.wait(f"{agency} to hold everything once",
                       lambda: sorted(scene.held(net, agency)) == everything)
        for agency in net.agencies:
            scene.verify(net, agency)
        say(f"{len(since + late)} records are back byte for byte; {alone} entries of the local "
            f"stream, which nobody else had, are told")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
