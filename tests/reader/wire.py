"""The canonical form of proto/README.md, by the schemas beside it: bytes to fields, or why not."""

import dataclasses
import os
import re

from .notes import Bad, need

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto")
NUMBERS = ("uint32", "uint64", "bool")
LENGTHS = ("string", "bytes")
FIELDS_MAX, DEPTH_MAX = 20000, 4


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    type: str
    repeated: bool


def schemas() -> tuple[dict[str, dict[int, Field]], dict[str, set[int]]]:
    """Messages and enums of all .proto files there."""
    messages: dict[str, dict[int, Field]] = {}
    enums: dict[str, set[int]] = {}
    for name in sorted(os.listdir(SCHEMAS)):
        if not name.endswith(".proto"):
            continue
        with open(os.path.join(SCHEMAS, name), encoding="utf-8") as f:
            text = re.sub(r"//.*", "", f.read())
        for kind, title, body in re.findall(r"\b(message|enum)\s+(\w+)\s*\{([^}]*)\}", text):
            if kind == "enum":
                enums[title] = {int(n) for n in re.findall(r"=\s*(\d+)\s*;", body)}
            else:
                found = re.findall(r"(optional|repeated)\s+(\w+)\s+(\w+)\s*=\s*(\d+)\s*;", body)
                messages[title] = {int(number): Field(field, kind_, label == "repeated")
                                   for label, kind_, field, number in found}
    return messages, enums


MESSAGES, ENUMS = schemas()


class Message:
    """A message's fields by number: an int, bytes, a Message, or a list of them."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.fields: dict[int, object] = {}

    def __contains__(self, number: int) -> bool:
        return number in self.fields

    def get(self, number: int, otherwise=None):
        return self.fields.get(number, otherwise)

    def number(self, number: int) -> int:
        """Absent is zero."""
        return self.fields.get(number, 0)

    def raw(self, number: int) -> bytes:
        return self.fields.get(number, b"")

    def text(self, number: int) -> str:
        return self.raw(number).decode()

    def list(self, number: int) -> list:
        return self.fields.get(number, [])


def varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        need(at < len(raw) and shift < 70)
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    need(value < 2**64 and (byte != 0 or shift == 7))  # not longer than needed
    return value, at


class Scan:
    """One message and all within it; `counts` limits the repeats of a field."""

    def __init__(self, counts: dict[tuple[str, str], int], otherwise: int) -> None:
        self.counts, self.otherwise, self.seen = counts, otherwise, 0

    def message(self, kind: str, raw: bytes, depth: int = 1) -> Message:
        need(depth <= DEPTH_MAX)
        need(raw)  # an empty message says nothing
        made, before, at = Message(kind), 0, 0
        while at < len(raw):
            tag, at = varint(raw, at)
            need(tag < 2**32)
            number, wire = tag >> 3, tag & 7
            field = MESSAGES[kind].get(number)
            need(field is not None)
            need(number > before or (number == before and field.repeated))
            before = number
            self.seen += 1
            need(self.seen <= FIELDS_MAX, "limit")
            value, at = self.value(field, wire, raw, at, depth)
            if not field.repeated:
                made.fields[number] = value
                continue
            values = made.fields.setdefault(number, [])
            values.append(value)
            need(len(values) <= self.counts.get((kind, field.name), self.otherwise), "limit")
        return made

    def value(self, field: Field, wire: int, raw: bytes, at: int, depth: int):
        if field.type in NUMBERS or field.type in ENUMS:
            need(wire == 0)
            value, at = varint(raw, at)
            need(value != 0)
            need(field.type != "uint32" or value < 2**32)
            need(field.type != "bool" or value == 1)
            need(field.type not in ENUMS or value in ENUMS[field.type])
            return value, at
        need(wire == 2)
        size, at = varint(raw, at)
        need(0 < size <= len(raw) - at)
        inner = raw[at:at + size]
        if field.type not in LENGTHS:
            return self.message(field.type, inner, depth + 1), at + size
        if field.type == "string":
            try:
                need("\0" not in inner.decode())
            except UnicodeDecodeError:
                raise Bad("form") from None
        return inner, at + size
