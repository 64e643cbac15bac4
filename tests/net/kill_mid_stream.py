"""Nodes are killed in mid-stream: every acknowledged record is exactly once where it belongs.

Two bureaux publish a stream each from several clients at once.  Publishers and receivers get
SIGKILL at seeded moments and are started again; a client that got no answer asks again with
the same idempotency key; the stream waits for whoever kills, so that no kill is of nodes that
have nothing left to do.  At the end: each record once at each right recipient and nowhere
else, places without a gap, and every journal verifies.
"""

import argparse
import os
import random
import signal
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import history
import scene
from scene import Failed, Network, check, check_equal, say

LONG = bool(os.environ.get("FLAGPOST_LONG"))
RECORDS = 240 if LONG else 160  # of each publisher; `inbox` lists 500 at most
KILLS = 60 if LONG else 18
ROUNDS = 5 if LONG else 1  # each with a network and a seed of its own
CLIENTS = 3  # of each publisher
PUBLISHERS = ("F55", "F44")
VICTIMS = ("F55", "SWROCU", "F44", "JFC", "F55", "PND", "F44", "SEROCU")
AHEAD = 4  # of the next kill: so many records, beyond those under way, may be asked for
DEADLINE = 90


@dataclass
class Job:
    """One record, where it is to go, and what was answered."""

    publisher: str
    key: str
    record: dict
    recipients: set[str]
    place: dict = field(default_factory=dict)
    attempts: int = 0


@dataclass
class Progress:
    """Shared by the clients and the one who kills."""

    queues: dict[str, list[Job]]
    done: int = 0
    asked: int = 0
    may_ask: int = 0  # no more than this until the next kill
    failure: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def next(self, publisher: str) -> Job | None:
        queue = self.queues[publisher]
        with self.changed:
            self.changed.wait_for(
                lambda: self.asked < self.may_ask or not queue or self.failure)
            if not queue or self.failure:
                return None
            self.asked += 1
            return queue.pop(0)

    def allow(self, count: int) -> None:
        with self.changed:
            self.may_ask = count
            self.changed.notify_all()

    def finish(self) -> None:
        with self.changed:
            self.done += 1
            self.changed.notify_all()

    def fail(self, why: str) -> None:
        with self.changed:
            self.failure = self.failure or why
            self.changed.notify_all()


def make_jobs() -> list[Job]:
    samples = scene.samples()
    jobs = []
    for publisher in PUBLISHERS:
        for i in range(RECORDS):
            sample = samples[i % len(samples)]
            recipients = {scene.UNIT_OF[publisher], "JFC"}
            if sample["expect"] == "published":
                recipients.add("PND")
            record = scene.record_of(sample, publisher, i + 1)
            jobs.append(Job(publisher, f"stream {record['urn']}", record, recipients))
    return jobs


