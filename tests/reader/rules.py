"""Which values may stand in the fields: the tables of proto/README.md."""

import os
import re

from .notes import Bad, need
from .wire import Message, SCHEMAS, Scan, varint

SHORT, LONG, TEXTS = 256, 32768, 16
HEADER_MAX, CONTENT_MAX, FRAME_MAX, CONTROL_MAX = 12288, 163840, 262144, 8 << 20
SEALED_MAX = CONTENT_MAX + 16
ITEMS, RECIPIENTS, GROUP = 256, 128, 512
TIME = 2**63 - 1
AGENCY = re.compile(rb"[A-Z0-9-]{1,16}")


class Fields:
    """Checks of one message's fields, by number."""

    def __init__(self, m: Message) -> None:
        self.m = m

    def there(self, *numbers: int) -> "Fields":
        need(all(n in self.m for n in numbers), "value")
        return self

    def short(self, *numbers: int, most: int = SHORT) -> "Fields":
        need(all(len(self.m.raw(n)) <= most for n in numbers), "limit")
        return self

    def long(self, *numbers: int) -> "Fields":
        return self.short(*numbers, most=LONG)

    def texts(self, *numbers: int) -> "Fields":
        need(all(len(text) <= SHORT for n in numbers for text in self.m.list(n)), "limit")
        return self

    def exact(self, size: int, *numbers: int) -> "Fields":
        """Where it is there, it has that size."""
        need(all(len(self.m.raw(n)) == size for n in numbers if n in self.m), "value")
        return self

    def at_most_exact(self, size: int, *numbers: int) -> "Fields":
        """The same of what is not hashed into a log: too long is over a limit."""
        return self.short(*numbers, most=size).exact(size, *numbers)

    def not_zeros(self, *numbers: int) -> "Fields":
        """Absent says all zeros, and is the only form of it."""
        need(all(any(self.m.raw(n)) for n in numbers if n in self.m))
        return self

    def most(self, most: int, *numbers: int) -> "Fields":
        need(all(self.m.number(n) <= most for n in numbers), "value")
        return self

    def between(self, least: int, most: int, number: int) -> "Fields":
        need(least <= self.m.number(number) <= most, "value")
        return self

    def agencies(self, *numbers: int) -> "Fields":
        need(all(AGENCY.fullmatch(self.m.raw(n)) for n in numbers if n in self.m), "value")
        return self

    def epoch(self, *numbers: int) -> "Fields":
        self.exact(12, *numbers)
        need(all(any(self.m.raw(n)[:4]) for n in numbers if n in self.m), "value")
        return self

    def dates(self, *numbers: int) -> "Fields":
        for n in numbers:
            year, month, day = (self.m.number(n) // 10000, self.m.number(n) // 100 % 100,
                                self.m.number(n) % 100)
            need(year <= 9999 and month <= 12 and day <= 31, "value")
            need((not day or month) and (not month or year), "value")
        return self


# --- header ---

INTELLIGENCE, OUTCOME, RECALL, AUDIT, EPOCH, REWRAP, STATEMENT, ATTACHMENT, CASE = range(1, 10)
OBLIGATION, DECISION, RETENTION, RECONCILIATION, REQUEST = 10, 11, 12, 13, 14
ROUTINE, LOCAL = 2, 3
HEADER_COUNTS = {("Header", "recipients"): RECIPIENTS, ("Header", "parents"): 8}


def header(raw: bytes) -> Message:
    need(len(raw) <= HEADER_MAX, "limit")
    need(raw)
    if raw[0] == 8:
        need(varint(raw, 1)[0] == 1, "version")
    elif varint(raw, 0)[0] >> 3 != 0:
        raise Bad("version")
    h = Scan(HEADER_COUNTS, TEXTS).message("Header", raw)
    f = Fields(h)
    f.there(2, 3, 4, 5, 7, 9, 17, 30).agencies(3).epoch(5).most(4, 15)
    f.exact(32, 2, 30).exact(16, 7)
    f.exact(16, 18).exact(32, 19, 24).exact(24, 22).not_zeros(18, 19, 22, 24)
    need(len(h.raw(31)) <= RECIPIENTS * 32, "limit")
    distance = h.number(6) - h.number(23)
    need(0 <= distance < GROUP, "value")
    kind = h.get(9)
    {EPOCH: header_statement, REWRAP: header_rewrap}.get(kind, header_content)(h, f)
    if kind in (AUDIT, OBLIGATION, DECISION, RETENTION):
        need(h.get(4) == LOCAL, "value")
    if kind in (ATTACHMENT, RECONCILIATION):
        need(h.get(4) == ROUTINE, "value")
    if kind in (RECALL, STATEMENT, ATTACHMENT):
        f.there(18)
    if kind == REQUEST:
        f.there(18, 27)
        need(h.get(4) != LOCAL and h.get(27).get(2) != LOCAL, "value")
    if kind == INTELLIGENCE:
        f.there(11, 14)
    need(kind == INTELLIGENCE or 28 not in h, "value")
    parents(h)
    if 29 in h:
        route(h)
    return h


