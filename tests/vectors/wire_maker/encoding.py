"""Protocol Buffers by hand, well formed and not."""

import hashlib
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire")


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


def bad_forms(book, fields, number, text_number=None):
    """Faults that any message can have; `fields` is a good one.

    `number`: a number field of the message, not its last; `text_number`: a string."""
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
