"""The main job over the first 500 rows of a public watch list of real, messy data.

Each row becomes a record and is published at Dorset; every recipient then holds exactly what
was accepted, and what it is shown is what was published.  The rows are of real persons, so
the homes are temporary and the output has counts, row numbers and rule ids, and no names.
"""

import argparse
import csv
import json
import os
import re
from collections import Counter

import scene
from scene import Network, Skipped, check, check_equal, say

ROWS = 500  # as many as `inbox` lists
SHOWN_EVERY = 20
ALIASES_MAX = 16  # of one person
TITLE = "Entry of a public watch list"
MONTHS = {name: i for i, name in enumerate(
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
EVERYONE = {"SWROCU", "JFC", "PND"}


def partial_date(text: str) -> str | None:
    """'10 Dec 1948', 'Dec 1948', '1948', 'circa 1948'; None: a range or nothing."""
    found = re.fullmatch(r"(?:circa )?(?:(?:(\d{1,2}) )?([A-Z][a-z]{2}) )?(\d{4})", text.strip())
    if not found or (found[2] and found[2] not in MONTHS):
        return None
    date = found[3]
    if found[2]:
        date += f"-{MONTHS[found[2]]:02d}"
    if found[1]:
        date += f"-{int(found[1]):02d}"
    return date


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def text_of(row: dict[str, str], more_aliases: list[str]) -> str:
    """What has no field of its own stands in the text."""
    said = [row["remarks"] or "No remarks."]
    if row["date_of_birth"] and not partial_date(row["date_of_birth"]):
        said.append(f"Date of birth as given: {row['date_of_birth']}.")
    if row["place_of_birth"]:
        said.append(f"Place of birth: {row['place_of_birth']}.")
    if row["nationality"]:
        said.append(f"Nationality: {row['nationality']}.")
    if more_aliases:
        said.append(f"Also known as: {'; '.join(more_aliases)}.")
    return " ".join(said)


def record_of(row: dict[str, str], number: int, base: dict) -> dict:
    aliases = parts(row["aliases"])
    person = {"roles": ["unknown"], "surname": row["surname"],
              "given": [row["forenames"]] if row["forenames"] else [],
              "aliases": aliases[:ALIASES_MAX]}
    born = partial_date(row["date_of_birth"])
    if born:
        person["born"] = born
    if row["gender"]:
        person["gender"] = row["gender"]
    record = {key: value for key, value in base.items() if key not in ("vehicles", "vessels")}
    record.update(
        urn=f"55-TEST-2025-{number:08d}", title=f"{TITLE}, row {number}", persons=[person],
        texts=[{"text": text_of(row, aliases[ALIASES_MAX:]), "basis": "fact", "grade": "2B"}],
        documents=[{"type": "passport", "number": p} for p in parts(row["passports"])])
    return record


def read_rows(folder: str) -> list[dict[str, str]]:
    path = os.path.join(folder, "watchlist_a.csv")
    if not os.path.exists(path):
        raise Skipped(f"there is no {os.path.basename(path)} in the data folder")
    with open(path, encoding="utf-8", newline="") as f:
        return [row for _, row in zip(range(ROWS), csv.DictReader(f))]


def publish_all(net: Network, records: list[dict]) -> dict[str, dict]:
    """One file with a record a line; returns the answers by URN."""
    lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    code, answers = net.at("F55", "publish", "-", check=False, text=lines)
    check(code in (0, 1), f"publishing ended with exit code {code}")
    by_urn = {answer["urn"]: answer for answer in answers if "urn" in answer}
    check_equal(len(by_urn), len(records), "answers, one for each record")
    return by_urn


def judge(records: list[dict], answers: dict[str, dict]) -> dict[str, dict]:
    """The accepted records by id; each refused row is told by its rules."""
    accepted = {}
    refused: Counter[str] = Counter()
    advised: Counter[str] = Counter()
    for number, record in enumerate(records, 1):
        answer = answers[record["urn"]]
        findings = scene.rows(answer, "finding")
        advised.update({f["rule"] for f in findings if f["severity"] != "refuse"})
        if answer["status"] == "ok":
            to = {r["agency"] for r in scene.rows(answer, "recipient") if r["sent"] == "yes"}
            check_equal(to, EVERYONE, f"recipients of row {number}")
            accepted[scene.rows(answer, "record")[0]["id"]] = record
            continue
        rules = {f["rule"] for f in findings if f["severity"] == "refuse"}
        check(rules, f"row {number} was refused by no rule ({answer['status']})")
        say(f"  row {number} refused by {', '.join(sorted(rules))}")
        refused.update(rules)
    say(f"{len(accepted)} accepted, {len(records) - len(accepted)} refused {dict(refused)}; "
        f"rows with advice by rule: {dict(sorted(advised.items()))}")
    return accepted


def check_held(net: Network, accepted: dict[str, dict]) -> None:
    for agency in EVERYONE:
        scene.wait(f"{agency} to hold {len(accepted)} records",
                   lambda: len(scene.held(net, agency)) >= len(accepted), seconds=60)
        found = Counter(scene.held(net, agency))
        check(found == Counter(list(accepted)), f"{agency} holds {len(found)} records: not the "
                                                f"{len(accepted)} accepted ones, once each")
    check_equal(scene.held(net, "F55"), [], "the publisher's own inbox")


def check_shown(net: Network, accepted: dict[str, dict]) -> int:
    """What a recipient reads is what was published, letter by letter."""
    chosen = list(accepted.items())[::SHOWN_EVERY]
    for place, (record_id, record) in enumerate(chosen):
        _, answers = net.at("SWROCU", "show", record_id, "--purpose", "a test on public data")
        shown, person = answers[0], record["persons"][0]
        same = (shown["urn"] == record["urn"] and
                shown["texts"][0]["text"] == record["texts"][0]["text"] and
                all(shown["persons"][0].get(key, type(value)()) == value
                    for key, value in person.items()))
        check(same, f"chosen record {place} is shown otherwise than it was published")
    return len(chosen)


def test(options: argparse.Namespace) -> None:
    rows = read_rows(options.data or os.path.join(scene.HERE, "..", "..", "..", "shared", "data"))
    base = scene.simple_record("F55", 0)
    records = [record_of(row, number, base) for number, row in enumerate(rows, 1)]
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        accepted = judge(records, publish_all(net, records))
        check(accepted, "not one row was accepted")
        check_held(net, accepted)
        shown = check_shown(net, accepted)
        for agency in net.agencies:
            scene.verify(net, agency)
    dated = sum("born" in record["persons"][0] for record in records)
    say(f"{len(records)} rows, {dated} with a date of birth; held at {sorted(EVERYONE)}; "
        f"{shown} read again and the same")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
