"""Roots, rosters and requests: the grammar of crypto/README.md."""

import dataclasses
import datetime
import hashlib
import re
import unicodedata

from . import sodium
from .notes import (Bad, Note, agency, base64_exact, decimal, epoch_read, hex_read,
                    kx_key_is_sound, kx_text, LANES, need, note_name, SIZE_MAX)

KINDS = ("fib", "rocu", "fusion", "ingest", "immigration", "partner")
# U+202A to U+202E, U+2066 to U+2069, and the marks U+200E, U+200F, U+061C turn the direction.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOST = re.compile(r"tcp://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]):([0-9]{1,5})")


class Rows:
    """Lines, each a word and its values, parted by one space."""

    def __init__(self, note: Note) -> None:
        self.rows, self.at = note.rows(), 0

    def next_is(self, key: str) -> bool:
        return self.at < len(self.rows) and (self.rows[self.at] + " ").startswith(key + " ")

    def rest(self, key: str) -> str:
        need(self.next_is(key))
        row = self.rows[self.at]
        self.at += 1
        need(len(row) > len(key) + 1)
        return row[len(key) + 1:]

    def words(self, key: str, count: int | None = None) -> list[str]:
        words = self.rest(key).split(" ")
        need(all(words) and (count is None or len(words) == count))
        return words

    def word(self, key: str) -> str:
        return self.words(key, 1)[0]

    def end(self) -> None:
        need(self.at == len(self.rows))


def time_read(text: str) -> datetime.datetime:
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text))
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Bad("form") from None


@dataclasses.dataclass
class Root:
    note: Note
    number: int
    threshold: int
    keys: list[tuple[bytes, bytes]]

    @property
    def realm(self) -> bytes:
        """Of root 1."""
        return hashlib.sha256(self.note.text).digest()

    def has_signed(self, note: Note) -> None:
        """Keys are counted, not lines."""
        need(sum(note.signed_by(*key) for key in self.keys) >= self.threshold, "threshold")


def root_verify(raw: bytes, before: Root | None = None) -> Root:
    note = Note(raw)
    rows = Rows(note)
    need(rows.rows[0] == "flagpost/root/v1")
    rows.at = 1
    number = decimal(rows.word("number"), 2**32 - 1)
    threshold = decimal(rows.word("threshold"), 8)
    need(number >= 1 and threshold >= 1)
    keys = []
    while rows.next_is("key"):
        name, key = rows.words("key", 2)
        need(len(name.encode()) <= 31)
        keys.append((name.encode(), base64_exact(key, 32)))
    rows.end()
    need(1 <= len(keys) <= 8)
    need(threshold <= len(keys), "value")
    need(len({n for n, _ in keys}) == len({k for _, k in keys}) == len(keys), "value")
    need(all(sodium.ed25519_key_is_sound(key) for _, key in keys), "value")
    made = Root(note, number, threshold, keys)
    made.has_signed(note)
    if before is not None:
        need(number == before.number + 1, "order")
        before.has_signed(note)
    return made


@dataclasses.dataclass
class Agency:
    id: str
    name: str
    kind: str
    sign: bytes
    curve: bytes
    endpoint: str | None
    kx: bytes
    kx_note: tuple[bytes, bytes]  # the first KX note's text and signature
    sign_out: bytes | None  # keys that others take over from
    curve_out: bytes | None

    @property
    def keys(self) -> list[bytes]:
        listed = self.sign, self.curve, self.kx, self.sign_out, self.curve_out
        return [key for key in listed if key is not None]

    def signer(self, note: Note, name: bytes, kind: int) -> bytes:
        """Which of its keys the note has a line of; the listed one when it has none."""
        other = self.sign_out is not None and note.find(name, kind, self.sign) is None and \
            note.find(name, kind, self.sign_out) is not None
        return self.sign_out if other else self.sign

    def kx_verify(self) -> None:
        need(sodium.ed25519_is_good(self.sign, *self.kx_note), "signature")


def code(text: str, most: int = 16) -> str:
    need(re.fullmatch(rf"[A-Z0-9-]{{1,{most}}}", text))
    return text


def name_read(text: str) -> str:
    need(len(text.encode()) <= 64)
    need(text == text.strip() and not TURNING.search(text) and
         not any(unicodedata.category(c) == "Cc" for c in text), "value")
    return text


def key_read(rows: Rows, name: str) -> tuple[bytes, bytes | None]:
    """A key, and the one that it takes over from."""
    key = base64_exact(rows.word(name), 32)
    if not rows.next_is(name + "-until"):
        return key, None
    before, until = rows.words(name + "-until", 2)
    need(time_read(until) != datetime.datetime(1970, 1, 1))
    return key, base64_exact(before, 32)


