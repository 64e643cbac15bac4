"""Owners see what was first done with their records elsewhere: by agency and class of purpose.

Each thing once, in batches, never with a person; what a recipient's policy leaves out is not told,
and that it was not is a row of its own log; what waits for its batch waits over a restart, too.  Unusual reading is an alert at home.
"""

import argparse
import json
import os

import drafts
import operators
import scene
from scene import Network, check, check_equal, say
from urgent import configure, restart

UNDER_C = {"handling": "C", "action": "A2", "sanitisation": "S1", "conditions": "ask first",
           "condition_reason": "an enquiry is under way", "marking": "OFFICIAL"}
PERSON = "sergeant" + "handlingqzvx"
LATER = "10080"  # minutes: not in this test's time


def handled(net: Network, record: str) -> list[tuple[str, str, str]]:
    return sorted((row["agency"], row["what"], row["class"])
                  for row in scene.rows_at_id(net, "F55", "trace", record, "handling"))


def wait_handled(net: Network, record: str, wanted: list[tuple[str, str, str]]) -> None:
    scene.wait(f"{wanted} at the owner", lambda: handled(net, record) == sorted(wanted))


def show(net: Network, agency: str, record: str, *more: str) -> tuple[int, list[dict]]:
    return net.at(agency, "show", record, "--purpose", PERSON + " reads it", *more, check=False)


def outcomes(net: Network) -> int:
    """How many entries JFC's own routine log has."""
    return next(int(row["size"]) for row in scene.rows_at(net, "JFC", "status", "stream")
                if row["stream"] == "routine")


def check_told_once(net: Network) -> str:
    record = scene.published(net, "F55", scene.simple_record("F55", 1, **UNDER_C))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC", "PND"})
    check_equal(handled(net, record), [], "nobody has opened it")
    code, told = show(net, "JFC", record, "--class", "curiosity")
    check(code == 2 and "safeguarding" in told[-1]["sentence"], f"an unknown class: {told[-1]}")
    check_equal(show(net, "JFC", record, "--class", "safeguarding")[0], 0, "shown")
    check_equal(show(net, "JFC", record, "--class", "operation")[0], 0, "shown again")
    wait_handled(net, record, [("JFC", "opened", "safeguarding")])
    size = outcomes(net)
    show(net, "JFC", record)
    copy = net.path("copy.proof")
    net.at("SWROCU", "redact", record, "--items", "facts,report,provenance,text 1,grade 1",
           "--out", copy, "--purpose", PERSON, "--class", "prosecution")
    wait_handled(net, record, [("JFC", "opened", "safeguarding"),
                               ("SWROCU", "copied", "prosecution")])
    net.at("SWROCU", "republish", copy, "--person", PERSON, "--reason", "for a force")
    wait_handled(net, record, [("JFC", "opened", "safeguarding"),
                               ("SWROCU", "copied", "prosecution"),
                               ("SWROCU", "shared", "intelligence")])
    check_equal(outcomes(net), size, "the third reading told nothing more")
    plain = net.run("trace", "--home", net.path("F55"), record).stdout
    check("safeguarding" in plain and "shared" in plain, f"trace on a terminal: {plain}")
    return record


def check_own_is_not_told(net: Network, record: str) -> None:
    check_equal(show(net, "F55", record)[0], 0, "the owner reads its own")
    check(not [row for row in handled(net, record) if row[0] == "F55"], "told to itself")


def check_left_out(net: Network) -> str:
    """PND tells nothing, and its log says so."""
    record = scene.published(net, "F55", scene.simple_record("F55", 2))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC", "PND"})
    show(net, "PND", record)
    _, log = net.at("PND", "audit", "--use", "integrity", "--operation", "decide", "--purpose",
                    "a test")
    rows = [row for row in log
            if row.get("object") == record]
    check(len(rows) == 1 and "not told to F55: opened" in rows[0]["outcome"], f"the log: {rows}")
    show(net, "SWROCU", record)
    wait_handled(net, record, [("SWROCU", "opened", "intelligence")])
    return record


def check_batched(net: Network) -> str:
    """What waits for its batch is not told before, nor by a start."""
    with open(net.path("JFC", "config"), encoding="utf-8") as f:
        text = f.read()
    with open(net.path("JFC", "config"), "w", encoding="utf-8") as f:
        f.write(text.replace("\nhandling_minutes = 0", f"\nhandling_minutes = {LATER}"))
    restart(net, "JFC")
    record = scene.published(net, "F55", scene.simple_record("F55", 3))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC", "PND"})
    show(net, "JFC", record)
    show(net, "SWROCU", record)
    wait_handled(net, record, [("SWROCU", "opened", "intelligence")])
    process = net.processes.pop("JFC")
    process.kill()
    process.wait()
    net.start("JFC")
    scene.wait("JFC to answer", lambda: net.at("JFC", "status", check=False)[0] == 0)
    check_equal(handled(net, record), [("SWROCU", "opened", "intelligence")], "before its batch")
    return record


