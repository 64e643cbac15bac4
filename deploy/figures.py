#!/usr/bin/env python3
"""Puts what the tests counted into README.md: figures.py LOG...

The logs are ctest's (LastTest.log).  Every line `figure NAME=COUNT lost=N duplicated=N undetected=N`
adds to NAME's row of the table between the two marker lines, with the test that printed it; every
line `coverage TARGET=EDGES of EDGES` is a fuzzer's.  Exit code 1, and README.md as it was, when a
log has no such line; also 1 with one that counted a fault, or with less of something than LEAST.
"""

import os
import re
import sys
import time

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "README.md")
BEGIN, END = "<!-- figures: written by deploy/test --faults -->\n", "<!-- figures end -->\n"
FAULTS = ("lost", "duplicated", "undetected")
TEST = re.compile(r"^\d+/\d+ Testing: (\S+)$", re.M)
LINE = re.compile(r"^\s*figure (\w+)=(\d+) lost=(\d+) duplicated=(\d+) undetected=(\d+)\s*$", re.M)
COVERAGE = re.compile(r"^\s*coverage (\w+)=(\d+) of (\d+)\s*$", re.M)
# What a run has to show.  A test that was skipped or failed has counted nothing.
LEAST = {"crash_images": 50_000, "kills": 300, "simulator_seeds": 2_000, "flips": 5_000,
         "hostile_scripts": 52}


class Figures:
    """Counts and faults by name, added up; who counted them; edges that fuzzers reached."""

    def __init__(self, texts: list[str]) -> None:
        self.sums: dict[str, list[int]] = {}
        self.tests: dict[str, set[str]] = {}
        self.coverage: dict[str, tuple[int, int]] = {}
        for text in texts:
            before, *parts = TEST.split(text)
            for test, said in [("", before), *zip(parts[::2], parts[1::2])]:
                self.read(test, said)

    def read(self, test: str, said: str) -> None:
        for name, *numbers in LINE.findall(said):
            row = self.sums.setdefault(name, [0, 0, 0, 0])
            self.sums[name] = [a + int(b) for a, b in zip(row, numbers)]
            self.tests.setdefault(name, set()).add(test)
        for target, reached, edges in COVERAGE.findall(said):
            self.coverage[target] = (int(reached), int(edges))

    def faults(self) -> list[str]:
        """What is wrong with them, in sentences."""
        told = [f"{name}: {count} {fault}" for name, row in sorted(self.sums.items())
                for fault, count in zip(FAULTS, row[1:]) if count]
        return told + [f"{name}: {self.sums.get(name, [0])[0]:,} of at least {least:,}"
                       for name, least in LEAST.items() if self.sums.get(name, [0])[0] < least]

    def table(self, day: str) -> str:
        lines = [f"Measured on {day} by `deploy/test --faults`; one test again: "
                 "`FLAGPOST_LONG=1 ctest --test-dir build/release -C Long -R NAME -V`.", "",
                 "| | count | " + " | ".join(FAULTS) + " | counted by |", "|---|---|---|---|---|---|"]
        lines += [f"| {name.replace('_', ' ')} | " + " | ".join(f"{n:,}" for n in row) +
                  f" | {named(self.tests[name])} |" for name, row in sorted(self.sums.items())]
        if self.coverage:
            lines += ["", "Edges that a minute of each fuzzer and its saved inputs reached, of those "
                      "in its program: " + ", ".join(
                          f"{target} {reached:,} of {edges:,}"
                          for target, (reached, edges) in sorted(self.coverage.items())) + "."]
        return "\n".join(lines) + "\n"


def named(tests: set[str]) -> str:
    """The tests; a folder where many of it count."""
    folders = {test.split("/")[0] for test in tests}
    shown = {f"{folder}/" if sum(t.startswith(folder + "/") for t in tests) > 6 else test
             for test in tests for folder in folders if test.split("/")[0] == folder}
    return ", ".join(f"`{test}`" for test in sorted(shown))


def main() -> int:
    logs = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as f:
            logs.append(f.read())
    figures = Figures(logs)
    if not figures.sums:
        print("figures: the logs count nothing", file=sys.stderr)
        return 1
    with open(README, encoding="utf-8") as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    written = figures.table(time.strftime("%-d %B %Y"))
    with open(README, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + written + END + after)
    print(written, end="")
    faults = figures.faults()
    for fault in faults:
        print(f"figures: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
