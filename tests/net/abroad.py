"""R20: an agency outside the United Kingdom is reached by a named person's transfer alone.

No rule sends there, whatever it says; a transfer has a person, a reason, its basis and what is
transferred, and stands in the log; a victim blocks it; a copy of another's record stays here.
"""

import argparse
import json
import os
import re

import republish
import scene
from scene import Network, check, check_equal

CAST = {**scene.ONE_BUREAU, "EUROPOL": ("Europol", "abroad", None, None)}
WHY = ("--person", "Sgt Marsh", "--reason", "Named by the analysis project on small boats")
BASIS = ("--basis", "safeguards", "--description", "One organiser: name, date of birth, phone")
SUSPECT = {"surname": "Pellow", "born": "1979-06-21", "roles": ["suspect"]}
VICTIM = {"surname": "Tregenza", "born": "1991-02-03", "roles": ["victim"]}


def with_a_wishful_rule(folder: str) -> str:
    out = os.path.join(folder, "lists.txt")
    with open(os.path.join(scene.DEPLOY, "lists", "lists.txt"), encoding="utf-8") as f:
        text = f.read()
    with open(out, "w", encoding="utf-8") as f:
        f.write(f"{text}\nroute wishful send to EUROPOL,own-rocu when flag=OIMCR\n")
    return out


def decide(net: Network, record: str, *options: str, agency: str = "F55") -> tuple[int, str]:
    done = net.run("decide", "--home", net.path(agency), record, "--to", "EUROPOL", *options,
                   check=False)
    return done.returncode, done.stdout + done.stderr


def test_transfer(net: Network) -> None:
    record = scene.simple_record("F55", 1, persons=[SUSPECT])
    place = scene.published(net, "F55", record)["id"]
    scene.wait_stored(net, "F55", place, {"SWROCU", "JFC", "PND"})
    check_equal(scene.held(net, "EUROPOL"), [], "what a rule sent abroad")
    for options, word in (((), "--person"), (WHY, "--basis"), ((*WHY, *BASIS[:2]), "R20"),
                          ((*WHY, *BASIS[2:]), "R20"),
                          ((*WHY, "--basis", "friendship", *BASIS[2:]), "adequacy")):
        code, told = decide(net, place, *options)
        check(code in (1, 2) and word in told, f"a transfer with {options}: {code} {told}")
    code, told = decide(net, place, *WHY, *BASIS, agency="SWROCU")
    check_equal(code, 4, f"a transfer by who only holds it: {told}")
    code, told = decide(net, place, *WHY, *BASIS)
    check_equal(code, 0, f"a transfer with all: {told}")
    scene.wait("it to arrive abroad", lambda: scene.held(net, "EUROPOL") == [place])
    logged = [row for row in net.at("F55", "audit", "--use", "integrity", "--purpose", "test")[1]
              if row.get("operation") == "decide"]
    check_equal([(row["with"], row["outcome"]) for row in logged],
                [("EUROPOL", "transferred abroad")], "the log of the transfer")


def test_published_at_once(net: Network) -> None:
    record = scene.simple_record("F55", 2, persons=[SUSPECT])
    code, answers = net.at("F55", "publish", "-", "--to", "EUROPOL", *WHY, *BASIS,
                           check=False, text=json.dumps(record))
    check_equal(code, 0, f"published with a transfer: {answers}")
    place = scene.rows(answers[0], "record")[0]["id"]
    scene.wait("it to arrive abroad", lambda: place in scene.held(net, "EUROPOL"))


def test_block(net: Network) -> None:
    place = scene.published(net, "F55", scene.simple_record("F55", 3, persons=[VICTIM]))["id"]
    code, told = decide(net, place, *WHY, *BASIS)
    check(code == 4 and "victim" in told, f"a victim sent abroad: {code} {told}")
    code, told = decide(net, place, *WHY, *BASIS, "--override-person", "DI Vane",
                        "--override-reason", "Asked for protection there")
    check_equal(code, 0, f"with a second reason: {told}")
    scene.wait("it to arrive abroad", lambda: place in scene.held(net, "EUROPOL"))


def test_onward(net: Network) -> None:
    """DPA 2018 s.78: what came from another agency goes abroad by that agency alone."""
    source = republish.received(net, 4, "S1")
    code, told = republish.republish(net, "SWROCU", source, "--items", republish.ITEMS)
    check_equal(code, 0, f"a copy in the country: {told}")
    copy = republish.id_of(told)
    code, told = decide(net, copy, *WHY, *BASIS, agency="SWROCU")
    check(code == 4 and re.search("owner", told), f"a copy sent abroad: {code} {told}")
    check(copy not in scene.held(net, "EUROPOL"), "a copy went abroad")
    republish.screen(net, "SWROCU", source)
    code, told = republish.publish_own(net, source, republish.own(7), *WHY, *BASIS, "--to", "EUROPOL")
    check(code == 4 and "R20" in told[-1]["sentence"], f"what is made of it sent abroad: {told}")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as folder:
        with scene.network(options.binary, CAST, with_a_wishful_rule(folder)) as net:
            test_transfer(net)
            test_published_at_once(net)
            test_block(net)
            test_onward(net)
            for agency in net.agencies:
                scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
