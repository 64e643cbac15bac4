"""A second machine takes over from a backup and its tail; the old home is kept out when it is back.

The old home still has its keys, its credential and an intact journal.  At its first contact with
a peer it is shown a later epoch under its own signature: it publishes nothing, says why, and
begins no other epoch unless a person says that the other home is stopped.
"""

import argparse
import re
import shutil
import signal
import time

import scene
from backup import make, make_key
from network import free_ports
from restore import RECIPIENTS, check_at_peace, check_history, new_epoch, publish, publishing, start
from scene import Network, check, check_equal, say
from tail import restore, tail

NEW = "F55-new"
DAMAGED = 5


def published(net: Network, places: list[dict], home: str) -> dict:
    """A record more, that all recipients have."""
    places.append(scene.published(net, home, scene.simple_record("F55", len(places) + 1)))
    scene.wait_stored(net, home, places[-1]["id"], set(RECIPIENTS))
    return places[-1]


def take_over(net: Network, places: list[dict], files: list[str]) -> None:
    """All that a person does, up to a record that its recipients have."""
    begun = time.monotonic()
    restore(net, NEW, *files)
    shutil.copy(net.credential("F55"), net.path(f"{NEW}.credential"))
    start(net, NEW)
    new_epoch(net, NEW)
    published(net, places, NEW)
    say(f"from the lost machine to a record published on the other and received: "
        f"{time.monotonic() - begun:.1f} s")


def listen(net: Network, address: str) -> str:
    """Where the old home listens from now on, and where it did."""
    path = net.path("F55", "config")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    before = re.search(r"(?m)^listen = (.*)$", text).group(1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(before, address))
    return before


def wait_fenced(net: Network) -> None:
    scene.wait("the old home to know of the other",
               lambda: "another home of this node has begun epoch 2" in publishing(net, "F55"))


def test_old_home(net: Network, places: list[dict]) -> None:
    """Both run, and the roster's address leads to the new one: the old one keeps out."""
    before = listen(net, f"tcp://127.0.0.1:{free_ports(1)[0]}")
    start(net, "F55")
    wait_fenced(net)
    code, answer = net.publish("F55", scene.simple_record("F55", 700))
    check_equal(code, DAMAGED, f"the old home publishes: {answer}")
    code, answers = net.at("F55", "new-epoch", check=False)
    check(code == DAMAGED and "has taken over" in answers[-1]["sentence"],
          f"the old home begins an epoch: {code} {answers}")
    published(net, places, NEW)
    check_equal(publishing(net, NEW), "yes", "the new home beside the old one")
    check_history(net, places)
    check_at_peace(net)
    net.stop("F55")
    listen(net, before)


def test_alone(net: Network, places: list[dict]) -> None:
    """The second machine is lost as well: the old one goes on once a person has said so.  What it
    had acknowledged before it heard of the other is issued again."""
    net.stop(NEW, signal.SIGKILL)
    for agency in RECIPIENTS:
        net.processes[agency].send_signal(signal.SIGSTOP)
    start(net, "F55")
    early = scene.published(net, "F55", scene.simple_record("F55", len(places) + 1))
    for agency in RECIPIENTS:
        net.processes[agency].send_signal(signal.SIGCONT)
    wait_fenced(net)
    net.at("F55", "new-epoch", "--alone")
    check_equal(publishing(net, "F55"), "yes", "the old home, whose other is stopped")
    places.append(early)
    scene.wait_stored(net, "F55", early["id"], set(RECIPIENTS))
    published(net, places, "F55")
    check_history(net, places)
    check_at_peace(net)


def test(options: argparse.Namespace) -> None:
    places: list[dict] = []
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        make_key(net)
        publish(net, places, 5)
        backup = make(net)
        scene.wait_stored(net, "F55", publish(net, places, 4)[-1], set(RECIPIENTS))
        kept = tail(net)
        net.stop("F55", signal.SIGKILL)
        take_over(net, places, [backup["journal"], backup["keys"], kept["tail"]])
        test_old_home(net, places)
        test_alone(net, places)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
