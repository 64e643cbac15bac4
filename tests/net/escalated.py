#!/usr/bin/env python3
"""An urgent record that nobody at a recipient has in hand: the recipient is told which
alternates of its own to reach, until a named person has acknowledged it or it is recalled."""

import argparse

from scene import (ONE_BUREAU, Network, check, check_equal, log_text, network, published, run,
                   simple_record, wait)
from urgent import acknowledge, configure, restart


def escalated(net: Network, agency: str) -> dict[str, str]:
    """A recipient's to-dos for what nobody there has acknowledged: {record: sentence}."""
    return {row["record"]: row["what"] for row in net.at(agency, "todo")[1]
            if row.get("kind") == "acknowledge"}


def status_line(net: Network, agency: str) -> str:
    """What `flagpost status` says to a person of urgent records."""
    text = net.run("status", "--home", net.path(agency)).stdout
    return next((line for line in text.splitlines() if line.startswith("Urgent")), "")


def times_logged(net: Network, agency: str) -> int:
    return log_text(net, agency).count("urgent.escalated")


def arrived(net: Network, agency: str) -> list[str]:
    """What came, whatever became of it since."""
    return [row["id"] for row in net.at(agency, "inbox")[1] if "id" in row]


def test(options: argparse.Namespace) -> None:
    alternates = "duty inspector ext. 4411"
    with network(options.binary, ONE_BUREAU) as net:
        configure(net, "JFC", "acknowledge_minutes = 0", f"alternates = {alternates}")
        for agency in ("SWROCU", "PND"):
            configure(net, agency, "acknowledge_minutes = 0")
        slow = published(net, "F55", simple_record("F55", 4, priority="medium"))["id"]
        first, second = (published(net, "F55", simple_record("F55", number, priority="high"))["id"]
                         for number in (5, 6))
        wait("the cell to be told of both", lambda: set(escalated(net, "JFC")) == {first, second})
        wait("the unit to be told of both", lambda: {first, second} <= set(escalated(net, "SWROCU")))
        for record in (first, second):
            check(alternates in escalated(net, "JFC")[record], "the cell's alternates")
            check("no alternates are set" in escalated(net, "SWROCU")[record], "none at the unit")
        check(slow not in escalated(net, "SWROCU"), "only what is urgent")
        check(" 2 (" in status_line(net, "JFC") and alternates in status_line(net, "JFC"),
              f"the cell's status: {status_line(net, 'JFC')}")
        check("none set" in status_line(net, "SWROCU"), "the unit's status")
        logged = times_logged(net, "JFC")
        check(1 <= logged <= 2, f"once for a record: {logged}")

        restart(net, "JFC")
        check_equal(set(escalated(net, "JFC")), {first, second}, "what is to do after a restart")
        acknowledge(net, "JFC", first)
        wait("the first to be off the list", lambda: set(escalated(net, "JFC")) == {second})
        net.at("F55", "recall", second, "--reason", "wrong person", "--person", "DI at the bureau")
        wait("a recall to take the second off", lambda: escalated(net, "JFC") == {})
        check_equal(status_line(net, "JFC"), "", "the cell's status when nothing waits")
        net.at("SWROCU", "statement", second, "--erased", "--person", "Insp Hale")
        wait("only the other to be left", lambda: second not in escalated(net, "SWROCU"))
        check(first in escalated(net, "SWROCU"), "each record on its own")
        check_equal(times_logged(net, "JFC"), logged, "not logged again after the restart")
        wait("national ingestion to hold the last", lambda: second in arrived(net, "PND"))
        check_equal((escalated(net, "PND"), status_line(net, "PND")), ({}, ""), "PND is a system")
        for agency in ("JFC", "SWROCU"):
            check("-IR-" not in log_text(net, agency), f"{agency}'s log names no record's URN")


if __name__ == "__main__":
    run(test, __doc__)
