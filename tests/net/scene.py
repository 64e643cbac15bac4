"""What the tests with real processes share: arguments, a folder, a network, records."""

import argparse
import contextlib
import copy
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
DEPLOY = os.path.join(HERE, "..", "..", "deploy")
sys.path.insert(0, DEPLOY)
sys.dont_write_bytecode = True

from network import AGENCIES, Failed, Network, lines_of  # noqa: E402  (found by the line above)

SKIPPED = 77
UNREACHABLE = 3  # exit code of flagpost: the node is not running

# Two bureaux in two regions: each has a unit, and only that one, of its own.
TWO_REGIONS = {
    "F55": ("Dorset Police FIB", "fib", "55", "SWROCU"),
    "F44": ("Hampshire FIB", "fib", "44", "SEROCU"),
    "SWROCU": AGENCIES["SWROCU"],
    "SEROCU": AGENCIES["SEROCU"],
    "JFC": AGENCIES["JFC"],
    "PND": AGENCIES["PND"],
}
UNIT_OF = {"F55": "SWROCU", "F50": "SWROCU", "F44": "SEROCU"}

# The main job with as few processes as it needs: a bureau, and those it publishes to.
ONE_BUREAU = {name: AGENCIES[name] for name in ("F55", "SWROCU", "JFC", "PND")}


class Skipped(Exception):
    """The test cannot be run here; the text says why."""


def check(held: object, what: str) -> None:
    """The test fails here unless `held`."""
    if not held:
        raise Failed(what)


def check_equal(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Failed(f"{what}: found {found!r}, wanted {wanted!r}")


def say(text: str) -> None:
    print(text, flush=True)


def figure(name: str, count: int) -> None:
    """What was counted, once nothing of it was lost, twice or unnoticed (deploy/figures.py)."""
    say(f"figure {name}={count} lost=0 duplicated=0 undetected=0")


def wait(what: str, done: Callable[[], object], seconds: float = 30) -> object:
    """Asks until the answer is true; its value is returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = done()
        if value:
            return value
        time.sleep(0.02)
    raise Failed(f"waited {seconds} s in vain for {what}")


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """An empty folder that is gone afterwards."""
    path = tempfile.mkdtemp(prefix="flagpost-net-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(net: Network) -> Iterator[Network]:
    """The network is made and started; its nodes are stopped afterwards, also when it fails."""
    try:
        net.make()
        net.start_all()
        yield net
        stop_clean(net)
    except Failed:
        tell_logs(net)
        raise
    finally:
        for agency in list(net.processes):
            net.processes_kill(agency)


@contextlib.contextmanager
def network(binary: str, agencies: dict[str, tuple],
            lists: str | None = None) -> Iterator[Network]:
    """A network whose nodes run; they are stopped and their folder is removed afterwards."""
    with folder() as path, running(Network(binary, path, agencies, lists)) as net:
        yield net


def give_clocks(options: argparse.Namespace, net: Network) -> None:
    """Before it is made: each node has a clock of its own, which move_clock moves (clock.c)."""
    if not options.helper:
        raise Skipped("no --helper given: the program made from clock.c")
    for agency in net.agencies:
        new_clock(net, agency)
    net.command = lambda agency: [options.helper, *Network.command(net, agency)[1:]]


def new_clock(net: Network, agency: str) -> None:
    """One that is right."""
    with open(net.path(agency + ".clock"), "wb") as f:
        f.write(bytes(8))


def move_clock(net: Network, agency: str, seconds: int) -> None:
    """So far from the real time, at once."""
    with open(net.path(agency + ".clock"), "r+b") as f:
        f.write(struct.pack("<q", seconds * 1000))


def is_instrumented(binary: str) -> bool:
    """Built with a sanitizer: what it takes of memory and time says nothing."""
    with open(binary, "rb") as f:
        return b"__asan_init" in f.read()


def stop_clean(net: Network) -> None:
    """Every node that still runs ends by itself with code 0, and no sanitizer spoke."""
    for agency, process in list(net.processes.items()):
        process.send_signal(signal.SIGTERM)
        check_equal(process.wait(timeout=30), 0, f"{agency}'s exit code")
        del net.processes[agency]
    for agency in net.agencies:
        found = re.search(r".*(Sanitizer:|runtime error:).*", log_text(net, agency))
        check(not found, f"{agency}: {found and found[0]}")


def tell_logs(net: Network) -> None:
    """The faults in each node's log, which holds no content, for whoever mends the test."""
    for agency in net.agencies:
        if os.path.exists(net.path(agency + ".log")):
            lines = [line for line in log_text(net, agency).splitlines()
                     if "level=info" not in line]
            for line in lines[-12:]:
                say(f"  {agency}: {line}")


def rows(answer: dict, kind: str) -> list[dict]:
    """The rows of one kind in the answer to `publish`."""
    return [row for row in answer.get("rows", []) if row.get("row") == kind]


def rows_at(net: Network, agency: str, command: str, kind: str) -> list[dict]:
    """The rows of one kind in a node's answer to a command."""
    _, answers = net.at(agency, command)
    return [row for row in answers if row.get("row") == kind]


def rows_at_id(net: Network, agency: str, command: str, record: str, kind: str) -> list[dict]:
    """The same of a command that takes a record's id."""
    _, answers = net.at(agency, command, record)
    return [row for row in answers if row.get("row") == kind]


def published(net: Network, agency: str, record: dict, key: str | None = None) -> dict:
    """Publishes a record that has to be accepted; returns its place {id, stream, index}."""
    code, answer = net.publish(agency, record, key)
    check(code == 0, f"{agency} could not publish {record['urn']}: {code} "
                     f"{answer.get('sentence') or answer.get('why')} "
                     f"{[f['rule'] for f in rows(answer, 'finding')]}")
    return rows(answer, "record")[0]


def held(net: Network, agency: str) -> list[str]:
    """The record ids of every row of an agency's inbox that says it holds the record."""
    found: list[str] = []
    skip = "0"
    while skip:
        _, answers = net.at(agency, "inbox", "--skip", skip)
        found += [row["id"] for row in answers if row.get("state", "").startswith("held")]
        more = re.search(r"--skip (\d+)$", answers[-1].get("sentence", "") if answers else "")
        skip = more[1] if more else ""
    return found


def stored_at(net: Network, publisher: str, record: str) -> set[str]:
    """The agencies whose signed receipts cover a record."""
    _, recipients = net.trace(publisher, record)
    return {agency for agency, row in recipients.items() if row["stored"]}


def wait_stored(net: Network, publisher: str, record: str, agencies: set[str]) -> None:
    wait(f"receipts of {sorted(agencies)} for {record}",
         lambda: agencies <= stored_at(net, publisher, record))


def clients(net: Network, agency: str) -> int:
    """Connections to the agency's control socket, as the kernel counts them."""
    with open("/proc/net/unix", encoding="utf-8") as f:
        connected = [line.split() for line in f if line.rstrip().endswith(
            net.path(agency, "control.sock"))]
    return sum(fields[3] != "00010000" for fields in connected)  # that flag: it listens


def kill_at_work(net: Network, agency: str, victim: str, command: list[str],
                 pause: float) -> tuple[bool, str]:
    """A command asks the agency's node, and `victim` dies so many seconds after that node has begun
    on it; whether the command still waited for its answer then, and what it said.

    The node stands still until it is asked: the moment is one of its work, and not of the
    command's start."""
    node, died = net.processes[agency], net.processes[victim]
    node.send_signal(signal.SIGSTOP)
    before = clients(net, agency)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          cwd=net.folder) as process:
        wait("the command to ask", lambda: process.poll() is not None or
             clients(net, agency) > before)
        node.send_signal(signal.SIGCONT)
        time.sleep(pause)
        died.send_signal(signal.SIGSTOP)  # to look first
        asks = clients(net, agency) > before
        net.stop(victim, signal.SIGKILL)
        return asks, process.communicate(timeout=60)[0]


