"""A report goes its way through the bureau, and nothing of its source ever leaves it.

Handed in, assessed, sanitised, released: each step out of its turn is refused, each is in
the log with who did it, and before the release no agency holds anything.  Where the policy
asks for a second person, whoever drafted or sanitised cannot release.  A canary stands in
every field of the source and in the raw text: it is shown to the bureau alone, after the
look is in the log, and is found in no file, no log and no answer at another agency.
"""

import argparse
import copy
import json
import os
import signal
import sqlite3
import subprocess
import time

import canary
import scene
from control import ask
from scene import Network, check, check_equal, say

# Another person at the same machine, who may ask the node as a member of its group.
OTHER_UID = 65534
GROUP = "nogroup"

REFUSED, WRONG_USE, NOT_THERE, FORBIDDEN = 1, 2, 3, 4


def configure(net: Network, agency: str, **keys: object) -> None:
    """Adds keys to a node's configuration and starts it again with them."""
    net.stop(agency)
    with open(net.path(agency, "config"), encoding="utf-8") as f:
        lines = [line for line in f.read().splitlines()
                 if line.split("=")[0].strip() not in keys]
    with open(net.path(agency, "config"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines + [f"{key} = {value}" for key, value in keys.items()]) + "\n")
    net.start(agency)
    net.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def at(net: Network, command: str, *arguments: str, text: str | None = None,
       uid: int | None = None) -> tuple[int, list[dict], str]:
    """A command of F55's, as another user where `uid` is given."""
    done = subprocess.run(
        [net.binary, *command.split(), "--home", net.path("F55"), "--json", *arguments],
        input=text, text=True, capture_output=True, timeout=60, cwd="/",
        user=uid, group=None if uid is None else uid, extra_groups=None if uid is None else [])
    answers = [json.loads(line) for line in (done.stdout + done.stderr).splitlines()
               if line.startswith("{")]
    return done.returncode, answers, done.stdout + done.stderr


def expect(net: Network, code: int, command: str, *arguments: str, **more) -> list[dict]:
    got, answers, said = at(net, command, *arguments, **more)
    check_equal(got, code, f"{command} {arguments}: {said.strip()}")
    return answers


def row(answers: list[dict], kind: str) -> dict:
    found = [one for one in answers if one.get("row") == kind]
    check(found, f"no {kind} in {answers}")
    return found[0]


def findings(answers: list[dict]) -> list[tuple[str, str]]:
    return [(one["rule"], one["field"]) for one in answers if one.get("row") == "finding"]


def submitted(number: int) -> dict:
    """A report as an officer types it: no grade, no handling, no risk assessment."""
    record = scene.simple_record("F55", number)
    for field in ("handling", "risk", "no_intercept", "pii_decision"):
        del record[field]
    for text in [record["provenance"], *record["texts"]]:
        text.pop("grade", None)
        text.pop("grade_reason", None)
    return record


def source(canaries: canary.Canaries) -> dict:
    return {"reference": canaries.digits("source reference", "ISR-", 10),
            "type": canaries.text("source type"), "officer": canaries.text("source officer"),
            "known_to": [canaries.text("source known 1"), canaries.text("source known 2")],
            "raw": "As told: " + canaries.text("source raw") + " keeps the boat."}


ASSESSMENT = ("--grade", "2B", "--handling", "P", "--risk", "Low: seen by many.",
              "--pii-decision", "None arises.", "--no-intercept")


def hand_in(net: Network, report: dict, *options: str) -> str:
    answers = expect(net, 0, "draft", "-", *options, text=json.dumps(report))
    return row(answers, "draft")["id"]


def sanitised(net: Network, draft: str) -> dict:
    """The draft's record as it is shown to be edited."""
    return expect(net, 0, "draft show", draft, "--purpose", "sanitising")[-1]


