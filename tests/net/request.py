"""A unit asks the owner of a record; the owner's desk answers, once; both ends can show it.

For more, for consent to act (A1) and for consent to a sanitised copy (S2): granted and refused.
What the handling codes permit is not asked, what is asked twice is refused.  Each end is killed
once it has said so.  The texts are shown for a purpose alone, stand in no file, and go with the record.
"""

import argparse
import datetime
import json
import signal
import sqlite3

import canary
import drafts
import immigration
import scene
from ingest import up
from scene import Network, check, check_equal, say

DUTY = ("--person", "DI at the bureau")
RELEASED = "CI at the bureau"
REFUSED, WRONG_USE, UNREACHABLE, FORBIDDEN = 1, 2, 3, 4
THREE = {name: scene.ONE_BUREAU[name] for name in ("F55", "SWROCU", "JFC")}


def record(number: int, action: str, sanitisation: str) -> dict:
    more = {"a3_usage": "as agreed"} if action == "A3" else {}
    return scene.simple_record(
        "F55", number, handling="C", action=action, sanitisation=sanitisation,
        conditions="ask first", condition_reason="an enquiry is under way", **more)


def received(net: Network, number: int, action: str, sanitisation: str) -> str:
    place = scene.published(net, "F55", record(number, action, sanitisation))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    return place["id"]


def call(net: Network, agency: str, *words: str) -> tuple[int, dict]:
    """The exit code, and the row that says how it ended."""
    code, told = net.at(agency, *words, check=False)
    return code, told[-1] if told else {}


def ask(net: Network, what: str, wants: str, question: str, *more: str) -> tuple[int, dict]:
    return call(net, "SWROCU", "ask", what, f"--{wants}", "--question", question, *more)


def answer(net: Network, what: str, *more: str) -> tuple[int, dict]:
    return call(net, "F55", "answer", what, "--from", "SWROCU", "--released", RELEASED, *more)


def asked(net: Network, agency: str, what: str = "", *more: str) -> dict[tuple, dict]:
    """The newest question of each kind about each record."""
    words = ("asked", what, "--purpose", "test") if what else ("asked", *more)
    rows = [row for row in net.at(agency, *words)[1] if row.get("row") == "asked"]
    return {(row["record"], row["wants"]): row
            for row in sorted(rows, key=lambda row: row["asked"])}


def state_at(net: Network, agency: str, what: str, wants: str) -> str:
    return asked(net, agency).get((what, wants), {}).get("state", "")


def wait_state(net: Network, agency: str, what: str, wants: str, state: str) -> None:
    scene.wait(f"{agency} to know that {wants} is {state}",
               lambda: state_at(net, agency, what, wants) == state)


def todos(net: Network, agency: str, kind: str) -> dict[str, str]:
    return {row["record"]: row["what"] for row in net.at(agency, "todo")[1]
            if row.get("kind") == kind}


def killed(net: Network, agency: str) -> None:
    """Whatever was answered is durable."""
    net.stop(agency, signal.SIGKILL)
    up(net, agency)


def check_needless(net: Network, number: int) -> None:
    """R13: what may be done without asking, and what may not be done at all, is told."""
    for action, sanitisation, wants, word in (("A2", "S1", "act", "no overt action"),
                                              ("A3", "S1", "act", "as the owner specifies"),
                                              ("A1", "S1", "sanitise", "S1 permits")):
        number += 1
        code, told = ask(net, received(net, number, action, sanitisation), wants, "May we?")
        check(code == REFUSED and word in told["sentence"], f"{action} {wants}: {code} {told}")
    check_equal(asked(net, "SWROCU"), {}, "nothing was asked")


def check_wrong(net: Network, what: str) -> None:
    q = ("--question", "May we?")
    for agency, words, code, word in (
            ("F55", ("ask", what, "--act", *q), REFUSED, "your own record"),
            ("SWROCU", ("ask", what, *q), WRONG_USE, "--more, --act or --sanitise"),
            ("SWROCU", ("ask", what, "--act"), WRONG_USE, "--question"),
            ("SWROCU", ("ask", what, "--act", "--question", "x" * 4001), WRONG_USE, "4000"),
            ("SWROCU", ("ask", what, "--act", *q, "--by", "2020-01-01"), WRONG_USE, "--by"),
            ("SWROCU", ("ask", "0123456789ab", "--act", *q), UNREACHABLE, "no record"),
            ("SWROCU", ("asked", what), FORBIDDEN, "--purpose"),
            ("SWROCU", ("answer", what, "--from", "SWROCU", "--grant", *DUTY, "--text", "x"),
             FORBIDDEN, "only the agency that published"),
            ("F55", ("answer", what, "--from", "SWROCU", "--grant", "--text", "x"), WRONG_USE,
             "--person"),
            ("F55", ("answer", what, "--from", "JFC", "--grant", *DUTY, "--text", "x"), UNREACHABLE,
             "has not asked")):
        found, told = call(net, agency, *words)
        check(found == code and word in told.get("sentence", told.get("why", "")),
              f"{agency} {words[0]}: {found} {told}")


