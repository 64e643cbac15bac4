#!/usr/bin/env python3
"""National ingestion answers each version of a record once, and its publisher sees it.

Accepted with the national reference or refused with rule and mend: signed outcomes, shown by the
bureau's `trace`; a refusal is a to-do that names the rule and nothing of the record and is gone
with the correction, which is answered by itself.  The same answer again changes nothing and
another is refused, also when the node is killed in the middle.  Other kinds of node do not answer.
"""

import argparse
import json
import random

import scene
from scene import Network, check, check_equal, say

REFUSED, WRONG_USE, UNREACHABLE = 1, 2, 3
KILLS = 8


def ask(net: Network, agency: str, command: str, *arguments: str) -> tuple[int, dict]:
    code, answers = net.at(agency, command, *arguments, check=False)
    return code, answers[-1] if answers else {}


def answers(net: Network, record: str) -> list[dict]:
    """What the bureau's trace tells of national ingestion."""
    return [{key: row[key] for key in ("agency", "says", "reference", "rule", "mend")}
            for row in scene.rows_at_id(net, "F55", "trace", record, "ingested")]


def accepted(reference: str) -> list[dict]:
    return [{"agency": "PND", "says": "accepted", "reference": reference, "rule": "", "mend": ""}]


def todos(net: Network) -> dict[str, str]:
    return {row["record"]: row["what"] for row in net.at("F55", "todo")[1]
            if row.get("kind") == "refused"}


def listed(net: Network, *options: str) -> dict[str, dict]:
    return {row["id"]: row for row in net.at("PND", "ingest list", *options)[1] if "id" in row}


def publish(net: Network, number: int, **fields: object) -> str:
    record = scene.published(net, "F55", scene.simple_record("F55", number, **fields))["id"]
    scene.wait("PND to hold it", lambda: record in scene.held(net, "PND"))
    return record


def check_accepted(net: Network) -> None:
    record = publish(net, 1)
    check_equal(listed(net)[record]["state"], "waiting", "before it is answered")
    code, answer = ask(net, "PND", "ingest accept", record[:12], "--reference", "N-2026-1")
    check(code == 0 and "will see" in answer["sentence"], f"{answer}")
    scene.wait("the bureau to see it", lambda: answers(net, record) == accepted("N-2026-1"))
    code, answer = ask(net, "PND", "ingest accept", record, "--reference", "N-2026-1")
    check(code == 0 and "nothing was sent again" in answer["sentence"], f"again: {answer}")
    for command, options in (("accept", ("--reference", "N-2026-2")),
                             ("refuse", ("--rule", "R7", "--mend", "mend it"))):
        code, answer = ask(net, "PND", f"ingest {command}", record, *options)
        check(code == REFUSED and "N-2026-1" in answer["sentence"], f"{command}: {answer}")
    row = listed(net, "--state", "accepted")[record]
    check_equal((row["reference"], row["from"]), ("N-2026-1", "F55"), "the list")
    check(record not in listed(net, "--state", "waiting"), "it waits no more")
    text = net.run("trace", "--home", net.path("F55"), record).stdout
    check("accepted" in text and "N-2026-1" in text, f"for a person: {text}")


def check_refused(net: Network) -> None:
    title = "Quillfeather at the harbour"
    record = publish(net, 2, title=title)
    check_equal(ask(net, "PND", "ingest refuse", record, "--rule", "LOAD.4", "--mend",
                    "give the date of the intelligence")[0], 0, "refused")
    scene.wait("a to-do", lambda: record in todos(net))
    check_equal(todos(net)[record], "refused by PND, rule LOAD.4", "and nothing of the record")
    check_equal(answers(net, record), [{"agency": "PND", "says": "refused", "reference": "",
                                        "rule": "LOAD.4",
                                        "mend": "give the date of the intelligence"}], "trace")
    restart(net, "F55")
    check(record in todos(net), "over a restart")
    correct = json.dumps(scene.simple_record("F55", 2, title=title + " at night"))
    code, answer = net.at("F55", "supersede", record, "-", "--reason", "refused by PND",
                          check=False, text=correct)
    check_equal(code, 0, f"the correction: {answer}")
    newer = scene.rows(answer[0], "record")[0]["id"] if "rows" in answer[0] else next(
        row["id"] for row in answer if row.get("row") == "record")
    check_equal(todos(net), {}, "after the correction")
    scene.wait("PND to hold the correction", lambda: newer in scene.held(net, "PND"))
    check_equal(answers(net, newer), [], "a version has an answer of its own")
    ask(net, "PND", "ingest accept", newer, "--reference", "N-2026-3")
    scene.wait("its own answer", lambda: answers(net, newer) == accepted("N-2026-3"))
    check_equal(answers(net, record)[0]["says"], "refused", "and the older keeps its")
    restart(net, "F55")
    check_equal(todos(net), {}, "it does not come back")


def corrected(net: Network, record: str, number: int) -> str:
    text = json.dumps(scene.simple_record("F55", number, title="Right now"))
    rows = net.at("F55", "supersede", record, "-", "--reason", "the date was wrong", text=text)[1]
    newer = next(row["id"] for row in rows if row.get("row") == "record")
    scene.wait("PND to hold the correction", lambda: newer in scene.held(net, "PND"))
    return newer