def goes_its_way(net: Network, canaries: canary.Canaries) -> tuple[str, str]:
    """One report from hand to hand; returns the draft's and the record's id."""
    draft = hand_in(net, {**submitted(1), "source": source(canaries)})
    check_equal(row(expect(net, 0, "draft list"), "draft")["state"], "draft", "the list")

    # To a person an unassessed draft has no handling code, and its flags are there.
    shown = subprocess.run([net.binary, "draft", "show", draft, "--home", net.path("F55"),
                            "--purpose", "reading"], capture_output=True, text=True,
                           timeout=60).stdout
    check("handling             none yet\n" in shown, f"handling of a draft: {shown}")
    check("flags as submitted   #" in shown, f"flags of a draft: {shown}")

    # Each step has its turn, and says what the turn is.
    for command, arguments in (("sanitise", (draft,)), ("rework", (draft, "--reason", "x")),
                               ("release", (draft, "--person", "DS One"))):
        answers = expect(net, REFUSED, command, *arguments)
        check("assess" in answers[-1]["sentence"], f"{command}: {answers[-1]}")

    # Who takes it for a record is told what it is, and what comes next.
    for command in (("trace",), ("show", "--purpose", "x"), ("recall", "--reason", "x", "--person", "x")):
        answers = expect(net, NOT_THERE, command[0], draft, *command[1:])
        check("is a draft (draft)" in answers[-1]["sentence"] and
              "flagpost assess" in answers[-1]["sentence"], f"{command[0]}: {answers[-1]}")
    answers = expect(net, NOT_THERE, "publish", draft)
    check("flagpost release" in answers[-1]["why"], f"publish: {answers[-1]}")

    missing = findings(expect(net, REFUSED, "assess", draft, "--grade", "2B"))
    check({"R3", "R5"} <= {rule for rule, _ in missing}, f"an empty assessment: {missing}")
    check_equal(row(expect(net, 0, "draft list"), "draft")["state"], "draft", "refused")
    answers = expect(net, 0, "assess", draft, *ASSESSMENT)
    check_equal(row(answers, "draft")["state"], "assessed", "assessed")

    record = sanitised(net, draft)
    check("source" not in record and record["texts"][0]["grade"] == "2B", "the draft as shown")
    for words in (canaries.texts["source reference"].lower(), canaries.texts["source officer"],
                  canaries.texts["source known 2"].upper()):
        wrong = copy.deepcopy(record)
        wrong["texts"][-1]["text"] += f" As {words} told."
        found = findings(expect(net, REFUSED, "sanitise", draft, "-", text=json.dumps(wrong)))
        check(("R6", f"texts[{len(wrong['texts']) - 1}].text") in found, f"{words}: {found}")
    other = {**record, "urn": record["urn"][:-2] + "99"}
    found = findings(expect(net, REFUSED, "sanitise", draft, "-", text=json.dumps(other)))
    check(("F1", "urn") in found, f"another report in the draft's place: {found}")
    # The linter of words warns and does not stop it.
    record["texts"][0]["text"] += " Surveillance saw it."
    answers = expect(net, 0, "sanitise", draft, "-", text=json.dumps(record))
    check(("R6", "texts[0].text") in findings(answers), f"the linter: {answers}")

    expect(net, 0, "rework", draft, "--reason", "names a method")
    check_equal(row(expect(net, 0, "draft list"), "draft")["state"], "draft", "sent back")
    expect(net, REFUSED, "release", draft, "--person", "DS One")
    record["texts"][0]["text"] = record["texts"][0]["text"].replace(" Surveillance saw it.", "")
    expect(net, 0, "assess", draft)
    expect(net, 0, "sanitise", draft, "-", text=json.dumps(record))

    for agency in ("SWROCU", "JFC", "PND"):
        check_equal(scene.held(net, agency), [], f"{agency} before the release")
    expect(net, WRONG_USE, "release", draft)
    expect(net, WRONG_USE, "release", draft, "--person", "  ")
    # What the log's row cannot hold is known before the record goes out.
    for words in ("x" * 201, " "):
        ask(net, "F55", "release", id=draft.encode(), person=b"DS One", released=words.encode())
    check_equal(row(expect(net, 0, "draft list"), "draft")["state"], "sanitised", "not released")
    check_equal(scene.held(net, "F55"), [], "a record that went out without its row")
    placed = row(expect(net, 0, "release", draft, "--person", "DS One"), "record")
    scene.wait_stored(net, "F55", placed["id"], {"SWROCU", "JFC", "PND"})
    check(placed["id"] != draft, "a draft's id tells when it was handed in")
    expect(net, REFUSED, "release", draft, "--person", "DS One")
    answers = expect(net, NOT_THERE, "trace", draft)
    check(f"released as the record {placed['id']}" in answers[-1]["sentence"], f"{answers[-1]}")
    check_equal(expect(net, 0, "draft list")[-1]["sentence"], "there are no drafts", "the list")
    done = row(expect(net, 0, "draft list", "--all"), "draft")
    check_equal((done["state"], done["record"]), ("released", placed["id"]), "the whole list")
    return draft, placed["id"]


