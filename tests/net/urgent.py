#!/usr/bin/env python3
"""An urgent record that nobody has in hand: its publisher is told whom to telephone, until a
named person at each recipient has acknowledged it.  Not before the minutes of the configuration
are over, by a clock that the test moves."""

import argparse
import datetime

from scene import (ONE_BUREAU, Network, check, check_equal, folder, give_clocks, held, move_clock,
                   published, run, running, simple_record, wait)

MINUTES = 15  # the shipped acknowledge_minutes
YOUNGER = 6   # minutes after the first


def waiting(net: Network) -> list[dict]:
    """The publisher's to-dos that want a telephone."""
    return [row for row in net.at("F55", "todo")[1] if "telephone" in row.values()]


def told(net: Network) -> set[str]:
    """Whom it is to telephone."""
    texts = " ".join(str(value) for row in waiting(net) for value in row.values())
    return {agency for agency in ONE_BUREAU if f"{agency}," in texts or f"{agency}:" in texts}


def restart(net: Network, agency: str) -> None:
    net.stop(agency)
    net.start(agency)
    wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def configure(net: Network, agency: str, *lines: str) -> None:
    with open(net.path(agency, "config"), "a", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lines)
    restart(net, agency)


def acknowledge(net: Network, agency: str, record: str) -> None:
    wait(f"{agency} to hold it", lambda: record in held(net, agency))
    net.at(agency, "acknowledge", record, "--person", "Insp Hale")


def move_clocks(net: Network, minutes: int) -> None:
    for agency in net.agencies:
        move_clock(net, agency, minutes * 60)


def to_do(net: Network, agency: str, record: str) -> dict | None:
    """What the agency is told of that record's acknowledgement."""
    kind = "telephone" if agency == "F55" else "acknowledge"
    return next((row for row in net.at(agency, "todo")[1]
                 if row.get("kind") == kind and row.get("record") == record), None)


def wait_held(net: Network, records: set[str]) -> None:
    for agency in ("SWROCU", "JFC"):
        wait(f"{agency} to hold them", lambda a=agency: records <= set(held(net, a)))


def after_its_minutes(net: Network) -> str:
    """Told after the minutes and not before: publisher whom to telephone, recipients whom else
    to reach.  When a to-do was opened stands in it, by the clock of its node."""
    utc = datetime.timezone.utc
    begun = datetime.datetime.now(utc).replace(microsecond=0)
    record = published(net, "F55", simple_record("F55", 1, priority="high"))["id"]
    slow = published(net, "F55", simple_record("F55", 2, priority="medium"))["id"]
    wait_held(net, {record, slow})
    move_clocks(net, YOUNGER)
    younger = published(net, "F55", simple_record("F55", 4, priority="high"))["id"]
    wait_held(net, {younger})
    move_clocks(net, MINUTES + 2)
    for agency in ("F55", "SWROCU", "JFC"):
        found = wait(f"{agency} to be told", lambda a=agency: to_do(net, a, record))
        since = datetime.datetime.fromisoformat(found["since"].replace("Z", "+00:00"))
        check(since - begun >= datetime.timedelta(minutes=MINUTES), f"{agency}, early: {found}")
        check(f"after {MINUTES} minutes" in found["what"], f"{agency} is told: {found}")
        # The look that found the one has looked at the other: its minutes are not over.
        check(to_do(net, agency, younger) is None, f"{agency} is told of the younger one early")
    check_equal(told(net), {"SWROCU", "JFC"}, "whom the bureau telephones")
    check("no alternates are set" in to_do(net, "JFC", record)["what"], "the cell's alternates")
    for agency in ("SWROCU", "JFC"):
        acknowledge(net, agency, record)
        acknowledge(net, agency, younger)
    wait("nobody to be left", lambda: waiting(net) == [])
    return slow


def drive(net: Network) -> None:
    slow = after_its_minutes(net)
    configure(net, "F55", "acknowledge_minutes = 0")
    urgent = published(net, "F55", simple_record("F55", 3, priority="high"))
    check_equal(urgent["stream"], "immediate", "its lane")
    wait("the bureau to be told to telephone",
         lambda: told(net) == {"SWROCU", "JFC"})  # PND is a system
    check(slow not in str(waiting(net)), "only what is urgent")
    acknowledge(net, "SWROCU", urgent["id"])
    wait("the unit to be off the list", lambda: told(net) == {"JFC"})
    restart(net, "F55")
    check_equal(told(net), {"JFC"}, "what is to do after a restart")
    acknowledge(net, "JFC", urgent["id"])
    wait("nobody to be left", lambda: waiting(net) == [])
    check("-IR-" not in open(net.path("F55.log"), encoding="utf-8").read(),
          "the log names no record's URN")


def test(options: argparse.Namespace) -> None:
    with folder() as path:
        net = Network(options.binary, path, ONE_BUREAU)
        give_clocks(options, net)
        with running(net):
            drive(net)


if __name__ == "__main__":
    run(test, __doc__)