def log_text(net: Network, agency: str) -> str:
    with open(net.path(agency + ".log"), encoding="utf-8", errors="replace") as f:
        return f.read()


def verify(net: Network, agency: str) -> None:
    """The node's whole journal is derived again: hashes, roots, signatures, counts."""
    code, answers = net.at(agency, "verify", check=False)
    faults = [row for row in answers if row.get("state", row.get("status")) != "ok"]
    check(code == 0, f"{agency}'s journal does not verify: exit {code}, {faults}")


def verify_edited(net: Network, agency: str) -> None:
    """The same of a journal whose rows a test has changed by SQL: all agrees but their sum."""
    code, answers = net.at(agency, "verify", check=False)
    damaged = [row.get("part") for row in answers if row.get("result") == "damaged"]
    check_equal((code, damaged), (5, ["tables"]), f"{agency}, where a test changed rows")


def samples() -> list[dict]:
    """The sample records that have to be accepted: [{from, expect, record}]."""
    with open(os.path.join(DEPLOY, "samples", "records.json"), encoding="utf-8") as f:
        return [s for s in json.load(f) if s["expect"] != "refused"]


def record_of(sample: dict, publisher: str, number: int) -> dict:
    """A sample as this bureau's record with a URN of its own, dated well in the past."""
    record = copy.deepcopy(sample["record"])
    record["urn"] = f"{publisher[1:]}-IR-2025-{number:08d}"
    record["date_of_intelligence"] = "2025-09"
    record["date_created"] = "2025-10-01"
    return record


def simple_record(publisher: str, number: int, **fields: object) -> dict:
    """A record for the publisher's unit, the fusion cell and PND; low priority: routine."""
    chosen = next(s for s in samples() if s["expect"] == "published")
    record = record_of(chosen, publisher, number)
    record["priority"] = "low"
    record.update(fields)
    return record


def run(test: Callable[[argparse.Namespace], None], about: str) -> None:
    """Runs a test and ends the process: 0 passed, 77 skipped, 1 failed."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("binary", help="the flagpost program")
    parser.add_argument("--helper", help="the test's own program")
    parser.add_argument("--load", help="the program that publishes under load")
    parser.add_argument("--data", help="folder of the watch list")
    parser.add_argument("--seed", type=int, default=1, help="of everything drawn by chance")
    options = parser.parse_args()
    begun = time.monotonic()
    try:
        test(options)
    except Skipped as why:
        say(f"SKIPPED: {why}")
        sys.exit(SKIPPED)
    except Failed as why:
        say(f"FAILED with seed {options.seed}: {why}")
        sys.exit(1)
    say(f"passed in {time.monotonic() - begun:.1f} s")