def is_named_by_its_urn(net: Network) -> None:
    """A sergeant has the report's URN and not the draft's id: it finds the draft, and the list and
    what waits to be released show which is which."""
    report = {**submitted(60), "title": "A report by its name"}
    urn = report["urn"]
    draft = hand_in(net, report)
    for command in (("find", urn.lower()), ("find", draft), ("trace", urn),
                    ("show", urn, "--purpose", "x")):
        answers = expect(net, NOT_THERE, *command)
        check("is a draft (draft)" in answers[-1]["sentence"], f"{command}: {answers[-1]}")
    check(urn not in str(expect(net, 0, "draft list")), "what a report says, without a row of the log")
    listed = row(expect(net, 0, "draft list", "--titles"), "draft")
    check_equal((listed["id"], listed["urn"], listed["title"]), (draft, urn, report["title"]),
                "the list with titles")
    log = expect(net, 0, "audit", "--use", "integrity", "--operation", "consult")
    check(any(one["outcome"] == "drafts listed by title" for one in log), "its row of the log")
    expect(net, 0, "assess", urn, *ASSESSMENT)
    expect(net, 0, "sanitise", f" {urn.lower()}")
    waits = [one for one in expect(net, 0, "todo") if one.get("kind") == "release"]
    check([one["record"] for one in waits] == [draft] and f"flagpost release {draft}" in waits[0]["do"],
          f"what waits to be released: {waits}")
    check_equal(sanitised(net, urn)["urn"], urn, "shown by its URN")
    second = hand_in(net, report)
    answers = expect(net, REFUSED, "release", urn, "--person", "DS One")
    check(draft in answers[-1]["sentence"] and second in answers[-1]["sentence"], f"two: {answers}")
    expect(net, 0, "draft discard", second, "--reason", "twice")
    record = row(expect(net, 0, "release", urn, "--person", "DS One"), "record")["id"]
    for name in (urn, record, record[:12]):
        check_equal([one["id"] for one in expect(net, 0, "find", name) if "id" in one], [record],
                    f"find {name}")
    check(not [one for one in expect(net, 0, "todo") if one.get("kind") == "release"], "it is released")
    week = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7 * 86400))
    held = row(expect(net, 0, "publish", "-", "--hold-until", week,
                      text=json.dumps(scene.simple_record("F55", 61)))[0]["rows"], "held")["id"]
    for command in (("find", held), ("trace", held), ("show", held, "--purpose", "x")):
        answers = expect(net, NOT_THERE, *command)
        check(f"is held until {week}" in answers[-1]["sentence"] and
              f"--cancel {held}" in answers[-1]["sentence"], f"{command}: {answers[-1]}")
    expect(net, 0, "publish", "--cancel", held)


def is_logged(net: Network, draft: str, record: str) -> None:
    """Every step has its row, with the person as the kernel knows him."""
    log = [one for one in expect(net, 0, "audit", "--use", "integrity") if one.get("object") == draft]
    told = [(one["operation"], one["outcome"]) for one in log if one["operation"] != "consult"]
    # What is refused shows findings, so each refusal has its row: one of assessing, and
    # four of sanitising.
    refused = ("refuse", "draft refused")
    check_equal(told, [("collect", "drafted"), refused, ("alter", "assessed"), refused, refused,
                       refused, refused, ("alter", "sanitised"),
                       ("alter", "sent back"), ("alter", "assessed"), ("alter", "sanitised"),
                       ("alter", f"released as {record}")], "the log of a draft")
    check(all(one["actor"].startswith(f"uid:{os.getuid()} ") for one in log), f"{log}")
    check_equal([one["purpose"] for one in log if one["outcome"] == "sent back"],
                ["names a method"], "the reason")


