"""Bad networks: whatever happens between the nodes, each record arrives once, in order.

Six nodes in network namespaces of their own.  While each fault lasts two bureaux go on
publishing; then the network heals and everybody has to be level again within ten seconds.  The
last part is a line of 64 kbit/s: an urgent record overtakes the routine ones before it.
"""

import argparse
import csv
import itertools
import os
import random
import time
from collections.abc import Callable

import scene
import spaces
from kill_mid_stream import PUBLISHERS, Job, check_everywhere, check_no_gaps
from scene import check, check_equal, say
from spaces import Spaces

LONG = bool(os.environ.get("FLAGPOST_LONG"))
ROUNDS = 4 if LONG else 1
LASTS = 20 if LONG else 1.5  # seconds of each fault; peers count as silent after 15
EACH = 2  # records of each publisher and fault
CAUGHT_UP_S = 10
# A changed length, or one direction closed, leaves a connection waiting for bytes that never
# come, until the handshake's ten seconds are over or its heartbeat was missed for fifteen.
CAUGHT_UP_SILENT_S = 25
SLOW_LINE = 8000  # bytes a second: 64 kbit/s
BACKLOG = 100_000 if LONG else 1500  # routine records before the slow line
DRAINED_S = 300 if LONG else 60  # once the line is fast again
FOLLOWERS = ("SWROCU", "JFC", "PND")
SLOW_ANSWER_MS = 900  # a handshake has four of them, and a link is dialled anew after two seconds
URGENT_TRIES = 3  # one after the other: what is on the line before each is chance
URGENT_S = 10  # "within seconds", for all three of its recipients over one line


def slow(net: Spaces, chance: random.Random) -> None:
    """Long and uneven ways to both bureaux."""
    for agency in PUBLISHERS:
        way = {"delay_ms": chance.randrange(30, 150), "jitter_ms": 150}
        net.proxy(agency, **{"in": way, "out": way})


def stalled(net: Spaces, chance: random.Random) -> None:
    """Connections that stay open and carry nothing, one way or both."""
    for agency in PUBLISHERS:
        ways = chance.choice((["in"], ["out"], ["in", "out"]))
        net.proxy(agency, **{way: {"stall": True} for way in ways})


def reset_often(net: Spaces, chance: random.Random) -> None:
    end = time.monotonic() + LASTS
    while time.monotonic() < end:
        net.proxy(chance.choice(PUBLISHERS), reset=True)
        time.sleep(chance.uniform(0.05, 0.4))


def refused(net: Spaces, chance: random.Random) -> None:
    for agency in PUBLISHERS:
        net.proxy(agency, refuse=True, reset=True)


def spoil(net: Spaces, chance: random.Random, fault: str) -> None:
    """Every new connection suffers the fault somewhere in its first bytes."""
    end = time.monotonic() + LASTS
    while time.monotonic() < end:
        for agency in PUBLISHERS:
            net.proxy(agency, reset=True, **{way: {fault: chance.randrange(1, 9000)}
                                             for way in ("in", "out")})
        time.sleep(chance.uniform(0.2, 0.8))


def cut(net: Spaces, chance: random.Random) -> None:
    spoil(net, chance, "cut_after")


def half_closed(net: Spaces, chance: random.Random) -> None:
    spoil(net, chance, "half_close_after")


def flipped(net: Spaces, chance: random.Random) -> None:
    spoil(net, chance, "flip_at")


def one_way(net: Spaces, chance: random.Random) -> None:
    """A unit hears nobody, and is heard."""
    net.part("SWROCU", [agency for agency in net.agencies if agency != "SWROCU"])


def two_ways(net: Spaces, chance: random.Random) -> None:
    """The network falls in two."""
    side = chance.sample(sorted(net.agencies), 3)
    for agency in side:
        others = [other for other in net.agencies if other not in side]
        net.part(agency, others)
        for other in others:
            net.part(other, [agency])


def flapping(net: Spaces, chance: random.Random) -> None:
    end = time.monotonic() + LASTS
    while time.monotonic() < end:
        net.part(chance.choice(sorted(net.agencies)), list(PUBLISHERS))
        time.sleep(chance.uniform(0.1, 0.6))
        net.heal()


def lossy(net: Spaces, chance: random.Random) -> None:
    for agency in net.agencies:
        net.lose(agency, chance.uniform(0.01, 0.3))


# The two that leave a connection silent come last: one that carried no record of theirs is still
# waiting when all records are level, and would be told as the next fault's.
FAULTS: tuple[Callable[[Spaces, random.Random], None], ...] = (
    slow, stalled, reset_often, refused, cut, one_way, two_ways, flapping, lossy, half_closed,
    flipped)


def publish(net: Spaces, jobs: list[Job], number: int) -> None:
    """A record of each bureau; a publisher needs no network to answer."""
    sample = scene.samples()[number % len(scene.samples())]
    for publisher in PUBLISHERS:
        recipients = {scene.UNIT_OF[publisher], "JFC"}
        if sample["expect"] == "published":
            recipients.add("PND")
        record = scene.record_of(sample, publisher, number)
        job = Job(publisher, f"stream {record['urn']}", record, recipients)
        job.place = scene.published(net, publisher, record, job.key)
        jobs.append(job)


def is_stored(net: Spaces, job: Job) -> bool:
    return job.recipients <= scene.stored_at(net, job.publisher, job.place["id"])


def patience(fault: Callable) -> int:
    return CAUGHT_UP_SILENT_S if fault in (flipped, half_closed) else CAUGHT_UP_S


