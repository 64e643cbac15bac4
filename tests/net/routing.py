#!/usr/bin/env python3
"""What `explain` says is what is then sent, for every sample and for records by chance; and
immigration enforcement is reached by a named person's decision alone."""

import argparse
import datetime
import json
import os
import random
import sqlite3
import time

from scene import (AGENCIES, DEPLOY, Network, check, check_equal, folder, held, network,
                   published, record_of, rows, run, samples, say, simple_record, verify, wait)

CAST = {
    "F55": ("Dorset Police FIB", "fib", "55", "SWROCU"),
    "F44": ("Hampshire FIB", "fib", "44", "SEROCU"),
    "F01": ("Metropolitan Police FIB", "fib", "01", "LONDON"),
    "IE": ("Immigration Enforcement", "immigration", None, None),
    "JFC": AGENCIES["JFC"],
    "PND": AGENCIES["PND"],
    "SEROCU": AGENCIES["SEROCU"],
    "SWROCU": AGENCIES["SWROCU"],
}
BUREAUX = ("F55", "F44", "F01")
LONG = bool(os.environ.get("FLAGPOST_LONG"))
DRAWN = 120 if LONG else 40  # records by chance

# Beside the shipped rules.
RULES = """
route watch send to region:SEROCU when owner=fib priority=high force!=44
route shield deny to SEROCU when role=victim,witness
route duty deny to kind:fusion when purpose=duty handling=C
route cover confidential to SWROCU when sanitisation=S2
route wishful send to IE,own-rocu when flag=OIMCR role!=witness
"""
PURPOSES = ("protect-life", "preserve-order", "prevent", "justice", "duty")
ROLES = ("suspect", "convicted", "victim", "witness", "other", "unknown")
REASON = "Overstayer named as organiser, asked for by the Sussex team"


def with_rules(path: str) -> str:
    with open(os.path.join(DEPLOY, "lists", "lists.txt"), encoding="utf-8") as f:
        text = f.read()
    out = os.path.join(path, "lists-with-rules.txt")
    with open(out, "w", encoding="utf-8") as f:
        f.write(text + RULES)
    return out


def changed(record: dict, chance: random.Random) -> dict:
    """The record as another one that rules see differently."""
    record["priority"] = chance.choice(("high", "medium", "low"))
    record["purpose"] = chance.choice(PURPOSES)
    record["marking"] = chance.choice(("OFFICIAL", "OFFICIAL-SENSITIVE"))
    for key in ("action", "sanitisation", "conditions", "condition_reason", "a3_usage"):
        record.pop(key, None)
    record["handling"] = chance.choice("PC")
    if record["handling"] == "C":
        record.update(action=chance.choice(("A1", "A2")), sanitisation=chance.choice(("S1", "S2")),
                      conditions="Ask the owner first.", condition_reason="Risk to an inquiry.")
    for person in record.get("persons", []):
        person["roles"] = [chance.choice(ROLES)]
    if chance.random() < 0.3:
        record["crime_code"] = chance.choice(("FICT-OIM-00", "NONSENSE"))
    return record


def explained(net: Network, publisher: str, record: dict, *options: str) -> dict[str, dict]:
    """What `explain` says of each agency."""
    code, answers = net.at(publisher, "explain", "-", *options, check=False,
                           text=json.dumps(record))
    check(answers, f"an explanation of {record['urn']}: exit {code}")
    told = {row["agency"]: row for row in rows(answers[0], "recipient")}
    check_equal(set(told), set(CAST) - {publisher}, f"agencies told of for {record['urn']}")
    check(all(row["rule"] or row["reason"] for row in told.values()), "a reason for each")
    return told


def judged(findings: list[dict]) -> list[tuple]:
    return sorted((f["rule"], f["field"], f["severity"], f["sentence"], f["mend"]) for f in findings)


def checked(net: Network, publisher: str, record: dict) -> tuple[bool, list[tuple]]:
    """Whether `check` calls it right, and its findings."""
    code, answers = net.at(publisher, "check", "-", check=False, text=json.dumps(record))
    check(answers[-1]["node_asked"], f"the node was not asked: {answers[-1]}")
    return code == 0, judged([row for row in answers if "rule" in row])


