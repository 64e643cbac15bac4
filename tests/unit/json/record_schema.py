#!/usr/bin/env python3
"""Holds proto/record.schema.json against the rules: a good record and one violation of it at a
time must be judged alike by the schema and by the code.

    record_schema.py TEST_PROGRAM SOURCE_DIR [--seed N]

TEST_PROGRAM is record_schema.c, which judges a record a line.  Exit 77 where jsonschema is
missing.
"""

import argparse
import copy
import json
import pathlib
import random
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: no python3-jsonschema")
    sys.exit(77)

# Rules that no schema can hold: they need the signed list, the clock, another
# field or the bytes of a file.
BEYOND = {"R7", "R8", "F2", "F4", "F6", "F9", "R14", "R22"}


def judged(program, records):
    """"good", "refused RULE:FIELD ..." or "unreadable ..." for each."""
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    done = subprocess.run([program, "--judge"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(records), (len(lines), len(records))
    return lines


def only_beyond(verdict):
    """Whether only rules speak that a schema cannot hold."""
    return verdict.startswith("refused") and all(
        word.split(":")[0] in BEYOND for word in verdict.split()[1:])


# --- one violation at a time ---

def places(value, path=()):
    """Every object, list and plain value of a record with its path."""
    yield path, value
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from places(inner, path + (i,))


def changed(record, path, new):
    out = copy.deepcopy(record)
    at = out
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return out


def without(record, path):
    out = copy.deepcopy(record)
    at = out
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return out


def wrong_values(value):
    if isinstance(value, bool):
        return ["true", 1, None, not value]
    if isinstance(value, int):
        return [str(value), -1, 2**33, True, 10]
    if isinstance(value, str):
        return [7, None, [], {}, "", " ", "no such word", "x" * 40000, value + "?"]
    if isinstance(value, list):
        return ["x", {}, None, [], [7], [""], [None], value * 40]
    return ["x", [], None, 7]


def violations(record):
    for path, value in places(record):
        if path:
            yield f"without {path}", without(record, path)
            for new in wrong_values(value):
                yield f"{path} = {str(new)[:40]!r}", changed(record, path, new)
        if isinstance(value, dict):
            yield f"{path} with an unknown field", changed(record, path + ("isr_reference",), "x") \
                if path else {**record, "isr_reference": "x"}


# --- several at once, by chance ---

def scrambled(record, dice):
    out = record
    for _ in range(dice.randint(1, 4)):
        path, value = dice.choice([p for p in places(out) if p[0]])
        if dice.random() < 0.4:
            out = without(out, path)
        else:
            out = changed(out, path, dice.choice(wrong_values(value)))
    return out


def check(program, validator, named, tally):
    failures = 0
    verdicts = judged(program, [record for _, record in named])
    for (name, record), verdict in zip(named, verdicts):
        by_schema = validator.is_valid(record)
        by_code = verdict == "good" or verdict.startswith("good ")
        tally[(by_schema, by_code)] += 1
        if by_schema == by_code or (by_schema and only_beyond(verdict)):
            continue
        failures += 1
        if failures <= 20:
            why = next((e.message[:100] for e in validator.iter_errors(record)), "valid")
            print(f"{name}: code says {verdict[:120]}; schema says {why}")
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("source")
    parser.add_argument("--seed", type=int, default=22)
    args = parser.parse_args()
    root = pathlib.Path(args.source)
    schema = json.loads((root / "proto/record.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    samples = json.loads((root / "deploy/samples/records.json").read_text())
    whole = json.loads((root / "tests/vectors/records/full.json").read_text())
    whole.pop("restricted")
    tally = {(a, b): 0 for a in (True, False) for b in (True, False)}
    failures = 0

    for i, sample in enumerate(samples):
        good = sample["expect"] != "refused"
        if good and not validator.is_valid(sample["record"]):
            failures += 1
            print(f"sample {i} is good, but not by the schema")
    failures += check(args.program, validator,
                      [(f"sample {i}", s["record"]) for i, s in enumerate(samples)], tally)
    failures += check(args.program, validator, [("the whole record", whole)], tally)
    assert tally[(True, True)] >= 33, tally
    failures += check(args.program, validator, list(violations(whole)), tally)
    base = [s["record"] for s in samples if s["expect"] == "published"]
    for record in base[:4]:
        failures += check(args.program, validator, list(violations(record)), tally)
    dice = random.Random(args.seed)
    mixed = [(f"seed {args.seed}, no. {i}", scrambled(dice.choice(base + [whole]), dice))
             for i in range(3000)]
    mixed = [m for m in mixed if len(json.dumps(m[1])) < 500000]  # a line of the judge
    failures += check(args.program, validator, mixed, tally)
    print(f"{sum(tally.values())} records: {tally[True, True]} good to both, "
          f"{tally[False, False]} refused by both, {tally[True, False]} only by rules that need "
          f"the list, the clock or another field; {failures} disagree (seed {args.seed})")
    assert tally[False, False] > 2000
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
