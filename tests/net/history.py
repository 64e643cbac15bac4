"""What every node's journal says of every record that was asked for, against what was answered.

The journals are read with SQLite alone, without the program that wrote them.  Any count but
`attempted`, `acknowledged` and `recovered` must be zero.  Run by hand it checks itself against
histories with planted faults.
"""

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field

INTELLIGENCE, HELD = 1, 1  # kind and disposition, as journal.db has them
FAULTS = ("lost_prefix", "lost_middle", "lost_end", "duplicate", "out_of_order", "unexpected",
          "receipt_without_record")


@dataclass(frozen=True)
class Attempt:
    """A record that was asked for.  `id` is empty where no answer ever came."""

    publisher: str
    recipients: frozenset[str]
    id: str = ""
    stream: str = ""
    index: int = -1


@dataclass
class Journal:
    """(agency, lane, epoch) -> [(index, record id)] in order of arrival, and receipts given."""

    held: dict[tuple, list[tuple[int, str]]] = field(default_factory=dict)
    receipts: list[tuple[tuple, str, int]] = field(default_factory=list)


def read(path: str) -> Journal:
    """A journal as it lies there; the node may run."""
    journal = Journal()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        names = {n: (agency, lane, epoch, random.hex()) for n, agency, lane, epoch, random in
                 db.execute("SELECT number, agency, lane, epoch, random FROM stream")}
        for place, record in db.execute("SELECT place, id FROM entry WHERE kind = ? AND "
                                        "disposition = ? AND duplicate = 0 ORDER BY place",
                                        (INTELLIGENCE, HELD)):
            stream = names[place >> 40]
            journal.held.setdefault(stream, []).append((place & (1 << 40) - 1, record.hex()))
        journal.receipts = [(names[n], peer, size) for n, peer, size in db.execute(
            "SELECT number, peer, size FROM receipt WHERE length(receipt) > 0")]
    return journal


def where(missing: list[int], there: list[int]) -> Counter:
    """Where in a stream the missing places are: before, among or after those that are there."""
    low, high = (there[0], there[-1]) if there else (-1, -1)
    return Counter("lost_prefix" if there and i < low else
                   "lost_middle" if there and i < high else "lost_end" for i in missing)


def check_node(agency: str, journal: Journal, attempts: list[Attempt]) -> Counter:
    """One node against what it was to hold: its own records and those sent to it."""
    found: Counter = Counter()
    wanted = {a.id: a for a in attempts
              if a.id and (agency in a.recipients or agency == a.publisher)}
    unanswered = Counter((a.publisher) for a in attempts if not a.id)
    seen: Counter = Counter()
    there = defaultdict(list)
    for stream, entries in journal.held.items():
        indexes = [i for i, _ in entries]
        found["out_of_order"] += sum(a >= b for a, b in zip(indexes, indexes[1:]))
        for index, record in entries:
            seen[record] += 1
            there[stream[0]].append(index)
            if record not in wanted:
                # It may be one that was committed and whose answer never came.
                found["recovered" if unanswered[stream[0]] > 0 else "unexpected"] += 1
    found["duplicate"] += sum(n - 1 for n in seen.values())
    missing = defaultdict(list)
    for record, attempt in wanted.items():
        if not seen[record]:
            missing[attempt.publisher].append(attempt.index)
    for publisher, indexes in missing.items():
        found += where(sorted(indexes), sorted(there[publisher]))
    return found


def check(journals: dict[str, Journal], attempts: list[Attempt]) -> Counter:
    """Counts by name over all nodes; FAULTS must be zero."""
    found: Counter = Counter(attempted=len(attempts),
                             acknowledged=sum(bool(a.id) for a in attempts))
    for agency, journal in journals.items():
        found += check_node(agency, journal, attempts)
    for publisher, journal in journals.items():
        for stream, peer, size in journal.receipts:
            has = {record for _, record in journals[peer].held.get(stream, [])}
            found["receipt_without_record"] += sum(
                record not in has for index, record in journal.held.get(stream, [])
                if index < size and any(a.id == record and peer in a.recipients
                                        for a in attempts))
    return found


def faults(found: Counter) -> dict[str, int]:
    return {name: found[name] for name in FAULTS if found[name]}


def planted() -> None:
    """A good history, and each fault put into one."""
    stream = ("A", 2, 1, "00")

    def world() -> tuple[dict[str, Journal], list[Attempt]]:
        attempts = [Attempt("A", frozenset("B"), f"r{i}", "routine", i) for i in range(5)]
        rows = [(i, f"r{i}") for i in range(5)]
        return {"A": Journal({stream: list(rows)}, [(stream, "B", 5)]),
                "B": Journal({stream: list(rows)})}, attempts

    def expect(name: str, change) -> None:
        journals, attempts = world()
        change(journals, attempts)
        told = faults(check(journals, attempts))
        assert (name in told) if name else not told, f"{name or 'good'}: {told}"

    expect("", lambda j, a: None)
    expect("lost_prefix", lambda j, a: j["B"].held[stream].pop(0))
    expect("lost_middle", lambda j, a: j["B"].held[stream].pop(2))
    expect("lost_end", lambda j, a: j["B"].held[stream].pop())
    expect("lost_end", lambda j, a: j["B"].held.clear())
    expect("receipt_without_record", lambda j, a: j["B"].held[stream].pop(1))
    expect("duplicate", lambda j, a: j["B"].held[stream].append((9, "r1")))
    expect("out_of_order", lambda j, a: j["B"].held[stream].reverse())
    expect("unexpected", lambda j, a: j["B"].held[stream].append((9, "other")))
    expect("lost_end", lambda j, a: [x.held[stream].pop() for x in j.values()])
    expect("", lambda j, a: (a.append(Attempt("A", frozenset("B"))),
                             j["A"].held[stream].append((5, "late"))))


if __name__ == "__main__":
    planted()
    print("a good history, and ten with a fault that is found")
