#!/usr/bin/env python3
"""Writes wire/*.txt: frozen messages, good and bad, one a line.

    good|bad KIND REASON HEX # sentence

This is an encoder of its own, on purpose: it shares nothing with proto/.  The output does not
depend on the machine or the day.  Frozen means that a change here which alters a good line is
a change of the protocol.
"""

import hashlib
import os
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire")


def varint(v):
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7F | 0x80)
        v >>= 7
    out.append(v)
    return bytes(out)


def long_varint(v, extra=1):
    """The same value in a form that is `extra` bytes too long."""
    short = bytearray(varint(v))
    short[-1] |= 0x80
    return bytes(short) + b"\x80" * (extra - 1) + b"\x00"


def num(number, v):
    return varint(number << 3) + varint(v)


def sized(number, v):
    v = v.encode() if isinstance(v, str) else v
    return varint(number << 3 | 2) + varint(len(v)) + v


def draw(label, size):
    """Bytes that look random and never change."""
    return hashlib.shake_256(b"flagpost wire vectors: " + label.encode()).digest(size)


class Fields:
    """A message as {number: bytes of the field}, so that one can be swapped or left out."""

    def __init__(self, fields):
        self.fields = dict(fields)

    def with_(self, *pieces, without=()):
        changed = dict(self.fields)
        for number in without:
            changed.pop(number)
        for number, piece in pieces:
            changed[number] = piece
        return Fields(changed)

    def bytes(self):
        return b"".join(self.fields[k] for k in sorted(self.fields))


class Book:
    def __init__(self, kind, prefix=b""):
        self.kind = kind
        self.prefix = prefix
        self.lines = []

    def good(self, raw, sentence):
        self.line("good", "-", self.prefix + raw, sentence)

    def bad(self, reason, raw, sentence):
        self.line("bad", reason, self.prefix + raw, sentence)

    def line(self, verdict, reason, raw, sentence):
        assert reason in ("-", "form", "value", "limit", "version")
        self.lines.append(f"{verdict} {self.kind} {reason} {raw.hex() or '-'} # {sentence}\n")


def epoch(counter, label="epoch"):
    return counter.to_bytes(4, "big") + draw(label, 8)


def save(name, *books):
    lines = [line for book in books for line in book.lines]
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as f:
        f.write("# good|bad KIND REASON HEX # sentence; made once by ../make_wire.py\n")
        f.writelines(lines)
    good = sum(line.startswith("good") for line in lines)
    print(f"{name}: {good} good, {len(lines) - good} bad")


# Faults that any message can have.  `fields` is a good one.


def bad_forms(book, fields, number, text_number=None):
    """`number`: a number field of the message, not its last; `text_number`: a string."""
    good = fields.bytes()
    tag, value = number << 3, fields.fields[number][len(varint(number << 3)) :]
    v = sum((c & 0x7F) << 7 * i for i, c in enumerate(value))
    last = max(fields.fields)

    def swap(piece):
        return fields.with_((number, piece)).bytes()

    book.bad("form", good[:-1], "the last byte is missing")
    book.bad("form", good + b"\x00", "a byte is left over")
    book.bad("form", good + num(700, 1), "field 700 is not known")
    book.bad("form", good + sized(2047, b"x"), "field 2047 is not known")
    book.bad("form", good + b"\x80", "a tag has no end")
    book.bad("form", good + b"\x02\x00", "field number 0")
    book.bad("form", good + varint(1 << 35), "a tag over 32 bits")
    book.bad("form", swap(long_varint(tag) + value), "a tag one byte longer than needed")
    book.bad("form", swap(varint(tag) + long_varint(v)), "a value one byte longer than needed")
    book.bad("form", swap(varint(tag) + b"\xff" * 10), "a value without end")
    book.bad("form", swap(varint(tag) + b"\xff" * 9 + b"\x02"), "a value over 64 bits")
    book.bad("form", swap(varint(tag) + b"\x00"), "a zero is written")
    book.bad("form", swap(varint(tag) + value + varint(tag) + value), "a field twice")
    for wire, name in ((1, "64 bits"), (2, "a length"), (3, "a group"), (4, "an end of group"),
                       (5, "32 bits"), (6, "type 6"), (7, "type 7")):
        book.bad("form", swap(varint(tag | wire) + value), f"a number field as {name}")
    if number != last:
        out_of_order = fields.with_(without=(number,)).bytes() + fields.fields[number]
        book.bad("form", out_of_order, f"field {number} after field {last}")
    if text_number is None:
        return
    text_tag = varint(text_number << 3 | 2)
    for piece, sentence in (
        (text_tag + b"\x00", "an empty string is written"),
        (text_tag + b"\x81\x00A", "a length one byte longer than needed"),
        (text_tag + b"\xff\xff\xff\xff\x0f", "a length past the end"),
        (text_tag + b"\xff" * 9 + b"\x01", "a length of 64 bits"),
        (text_tag + b"\x02A\x00", "NUL in a string"),
        (text_tag + b"\x01\xff", "a string with byte ff"),
        (text_tag + b"\x02\xc0\xaf", "a string with an over-long UTF-8 form"),
        (text_tag + b"\x03\xed\xa0\x80", "a string with a surrogate"),
        (text_tag + b"\x04\xf4\x90\x80\x80", "a string past U+10FFFF"),
        (text_tag + b"\x02\xe2\x82", "a string with a UTF-8 form cut short"),
        (varint(text_number << 3) + b"\x01", "a string field as a number"),
    ):
        book.bad("form", fields.with_((text_number, piece)).bytes(), sentence)