def header_statement(h: Message, f: Fields) -> None:
    need(h.number(6) == 0, "value")
    need(not any(n in h for n in (19, 20, 21, 22, 24, 25, 27, 31)), "value")
    f.there(26)
    Fields(h.get(26)).there(1, 3, 4).epoch(1).exact(32, 3)


def header_rewrap(h: Message, f: Fields) -> None:
    need(not any(n in h for n in (19, 20, 21, 22, 26)), "value")
    f.there(24, 25, 27, 31)
    about(h)
    need(h.get(4) != LOCAL and h.get(27).get(2) != LOCAL, "value")
    recipients(h)


def about(h: Message) -> None:
    Fields(h.get(27)).there(1, 2, 3, 5).agencies(1).epoch(3).exact(32, 5)


def header_content(h: Message, f: Fields) -> None:
    need(26 not in h, "value")
    f.there(10, 19, 20, 21, 22, 24, 25, 31).most(ITEMS, 20).between(17, SEALED_MAX, 21)
    need(27 not in h or h.get(9) in (OUTCOME, REQUEST), "value")
    if 27 in h:
        about(h)
    recipients(h)


def recipients(h: Message) -> None:
    to = h.list(25)
    for one in to:
        Fields(one).there(1, 2).agencies(1)
    ids = [one.raw(1) for one in to]
    need(ids == sorted(set(ids)), "value")
    need(len(h.raw(31)) == 32 * len(to), "value")
    if h.get(4) == LOCAL:
        need(ids == [h.raw(3)], "value")
    if h.get(9) in (OUTCOME, CASE, RECONCILIATION, REQUEST):
        need(len(ids) <= 2, "value")


def parents(h: Message) -> None:
    for one in h.list(28):
        Fields(one).there(1, 2).agencies(1).exact(16, 2)
    places = [(one.raw(1), one.raw(2)) for one in h.list(28)]
    need(places == sorted(set(places)), "value")
    need(h.raw(7) not in [record for _, record in places], "value")


def route(h: Message) -> None:
    r = h.get(29)
    Fields(r).short(2, most=32).most(65535, 3).most(255, 4).most(7, 5)
    need(all(len(flag) <= 32 for flag in r.list(1)), "limit")
    bits = r.number(5)
    need(not bits & 4 or bits == 7, "value")
    need(not bits & 2 or len(h.list(25)) <= 2, "value")


# --- content ---


