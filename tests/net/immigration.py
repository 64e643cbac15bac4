"""No path carries to immigration enforcement what protects a person, whoever has that access.

Rules name it, and a partner that is told in the roster to have such staff, as recipients.  A
record with a victim is published, held until its time, imported, dropped, sent in over HTTP,
published again by its unit from a copy without the victim: all others get each of them, those
two get none, and neither does the partner what was on its way to it when the roster said so.
A correction that makes a victim of somebody in a record that they hold does not go there
either; they learn that there is one, and the bureau is told what to do until it is done.
"""

import argparse
import json
import os
import pwd

import drafts
import scene
from drop import MAPPINGS, Drop
from held import SOON_S, hand_in, utc
from http_scene import GATEWAY_UID, Draft202012Validator, Gateway, Interface, expect, new_token
from network import free_ports
from scene import AGENCIES, Network, check, check_equal, say

ACCESS = ("BF", "IE")
CAST = {name: AGENCIES[name] for name in ("F55", "SWROCU", "JFC")} | {
    "BF": ("Border Force", "partner", None, "NATIONAL"),
    "IE": ("Immigration Enforcement", "immigration", None, None)}
RULES = """
route wishful send to BF,IE when flag=OIMCR
route region send to region:NATIONAL when owner=fib,rocu
"""
WHY = ("--person", "DI Vane", "--reason", "asked for by the team there")
SUSPECT = {"surname": "Pellow", "born": "1979-06-21", "roles": ["suspect"]}
VICTIM = {"surname": "Tregenza", "born": "1991-02-03", "roles": ["victim"]}
LINES = os.path.join(MAPPINGS, "reports-lines")


def protected(number: int, **fields: object) -> dict:
    return scene.simple_record("F55", number, persons=[SUSPECT, VICTIM], **fields)


def plain(number: int) -> dict:
    return scene.simple_record("F55", number, persons=[SUSPECT])


def arrived(net: Network, agency: str) -> set[str]:
    return set(scene.held(net, agency))


def todos(net: Network) -> dict[str, dict]:
    return {row["record"]: row for row in net.at("F55", "todo")[1]
            if row.get("kind") == "outdated"}


# --- the roster says whose staff have that access ---


def sign(net: Network, name: str) -> None:
    for key in (1, 2):
        net.run("roster", "sign", "--root", "roots/root", "--key", f"roots/root-{key}.key",
                "--credential", net.credential("roots"), name)


def says_access(net: Network, document: str, agency: str) -> str:
    rows = scene.lines_of(net.run("roster", "show", "--root", "roots/root", "--json",
                                  document).stdout)
    return next(row["immigration_access"] for row in rows if row.get("agency") == agency)


def access(net: Network, before: str, out: str, *words: str, code: int = 0) -> str:
    done = net.run("roster", "access", "--root", "roots/root", "--from", before, "--out", out,
                   *words, check=False)
    check_equal(done.returncode, code, f"roster access {words}: {done.stderr}")
    return done.stderr


def check_roster(net: Network) -> None:
    """By the roots, and by the agency itself; its request takes nothing back."""
    for words, code, told in ((("BF", "no"), 1, "says so already"),
                              (("IE", "no"), 1, "immigration enforcement itself"),
                              (("XX", "yes"), 1, "does not list"), (("BF",), 2, "yes or no"),
                              (("BF", "perhaps"), 2, "yes or no")):
        check(told in access(net, "roster", "none", *words, code=code), f"{words}: {told}")
    access(net, "roster", "roster-2", "BF", "yes")
    sign(net, "roster-2")
    check_equal([says_access(net, name, "BF") for name in ("roster", "roster-2")],
                ["no", "yes"], "what the rosters say")
    net.run("roster", "add", "--root", "roots/root", "--from", "roster-2", "--out", "again",
            net.path("BF", "request"))
    sign(net, "again")
    check_equal(says_access(net, "again", "BF"), "yes", "after its own request of before")
    access(net, "again", "back", "BF", "no")
    sign(net, "back")
    check_equal(says_access(net, "back", "BF"), "no", "taken back by the roots")
    net.run("init", "--home", net.path("HO"), "--root", "roots/root", "--credential",
            net.credential("HO"), "--agency", "HO", "--name", "Casework", "--kind", "partner",
            "--listen", f"tcp://127.0.0.1:{free_ports(1)[0]}", "--immigration-access")
    net.run("roster", "add", "--root", "roots/root", "--from", "roster-2", "--out", "more",
            net.path("HO", "request"))
    sign(net, "more")
    check_equal(says_access(net, "more", "HO"), "yes", "as it asked itself")


