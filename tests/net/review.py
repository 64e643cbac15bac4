"""What is kept about a person is reviewed as one set, by group and last notice.

A person puts records into a set and takes them out; nothing else does.  The clear period runs from
the last notice, a group changes without a word on the wire, each review keeps its answers, a legal
hold stands until it is released by its own reference.  All of it is in the log and over a restart,
and who the nominal is stands in no file.
"""

import argparse
import json
import os

import scene
from scene import Network, check, check_equal

NAME = "Zylqxbrv Kanariqwzt"
PERSON = {"surname": "Kanariqwzt", "given": ["Zylqxbrv"], "gender": "unknown",
          "roles": ["unknown"]}
WHY = ("--reason", "checked by hand")
ANSWERS = ("--harm", "no", "--vulnerable", "no", "--trust", "yes", "--links", "unknown",
           "--concern", "no", "--pattern", "no")


def review(net: Network, *arguments: str, agency: str = "F55") -> tuple[int, dict]:
    code, answers = net.at(agency, "review " + arguments[0], *arguments[1:], check=False)
    return code, answers[0] if code == 0 else answers[-1]


def must(net: Network, *arguments: str) -> dict:
    code, row = review(net, *arguments)
    check_equal(code, 0, f"review {' '.join(arguments)}: {row}")
    return row


def must_not(net: Network, word: str, *arguments: str) -> None:
    code, told = review(net, *arguments)
    check(code != 0 and word in told.get("sentence", "") + told.get("why", ""),
          f"review {' '.join(arguments)}: {code} {told}")


def opened(net: Network, group: int = 3, *more: str) -> str:
    return must(net, "open", "--name", NAME, "--group", str(group), *more)["set"]


def listed(net: Network, *more: str) -> dict[str, dict]:
    _, answers = net.at("F55", "review list", *more, "--purpose", "weekly review")
    return {row["set"]: row for row in answers if "set" in row}


def events(net: Network, nominal: str) -> list[dict]:
    _, answers = net.at("F55", "review show", nominal, "--purpose", "weekly review")
    return [row for row in answers if row.get("row") == "event"]


def check_dates(net: Network, records: list[str]) -> str:
    nominal = opened(net)
    row = must(net, "add", nominal, records[0], "--on", "2016-02-29", *WHY)
    check_equal((row["state"], row["due"]), ("standing", "2022-03-01T00:00:00Z"), "six years")
    check(nominal in listed(net, "--due"), "it is due")
    row = must(net, "group", nominal, "2", *WHY)
    check_equal(row["due"], "2026-03-01T00:00:00Z", "ten years in another group")
    row = must(net, "notice", nominal, "--on", "2019-05-01", *WHY)
    check_equal(row["due"], "2029-05-02T00:00:00Z", "a later notice")
    check(nominal not in listed(net, "--due"), "it is not due any more")
    row = must(net, "add", nominal, records[1], *WHY)
    check(row["due"] > "2036", "a record comes to notice when it was published")
    row = must(net, "remove", nominal, records[1], *WHY)
    check_equal((row["due"], row["records"]), ("2029-05-02T00:00:00Z", "1"), "taken out")
    return nominal


def check_reviews(net: Network, record: str) -> str:
    nominal = opened(net, 3, "--born", "1961-02")
    must_not(net, "no record", "answer", nominal, "--dispose", *ANSWERS, *WHY)
    must(net, "add", nominal, record, "--on", "2015-01-01", *WHY)
    must_not(net, "yes, no or unknown", "answer", nominal, "--keep", "--harm", "perhaps", *WHY)
    must_not(net, "--keep or --dispose", "answer", nominal, *ANSWERS, *WHY)
    must_not(net, "give --reason", "answer", nominal, "--keep", *ANSWERS)
    row = must(net, "answer", nominal, "--keep", *ANSWERS, *WHY)
    check(row["due"] > "2031", f"reviewed again after five years: {row}")
    must_not(net, "still runs", "answer", nominal, "--dispose", *ANSWERS, *WHY)
    kept = [e for e in events(net, nominal) if e["what"] == "reviewed: kept"]
    check(len(kept) == 1 and "breach of trust: yes" in kept[0]["answers"]
          and "terrorism: unknown" in kept[0]["answers"] and kept[0]["person"],
          f"the answers are kept: {kept}")
    return nominal


