#!/usr/bin/env python3
"""The national database has one version of a record, and none that its owner has taken back.

A correction waits for the loader's word and takes the place of what is there; what was recalled or
replaced by what PND may not have is deleted by its key, without a word of it in a file, and its
owner is told.  Then commands and node are killed at any moment while records are corrected and
recalled, and a loader that keeps the database by the rows of its batches has, at the end, the last
version of each record that stands and nothing else, as the bureau's `trace` says.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import time

import scene
from ingest import ask, listed, todos, up
from ingest_load import DONE, REFUSED, Desk, answered, publish, wait_held, xml_rows
from scene import Network, check, check_equal, say

RECORDS, KILLS = (16, 24) if os.environ.get("FLAGPOST_LONG") else (6, 4)


def supersede(net: Network, number: int, old: str, title: str) -> str:
    record = scene.simple_record("F55", number, title=title)
    _, answers = net.at("F55", "supersede", old, "-", "--reason", "title", text=json.dumps(record))
    newer = next(row for answer in answers for row in [answer, *answer.get("rows", [])]
                 if row.get("row") == "record")["id"]
    wait_held(net, {newer})
    return newer


def the_row(desk: Desk, record: str) -> tuple[str, dict]:
    """The batch that a record is in, and its row there."""
    (batch, row), = ((name, row) for name, rows in desk.batches().items() for row in rows
                     if row["record"] == record)
    return batch, row


def check_versions(net: Network, desk: Desk) -> None:
    """What is corrected before it is loaded is not loaded; afterwards the correction waits for
    the loader's word and takes the place of what the national database has."""
    first = publish(net, 3)
    wait_held(net, {first})
    second = supersede(net, 3, first, "Corrected")
    end = desk.load()
    check_equal((end["loaded"], end["refused"]), (1, 1), "the newer version alone")
    scene.wait("the older to be refused", lambda: answered(net, first) == ("refused", "superseded"))
    check(first not in todos(net), "nothing is to be mended of it")
    batch, row = the_row(desk, second)
    check_equal((row["operation"], row["reference"], row["version"]), ("add", "", "2"),
                "of what was not loaded nothing is replaced")
    third = supersede(net, 3, second, "Corrected again")
    end = desk.load()
    check_equal((end["loaded"], end["left"]), (0, 1), "nobody knows yet what it replaces")
    code, answer = ask(net, "PND", "ingest accept", third, "--reference", "V-9")
    check(code == REFUSED and second in answer["sentence"], f"by hand: {answer}")
    desk.drop("second.csv", [[batch, second, "accepted", "V-2", "", ""]])
    check_equal(desk.results()[1]["accepted"], 1, "the version before")
    check_equal(desk.load()["loaded"], 1, "the next version")
    batch, row = the_row(desk, third)
    check_equal((row["operation"], row["reference"], row["version"], row["urn"]),
                ("update", "V-2", "3", "55-IR-2025-00000003"), "in its place")
    fourth = supersede(net, 3, third, "Corrected for good")
    desk.drop("third.csv", [[batch, third, "refused", "", "R2", "grade the second text"]])
    check_equal(desk.results()[1]["refused"], 1, "an update that is refused")
    check_equal(listed(net)[second]["state"], "accepted", "and what it was to replace stands")
    desk.load()
    batch, row = the_row(desk, fourth)
    check_equal((row["operation"], row["reference"]), ("update", "V-2"), "of what stands there")
    desk.drop("fourth.csv", [[batch, fourth, "accepted", "V-2", "", ""]])
    check_equal(desk.results()[1]["accepted"], 1, "in place, under its reference")
    scene.wait("the update at the bureau", lambda: answered(net, fourth) == ("accepted", "V-2"))
    check_equal(scene.rows_at_id(net, "F55", "trace", fourth, "ingested")[0]["replaces"], "V-2",
                "what it replaced")
    states = listed(net)
    check_equal([states[one]["state"] for one in (first, second, third, fourth)],
                ["refused", "replaced", "refused", "accepted"], "one of them is there")
    fifth = supersede(net, 3, fourth, "Corrected by hand")
    check_equal(ask(net, "PND", "ingest accept", fifth, "--reference", "V-5")[0], 0, "by hand")
    check_equal((listed(net)[fifth]["replaces"], listed(net)[fourth]["state"]),
                ("V-2", "replaced"), "the same without a batch")


