#!/usr/bin/env python3
"""Puts what the tests counted into README.md: figures.py LOG...

Every line `figure NAME=COUNT lost=N duplicated=N undetected=N` of the logs adds to NAME's row of
the table between the two marker lines.  Exit code 1 when a log has no such line, or one with a
fault that was counted.
"""

import os
import re
import sys
import time

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "README.md")
BEGIN, END = "<!-- figures: written by deploy/test --faults -->\n", "<!-- figures end -->\n"
FAULTS = ("lost", "duplicated", "undetected")
LINE = re.compile(r"^\s*figure (\w+)=(\d+) lost=(\d+) duplicated=(\d+) undetected=(\d+)\s*$", re.M)


def read(texts: list[str]) -> dict[str, list[int]]:
    """Counts and faults by name, added up."""
    sums: dict[str, list[int]] = {}
    for text in texts:
        for name, *numbers in LINE.findall(text):
            row = sums.setdefault(name, [0, 0, 0, 0])
            sums[name] = [a + int(b) for a, b in zip(row, numbers)]
    return sums


def table(sums: dict[str, list[int]], day: str) -> str:
    lines = [f"Measured on {day} by the tests that `deploy/test --faults` runs.", "",
             "| | count | " + " | ".join(FAULTS) + " |", "|---|---|---|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | " + " | ".join(f"{n:,}" for n in row) + " |"
              for name, row in sorted(sums.items())]
    return "\n".join(lines) + "\n"


def main() -> int:
    logs = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as f:
            logs.append(f.read())
    sums = read(logs)
    if not sums:
        print("figures: the logs count nothing", file=sys.stderr)
        return 1
    with open(README, encoding="utf-8") as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    written = table(sums, time.strftime("%-d %B %Y"))
    with open(README, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + written + END + after)
    print(written, end="")
    return 1 if any(sum(row[1:]) for row in sums.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
