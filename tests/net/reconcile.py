#!/usr/bin/env python3
"""National ingestion and a bureau find where they differ, list it at both sides and close it.

Rows are taken away by SQL from stopped nodes: an answer that PND no longer knows, a record that
it no longer has, an answer that the bureau lost.  One comparison finds each and nothing else; each
is a to-do at both sides until it is sent again, answered again or decided; then the two agree.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import time

import scene
from ingest import ask, up
from scene import Network, check, check_equal, say

REFUSED, WRONG_USE = 1, 2
DAMAGED = 5
RECORDS = 24
KILLS = 24 if os.environ.get("FLAGPOST_LONG") else 3
SHELF_INGESTED = 18
OF_AGENCY = "place >> 40 IN (SELECT number FROM stream WHERE agency = ?)"


def reconciled(net: Network, agency: str, other: str) -> dict:
    """How the last comparison with the other ended, as that side tells it."""
    for row in net.at(agency, "ingest reconcile")[1]:
        if row.get("row") == "reconciliation" and row["agency"] == other:
            return {**row, **{name: int(row[name])
                              for name in ("here", "there", "differences", "questions")}}
    return {}


def compare(net: Network) -> dict:
    """Asks for it, and waits until both sides know how it ended; PND's row."""
    before = reconciled(net, "F55", "PND").get("session", "")
    code, answer = ask(net, "PND", "ingest reconcile", "F55")
    check_equal(code, 0, f"asked: {answer}")
    scene.wait("the bureau to know how it ended",
               lambda: reconciled(net, "F55", "PND").get("session", "") != before)
    for agency, says in (("F55", "PND compares once a day: the next is to be expected at "),
                         ("PND", "the next comparison is that with F55, at ")):
        told = net.at(agency, "ingest reconcile")[1][-1]["sentence"]
        check(says in told, f"{agency} says when the next is: {told}")
    return reconciled(net, "PND", "F55")


def differences(net: Network, agency: str, *options: str) -> dict[str, dict]:
    return {row["record"]: row for row in net.at(agency, "ingest differences", *options)[1]
            if row.get("row") == "difference"}


def words(net: Network, agency: str) -> dict[str, tuple[str, str]]:
    return {record: (row["here"], row["there"])
            for record, row in differences(net, agency).items()}


def todos(net: Network, agency: str) -> dict[str, str]:
    return {row["record"]: row["what"] for row in net.at(agency, "todo")[1]
            if row.get("kind") == "difference"}