def publish_all(net: Network, chance: random.Random) -> dict[str, tuple[str, set[str]]]:
    """record id -> (publisher, who was told to get it)."""
    wanted = {}
    refused = 0
    number = 0
    drawn = [(s, None) for s in samples()]
    drawn += [(chance.choice(samples()), chance) for _ in range(DRAWN)]
    for sample, by in drawn:
        for publisher in BUREAUX if LONG and by is None else (chance.choice(BUREAUX),):
            number += 1
            record = record_of(sample, publisher, number)
            record["station"] = publisher[1:] + "AA"
            if by is not None:
                record = changed(record, chance)
            told = explained(net, publisher, record)
            yes = {agency for agency, row in told.items() if row["sent"] == "yes"}
            right = checked(net, publisher, record)
            code, answer = net.publish(publisher, record)
            check_equal(code == 0, bool(yes), f"{record['urn']}: published")
            check_equal((code == 0, judged(rows(answer, "finding"))), right,
                        f"{record['urn']}: what publish says, and what check said")
            if code != 0:
                refused += 1
                continue
            wanted[rows(answer, "record")[0]["id"]] = (publisher, yes)
    check(len(wanted) > DRAWN // 2 and len({tuple(sorted(yes)) for _, yes in wanted.values()}) > 4,
          "enough records, and answers that differ")
    say(f"{len(wanted)} records explained and published, {refused} refused")
    return wanted


def check_sent(net: Network, wanted: dict[str, tuple[str, set[str]]]) -> None:
    """Each agency holds what it was told to get, and nothing else."""
    for agency in CAST:
        own = {i for i, (publisher, _) in wanted.items() if publisher == agency}
        mine = {i for i, (_, yes) in wanted.items() if agency in yes}
        wait(f"{agency} to hold its {len(mine)} records",
             lambda: mine <= set(held(net, agency)), 60)
        check_equal(set(held(net, agency)) - own, mine, f"what {agency} holds")
    for record, (publisher, yes) in list(wanted.items())[::10]:
        _, traced = net.trace(publisher, record)
        check_equal(set(traced), yes, f"whom {publisher} traces {record} to")


def nobody(net: Network) -> None:
    """London's team is not enrolled, a rule keeps it from the cell and it has no code: what
    reaches nobody is refused, and said to, with each rule that reached nobody."""
    record = simple_record("F01", 9100, station="01AA", purpose="duty", handling="C",
                           action="A1", sanitisation="S1", conditions="Ask the owner first.",
                           condition_reason="Risk to an inquiry.", crime_code="NONSENSE")
    for command in ("explain", "publish"):
        code, answers = net.at("F01", command, "-", check=False, text=json.dumps(record))
        check_equal(code, 1, f"{command}: a record for nobody")
        found = [f for f in rows(answers[0], "finding") if f["rule"] == "M2"]
        check_equal({f["field"] for f in found}, {"recipients"}, f"{command}: fields")
        check_equal([f["sentence"] for f in found], [
            "the routing rule london reaches nobody: no agency with that role is enrolled",
            "the routing rule wishful reaches nobody: no regional unit serves the owner's force: "
            "an explicit rule must",
            "this record reaches nobody: no rule and no person's decision sends it to an agency "
            "that may have it"], f"{command}: what is said")
        check_equal([f["severity"] for f in found], ["advise", "advise", "refuse"], command)
        check("flagpost explain" in found[2]["mend"], f"{command}: its mend: {found[2]}")
    _, log = net.at("F01", "audit", "--use", "integrity", "--operation", "refuse",
                    "--purpose", "test")
    check("M2" in log[-2 if "sentence" in log[-1] else -1]["rules"], f"the log: {log[-2:]}")


def decide(net: Network, agency: str, record: str, *options: str) -> int:
    return net.at(agency, "decide", record, "--to", "IE", *options, check=False)[0]