def recall(net: Network, record: str, *options: str) -> None:
    net.at("F55", "recall", record, "--reason", "wrong person", "--person", "DI at the bureau",
           *options)
    scene.wait("the recall at PND", lambda: listed(net)[record]["standing"] == "recalled")


def load_and_accept(net: Network, desk: Desk, number: int, reference: str, **fields: object) -> str:
    record = publish(net, number, **fields)
    wait_held(net, {record})
    desk.load()
    desk.drop(f"{reference}.csv", [[the_row(desk, record)[0], record, "accepted", reference, "", ""]])
    check_equal(desk.results()[1]["accepted"], 1, f"accepted as {reference}")
    return record


def deletion(net: Network, record: str) -> str:
    rows = scene.rows_at_id(net, "F55", "trace", record, "ingested")
    return rows[0]["deletion"] if rows else ""


def deletes(desk: Desk, record: str) -> tuple[str, dict]:
    (batch, row), = ((name, row) for name, rows in desk.batches().items() for row in rows
                     if row["record"] == record and row["operation"] == "delete")
    return batch, row


def check_deletion(net: Network, desk: Desk) -> None:
    """What was recalled after it was loaded is deleted by its key, and its owner is told; no
    word of it is in the batch."""
    record = load_and_accept(net, desk, 30, "D-30", title="Quillfeather at the quay")
    code, answer = ask(net, "PND", "ingest deleted", record)
    check(code == REFUSED and "has not taken it back" in answer["sentence"], f"{answer}")
    recall(net, record)
    check_equal(deletion(net, record), "awaited", "at the bureau")
    check_equal(listed(net, "--state", "delete")[record]["reference"], "D-30", "to be deleted")
    end = desk.load()
    check_equal((end["deleted"], end["batches"], end["loaded"]), (1, 1, 0), "the run")
    batch, row = deletes(desk, record)
    check_equal({name: value for name, value in row.items() if value},
                {"operation": "delete", "reference": "D-30", "force": "55",
                 "urn": "55-IR-2025-00000030", "version": "1", "record": record,
                 "publisher": "F55"}, "key and reference alone")
    with open(os.path.join(desk.out, batch, "records.csv"), encoding="utf-8") as f:
        check("Quillfeather" not in f.read(), "nothing of what was recalled")
    check_equal((listed(net)[record]["state"], desk.load()["deleted"]), ("deleting", 0), "once")
    desk.drop("other.csv", [[batch, record, "accepted", "D-31", "", ""]])
    check_equal(desk.results()[1]["faults"], 1, "another reference is not what was deleted")
    desk.drop("deleted.csv", [[batch, record, "accepted", "D-30", "", ""]] * 2)
    code, end = desk.results()
    check_equal((code, end["deleted"], end["before"]), (DONE, 1, 1), "deleted, once")
    scene.wait("the bureau to see it", lambda: deletion(net, record) == "deleted")
    check_equal((listed(net)[record]["state"], answered(net, record)),
                ("deleted", ("accepted", "D-30")), "it was accepted, and is deleted")
    desk.drop("late.csv", [[batch, record, "refused", "", "R1", "locked"]])
    check_equal(desk.results()[1]["faults"], 1, "what is deleted stays so")


def check_recalled_meanwhile(net: Network, desk: Desk) -> None:
    """Recalled while the loader has it: what the loader says is so, and is then deleted; a
    correction that waits takes the place of what was recalled."""
    record, older = publish(net, 31), publish(net, 32)
    wait_held(net, {record, older})
    desk.load()
    batch, _ = the_row(desk, record)
    recall(net, record)
    check_equal(desk.load()["deleted"], 0, "nobody knows yet whether it is there")
    desk.drop("m.csv", [[batch, record, "accepted", "D-31", "", ""],
                        [batch, older, "accepted", "D-32", "", ""]])
    check_equal(desk.results()[1]["accepted"], 2, "the loader's word")
    scene.wait("the reference", lambda: answered(net, record) == ("accepted", "D-31"))
    newer = supersede(net, 32, older, "Corrected")
    recall(net, older)
    end = desk.load()
    check_equal((end["deleted"], end["loaded"]), (1, 1), "one deleted, one replaced")
    check_equal([the_row(desk, newer)[1][name] for name in ("operation", "reference")],
                ["update", "D-32"], "in the place of what was recalled")
    batch, _ = deletes(desk, record)
    desk.drop("n.csv", [[batch, newer, "refused", "", "R2", "grade it"],
                        [batch, record, "refused", "", "LOCKED", "unlock the nominal"]])
    check_equal(desk.results()[1]["refused"], 2, "neither")
    scene.wait("the bureau's to-do", lambda: "not deleted by PND, rule LOCKED" in
               [row["what"] for row in net.at("F55", "todo")[1] if row.get("record") == record])
    check_equal(scene.rows_at_id(net, "F55", "trace", record, "ingested")[0]["mend"],
                "unlock the nominal", "why")
    check("taken back by F55, not deleted: rule LOCKED" in
          [row["what"] for row in net.at("PND", "todo")[1] if row.get("record") == record], "PND's to-do")
    check_equal(desk.load()["deleted"], 1, "what was not replaced is deleted")
    check_equal(deletes(desk, older)[1]["reference"], "D-32", "by its own reference")
    check_equal(ask(net, "PND", "ingest deleted", record)[0], DONE, "by hand")
    scene.wait("the bureau to see it", lambda: deletion(net, record) == "deleted")
    for agency in ("F55", "PND"):
        check(not [row for row in net.at(agency, "todo")[1] if row.get("record") == record and
                   row["kind"] in ("delete", "not-deleted")], f"the to-do of {agency} is gone")