# Headers.

AGENCIES = [f"F{i:03d}" for i in range(128)]


def recipient(agency, kx_id=1):
    return sized(25, sized(1, agency) + num(2, kx_id))


def recipients(count):
    return b"".join(recipient(AGENCIES[i], i + 1) for i in range(count))


def wraps(count):
    return sized(31, draw("wraps", 32 * count))


STATEMENT = Fields({1: sized(1, epoch(1, "old")), 2: num(2, 77),
                    3: sized(3, draw("old root", 32)), 4: num(4, 1)})


def header(count=2):
    return Fields({
        1: num(1, 1), 2: sized(2, draw("realm", 32)), 3: sized(3, "F000"), 4: num(4, 2),
        5: sized(5, epoch(1)), 6: num(6, 1000), 7: sized(7, draw("id", 16)),
        8: num(8, 1795471200000), 9: num(9, 1), 10: num(10, 2), 11: num(11, 1), 14: num(14, 2),
        17: num(17, 3), 19: sized(19, draw("content root", 32)), 20: num(20, 5),
        21: num(21, 900), 22: sized(22, draw("nonce", 24)), 23: num(23, 990),
        24: sized(24, draw("group key", 32)), 25: recipients(count),
        30: sized(30, draw("ciphertext hash", 32)), 31: wraps(count)})


def statement_header():
    return header().with_(
        (3, sized(3, "F055")), (5, sized(5, epoch(2))), (9, num(9, 5)),
        (26, sized(26, STATEMENT.bytes())),
        without=(6, 19, 20, 21, 22, 23, 24, 25, 31))


def good_headers(book):
    h = header()
    for count in (1, 2, 3, 4, 8, 16, 32, 63, 64, 128):
        book.good(header(count).bytes(), f"{count} recipients" if count > 1 else "1 recipient")
    full = h.with_((11, num(11, 2)), (12, num(12, 3)), (13, num(13, 2)), (15, num(15, 4)),
                   (16, num(16, 1800000000000)), (18, sized(18, draw("previous", 16))))
    book.good(full.bytes(), "every field but the statement")
    book.good(h.with_((6, num(6, 2**64 - 1)), (8, num(8, 2**64 - 1)),
                      (16, num(16, 2**64 - 1)), (17, num(17, 2**32 - 1)),
                      (20, num(20, 256)), (21, num(21, 163856)),
                      (23, num(23, 2**64 - 512))).bytes(), "every number at its largest")
    book.good(h.with_((10, num(10, 1)), (14, num(14, 1)), (17, num(17, 1)), (20, num(20, 1)),
                      (21, num(21, 17)), without=(6, 8, 23)).bytes(),
              "every number at its smallest")
    book.good(h.with_((3, sized(3, "A-234567890-2345")),
                      (25, recipient("A") + recipient("A-234567890-2345", 2**32 - 1))).bytes(),
              "agency ids of 1 and 16 characters")
    book.good(h.with_((9, num(9, 2)), without=(11, 14)).bytes(), "an outcome, without codes")
    book.good(h.with_((4, num(4, 1)), (9, num(9, 3)),
                      (18, sized(18, draw("recalled", 16)))).bytes(), "a recall")
    book.good(header(1).with_((4, num(4, 3)), (9, num(9, 4))).bytes(), "an audit entry")
    book.good(h.with_((9, num(9, 6)), without=(11, 14)).bytes(), "a rewrap")
    for marking in (1, 3, 4):
        book.good(h.with_((10, num(10, marking))).bytes(), f"marking {marking}")
    s = statement_header()
    book.good(s.bytes(), "an epoch's statement")
    book.good(s.with_(without=(10, 11, 14)).bytes(), "an epoch's statement without a label")
    for reason in (2, 3):
        piece = sized(26, STATEMENT.with_((4, num(4, reason))).bytes())
        book.good(s.with_((26, piece)).bytes(), f"an epoch's statement, reason {reason}")
    book.good(s.with_((26, sized(26, STATEMENT.with_(without=(2,)).bytes()))).bytes(),
              "an epoch's statement about an empty log")