def check_asked(net: Network, what: str, texts: canary.Canaries) -> None:
    """All three of one record, each once; the list says nothing of what is asked."""
    for wants in ("more", "act", "sanitise"):
        code, told = ask(net, what, wants, texts.text(f"question {wants}"))
        check_equal(code, 0, f"{wants}: {told}")
        if wants == "act":
            killed(net, "SWROCU")
        code, told = ask(net, what, wants, "again")
        check(code == REFUSED and "not answered yet" in told["sentence"], f"twice: {told}")
    for wants in ("more", "act", "sanitise"):
        wait_state(net, "F55", what, wants, "open")
    check("SWROCU asks" in todos(net, "F55", "question")[what], "the bureau's to-do")
    listed = json.dumps(net.at("F55", "asked")[1] + net.at("F55", "todo")[1])
    check(not canary.search(listed.encode(), canary.needles(texts)), f"lists tell: {listed}")
    shown = json.dumps(list(asked(net, "F55", what).values()))
    check(all(text in shown for text in texts.texts.values()), f"the questions: {shown}")
    code, told = answer(net, what, "--grant", *DUTY, "--text", "which?")
    check(code == WRONG_USE and "say which" in told["sentence"], f"one of three: {told}")


def check_second_person(net: Network, what: str) -> None:
    """Where the agency asks for one, nobody answers alone; who released it is in the log."""
    drafts.configure(net, "F55", second_person=1)
    words = ("answer", what, "--from", "SWROCU", "--act", "--grant", *DUTY, "--reason", "watched")
    for released in ((), ("--released", DUTY[1].upper()), ("--released", " ")):
        code, told = call(net, "F55", *words, *released)
        check(code == FORBIDDEN and "second person" in told["sentence"], f"{released}: {told}")
    check_equal(state_at(net, "F55", what, "act"), "open", "nothing was answered")


def install(net: Network, before: str, name: str, may_have: str) -> None:
    """A roster by which the unit's staff have immigration access, or have it no more."""
    immigration.access(net, before, name, "SWROCU", may_have)
    immigration.sign(net, name)
    net.run("roster", "install", "--home", net.path("F55"), "--credential",
            net.path("F55.credential"), name)


def check_policy(net: Network, what: str) -> None:
    """Whoever could not be sent the record today is told nothing about it (P7)."""
    install(net, "roster", "roster-2", "yes")
    for says in ("--grant", "--refuse"):
        code, told = answer(net, what, "--act", says, *DUTY, "--reason", "watched")
        check(code == REFUSED and "could not be sent the record today" in told["sentence"],
              f"{says}: {code} {told}")
    check_equal(state_at(net, "F55", what, "act"), "open", "nothing was answered")
    install(net, "roster-2", "roster-3", "no")


def check_source(net: Network) -> None:
    """R6: where a record came from is in no answer about it."""
    source = {"reference": "SR-4711-Q", "officer": "PC 4711 Quillfeather"}
    _, told = net.at("F55", "draft", "-", text=json.dumps(
        {**record(8, "A1", "S2"), "source": source}))
    for step in ("assess", "sanitise"):
        net.at("F55", step, told[0]["id"])
    _, told = net.at("F55", "release", told[0]["id"], "--person", "DS Two")
    what = scene.rows({"rows": told}, "record")[0]["id"]
    scene.wait_stored(net, "F55", what, {"SWROCU"})
    check_equal(ask(net, what, "more", "From whom?")[0], 0, "asked")
    wait_state(net, "F55", what, "more", "open")
    for told in source.values():
        code, said = answer(net, what, "--grant", *DUTY, "--text", f"It is {told.lower()}.")
        check(code == REFUSED and "R6" in said["sentence"], f"{told}: {said}")
        check(told not in said["sentence"], "the refusal repeats it")
    check_equal(answer(net, what, "--refuse", *DUTY, "--reason", "not told")[0], 0, "refused")


def check_answered(net: Network, what: str, texts: canary.Canaries) -> None:
    for wants, says, state in (("more", "--refuse", "refused"), ("act", "--grant", "granted"),
                               ("sanitise", "--grant", "granted")):
        options = (f"--{wants}", says, *DUTY, "--reason", texts.text(f"answer {wants}"))
        code, told = answer(net, what, *options)
        check_equal(code, 0, f"{wants}: {told}")
        if wants == "act":
            killed(net, "F55")
        code, told = answer(net, what, *options)
        check(code == REFUSED and "first answer stands" in told["sentence"], f"twice: {told}")
        wait_state(net, "SWROCU", what, wants, state)
    check(what not in todos(net, "F55", "question"), "all are answered")
    check("has answered" in todos(net, "SWROCU", "answer")[what], "the unit is told")
    shown = asked(net, "SWROCU", what)
    check_equal([shown[what, wants]["answer"] for wants in ("more", "act", "sanitise")],
                [texts.texts[f"answer {wants}"] for wants in ("more", "act", "sanitise")],
                "the answers at the unit")
    check(what not in todos(net, "SWROCU", "answer"), "the answers are read")