def publish_and_answer(net: Network) -> list[str]:
    """Of every three the first is accepted, the second refused, the third waits."""
    records = [scene.published(net, "F55", scene.simple_record("F55", number))["id"]
               for number in range(RECORDS)]
    scene.wait("PND to hold them", lambda: set(records) <= set(scene.held(net, "PND")))
    for number, record in enumerate(records):
        if number % 3 == 0:
            ask(net, "PND", "ingest accept", record, "--reference", f"N-{number}")
        if number % 3 == 1:
            ask(net, "PND", "ingest refuse", record, "--rule", "R7", "--mend", "mend it")
    answered = records[3 * (RECORDS // 3) - 2]
    scene.wait("the last answer", lambda: scene.rows_at_id(net, "F55", "trace", answered,
                                                           "ingested"))
    return records


def harm(net: Network, agency: str, *changes: tuple[str, tuple]) -> None:
    """As a person with SQLite's own tool would, while the node is down."""
    net.stop(agency)
    with sqlite3.connect(net.path(agency, "journal.db")) as db:
        for sql, values in changes:
            check_equal(db.execute(sql, values).rowcount, 1, f"rows changed: {sql}")
    up(net, agency)


def plant(net: Network, unknown: str, lacking: str, lost: str) -> None:
    """`unknown`: PND forgets its answer; `lacking`: the record; `lost`: the bureau its answer."""
    raw = bytes.fromhex
    harm(net, "PND",
         ("DELETE FROM shelf WHERE kind = ? AND about = ?", (SHELF_INGESTED, raw(unknown))),
         (f"DELETE FROM inbox WHERE place IN (SELECT place FROM entry WHERE id = ? AND "
          f"{OF_AGENCY})", (raw(lacking), "F55")),
         (f"DELETE FROM entry WHERE id = ? AND {OF_AGENCY}", (raw(lacking), "F55")))
    harm(net, "F55",
         (f"DELETE FROM inbox WHERE place IN (SELECT place FROM entry WHERE previous = ? AND "
          f"{OF_AGENCY})", (raw(lost), "PND")),
         (f"DELETE FROM entry WHERE previous = ? AND {OF_AGENCY}", (raw(lost), "PND")))


def check_agreement(net: Network) -> None:
    row = compare(net)
    check_equal((row["state"], row["here"], row["there"], row["differences"], row["questions"]),
                ("both agree", RECORDS, RECORDS, 0, 1), "nothing is planted")
    check_equal(reconciled(net, "F55", "PND")["state"], "both agree", "at the bureau")
    check("no difference is open" in ask(net, "F55", "ingest differences")[1]["sentence"],
          "an empty list says so")


def check_found(net: Network, unknown: str, lacking: str, lost: str) -> None:
    row = compare(net)
    check_equal((row["state"], row["here"], row["there"], row["differences"]),
                ("they differ", RECORDS - 1, RECORDS, 3), "PND's row")
    check_equal(words(net, "PND"), {unknown: ("waiting", "accepted"), lost: ("refused", "waiting"),
                                    lacking: ("no such record", "waiting")}, "at PND")
    check_equal(words(net, "F55"), {unknown: ("accepted", "waiting"), lost: ("waiting", "refused"),
                                    lacking: ("waiting", "no such record")}, "at the bureau")
    found = differences(net, "F55")
    check_equal((found[unknown]["here_as"], found[lost]["there_as"], found[lost]["with"]),
                ("N-3", "R7", "PND"), "what the words stand for")
    check(f"ingest resend {lacking}" in found[lacking]["do"], f"what to do: {found[lacking]['do']}")
    for agency in ("PND", "F55"):
        check_equal(set(todos(net, agency)), {unknown, lacking, lost}, f"to-dos of {agency}")
    since = {record: one["since"] for record, one in found.items()}
    compare(net)
    check_equal({record: one["since"] for record, one in differences(net, "F55").items()}, since,
                "found again is as old as it was")


def check_wrong(net: Network, unknown: str, lacking: str) -> None:
    for agency, command, options, code, word in (
            ("F55", "reconcile", ("PND",), REFUSED, "only national ingestion"),
            ("PND", "reconcile", ("F99",), REFUSED, "an agency of the roster"),
            ("PND", "reconcile", ("PND",), REFUSED, "an agency of the roster"),
            ("F55", "resend", (unknown,), REFUSED, "lacks nothing"),
            ("PND", "resend", (lacking,), REFUSED, "lacks nothing"),
            ("F55", "settle", (unknown, "--person", "DI"), WRONG_USE, "--reason"),
            ("F55", "settle", ("0123456789", "--person", "DI", "--reason", "x"), 3, "is known")):
        found, answer = ask(net, agency, f"ingest {command}", *options)
        check(found == code and word in answer["sentence"], f"{agency} {command}: {found} {answer}")


def check_closed(net: Network, unknown: str, lacking: str, lost: str) -> None:
    for agency, command, options in (
            ("F55", "resend", (lacking,)), ("PND", "resend", (lost,)),
            ("F55", "settle", (unknown, "--person", "DI at the bureau", "--reason", "as told")),
            ("PND", "settle", (unknown, "--person", "DI at PND", "--reason", "as loaded"))):
        code, answer = ask(net, agency, f"ingest {command}", *options)
        check_equal(code, 0, f"{agency}: {command}: {answer}")
    scene.wait("the record at PND again", lambda: lacking in scene.held(net, "PND"))
    scene.wait("the answer at the bureau again",
               lambda: scene.rows_at_id(net, "F55", "trace", lost, "ingested"))
    check_equal(compare(net)["differences"], 1, "what was decided is not gone, and is no to-do")
    for agency in ("PND", "F55"):
        check_equal((todos(net, agency), words(net, agency)), ({}, {}), f"open at {agency}")
        settled = differences(net, agency, "--all")
        check_equal({record: one["state"] for record, one in settled.items()},
                    {unknown: "settled"}, f"decided at {agency}")
        check("DI at" in settled[unknown]["person"], f"who: {settled[unknown]}")
    code, answer = ask(net, "PND", "ingest accept", unknown, "--reference", "N-3")
    check_equal(code, 0, f"the answer that was given: {answer}")
    row = compare(net)
    check_equal((row["state"], row["here"], row["there"]), ("both agree", RECORDS, RECORDS),
                "at last")
    check_equal(differences(net, "F55", "--all"), {}, "nothing is left")


def check_log(net: Network) -> None:
    for agency, word in (("PND", "reconciled with F55: 24 records here, 24 there, 0 differences"),
                         ("F55", "reconciled by PND: 24 records here, 24 there, 0 differences")):
        _, log = net.at(agency, "audit", "--use", "integrity", "--purpose", "test")
        said = [str(row.get("outcome", "")) for row in log]
        check_equal(said.count(word), 2, f"the log of {agency}: {said}")
        check("difference: sent again" in said and
              "difference: settled by a decision" in said, f"what was closed: {said}")


def check_away(net: Network) -> None:
    """A bureau that is away is compared with when it is back."""
    net.stop("F55")
    before = reconciled(net, "PND", "F55")["session"]
    ask(net, "PND", "ingest reconcile", "F55")
    up(net, "F55")
    scene.wait("the comparison", lambda: reconciled(net, "PND", "F55")["session"] != before, 60)
    check_equal(reconciled(net, "PND", "F55")["state"], "both agree", "after it was away")


def is_over(net: Network, agency: str, other: str, before: str) -> bool:
    """A later comparison came to its end, as this node sees it."""
    row = reconciled(net, agency, other)
    return row["session"] != before and row["state"] == "both agree"


def agree_since(net: Network, before: str) -> bool:
    """A later comparison came to its end; one that was stopped is asked for again."""
    row = reconciled(net, "PND", "F55")
    if row["state"] == "stopped":
        ask(net, "PND", "ingest reconcile", "F55")
    return row["session"] != before and row["state"] == "both agree"


def check_kills(net: Network, chance: random.Random) -> None:
    """Either side is killed at any moment of it: it is begun anew, and what it says is right."""
    hits = 0
    for number in range(KILLS):
        before, theirs = (reconciled(net, *both)["session"]
                          for both in (("PND", "F55"), ("F55", "PND")))
        check_equal(ask(net, "PND", "ingest reconcile", "F55")[0], 0, "asked")
        time.sleep(chance.random() * 0.4)
        victim = ("PND", "F55")[number % 2]
        net.processes[victim].send_signal(signal.SIGSTOP)  # to ask the other one first
        hits += not (is_over(net, "PND", "F55", before) if victim == "F55" else
                     is_over(net, "F55", "PND", theirs))
        net.stop(victim, signal.SIGKILL)
        up(net, victim)
        scene.wait("a comparison that comes to its end", lambda: agree_since(net, before), 60)
        check_equal(differences(net, "F55", "--all"), {}, "nothing was planted")
    scene.figure("kills", hits)


def check_verify(net: Network) -> None:
    """Whose rows a test deleted is damaged to `verify`, whatever the two agree on."""
    for agency in ("PND", "F55"):
        code, _ = net.at(agency, "verify", check=False)
        check_equal(code, DAMAGED, f"verify at {agency}")


# --- 100,000 records ---

MANY = 100_000
HASHES_MAX, BYTES_MAX = 300, 64 * 1024  # issue 6: with 7 differences
KIND_RECONCILIATION = 13
MAPPING = """system: many
format: csv
header: yes
publish: row-by-row
key: [urn]
fields:
  - {to: urn, column: urn}
  - {to: title, column: urn, before: "Report "}
  - {to: marking, value: OFFICIAL}
  - {to: handling, value: P}
  - {to: priority, value: low}
  - {to: flags, value: OIMCR}
  - {to: crime_code, value: FICT-OIM-01}
  - {to: station, value: 55SW}
  - {to: date_of_intelligence, value: "2025-09"}
  - {to: date_created, value: "2025-10-01"}
  - {to: contact, value: "desk, 01632 960155"}
  - {to: caveat, value: "Intelligence only."}
  - {to: purpose, value: prevent}
  - {to: risk, value: "None."}
  - {to: pii_decision, value: "Considered."}
  - {to: no_intercept, value: "yes"}
  - {to: provenance.text, value: "A list made for a test."}
  - {to: provenance.grade, value: 2B}
  - {to: "texts[0].text", column: urn, before: "Seen once, number "}
  - {to: "texts[0].basis", value: fact}
  - {to: "texts[0].grade", value: 2B}
"""


def import_many(net: Network) -> list[str]:
    """Through the real nodes: the bureau imports them, PND stores each.  Their ids."""
    with open(net.path("many.csv"), "w", encoding="utf-8") as f:
        f.write("urn\n" + "".join(f"55-IR-2025-{n:08d}\n" for n in range(MANY)))
    with open(net.path("many.yaml"), "w", encoding="utf-8") as f:
        f.write(MAPPING)
    done = subprocess.run([net.binary, "import", net.path("many.csv"), "--map",
                           net.path("many.yaml"), "--home", net.path("F55"), "--json"],
                          capture_output=True, text=True, timeout=1500, cwd=net.folder, check=True)
    ids = [row["id"] for row in scene.lines_of(done.stdout) if row.get("state") == "published"]
    check_equal(len(ids), MANY, "imported")
    scene.wait("PND to hold them", lambda: counted(net, "PND") == MANY, 600)
    return ids


def counted(net: Network, agency: str) -> int:
    with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM entry WHERE kind = 1").fetchone()[0]


def exchanged(net: Network) -> tuple[int, int]:
    """Entries of the comparison that both sides have sent so far, and the bytes of them, of their
    groups' checkpoints and of what the other signed for them."""
    count = size = 0
    for agency, other in (("PND", "F55"), ("F55", "PND")):
        with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
            found = db.execute(
                f"SELECT e.place, length(e.header) + length(e.ciphertext) + length(e.wraps), "
                f"(SELECT length(checkpoint) FROM commit_group g WHERE g.place <= e.place "
                f"ORDER BY g.place DESC LIMIT 1) FROM entry e WHERE e.kind = ? AND e.{OF_AGENCY}",
                (KIND_RECONCILIATION, agency)).fetchall()
            signed = db.execute("SELECT max(length(cosignature) + length(receipt)) FROM receipt "
                                "WHERE peer = ?", (other,)).fetchone()[0] or 0
        count += len(found)
        size += sum(entry + checkpoint + signed for _, entry, checkpoint in found)
    return count, size


def check_many(net: Network) -> None:
    """Both sides have 100,000 records and differ in seven: found, at a cost that has a limit."""
    ids = import_many(net)
    step = MANY // 9
    forgotten, lost = ids[step:4 * step:step], ids[4 * step:6 * step:step]
    lacking = ids[6 * step:8 * step:step]
    for n, record in enumerate(forgotten + lost):
        ask(net, "PND", "ingest accept", record, "--reference", f"M-{n}")
    scene.wait("the last answer", lambda: scene.rows_at_id(net, "F55", "trace", lost[-1], "ingested"))
    row = compare(net)
    check_equal((row["state"], row["here"], row["there"]), ("both agree", MANY, MANY), "before")
    raw = bytes.fromhex
    harm(net, "PND",
         *[("DELETE FROM shelf WHERE kind = ? AND about = ?", (SHELF_INGESTED, raw(one)))
           for one in forgotten],
         *[change for one in lacking for change in (
             (f"DELETE FROM inbox WHERE place IN (SELECT place FROM entry WHERE id = ? AND "
              f"{OF_AGENCY})", (raw(one), "F55")),
             (f"DELETE FROM entry WHERE id = ? AND {OF_AGENCY}", (raw(one), "F55")))])
    harm(net, "F55", *[change for one in lost for change in (
        (f"DELETE FROM inbox WHERE place IN (SELECT place FROM entry WHERE previous = ? AND "
         f"{OF_AGENCY})", (raw(one), "PND")),
        (f"DELETE FROM entry WHERE previous = ? AND {OF_AGENCY}", (raw(one), "PND")))])
    before = exchanged(net)
    row = compare(net)
    after = exchanged(net)
    messages, size = after[0] - before[0], after[1] - before[1]
    planted = {one: ("waiting", "accepted") for one in forgotten + lost} | {
        one: ("waiting", "no such record") for one in lacking}
    check_equal(words(net, "F55"), {**planted, **{one: ("accepted", "waiting") for one in forgotten},
                                    **{one: ("waiting", "accepted") for one in lost}}, "at the bureau")
    check_equal((row["differences"], set(differences(net, "PND"))), (7, set(planted)), "at PND")
    say(f"{MANY:,} records, 7 differences: {row['hashes']} range hashes, {messages} messages, "
        f"{row['bytes']} bytes of ranges, {size} bytes of entries, checkpoints and receipts")
    check(int(row["hashes"]) <= HASHES_MAX, f"{row['hashes']} range hashes")
    check(size <= BYTES_MAX, f"{size} bytes")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        records = publish_and_answer(net)
        unknown, lacking, lost = records[3], records[5], records[7]
        check_agreement(net)
        plant(net, unknown, lacking, lost)
        check_found(net, unknown, lacking, lost)
        check_wrong(net, unknown, lacking)
        check_closed(net, unknown, lacking, lost)
        check_log(net)
        check_away(net)
        check_kills(net, random.Random(options.seed))
        check_verify(net)
        say("each planted difference was found, listed at both sides and closed")
    if os.environ.get("FLAGPOST_LONG"):
        with scene.network(options.binary, {name: scene.AGENCIES[name] for name in ("F55", "PND")}) as net:
            check_many(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
