"""A publisher that keeps the last records from one recipient is caught by the count root.

The publisher is the real node under its real keys, whose frames to SWROCU on the routine lane
lose their last entry on the way out (hostile.c).  SWROCU gives no receipt and shows what it
waits for; everyone and everything else goes on; and when the publisher serves honestly again
the record arrives.
"""

import argparse
import os
import re
import signal
import subprocess
import threading

import scene
from scene import Network, check, check_equal, say

BATCH = 4
BUREAUX = {**scene.ONE_BUREAU, "F50": scene.AGENCIES["F50"]}


def start_hostile(net: Network, helper: str, mode: str) -> None:
    """F55's home is run by the hostile program from now on."""
    net.stop("F55")
    with open(net.path("F55.log"), "a", encoding="utf-8") as log:
        net.processes["F55"] = subprocess.Popen(
            [helper, "run", "--home", net.path("F55"), "--credential",
             net.path("F55.credential")], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, "FLAGPOST_HOSTILE": f"{mode} SWROCU routine"})
    wait_running(net)


def start_honest(net: Network) -> None:
    net.stop("F55")
    net.start("F55")
    wait_running(net)


def wait_running(net: Network) -> None:
    scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)


def follow_row(net: Network, publisher: str, lane: str) -> dict:
    """How SWROCU stands to one stream."""
    return next(row for row in scene.rows_at(net, "SWROCU", "status", "peer")
                if row["agency"] == publisher and row["stream"] == lane)


def hostile_lines(net: Network, word: str) -> int:
    return len(re.findall(rf"^hostile {word}=", scene.log_text(net, "F55"), re.MULTILINE))


def publish_batch(net: Network, first: int) -> list[dict]:
    """Records that are asked for while the node stands still, so that a group has several."""
    places: list[dict] = []
    faults: list[Exception] = []

    def one(number: int) -> None:
        try:
            places.append(scene.published(net, "F55", scene.simple_record("F55", number)))
        except Exception as why:
            faults.append(why)

    clients = [threading.Thread(target=one, args=(first + i,)) for i in range(BATCH)]
    net.processes["F55"].send_signal(signal.SIGSTOP)
    try:
        # A client that has its answer may stand there still, for a node that does not close.
        before = scene.clients(net, "F55")
        for thread in clients:
            thread.start()
        scene.wait("the clients to be waiting",
                   lambda: scene.clients(net, "F55") == before + BATCH)
    finally:
        net.processes["F55"].send_signal(signal.SIGCONT)
    for thread in clients:
        thread.join()
    check(not faults, str(faults[:1]))
    return sorted(places, key=lambda place: int(place["index"]))


def test_withheld(net: Network, helper: str) -> None:
    """The last entry is missing; the group's count says so."""
    start_hostile(net, helper, "withhold")
    places = publish_batch(net, 100)
    last = places[-1]["id"]
    for place in places:
        scene.wait_stored(net, "F55", place["id"], {"JFC", "PND"})
    scene.wait("SWROCU to wait for entries",
               lambda: follow_row(net, "F55", "routine")["following"] == "entries awaited")
    # It has asked again, and was given the same again.
    asked = hostile_lines(net, "withheld")
    scene.wait("SWROCU to ask again", lambda: hostile_lines(net, "withheld") > asked)
    check_equal(follow_row(net, "F55", "routine")["following"], "entries awaited", "SWROCU")
    check("SWROCU" not in scene.stored_at(net, "F55", last), "a receipt covers what is missing")
    check(last not in scene.held(net, "SWROCU"), "SWROCU holds what was withheld")
    check_others_go_on(net, 200)
    start_honest(net)
    for place in places:
        scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    check_held_once(net, [place["id"] for place in places])


def test_understated(net: Network, helper: str) -> None:
    """The publisher also says a smaller count, which its signed root does not hold."""
    start_hostile(net, helper, "understate")
    place = scene.published(net, "F55", scene.simple_record("F55", 300))
    scene.wait_stored(net, "F55", place["id"], {"JFC", "PND"})
    scene.wait("SWROCU to refuse the false count", lambda: re.search(
        r"event=peer\.rejected .*peer=F55 .*why=count", scene.log_text(net, "SWROCU")))
    before = hostile_lines(net, "understated")
    scene.wait("SWROCU to ask again", lambda: hostile_lines(net, "understated") > before)
    check("SWROCU" not in scene.stored_at(net, "F55", place["id"]), "a false count got a receipt")
    check(place["id"] not in scene.held(net, "SWROCU"), "SWROCU holds what was withheld")
    check_others_go_on(net, 400)
    start_honest(net)
    scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    check_held_once(net, [place["id"]])


def check_others_go_on(net: Network, number: int) -> None:
    """Another lane of the same publisher, and the same lane of another publisher."""
    urgent = scene.published(net, "F55", scene.simple_record("F55", number, priority="high"))
    check_equal(urgent["stream"], "immediate", "the lane of a high priority")
    scene.wait_stored(net, "F55", urgent["id"], {"SWROCU", "JFC", "PND"})
    other = scene.published(net, "F50", scene.simple_record("F50", number))
    check_equal(other["stream"], "routine", "the lane of a low priority")
    scene.wait_stored(net, "F50", other["id"], {"SWROCU", "JFC", "PND"})


def check_held_once(net: Network, records: list[str]) -> None:
    found = scene.held(net, "SWROCU")
    for record in records:
        check_equal(found.count(record), 1, f"SWROCU's copies of {record}")


def test(options: argparse.Namespace) -> None:
    if not options.helper:
        raise scene.Skipped("no --helper given: the program made from hostile.c")
    with scene.network(options.binary, BUREAUX) as net:
        honest = scene.published(net, "F55", scene.simple_record("F55", 1))
        scene.wait_stored(net, "F55", honest["id"], {"SWROCU", "JFC", "PND"})
        test_withheld(net, options.helper)
        test_understated(net, options.helper)
        for agency in net.agencies:
            scene.verify(net, agency)
    scene.figure("hostile_scripts", 2)
    say("a withheld last entry and an understated count were both caught")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