def shows_the_source(net: Network, canaries: canary.Canaries, draft: str, record: str) -> None:
    """To the bureau, for a purpose, by the draft or by the record; the look is in the log."""
    expect(net, FORBIDDEN, "source", draft)
    for number, wanted in enumerate((draft, record)):
        purpose = f"register check {number}"
        shown = json.dumps(expect(net, 0, "source", wanted, "--purpose", purpose))
        missing = [field for field, text in canaries.texts.items() if text not in shown]
        check(not missing, f"the bureau is not shown {missing}")
        log = expect(net, 0, "audit", "--use", "integrity", "--operation", "consult")
        check(any(one.get("purpose") == purpose and one["outcome"] == "source shown" and
                  one["object"] == draft for one in log), "a look at the source is not logged")
    code, _, _ = at(net, "draft show", draft, "--purpose", "again")
    check_equal(code, REFUSED, "a released draft has no record of its own any more")
    for agency in ("SWROCU", "JFC", "PND"):
        code, answers = net.at(agency, "source", record, "--purpose", "curious", check=False)
        check(code != 0 and not canary.search(json.dumps(answers).encode(),
                                               canary.needles(canaries)), f"{agency}: {answers}")


def stays_home(net: Network, canaries: canary.Canaries, record: str) -> None:
    """In no file of any node, in no proof, in no answer of another agency."""
    wanted = canary.needles(canaries)
    shown = ""
    for agency in ("SWROCU", "JFC", "PND"):
        for command in (("show", record, "--purpose", "check"), ("inbox",), ("audit", "--use", "integrity"),
                        ("trace", record), ("status",), ("todo",)):
            _, answers = net.at(agency, *command, check=False)
            shown += json.dumps(answers)
    for command in (("trace", record), ("audit", "--use", "integrity"), ("inbox",), ("status",), ("todo",),
                    ("draft list", "--all")):
        shown += at(net, *command)[2]
    check(len(shown) > 5000, "too little was looked at")
    check(not canary.search(shown.encode(), wanted), "an answer holds something of the source")
    net.at("F55", "proof export", record, "--out", net.path("proof.txt"))
    net.at("F55", "redact", record, "--items", "facts", "--out", net.path("redacted.txt"),
           "--purpose", "check")
    for command in (("audit export", "--use", "integrity"), ("disclosure schedule", record),
                    ("breach export", record)):
        name = command[0].replace(" ", "-")
        net.at("F55", *command, "--purpose", "check", "--out", net.path(name + ".out"))
    canary.check_files(net, wanted, "with what leaves the node: proof, copy, log, schedule, breach")
    canary.check_processes(net, wanted)


def needs_a_second_person(net: Network) -> None:
    """Policy on: neither the drafter nor the sanitiser releases, a colleague does."""
    configure(net, "F55", second_person=1, desk_group=GROUP)
    os.chmod(net.folder, 0o755)
    os.chmod(net.path("F55"), 0o710)
    draft = hand_in(net, submitted(2))
    expect(net, 0, "assess", draft, *ASSESSMENT)
    expect(net, 0, "sanitise", draft)
    check_equal([one["record"] for one in expect(net, 0, "todo") if one.get("kind") == "release"],
                [draft], "the to-do list")
    answers = expect(net, FORBIDDEN, "release", draft, "--person", "DS Two")
    check("second person" in answers[-1]["sentence"], f"{answers}")

    record = scene.simple_record("F55", 3)
    answers = expect(net, FORBIDDEN, "publish", "-", text=json.dumps(record))
    check("--released" in answers[-1]["sentence"], f"a way around the policy: {answers}")
    for person in ("x" * 201, " ", "\t \n"):
        expect(net, REFUSED, "publish", "-", "--released", person, text=json.dumps(record))
    expect(net, WRONG_USE, "release", draft, "--person", " ")
    expect(net, 0, "publish", "-", "--released", "DS Niche, 14:05", text=json.dumps(record))
    log = expect(net, 0, "audit", "--use", "integrity", "--operation", "collect")
    check(any(one["purpose"] == "DS Niche, 14:05" for one in log), "who released it")

    if os.geteuid() != 0:
        say("SKIPPED in part: a second person needs root to become another user")
        return
    # Who released is another user of this machine; a name typed is not enough.
    colleague = {"uid": OTHER_UID}
    os.chown(net.path("F55"), 0, OTHER_UID)
    expect(net, 0, "release", draft, "--person", "DS Two", **colleague)
    check_equal([one for one in expect(net, 0, "todo") if one.get("kind")], [], "the to-do list")

    # The group shares the desk, not the keeping of the node.
    for command, arguments in (("audit", ()), ("new-epoch", ()), ("case rebuild", ()),
                               ("token new", ("rms",)), ("token revoke", ("rms",))):
        answers = expect(net, FORBIDDEN, command, *arguments, **colleague)
        check("own user" in answers[-1]["sentence"], f"{command}: {answers}")
    check_equal(at(net, "token list")[1][-1]["sentence"], "there are no system accounts",
                "a token that a member of the group asked for")

    # The other way round: handed in by the colleague, sanitised by us.
    draft = row(expect(net, 0, "draft", "-", text=json.dumps(submitted(4)), **colleague),
                "draft")["id"]
    expect(net, 0, "assess", draft, *ASSESSMENT)
    expect(net, 0, "sanitise", draft)
    for person in ({}, colleague):
        expect(net, FORBIDDEN, "release", draft, "--person", "DS Two", **person)
    log = [one for one in expect(net, 0, "audit", "--use", "integrity") if one.get("object") == draft]
    check(log[0]["actor"].startswith(f"uid:{OTHER_UID} "), f"the colleague in the log: {log[0]}")

    # Who writes the whole text in assessing does not release it, whoever sanitised it.
    draft = row(expect(net, 0, "draft", "-", text=json.dumps(submitted(10)), **colleague),
                "draft")["id"]
    expect(net, 0, "assess", draft, "-", *ASSESSMENT, text=json.dumps(submitted(11)))
    expect(net, 0, "sanitise", draft, **colleague)
    expect(net, FORBIDDEN, "release", draft, "--person", "DS Two")