def agency_read(rows: Rows, realm: bytes) -> Agency:
    who = agency(rows.word("agency"))
    name = name_read(rows.rest("name"))
    kind = rows.word("kind")
    need(kind in KINDS)
    if rows.next_is("force"):
        need(re.fullmatch(r"[0-9]{2}", rows.word("force")))
    if rows.next_is("region"):
        code(rows.word("region"))
    (sign, sign_out), (curve, curve_out) = (key_read(rows, name) for name in ("sign", "curve"))
    endpoint = None
    if rows.next_is("endpoint"):
        endpoint = rows.word("endpoint")
        found = HOST.fullmatch(endpoint)
        need(found and 1 <= int(found[3]) <= 65535)
    start, until = (time_read(text) for text in rows.words("valid", 2))
    need(start < until, "value")
    need(rows.word("ceiling") in ("OFFICIAL", "OFFICIAL-SENSITIVE"))
    need(rows.word("immigration-access") in ("yes", "no"))
    if rows.next_is("flags"):
        flags = [code(word) for word in rows.words("flags")]
        need(len(flags) <= 16)
        need(flags == sorted(set(flags)), "value")
    number, key, since, signature = rows.words("kx", 4)
    need(decimal(number, 2**32 - 1) >= 1)
    decimal(since)
    kx = base64_exact(key, 32)
    need(all(sodium.ed25519_key_is_sound(one) for one in (sign, sign_out) if one is not None),
         "value")
    need(all(kx_key_is_sound(one) for one in (curve, curve_out, kx) if one is not None), "value")
    return Agency(who, name, kind, sign, curve, endpoint, kx,
                  (kx_text(realm, who, int(number), key, since), base64_exact(signature, 64)),
                  sign_out, curve_out)


@dataclasses.dataclass
class Roster:
    note: Note
    realm: bytes
    version: int
    previous: bytes
    agencies: list[Agency]
    revoked: list[tuple]

    def find(self, who: str) -> Agency | None:
        return next((one for one in self.agencies if one.id == who), None)


def revocation_read(rows: Rows) -> tuple:
    words = rows.words("revoked")
    need(len(words) in (2, 6))
    who = agency(words[0])
    time_read(words[1])
    if len(words) == 2:
        return (who,)
    need(words[2] in LANES)
    place = who, LANES[words[2]], epoch_read(words[3])
    decimal(words[4], SIZE_MAX)
    base64_exact(words[5], 32)
    return place


def roster_read(note: Note) -> Roster:
    rows = Rows(note)
    need(rows.rows[0] == "flagpost/roster/v1")
    rows.at = 1
    realm = hex_read(rows.word("realm"), 32)
    version = decimal(rows.word("version"), 2**32 - 1)
    previous = hex_read(rows.word("previous"), 32)
    issued, expires = (time_read(rows.word(key)) for key in ("issued", "expires"))
    quorum = decimal(rows.word("quorum"), 2**32 - 1)
    agencies, revoked = [], []
    while rows.next_is("agency"):
        agencies.append(agency_read(rows, realm))
    while rows.next_is("revoked"):
        revoked.append(revocation_read(rows))
    rows.end()
    need(version >= 1 and quorum >= 1)
    need(len(agencies) <= 128 and len(revoked) <= 64, "limit")
    need(issued < expires and 1 <= quorum <= len(agencies), "value")
    ids = [one.id for one in agencies]
    need(ids == sorted(set(ids)) and revoked == sorted(set(revoked)), "value")
    need((version == 1) == (previous == bytes(32)), "value")
    unique(key for one in agencies for key in one.keys)
    unique(one.endpoint for one in agencies if one.endpoint is not None)
    for one in agencies:
        one.kx_verify()
    return Roster(note, realm, version, previous, agencies, revoked)


def unique(things) -> None:
    seen = list(things)
    need(len(seen) == len(set(seen)), "value")


def roster_verify(raw: bytes, root: Root, realm: bytes) -> Roster:
    note = Note(raw)
    root.has_signed(note)
    made = roster_read(note)
    need(made.realm == realm, "realm")
    roots = {key for _, key in root.keys}
    need(not any(key in roots for one in made.agencies for key in one.keys), "value")
    return made


def request_verify(raw: bytes) -> Agency:
    note = Note(raw)
    rows = Rows(note)
    need(rows.rows[0] == "flagpost/request/v1")
    rows.at = 1
    realm = hex_read(rows.word("realm"), 32)
    made = agency_read(rows, realm)
    rows.end()
    made.kx_verify()
    note.verify(note_name(realm, made.id), made.sign)
    if made.sign_out is not None:
        note.verify(note_name(realm, made.id), made.sign_out)
    return made