def suffer(net: Spaces, jobs: list[Job], fault: Callable, chance: random.Random) -> None:
    """One fault, with records while it lasts; afterwards all have to be level soon."""
    begun = time.monotonic()
    first = len(jobs)
    fault(net, chance)
    for _ in range(EACH):
        publish(net, jobs, len(jobs) // len(PUBLISHERS) + 1)
        time.sleep(max(0, LASTS - (time.monotonic() - begun)) / 2)
    net.heal()
    healed = time.monotonic()
    for job in jobs[first:]:
        scene.wait(f"receipts for {job.place['id']} after {fault.__name__}",
                   lambda: is_stored(net, job), patience(fault) + 5)
    seconds = time.monotonic() - healed
    say(f"  {fault.__name__.replace('_', ' '):12}  level {seconds:4.1f} s after it ended")
    check(seconds <= patience(fault), f"{fault.__name__}: {seconds:.1f} s until all were level")


def test_faults(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    jobs: list[Job] = []
    with spaces.spaces(options.binary, scene.TWO_REGIONS) as net:
        for _ in range(ROUNDS):
            for fault in FAULTS:
                suffer(net, jobs, fault, chance)
        broken = sum(net.proxy(agency)["broken"] for agency in PUBLISHERS)
        check(broken > 10, f"only {broken} connections were cut, closed or changed")
        check_everywhere(net, jobs)
        check_no_gaps(net, jobs)
        for agency in net.agencies:
            scene.verify(net, agency)
    say(f"seed {options.seed}: {len(jobs)} records through {len(FAULTS) * ROUNDS} faults, "
        f"{broken} connections broken; none lost, none twice")


def import_backlog(net: Spaces) -> None:
    """Routine records by the thousand, through the example mapping of a records system."""
    mappings = os.path.join(scene.DEPLOY, "mappings")
    with open(os.path.join(mappings, "records-table.csv"), encoding="utf-8", newline="") as f:
        head, example = itertools.islice(csv.reader(f), 2)
    example[head.index("Urgency")] = "3"
    path = net.path("backlog.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(head)
        for number in range(1, BACKLOG + 1):
            example[head.index("Report Ref")] = f"55-IR-2025-{number:08d}"
            writer.writerow(example)
    code, _ = net.at("F55", "import", "--map", os.path.join(mappings, "records-table.yaml"),
                     path, check=False)
    check_equal(code, 0, "the import of the backlog")


def streams_at(net: Spaces, agency: str) -> dict[str, dict]:
    """How the agency follows the bureau, by stream."""
    return {row["stream"]: row for row in scene.rows_at(net, agency, "status", "peer")
            if row["agency"] == "F55"}


def is_level(net: Spaces, agency: str) -> bool:
    return all(row["following"] == "level" for row in streams_at(net, agency).values())


def routine_at(net: Spaces, agency: str) -> int:
    return int(streams_at(net, agency)["routine"]["for_us"])


def is_urgent_at(net: Spaces, agency: str, record: str) -> bool:
    _, answers = net.at(agency, "inbox", "--priority", "high")
    return any(row.get("id") == record for row in answers)


def urgent_takes(net: Spaces, number: int) -> float:
    """Seconds until all have one more urgent record."""
    begun = time.monotonic()
    record = scene.simple_record("F55", 900000 + number, priority="high")
    urgent = scene.published(net, "F55", record)
    check_equal(urgent["stream"], "immediate", "the lane of an urgent record")
    # Not by the publisher's trace: each look is a row of its log, which goes over the line, too.
    scene.wait("the urgent record to be stored by all three",
               lambda: all(is_urgent_at(net, agency, urgent["id"]) for agency in FOLLOWERS), 60)
    return time.monotonic() - begun


def test_slow_handshake(net: Spaces) -> None:
    """One that takes longer than a refused one waits is not begun again and again."""
    for agency in FOLLOWERS:
        scene.wait(f"{agency} to follow F55", lambda: is_level(net, agency))
    net.stop("PND")
    before = net.proxy("F55", out={"delay_ms": SLOW_ANSWER_MS})["accepted"]
    net.start("PND")
    scene.wait("PND to answer", lambda: net.at("PND", "status", check=False)[0] == 0)
    scene.wait("PND to follow F55", lambda: is_level(net, "PND"))
    dialled = net.proxy("F55", out={})["accepted"] - before
    # Begun again after two seconds none would ever be through; one may be lost on a busy machine.
    streams = len(streams_at(net, "PND"))
    check(streams <= dialled <= streams + 1, f"PND made {dialled} connections for {streams} streams")


def test_slow_line(net: Spaces) -> None:
    """An urgent record does not wait for the routine ones before it."""
    before = net.proxy("F55", out={"rate": SLOW_LINE})["accepted"]
    import_backlog(net)
    took = [urgent_takes(net, number) for number in range(URGENT_TRIES)]
    here = [routine_at(net, agency) for agency in FOLLOWERS]
    check(min(here) > 0, f"of the routine records {here} have arrived")
    waiting = BACKLOG - max(here)
    check(waiting > BACKLOG // 2, f"only {waiting} routine records were still to come")
    say(f"at 64 kbit/s with {waiting} routine records before it an urgent one was stored by "
        f"all three after {', '.join(f'{one:.1f}' for one in took)} s")
    check(max(took) <= URGENT_S, f"an urgent record took {max(took):.1f} s")
    made = net.proxy("F55")["accepted"] - before
    check(made <= 1, f"{made} connections were made over the slow line")
    net.heal()
    for agency in FOLLOWERS:
        scene.wait(f"{agency} to hold the backlog",
                   lambda: routine_at(net, agency) == BACKLOG, DRAINED_S)
        scene.verify(net, agency)


def test_slow(options: argparse.Namespace) -> None:
    with spaces.spaces(options.binary, scene.ONE_BUREAU) as net:
        test_slow_handshake(net)
        test_slow_line(net)


def test(options: argparse.Namespace) -> None:
    test_faults(options)
    test_slow(options)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