def bad_headers(book):
    h = header()

    def bad(reason, number, piece, sentence):
        book.bad(reason, h.with_((number, piece)).bytes(), sentence)

    bad_forms(book, h, 8, 3)
    bad("version", 1, num(1, 2), "version 2")
    bad("version", 1, num(1, 2**63), "version 2^63")
    book.bad("version", h.with_(without=(1,)).bytes(), "no version")
    book.bad("version", h.with_((1, num(1, 2)), (40, num(40, 1))).bytes(),
             "version 2 with a field of that version")
    book.bad("form", b"", "nothing")
    book.bad("form", b"\x08", "a version without value")
    names = {2: "realm", 3: "agency", 4: "lane", 5: "epoch", 7: "record id", 9: "kind",
             10: "marking", 11: "handling code", 14: "priority", 17: "roster version",
             19: "content root", 20: "item count", 21: "ciphertext size", 22: "nonce",
             24: "group key", 25: "recipients", 30: "ciphertext hash", 31: "wrap hashes"}
    for number, name in names.items():
        book.bad("value", h.with_(without=(number,)).bytes(), f"no {name}")
    for number, name, size in ((2, "realm", 32), (5, "epoch", 12), (7, "record id", 16),
                               (18, "previous", 16), (19, "content root", 32),
                               (22, "nonce", 24), (24, "group key", 32),
                               (30, "ciphertext hash", 32)):
        for wrong in (size - 1, size + 1):
            piece = sized(number, (epoch(1) + draw(name, 32))[:wrong])
            bad("value", number, piece, f"{name} of {wrong} bytes")
        bad("form", number, sized(number, b""), f"{name} empty")
    for number, name, size in ((18, "previous", 16), (19, "content root", 32),
                               (22, "nonce", 24), (24, "group key", 32)):
        bad("form", number, sized(number, bytes(size)), f"{name} all zero and not absent")
    for number, name, unknown in ((4, "lane", 4), (9, "kind", 7), (10, "marking", 5),
                                  (11, "handling code", 3), (12, "action code", 4),
                                  (13, "sanitisation code", 3), (14, "priority", 4)):
        bad("form", number, num(number, unknown), f"{name} {unknown} is not known")
    bad("form", 4, num(4, 2**64 - 1), "lane -1")
    bad("form", 4, num(4, 2**32 + 2), "lane 2 with a bit above 32")
    for number, name in ((17, "roster version"), (20, "item count"), (21, "ciphertext size")):
        bad("form", number, num(number, 2**32), f"{name} over 32 bits")
    for number in (6, 8, 16, 23):
        bad("form", number, num(number, 0), f"field {number} written as zero")
    for agency, sentence in (("f000", "small letters"), ("F 00", "a space"), ("F_00", "_"),
                             ("A-234567890-23456", "17 characters"), ("Ä", "beyond ASCII")):
        bad("value", 3, sized(3, agency), f"an agency id with {sentence}")
    bad("value", 5, sized(5, bytes(4) + draw("epoch", 8)), "an epoch with the counter 0")
    bad("value", 5, sized(5, bytes(12)), "an epoch of zeros")
    bad("value", 23, num(23, 1001), "an index before its group")
    bad("value", 23, num(23, 488), "an index 512 behind its group's first")
    bad("value", 15, num(15, 5), "retention class 5")
    bad("value", 20, num(20, 257), "257 items")
    bad("value", 21, num(21, 16), "a ciphertext of 16 bytes")
    bad("value", 21, num(21, 163857), "a ciphertext over the limit")
    bad("value", 9, num(9, 4), "an audit entry on the routine lane")
    bad("value", 9, num(9, 3), "a recall that names no record")
    bad("value", 4, num(4, 3), "the local lane with two recipients")
    book.bad("value", header(1).with_((3, sized(3, "F001")), (4, num(4, 3))).bytes(),
             "the local lane with another agency as recipient")
    bad("value", 25, recipient("F001") + recipient("F000"), "recipients in descending order")
    bad("value", 25, recipient("F000") * 2, "a recipient twice")
    bad("value", 25, recipient("F00") + recipient("f01"), "a recipient in small letters")
    bad("value", 25, recipient("F00") + sized(25, sized(1, "F01")), "a recipient without key")
    bad("value", 25, recipient("F00") + sized(25, num(2, 1)), "a recipient without agency")
    bad("form", 25, recipient("F00") + sized(25, b""), "an empty recipient")
    bad("form", 25, recipient("F00") + sized(25, num(2, 1) + sized(1, "F01")),
        "a recipient's fields out of order")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + num(2, 1) + num(3, 1)),
        "a recipient with an unknown field")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + num(2, 2**32)),
        "a recipient's key number over 32 bits")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + b"\x10"),
        "a recipient whose last field runs past its end")
    many = b"".join(recipient(f"F{i:03d}") for i in range(129))
    book.bad("limit", h.with_((25, many), (31, sized(31, draw("wraps", 32 * 128)))).bytes(),
             "129 recipients")
    book.bad("limit", h.with_((31, sized(31, draw("wraps", 32 * 129)))).bytes(),
             "129 wrap hashes")
    book.bad("limit", h.with_((31, sized(31, bytes(12 * 1024)))).bytes(), "over 12 KiB")
    bad("value", 31, wraps(1), "one wrap hash for two recipients")
    bad("value", 31, wraps(3), "three wrap hashes for two recipients")
    bad("value", 31, sized(31, draw("wraps", 63)), "63 bytes of wrap hashes")
    book.bad("form", h.with_(without=(31,)).bytes() + wraps(2) + h.fields[30],
             "the ciphertext hash twice, also behind the wrap hashes")
    bad("value", 26, sized(26, STATEMENT.bytes()), "a statement on an intelligence entry")
    bad_statements(book)


