"""Floods at a node's port: its memory stays under the stated cap, honest peers keep 90 %.

A publisher sends as many records as its followers sign for.  One of these is flooded, in
windows that alternate with quiet ones in the same run, so that whatever else the machine
does is in both; the figure is the median over pairs of windows.  The attackers have the
lowest priority there is: they stand for other machines, and what is to be seen is what they
cost the node, not the processor they run on.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import threading
import time

import scene
from scene import Network, check, check_equal, say
from strangers import curve_key_of, memory_kib, port_of

VICTIM = "JFC"
MEMBER = "SWROCU"  # whose keys the hostile member has; its own node runs, too
KEPT_MIN = 0.9  # G8
WINDOW_SECONDS = 2.0
PAIRS_MIN, PAIRS_MAX = 4, 14  # a busy machine gets more pairs, not a lower bar
# What floods at once, and whether under a member's keys.
ATTACKS = {
    "idle and slow": (("idle", False), ("drip", False)),
    "handshakes": (("handshakes", False), ("handshakes", False)),
    "big frames": (("big", False), ("big", False)),
    "endless message of a member": (("endless", True), ("endless", True)),
    "oversize frames of a member": (("oversize", True), ("oversize", True)),
}


def memory_max_mib() -> int:
    """The cap that the sources state, and README.md after them."""
    path = os.path.join(scene.HERE, "..", "..", "node", "io", "net_guard.h")
    with open(path, encoding="utf-8") as f:
        return int(re.search(r"NET_NODE_MIB_MAX = (\d+)", f.read())[1])


class Peak:
    """The most memory that a node was seen to take, asked for all the time."""

    def __init__(self, net: Network, agency: str) -> None:
        self.mib = 0.0
        self.done = False
        self.thread = threading.Thread(target=self.watch, args=(net, agency))

    def watch(self, net: Network, agency: str) -> None:
        while not self.done:
            self.mib = max(self.mib, memory_kib(net, agency) / 1024)
            time.sleep(0.02)

    def __enter__(self) -> "Peak":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done = True
        self.thread.join()


def have(net: Network) -> tuple[int, float]:
    """What the victim holds of the publisher, and when that was so."""
    for row in scene.rows_at(net, VICTIM, "status", "peer"):
        if row["agency"] == "F55" and row["stream"] == "routine":
            return int(row["have"]), time.monotonic()
    raise scene.Failed("the victim does not follow the publisher")


def rate(net: Network) -> float:
    """Records a second in a window."""
    before, began = have(net)
    time.sleep(WINDOW_SECONDS)
    after, ended = have(net)
    return (after - before) / (ended - began)


def flood(net: Network, helper: str, mode: str, member: bool, seconds: int) -> subprocess.Popen:
    keys = [net.path(MEMBER), net.path(MEMBER + ".credential")] if member else []
    return subprocess.Popen(
        ["chrt", "--idle", "0", helper, mode, str(port_of(net, VICTIM)),
         curve_key_of(net, VICTIM), str(seconds), *keys],
        stdout=subprocess.PIPE, text=True)


def told(attackers: list[subprocess.Popen]) -> dict[str, int]:
    """What they did, added up."""
    sums = {"connections": 0, "handshakes": 0, "bytes": 0}
    for attacker in attackers:
        text, _ = attacker.communicate(timeout=60)
        check_equal(attacker.returncode, 0, "an attacker's exit code")
        for name, value in json.loads(text).items():
            sums[name] += value
    return sums


def attacked_rate(net: Network, helper: str, modes: tuple) -> tuple[float, dict[str, int]]:
    attackers = [flood(net, helper, mode, member, int(WINDOW_SECONDS) + 2)
                 for mode, member in modes]
    try:
        time.sleep(0.5)
        return rate(net), told(attackers)
    finally:
        for attacker in attackers:
            attacker.kill()
            attacker.wait()


def check_keeps(net: Network, helper: str, name: str, modes: tuple) -> None:
    """Pairs of windows until the median is right, or too many."""
    ratios: list[float] = []
    sums = {"connections": 0, "handshakes": 0, "bytes": 0}
    while len(ratios) < PAIRS_MAX:
        quiet = rate(net)
        attacked, did = attacked_rate(net, helper, modes)
        check(quiet > 0, "the publisher stands still")
        ratios.append(attacked / quiet)
        sums = {key: sums[key] + did[key] for key in sums}
        if len(ratios) >= PAIRS_MIN and statistics.median(ratios) >= KEPT_MIN:
            break
    kept = statistics.median(ratios)
    say(f"  {name}: {100 * kept:.0f} % kept over {len(ratios)} pairs; "
        f"{sums['connections']} connections, {sums['handshakes']} handshakes, "
        f"{sums['bytes'] >> 20} MiB sent")
    check(sums["connections"] > 0, f"{name}: nobody attacked")
    check(kept >= KEPT_MIN, f"{name}: honest peers kept {kept:.2f} of their throughput")


def check_forged(net: Network, helper: str) -> None:
    """Metadata of a handshake may name anyone: it counts as who has the key, or as nobody."""
    before = scene.log_text(net, VICTIM)
    for member in (False, True):
        attacker = flood(net, helper, "forged", member, 3)
        did = told([attacker])
        check_equal(did["handshakes"], int(member), "handshakes that succeeded")
    lines = [line for line in scene.log_text(net, VICTIM)[len(before):].splitlines()
             if "event=peer.rejected" in line]
    check(any(f"peer={MEMBER} " in line for line in lines), "the member's frame is not its own")
    check(not any("peer=PND" in line for line in lines), "a forged name counted")


def test(options: argparse.Namespace) -> None:
    if not options.helper or not options.load:
        raise scene.Skipped("no --helper and --load given: programs made from flood.c and "
                            "tests/bench/load.c")
    if not os.environ.get("FLAGPOST_LONG"):
        raise scene.Skipped("it measures for minutes and wants the machine: FLAGPOST_LONG=1")
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("what a sanitized build takes of time and memory says nothing")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        net.stop("F55")
        with subprocess.Popen(
                [options.load, "throughput", net.path("F55"), net.path("F55.credential"),
                 "100000", "200", VICTIM, "PND"], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) as publisher:
            try:
                scene.wait("the first records", lambda: have(net)[0] > 100)
                with Peak(net, VICTIM) as peak:
                    check_forged(net, options.helper)
                    for name, modes in ATTACKS.items():
                        check_keeps(net, options.helper, name, modes)
                counts = scene.rows_at(net, VICTIM, "status", "net")[0]
                check(publisher.poll() is None, "the publisher ended")
            finally:
                publisher.kill()
        check(peak.mib < memory_max_mib(), f"{VICTIM} took {peak.mib:.0f} MiB")
        check(int(counts["cut_bytes"]) > 0 and int(counts["cut_crowd"]) > 0,
              f"the guard did not cut: {counts}")
        check(int(counts["barred"]) > 0, f"nobody was barred: {counts}")
        scene.verify(net, VICTIM)
    scene.figure("hostile_scripts", 1 + len({mode for modes in ATTACKS.values() for mode in modes}))
    say(f"at most {peak.mib:.0f} MiB of {memory_max_mib()}; cut: {counts['cut_bytes']} for bytes, "
        f"{counts['cut_crowd']} of a crowd, {counts['cut_slow']} slow; "
        f"{counts['refused_keys']} keys refused; {counts['barred']} times an address was barred")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
