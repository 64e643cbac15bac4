#!/usr/bin/env python3
"""A force loads the national database by itself, and its extract is held against what came.

Rows are matched to records by the force's URN and the version.  What matches is accepted with the
national reference of the row; what differs in flags, code, grade, handling or dates, what never
came, what breaks a rule, what was recalled and what the extract lacks is told by row, and is a
to-do that names none of it.  The same extract twice, or one that is stopped, changes nothing more.
"""

import argparse
import csv
import os
import random
import signal
import sqlite3
import subprocess
import time

import scene
from ingest import listed, up
from ingest_load import DONE, REFUSED, UNREACHABLE, WRONG_USE, answered, wait_held
from ingest_versions import recall, supersede
from scene import Network, check, check_equal, say

REQUIREMENTS = ("flagpost/requirements/v1", "version 4", "title of a test", "force 55 gate",
                "force * load", "rule R7", "rule R2", "field LOAD-3 title give a title", "")
KILLS = 24 if os.environ.get("FLAGPOST_LONG") else 3


def day(date: str) -> str:
    """As the extract writes it: the day first."""
    return "/".join(reversed(date.split("-")))


class Force:
    """What it published, and its extract: a row for each, changed as a test says."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.path = net.path("extract.csv")
        self.rows: dict[int, dict[str, str]] = {}
        self.ids: dict[int, str] = {}

    def publish(self, number: int, **fields: object) -> str:
        record = scene.simple_record("F55", number, **fields)
        self.ids[number] = scene.published(self.net, "F55", record)["id"]
        self.rows[number] = {
            "URN": record["urn"], "Version": "1", "National Reference": f"G-{number}",
            "Title": record["title"], "Created": day(record["date_created"]),
            "Date of Information": day(record["date_of_intelligence"]), "Tags": "oimcr",
            "Crime Code": record["crime_code"], "Marking": record["marking"],
            "Handling": record["handling"], "Provenance": record["provenance"]["text"],
            "Provenance Grade": record["provenance"]["grade"]}
        for n, text in enumerate(record["texts"], 1):
            self.rows[number] |= {f"Text {n}": text["text"], f"Grade {n}": text["grade"]}
        return self.ids[number]

    def write(self, rows: list[dict[str, str]]) -> None:
        with open(self.path, "w", encoding="utf-8", newline="") as f:
            to = csv.DictWriter(f, list(rows[0]))
            to.writeheader()
            to.writerows(rows)

    def command(self, *options: str) -> list[str]:
        return ["ingest", "gate", "55", self.path, "--home", self.net.path("PND"), "--json",
                "--map", os.path.join(scene.DEPLOY, "ingest", "extract.yaml"), "--requirements",
                self.net.path("gate.txt"), "--purpose", "daily gate", *options]

    def gate(self, *options: str) -> tuple[int, dict[str, dict], dict]:
        """The exit code, what is said of each URN and version (of a record that the extract lacks,
        too), and how many of each."""
        done = self.net.run(*self.command(*options), check=False)
        lines = scene.lines_of(done.stdout)
        check(lines, f"gate: {done.stderr}")
        told = {f"{row['urn']}/{row['version']}": row for row in lines[:-1] if "urn" in row}
        return done.returncode, told, lines[-1]

    def load(self) -> dict:
        done = self.net.run("ingest", "load", "--home", self.net.path("PND"), "--json", "--out",
                            self.net.path("outgoing"), "--requirements", self.net.path("gate.txt"),
                            "--purpose", "daily load")
        return scene.lines_of(done.stdout)[-1]


def todos(net: Network) -> dict[str, str]:
    """Of the gate, at PND: by record, "" for those that are about no record."""
    return {row["record"]: row["what"] for row in net.at("PND", "todo")[1]
            if row.get("kind") in ("gated", "extract")}


def urn(number: int, version: int = 1) -> str:
    return f"55-IR-2025-{number:08d}/{version}"


def prepare(net: Network) -> Force:
    os.mkdir(net.path("outgoing"))
    with open(net.path("gate.txt"), "w", encoding="utf-8") as f:
        f.write("\n".join(REQUIREMENTS))
    force = Force(net)
    for number in range(1, 11):
        force.publish(number)
    wait_held(net, set(force.ids.values()))
    return force


def check_first(net: Network, force: Force) -> None:
    """Nothing is held against what nobody has looked at; then all that can be said of a row."""
    force.write([force.rows[1]])
    done = net.run(*force.command(), check=False)
    check(done.returncode == REFUSED and "ingest load first" in done.stderr, f"early: {done.stderr}")
    newer = supersede(net, 8, force.ids[8], "Corrected")
    end = force.load()
    check_equal((end["gate"], end["refused"]), (10, 1), "left to the force's own loads")
    recall(net, force.ids[7])
    rows = force.rows
    strange = {**rows[1], "URN": "55-IR-2025-00000099"}
    bad = {**rows[10], "Created": "32/13/2025"}
    force.write([
        rows[1], {**rows[2], "Tags": "", "Crime Code": "FICT-OIM-04"},
        {**rows[3], "Grade 2": "2C", "Date of Information": "10/2025"},
        {**rows[4], "Handling": "C"}, {**rows[5], "National Reference": ""},
        {**rows[6], "Title": ""}, rows[7], rows[8],
        {**rows[8], "Version": "2", "Title": "Corrected", "National Reference": "G-8b"},
        strange, bad])
    code, told, count = force.gate("--result", net.path("result.csv"))
    check_equal(code, REFUSED, "the first extract")
    says = {key: row["says"] for key, row in told.items()}
    check_equal(says, {
        urn(1): "accepted", urn(2): "differs", urn(3): "differs", urn(4): "differs",
        urn(5): "matches", urn(6): "breaks a rule", urn(7): "taken back", urn(8): "otherwise",
        urn(8, 2): "accepted", urn(99): "never came", urn(9): "missing"}, "what is said of each")
    check_equal([told[urn(n)]["what"] for n in (2, 3, 4)],
                ["flags, code", "grade, dates", "handling"], "in what they differ")
    check_equal((count["unreadable"], count["missing"]), (1, 1), "the counts")
    check("what" not in told[urn(9)], f"every row has a key: {told[urn(9)]}")
    check_equal((told[urn(6)]["rule"], told[urn(8)]["rule"]), ("LOAD-3", "superseded"), "the rules")
    ids = force.ids
    check_equal(todos(net), {
        ids[2]: "the extract of force 55 has it otherwise: flags, code",
        ids[3]: "the extract of force 55 has it otherwise: grade, dates",
        ids[4]: "the extract of force 55 has it otherwise: handling",
        ids[9]: "not in the extract of force 55",
        "": "the extract of force 55 has 1 rows that never came through the exchange and 4 that "
            "are wrong"}, "the to-dos")
    with open(net.path("result.csv"), encoding="utf-8", newline="") as f:
        table = list(csv.DictReader(f))
    check_equal(sorted(row["says"] for row in table),
                sorted([*says.values(), "unreadable"]), "the force's result")
    check_equal(os.listdir(net.path("outgoing")), [], "nothing is written for the loader")
    force.ids[8] = newer


def check_answers(net: Network, force: Force) -> None:
    for number, wanted in ((1, ("accepted", "G-1")), (8, ("accepted", "G-8b")), (2, ("", "")),
                           (5, ("", ""))):
        scene.wait(f"the answer of {number}", lambda number=number, wanted=wanted:
                   answered(net, force.ids[number]) == wanted)


def check_again(net: Network, force: Force) -> None:
    """The same once more, and then what the force has mended."""
    before, since = todos(net), [row["since"] for row in net.at("PND", "todo")[1] if "since" in row]
    code, told, count = force.gate()
    check_equal((code, count["accepted"], count["before"], told[urn(1)]["says"]),
                (REFUSED, 0, 2, "before"), "the same again")
    check_equal((todos(net), [row["since"] for row in net.at("PND", "todo")[1] if "since" in row]),
                (before, since), "no to-do is new")
    rows = force.rows
    force.write([{**rows[1], "National Reference": "G-other"}, *[rows[n] for n in (2, 3, 4, 5, 6, 10)],
                 {**rows[9], "National Reference": ""}])
    code, told, count = force.gate()
    check_equal((count["accepted"], told[urn(1)]["says"], told[urn(9)]["says"]),
                (6, "otherwise", "matches"), "what was mended")
    check("first answer stands" in told[urn(1)]["what"], f"another reference: {told[urn(1)]}")
    check_equal(set(todos(net)), {""}, "one row is wrong still")
    force.write([rows[n] for n in (1, 2, 3, 4, 5, 6, 9, 10)])
    code, _, count = force.gate()
    check_equal((code, count["before"], count["accepted"], todos(net)), (DONE, 7, 1, {}),
                "all is as it came")
    for number in (2, 3, 4, 5, 6, 9, 10):
        scene.wait("its answer", lambda number=number:
                   answered(net, force.ids[number]) == ("accepted", f"G-{number}"))


def check_deleted(net: Network, force: Force) -> None:
    """What the force loaded it deletes by itself: no batch says so, a person does."""
    recall(net, force.ids[5])
    check_equal(listed(net, "--state", "delete")[force.ids[5]]["reference"], "G-5", "to be deleted")
    check_equal((force.load()["deleted"], os.listdir(net.path("outgoing"))), (0, []), "not by us")
    net.at("PND", "ingest deleted", force.ids[5])
    scene.wait("the bureau to see it", lambda: scene.rows_at_id(
        net, "F55", "trace", force.ids[5], "ingested")[0]["deletion"] == "deleted")
    force.write([force.rows[5]])
    check_equal(force.gate()[1][urn(5)]["says"], "taken back", "a row of what was deleted")


def check_unnamed(net: Network, force: Force) -> None:
    """A row without its key may be of any record that is missing, and it is said; one whose version
    cannot be read is of one with its URN."""
    force.publish(11)
    force.publish(12)
    wait_held(net, {force.ids[11], force.ids[12]})
    force.load()
    rows = [force.rows[n] for n in (1, 2, 3, 4, 6, 9, 10)]
    force.write([*rows, {**force.rows[11], "Version": "one"}, {**force.rows[12], "URN": ""}])
    _, told, count = force.gate()
    check_equal((count["unreadable"], count["missing"]), (2, 1), "without a key, and without a version")
    check_equal((told[urn(12)]["says"], told[urn(12)]["what"]),
                ("missing", "or it is an unreadable row without a key"), "what is missing")
    force.write([*rows, force.rows[11], force.rows[12]])
    check_equal((force.gate()[0], todos(net)), (DONE, {}), "when they are mended")


def check_unopened(net: Network, force: Force) -> None:
    """A record whose key is gone is not one that its owner has taken back, and others are told."""
    force.publish(13)
    wait_held(net, {force.ids[13]})
    force.load()
    rows = [force.rows[n] for n in (1, 2, 3, 4, 6, 9, 10, 11, 12)]

    wanted = (bytes.fromhex(force.ids[13]),)

    def keep(kept: bytes | None) -> bytes:
        """In the record's row its key, wrapped, in place of what was there; None: nothing of use."""
        net.stop("PND")
        with sqlite3.connect(net.path("PND", "journal.db")) as db:
            (place, before), = db.execute("SELECT place, kept FROM entry WHERE id = ?", wanted).fetchall()
            db.execute("UPDATE entry SET kept = ? WHERE place = ?", (kept or bytes(len(before)), place))
        up(net, "PND")
        return before

    kept = keep(None)
    force.write([force.rows[13], *rows])
    code, told, count = force.gate()
    check_equal((code, told[urn(13)]["says"], count["before"]), (REFUSED, "not opened", 9), "without its key")
    check(told[urn(13)]["what"] and not todos(net), f"why, and no to-do: {told[urn(13)]} {todos(net)}")
    keep(kept)
    code, told, count = force.gate()
    check_equal((code, count["accepted"], count["before"]), (DONE, 1, 9), "with its key")