def check_one_reference(net: Network) -> None:
    """A national reference is of one record; a later version may keep it."""
    first, other = publish(net, 4), publish(net, 5)
    check_equal(ask(net, "PND", "ingest accept", first, "--reference", "N-2026-4")[0], 0, "the first")
    code, answer = ask(net, "PND", "ingest accept", other, "--reference", "N-2026-4")
    check(code == REFUSED and f"{first} of F55" in answer["sentence"], f"given twice: {answer}")
    check_equal(listed(net)[other]["state"], "waiting", "it was no answer")
    check_equal(ask(net, "PND", "ingest refuse", other, "--rule", "N-2026-4", "--mend", "x")[0], 0,
                "a rule is no reference")
    newer = corrected(net, first, 4)
    restart(net, "PND")
    check_equal(ask(net, "PND", "ingest accept", newer, "--reference", "N-2026-4")[0], 0,
                "a later version")
    mended = corrected(net, other, 5)
    code, answer = ask(net, "PND", "ingest accept", mended, "--reference", "N-2026-4")
    check(code == REFUSED and "N-2026-4" in answer["sentence"], f"another one's version: {answer}")
    third = publish(net, 6)
    check_equal(ask(net, "PND", "ingest accept", corrected(net, third, 6), "--reference", "N-2026-6")[0],
                0, "a later version alone")
    check_equal(ask(net, "PND", "ingest accept", third, "--reference", "N-2026-6")[0], 0,
                "and then the one before it")


def check_next(net: Network) -> None:
    """When what both sides have is next compared."""
    for command in ("ingest reconcile", "ingest list", "ingest list --state deleted"):
        told = net.at("PND", command)[1][-1]["sentence"]
        check("the next comparison is that with F55, at " in told, f"{command}: {told}")


def check_wrong(net: Network) -> None:
    record = publish(net, 3)
    long = "x" * 601
    for command, options, word in (
            ("accept", (), "national reference"), ("accept", ("--reference", "two words"), "spaces"),
            ("refuse", ("--rule", "R7"), "to be mended"), ("refuse", ("--mend", "x"), "the rule"),
            ("refuse", ("--rule", "a person's name", "--mend", "x"), "the rule"),
            ("refuse", ("--rule", "R7", "--mend", long), "600")):
        code, answer = ask(net, "PND", f"ingest {command}", record, *options)
        check(code == WRONG_USE and word in answer["sentence"], f"{command} {options}: {answer}")
    code, answer = ask(net, "PND", "ingest list", "--state", "lost")
    check(code == WRONG_USE and "waiting, recalled, loading" in answer["sentence"], f"{answer}")
    for agency in ("F55", "SWROCU", "JFC"):
        for command in ("list", f"accept {record} --reference N-1",
                        f"refuse {record} --rule R7 --mend x"):
            code, answer = ask(net, agency, "ingest " + command.split()[0], *command.split()[1:])
            check(code == REFUSED and "only national ingestion" in answer["sentence"],
                  f"{agency}: {command}: {answer}")
    check_equal(listed(net)[record]["state"], "waiting", "nothing of it was an answer")
    net.at("F55", "recall", record, "--reason", "wrong person", "--person", "DI at the bureau")
    scene.wait("the recall at PND", lambda: "RECALLED" in listed(net)[record]["note"])
    code, answer = ask(net, "PND", "ingest accept", record, "--reference", "N-1")
    check(code == REFUSED and "recalled" in answer["sentence"], f"recalled: {answer}")


def check_log(net: Network) -> None:
    """Each answer has its row and what changed nothing has none; the list names no record."""
    _, log = net.at("PND", "audit", "--use", "integrity", "--operation", "alter", "--purpose", "test")
    rows = [row for row in log if str(row.get("outcome", "")).startswith("answered")]
    check_equal(sorted(row["outcome"] for row in rows),
                ["answered: accepted"] * 2 + ["answered: refused"], "the log")
    check(all(row["actor"].startswith("uid:") for row in rows), "who answered")


def restart(net: Network, agency: str) -> None:
    net.stop(agency)
    up(net, agency)


def up(net: Network, agency: str) -> None:
    net.start(agency)
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def check_kills(net: Network, chance: random.Random) -> None:
    """Killed at any moment of answering: what it said stands, and asked again there is one."""
    hits = 0
    for number in range(KILLS):
        record = publish(net, 100 + number)
        command = [net.binary, "ingest", "accept", "--home", net.path("PND"), "--json", record,
                   "--reference", f"K-{number}"]
        asks, text = scene.kill_at_work(net, "PND", "PND", command, chance.uniform(0, 0.006))
        hits += asks
        said = scene.lines_of(text)
        up(net, "PND")
        state = listed(net)[record]["state"]
        check(state == "accepted" or not any(row.get("status") == "ok" for row in said),
              f"told as done and is {state}")
        # Another answer gets in where the first did not, and nowhere else.
        code, answer = ask(net, "PND", "ingest accept", record, "--reference", f"L-{number}")
        check_equal(code, REFUSED if state == "accepted" else 0, f"from {state}: {answer}")
        wanted = f"{'K' if state == 'accepted' else 'L'}-{number}"
        scene.wait("the bureau to see it", lambda: answers(net, record) == accepted(wanted))
        check_equal(scene.rows_at_id(net, "F55", "trace", record, "ignored"), [], "one answer")
    check(hits > 0, "no kill was in the midst of an answer")
    scene.figure("kills", hits)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        check_accepted(net)
        check_refused(net)
        check_wrong(net)
        check_log(net)
        check_one_reference(net)
        check_next(net)
        check_kills(net, random.Random(options.seed))
        for agency in ("F55", "PND"):
            scene.verify(net, agency)
        say("answers of national ingestion reach their publisher, each once")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