def refuses_what_is_not_a_report(net: Network) -> None:
    """Bad input has its place and its sentence, and leaves no draft behind."""
    good = submitted(9)
    unmarked = {name: value for name, value in good.items() if name != "marking"}
    before = expect(net, 0, "draft list", "--all")
    cases = [
        ("{", "line 1"),
        ("[]", "one report"),
        (json.dumps({**good, "source": "a friend"}), "source"),
        (json.dumps({**good, "source": {"name": "x"}}), "reference, type, officer"),
        (json.dumps({**good, "source": {"raw": 7}}), "source.raw"),
        (json.dumps({**good, "source": {"known_to": "x"}}), "source.known_to"),
        (json.dumps({**good, "source": {"known_to": ["x"] * 17}}), "at most 16"),
        (json.dumps({**good, "source": {"raw": "x" * 40000}}), "too long"),
        (json.dumps({**good, "raw": "x"}), "raw"),
        (json.dumps({**good, "marking": "SECRET"}), "OFFICIAL-SENSITIVE"),
        (json.dumps({**unmarked, "original_marking": "SECRET"}), "OFFICIAL-SENSITIVE"),
        ('{"source":{"raw":"a","raw":"b"}}', "twice"),
    ]
    for text, wanted in cases:
        code, _, said = at(net, "draft", "-", text=text)
        check(code in (REFUSED, FORBIDDEN) and wanted in said, f"{text[:60]}: {code} {said}")
    expect(net, NOT_THERE, "draft", "-", "--supersedes", "0" * 32, text=json.dumps(good))
    expect(net, NOT_THERE, "draft show", "ffff", "--purpose", "x")
    code, _, said = at(net, "sanitise", "ffff", "-",
                       text=json.dumps({**good, "source": {"raw": "x"}}))
    check_equal(code, REFUSED, f"a sanitised record with a source: {said}")
    # The wire and the reader of records have no such field at all.
    code, _, said = at(net, "publish", "-",
                       text=json.dumps({**scene.simple_record("F55", 8), "source": {}}))
    check(code == REFUSED and "source" in said, f"publish with a source: {code} {said}")
    check_equal(expect(net, 0, "draft list", "--all"), before, "a draft was left behind")
    log = expect(net, 0, "audit", "--use", "integrity", "--operation", "refuse")
    check(any(one["rules"] == "R1" for one in log), f"a draft over the marking: {log[-1]}")


def corrects(net: Network, record: str) -> None:
    """A correction is a draft like another, and says what it supersedes when released."""
    text = json.dumps({**submitted(5), "source": {"officer": "PC Kanarienvogel"}})
    expect(net, WRONG_USE, "draft", "-", "--supersedes", record, text=text)
    expect(net, REFUSED, "draft", "-", "--supersedes", record, "--reason",
           "as pc kanarienvogel said", text=text)
    draft = hand_in(net, submitted(5), "--supersedes", record, "--reason", "the date was wrong")
    expect(net, 0, "assess", draft, *ASSESSMENT)
    expect(net, 0, "sanitise", draft)
    placed = row(expect(net, 0, "release", draft, "--person", "DS One"), "record")
    scene.wait_stored(net, "F55", placed["id"], {"SWROCU", "JFC", "PND"})


