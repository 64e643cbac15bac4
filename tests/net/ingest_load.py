#!/usr/bin/env python3
"""National ingestion's loader: batches out, result files back, each record in one and once.

What waits is checked against a requirement file, which a test replaces: what lacks something is
refused, a force that loads by itself is left out, the rest stands in a batch folder with count and
hash.  Result files answer every record; what is wrong in one is quarantined with its line and
reason.
"""

import argparse
import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import scene
from ingest import listed, todos
from scene import Network, check, check_equal, say

SHIPPED = os.path.join(scene.DEPLOY, "ingest", "requirements.txt")
COLUMNS = ["batch", "record", "outcome", "reference", "rule", "mend"]
DONE, REFUSED, WRONG_USE, UNREACHABLE, FORBIDDEN = 0, 1, 2, 3, 4


class Desk:
    """PND's commands, its outgoing folder and the folder of the loader's results."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.out = net.path("outgoing")
        self.back = net.path("results")
        os.mkdir(self.out)
        os.mkdir(self.back)
        self.requirements = SHIPPED

    def load_command(self) -> list[str]:
        return ["ingest", "load", "--home", self.net.path("PND"), "--json", "--out", self.out,
                "--requirements", self.requirements, "--purpose", "daily load"]

    def load(self, *options: str) -> dict:
        done = self.net.run(*self.load_command(), *options, check=False)
        check_equal(done.returncode, DONE, f"load: {done.stderr}{done.stdout}")
        return scene.lines_of(done.stdout)[-1]

    def results_command(self) -> list[str]:
        return ["ingest", "results", "--home", self.net.path("PND"), "--json", self.back]

    def results(self) -> tuple[int, dict]:
        done = self.net.run(*self.results_command(), check=False)
        lines = scene.lines_of(done.stdout)
        return done.returncode, lines[-1] if lines else {}

    def drop(self, name: str, rows: list[list[str]], header: list[str] | None = None) -> None:
        """As a loader does it: whole, and then under its name."""
        path = os.path.join(self.back, name)
        with open(path + ".part", "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([header or COLUMNS, *rows])
        os.rename(path + ".part", path)

    def batches(self) -> dict[str, list[dict]]:
        """Every batch that stands there, with its rows; each agrees with its manifest."""
        found = {}
        for name in os.listdir(self.out):
            if name.startswith("."):
                continue
            with open(os.path.join(self.out, name, "manifest.json"), encoding="utf-8") as f:
                manifest = json.load(f)
            with open(os.path.join(self.out, name, manifest["file"]), "rb") as f:
                text = f.read()
            check_equal(sorted(os.listdir(os.path.join(self.out, name))),
                        ["manifest.json", manifest["file"]], "what is in a batch")
            rows = (list(csv.DictReader(text.decode().splitlines(keepends=True), strict=True))
                    if manifest["file"] == "records.csv" else xml_rows(text))
            check_equal((manifest["batch"], manifest["records"], manifest["bytes"],
                         manifest["blake2b_256"]),
                        (name, len(rows), len(text),
                         hashlib.blake2b(text, digest_size=32).hexdigest()), "the manifest")
            found[name] = rows
        return found


def xml_rows(text: bytes) -> list[dict]:
    """As csv.DictReader gives them, with the texts and their grades."""
    rows = []
    for one in ElementTree.fromstring(text):
        part = {child.tag.removeprefix("{urn:flagpost:load:1}"): child.text for child in one}
        texts = [(child.get("grade"), child.text) for child in one if child.tag.endswith("}text")]
        rows.append({**one.attrib, **part, "texts": texts})
    return rows


def publish(net: Network, number: int, **fields: object) -> str:
    return scene.published(net, "F55", scene.simple_record("F55", number, **fields))["id"]


def wait_held(net: Network, records: set[str]) -> None:
    scene.wait("PND to hold them", lambda: records <= set(scene.held(net, "PND")))


def answered(net: Network, record: str) -> tuple[str, str]:
    rows = scene.rows_at_id(net, "F55", "trace", record, "ingested")
    return (rows[0]["says"], rows[0]["reference"] or rows[0]["rule"]) if rows else ("", "")


def write_requirements(net: Network, *lines: str) -> str:
    path = net.path("requirements.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(("flagpost/requirements/v1", "version 9", "title of a test", *lines, "")))
    return path


def check_batch(net: Network, desk: Desk) -> None:
    """A right record goes into a batch with its key, a wrong one is refused by the file."""
    title = 'A "quoted", title;\nof two lines'
    good = publish(net, 1, title=title)
    poor = publish(net, 2, offence_codes=[])
    wait_held(net, {good, poor})
    desk.requirements = write_requirements(net, "rule R7", "field T.1 offence_codes give one")
    end = desk.load()
    check_equal((end["batches"], end["loaded"], end["refused"], end["requirements"]), (1, 1, 1, 9),
                "the run")
    (name, rows), = desk.batches().items()
    check_equal([(row["force"], row["urn"], row["version"], row["record"], row["title"])
                 for row in rows], [("55", "55-IR-2025-00000001", "1", good, title)], "the row")
    check_equal(json.loads(rows[0]["json"])["title"], title, "the whole record")
    scene.wait("the refusal", lambda: answered(net, poor) == ("refused", "T.1"))
    scene.wait("its to-do", lambda: poor in todos(net))
    check_equal(desk.load()["batches"], 0, "nothing waits any more")
    desk.drop("one.csv", [[name, good, "accepted", "N-1", "", ""]])
    check_equal(desk.results()[0], DONE, "the results")
    scene.wait("its reference", lambda: answered(net, good) == ("accepted", "N-1"))
    check_equal(os.listdir(os.path.join(desk.back, "read")), ["one.csv"], "where it is kept")


def check_recalled_and_gate(net: Network, desk: Desk) -> None:
    """What was recalled is not loaded; of a force that loads by itself nothing is written."""
    desk.requirements = SHIPPED
    recalled = publish(net, 9)
    wait_held(net, {recalled})
    net.at("F55", "recall", recalled, "--reason", "wrong person", "--person", "DI at the bureau")
    scene.wait("the recall at PND", lambda: recalled in {
        row["id"] for row in net.at("PND", "ingest list")[1] if row.get("standing") == "recalled"})
    check(recalled not in listed(net, "--state", "waiting"), "it waits for nothing")
    check_equal(listed(net, "--state", "recalled")[recalled]["state"], "recalled", "its state")
    end = desk.load()
    check_equal((end["left"], end["loaded"]), (0, 0), "what was recalled")
    gated = publish(net, 4)
    wait_held(net, {gated})
    desk.requirements = write_requirements(net, "force * load", "force 55 gate", "rule R7")
    before = len(desk.batches())
    end = desk.load()
    check_equal((end["gate"], end["loaded"], len(desk.batches())), (1, 0, before), "the gate")
    desk.drop("gate.csv", [["gate", gated, "accepted", "G-1", "", ""]])
    check_equal(desk.results()[1]["accepted"], 1, "its own load's result")
    desk.requirements = SHIPPED


def check_results(net: Network, desk: Desk) -> None:
    """Late, twice, contradicting, unknown, malformed: what is wrong is told and changes nothing."""
    one, two = publish(net, 5), publish(net, 6)
    wait_held(net, {one, two})
    desk.load()
    batch = next(name for name, rows in desk.batches().items()
                 if one in {row["record"] for row in rows})
    desk.drop("a.csv", [[batch, one, "accepted", "N-5", "", ""],
                        [batch, two, "refused", "", "R2", "grade the second text"]])
    desk.drop("b.csv", [[batch, one, "accepted", "N-5", "", ""]])
    code, end = desk.results()
    check_equal((code, end["accepted"], end["refused"], end["before"]), (DONE, 1, 1, 1), "twice")
    waiting = publish(net, 7)
    wait_held(net, {waiting})
    bad = {
        "contradicts.csv": ([batch, one, "accepted", "N-6", "", ""], "first answer stands"),
        "unknown.csv": ([batch, "0" * 32, "accepted", "N-7", "", ""], "no record here"),
        "short.csv": ([batch, one[:12], "accepted", "N-5", "", ""], "whole id"),
        "other-batch.csv": (["20250101-000000-00000000", two, "refused", "", "R2", "x"],
                            "not in that batch"),
        "not-loaded.csv": ([batch, waiting, "accepted", "N-8", "", ""], "not in that batch"),
        "word.csv": ([batch, one, "perhaps", "N-5", "", ""], "accepted, or refused"),
        "both.csv": ([batch, one, "accepted", "N-5", "R2", ""], "reference alone"),
        "bare.csv": ([batch, one, "accepted", "", "", ""], "national reference"),
        "cells.csv": ([batch, one, "accepted"], "six cells"),
    }
    for name, (row, _) in bad.items():
        desk.drop(name, [row])
    desk.drop("header.csv", [[one, "accepted"]], header=["record", "outcome"])
    with open(os.path.join(desk.back, "quotes.csv"), "w", encoding="utf-8") as f:
        f.write(",".join(COLUMNS) + '\n"a"b,c\n')
    open(os.path.join(desk.back, "empty.csv"), "w", encoding="utf-8").close()
    code, end = desk.results()
    check_equal((code, end["quarantined"], end["accepted"]), (REFUSED, len(bad) + 3, 0), "bad files")
    for name, (_, word) in bad.items():
        with open(os.path.join(desk.back, "quarantine", name + ".why"), encoding="utf-8") as f:
            why = f.read()
        check(why.startswith("line 2: ") and word in why or name == "word.csv", f"{name}: {why}")
        check(os.path.exists(os.path.join(desk.back, "quarantine", name)), name)
    check_equal(desk.results(), (DONE, {"files": 0, "accepted": 0, "deleted": 0, "refused": 0,
                                        "before": 0, "faults": 0, "quarantined": 0, "left": 0}),
                "nothing is left")
    scene.wait("the first answers", lambda: (answered(net, one), answered(net, two)) ==
               (("accepted", "N-5"), ("refused", "R2")))
    check_equal(answered(net, waiting), ("", ""), "what was given to no loader has no answer")


def quarantine_todos(net: Network) -> list[str]:
    return [row["what"] for row in net.at("PND", "todo")[1] if row.get("kind") == "results"]


def check_exchanged(net: Network, desk: Desk) -> None:
    """A file that comes under the name of the one that is being read is another file; a run that
    is killed, and one beside it, lose nothing."""
    one, two = publish(net, 40), publish(net, 41)
    wait_held(net, {one, two})
    desk.load()
    batch = next(name for name, rows in desk.batches().items() if one in {row["record"] for row in rows})
    node = net.processes["PND"]
    for record, reference, kill in ((one, "X-1", False), (two, "X-2", True)):
        desk.drop("x.csv", [[batch, record, "accepted", reference, "", ""]])
        node.send_signal(signal.SIGSTOP)  # the command waits for its answer to the first row
        try:
            with subprocess.Popen([net.binary, *desk.results_command()], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, cwd=net.folder) as running:
                scene.wait("the file to be taken", lambda: "x.csv" not in os.listdir(desk.back))
                code, told = desk.results()
                check(code == UNREACHABLE and "at work" in told.get("why", ""), f"beside it: {told}")
                if kill:
                    running.kill()
                    running.wait(timeout=60)
                else:
                    desk.drop("x.csv", [[batch, "0" * 32, "accepted", "X-3", "", ""]])
                node.send_signal(signal.SIGCONT)
        finally:
            node.send_signal(signal.SIGCONT)
        code, end = desk.results()
        check_equal((code, end["files"], end["quarantined"]),
                    (DONE, 1, 0) if kill else (REFUSED, 1, 1), "the next run")
        scene.wait("its answer", lambda record=record, reference=reference:
                   answered(net, record) == ("accepted", reference))
    check_equal(quarantine_todos(net), ["result files of the loader in quarantine: 1"], "a to-do")
    for name in os.listdir(os.path.join(desk.back, "quarantine")):
        os.unlink(os.path.join(desk.back, "quarantine", name))
    check_equal((desk.results()[0], quarantine_todos(net)), (DONE, []), "until they are taken away")


def check_hostile_folder(net: Network, desk: Desk) -> None:
    """Whoever writes into the folder makes the command neither read, write nor replace what
    is elsewhere, and what is no file holds up no file that is."""
    quarantine = os.path.join(desk.back, "quarantine")
    target, secret = net.path("target"), net.path("secret")
    with open(secret, "w", encoding="utf-8") as f:
        f.write(",".join(COLUMNS) + "\nZylqhorv,x,accepted,N-1,,\n")
    wrong = [["20250101-000000-00000000", "0" * 32, "accepted", "N-1", "", ""]]
    os.symlink(target, os.path.join(quarantine, "link.csv.why"))
    os.symlink(secret, os.path.join(desk.back, "a-link.csv"))
    os.mkdir(os.path.join(desk.back, "b-folder.csv"))
    os.mkfifo(os.path.join(desk.back, "c-pipe.csv"))
    for name in ("link.csv", "twice.csv"):
        desk.drop(name, wrong)
    code, end = desk.results()
    check_equal((code, end["files"], end["quarantined"], end["left"]), (REFUSED, 5, 5, 0), "a first run")
    check(not os.path.exists(target), "reasons were written through a link")
    def why(name: str) -> str:
        with open(os.path.join(quarantine, name + ".why"), encoding="utf-8") as f:
            return f.read()
    check("no record here" in why("link.csv.1") and os.path.exists(
        os.path.join(quarantine, "link.csv.1")), "the reasons beside their file, under a free number")
    for name, words in (("a-link.csv", "is a link"), ("b-folder.csv", "no file"), ("c-pipe.csv", "no file")):
        check(words in why(name) and os.path.lexists(os.path.join(quarantine, name)), f"{name}: {why(name)}")
    first = why("twice.csv")
    desk.drop("twice.csv", [wrong[0], ["x"]])
    check_equal(desk.results()[0], REFUSED, "the same name again")
    check_equal((why("twice.csv"), "line 3" in why("twice.csv.1")), (first, True), "both reasons are kept")

    # What cannot be moved stays, is told, and the others are taken.
    shutil.rmtree(quarantine)
    os.symlink(net.path("roots"), quarantine)
    desk.drop("d.csv", wrong)
    code, end = desk.results()
    check(code == UNREACHABLE and "link" in end["why"], f"a quarantine that is a link: {code} {end}")
    os.unlink(quarantine)
    long = "e" * 250 + ".csv"  # there is no room for a number or reasons behind it
    desk.drop(long[-240:], wrong)
    os.rename(os.path.join(desk.back, long[-240:]), os.path.join(desk.back, long))
    code, end = desk.results()
    check_equal((code, end["left"], end["quarantined"]), (UNREACHABLE, 1, 1), "one that is left")
    check(os.path.exists(os.path.join(desk.back, long)) and why("d.csv"), "the next one is taken")
    os.unlink(os.path.join(desk.back, long))
    check_equal(desk.results()[0], DONE, "afterwards")


def validates(net: Network, text: str) -> bool:
    with open(net.path("records.xml"), "w", encoding="utf-8") as f:
        f.write(text)
    return subprocess.run(["xmllint", "--noout", "--nonet", "--schema",
                           os.path.join(os.path.dirname(SHIPPED), "load.xsd"),
                           net.path("records.xml")], capture_output=True, timeout=60,
                          check=False).returncode == 0


def check_xml(net: Network, desk: Desk) -> None:
    """What XML would read otherwise arrives as it was written, and the schema holds."""
    none = "\ufffe\uffff"  # no characters of XML: one record would make the batch unreadable
    title = 'Smith & "Sons" <b>; ]]> \u00e9\ttab'
    record = publish(net, 8, title=title + none)
    wait_held(net, {record})
    before = set(desk.batches())
    check_equal(desk.load("--form", "xml")["batches"], 1, "a batch of XML")
    name, = set(desk.batches()) - before
    row = next(one for one in desk.batches()[name] if one["record"] == record)
    check_equal((row["force"], row["urn"], row["version"], row["title"], row["crimeCode"]),
                ("55", "55-IR-2025-00000008", "1", title + "??", "FICT-OIM-01"), "the row")
    whole = json.loads(row["json"])
    check_equal(whole["title"], title + none, "the title in the JSON")
    check_equal(row["texts"], [(one["grade"], one["text"]) for one in whole["texts"]], "the texts")
    if shutil.which("xmllint") is None:
        say("xmllint is not here: the schema is not tried")
        return
    with open(os.path.join(desk.out, name, "records.xml"), encoding="utf-8") as f:
        text = f.read()
    check(validates(net, text), "the batch is not of its schema")
    for old, new in (('grade="1A"', 'grade="4A"'), ("<marking>", "<marking>TOP "),
                     ('version="1"', 'version="0"'), ('operation="add"', 'operation="delete"'), ("</record>", "<more>x</more></record>")):
        check(old in text and not validates(net, text.replace(old, new, 1)), f"{new} validates")


def check_trouble(net: Network, desk: Desk) -> None:
    """Who may read and not decide is told so, whatever is to be put where; a batch that a stopped
    run has left is not closed without what belongs in it, and nothing is lost."""
    records = {publish(net, number) for number in (60, 61)}
    wait_held(net, records)
    me = f"uid:{os.getuid()}"

    def denied(what: str) -> None:
        net.at("PND", "operator set", me, "--roles", "read")
        done = net.run(*desk.load_command(), check=False)
        check(done.returncode == FORBIDDEN and "the role decide" in done.stdout + done.stderr,
              f"{what}: {done.returncode} {done.stdout}{done.stderr}")
        net.at("PND", "operator remove", me)

    before = set(desk.batches())
    denied("into a batch")
    desk.requirements = write_requirements(net, "force 55 gate", "rule R7")
    denied("to the force's own loads")
    desk.requirements = SHIPPED
    check_equal((desk.load()["loaded"], {row["state"] for row in net.at("PND", "ingest list")[1]
                                         if row.get("id") in records}), (2, {"loading"}), "afterwards")
    name, = set(desk.batches()) - before
    shutil.rmtree(os.path.join(desk.out, name))  # as a run that was stopped has left it
    denied("a batch that is written again")
    check(name not in os.listdir(desk.out), "it was closed short")
    end = desk.load()
    check_equal((end["batches"], {row["record"] for row in desk.batches()[name]}), (1, records), "whole")


def check_wrong(net: Network, desk: Desk) -> None:
    code = net.run("ingest", "load", "--home", net.path("PND"), check=False).returncode
    check_equal(code, WRONG_USE, "without options")
    code = net.run(*desk.load_command(), "--form", "pdf", check=False).returncode
    check_equal(code, WRONG_USE, "a form that there is not")
    done = net.run("ingest", "load", "--home", net.path("PND"), "--out", desk.out,
                   "--requirements", net.path("nothere"), "--purpose", "x", check=False)
    check(done.returncode == UNREACHABLE and "no such file" in done.stderr, f"no file: {done.stderr}")
    path = write_requirements(net, "rule two words")
    done = net.run("ingest", "load", "--home", net.path("PND"), "--out", desk.out,
                   "--requirements", path, "--purpose", "x", check=False)
    check(done.returncode == REFUSED and "line 4" in done.stderr, f"a wrong file: {done.stderr}")
    done = net.run("ingest", "load", "--home", net.path("F55"), "--out", desk.out,
                   "--requirements", SHIPPED, "--purpose", "x", check=False)
    check(done.returncode == REFUSED and "national ingestion" in done.stderr + done.stdout,
          f"a bureau: {done.stderr}{done.stdout}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        desk = Desk(net)
        check_batch(net, desk)
        check_recalled_and_gate(net, desk)
        check_exchanged(net, desk)
        check_results(net, desk)
        check_hostile_folder(net, desk)
        check_xml(net, desk)
        check_trouble(net, desk)
        check_wrong(net, desk)
        for agency in ("F55", "PND"):
            scene.verify(net, agency)
        say("batches out, results back; what was wrong was refused or quarantined")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
