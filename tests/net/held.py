#!/usr/bin/env python3
"""A record that is held until a time: checked when it is handed in, published by the node when
the time has come and not before, once however often the node is killed, by the rules of that
moment; what is refused then is a to-do."""

import argparse
import json
import time

from scene import (ONE_BUREAU, Network, check, check_equal, log_text, network, rows, run,
                   simple_record, wait)
from urgent import restart

CANARY = "Kanari" + "heldqzvxwkjhg"


SOON_S = 10  # time enough to look at what is held, on a machine that is busy


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def hand_in(net: Network, record: dict, until: str, *more: str) -> tuple[int, dict]:
    code, answers = net.at("F55", "publish", "--hold-until", until, *more, "-",
                           check=False, text=json.dumps(record))
    return code, answers[0] if answers else {}


def hold(net: Network, record: dict, until: str) -> str:
    code, answer = hand_in(net, record, until)
    check_equal(code, 0, f"holding {record['urn']}: {answer.get('sentence')}")
    recipients = {row["agency"] for row in rows(answer, "recipient") if row["sent"] == "yes"}
    check_equal(recipients, {"SWROCU", "JFC", "PND"}, "who would get it")
    return rows(answer, "held")[0]["id"]


def listed(net: Network) -> list[str]:
    return [row["id"] for row in net.at("F55", "publish", "--held")[1] if "until" in row]


def todos(net: Network) -> dict[str, str]:
    return {row["record"]: row["what"] for row in net.at("F55", "todo")[1]
            if row.get("kind") == "held"}


def at_cell(net: Network) -> int:
    return len([row for row in net.at("JFC", "inbox")[1] if "id" in row])


def want_second_person(net: Network) -> None:
    """The agency's policy changes while a record is held."""
    path = net.path("F55", "config")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    check("second_person = 0" in text, "the line to change")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("second_person = 0", "second_person = 1"))
    restart(net, "F55")


def test_refusals(net: Network) -> None:
    for what, until, fields in (("the past", utc(-60), {}), ("over a year", utc(367 * 86400), {}),
                                ("no time", "tomorrow", {}),
                                ("urgent", utc(3600), {"priority": "high"}),
                                ("it expires", utc(7200), {"expires_at": utc(3600)})):
        code, answer = hand_in(net, simple_record("F55", 1, **fields), until)
        findings = [f for f in rows(answer, "finding") if f["rule"] == "M2"]
        check(code != 0 and findings and findings[0]["mend"], f"{what} is refused: {answer}")
    code, answer = hand_in(net, simple_record("F55", 1, date_created="soon"), utc(3600))
    check(code != 0, "what the rules refuse is not held")
    check_equal(listed(net), [], "nothing of it is kept")


def check_logged(net: Network) -> None:
    """R11, over the kills: each record that came has its row in the publisher's log."""
    for row in net.at("JFC", "inbox")[1]:
        if "id" not in row:
            continue
        wait(f"{row['id']} everywhere", lambda i=row["id"]: {"SWROCU", "JFC", "PND"} <= {
            agency for agency, one in net.trace("F55", i)[1].items() if one["stored"]})
        _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "disclose",
                        "--object", row["id"])
        told = {agency for one in log if one.get("operation") == "disclose"
                for agency in one["with"].replace(",", " ").split()}
        check_equal(told, {"SWROCU", "JFC", "PND"}, f"disclosures of {row['id']} in the log")


def test(options: argparse.Namespace) -> None:
    with network(options.binary, ONE_BUREAU) as net:
        test_refusals(net)
        dropped = hold(net, simple_record("F55", 2), utc(3600))
        code, answer = hand_in(net, simple_record("F55", 2), utc(3600))
        check(code != 0 and "already" in answer["sentence"], "the same record is held once")
        net.at("F55", "publish", "--cancel", dropped)
        check_equal(listed(net), [], "cancelled")

        until = time.time() + SOON_S
        first = [hold(net, simple_record("F55", number, title=CANARY), utc(SOON_S))
                 for number in range(10, 16)]
        check_equal(set(listed(net)), set(first), "the list")
        net.processes_kill("F55")
        with open(net.path("F55", "journal.db"), "rb") as f:
            check(CANARY.encode() not in f.read(), "it is sealed")
        net.start("F55")
        wait("the bureau to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
        while time.time() < until - 1.2:
            check_equal(at_cell(net), 0, "nothing before its time")
        for _ in range(4):  # killed while it publishes
            time.sleep(0.5)
            net.processes_kill("F55")
            net.start("F55")
        wait("the bureau to answer again", lambda: net.at("F55", "status", check=False)[0] == 0)
        wait("the cell to hold all", lambda: at_cell(net) >= len(first))
        wait("nothing to be held", lambda: listed(net) == [], 60)
        check_logged(net)

        refused = hold(net, simple_record("F55", 20), utc(SOON_S))
        want_second_person(net)
        wait("the refusal to be a to-do", lambda: refused in todos(net))
        check("second person" in todos(net)[refused], f"the reason: {todos(net)}")
        check_equal(listed(net), [refused], "it is kept")
        restart(net, "F55")
        check(refused in todos(net), "over a restart")
        net.at("F55", "publish", "--cancel", refused)
        check_equal((todos(net), listed(net)), ({}, []), "cancelled")
        check_equal(at_cell(net), len(first), "each once, and nothing else")
        check(CANARY not in log_text(net, "F55"), "nothing of it in the log")


if __name__ == "__main__":
    run(test, __doc__)