def alerts(net: Network, role: str) -> list[str]:
    _, told = operators.ask_all(net, "todo", operators.PEOPLE[role], agency="JFC")
    return [row["what"] for row in told if row.get("kind") == "reading"]


def check_unusual(net: Network, record: str) -> None:
    """Unusual reading is told those who read the log, not who read; looking at it closes it."""
    reader = operators.PEOPLE["read"]
    operators.open_to_others(net, "JFC")
    for role in ("read", "audit"):
        net.at("JFC", "operator set", f"uid:{operators.PEOPLE[role]}", "--roles", role)
    code, answer = operators.ask_all(net, f"show {record} --purpose tidying --class management",
                                     reader, agency="JFC")
    check_equal(code, 0, f"shown: {answer}")
    check_equal(alerts(net, "read"), [], "what the reader sees of it")
    told = alerts(net, "audit")
    check(len(told) == 1 and f"uid:{reader}" in told[0] and "management" in told[0],
          f"who reads the log is told: {told}")
    actor = told[0].split(" opened ")[0]
    for other in ("--operation install", "--until 2020-01-01", f"--object {record}",
                  "--since 2099-01-01", "--actor opened"):
        operators.ask_all(net, f"audit --use lawfulness --purpose inspection --actor {actor} {other}",
                          operators.PEOPLE["audit"], agency="JFC")
        check_equal(len(alerts(net, "audit")), 1, f"not looked at with {other}")
    operators.ask_all(net, f"audit --use lawfulness --purpose inspection --actor {actor}",
                      operators.PEOPLE["audit"], agency="JFC")
    check_equal(alerts(net, "audit"), [], "once it was looked at")


def check_all_is_counted(net: Network) -> None:
    """Attachments, drafts, sources and searches are readings, and a process that was killed forgets none."""
    folder = net.path("attached")
    os.mkdir(folder)
    with open(os.path.join(folder, "film.bin"), "wb") as f:
        f.write(b"x" * 1_100_000)  # two requests, one reading
    record = scene.simple_record("F55", 9, attachments=[{"name": "film.bin", "description": "x"}])
    path = net.path("attached.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(record, f)
    _, told = net.at("F55", "publish", path, "--attachments", folder)
    identity = scene.rows(told[0], "record")[0]["id"]
    draft = drafts.hand_in(net, {**drafts.submitted(10), "source": {"raw": "x"}})
    configure(net, "F55", "reading_hour_max = 6")  # with the one of check_own_is_not_told
    why = ("--purpose", "a test")
    net.at("F55", "attachment", identity, "1", "--out", net.path("film.out"), *why)
    for command in ("draft show", "source"):
        net.at("F55", command, draft, *why)
    net.at("F55", "redact", identity, "--items", "facts", "--out", net.path("x.proof"), *why)
    net.at("F55", "search", "film.bin", *why)
    check_equal(reading_at(net, "F55"), [], "six readings of six")
    for _ in range(2):
        process = net.processes.pop("F55")
        process.kill()
        process.wait()
        net.start("F55")
        scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
    show(net, "F55", identity)
    told = reading_at(net, "F55")
    check(len(told) == 1 and "opened 7 records" in told[0], f"the seventh: {told}")


def reading_at(net: Network, agency: str) -> list[str]:
    return [row["what"] for row in net.at(agency, "todo")[1] if row.get("kind") == "reading"]


def check_no_person(net: Network, records: list[str]) -> None:
    """Whoever read it stays at home: the name is in no log but the reader's, and in no trace."""
    for agency in net.agencies:
        told = json.dumps(net.at(agency, "inbox")[1]) + scene.log_text(net, agency)
        check(PERSON not in told, f"{agency} tells of {PERSON}")
    for record in records:
        told = json.dumps(scene.rows_at_id(net, "F55", "trace", record, "handling"))
        check(PERSON not in told, f"the trace of {record}: {told}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        for agency in ("SWROCU", "JFC"):
            configure(net, agency, "handling_minutes = 0")
        configure(net, "PND", "handling_minutes = 0", "handling_told = nothing")
        record = check_told_once(net)
        check_own_is_not_told(net, record)
        records = [record, check_left_out(net), check_batched(net)]
        check_no_person(net, records)
        check_all_is_counted(net)
        if os.geteuid() == 0:
            check_unusual(net, record)
        else:
            say("SKIPPED in part: root alone can become other users")
        for agency in net.agencies:
            scene.verify(net, agency)
        say("opened, copied and shared, as the owner sees it")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