def lowers_its_marking(net: Network) -> None:
    """R12: no step lowers a marking without a named person and a reason, nor does handing a
    record in below the older marking that stands beside it."""
    why = ("--person", "DS One", "--reason", "what would harm is left out")

    def text(number: int, marking: str, **more: object) -> str:
        return json.dumps({**scene.simple_record("F55", number, marking=marking), **more})

    def refused(command: str, *arguments: str, given: str | None = None) -> None:
        for words in ((), why[:2], why[2:], (*why[:3], " "), ("--person", " ", *why[2:])):
            found = findings(expect(net, REFUSED, command, *arguments, *words, text=given))
            check(("R12", "marking") in found, f"{command} {words}: {found}")

    # In assessing; put up again and down again it is another fall.
    low, high = text(920, "OFFICIAL"), text(920, "OFFICIAL-SENSITIVE")
    draft = hand_in(net, json.loads(high))
    refused("assess", draft, "-", given=low)
    expect(net, 0, "assess", draft, "-", *why, text=low)
    expect(net, 0, "sanitise", draft, "-", text=high)
    expect(net, 0, "rework", draft, "--reason", "see the text")
    refused("assess", draft, "-", given=low)
    # In sanitising.
    expect(net, 0, "assess", draft)
    refused("sanitise", draft, "-", given=low)
    expect(net, 0, "sanitise", draft, "-", *why, text=low)
    log = [one for one in expect(net, 0, "audit", "--use", "integrity") if one.get("object") == draft]
    check_equal([(one["outcome"], one["purpose"]) for one in log if "lowered" in one["outcome"]],
                [(f"{step}, marking lowered", f"{why[1]}: {why[3]}") for step in ("assessed", "sanitised")],
                "the log")
    check_equal(sum(one["outcome"] == "draft refused" and one["rules"] == "R12" for one in log), 15,
                "refusals in the log")
    first = row(expect(net, 0, "release", draft, "--person", "DS Two"), "record")["id"]

    # Below its original: not published at all, and as a draft by a person once.
    older = text(921, "OFFICIAL", original_marking="RESTRICTED")
    for command in ("publish", "explain"):
        code, told = net.at("F55", command, "-", check=False, text=older)
        found = [(one["rule"], one["severity"]) for one in scene.rows(told[0], "finding")]
        check(code == REFUSED and ("R12", "refuse") in found, f"{command} below the original: {told}")
    draft = hand_in(net, json.loads(older))
    refused("assess", draft)
    expect(net, 0, "assess", draft, *why)
    expect(net, 0, "rework", draft, "--reason", "see the text")
    expect(net, 0, "assess", draft)
    expect(net, 0, "sanitise", draft)
    expect(net, 0, "release", draft, "--person", "DS Two")
    scene.published(net, "F55", json.loads(text(922, "OFFICIAL-SENSITIVE", original_marking="RESTRICTED")))

    # A correction that is a draft: who releases it answers for it, but for who is of the source.
    up = row(expect(net, 0, "supersede", first, "-", "--reason", "more is known", text=high), "record")["id"]
    report = {**json.loads(low), "source": {"officer": "PC Kanarienvogel"}}
    draft = hand_in(net, report, "--supersedes", up, "--reason", "it is known to all")
    expect(net, 0, "assess", draft)
    expect(net, 0, "sanitise", draft)
    found = findings(expect(net, REFUSED, "release", draft, "--person", "PC Kanarienvogel"))
    check(("R12", "marking") in found, f"released by who is of the source: {found}")
    newest = row(expect(net, 0, "release", draft, "--person", "DS Two"), "record")["id"]
    scene.wait_stored(net, "F55", newest, {"JFC"})
    shown = net.run("show", newest, "--home", net.path("JFC"), "--purpose", "a test").stdout
    check("DS Two" in shown and "Kanarienvogel" not in shown, f"who answers for it: {shown}")