def check_before(net: Network) -> str:
    """Before the roster says so, a rule sends there; then not even what is on its way."""
    control = scene.published(net, "F55", protected(1))["id"]
    scene.wait("the partner to have what a rule sends", lambda: control in arrived(net, "BF"))
    net.stop("BF")
    late = scene.published(net, "F55", protected(2))["id"]
    scene.wait_stored(net, "F55", late, {"SWROCU", "JFC"})
    check_roster(net)
    net.run("roster", "install", "--home", net.path("F55"), "--credential",
            net.path("F55.credential"), "roster-2")
    net.start("BF")
    scene.wait("BF to answer", lambda: net.at("BF", "status", check=False)[0] == 0)
    return control


# --- each path ---


def by_command(net: Network) -> str:
    code, answer = net.publish("F55", protected(10))
    told = {row["agency"]: row for row in scene.rows(answer, "recipient")}
    check_equal(code, 0, "publishing")
    for agency in ACCESS:
        check("never reached by a rule alone" in told[agency]["reason"], f"{told[agency]}")
    # Nor by a person who does not say why the block does not stand in the way.
    # As --to was called before.
    code, answers = net.at("F55", "publish", "-", "--send-to", "BF", *WHY, check=False,
                           text=json.dumps(protected(11)))
    found = [f for f in scene.rows(answers[0], "finding") if f["rule"] == "R10"]
    check(code == 0 and len(found) == 1 and "second reason" in found[0]["sentence"],
          f"sent to the partner without a second reason: {answers}")
    return scene.rows(answer, "record")[0]["id"]


def by_time(net: Network) -> None:
    """Held, once with a person's decision that the block stops when it is released."""
    for number, more in ((20, ()), (21, ("--send-to", "IE", *WHY))):
        code, answer = hand_in(net, protected(number), utc(SOON_S), *more)
        check_equal(code, 0, f"holding: {answer}")


def by_file(net: Network) -> None:
    with open(LINES + ".jsonl", encoding="utf-8") as f:
        lines = f.read().replace('"roles": ["witness"]', '"roles": ["victim"]')
    check('"victim"' in lines.splitlines()[0], "the example's first row has a victim")
    rows = [json.loads(line) for line in lines.splitlines()]
    for name, first in (("imported", 700), ("dropped", 710)):
        for number, row in enumerate(rows):
            row["report"]["id"] = f"{first + number:08d}"
            row["subjects"] = rows[0]["subjects"]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        if name == "imported":
            with open(net.path(name), "w", encoding="utf-8") as f:
                f.write(text)
            code, told = net.at("F55", "import", "--map", LINES + ".yaml", net.path(name),
                                check=False)
            check_equal(code, 0, f"an import: {told}")
            continue
        with Drop(net, name, LINES + ".yaml") as drop:
            drop.put("night.jsonl", text)
            drop.wait("done", "night.jsonl")


def by_http(net: Network) -> int:
    if Draft202012Validator is None:
        raise scene.Skipped("HTTP answers are checked with python3-jsonschema, which is not here")
    os.chmod(net.folder, 0o755)
    os.chmod(net.path("F55"), 0o710)
    group = {"desk_group": drafts.GROUP} if os.geteuid() == 0 else {}
    if os.geteuid() == 0:
        os.chown(net.path("F55"), 0, GATEWAY_UID)
    drafts.configure(net, "F55", gateway=pwd.getpwuid(GATEWAY_UID).pw_name, **group)
    g = Gateway(net, Interface(), f"127.0.0.1:{free_ports(1)[0]}")
    g.token = new_token(net, "niche")
    g.start()
    try:
        expect(g.post(protected(30), "k-1"), 201)
    finally:
        g.stop()
    return 1


def by_copy(net: Network, source: str) -> None:
    """The unit's copy leaves the victim out; the block is in it all the same."""
    file = net.path("copy")
    items = "facts, report, provenance, text 1, person 1"
    code, told = net.at("SWROCU", "redact", source, "--items", items, "--out", file,
                        "--purpose", "test", check=False)
    check_equal(code, 0, f"a redacted copy: {told}")
    made = set()
    for what, more in ((source, ("--items", items)), (file, ())):
        code, told = net.at("SWROCU", "republish", what, *more, *WHY, check=False)
        check_equal(code, 0, f"published again: {told}")
        made.add(next(row["id"] for row in told if row.get("row") == "record"))
        for row in told:
            check(row.get("agency") not in ACCESS or row["sent"] == "no", f"sent: {row}")
    for copy in made:
        check_equal(set(net.trace("SWROCU", copy)[1]), {"JFC"}, "whom a copy goes to")
        scene.wait(f"the cell to have {copy}", lambda c=copy: c in arrived(net, "JFC"))
        code, told = net.at("SWROCU", "decide", copy, "--to", "IE", *WHY, check=False)
        check(code == 4 and "blocked" in told[-1]["sentence"], f"a decision on it: {told}")


# --- a correction ---