def check_holds(net: Network, record: str) -> str:
    nominal = opened(net)
    must(net, "add", nominal, record, "--on", "2015-01-01", *WHY)
    must_not(net, "--reference", "hold", nominal, *WHY)
    for reference in ("R v A", "R v B"):
        must(net, "hold", nominal, "--reference", reference, *WHY)
    must_not(net, "already", "hold", nominal, "--reference", "R v A", *WHY)
    must(net, "release-hold", nominal, "--reference", "R v A", *WHY)
    must_not(net, "not held for that", "release-hold", nominal, "--reference", "R v A", *WHY)
    must_not(net, "legal hold", "answer", nominal, "--dispose", *ANSWERS, *WHY)
    check_equal(listed(net)[nominal]["holds"], "1", "holds that stand")
    must(net, "release-hold", nominal, "--reference", "R v B", *WHY)
    row = must(net, "answer", nominal, "--dispose", *ANSWERS, *WHY)
    check_equal(row["state"], "to be disposed of", "after the last hold")
    return nominal


def check_refusals(net: Network, nominal: str, record: str, foreign: str) -> None:
    must_not(net, "already", "add", nominal, record, *WHY)
    must_not(net, "no record here", "add", nominal, "0123456789", *WHY)
    must_not(net, "not after today", "notice", nominal, "--on", "2999-01-01", *WHY)
    must_not(net, "from 1 to 4", "group", nominal, "5", *WHY)
    must_not(net, "one set", "group", "ffffffff", "2", *WHY)
    must_not(net, "--purpose", "list")
    must_not(net, "--purpose", "show", nominal)
    code, row = review(net, "open", "--name", NAME, "--group", "3", agency="SWROCU")
    check_equal(code, 0, f"another agency's own set: {row}")
    code, told = review(net, "add", row["set"], foreign, *WHY, agency="SWROCU")
    check(code == 1 and "another agency published" in told["sentence"], f"{told}")


def check_named(net: Network, named: str) -> None:
    """A record of somebody else is asked back about; whoever insists is in the log with it."""
    other = scene.published(net, "F55", scene.simple_record("F55", 7))["id"]
    nominal = opened(net, 3, "--born", "1988")
    must_not(net, "does not name this person", "add", nominal, other, *WHY)
    must_not(net, "born on another day", "add", nominal, named, *WHY)
    check_equal(listed(net)[nominal]["records"], "0", "nothing was added")
    must_not(net, "give --reason", "add", nominal, other, "--unnamed")
    must(net, "add", nominal, other, "--unnamed", *WHY)
    again = opened(net)
    mention = scene.simple_record("F55", 8)
    mention["texts"][0]["text"] += " Seen with kanariqwzt, Zylqxbrv."
    must(net, "add", again, scene.published(net, "F55", mention)["id"], *WHY)
    _, log = net.at("F55", "audit", "--use", "integrity", "--purpose", "inspection")
    told = [(row["operation"], row["outcome"]) for row in log if row.get("object") == other]
    for wanted in (("consult", "compared with a set: not named"),
                   ("combine", "record added that does not name the nominal")):
        check_equal(told.count(wanted), 1, f"{wanted} in the log of {told}")


def check_kept(net: Network, sets: list[str]) -> None:
    before = {one: events(net, one) for one in sets}
    net.stop("F55")
    for name in os.listdir(net.path("F55")):
        path = net.path("F55", name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                check(NAME.encode() not in f.read(), f"the nominal's name is in {name}")
    net.start("F55")
    scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)
    check_equal({one: events(net, one) for one in sets}, before, "over a restart")
    _, log = net.at("F55", "audit", "--use", "integrity", "--purpose", "inspection")
    check(any(row.get("operation") == "combine" and row["outcome"] == "record added"
              for row in log), "R16: each record that was added is a row of the log")
    check(any(row.get("outcome") == "reviewed: kept" for row in log), "and each review")
    check(NAME not in json.dumps(log), "who it is stands in no row of the log")


def test(options: argparse.Namespace) -> None:
    agencies = {name: scene.AGENCIES[name] for name in ("F55", "SWROCU")}
    with scene.network(options.binary, agencies) as net:
        records = [scene.published(net, "F55", scene.simple_record("F55", number, persons=[one]))["id"]
                   for number, one in enumerate((PERSON, PERSON | {"born": "1961-02-03"}, PERSON), 1)]
        scene.wait_stored(net, "F55", records[2], {"SWROCU"})
        check("UNCONFIRMED" in net.at("F55", "review list", "--purpose", "x")[1][-1]["sentence"],
              "the shipped intervals say that they are unconfirmed")
        sets = [check_dates(net, records), check_reviews(net, records[1]),
                check_holds(net, records[2])]
        check_refusals(net, sets[2], records[2], records[0])
        check_named(net, records[1])
        check_kept(net, sets)
        for agency in agencies:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