def bad_statements(book):
    s = statement_header()

    def bad(reason, number, piece, sentence):
        book.bad(reason, s.with_((number, piece)).bytes(), sentence)

    book.bad("value", s.with_(without=(26,)).bytes(), "an epoch entry without statement")
    bad("value", 6, num(6, 1), "an epoch entry at index 1")
    bad("value", 19, sized(19, draw("content root", 32)), "an epoch entry with a content root")
    bad("value", 20, num(20, 1), "an epoch entry with items")
    bad("value", 21, num(21, 17), "an epoch entry with a ciphertext")
    bad("value", 22, sized(22, draw("nonce", 24)), "an epoch entry with a nonce")
    bad("value", 24, sized(24, draw("group key", 32)), "an epoch entry with a group key")
    book.bad("value", s.with_((25, recipient("F055")), (31, wraps(1))).bytes(),
             "an epoch entry with a recipient")
    bad("value", 31, wraps(1), "an epoch entry with a wrap hash")
    for number, name in ((1, "old epoch"), (3, "old root"), (4, "reason")):
        book.bad("value", s.with_(
            (26, sized(26, STATEMENT.with_(without=(number,)).bytes()))).bytes(),
            f"a statement without {name}")
    for reason, number, piece, sentence in (
        ("value", 1, sized(1, bytes(12)), "an old epoch of zeros"),
        ("value", 1, sized(1, epoch(1)[:11]), "an old epoch of 11 bytes"),
        ("value", 3, sized(3, draw("old root", 31)), "an old root of 31 bytes"),
        ("form", 4, num(4, 4), "reason 4"),
        ("form", 2, num(2, 0), "an old size written as zero"),
    ):
        bad(reason, 26, sized(26, STATEMENT.with_((number, piece)).bytes()),
            f"a statement with {sentence}")


# Items: every field holds its own name, so that a test can tell one from another.


def text(number, name):
    return number, sized(number, name)


def texts(number, *values):
    return number, b"".join(sized(number, v) for v in values)


def number(n, v):
    return n, num(n, v)


ITEMS = {
    1: ("facts", [texts(1, "#flag one", "#flag two"), texts(2, "flag one", "flag two"),
                  text(3, "crime_code"), texts(4, "offence_codes"), number(5, 7),
                  text(6, "station"), text(7, "case_reference"), text(8, "urn"),
                  number(9, 20261123), number(10, 20261100)]),
    2: ("report", [text(1, "title"), text(2, "caveat"), text(3, "contact"), number(4, 3),
                   text(5, "conditions"), text(6, "condition_reason"), text(7, "a3_usage"),
                   text(8, "risk"), text(9, "pii_decision"), number(10, 1)]),
    3: ("provenance", [text(1, "text")]),
    4: ("text", [text(1, "text"), number(2, 2)]),
    5: ("grade", [number(1, 255), number(2, 3), number(3, 5), text(4, "reason")]),
    6: ("code", [text(1, "code"), number(2, 7)]),
    7: ("case reference", [text(1, "reference")]),
    8: ("person", [text(1, "surname"), texts(2, "given one", "given two"),
                   texts(3, "aliases"), number(4, 19700000), text(5, "gender"),
                   (6, num(6, 1) + num(6, 6)), text(7, "pnc_id"), number(8, 1)]),
    9: ("vehicle", [text(1, "vrm_raw"), text(2, "vrm"), number(3, 1), text(4, "description")]),
    10: ("phone", [text(1, "raw"), text(2, "e164"), number(3, 1)]),
    11: ("vessel", [text(1, "name"), text(2, "hull_id"), text(3, "mmsi"),
                    text(4, "description")]),
    12: ("address", [text(1, "text"), text(2, "postcode")]),
    13: ("document", [text(1, "type"), text(2, "number"), text(3, "country")]),
    14: ("link", [number(1, 8), number(2, 255), text(3, "relation")]),
    15: ("outcome", [text(1, "F055"), (2, sized(2, draw("answered", 16))), number(3, 5),
                     number(4, 1795471200000), text(5, "person"), text(6, "reference"),
                     text(7, "reason")]),
    16: ("audit", [number(1, 1795471200000), number(2, 8), text(3, "actor"),
                   text(4, "channel"), text(5, "F055"), number(6, 1), (7, sized(7, epoch(1))),
                   number(8, 99), (9, sized(9, draw("object", 16))),
                   text(10, "justification"), texts(11, "recipients"), texts(12, "R3", "R4"),
                   text(13, "station"), (14, sized(14, draw("digest", 32))),
                   text(15, "outcome")]),
}

