"""Other signing and transport keys, while records flow: nothing is lost and nothing comes twice.

A publisher and one of its followers change both keys in one roster, so that every mix meets:
both ends with other keys, one of the two, none; both with the new roster, one, none.  A third
was stopped for the whole change and hears of it afterwards from one whose keys stayed.  Then
everyone starts again from the files, and proofs from before, between and after the change hold,
by two readers.
"""

import argparse
import datetime
import os
import re
import sys
import threading
import time

import scene
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))

from reader import notes, proofs, rosters  # noqa: E402  (found by the line above)

OVERLAP_SECONDS = 15
CHANGED = ("F55", "SWROCU")


class Traffic(threading.Thread):
    """Publishes one record after the other until it is told to stop."""

    def __init__(self, net: Network, agency: str) -> None:
        super().__init__(daemon=True)
        self.net, self.agency = net, agency
        self.ids: list[str] = []
        self.failed: Exception | None = None
        self.ending = threading.Event()

    def run(self) -> None:
        try:
            while not self.ending.is_set():
                record = scene.simple_record(self.agency, len(self.ids) + 1)
                self.ids.append(scene.published(self.net, self.agency, record)["id"])
        except Exception as why:  # told by whoever waits for it
            self.failed = why

    def end(self) -> list[str]:
        self.ending.set()
        self.join(60)
        if self.failed is not None:
            raise self.failed
        return self.ids


def rekey(net: Network, agency: str, *options: str) -> str:
    """Makes other keys; the request's path."""
    net.run("rekey", "--home", net.path(agency), "--credential",
            net.path(agency + ".credential"), *options)
    return net.path(agency, "request")


def signed_roster(net: Network, name: str, before: str, *arguments: str) -> str:
    net.run("roster", "add", "--root", "roots/root", "--from", before, "--out", name, *arguments)
    for key in (1, 2):
        net.run("roster", "sign", "--root", "roots/root", "--key", f"roots/root-{key}.key",
                "--credential", net.credential("roots"), name)
    return name


def install(net: Network, agency: str, document: str) -> None:
    net.run("roster", "install", "--home", net.path(agency), "--credential",
            net.path(agency + ".credential"), document)


def version_at(net: Network, agency: str) -> int:
    return net.at(agency, "roster show")[1][-1]["version"]


def moment(seconds: int) -> tuple[str, float]:
    at = int(time.time()) + seconds
    text = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ")
    return text, at


def listed(net: Network, document: str, agency: str) -> rosters.Agency:
    with open(net.path(document), "rb") as f:
        return rosters.roster_read(notes.Note(f.read())).find(agency)


def prove(net: Network, record: str, name: str) -> list[notes.Note]:
    """Both readers accept the record's proof, whose checkpoints are returned."""
    net.run("proof", "export", "--home", net.path("F55"), "--out", name, record)
    net.run("proof", "verify", "--root", "roots/root", name)
    with open(net.path(name), "rb") as f, open(net.path("roots", "root"), "rb") as root:
        raw = f.read()
        proofs.check(raw, root.read())
    return [notes.Note(view.checkpoint) for view in proofs.Proof(raw).views]


def has_line(net: Network, shown: list[notes.Note], agency: str, key: bytes, kind: int) -> bool:
    with open(net.path("roots", "root"), "rb") as f:
        realm = rosters.root_verify(f.read()).realm
    name = notes.note_name(realm, agency)
    return any(note.find(name, kind, key) is not None for note in shown)


def check_keys(net: Network, shown: list[notes.Note], keys: dict[str, bytes], when: str) -> None:
    check(has_line(net, shown, "F55", keys["F55"], notes.ED25519),
          f"{when} the change the publisher signs with another key")
    check(has_line(net, shown, "SWROCU", keys["SWROCU"], notes.COSIGNATURE),
          f"{when} the change the follower signs with another key")