def decisions(net: Network) -> None:
    by = ("--person", "Sgt Marsh", "--reason", REASON)
    over = ("--override-person", "DI Vane", "--override-reason", "Asked for protection there")
    suspect = simple_record("F55", 9001, persons=[
        {"surname": "Pellow", "born": "1979-06-21", "roles": ["suspect"]}])
    victim = simple_record("F55", 9002, persons=[
        {"surname": "Tregenza", "born": "1991-02-03", "roles": ["suspect", "victim"]}])

    told = explained(net, "F55", suspect)
    check_equal((told["IE"]["sent"], "never reached by a rule" in told["IE"]["reason"]),
                ("no", True), "a rule that names immigration enforcement")
    code, answer = net.publish("F55", suspect)
    check_equal(code, 0, "publishing")
    first = rows(answer, "record")[0]["id"]
    check_equal(decide(net, "F55", first), 2, "a decision without person and reason")
    wait("the unit to hold it", lambda: first in held(net, "SWROCU"))
    check_equal(decide(net, "SWROCU", first, *by), 4, "a decision of who only holds it")
    check_equal(net.at("F55", "decide", first, "--to", "JFC", *by, check=False)[0], 1,
                "a decision for an agency that rules reach")
    check_equal(decide(net, "F55", first, *by), 0, "a decision with both")
    wait("immigration enforcement to hold it", lambda: held(net, "IE") == [first])
    check_equal(decide(net, "F55", first, *by), 1, "the same decision again")
    _, traced = net.trace("F55", first)
    check_equal(set(traced), {"IE", "JFC", "PND", "SWROCU"}, "trace over both entries")

    told = explained(net, "F55", victim, "--to", "IE", *by)
    check_equal((told["IE"]["sent"], "blocked" in told["IE"]["reason"]), ("no", True),
                "a victim, decided without a second reason")
    done = net.at("F55", "publish", "-", "--to", "IE", *by, check=False,
                  text=json.dumps(victim))
    check_equal(done[0], 0, "the others get it all the same")
    check("R10" in [f["rule"] for f in rows(done[1][0], "finding")], "and it is told")
    second = rows(done[1][0], "record")[0]["id"]
    wait("the unit to hold the second", lambda: second in held(net, "SWROCU"))
    check_equal(decide(net, "F55", second, *by), 4, "blocked after publishing, too")
    check_equal(decide(net, "F55", second, *by, "--override-person", "DI Vane",
                       "--override-reason", REASON), 1, "the first reason said again")
    check_equal(held(net, "IE"), [first], "what immigration enforcement holds by then")
    check_equal(decide(net, "F55", second, *by, *over), 0, "over the block")
    wait("immigration enforcement to hold both", lambda: set(held(net, "IE")) == {first, second})

    rows_ = [row for row in net.at("F55", "audit", "--use", "integrity", "--purpose", "test")[1]
             if row.get("operation") == "decide"]
    check_equal([(row["with"], REASON in row["purpose"]) for row in rows_],
                [("IE", True), ("IE", True)], "the log's rows of decisions")
    with sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True) as db:
        check_equal(db.execute("SELECT count(*) FROM entry WHERE kind = 11").fetchone()[0], 2,
                    "entries of the local stream that say who decided")


def decide_older(net: Network) -> None:
    """A block that a correction brings is not got round by the version before it."""
    why = ("--person", "Sgt Marsh", "--reason", REASON)
    person = {"surname": "Angwin", "born": "1984-04-01", "roles": ["suspect"]}
    record = simple_record("F55", 9006, persons=[person])
    older = published(net, "F55", record)["id"]
    born = f"{datetime.date.today().year - 10}-04-01"
    code, told = net.at("F55", "supersede", older, "-", *why, check=False, text=json.dumps(
        {**record, "persons": [{**person, "born": born}]}))
    check_equal(code, 0, f"a correction that makes a child of him: {told}")
    newer = next(row["id"] for row in told if row.get("row") == "record")
    had = set(held(net, "IE"))
    code, told = net.at("F55", "decide", older, "--to", "IE", *why, check=False)
    check((code, newer in told[-1]["sentence"]) == (4, True), f"a decision about v1: {told}")
    check_equal(decide(net, "F55", newer, *why), 4, "a decision about what is blocked")
    check_equal(set(held(net, "IE")), had, "what immigration enforcement holds")


def check_seen(net: Network, record_id: str) -> None:
    for agency, seen in (("SWROCU", {"F55", "PND", "SWROCU"}), ("JFC", {"F55", "JFC"})):
        with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
            header = db.execute("SELECT header FROM entry WHERE id = ?",
                                (bytes.fromhex(record_id),)).fetchone()[0]
        found = {name for name in CAST if name.encode() in header}
        check_equal(found, seen, f"whom {agency} sees among the recipients of {record_id}")


def confidential(net: Network) -> None:
    record = simple_record("F55", 9003)
    code, answers = net.at("F55", "publish", "-", "--confidential", "JFC",
                           text=json.dumps(record))
    check_equal(code, 0, "publishing in confidence")
    told = {row["agency"]: row["alone"] for row in rows(answers[0], "recipient")
            if row["sent"] == "yes"}
    check_equal(told, {"JFC": "yes", "PND": "no", "SWROCU": "no"}, "who stands alone")
    record_id = rows(answers[0], "record")[0]["id"]
    for agency in told:
        wait(f"{agency} to hold it", lambda: record_id in held(net, agency))
    check_seen(net, record_id)
    code, answers = net.at("F55", "supersede", record_id, "-", "--reason", "a wrong place",
                           text=json.dumps({**record, "title": "Seen at the other quay"}))
    check_equal(code, 0, "a correction of it")
    newer = next(row["id"] for row in answers if row.get("row") == "record")
    for agency in told:
        wait(f"{agency} to hold the correction", lambda: newer in held(net, agency))
    check_seen(net, newer)