def check_seen(net: Network, what: str) -> None:
    """Both ends can say who has consented to what; the consent is that of `consent`."""
    for agency in ("F55", "SWROCU"):
        rows = {row["wants"]: row for row in scene.rows_at_id(net, agency, "trace", what, "asked")}
        check_equal({wants: (row["state"], row["person"]) for wants, row in rows.items()},
                    {"more": ("refused", DUTY[1]), "act": ("granted", DUTY[1]),
                     "sanitise": ("granted", DUTY[1])}, f"trace at {agency}")
    shown = net.run("show", "--home", net.path("SWROCU"), "--purpose", "test", what).stdout
    check(f"action is consented to by F55 ({DUTY[1]}) on 20" in shown, f"show: {shown[:400]}")
    code, told = ask(net, what, "act", "Once more?")
    check(code == REFUSED and "has consented" in told["sentence"], f"asked again: {told}")
    code, told = call(net, "SWROCU", "republish", what, "--items",
                      "facts, report, provenance, text 1", "--person", "DS", "--reason", "port")
    check_equal(code, 0, f"a copy under S2: {told}")
    for agency, said, purpose in (("SWROCU", "asked its owner: act", ""),
                                  ("F55", "answered: act granted", RELEASED)):
        log = net.at(agency, "audit", "--use", "integrity")[1]
        check(any(row.get("outcome") == said and row.get("object", "").endswith(what)
                  and row["purpose"] == purpose for row in log), f"{agency}'s log: {said}")


def check_overdue(net: Network, what: str) -> None:
    for seconds in (2, 10, 40):  # a slow machine has not asked before it is too late
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
        code, told = ask(net, what, "more", "By when?", "--by", soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if code == 0:
            break
    check_equal(code, 0, f"asked: {told}")
    for agency, kind in (("F55", "question"), ("SWROCU", "answer")):
        scene.wait(f"{agency} to be reminded", lambda a=agency, k=kind: todos(
            net, a, k).get(what, "").startswith("overdue"), 60 + seconds)
        check_equal(list(asked(net, agency, "", "--overdue")), [(what, "more")], f"at {agency}")
    code, told = answer(net, what, "--grant", *DUTY, "--text", "late")
    check_equal(code, 0, f"a late answer: {told}")
    wait_state(net, "SWROCU", what, "more", "granted")
    for agency in ("F55", "SWROCU"):
        check_equal(asked(net, agency, "", "--overdue"), {}, f"answered, at {agency}")


def check_erased(net: Network, what: str) -> None:
    """A recall ends it; what was asked and answered is erased with the record."""
    code, told = call(net, "F55", "recall", what, *DUTY, "--reason", "wrong person")
    check_equal(code, 0, f"recall: {told}")
    scene.wait("the recall at the unit", lambda: ask(net, what, "more", "Why?")[0] == REFUSED)
    code, told = call(net, "SWROCU", "asked", what, "--purpose", "test")
    check(code == FORBIDDEN and "recalled" in told["sentence"], f"of a recalled record: {told}")
    code, told = call(net, "SWROCU", "statement", what, "--erased", "--person", "DS")
    check_equal(code, 0, f"erased: {told}")
    check(not any(record == what for record, _ in asked(net, "SWROCU")), "its rows are gone")
    held = entries(net, "SWROCU", what)
    check(len(held) >= 6 and not any(held), f"what stands of them in the journal: {held}")


def entries(net: Network, agency: str, what: str) -> list[int]:
    """Sizes of the questions and answers about a record, as they stand in the journal."""
    path = net.path(agency, "journal.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return [size for size, in db.execute(
            "SELECT length(ciphertext) FROM entry WHERE previous = ? AND kind = 14",
            (bytes.fromhex(what),))]


def test(options: argparse.Namespace) -> None:
    texts = canary.Canaries(options.seed)
    with scene.network(options.binary, THREE) as net:
        what = received(net, 1, "A1", "S2")
        check_wrong(net, what)
        check_needless(net, 1)
        check_asked(net, what, texts)
        check_source(net)
        check_second_person(net, what)
        check_policy(net, what)
        check_answered(net, what, texts)
        check_seen(net, what)
        check_overdue(net, what)
        canary.check_files(net, canary.needles(texts), "while the nodes run")
        check_erased(net, what)
        for agency in net.agencies:
            scene.verify(net, agency)
        say("what is asked is answered once, seen at both ends, and goes with the record")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