def check_wrong(net: Network, force: Force) -> None:
    def refused(code: int, word: str, command: list[str]) -> None:
        done = net.run(*command, check=False)
        check(done.returncode == code and word in done.stdout + done.stderr,
              f"{word}: {done.returncode} {done.stdout}{done.stderr}")

    command = force.command()
    refused(WRONG_USE, "give the force's code", command[:2] + command[4:])
    refused(REFUSED, "does not say that this force", [*command[:2], "50", *command[3:]])
    refused(UNREACHABLE, "no such file", [*command[:3], force.path + "x", *command[4:]])
    refused(UNREACHABLE, "no such file", [
        "nothere.txt" if one == net.path("gate.txt") else one for one in command])
    refused(REFUSED, "only national ingestion", [
        net.path("F55") if one == net.path("PND") else one for one in command])
    with open(force.path, "a", encoding="utf-8") as f:
        f.write('"a"b\n')
    before = listed(net)
    done = net.run(*command, check=False)
    check_equal((done.returncode, listed(net) == before), (REFUSED, True), "a file that cannot be read")


def check_kills(net: Network, force: Force, chance: random.Random) -> None:
    """Command or node dies at any moment of it: begun again, each record has its one answer."""
    numbers = range(100, 116)
    for number in numbers:
        force.publish(number)
    wait_held(net, {force.ids[number] for number in numbers})
    force.load()
    force.write([force.rows[number] for number in numbers])
    hits = 0
    for _ in range(KILLS):
        with subprocess.Popen([net.binary, *force.command()], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, cwd=net.folder) as running:
            time.sleep(chance.random() * 0.3)
            hits += running.poll() is None
            if chance.random() < 0.5:
                running.kill()
            else:
                net.stop("PND", signal.SIGKILL)
            running.wait(timeout=60)
        if "PND" not in net.processes:
            up(net, "PND")
    code, _, count = force.gate()
    check_equal((code, count["accepted"] + count["before"]), (DONE, len(numbers)), "begun again")
    for number in numbers:
        scene.wait("its answer", lambda number=number:
                   answered(net, force.ids[number]) == ("accepted", f"G-{number}"))
        check_equal(scene.rows_at_id(net, "F55", "trace", force.ids[number], "ignored"), [],
                    "one answer")
    scene.figure("kills", hits)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        force = prepare(net)
        check_first(net, force)
        check_answers(net, force)
        check_again(net, force)
        check_deleted(net, force)
        check_unnamed(net, force)
        check_unopened(net, force)
        check_kills(net, force, random.Random(options.seed))
        check_wrong(net, force)
        for agency in ("F55", "PND"):
            scene.verify(net, agency)
        say("each row of the extract was told as what it is, and answered once")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
