"""Nodes are killed while they receive, tidy their log, install a roster, take a recall or are
backed up.

SIGKILL at seeded moments within each, and only what died in the midst of it counts; started again, everything that was acknowledged is once
where it belongs, what was not is there as a whole or not at all, and asking again ends as
if nothing had been.  (Publishing: kill_mid_stream.  Importing: drop.)
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import time

import history
import scene
from backup import make, make_key, verify
from kill_mid_stream import restart
from revoked import next_roster
from scene import Network, check, check_equal, say

LONG = bool(os.environ.get("FLAGPOST_LONG"))
KILLS = 20 if LONG else 3  # of each kind, in the midst of it
TRIES = 8  # for each of them
ROUNDS = 2 if LONG else 1
RECIPIENTS = frozenset({"SWROCU", "JFC", "PND"})
IDLE_S = 2.0  # after so long a node empties its log (IDLE_CHECKPOINT_MS in node/loop.c)
RESTART_MAX = 1.0


class Work:
    """One network, what was published in it, and how long restarts took."""

    def __init__(self, net: Network, chance: random.Random):
        self.net = net
        self.chance = chance
        self.places: list[dict] = []
        self.seconds: list[float] = []
        self.version = 1
        self.hits = 0  # kills of a node that was at it

    def publish(self) -> dict:
        number = len(self.places) + 1
        place = scene.published(self.net, "F55", scene.simple_record("F55", number),
                                key=f"record {number}")
        self.places.append(place)
        return place

    def start_again(self, agency: str) -> None:
        self.seconds.append(restart(self.net, agency))

    def pause(self, longest: float) -> None:
        time.sleep(self.chance.uniform(0, longest))

    def kill_during(self, agency: str, victim: str, command: str, *arguments: str,
                    longest: float = 0.006) -> bool:
        """Whether the command still waited for its answer when the victim died.  Without a node
        `roster install` opens the journal itself: only then does the node start again."""
        asks, _ = scene.kill_at_work(self.net, agency, victim, [
            self.net.binary, *command.split(), "--home", self.net.path(agency), *arguments],
            self.chance.uniform(0, longest))
        self.start_again(victim)
        return asks


def receive(work: Work) -> None:
    victim = work.chance.choice(sorted(RECIPIENTS))
    work.net.processes[victim].send_signal(signal.SIGSTOP)
    for _ in range(3):
        place = work.publish()
    scene.wait_stored(work.net, "F55", place["id"], set(RECIPIENTS) - {victim})
    work.net.processes[victim].send_signal(signal.SIGCONT)
    work.pause(0.02)
    work.net.stop(victim, signal.SIGKILL)
    work.hits += victim not in scene.stored_at(work.net, "F55", place["id"])
    work.start_again(victim)
    scene.wait_stored(work.net, "F55", place["id"], set(RECIPIENTS))


def tidy(work: Work) -> None:
    """At the moment when the log is emptied: its pages go into the database, then it is cut."""
    for _ in range(8):  # some pages
        place = work.publish()
    scene.wait_stored(work.net, "F55", place["id"], set(RECIPIENTS))
    victim = work.chance.choice(("F55", "JFC"))
    database = work.net.path(victim, "journal.db")
    before, end = os.stat(database).st_mtime_ns, time.monotonic() + 5 * IDLE_S
    while not (begun := os.stat(database).st_mtime_ns != before) and time.monotonic() < end:
        pass
    work.net.stop(victim, signal.SIGKILL)
    work.hits += begun and os.path.getsize(database + "-wal") > 0
    work.start_again(victim)


def install(work: Work) -> None:
    net = work.net
    work.version += 1
    document = next_roster(net, work.version, lambda text: text)
    arguments = ("--credential", net.path("F55.credential"), document)
    work.hits += work.kill_during("F55", "F55", "roster install", *arguments)
    net.run("roster", "install", "--home", net.path("F55"), *arguments, check=False)
    for agency in net.agencies:
        scene.wait(f"{agency} to have roster {work.version}", lambda: int(
            scene.rows_at(net, agency, "status", "node")[0]["roster"]) == work.version)


def recall(work: Work) -> None:
    """The owner, or a holder that is told, dies; then it is recalled everywhere, and once."""
    net = work.net
    place = work.publish()
    scene.wait_stored(net, "F55", place["id"], set(RECIPIENTS))
    arguments = (place["id"], "--reason", "test of a recall", "--person", "DI at the bureau")
    victim = work.chance.choice(("F55", "JFC"))
    asks = work.kill_during("F55", victim, "recall", *arguments)
    work.hits += asks
    code, told = net.at("F55", "recall", *arguments, check=False)
    check(code == 0 or "already" in told[-1]["sentence"], f"recalled again: {told[-1]}")
    scene.wait("all to have blocked it", lambda: {
        row["says"] for row in scene.rows_at_id(net, "F55", "trace", place["id"], "holder")
    } == {"blocked; not stated"})
    for agency in RECIPIENTS:
        check_equal(net.at(agency, "show", place["id"], "--purpose", "test", check=False)[0], 4,
                    f"{agency} opens a recalled record")
        calls = [row for row in net.at(agency, "inbox")[1] if row.get("id") == place["id"]]
        check_equal(len(calls), 1, f"rows of it in {agency}'s inbox")


def back_up(work: Work) -> None:
    """The node dies while it is copied; the next backup is whole."""
    net = work.net
    if not os.path.exists(net.path("recovery.key")):
        make_key(net)
        make(net)
    work.publish()
    with subprocess.Popen([net.binary, "backup", "make", "--home", net.path("F55"), "--recovery",
                           net.path("recovery.key.pub"), "--out", net.path("backups")],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        scene.wait("the copy to be begun", lambda: process.poll() is not None or
                   os.path.exists(net.path("F55", "backup")))
        work.pause(0.05)
        net.processes["F55"].send_signal(signal.SIGSTOP)
        work.hits += process.poll() is None
        net.stop("F55", signal.SIGKILL)
        process.wait(timeout=60)
    work.start_again("F55")
    backup = make(net)
    check_equal(verify(net, backup["journal"], backup["keys"])[0], 0, "the next backup verifies")


def check_history(work: Work) -> None:
    net = work.net
    attempts = [history.Attempt("F55", RECIPIENTS, p["id"], p["stream"], int(p["index"]))
                for p in work.places]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in net.agencies}, attempts)
    check_equal(history.faults(found), {}, "the history of all journals")


def run_round(options: argparse.Namespace, seed: int) -> int:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        work = Work(net, random.Random(seed))
        for kind in (receive, install, recall, back_up, tidy):  # `inbox` lists 500
            wanted, tries = work.hits + KILLS, 0
            while work.hits < wanted:
                tries += 1
                check(tries <= TRIES * KILLS, f"{kind.__name__}: hardly a kill is in the midst")
                kind(work)
            say(f"  {kind.__name__}: {KILLS} of {tries} kills in the midst of it")
        last = work.publish()
        scene.wait_stored(net, "F55", last["id"], set(RECIPIENTS))
        for agency in net.agencies:
            scene.verify(net, agency)
        check_history(work)
    say(f"seed {seed}: {len(work.seconds)} kills, {len(work.places)} records; restart to first "
        f"answer: median {statistics.median(work.seconds):.2f} s, "
        f"worst {max(work.seconds):.2f} s")
    if not scene.is_instrumented(options.binary):
        check(statistics.median(work.seconds) < RESTART_MAX, "restarts take too long")
    return work.hits


def test(options: argparse.Namespace) -> None:
    scene.figure("kills", sum(run_round(options, options.seed + i) for i in range(ROUNDS)))


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