def expiry(net: Network) -> None:
    """What expires while a recipient is away is not sent any more; who has it is told."""
    def told(agency: str, record: str) -> tuple[str, str]:
        screen = net.run("show", "--home", net.path(agency), "--purpose", "test", record).stdout
        return next(row["note"] for row in net.at(agency, "inbox")[1] if row.get("id") == record), screen

    net.stop("JFC")
    ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
    short = simple_record("F55", 9004, expires_at=ends.strftime("%Y-%m-%dT%H:%M:%SZ"))
    first = published(net, "F55", short)["id"]
    wait("the unit to hold it in time", lambda: first in held(net, "SWROCU"), 3)
    wait("its end", lambda: datetime.datetime.now(datetime.timezone.utc) > ends)
    later = (ends + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    second = published(net, "F55", simple_record("F55", 9005, expires_at=later))["id"]
    note, screen = told("SWROCU", first)
    check(f"EXPIRED on {short['expires_at']}" in note and note in screen, f"the unit: {note} {screen}")
    check(note in net.at("F55", "trace", first)[1][-1]["sentence"], "the owner's trace")
    net.start("JFC")
    wait("the cell to answer", lambda: net.at("JFC", "status", check=False)[0] == 0)
    wait("the cell to hold what came after", lambda: second in held(net, "JFC"))
    check(first not in held(net, "JFC"), "an expired record was sent")
    note, screen = told("JFC", second)
    check("EXPIRED" not in note + screen and later in screen, f"one that has not expired: {note} {screen}")
    check_equal(decide(net, "F55", first, "--person", "Sgt Marsh", "--reason", REASON), 1,
                "a decision about an expired record")


TRIED = """
route unit send to own-rocu when owner=fib force!=01,48,93
route national send to kind:ingest when owner=fib needs code
route all send to kind:rocu when flag=OIMCR
route less deny to own-rocu when priority=low
"""


def dry_run(net: Network) -> None:
    """Rules that nobody signed, over what has passed: told, and nothing else happens."""
    with open(net.lists, encoding="utf-8") as f:
        shipped = f.read()
    body = shipped[:shipped.index("\nroute ")]
    path = net.path("tried.txt")
    before = {agency: set(held(net, agency)) for agency in CAST}

    def tried(text: str, *options: str) -> tuple[int, list[dict]]:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return net.at("F55", "policy test", path, *options, check=False)

    check_equal(tried(body + TRIED)[0], 4, "a dry run without a purpose")
    why = ("--purpose", "Proposed rules of next month")
    code, answers = tried(body + TRIED + "route broken send nowhere\n", *why)
    line = (body + TRIED).count("\n") + 1
    check_equal((code, f"line {line} " in answers[-1]["sentence"]), (1, True),
                "a fault in the rules, by its line")
    # The place of a fault costs a few readings, not one for each line before it.
    begun = time.monotonic()
    for text, line in (("#\n" * 32000 + "flag\n", 32001), ("flag\n" + "#\n" * 32000, 1),
                       ("#\nflag A\n\n# x\nflag b\nflag C", 5), ("flag A\nflag", 2)):
        code, answers = tried(text, *why)
        check_equal((code, f"line {line} " in answers[-1]["sentence"]), (1, True),
                    f"a fault in line {line}: {answers}")
    check(time.monotonic() - begun < 10, "faults are looked for too long")
    code, answers = tried(shipped, *why)
    total = [row for row in answers if row.get("row") == "sum"][0]
    check_equal((code, total["changed"]), (0, "0"), "the rules in force against themselves")

    code, answers = tried(body + TRIED, *why)
    changes = [row for row in answers if row.get("row") == "change"]
    total = [row for row in answers if row.get("row") == "sum"][0]
    check_equal((code, int(total["gained"]) + int(total["lost"])), (0, len(changes)), "sums")
    told = {(row["agency"], row["change"]) for row in changes}
    check(("JFC", "loses") in told and ("JFC", "gains") not in told, "the cell has no rule")
    check({("SEROCU", "gains"), ("SWROCU", "loses")} <= told, "units gain and lose")
    check("IE" not in {agency for agency, _ in told}, "immigration enforcement is on no rule")
    check_equal({row["rule"] for row in changes if row["change"] == "gains"}, {"all"},
                "the rule that would send")
    records = {row["id"] for row in changes}
    check(len(records) == int(total["changed"]) <= int(total["records"]), "each record once")
    check_equal(total["all"], "yes", "all records were judged")
    text = json.dumps(answers)
    check(not any(word in text for word in ("Pellow", "Tregenza", "Kimmeridge", "-IR-")),
          "ids and counts, never what a record says")
    check_equal({agency: set(held(net, agency)) for agency in CAST}, before, "nothing moved")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with folder() as path:
        rules = with_rules(path)
        with network(options.binary, CAST, rules) as net:
            check_sent(net, publish_all(net, chance))
            nobody(net)
            decisions(net)
            decide_older(net)
            confidential(net)
            expiry(net)
            dry_run(net)
            for agency in CAST:
                verify(net, agency)


if __name__ == "__main__":
    run(test, __doc__)