def check_correction(net: Network) -> set[str]:
    """They hold a suspect's record by a decision, and it turns out that he is a victim."""
    place = scene.published(net, "F55", plain(40))
    first = place["id"]
    for agency in ACCESS:
        check_equal(net.at("F55", "decide", first, "--to", agency, *WHY)[0], 0, agency)
        scene.wait(f"{agency} to hold it", lambda a=agency: first in arrived(net, a))
    code, told = net.at("F55", "supersede", first, "-", "--reason", "he was brought by force",
                        check=False, text=json.dumps({**plain(40), "persons": [
                            {**SUSPECT, "roles": ["suspect", "victim"]}]}))
    check_equal(code, 0, f"the correction: {told}")
    second = next(row["id"] for row in told if row.get("row") == "record")
    found = [row["sentence"] for row in told if row.get("rule") == "R10"]
    check(len(found) == 1 and found[0].startswith("BF, IE has the version before") and
          "blocked" in found[0], f"what the bureau is told: {told}")
    check(list(todos(net)) == [first] and second in todos(net)[first]["what"] and
          "BF, IE" in todos(net)[first]["what"] and first in todos(net)[first]["do"],
          f"its to-do: {todos(net)}")
    scene.wait("the unit to hold the correction", lambda: second in arrived(net, "SWROCU"))
    for agency in ACCESS:
        scene.wait(f"{agency} to learn that there is one", lambda a=agency: any(
            "which this agency may not have" in row.get("note", "")
            for row in net.at(a, "inbox")[1] if row.get("id") == first))
    # A second reason sends it to one of them; the other's is taken back.
    over = ("--override-person", "Supt Roe", "--override-reason", "protection is arranged there")
    code, told = net.at("F55", "decide", second, "--to", "BF", *WHY, *over, check=False)
    check_equal(code, 0, f"decided over the block: {told}")
    check(todos(net)[first]["what"].startswith("IE has it"), f"who is left: {todos(net)}")
    scene.wait("it at the partner", lambda: second in arrived(net, "BF"))
    net.at("F55", "recall", first, *WHY)
    check_equal(todos(net), {}, "to-dos once it is taken back")
    scene.wait("it to be blocked there", lambda: net.at(
        "IE", "show", first, "--purpose", "test", check=False)[0] == 4)
    return {first, second}


def check_away(net: Network) -> None:
    """Decided on while they were away, and corrected before they came back: the decision was
    on what the record said then, and what it said is not sent to them any more."""
    for agency in ACCESS:
        net.stop(agency)
    first = scene.published(net, "F55", plain(50))["id"]
    for agency in ACCESS:
        net.at("F55", "decide", first, "--to", agency, *WHY)
    code, told = net.at("F55", "supersede", first, "-", "--reason", "he was brought by force",
                        check=False, text=json.dumps({**plain(50), "persons": [VICTIM]}))
    check(code == 0 and first in todos(net), f"the correction: {told}")
    for agency in ACCESS:
        net.start(agency)
        scene.wait(f"{agency} to answer",
                   lambda a=agency: net.at(a, "status", check=False)[0] == 0)


def check_held(net: Network, control: str, corrected: set[str], wanted: int) -> None:
    """What was decided last arrives last: nothing of what was blocked has come before it."""
    marker = scene.published(net, "F55", plain(90))["id"]
    for agency in ACCESS:
        net.at("F55", "decide", marker, "--to", agency, *WHY)
        scene.wait(f"the last record at {agency}", lambda a=agency: marker in arrived(net, a))
    check_equal(arrived(net, "BF"), {control, marker, *corrected}, "what the partner holds")
    check_equal(arrived(net, "IE") - corrected, {marker}, "what immigration enforcement holds")
    for agency in ("SWROCU", "JFC"):
        scene.wait(f"{wanted} records at {agency}",
                   lambda a=agency: len(arrived(net, a)) >= wanted)


def test(options: argparse.Namespace) -> None:
    with scene.folder() as path:
        with open(os.path.join(scene.DEPLOY, "lists", "lists.txt"), encoding="utf-8") as f:
            text = f.read()
        rules = os.path.join(path, "rules.txt")
        with open(rules, "w", encoding="utf-8") as f:
            f.write(text + RULES)
        with scene.network(options.binary, CAST, rules) as net:
            control = check_before(net)
            source = by_command(net)
            by_time(net)
            by_file(net)
            sent = by_http(net)
            scene.wait("the unit to hold the source", lambda: source in arrived(net, "SWROCU"))
            by_copy(net, source)
            scene.wait("nothing to be held any more", lambda: not [
                row for row in net.at("F55", "publish", "--held")[1] if "until" in row])
            corrected = check_correction(net)
            check_away(net)
            # Before: 2; by command: 2; held: 2; by file: 4; corrected: 4; the last.
            check_held(net, control, corrected, 15 + sent)
            for agency in CAST:
                scene.verify(net, agency)
            say("no path, and no correction, reached whoever has that access")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