def check_requests(net: Network) -> None:
    """A request that the listed key has not signed takes nobody's place."""
    done = net.run("roster", "add", "--root", "roots/root", "--from", "roster", "--out", "no",
                   net.path("stranger", "request"), check=False)
    check_equal(done.returncode, 1, "a stranger's request under a listed id")
    check("another signing key, which has not signed this" in done.stderr, done.stderr)
    again = rekey(net, "F55", "--out", net.path("again"))
    check_equal(again, net.path("F55", "request"), "where it is")
    keys = []
    for path in (net.path("F55", "request"), net.path("again")):
        with open(path, "rb") as f:
            keys.append(rosters.request_verify(f.read()).keys)
    check_equal(keys[0], keys[1], "keys that are asked for again before they are listed")


def make_stranger(net: Network) -> None:
    net.run("init", "--home", net.path("stranger"), "--root", "roots/root", "--credential",
            net.path("stranger.credential"), "--agency", "F55", "--name", "Not Dorset",
            "--kind", "fib", "--force", "55", "--region", "SWROCU", "--listen",
            "tcp://127.0.0.1:9")


def check_held(net: Network, ids: list[str]) -> None:
    for agency in ("SWROCU", "JFC", "PND"):
        found = scene.held(net, agency)
        check_equal((len(found), set(found)), (len(ids), set(ids)), f"what {agency} holds")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        make_stranger(net)
        traffic = Traffic(net, "F55")
        traffic.start()
        scene.wait("records to flow", lambda: len(traffic.ids) > 5 or traffic.failed)
        net.stop("PND")

        requests = [rekey(net, agency) for agency in CHANGED]
        check_requests(net)
        until, at = moment(OVERLAP_SECONDS)
        signed_roster(net, "roster-2", "roster", "--until", until, *requests)
        old = {agency: listed(net, "roster", agency).sign for agency in CHANGED}
        new = {agency: listed(net, "roster-2", agency).sign for agency in CHANGED}
        install(net, "JFC", "roster-2")
        for agency in ("F55", "SWROCU", "JFC"):
            scene.wait(f"{agency} to have the roster", lambda: version_at(net, agency) == 2)
        check(time.time() < at - 3, "the overlap was over before it began")
        between = traffic.ids[-1]
        scene.wait_stored(net, "F55", between, {"SWROCU", "JFC"})
        check("net.rekeyed" not in scene.log_text(net, "F55"), "it went over too early")
        done = net.run("rekey", "--home", net.path("F55"), "--credential",
                       net.path("F55.credential"), check=False)
        check(done.returncode == 1 and "is being changed" in done.stderr, done.stderr)

        for agency in CHANGED:
            scene.wait(f"{agency} to go over", lambda: "net.rekeyed" in
                       scene.log_text(net, agency), OVERLAP_SECONDS + 10)
        check(time.time() >= at, "it went over before the moment")
        after = scene.wait("a record after it", lambda: traffic.failed or (
            time.time() > at + 2 and traffic.ids[-1]))
        scene.wait_stored(net, "F55", after, {"SWROCU", "JFC"})
        net.start("PND")
        scene.wait("PND to hear of it", lambda: net.at("PND", "status", check=False)[0] == 0 and
                   version_at(net, "PND") == 2)
        ids = traffic.end()
        scene.wait_stored(net, "F55", ids[-1], {"SWROCU", "JFC", "PND"})
        check_held(net, ids)

        net.stop_all()
        net.start_all()
        last = scene.published(net, "F55", scene.simple_record("F55", len(ids) + 1))["id"]
        scene.wait_stored(net, "F55", last, {"SWROCU", "JFC", "PND"})
        check_held(net, [*ids, last])
        check_keys(net, prove(net, ids[0], "before.proof"), old, "before")
        check_keys(net, prove(net, between, "between.proof"), old, "between listing and")
        check_keys(net, prove(net, last, "after.proof"), new, "after")
        for agency in net.agencies:
            scene.verify(net, agency)
        log = scene.log_text(net, "F55")
        check(not re.search("why=(signature|fork)", log), "a signature was refused")
    say(f"{len(ids) + 1} records, none lost and none twice")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