def check_left_out(net: Network, desk: Desk) -> None:
    """Recalled before its batch stood whole: it is in no file, and what corrects it is new."""
    record = publish(net, 34)
    wait_held(net, {record})
    desk.load()
    batch, _ = the_row(desk, record)
    shutil.rmtree(os.path.join(desk.out, batch))  # as a run that was stopped has left it
    newer = supersede(net, 34, record, "Corrected")
    recall(net, record)
    end = desk.load()
    check_equal((end["batches"], end["loaded"]), (1, 1), "the correction alone")
    check(not os.path.exists(os.path.join(desk.out, batch)), "a batch of nothing is none")
    check_equal((the_row(desk, newer)[1]["operation"], listed(net)[record]["state"]),
                ("add", "recalled"), "in the place of nothing")


def check_not_for_pnd(net: Network, desk: Desk) -> None:
    """What takes its place has no code and does not go to PND: deleted, as XML too."""
    record = load_and_accept(net, desk, 33, "D-33")
    correct = scene.simple_record("F55", 33, title="Corrected")
    correct.pop("crime_code")
    net.at("F55", "supersede", record, "-", "--reason", "no code fits", text=json.dumps(correct))
    scene.wait("the word at PND", lambda: listed(net)[record]["standing"] == "superseded")
    before = set(desk.batches())
    check_equal(desk.load("--form", "xml")["deleted"], 1, "deleted")
    name, = set(desk.batches()) - before
    with open(os.path.join(desk.out, name, "records.xml"), "rb") as f:
        row, = xml_rows(f.read())
    check_equal((row["reference"], row["record"], row["texts"]), ("D-33", record, []), "the row")
    desk.drop("x.csv", [[name, record, "accepted", "D-33", "", ""]])
    check_equal(desk.results()[1]["deleted"], 1, "the loader's word")
    scene.wait("the bureau to see it", lambda: deletion(net, record) == "deleted")