# What must stay for the item to be allowed.
SMALLEST = {1: [5], 2: [1], 3: [1], 4: [1], 5: [2, 3], 6: [1], 7: [1], 8: [1], 9: [1], 10: [1],
            11: [1], 12: [1], 13: [1], 14: [3], 15: [1, 2, 3], 16: [2, 3]}


def item_fields(kind):
    return Fields(dict(ITEMS[kind][1]))


def item(kind, fields):
    return sized(kind, fields.bytes() if isinstance(fields, Fields) else fields)


def items(book):
    for kind, (name, _) in ITEMS.items():
        book.good(item(kind, item_fields(kind)), f"{name}: every field")
    for kind, keep in SMALLEST.items():
        fields = item_fields(kind)
        small = fields.with_(without=[n for n in fields.fields if n not in keep])
        book.good(item(kind, small), f"{ITEMS[kind][0]}: as little as is allowed")
        for n in keep:
            if len(fields.fields) == 1 or kind in (1, 2, 8, 9, 10, 11, 12, 13):
                continue
            book.bad("value", item(kind, fields.with_(without=(n,))),
                     f"{ITEMS[kind][0]} without field {n}")
        book.bad("form", item(kind, b""), f"{ITEMS[kind][0]}: empty")
        book.bad("form", item(kind, fields) + item(kind, fields), f"{ITEMS[kind][0]}: twice")
        book.bad("form", item(kind, fields.bytes() + num(90, 1)),
                 f"{ITEMS[kind][0]} with an unknown field")
    book.bad("form", b"", "no item")
    book.bad("form", item(3, item_fields(3)) + item(4, item_fields(4)), "two items in one")
    book.bad("form", sized(17, b"x"), "an item of a kind that is not known")
    item_dates(book)
    item_rules(book)


def item_dates(book):
    fields = item_fields(8)
    for date in (19700101, 99991231, 10000, 19700100, 20230231):
        book.good(item(8, fields.with_((4, num(4, date)))), f"born {date}")
    for date, sentence in ((19701300, "month 13"), (19700132, "day 32"),
                           (19700001, "a day without a month"), (1200, "a month without a year"),
                           (1, "a day alone"), (100000000, "year 10000"),
                           (2**32 - 1, "every bit set")):
        book.bad("value", item(8, fields.with_((4, num(4, date)))), f"a date with {sentence}")


def item_rules(book):
    def bad(reason, kind, n, piece, sentence):
        book.bad(reason, item(kind, item_fields(kind).with_((n, piece))),
                 f"{ITEMS[kind][0]}: {sentence}")

    long = "x" * 257
    for kind, n in ((1, 3), (1, 6), (2, 1), (6, 1), (7, 1), (8, 1), (9, 1), (10, 2), (11, 3),
                    (12, 2), (13, 2), (14, 3), (15, 5), (16, 3)):
        bad("limit", kind, n, sized(n, long), f"field {n} of 257 bytes")
        book.good(item(kind, item_fields(kind).with_((n, sized(n, long[:256])))),
                  f"{ITEMS[kind][0]}: field {n} of 256 bytes")
    for kind, n in ((1, 1), (1, 2), (1, 4), (8, 2), (8, 3), (16, 11), (16, 12)):
        bad("limit", kind, n, sized(n, "x") * 17, f"17 times field {n}")
        bad("limit", kind, n, sized(n, long), f"field {n} with a text of 257 bytes")
        bad("form", kind, n, sized(n, "x") + sized(n, ""), f"field {n} with an empty text")
        book.good(item(kind, item_fields(kind).with_((n, sized(n, "x") * 16))),
                  f"{ITEMS[kind][0]}: 16 times field {n}")
    bad("form", 1, 1, sized(2, "a") + sized(1, "b") + sized(2, "c"), "repeats not together")
    bad("form", 8, 6, num(6, 7), "role 7")
    bad("form", 8, 6, num(6, 1) + num(6, 0), "role 0")
    bad("limit", 8, 6, num(6, 1) * 7, "seven roles")
    bad("form", 8, 6, sized(6, b"\x01\x06"), "packed roles")
    bad("form", 8, 8, num(8, 2), "true written as 2")
    bad("form", 8, 8, num(8, 0), "false written")
    bad("form", 4, 2, num(2, 3), "basis 3")
    bad("form", 2, 4, num(4, 6), "purpose 6")
    bad("value", 5, 2, num(2, 4), "source 4")
    bad("value", 5, 3, num(3, 6), "assessment 6")
    bad("value", 5, 1, num(1, 256), "of item 256")
    bad("value", 14, 1, num(1, 256), "from item 256")
    bad("value", 14, 2, num(2, 256), "to item 256")
    bad("form", 15, 3, num(3, 6), "outcome 6")
    bad("value", 15, 1, sized(1, "f55"), "an agency in small letters")
    bad("value", 15, 2, sized(2, draw("answered", 15)), "a record id of 15 bytes")
    bad("form", 16, 2, num(2, 9), "operation 9")
    bad("limit", 16, 14, sized(14, draw("digest", 65)), "a digest of 65 bytes")
    audit = item_fields(16)
    for n, name in ((5, "agency"), (6, "lane"), (7, "epoch")):
        book.bad("value", item(16, audit.with_(without=(n,))), f"audit: an object without {name}")
    bare = audit.with_(without=(5, 6, 7, 8, 9))
    book.good(item(16, bare), "audit: without object")
    for n, name in ((6, "lane"), (7, "epoch"), (8, "index"), (9, "record id")):
        book.bad("value", item(16, bare.with_((n, audit.fields[n]))),
                 f"audit: only the {name} of an object")
    bad("form", 16, 9, sized(9, bytes(16)), "an object's record id of zeros and not absent")
    bad("form", 16, 7, sized(7, bytes(12)), "an object's epoch of zeros and not absent")
    bad("form", 3, 1, sized(1, "a\0b"), "NUL in the text")
    bad("form", 3, 1, sized(1, b"\xc3("), "bad UTF-8 in the text")


