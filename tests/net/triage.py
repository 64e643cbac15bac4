"""A unit's inbox as work: who has a record in hand, what is old, and what needs nobody any more.

One person has a record and the others see who; it is taken over with a reason; what nobody has read,
or what is urgent and unacknowledged, is not closed.  All of it is in the log, survives a kill, stays
at home and goes with the record.
"""

import argparse
import os
import signal
import sqlite3
import subprocess

import operators
import scene
from scene import Network, check, check_equal

OTHER = 23001  # a colleague's user
NAME = "Zylqorv"  # nowhere else in any file


def say(net: Network, command: str, uid: int | None = None) -> tuple[int, str]:
    code, answer = operators.ask(net, command, uid, agency="SWROCU")
    return code, answer["sentence"]


def inbox(net: Network, *filters: str) -> dict[str, dict]:
    return {row["id"]: row for row in net.at("SWROCU", "inbox", *filters)[1] if "id" in row}


def theirs(net: Network, uid: int) -> set[str]:
    _, answers = operators.ask_all(net, "inbox --work mine", uid, agency="SWROCU")
    return {row["id"] for row in answers if "id" in row}


def restart(net: Network) -> None:
    net.stop("SWROCU", signal.SIGKILL)
    net.start("SWROCU")
    net.wait("SWROCU to answer", lambda: net.at("SWROCU", "status", check=False)[0] == 0)


def check_columns(net: Network, made: list[str]) -> None:
    """What a desk chooses by stands in the list."""
    rows = inbox(net)
    check_equal(set(rows), set(made), "what has arrived")
    for row in rows.values():
        check("OIMCR" in row["flags"] and row["read"] == "unread" and row["work"] == "open" and
              row["by"] == "" and row["age"].endswith((" s", " min")), f"a row: {row}")
    check_equal(inbox(net, "--older", "1"), {}, "what is here for an hour")
    check_equal(set(inbox(net, "--work", "unclaimed")), set(made), "what nobody has")
    code, answers = net.at("SWROCU", "inbox", "--work", "done", check=False)
    check(code == 2 and "unclaimed" in answers[-1]["sentence"], f"no such word: {answers}")


def check_claims(net: Network, one: str, other: str) -> None:
    check_equal(say(net, f"claim {one}")[0], 0, "the first")
    code, told = say(net, f"claim {one}", OTHER)
    check(code != 0 and "uid:0 " in told and "--over" in told, f"the second: {code} {told}")
    row = inbox(net)[one]
    check(row["work"] == "claimed" and row["by"].startswith("uid:0 "), f"others see: {row}")
    check_equal((set(inbox(net, "--work", "mine")), theirs(net, OTHER)), ({one}, set()), "whose it is")
    check(one not in inbox(net, "--work", "unclaimed"), "what somebody has is unclaimed")
    code, told = say(net, f"claim {one} --over", OTHER)
    check(code == 4 and "--reason" in told, f"taken over without a reason: {code} {told}")
    check_equal(say(net, f"claim {one} --over --reason leave", OTHER)[0], 0, "taken over")
    restart(net)
    check_equal(theirs(net, OTHER), {one}, "whose it is over a kill")
    code, told = say(net, f"claim {one} --back")
    check(code != 0 and f"uid:{OTHER}" in told, f"another's given back: {code} {told}")
    check_equal(say(net, f"claim {other} ")[0], 0, "another one")
    check_equal(say(net, f"claim {other} --back")[0], 0, "given back")
    check_equal(set(inbox(net, "--work", "claimed")), {one}, "what is claimed")


def check_closed(net: Network, one: str, urgent: str) -> None:
    code, told = say(net, f"close {one} --reason done", OTHER)
    check(code == 4 and "opened" in told, f"closed unread: {code} {told}")
    operators.ask(net, f"show {one} --purpose triage", OTHER, agency="SWROCU")
    check_equal(inbox(net)[one]["read"], "read", "once it was shown")
    code, told = say(net, f"close {one} --reason done")
    check(code == 4 and f"uid:{OTHER}" in told, f"closed for a colleague: {code} {told}")
    check_equal(say(net, f"close {one}", OTHER)[0], 4, "closed without a reason")
    check_equal(say(net, f"close {one} --reason done", OTHER)[0], 0, "closed")
    check(one in inbox(net, "--work", "closed") and one not in inbox(net, "--work", "open"), "open or not")
    net.at("SWROCU", "show", urgent, "--purpose", "triage")
    code, told = say(net, f"close {urgent} --reason done")
    check(code == 4 and "acknowledge" in told, f"urgent and unacknowledged: {code} {told}")
    net.at("SWROCU", "acknowledge", urgent, "--person", "duty sergeant")
    check_equal(say(net, f"close {urgent} --reason done")[0], 0, "urgent and acknowledged")
    restart(net)
    check_equal(set(inbox(net, "--work", "closed")), {one, urgent}, "closed, over a kill")


