"""A threat to life goes out whatever its crime identifier code; only the PND leg waits.

A code that is missing, unknown, replaced or contradicted by an offence withholds the national
database and nobody else: the unit and the fusion cell hold the record by the immediate lane at
once.  A to-do names who waits and says nothing of the record.  `check --fix` mends what has
one mend, the correction is published through the bureau's steps, the database gets it, and the
to-do is gone.
"""

import argparse
import json
import subprocess

import scene
from scene import Network, check, check_equal, say

CANARY = "Quillfeather"

# The code, the offences beside it, and the code that --fix finds by itself.
WRONG = (
    (None, ["IM71142"], None),
    ("FICT-OIM-77", ["IM71142"], None),
    ("FICT-OIM-00", ["IM71142"], "FICT-OIM-09"),
    ("fict oim o1", ["IM71142"], "FICT-OIM-01"),
    ("FICT-OIM-03", ["IM71502"], None),
)


def threat(number: int, code: str | None, offences: list[str]) -> dict:
    record = scene.simple_record("F55", number, priority="high", purpose="protect-life",
                                 title=f"Threat to life: {CANARY}", offence_codes=offences)
    record.pop("crime_code", None)
    return record if code is None else {**record, "crime_code": code}


def todos(net: Network) -> list[dict]:
    _, answers = net.at("F55", "todo")
    return [one for one in answers if one.get("kind") == "crime-code"]


def check_withheld(net: Network, number: int, code: str | None, offences: list[str]) -> str:
    """Published, held by all but PND, on the list; gives its id."""
    status, answer = net.publish("F55", threat(number, code, offences))
    check_equal(status, 0, f"{code}: {answer.get('sentence')}")
    found = [(f["rule"], f["severity"]) for f in scene.rows(answer, "finding")]
    check_equal(found, [("R7", "withhold")], f"{code}: findings")
    place = scene.rows(answer, "record")[0]
    check_equal(place["stream"], "immediate", f"{code}: its lane")
    scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC"})
    check(place["id"] not in scene.held(net, "PND"), f"{code}: PND holds it")
    waiting = [one for one in todos(net) if one["record"] == place["id"]]
    check_equal(len(waiting), 1, f"{code}: to-dos")
    check("PND" in waiting[0]["what"] and "R7" in waiting[0]["what"], waiting[0])
    command = f"flagpost supersede {place['id']} FILE"
    said = net.run("trace", "--home", net.path("F55"), place["id"]).stdout
    check(command in waiting[0]["do"] and command in said, f"the command: {waiting[0]}, {said}")
    found = scene.rows_at_id(net, "F55", "trace", place["id"], "withheld")
    check(len(found) == 1 and "PND" in found[0]["what"] and found[0]["since"], f"trace: {found}")
    check(CANARY not in json.dumps(waiting) and str(code) not in json.dumps(waiting),
          f"{code}: a to-do tells of the record")
    return place["id"]


def check_unit(net: Network) -> None:
    """No rule sends a unit's own record to the national database: nothing of it waits."""
    record = {**threat(90, None, ["IM71142"]), "urn": "SW-IR-2025-00000090"}
    status, answer = net.publish("SWROCU", record)
    found = [f for f in scene.rows(answer, "finding") if f["rule"] == "R7"]
    check_equal((status, [f["severity"] for f in found]), (0, ["advise"]), "without a code")
    check("Nothing is withheld here" in found[0]["mend"], f"what a unit is told: {found}")
    place = scene.rows(answer, "record")[0]
    check_equal(scene.rows_at_id(net, "SWROCU", "trace", place["id"], "withheld"), [], "its trace")


