"""Subscribers that are stopped (SIGSTOP) cost the others nothing, and the publisher little.

Windows with all running and windows with two of three stopped alternate, so whatever else
the machine does is in both.  What is compared is how long a record takes from the publisher's
journal to the journal of the one that runs, as these two say it.  The stopped are given
everything once they go on.  (G11)
"""

import argparse
import json
import os
import signal
import sqlite3
import statistics

import scene
from scene import Network, check, check_equal, say
from strangers import memory_kib

PUBLISHER, RUNNING = "F55", "JFC"
STOPPED = ("SWROCU", "PND")
LONG = bool(os.environ.get("FLAGPOST_LONG"))
BATCHES, BATCH = (30, 10) if LONG else (5, 10)
PAIRS_MIN, PAIRS_MAX = (6, 20) if LONG else (3, 10)  # a busy machine gets more, not a lower bar
SLOWER_MAX = 1.1
CLOCK_MS = 1  # the journals tell whole milliseconds
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


def p99(net: Network) -> float:
    """Milliseconds from journal to journal, of a window of records."""
    waits = []
    for _ in range(BATCHES):
        ids = publish(net)
        arrived = scene.wait(f"{RUNNING} to hold a batch", lambda: (
            found := times(net, RUNNING, ids)) and len(found) == BATCH and found)
        begun = times(net, PUBLISHER, ids)
        waits += [arrived[i] - begun[i] for i in ids]
    return statistics.quantiles(waits, n=100)[98]


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


def measure(net: Network) -> tuple[list[float], float]:
    """Ratios of p99, stopped to running, and MiB that the publisher took for each stopped."""
    ratios: list[float] = []
    grown = 0.0
    p99(net)  # what is taken once is taken before
    while len(ratios) < PAIRS_MAX:
        with_all = p99(net)
        before = memory_kib(net, PUBLISHER)
        signal_all(net, signal.SIGSTOP)
        try:
            without = p99(net)
            grown = max(grown, (memory_kib(net, PUBLISHER) - before) / 1024 / len(STOPPED))
        finally:
            signal_all(net, signal.SIGCONT)
        check_all_there(net)  # before all are measured again
        say(f"  {with_all:.0f} ms with all, {without:.0f} without")
        ratios.append((without - CLOCK_MS) / max(with_all, 1.0))
        if len(ratios) >= PAIRS_MIN and statistics.median(ratios) <= SLOWER_MAX:
            break
    return ratios, grown


def test(options: argparse.Namespace) -> None:
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("what a sanitized build takes of time and memory says nothing")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        ratios, grown = measure(net)
        slower = statistics.median(ratios)
        say(f"p99 with {len(STOPPED)} of 3 stopped: {slower:.2f} of what it is with all, over "
            f"{len(ratios)} pairs; {grown:.1f} MiB for each; {Numbers.last} records")
        check(slower <= SLOWER_MAX, f"the others' p99 became {slower:.2f} times as long")
        check(grown <= MIB_EACH_MAX, f"{grown:.1f} MiB for each that is stopped")
        for agency in net.agencies:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