def notes(net: Network, record: str, uid: int | None = None) -> list[tuple[str, str]]:
    _, answers = operators.ask_all(net, f"notes {record} --purpose triage", uid, agency="SWROCU")
    return [(row["by"].split()[0], row["text"]) for row in answers if "text" in row]


def note(net: Network, record: str, text: str) -> tuple[int, list[dict]]:
    return net.at("SWROCU", "note", record, "--text", text, check=False)


def check_notes(net: Network, one: str) -> None:
    """Colleagues read them, with a purpose in the log; no file has them, and a search for one person has."""
    check_equal(notes(net, one), [], "before there is one")
    check_equal(note(net, one, f"{NAME}'s boat, too")[0], 0, "a note")
    check_equal(note(net, one, "ask the coastguard")[0], 0, "a second one")
    restart(net)
    check_equal(notes(net, one, OTHER), [("uid:0", f"{NAME}'s boat, too"), ("uid:0", "ask the coastguard")],
                "what a colleague reads")
    done = net.run("show", one, "--home", net.path("SWROCU"), "--purpose", "triage")
    check("notes of this agency: 2" in done.stdout and "closed by uid:" in done.stdout,
          f"shown beside the record: {done.stdout[:600]}")
    code, told = say(net, f"notes {one}", OTHER)
    check(code == 4 and "--purpose" in told, f"without a purpose: {code} {told}")
    _, answers = net.at("SWROCU", "subject", "--name", NAME, "--purpose", "access", "--reason", "SAR")
    check_equal([(row["id"], row["where"]) for row in answers if row.get("row") == "hit"], [(one, "notes")],
                "a search for one person")
    files = subprocess.run(["grep", "-rl", NAME, net.folder], capture_output=True, text=True).stdout.split()
    check_equal(files, [], "files with a note's words")
    read = [row for row in log_of(net, one) if row["outcome"] == "notes shown"]
    check_equal({(row["operation"], row["purpose"]) for row in read}, {("consult", "triage")}, "readings")
    check(NAME not in str(log_of(net, one)), "the log has what was noted")


def rows_of_notes(net: Network) -> int:
    with sqlite3.connect(f"file:{net.path('SWROCU', 'journal.db')}?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM shelf WHERE kind = 34").fetchone()[0]


def log_of(net: Network, one: str) -> list[dict]:
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test", "--object", one)
    return [row for row in log if "operation" in row]


def check_log(net: Network, one: str) -> None:
    check_equal(say(net, f"reopen {one} --reason more")[0], 0, "reopened")
    check_equal(inbox(net)[one]["by"][:6], "uid:0 ", "whose it is then")
    said = [(row["outcome"], row["actor"].split()[0], row["purpose"]) for row in log_of(net, one)
            if row["operation"] == "alter" and row["outcome"] != "noted"]
    check_equal([row[1:] for row in said], [("uid:0", ""), (f"uid:{OTHER}", "leave"),
                                            (f"uid:{OTHER}", "done"), ("uid:0", "more")], "who and why")
    check_equal([row[0].split(",")[0] for row in said], ["claimed", "claimed", "closed", "reopened"], "what")
    check("taken over from uid:0" in said[1][0], f"from whom: {said[1]}")


def check_ended(net: Network, one: str, urgent: str) -> None:
    """A withdrawn record is nobody's to claim; erased, nobody has it in hand."""
    net.at("F55", "recall", one, "--reason", "another person", "--person", "DS")
    scene.wait("the recall", lambda: inbox(net)[one]["note"] != "")
    code, told = say(net, f"claim {one} --over --reason x", OTHER)
    check(code != 0 and "statement" in told, f"recalled: {code} {told}")
    check_equal(inbox(net)[one]["work"], "claimed", "who has it can still be asked")
    code, told = say(net, f"notes {one} --purpose x")
    check(code == 4 and "RECALLED" in told, f"notes of what is recalled: {code} {told}")
    check_equal(rows_of_notes(net), 2, "notes on the shelf")
    net.at("SWROCU", "statement", one, "--erased", "--person", "DI", "--reason", "recalled")
    check_equal((inbox(net)[one]["work"], inbox(net)[one]["by"]), ("open", ""), "once erased")
    check_equal(rows_of_notes(net), 0, "notes on the shelf, once erased")
    _, answers = net.trace("F55", urgent)
    check("closed" not in str(answers) and "claimed" not in str(answers), f"its owner sees: {answers}")
    code, told = operators.ask(net, f"claim {urgent}", agency="F55")
    check(code != 0 and "another agency" in told["sentence"], f"one's own: {code} {told}")


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("root alone can become other users")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        operators.open_to_others(net, "SWROCU")
        made = [scene.published(net, "F55", scene.simple_record("F55", n, priority=priority))["id"]
                for n, priority in ((1, "medium"), (2, "low"), (3, "high"))]
        for record in made:
            scene.wait_stored(net, "F55", record, {"SWROCU"})
        one, other, urgent = made
        check_columns(net, made)
        check_claims(net, one, other)
        check_closed(net, one, urgent)
        check_notes(net, one)
        check_log(net, one)
        check_ended(net, one, urgent)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