def contents(book):
    def salted(i, raw):
        return sized(1, sized(1, draw(f"salt {i}", 16)) + sized(2, raw))

    facts = item(1, item_fields(1))
    book.good(salted(0, facts), "one item")
    book.good(b"".join(salted(k, item(k, item_fields(k))) for k in ITEMS), "one of each kind")
    book.good(salted(0, b"x") * 256, "256 items")
    book.good(sized(1, sized(1, bytes(16)) + sized(2, facts)), "a salt of zeros")
    book.bad("value", b"", "no items")
    book.bad("limit", salted(0, b"x") * 257, "257 items")
    book.bad("form", salted(0, facts) + sized(1, b""), "an empty salted item")
    book.bad("value", sized(1, sized(2, facts)), "no salt")
    book.bad("value", sized(1, sized(1, draw("salt", 15)) + sized(2, facts)), "a salt of 15 bytes")
    book.bad("value", sized(1, sized(1, draw("salt", 17)) + sized(2, facts)), "a salt of 17 bytes")
    book.bad("value", sized(1, sized(1, draw("salt", 16))), "a salt without item")
    book.bad("form", sized(1, sized(1, draw("salt", 16)) + sized(2, b"")), "an empty item")
    book.bad("form", sized(1, sized(2, facts) + sized(1, draw("salt", 16))), "item before salt")
    book.bad("form", salted(0, facts) + sized(2, b"x"), "an unknown field")


# Frames.

NOTE = "flagpost/example\n\n— example AAAA\n".encode()
ENTRY = Fields({1: num(1, 1000), 2: sized(2, draw("header", 40)), 3: sized(3, draw("text", 50)),
                4: sized(4, draw("wrap", 56)), 5: sized(5, draw("own wrap", 56))})
WITHHELD = sized(9, num(1, 1001) + num(2, 4)) + sized(9, num(1, 1003) + num(2, 5))

FRAMES = {
    1: ("hello", {1: sized(1, draw("realm", 32)), 2: num(2, 3), 3: sized(3, epoch(1)),
                  4: num(4, 1000), 5: sized(5, draw("root", 32)), 6: num(6, 2**64 - 1),
                  7: num(7, 2), 8: num(8, 990)}),
    2: ("fetch", {1: sized(1, epoch(1)), 2: num(2, 1000), 3: num(3, 4)}),
    3: ("group", {1: sized(1, epoch(1)), 2: num(2, 1000), 3: sized(3, draw("leaves", 128)),
                  4: sized(4, NOTE), 5: sized(5, draw("salt", 16)), 6: num(6, 3),
                  7: num(7, 998), 8: sized(8, draw("path", 224)), 9: WITHHELD}),
    4: ("entries", {1: sized(1, epoch(1)),
                    2: sized(2, ENTRY.bytes())
                    + sized(2, ENTRY.with_((1, num(1, 1001))).bytes())}),
    5: ("receipt", {1: sized(1, epoch(1)), 2: sized(2, NOTE), 3: sized(3, b"receipt " + NOTE)}),
    6: ("notify", {1: sized(1, epoch(1)), 2: num(2, 1001)}),
    7: ("roster", {1: sized(1, NOTE)}),
    8: ("kx", {1: sized(1, NOTE)}),
    9: ("gossip", {1: sized(1, NOTE)}),
    10: ("evidence", {1: sized(1, NOTE), 2: sized(2, b"other " + NOTE)}),
    11: ("error", {1: num(1, 4), 2: sized(2, epoch(1)), 3: num(3, 1000)}),
}

FRAME_REQUIRED = {1: [1], 2: [3], 3: [1, 3, 4, 5], 4: [1, 2], 5: [1, 2], 6: [1], 7: [1], 8: [1],
                  9: [1], 10: [1, 2], 11: [1]}