def publish(net: Network, job: Job) -> None:
    """Asks until it is answered.  Only a node that is not there may leave it open."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        job.attempts += 1
        code, answer = net.publish(job.publisher, job.record, key=job.key)
        if code == 0:
            job.place = scene.rows(answer, "record")[0]
            return
        check_equal(code, scene.UNREACHABLE, f"{job.key}: {answer}")
    raise Failed(f"{job.key} was not answered in {DEADLINE} s")


def client(net: Network, progress: Progress, publisher: str) -> None:
    """One client process after another, until the queue is empty."""
    try:
        while (job := progress.next(publisher)) is not None:
            publish(net, job)
            progress.finish()
    except Exception as why:  # whatever it is, the test's main thread has to hear of it
        progress.fail(f"{publisher}'s client: {why}")


def restart(net: Network, agency: str) -> float:
    """Seconds from the start of the process to its first answer."""
    begun = time.monotonic()
    net.start(agency)
    net.wait(f"{agency} to answer again",
             lambda: net.at(agency, "status", check=False)[0] == 0)
    return time.monotonic() - begun


def kill_some(net: Network, progress: Progress, chance: random.Random) -> list[float]:
    """SIGKILL at moments spread over the stream; returns the seconds of each restart."""
    total = RECORDS * len(PUBLISHERS)
    moments = sorted(chance.sample(range(5, total - 20), KILLS))
    seconds = []
    for number, moment in enumerate(moments):
        progress.allow(moment + CLIENTS * len(PUBLISHERS) + AHEAD)
        with progress.changed:
            reached = progress.changed.wait_for(
                lambda: progress.done >= moment or progress.failure, timeout=DEADLINE)
        check(reached and not progress.failure, progress.failure or "the stream stands still")
        check(progress.done < total, "a kill behind the end of the stream")
        # Anywhere within a turn: an answer is the moment just after a commit.
        time.sleep(chance.uniform(0, 0.03))
        victim = VICTIMS[number % len(VICTIMS)]
        net.stop(victim, signal.SIGKILL)
        seconds.append(restart(net, victim))
    progress.allow(total)
    return seconds


def run_stream(net: Network, jobs: list[Job], chance: random.Random) -> list[float]:
    progress = Progress({p: [j for j in jobs if j.publisher == p] for p in PUBLISHERS})
    clients = [threading.Thread(target=client, args=(net, progress, publisher))
               for publisher in PUBLISHERS for _ in range(CLIENTS)]
    for thread in clients:
        thread.start()
    try:
        seconds = kill_some(net, progress, chance)
    except Exception as why:
        progress.fail(str(why))
        raise
    finally:
        for thread in clients:
            thread.join()
    check(not progress.failure, progress.failure)
    return seconds


def check_everywhere(net: Network, jobs: list[Job]) -> None:
    """Each record once at each of its recipients, none at anyone else."""
    for agency in net.agencies:
        wanted = Counter(j.place["id"] for j in jobs if agency in j.recipients)
        scene.wait(f"{agency} to hold {len(wanted)} records",
                   lambda: len(scene.held(net, agency)) >= len(wanted))
        found = Counter(scene.held(net, agency))
        check(found == wanted,
              f"{agency}: {len(wanted - found)} lost, {len(found - wanted)} twice or wrong")
        _, inbox = net.at(agency, "inbox")
        states = Counter(row["state"] for row in inbox if "state" in row)
        check_equal(dict(states), {"held": len(wanted)} if wanted else {}, f"{agency}'s inbox")


def check_no_gaps(net: Network, jobs: list[Job]) -> None:
    """Every index of a stream was answered for, and every peer has the whole stream."""
    for publisher in PUBLISHERS:
        places = Counter((j.place["stream"], int(j.place["index"]))
                         for j in jobs if j.publisher == publisher)
        check(max(places.values()) == 1, f"{publisher}: two records have the same place")
        sizes = {row["stream"]: int(row["size"])
                 for row in scene.rows_at(net, publisher, "status", "stream")}
        for lane in ("immediate", "routine"):
            indexes = sorted(i for stream, i in places if stream == lane)
            check_equal(indexes, list(range(sizes[lane])), f"{publisher}'s {lane} stream")
            for agency in net.agencies:
                if agency != publisher:
                    scene.wait(f"{agency} to be level with {publisher} {lane}",
                               lambda: is_level(net, agency, publisher, lane, sizes[lane]))


def is_level(net: Network, agency: str, publisher: str, lane: str, size: int) -> bool:
    row = next(r for r in scene.rows_at(net, agency, "status", "peer")
               if r["agency"] == publisher and r["stream"] == lane)
    return row["following"] == "level" and int(row["have"]) == size


def check_same_answer(net: Network, jobs: list[Job]) -> None:
    for job in jobs[::8]:
        code, answer = net.publish(job.publisher, job.record, key=job.key)
        check_equal(code, 0, f"{job.key} again")
        again = scene.rows(answer, "record")[0]
        check(again == {**job.place, "again": "yes"}, f"{job.key}: another answer than before")


def check_history(net: Network, jobs: list[Job]) -> None:
    """What all journals say, read without the program, against what was answered."""
    attempts = [history.Attempt(j.publisher, frozenset(j.recipients), j.place["id"],
                                j.place["stream"], int(j.place["index"])) for j in jobs]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in net.agencies}, attempts)
    check_equal(history.faults(found), {}, "the history of all journals")
    say(f"history: {found['attempted']} attempted, {found['acknowledged']} acknowledged, "
        f"{found['recovered']} recovered")


def test(options: argparse.Namespace) -> None:
    for seed in range(options.seed, options.seed + ROUNDS):
        run_round(options, seed)
    scene.figure("kills", ROUNDS * KILLS)


def run_round(options: argparse.Namespace, seed: int) -> None:
    chance = random.Random(seed)
    jobs = make_jobs()
    with scene.network(options.binary, scene.TWO_REGIONS) as net:
        seconds = run_stream(net, jobs, chance)
        check_everywhere(net, jobs)
        check_no_gaps(net, jobs)
        check_same_answer(net, jobs)
        for agency in net.agencies:
            scene.verify(net, agency)
        check_history(net, jobs)
    asked_again = sum(j.attempts > 1 for j in jobs)
    found_again = sum(j.place["again"] == "yes" for j in jobs)
    say(f"seed {seed}: {len(jobs)} records, {len(seconds)} kills; {asked_again} asked "
        f"again, {found_again} of them were in the log already")
    say(f"restart to first answer: median {statistics.median(seconds):.2f} s, "
        f"worst {max(seconds):.2f} s")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
