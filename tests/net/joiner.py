"""An agency joins two years after the first records: it follows it all, and holds what is its own.

It follows each stream from its first entry, of which none is addressed to it, and its receipts say
no more than that; it holds what is published from then on, once.  Who was away while it joined
agrees in the end: every node has the same history, nothing old has gone to the joiner, and each
journal verifies, the joiner's by the rosters that it was given.
"""

import argparse

import history
import scene
from network import free_ports
from reenrolled import start
from rekey import install, signed_roster, version_at
from scene import Network, check, check_equal, say

LATER = 2 * 31536000
AWAY, JOINER = "PND", "SWROCU"
BEFORE = {name: row for name, row in scene.ONE_BUREAU.items() if name != JOINER}
OLD, NEW = range(1, 13), range(13, 19)  # records, of both lanes in turn


def publish(net: Network, numbers: range) -> list[dict]:
    return [scene.published(net, "F55", scene.simple_record(
        "F55", n, priority="high" if n % 2 else "low")) for n in numbers]


def jump(net: Network, agency: str) -> None:
    """Off for two years."""
    net.stop(agency)
    scene.move_clock(net, agency, LATER)


def join(net: Network) -> None:
    """A home of today, every roster since the first, and the joiner's endpoint in the last."""
    net.agencies[JOINER] = scene.ONE_BUREAU[JOINER]
    name, kind, _, region, *_ = net.agencies[JOINER]
    scene.new_clock(net, JOINER)
    net.run("init", "--home", net.path(JOINER), "--root", "roots/root", "--credential",
            net.path(JOINER + ".credential"), "--agency", JOINER, "--name", name, "--kind", kind,
            "--region", region, "--listen", f"tcp://127.0.0.1:{free_ports(1)[0]}")
    signed_roster(net, "roster-2", "roster", "--days", "1000", net.path(JOINER, "request"))
    for agency, documents in ((JOINER, ("roster", "roster-2", "lists")), ("F55", ("roster-2",))):
        for document in documents:
            install(net, agency, document)
    scene.move_clock(net, JOINER, LATER)


def standing(net: Network, agency: str) -> dict[str, tuple[str, int, int]]:
    """How far the agency follows each of the bureau's streams, and how much was for it."""
    return {row["stream"]: (row["following"], int(row["have"]), int(row["for_us"]))
            for row in scene.rows_at(net, agency, "status", "peer") if row["agency"] == "F55"}


def check_level(net: Network, agency: str, for_us: int) -> None:
    """With the whole of every stream, of which so many entries were its own."""
    sizes = {row["stream"]: int(row["size"])
             for row in scene.rows_at(net, "F55", "status", "stream")}
    scene.wait(f"{agency} to follow all of F55", lambda: all(
        standing(net, agency)[lane][:2] == ("level", sizes[lane])
        for lane in ("immediate", "routine")))
    at = standing(net, agency)
    check_equal(sum(at[lane][2] for lane in ("immediate", "routine")), for_us,
                f"entries for {agency}")


def check_history(net: Network, old: list[dict], new: list[dict]) -> None:
    attempts = [history.Attempt("F55", frozenset(to), p["id"], p["stream"], int(p["index"]))
                for places, to in ((old, BEFORE.keys() - {"F55"}),
                                   (new, scene.ONE_BUREAU.keys() - {"F55"})) for p in places]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in net.agencies}, attempts)
    check_equal(history.faults(found), {}, "the history of all journals")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as path:
        net = Network(options.binary, path, dict(BEFORE))
        scene.give_clocks(options, net)
        with scene.running(net):
            old = publish(net, OLD)
            for place in old:
                scene.wait_stored(net, "F55", place["id"], {"JFC", "PND"})
            for agency in BEFORE:
                jump(net, agency)
            join(net)
            for agency in ("F55", "JFC", JOINER):
                start(net, agency)
            for agency in ("F55", "JFC"):
                scene.wait(f"{agency} to have the roster", lambda: version_at(net, agency) == 2)
            check_level(net, JOINER, 0)
            new = publish(net, NEW)
            for place in new:
                scene.wait_stored(net, "F55", place["id"], {"JFC", JOINER})
            start(net, AWAY)
            for place in new:
                scene.wait_stored(net, "F55", place["id"], {AWAY})
            check_level(net, JOINER, len(new))
            check_equal(sorted(scene.held(net, JOINER)), sorted(p["id"] for p in new),
                        "what the joiner holds")
            for agency in net.agencies:
                scene.verify(net, agency)
            check_history(net, old, new)
    say(f"{JOINER} joined behind {len(old)} records and holds the {len(new)} that came after")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