def frame_fields(kind):
    return Fields(FRAMES[kind][1])


def frame(kind, fields, prefix=b"\x01\x02"):
    return prefix + sized(kind, fields.bytes())


def frames(book):
    for kind, (name, _) in FRAMES.items():
        fields = frame_fields(kind)
        needed = FRAME_REQUIRED[kind]
        book.good(frame(kind, fields), f"{name}: every field")
        small = fields.with_(without=[n for n in fields.fields if n not in needed])
        book.good(frame(kind, small), f"{name}: as little as is allowed")
        for n in needed:
            if len(fields.fields) > 1:
                book.bad("value", frame(kind, fields.with_(without=(n,))),
                         f"{name} without field {n}")
        book.bad("form", b"\x01\x02" + sized(kind, b""), f"{name}: empty")
        book.bad("form", frame(kind, fields)[:-1], f"{name}: the last byte is missing")
        book.bad("form", frame(kind, fields.with_((77, num(77, 1)))),
                 f"{name} with an unknown field")
    for lane in (1, 3):
        book.good(frame(6, frame_fields(6), bytes((1, lane))), f"lane {lane}")
    notify = frame_fields(6)
    book.bad("form", b"", "nothing")
    book.bad("form", b"\x01", "a prefix of one byte")
    book.bad("form", b"\x01\x02", "a prefix alone")
    for version in (0, 2, 255):
        book.bad("version", frame(6, notify, bytes((version, 2))), f"wire version {version}")
    for lane in (0, 4, 255):
        book.bad("value", frame(6, notify, bytes((1, lane))), f"lane {lane}")
    book.bad("form", frame(6, notify) + sized(7, sized(1, NOTE)), "two messages in one frame")
    book.bad("form", b"\x01\x02" + sized(12, b"x"), "a kind that is not known")
    frame_rules(book)


def frame_rules(book):
    def bad(reason, kind, n, piece, sentence):
        book.bad(reason, frame(kind, frame_fields(kind).with_((n, piece))),
                 f"{FRAMES[kind][0]}: {sentence}")

    def good(kind, n, piece, sentence):
        book.good(frame(kind, frame_fields(kind).with_((n, piece))),
                  f"{FRAMES[kind][0]}: {sentence}")

    hello = frame_fields(1)
    book.good(frame(1, hello.with_(without=(3, 4, 5, 8))), "hello: no epoch held")
    book.bad("value", frame(1, hello.with_(without=(3, 5, 8))), "hello: a size of no epoch")
    book.bad("value", frame(1, hello.with_(without=(3, 4, 8))), "hello: a root of no epoch")
    book.bad("value", frame(1, hello.with_(without=(3, 4, 5))), "hello: a receipt of no epoch")
    bad("form", 1, 3, sized(3, bytes(12)), "an epoch of zeros and not absent")
    bad("form", 1, 5, sized(5, bytes(32)), "a root of zeros and not absent")
    bad("value", 1, 1, sized(1, draw("realm", 33)), "a realm of 33 bytes")
    bad("value", 1, 3, sized(3, bytes(4) + draw("epoch", 8)), "an epoch with the counter 0")
    bad("form", 1, 6, varint(6 << 3) + long_varint(5), "an instance longer than needed")
    bad("value", 2, 3, num(3, 5), "credit for 5 groups")
    bad("form", 2, 3, num(3, 0), "a credit written as zero")
    for kind in (3, 4, 5, 6):
        bad("value", kind, 1, sized(1, bytes(12)), "an epoch of zeros")
        bad("value", kind, 1, sized(1, epoch(1) + b"x"), "an epoch of 13 bytes")
    bad("value", 3, 3, sized(3, draw("leaves", 31)), "leaves of 31 bytes")
    bad("value", 3, 3, sized(3, draw("leaves", 129)), "leaves of 129 bytes")
    bad("limit", 3, 3, sized(3, draw("leaves", 32 * 513)), "513 leaves")
    bad("value", 3, 5, sized(5, draw("salt", 15)), "a salt of 15 bytes")
    good(3, 5, sized(5, bytes(16)), "a salt of zeros")
    bad("value", 3, 8, sized(8, draw("path", 33)), "a path of 33 bytes")
    bad("limit", 3, 8, sized(8, draw("path", 65 * 32)), "a path of 65 hashes")
    late = frame_fields(3).with_((2, num(2, 2**64 - 4)), without=(9,))
    book.good(frame(3, late), "group: the last indexes that there are")
    late = late.with_((2, num(2, 2**64 - 3)))
    book.bad("value", frame(3, late), "group: indexes past 64 bits")
    book.bad("value", frame(3, frame_fields(3).with_(without=(6,))),
             "group: a last index without a count")
    for reason, pieces, sentence in (
        ("value", ((999, 1),), "withheld before the group"),
        ("value", ((1004, 1),), "withheld behind the group"),
        ("value", ((1002, 1), (1001, 2)), "withheld in descending order"),
        ("value", ((1002, 1), (1002, 2)), "withheld twice"),
    ):
        bad(reason, 3, 9, b"".join(sized(9, num(1, i) + num(2, o)) for i, o in pieces), sentence)
    bad("value", 3, 9, sized(9, num(1, 1001)), "withheld without ordinal")
    bad("form", 3, 9, WITHHELD + sized(9, b""), "an empty withheld")
    bad("limit", 3, 9, sized(9, num(1, 1001) + num(2, 1)) * 513, "513 withheld")
    frame_entries(book, bad, good)
    bad("form", 11, 1, num(1, 5), "class 5")


