"""Wall clocks jump by an hour, thirty hours, 400 days and ten years, forwards and back.

At the publisher, at a follower, at all at once, and over a restart.  Whatever a clock says,
each acknowledged record is once at each recipient, in order; a held record waits, no key is
replaced or destroyed, and what an expired roster stops goes on when the clock is right again.
"""

import argparse
import os
import sqlite3

import history
import scene
from held import hold, listed, todos, utc
from scene import Network, check, check_equal, say

HOUR, DAY, YEAR = 3600, 86400, 31536000
JUMPS = {"an hour ahead": HOUR, "an hour back": -HOUR, "thirty hours ahead": 30 * HOUR,
         "400 days ahead": 400 * DAY, "ten years back": -3652 * DAY}
ROUNDS = 4 if os.environ.get("FLAGPOST_LONG") else 1
RECIPIENTS = frozenset({"SWROCU", "JFC", "PND"})


class Clocks:
    """Each node's own clock, and what was published by them."""

    def __init__(self, net: Network):
        self.net = net
        self.places: list[dict] = []
        self.jumps = 0

    def set(self, agency: str, seconds: int) -> None:
        scene.move_clock(self.net, agency, seconds)
        self.jumps += 1

    def set_all(self, agencies: list[str], seconds: int) -> None:
        for agency in agencies:
            self.set(agency, seconds)

    def publish(self) -> tuple[int, dict]:
        number = len(self.places) + 1
        code, answer = self.net.publish("F55", scene.simple_record("F55", number),
                                        key=f"record {number}")
        if code == 0:
            self.places.append(scene.rows(answer, "record")[0])
        return code, answer

    def must_publish(self) -> None:
        code, answer = self.publish()
        check_equal(code, 0, f"publishing: {answer}")

    def wait_stored(self) -> None:
        scene.wait_stored(self.net, "F55", self.places[-1]["id"], set(RECIPIENTS))


def node_row(net: Network, agency: str) -> dict:
    return scene.rows_at(net, agency, "status", "node")[0]


def kx_keys(net: Network, agency: str) -> list[tuple]:
    with sqlite3.connect(f"file:{net.path(agency, 'keys.db')}?mode=ro", uri=True) as db:
        return db.execute("SELECT * FROM kx_secret ORDER BY 1").fetchall()


def jump(clocks: Clocks, agencies: list[str], seconds: int) -> None:
    """Somebody's clock jumps, and back; two records before, during and after it."""
    net = clocks.net
    clocks.must_publish()
    clocks.set_all(agencies, seconds)
    code, answer = clocks.publish()
    frozen = "F55" in agencies and seconds > 379 * DAY  # its roster of a year, and two weeks
    early = "F55" in agencies and seconds < -YEAR  # the record has dates of last year
    check_equal(code != 0, frozen or early, f"publishing with the clock off: {answer}")
    if frozen:
        check("expired" in answer["sentence"], f"why it is refused: {answer['sentence']}")
        check("expired" in node_row(net, "F55")["publishing"], "what status says of publishing")
    if early:
        check("in the future" in str(scene.rows(answer, "finding")), f"the refusal: {answer}")
    for agency in agencies:
        off = abs(seconds) > DAY
        check_equal("jumped" in node_row(net, agency)["clock"], off,
                    f"{agency} tells of its clock: {node_row(net, agency)['clock']}")
    if not frozen and not early:
        clocks.wait_stored()
    clocks.set_all(agencies, 0)
    clocks.must_publish()
    clocks.wait_stored()
    check_equal(node_row(net, "F55")["publishing"], "yes", "afterwards")


def check_held(clocks: Clocks) -> None:
    """A date that comes by a clock that jumped has not come."""
    net = clocks.net
    record = hold(net, scene.simple_record("F55", 900), utc(26 * HOUR))
    clocks.set("F55", 30 * HOUR)
    scene.wait("the held record's to-do", lambda: record in todos(net))
    check("clock" in todos(net)[record], f"the to-do: {todos(net)}")
    check_equal(listed(net), [record], "what is held")
    clocks.set("F55", 0)
    check_equal(listed(net), [record], "what is held")
    net.at("F55", "publish", "--cancel", record)


def check_restart(clocks: Clocks, agency: str, seconds: int) -> None:
    """Started with a clock that is wrong, and again with one that is right."""
    net = clocks.net
    for offset in (seconds, 0):
        net.stop(agency)
        clocks.set(agency, offset)
        if offset == 0:
            clocks.must_publish() if agency != "F55" else None
        net.start(agency)
        scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)
    clocks.must_publish()
    clocks.wait_stored()


def check_log(clocks: Clocks) -> None:
    """Rows behind an entry from the future are of the period all the same."""
    net, last = clocks.net, clocks.places[-1]["id"]
    out, use = net.path("log"), ("--use", "integrity", "--purpose", "a test")
    net.at("F55", "audit export", "--out", out, *use)
    done = net.run("audit", "verify", "--root", net.path("roots", "root"), "--json", out)
    shown = scene.lines_of(done.stdout)
    check(shown[-1]["clock_back"], f"that the clock went back: {shown[-1]}")
    check(any(row.get("object") == last for row in shown), "what was done after the last jump")
    plain = net.run("audit", "verify", "--root", net.path("roots", "root"), out).stdout
    check("SET BACK" in plain and "between the two" in plain, f"on screen: {plain[-900:]}")


def check_history(clocks: Clocks) -> None:
    net = clocks.net
    attempts = [history.Attempt("F55", RECIPIENTS, p["id"], p["stream"], int(p["index"]))
                for p in clocks.places]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in net.agencies}, attempts)
    check_equal(history.faults(found), {}, "the history of all journals")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as path:
        net = Network(options.binary, path, scene.ONE_BUREAU)
        clocks = Clocks(net)
        scene.give_clocks(options, net)
        with scene.running(net):
            keys = {agency: kx_keys(net, agency) for agency in net.agencies}
            for _ in range(ROUNDS):
                for seconds in JUMPS.values():
                    jump(clocks, ["F55"], seconds)
                    jump(clocks, ["JFC"], seconds)
                    jump(clocks, list(net.agencies), seconds)
                check_held(clocks)
                for seconds in (400 * DAY, -3652 * DAY):
                    check_restart(clocks, "JFC", seconds)
                    check_restart(clocks, "F55", seconds)
            check_equal({agency: kx_keys(net, agency) for agency in net.agencies}, keys,
                        "the key-exchange keys")
            for agency in net.agencies:
                scene.verify(net, agency)
            check_log(clocks)
            check_history(clocks)
    say(f"{clocks.jumps} jumps, {len(clocks.places)} records, each once at each recipient")
    scene.figure("clock_jumps", clocks.jumps)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