def content(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Salt and item, in order."""
    need(len(raw) <= CONTENT_MAX, "limit")
    need(raw, "value")
    m = Scan({("Content", "items"): ITEMS}, TEXTS).message("Content", raw)
    for one in m.list(1):
        Fields(one).there(1, 2).exact(16, 1)
    return [(one.raw(1), one.raw(2)) for one in m.list(1)]


def audit(f: Fields) -> None:
    f.there(2, 3).short(3, 4, 13, 15).long(10).texts(11, 12).agencies(5)
    f.exact(12, 7).exact(16, 9).not_zeros(7, 9).epoch(7).short(14, most=64)
    stream = [n in f.m for n in (5, 6, 7)]
    need(all(stream) or not any(stream), "value")
    need(all(stream) or 8 not in f.m, "value")


def attachment(f: Fields) -> None:
    f.there(1, 2, 3, 4, 5, 6).short(1, most=120).short(2).most(100 << 20, 3)
    f.at_most_exact(32, 4, 5).between(131072, 131072, 6).short(7, most=500)


def part(f: Fields) -> None:
    f.there(3).most(15, 1).most(799, 2).short(3, most=131072).short(4, most=320)


def lineage(f: Fields) -> None:
    f.there(1, 2, 3, 4, 5, 6, 7).agencies(1).exact(16, 2).exact(32, 3).most(ITEMS, 4)
    f.short(5, most=ITEMS).short(6).long(7)
    need(f.m.raw(5) == bytes(sorted(set(f.m.raw(5)))), "value")


def retention(f: Fields) -> None:
    f.there(1, 2, 3, 4).exact(16, 1, 6).not_zeros(6).most(TIME, 3, 7).most(4, 8)
    f.short(4, 5, most=200).short(9, most=64).short(10, most=6)
    need(len(f.m.raw(10)) in (0, 6) and set(f.m.raw(10)) <= set(b"ynu"), "value")


def ranges(f: Fields) -> None:
    f.there(1, 2, 3).exact(16, 1).exact(32, 13, 16).not_zeros(4, 6, 8, 10, 13, 16)
    f.epoch(4, 6, 8, 10).short(14, most=32832).short(19)
    need((f.m.number(3) in (1, 2)) == (14 in f.m) and (f.m.number(3) == 4) == (19 in f.m), "value")


def request(f: Fields) -> None:
    f.there(1, 2, 3, 7).most(TIME, 3, 4).exact(16, 5).not_zeros(5)
    f.short(6, most=200).short(7, most=4000)
    asks = f.m.number(1) == 1
    need(asks == (4 in f.m) and asks != (5 in f.m) and asks != (6 in f.m), "value")


def replaced(f: Fields) -> None:
    f.there(1, 2).exact(16, 1, 2)
    need(f.m.raw(1) != f.m.raw(2), "value")


ITEM_RULES = {
    1: lambda f: f.texts(1, 2, 4).short(3, 6, 7, 8).dates(9, 10),
    2: lambda f: (f.short(1, 3, 19, 20).long(2, 5, 6, 7, 8, 9, 17).texts(11, 12, 13)
                  .most(255, 14)),
    3: lambda f: f.there(1).long(1),
    4: lambda f: f.there(1).long(1),
    5: lambda f: f.there(2, 3).most(255, 1).most(3, 2).most(5, 3).long(4).short(6),
    6: lambda f: f.there(1).short(1),
    7: lambda f: f.there(1).short(1),
    8: lambda f: f.short(1, 5, 7, 9, 10, 11).texts(2, 3).dates(4),
    9: lambda f: f.short(1, 2).long(4),
    10: lambda f: f.short(1, 2),
    11: lambda f: f.short(1, 2, 3, 5, 7).long(4),
    12: lambda f: f.long(1).short(2, 3, 4),
    13: lambda f: f.short(1, 2, 3, 4),
    14: lambda f: f.there(3).most(255, 1, 2).short(3),
    15: lambda f: f.there(1, 2, 3).agencies(1).exact(16, 2).short(5, 6).long(7),
    16: audit,
    17: lambda f: f.there(1).short(1),
    18: lambda f: f.dates(1, 2),
    19: lambda f: f.there(1).short(1, 2).most(9, 3),
    20: lambda f: f.there(1, 2).short(2, 3),
    21: lambda f: f.there(2, 4).most(255, 1).short(2, 3, 4, 5),
    22: lambda f: f.short(1, 2, 3, 5, 6, 7),
    23: lambda f: f.short(1, 2),
    24: lambda f: f.short(1, 2, 3),
    25: lambda f: f.short(1, 2).long(4),
    26: lambda f: f.short(1).long(2),
    27: lambda f: f.short(1).dates(2).long(3),
    35: attachment,
    36: part,
    40: lambda f: f.there(1, 2, 3).exact(16, 1).between(2, 2**32 - 1, 2).long(3).short(4),
    41: lineage,
    42: lambda f: f.there(1).short(1, most=98304),
    43: lambda f: f.there(1, 2, 3).exact(16, 1).short(3, 4),
    44: replaced,
    50: lambda f: (f.there(1, 2, 3).short(1, most=32).most(TIME, 3).short(4, most=4)
                   .short(5, most=40).exact(16, 6).not_zeros(6).most(TIME, 7)),
    51: lambda f: f.there(1, 2).short(1, most=64).short(2, most=500),
    52: lambda f: f.there(1, 2, 3).short(1, most=32).most(TIME, 2).short(3, most=4),
    53: lambda f: f.there(1, 2).most(TIME, 1, 2),
    55: lambda f: (f.there(1, 2, 3, 4, 5).exact(16, 1).agencies(2).most(TIME, 3)
                   .short(4, 5, 6, 7, most=200)),
    56: retention,
    57: ranges,
    58: lambda f: f.there(1, 2, 3).agencies(1).exact(16, 2).short(4, most=64),
    59: request,
}


def item(raw: bytes) -> Message:
    m = Scan({("Person", "roles"): 6}, TEXTS).message("Item", raw)
    need(len(m.fields) == 1)
    number, inner = next(iter(m.fields.items()))
    ITEM_RULES[number](Fields(inner))
    return inner


# --- frames ---

FRAME_COUNTS = {("Group", "withheld"): GROUP, ("Entries", "entries"): GROUP}


def note(f: Fields, *numbers: int) -> None:
    f.there(*numbers).short(*numbers, most=65536)


def hello(f: Fields) -> None:
    f.there(1).exact(32, 1, 5).not_zeros(3, 5).epoch(3)
    need(3 in f.m or not any(n in f.m for n in (4, 5, 8)), "value")


def fetch(f: Fields) -> None:
    f.there(3).not_zeros(1).epoch(1).most(4, 3)
    wanted = f.m.raw(4)
    need(len(wanted) <= 8 * 64, "limit")
    places = [wanted[i:i + 8] for i in range(0, len(wanted), 8)]
    need(len(wanted) % 8 == 0 and places == sorted(set(places)), "value")
    need(not wanted or (1 in f.m and 2 not in f.m), "value")


def group(f: Fields) -> None:
    m = f.m
    f.there(1, 3, 5).epoch(1).exact(16, 5)
    note(f, 4)
    for number, most in ((3, GROUP), (8, 64)):
        need(len(m.raw(number)) % 32 == 0, "value")
        need(len(m.raw(number)) <= 32 * most, "limit")
    past = m.number(2) + len(m.raw(3)) // 32
    need(past < 2**64, "value")
    need(6 in m or 7 not in m, "value")
    for one in m.list(9):
        Fields(one).there(2)
    places = [one.number(1) for one in m.list(9)]
    need(places == sorted(set(places)), "value")
    need(all(m.number(2) <= place < past for place in places), "value")


def entries(f: Fields) -> None:
    f.there(1, 2).epoch(1)
    for one in f.m.list(2):
        Fields(one).there(2).short(2, most=HEADER_MAX).short(3, most=SEALED_MAX) \
            .at_most_exact(56, 4, 5)
    places = [one.number(1) for one in f.m.list(2)]
    need(places == sorted(set(places)), "value")
    need(places[-1] - places[0] < GROUP, "value")


def receipt(f: Fields) -> None:
    f.there(1).epoch(1).short(3, most=65536)
    note(f, 2)


FRAME_RULES = {
    1: hello,
    2: fetch,
    3: group,
    4: entries,
    5: receipt,
    6: lambda f: f.there(1).epoch(1),
    7: lambda f: note(f, 1),
    8: lambda f: note(f, 1),
    9: lambda f: note(f, 1),
    10: lambda f: note(f, 1, 2),
    11: lambda f: f.there(1).not_zeros(2).epoch(2),
}


def frame(raw: bytes) -> Message:
    need(len(raw) <= FRAME_MAX, "limit")
    need(len(raw) >= 2)
    need(raw[0] == 1, "version")
    need(1 <= raw[1] <= 3, "value")
    m = Scan(FRAME_COUNTS, TEXTS).message("Frame", raw[2:])
    need(len(m.fields) == 1)
    number, inner = next(iter(m.fields.items()))
    FRAME_RULES[number](Fields(inner))
    return inner


# --- control socket ---

CONTROL_COUNTS = {("ControlRequest", "arguments"): 64, ("ControlRow", "fields"): 64,
                  ("ControlAnswer", "rows"): 20000}


def named(fields: list[Message]) -> None:
    for one in fields:
        Fields(one).there(1).short(1)
        need(re.fullmatch(rb"[A-Za-z0-9_]+", one.raw(1)), "value")


def request(raw: bytes) -> Message:
    need(len(raw) <= CONTROL_MAX, "limit")
    need(raw, "value")  # a request without a verb
    m = Scan(CONTROL_COUNTS, TEXTS).message("ControlRequest", raw)
    Fields(m).there(1).short(1)
    named(m.list(2))
    return m


def statuses() -> int:
    """How many the build knows; the table is in one place."""
    with open(os.path.join(SCHEMAS, "..", "node", "base", "status.h"), encoding="utf-8") as f:
        return len(re.findall(r"^ +X\([A-Z_]+, \"|^ +X\([A-Z_]+,  +\\$", f.read(), re.M))


def answer(raw: bytes) -> Message:
    need(len(raw) <= CONTROL_MAX, "limit")
    if not raw:
        return Message("ControlAnswer")  # all is well, and there is nothing to say
    m = Scan(CONTROL_COUNTS, TEXTS).message("ControlAnswer", raw)
    Fields(m).most(statuses() - 1, 1).long(2)
    for row in m.list(3):
        named(row.list(1))
    return m
