"""The daemon is confined in every thread once it runs, and does all its work so.

What a confined process may not do is tried out in tests/unit/io/sandbox.c.
"""

import argparse
import os
import re

import scene
from scene import Network, check, check_equal, say

EVERYONE = {"SWROCU", "JFC", "PND"}


def threads(net: Network, agency: str) -> list[dict[str, str]]:
    """/proc's status of each thread of a node."""
    folder = f"/proc/{net.processes[agency].pid}/task"
    found = []
    for thread in os.listdir(folder):
        with open(f"{folder}/{thread}/status", encoding="ascii") as f:
            found.append(dict(re.findall(r"^(\w+):\s+(.*)$", f.read(), re.MULTILINE)))
    return found


def check_confined(net: Network, agency: str) -> int:
    """Returns how many threads it has."""
    found = threads(net, agency)
    check(len(found) > 1, f"{agency} has one thread: where is libzmq's?")
    for thread in found:
        check_equal((thread["Seccomp"], thread["NoNewPrivs"]), ("2", "1"),
                    f"{agency}'s thread {thread['Name']}")
    with open(f"/proc/{net.processes[agency].pid}/limits", encoding="ascii") as f:
        check(re.search(r"^Max core file size\s+0\s+0\s", f.read(), re.MULTILINE),
              f"{agency} may leave a core")
    check_equal(scene.rows_at(net, agency, "status", "node")[0]["confined"], "files and calls",
                f"{agency}'s word for it")
    check('confined="files and calls"' in scene.log_text(net, agency), f"{agency}'s log")
    return len(found)


def test(options: argparse.Namespace) -> None:
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("a sanitized build is not confined: it needs more of the kernel")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        counts = [check_confined(net, agency) for agency in net.agencies]
        record = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        scene.wait_stored(net, "F55", record, EVERYONE)
        net.at("JFC", "show", "--purpose", "briefing", record)
        # The user database is still read.
        _, answers = net.at("JFC", "audit", "--use", "integrity", "--operation", "consult")
        actors = {row["actor"] for row in answers if "actor" in row}
        check(actors and all(re.fullmatch(r"uid:\d+ \S+", actor) for actor in actors),
              f"nobody has a name among {actors}")
        net.stop("SWROCU")
        net.start("SWROCU")
        second = scene.published(net, "F55", scene.simple_record("F55", 2))["id"]
        scene.wait_stored(net, "F55", second, EVERYONE)
        for agency in net.agencies:
            scene.verify(net, agency)
    say(f"{sum(counts)} threads of {len(counts)} nodes, each confined")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
