"""A fork shown to two peers is found by both, and by a third to whom they talk.

F55's home is copied: one copy publishes to SWROCU while the fusion cell is away, the other to
the fusion cell while SWROCU is away, under the same keys: first at the same index, then each in an
epoch that it says to have begun because it was restored, and that it shows to one peer alone.
Neither peer can see anything wrong.  Then they meet: each quarantines the stream, has both signed
notes as evidence, and an independent reader confirms from the notes alone that F55 signed two
histories; so does PND, which was away for both, once it meets them (of two epochs it follows
neither).  Other publishers' streams go on.
"""

import argparse
import os
import re
import shutil
import sqlite3
import sys

import scene
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))

from reader import notes  # noqa: E402  (found by the line above)

THIRD = "PND"
FORK = "two histories"


def running(net: Network, agency: str) -> None:
    net.start(agency)
    scene.wait(f"{agency} to answer",
               lambda: net.at(agency, "status", check=False)[0] == 0)


def standing(net: Network, agency: str, publisher: str) -> str:
    """How an agency stands to another's routine stream."""
    return next(row["following"] for row in scene.rows_at(net, agency, "status", "peer")
                if row["agency"] == publisher and row["stream"] == "routine")


def copy(home: str, to: str) -> None:
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("*.sock"))


def begin_epoch(net: Network) -> None:
    """As a restored home does, whose operator will not wait for anybody."""
    def declared() -> bool:
        code, answers = net.at("F55", "new-epoch", "--unheard", check=False)
        return code == 0 or check("hear" in answers[-1]["sentence"], f"new epoch: {answers}")
    scene.wait("F55 to have a new epoch", declared)


def show_one(net: Network, home: str, peer: str, number: int, epoch: bool) -> str:
    """F55 from that home publishes one record while only `peer` is there to take it."""
    if os.path.exists(net.path("F55")):
        shutil.rmtree(net.path("F55"))
    copy(home, net.path("F55"))
    if epoch:
        os.unlink(net.path("F55", "head"))
    running(net, "F55")
    running(net, peer)
    if epoch:
        begin_epoch(net)
    place = scene.published(net, "F55", scene.simple_record("F55", number))
    scene.wait_stored(net, "F55", place["id"], {peer})
    check_equal(standing(net, peer, "F55").find(FORK), -1, f"{peer} before they meet")
    net.stop("F55")
    net.stop(peer)
    return place["index"]


def evidence(net: Network, agency: str) -> list[tuple[bytes, bytes]]:
    """The pairs of notes about F55's routine stream."""
    with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
        return db.execute("SELECT first, second FROM evidence WHERE agency = 'F55' AND lane = 2"
                          ).fetchall()


def proves_fork(net: Network, agency: str, key: bytes, epoch: bool) -> bool:
    """Both under F55's key, two roots at one size, or two epochs of one number: by the
    independent reader."""
    for pair in evidence(net, agency):
        first, second = (notes.checkpoint_verify(raw, key) for raw in pair)
        numbers = {(note.origin.agency, note.origin.lane, note.origin.epoch[:4])
                   for note in (first, second)}
        if epoch and len(numbers) == 1:
            return first.origin != second.origin
        if first.origin == second.origin and first.size == second.size:
            return first.root != second.root
    return False


def sign_key(net: Network, agency: str) -> bytes:
    with open(net.path("roster"), encoding="utf-8") as f:
        found = re.search(rf"^agency {agency}\n(?:.+\n)*?sign (\S+)$", f.read(), re.MULTILINE)
    return notes.base64_exact(found[1], 32)


def fork(options: argparse.Namespace, epoch: bool) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        peers = [agency for agency in net.agencies if agency != "F55"]
        place = scene.published(net, "F55", scene.simple_record("F55", 1))
        scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", THIRD})
        for agency in list(net.processes):
            net.stop(agency)
        before = net.path("F55.before")
        copy(net.path("F55"), before)
        shown = [show_one(net, before, "SWROCU", 2, epoch), show_one(net, before, "JFC", 3, epoch)]
        check_equal(shown[0], shown[1], "the index of the two records")
        what = "in an epoch of its own" if epoch else "of one stream"
        say(f"two records at index {shown[0]}, each {what}, each shown to one peer")

        running(net, "SWROCU")
        running(net, "JFC")
        for agency in ("SWROCU", "JFC"):
            scene.wait(f"{agency} to find the fork",
                       lambda: FORK in standing(net, agency, "F55"))
        running(net, THIRD)
        if epoch:
            peers.remove(THIRD)
        else:
            scene.wait(f"{THIRD} to find the fork", lambda: FORK in standing(net, THIRD, "F55"))
        check("F55" not in net.processes, "the control: F55 told nobody")

        key = sign_key(net, "F55")
        for agency in peers:
            check("event=stream.forked" in scene.log_text(net, agency), f"{agency}'s log")
        place = scene.published(net, "SWROCU", scene.simple_record("SWROCU", 4))
        scene.wait_stored(net, "SWROCU", place["id"], {"JFC"})
        for agency in peers:
            net.stop(agency)
            check(proves_fork(net, agency, key, epoch), f"{agency}'s evidence")
            scene.verify(net, agency)
        say(f"{', '.join(peers)} found it, each with both notes, and SWROCU's stream went on")


def test(options: argparse.Namespace) -> None:
    for epoch in (False, True):
        fork(options, epoch)
    scene.figure("hostile_scripts", 2)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