def check_still_wrong(net: Network, old: str) -> None:
    """A correction without a right code: now that one waits, and the one before no more."""
    record = {**threat(80, "FICT-OIM-77", ["IM71142"]), "title": "Threat to life: mended in words"}
    _, answers = net.at("F55", "supersede", old, "-", "--new-urn", "--reason", "a wrong word",
                        text=json.dumps(record))
    new = scene.rows({"rows": answers}, "record")[0]["id"]
    check_equal([len(scene.rows_at_id(net, "F55", "trace", one, "withheld")) for one in (old, new)], [0, 1],
                "who waits, by the traces of a correction that is still wrong")
    check_equal([one["record"] for one in todos(net)], [new], "and by the to-dos")
    net.at("F55", "recall", new, "--reason", "an error", "--person", "DS One")


def mended(net: Network, record: dict, wanted: str | None) -> dict:
    """The record as --fix makes it, or with a code that a person finds."""
    with open(net.path("wrong.json"), "w", encoding="utf-8") as f:
        json.dump(record, f)
    done = subprocess.run([net.binary, "check", "--home", net.path("F55"), "--json",
                           net.path("wrong.json"), "--fix", net.path(record["urn"])],
                          capture_output=True, text=True, timeout=60)
    # What nobody can mend is what was published already.
    check_equal(done.returncode, 1 if wanted is None else 0, f"check --fix: {done.stderr}")
    with open(net.path(record["urn"]), encoding="utf-8") as f:
        copy = json.load(f)
    if wanted is None:
        check_equal(copy.get("crime_code"), record.get("crime_code"), "a code that nobody can know")
        return {**copy, "crime_code": "FICT-OIM-01"}
    check_equal(copy["crime_code"], wanted, "the code as it was mended")
    return copy


def correct(net: Network, record: dict, old: str) -> str:
    """Through the bureau's steps, as a correction of `old`; gives the new record's id."""
    def step(*arguments: str, text: str | None = None) -> list[dict]:
        done = subprocess.run([net.binary, *arguments, "--home", net.path("F55"), "--json"],
                              input=text, capture_output=True, text=True, timeout=60)
        check_equal(done.returncode, 0, f"{arguments}: {done.stdout}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    text = json.dumps(record)
    draft = next(one["id"] for one in step("draft", "-", "--supersedes", old, "--reason",
                                           "the code was wrong", text=text)
                 if one.get("row") == "draft")
    step("assess", draft)
    step("sanitise", draft, "-", text=text)
    return next(one["id"] for one in step("release", draft, "--person", "DS One")
                if one.get("row") == "record")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        waiting = [check_withheld(net, number, code, offences)
                   for number, (code, offences, _) in enumerate(WRONG, 1)]
        say(f"{len(waiting)} threats to life went out, and PND waits for each")
        check_equal(scene.held(net, "PND"), [], "PND")
        for number, (code, offences, fixed) in enumerate(WRONG, 1):
            record = mended(net, threat(number, code, offences), fixed)
            new = correct(net, record, waiting[number - 1])
            scene.wait_stored(net, "F55", new, {"SWROCU", "JFC", "PND"})
            check_equal(scene.rows_at_id(net, "F55", "trace", new, "withheld"), [], "trace, mended")
        check_equal(len(scene.held(net, "PND")), len(WRONG), "corrections at PND")
        check_equal(todos(net), [], "to-dos after the corrections")
        check_unit(net)
        check_still_wrong(net, check_withheld(net, len(WRONG) + 2, None, ["IM71142"]))
        recalled = check_withheld(net, len(WRONG) + 1, None, ["IM71142"])
        check("flagpost supersede" in todos(net)[0]["do"], todos(net))
        net.at("F55", "recall", recalled, "--reason", "an error", "--person", "DS One")
        check_equal(todos(net), [], "to-dos after the recall")
        check_equal(scene.rows_at_id(net, "F55", "trace", recalled, "withheld"), [],
                    "what a recalled record waits for")
        code, answers = net.at("JFC", "acknowledge", recalled, "--person", "PC Two",
                               check=False)
        check(code == 1 and "recalled: there is nothing" in answers[-1]["sentence"], answers)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