def sealed_rows(net: Network, draft: str) -> list[bytes]:
    """The draft's row and its source's, as they are in the file."""
    with sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True) as db:
        return [one[0] for one in db.execute("SELECT sealed FROM shelf WHERE id = ?",
                                             (bytes.fromhex(draft),))]


def files_have(net: Network, needle: bytes) -> bool:
    files = [net.path("F55", name) for name in os.listdir(net.path("F55"))]
    return any(needle in open(path, "rb").read() for path in files if os.path.isfile(path))


def is_discarded(net: Network, released: str) -> None:
    """A report that is not to be released: gone with its source, from every file."""
    report = {**submitted(7), "source": {"officer": "PC Kanarienvogel"}}
    draft = hand_in(net, report)
    expect(net, 0, "assess", draft, *ASSESSMENT)
    sealed = sealed_rows(net, draft)
    check(len(sealed) == 2 and all(files_have(net, one[:64]) for one in sealed), "the control")
    expect(net, WRONG_USE, "draft discard", draft)
    expect(net, REFUSED, "draft discard", released, "--reason", "second thoughts")
    expect(net, NOT_THERE, "draft discard", "ffff", "--reason", "x")
    expect(net, 0, "draft discard", draft, "--reason", "handed in twice")
    check_equal(sealed_rows(net, draft), [], "rows of a discarded draft")
    net.wait("what was discarded to be in no file",
             lambda: not any(files_have(net, one[:64]) for one in sealed))
    for command in ("draft show", "source"):
        expect(net, NOT_THERE, command, draft, "--purpose", "again")
    log = [one for one in expect(net, 0, "audit", "--use", "integrity") if one.get("object") == draft]
    check_equal((log[-1]["outcome"], log[-1]["purpose"]), ("draft discarded", "handed in twice"),
                "the log")
    check_equal(row(expect(net, 0, "draft list", "--all"), "draft")["state"], "released",
                "what was released is there still")


def is_graded_where_nothing_maps(net: Network) -> None:
    """A person's grade is for what has no equivalent; every original stays beside its grade."""
    report = scene.simple_record("F55", 900, original_scheme="5x5x5", original_handling="4")
    for field in ("handling", "action", "sanitisation", "conditions", "condition_reason"):
        report.pop(field, None)
    report["provenance"] = {"text": "A source.", "original_scheme": "5x5x5", "original_grade": "B2"}
    report["texts"] = [{"text": f"Text {grade}.", "basis": "fact", "original_scheme": "5x5x5",
                        "original_grade": grade} for grade in ("D4", "F9")]
    draft = hand_in(net, report)
    answers = expect(net, REFUSED, "assess", draft)
    check_equal([place for rule, place in findings(answers) if rule == "R22"], ["texts[1].grade"],
                "what waits for a grade")
    expect(net, 0, "assess", draft, "--grade", "2B")
    expect(net, 0, "sanitise", draft)
    record = row(expect(net, 0, "release", draft, "--person", "DS One"), "record")["id"]
    scene.wait_stored(net, "F55", record, {"JFC"})
    seen = net.at("JFC", "show", record, "--purpose", "a test")[1][0]
    check_equal([(t["grade"], t["original_grade"]) for t in [seen["provenance"], *seen["texts"]]],
                [("1A", "B2"), ("3D", "D4"), ("2B", "F9")], "grades and originals")
    check_equal((seen["handling"], seen["original_handling"]), ("C", "4"), "the handling code")


def survives_a_kill(net: Network) -> None:
    draft = hand_in(net, submitted(6))
    expect(net, 0, "assess", draft, *ASSESSMENT)
    net.stop("F55", signal.SIGKILL)
    net.start("F55")
    net.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
    found = [one for one in expect(net, 0, "draft list") if one.get("id") == draft]
    check_equal([one["state"] for one in found], ["assessed"], "after a kill")


def test(options: argparse.Namespace) -> None:
    canaries = canary.Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        draft, record = goes_its_way(net, canaries)
        is_logged(net, draft, record)
        is_named_by_its_urn(net)
        shows_the_source(net, canaries, draft, record)
        stays_home(net, canaries, record)
        corrects(net, record)
        lowers_its_marking(net)
        is_discarded(net, draft)
        refuses_what_is_not_a_report(net)
        is_graded_where_nothing_maps(net)
        survives_a_kill(net)
        needs_a_second_person(net)
        scene.verify(net, "F55")
    say(f"{len(canaries.texts)} canaries of one source")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