def killed(net: Network, command: list[str], chance: random.Random) -> bool:
    """The command or the node dies; whether the command still ran."""
    with subprocess.Popen([net.binary, *command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, cwd=net.folder) as running:
        time.sleep(chance.random() * 0.25)
        hit = running.poll() is None
        if chance.random() < 0.5:
            running.kill()
        else:
            net.stop("PND", signal.SIGKILL)
        running.wait(timeout=60)
    if "PND" not in net.processes:
        up(net, "PND")
    return hit


class Database:
    """The system behind the loader: what it holds under each national reference, by the rows of
    the batches alone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.known = set(os.listdir(desk.out))
        self.holds: dict[str, str] = {}
        self.seen: dict[tuple[str, bool], str] = {}
        self.says: dict[tuple[str, bool], tuple[str, str]] = {}
        self.files = self.references = 0

    def look(self, chance: random.Random) -> None:
        for batch, rows in self.desk.batches().items():
            if batch in self.known or batch in self.done():
                continue
            answers = [self.row(batch, row, chance) for row in rows]
            chance.shuffle(answers)
            self.files += 1
            self.desk.drop(f"k{self.files}-{batch}.csv", answers)

    def done(self) -> set[str]:
        names = [name for folder in ("", "read", ".taken")
                 for name in os.listdir(os.path.join(self.desk.back, folder))]
        return {name.split("-", 1)[1][:-4] for name in names if name.startswith("k")}

    def row(self, batch: str, row: dict, chance: random.Random) -> list[str]:
        record, old, delete = row["record"], row["reference"], row["operation"] == "delete"
        check_equal(self.seen.setdefault((record, delete), batch), batch, f"{record} in two batches")
        check_equal(row["operation"], "delete" if delete else "update" if old else "add", "operation")
        if old:
            check(old in self.holds, f"{row['operation']} of {old}, which is not there")
        if delete:
            check_equal(self.holds.pop(old), record, "what is deleted")
            self.says[record, True] = "deleted", old
            return [batch, record, "accepted", old, "", ""]
        if chance.random() < 0.15:
            self.says[record, False] = "refused", "R2"
            return [batch, record, "refused", "", "R2", "grade it"]
        self.references += 1
        reference = old if old and chance.random() < 0.5 else f"K-{self.references}"
        self.holds.pop(old, None)
        self.holds[reference] = record
        self.says[record, False] = "accepted", reference
        return [batch, record, "accepted", reference, "", ""]


class Bureau:
    """Publishes, corrects and recalls; `chains` has the versions of each record in turn."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.chains: list[list[str]] = []
        self.recalled: set[str] = set()

    def publish(self, count: int) -> None:
        for _ in range(count):
            self.chains.append([publish(self.net, 100 + len(self.chains))])
        wait_held(self.net, {chain[-1] for chain in self.chains[-count:]})

    def change(self, chance: random.Random) -> None:
        standing = [n for n, chain in enumerate(self.chains) if chain[-1] not in self.recalled]
        for n in chance.sample(standing, min(4, len(standing))):
            if chance.random() < 0.6:
                self.chains[n].append(supersede(self.net, 100 + n, self.chains[n][-1],
                                                f"Corrected {len(self.chains[n])}"))
                continue
            recall(self.net, self.chains[n][-1])
            self.recalled.add(self.chains[n][-1])


def settle(desk: Desk, database: Database, chance: random.Random) -> None:
    """Runs until there is no more to load, delete or answer."""
    while True:
        end = desk.load()
        database.look(chance)
        code, results = desk.results()
        check_equal(code, DONE, f"the results: {results}")
        if end["batches"] == 0 and results["files"] == 0:
            return


def check_database(bureau: Bureau, database: Database) -> None:
    there = sorted(database.holds.values())
    for chain in bureau.chains:
        held = [record for record in there if record in chain]
        if chain[-1] in bureau.recalled:
            check_equal(held, [], f"the national database has {chain}")
        elif database.says.get((chain[-1], False), ("", ""))[0] == "accepted":
            check_equal(held, [chain[-1]], "the last version")
        check(len(held) <= 1 and not bureau.recalled & set(held), f"it has {held} of {chain}")


def check_told(net: Network, bureau: Bureau, database: Database) -> None:
    """What the bureau's trace says is what the loader said."""
    for record in (record for chain in bureau.chains for record in chain):
        says = database.says.get((record, False))
        if says is None:
            continue
        scene.wait("its answer", lambda record=record, says=says: answered(net, record) == says)
        if (record, True) in database.says:
            scene.wait("its deletion", lambda record=record: deletion(net, record) == "deleted")
        else:
            check(deletion(net, record) in ("", "replaced"), f"{record}: {deletion(net, record)}")
        check_equal(scene.rows_at_id(net, "F55", "trace", record, "ignored"), [], "nothing else")


def check_kills(net: Network, desk: Desk, chance: random.Random) -> None:
    desk.load()
    database, bureau = Database(desk), Bureau(net)
    bureau.publish(RECORDS)
    hits = 0
    for _ in range(KILLS):
        hits += killed(net, desk.load_command(), chance)
        database.look(chance)
        bureau.change(chance)
        hits += killed(net, desk.results_command(), chance)
        bureau.publish(2)
    settle(desk, database, chance)
    check_database(bureau, database)
    check_told(net, bureau, database)
    scene.figure("kills", hits)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        desk = Desk(net)
        check_versions(net, desk)
        check_deletion(net, desk)
        check_recalled_meanwhile(net, desk)
        check_left_out(net, desk)
        check_not_for_pnd(net, desk)
        check_kills(net, desk, random.Random(options.seed))
        for agency in ("F55", "PND"):
            scene.verify(net, agency)
        say("each version has one answer, and the database what stands")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
