#!/usr/bin/env python3
"""An urgent record that nobody has in hand: its publisher is told whom to telephone, until a
named person at each recipient has acknowledged it."""

import argparse

from scene import (ONE_BUREAU, Network, check, check_equal, held, network, published,
                   run, simple_record, wait)


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


def test(options: argparse.Namespace) -> None:
    with network(options.binary, ONE_BUREAU) as net:
        published(net, "F55", simple_record("F55", 1, priority="high"))
        slow = published(net, "F55", simple_record("F55", 2, priority="medium"))["id"]
        wait("the cell to hold both", lambda: len(held(net, "JFC")) == 2)
        check_equal(waiting(net), [], "nobody is telephoned in the first quarter of an hour")

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


if __name__ == "__main__":
    run(test, __doc__)