def frame_entries(book, bad, good):
    def entry(*changes, without=()):
        return sized(2, ENTRY.with_(*changes, without=without).bytes())

    good(4, 2, entry(without=(3, 4, 5)), "a statement: neither ciphertext nor wraps")
    good(4, 2, entry(without=(1,)), "index 0")
    good(4, 2, entry() + entry((1, num(1, 1511))), "indexes 511 apart")
    bad("value", 4, 2, entry() + entry((1, num(1, 1512))), "indexes 512 apart")
    bad("value", 4, 2, entry() + entry(), "an index twice")
    bad("value", 4, 2, entry() + entry((1, num(1, 999))), "indexes in descending order")
    bad("value", 4, 2, entry(without=(2,)), "an entry without header")
    for n, name in ((4, "wrap"), (5, "publisher's wrap")):
        bad("value", 4, 2, entry((n, sized(n, draw("wrap", 55)))), f"a {name} of 55 bytes")
        bad("limit", 4, 2, entry((n, sized(n, draw("wrap", 57)))), f"a {name} of 57 bytes")
        bad("form", 4, 2, entry((n, sized(n, b""))), f"an empty {name}")
    bad("limit", 4, 2, entry((2, sized(2, bytes(12289)))), "a header over 12 KiB")
    bad("form", 4, 2, entry() + sized(2, b""), "an empty entry")
    bad("form", 4, 2, entry((9, num(9, 1))), "an entry with an unknown field")
    many = b"".join(sized(2, num(1, i) + sized(2, b"h")) for i in range(1, 514))
    bad("limit", 4, 2, many, "513 entries")


# Control socket.


def control_field(n, name, value=None):
    return sized(n, sized(1, name) + (b"" if value is None else sized(2, value)))


def requests(book):
    verb = sized(1, "roster add")
    book.good(verb, "a verb alone")
    book.good(verb + control_field(2, "file", "a.note") + control_field(2, "dry_run"),
              "two arguments")
    book.good(verb + control_field(2, "A_z9") * 64, "64 arguments")
    book.bad("value", b"", "no verb")
    book.bad("value", control_field(2, "file"), "arguments without a verb")
    book.bad("limit", verb + control_field(2, "a") * 65, "65 arguments")
    book.bad("limit", sized(1, "v" * 257), "a verb of 257 bytes")
    book.bad("value", verb + control_field(2, "a-b"), "a name with a hyphen")
    book.bad("value", verb + control_field(2, "é"), "a name beyond ASCII")
    book.bad("value", verb + sized(2, sized(2, "value")), "an argument without name")
    book.bad("form", verb + sized(2, b""), "an empty argument")
    book.bad("form", verb + control_field(2, "a", b""), "an empty value written")
    book.bad("form", sized(1, "") + control_field(2, "a"), "an empty verb written")
    book.bad("form", verb + verb, "two verbs")
    book.bad("form", control_field(2, "a") + verb, "the verb last")


def answers(book):
    row = sized(3, control_field(1, "agency", "F55") + control_field(1, "size", "12"))
    book.good(b"", "done, and nothing to say")
    book.good(num(1, 3) + sized(2, "The name is not right.") + row * 3, "a status and rows")
    book.good(sized(3, control_field(1, "raw", b"\x00\xff")), "bytes in a value")
    book.bad("value", num(1, 1000), "a status that is not known")
    book.bad("form", num(1, 0), "status 0 written")
    book.bad("form", sized(2, ""), "an empty sentence written")
    book.bad("form", sized(2, b"\xff"), "a sentence that is not UTF-8")
    book.bad("form", row + sized(3, b""), "an empty row")
    book.bad("limit", sized(3, control_field(1, "a") * 65), "65 fields in a row")


def main():
    header_book = Book("header")
    good_headers(header_book)
    bad_headers(header_book)
    save("header.txt", header_book)

    item_book, content_book = Book("item"), Book("content")
    items(item_book)
    save("item.txt", item_book)
    contents(content_book)
    save("content.txt", content_book)

    frame_book = Book("frame")
    frames(frame_book)
    save("frame.txt", frame_book)

    request_book, answer_book = Book("request"), Book("answer")
    requests(request_book)
    answers(answer_book)
    save("control.txt", request_book, answer_book)
    return 0


if __name__ == "__main__":
    sys.exit(main())
