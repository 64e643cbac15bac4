"""Subscribers that are stopped (SIGSTOP) cost the others nothing, and the publisher little.

Windows with all running and windows with two of three stopped alternate, so whatever else
the machine does is in both.  What is compared is how long a record takes from the publisher's
journal to the journal of the one that runs, as these two say it: p99 over all windows of a kind,
whose number is fixed before the first.  How far chance goes is had by drawing the pairs of windows
again.  It fails when the ratio is over a tenth whatever was drawn, and says nothing (skipped) when
the machine is too busy to tell a half from a tenth.  The stopped are given everything once they
go on.  (G11)
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import statistics
from collections.abc import Iterable
from typing import NamedTuple

import scene
from scene import Network, check, check_equal, say
from strangers import memory_kib

PUBLISHER, RUNNING = "F55", "JFC"
STOPPED = ("SWROCU", "PND")
LONG = bool(os.environ.get("FLAGPOST_LONG"))
BATCHES, BATCH = (15, 10) if LONG else (5, 10)
PAIRS = 20 if LONG else 5
SLOWER_MAX = 1.1
TELLS = 0.5  # what has to show: an interval that goes further up than so much over 1 tells nothing
DRAWS = 2000  # of the pairs, for an interval in which 90 % of them lie
MIB_EACH_MAX = 8
TEXT = "What was seen there. " * 1200  # some 25 kilobytes


class Numbers:
    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 1
        return cls.last


def publish(net: Network) -> list[str]:
    """A batch in one file; the ids of its records."""
    records = []
    for _ in range(BATCH):
        record = scene.simple_record(PUBLISHER, Numbers.next())
        record["texts"][0]["text"] = TEXT
        records.append(record)
    code, answers = net.at(PUBLISHER, "publish", "-", check=False, text=json.dumps(records))
    ids = [row["id"] for answer in answers for row in scene.rows(answer, "record")]
    check(code == 0 and len(ids) == BATCH, f"publishing a batch: {code}, {answers[:1]}")
    return ids


def times(net: Network, agency: str, ids: list[str]) -> dict[str, int]:
    """When the node's journal took each of the records, in milliseconds."""
    with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
        marks = ", ".join("?" * len(ids))
        return {one.hex(): at for one, at in db.execute(
            f"SELECT id, at FROM entry WHERE id IN ({marks})", [bytes.fromhex(i) for i in ids])}


def window(net: Network) -> list[int]:
    """Milliseconds from journal to journal, of each record of a window."""
    waits = []
    for _ in range(BATCHES):
        ids = publish(net)
        arrived = scene.wait(f"{RUNNING} to hold a batch", lambda: (
            found := times(net, RUNNING, ids)) and len(found) == BATCH and found)
        begun = times(net, PUBLISHER, ids)
        waits += [arrived[i] - begun[i] for i in ids]
    return waits


class Pair(NamedTuple):
    all_run: list[int]
    two_stopped: list[int]


def p99(windows: Iterable[list[int]]) -> float:
    return statistics.quantiles([wait for one in windows for wait in one], n=100)[98]


def slower(pairs: list[Pair]) -> float:
    """How many times as long it takes with two stopped, at p99 over all windows."""
    with_all = p99(pair.all_run for pair in pairs)
    return p99(pair.two_stopped for pair in pairs) / max(with_all, 1.0)


def interval(pairs: list[Pair], chance: random.Random) -> tuple[float, float]:
    drawn = sorted(slower(chance.choices(pairs, k=len(pairs))) for _ in range(DRAWS))
    return drawn[DRAWS // 20], drawn[-DRAWS // 20]


def signal_all(net: Network, how: int) -> None:
    for agency in STOPPED:
        net.processes[agency].send_signal(how)


def check_all_there(net: Network) -> None:
    """Those that were stopped have everything, once."""
    for agency in (*STOPPED, RUNNING):
        with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
            def count() -> tuple:
                return db.execute("SELECT count(*), count(DISTINCT id) FROM entry WHERE "
                                  "kind = 1 AND disposition = 1").fetchone()
            scene.wait(f"{agency} to hold all", lambda: count()[1] >= Numbers.last, 90)
            check_equal(count(), (Numbers.last, Numbers.last), f"what {agency} holds")


def stopped_window(net: Network) -> tuple[list[int], float]:
    """And the MiB that the publisher took for each that is stopped."""
    before = memory_kib(net, PUBLISHER)
    signal_all(net, signal.SIGSTOP)
    try:
        waits = window(net)
        return waits, (memory_kib(net, PUBLISHER) - before) / 1024 / len(STOPPED)
    finally:
        signal_all(net, signal.SIGCONT)


def measure(net: Network) -> tuple[list[Pair], float]:
    """Each pair begins with what the one before ended with: what drifts is in both alike."""
    pairs: list[Pair] = []
    most = 0.0
    window(net)  # what is taken once is taken before
    for number in range(PAIRS):
        all_run = window(net) if number % 2 == 0 else []
        two_stopped, grown = stopped_window(net)
        check_all_there(net)  # before all are measured again
        most = max(most, grown)
        pairs.append(Pair(all_run or window(net), two_stopped))
    return pairs, most


def test(options: argparse.Namespace) -> None:
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("what a sanitized build takes of time and memory says nothing")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        pairs, grown = measure(net)
        low, high = interval(pairs, random.Random(options.seed))
        say(f"p99 {p99(pair.all_run for pair in pairs):.0f} ms with all that run, "
            f"{p99(pair.two_stopped for pair in pairs):.0f} ms with {len(STOPPED)} of 3 stopped: "
            f"{slower(pairs):.2f} of it "
            f"({low:.2f} to {high:.2f}), over {len(pairs)} pairs of windows; {grown:.1f} MiB for "
            f"each; {Numbers.last} records")
        check(low <= SLOWER_MAX, f"the others' p99 became {low:.2f} times as long, or more")
        check(grown <= MIB_EACH_MAX, f"{grown:.1f} MiB for each that is stopped")
        for agency in net.agencies:
            scene.verify(net, agency)
        if high > 1 + TELLS:
            raise scene.Skipped(f"the machine is too busy to tell: {low:.2f} to {high:.2f}")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
