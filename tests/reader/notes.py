"""C2SP signed-note, tlog-checkpoint and tlog-cosignature, and the notes of crypto/README.md."""

import base64
import binascii
import dataclasses
import hashlib
import re
import unicodedata

from . import sodium

NOTE_MAX, SIGNATURES_MAX, NAME_MAX = 65536, 136, 192
ED25519, COSIGNATURE = 0x01, 0x04
LANES = {"immediate": 1, "routine": 2, "local": 3}
AGENCY = re.compile(r"[A-Z0-9-]{1,16}")
SIZE_MAX = 2**63 - 1
AGENCIES_MAX = 128


class Bad(Exception):
    """Refused; the argument is the reason's word of proto/README.md or the status table."""


def need(held: object, reason: str = "form") -> None:
    if not held:
        raise Bad(reason)


def base64_read(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("form") from None
    need(base64.b64encode(raw).decode() == text)
    return raw


def base64_exact(text: str, size: int) -> bytes:
    raw = base64_read(text)
    need(len(raw) == size)
    return raw


def hex_read(text: str, size: int) -> bytes:
    need(re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", text))
    return bytes.fromhex(text)


def decimal(text: str, most: int = 2**64 - 1) -> int:
    need(re.fullmatch(r"0|[1-9][0-9]{0,19}", text))
    need(int(text) <= most)
    return int(text)


def agency(text: str) -> str:
    need(AGENCY.fullmatch(text))
    return text


@dataclasses.dataclass
class Line:
    name: bytes
    key_id: bytes
    signature: bytes


def name_is_valid(raw: bytes) -> bool:
    text = raw.decode()
    return (0 < len(raw) <= NAME_MAX and "+" not in text and
            not any(c.isspace() or unicodedata.category(c).startswith("Z") for c in text))


def key_id(name: bytes, kind: int, key: bytes) -> bytes:
    return hashlib.sha256(name + b"\n" + bytes([kind]) + key).digest()[:4]


def line_write(name: bytes, kind: int, key: bytes, signature: bytes) -> bytes:
    coded = base64.b64encode(key_id(name, kind, key) + signature)
    return "— ".encode() + name + b" " + coded + b"\n"


class Note:
    def __init__(self, raw: bytes) -> None:
        need(len(raw) <= NOTE_MAX, "limit")
        try:
            raw.decode()
        except UnicodeDecodeError:
            raise Bad("form") from None
        need(not any(b < 0x20 and b != 0x0A for b in raw))
        cut = raw.rfind(b"\n\n")
        need(cut >= 0)
        self.raw, self.text = raw, raw[:cut + 1]
        rest = raw[cut + 2:]
        need(rest.endswith(b"\n"))
        rows = rest[:-1].split(b"\n")
        need(len(rows) <= SIGNATURES_MAX, "limit")
        self.lines = [self._line(row) for row in rows]

    @staticmethod
    def _line(row: bytes) -> Line:
        need(row.startswith("— ".encode()))
        words = row[len("— ".encode()):].split(b" ")
        need(len(words) == 2 and name_is_valid(words[0]))
        raw = base64_read(words[1].decode())
        need(len(raw) > 4)
        return Line(words[0], raw[:4], raw[4:])

    def find(self, name: bytes, kind: int, key: bytes) -> Line | None:
        """The first line of that key; a second would gain nothing."""
        wanted = name, key_id(name, kind, key)
        return next((one for one in self.lines if (one.name, one.key_id) == wanted), None)

    def signed_by(self, name: bytes, key: bytes) -> bool:
        """False when its line is missing; a bad one is refused."""
        line = self.find(name, ED25519, key)
        if line is None:
            return False
        need(sodium.ed25519_is_good(key, self.text, line.signature), "signature")
        return True

    def verify(self, name: bytes, key: bytes) -> None:
        need(self.signed_by(name, key), "signature")

    def cosigned_at(self, name: bytes, key: bytes) -> int | None:
        """Seconds, or None without a line; tlog-cosignature, cosignature/v1."""
        line = self.find(name, COSIGNATURE, key)
        if line is None:
            return None
        need(len(line.signature) == 8 + sodium.SIGNATURE, "signature")
        seconds = int.from_bytes(line.signature[:8], "big")
        message = b"cosignature/v1\ntime %d\n" % seconds + self.text
        need(sodium.ed25519_is_good(key, message, line.signature[8:]), "signature")
        return seconds

    def all_known(self, signers: list[tuple[bytes, int, bytes]]) -> bool:
        """Each line is the first one of a signer listed."""
        known = [self.find(*signer) for signer in signers]
        return all(any(line is one for one in known) for line in self.lines)

    def rows(self) -> list[str]:
        return self.text.decode()[:-1].split("\n")


def note_name(realm: bytes, who: str) -> bytes:
    return f"flagpost/{realm.hex()}/{who}".encode()


@dataclasses.dataclass(frozen=True)
class Origin:
    realm: bytes
    agency: str
    lane: str
    epoch: bytes  # u32 counter || 8 random bytes

    def __str__(self) -> str:
        return f"{self.agency}/{self.lane}/{self.epoch.hex()}"


def epoch_read(text: str) -> bytes:
    counter, dash, rest = text.partition("-")
    need(dash and decimal(counter, 2**32 - 1) >= 1)
    return int(counter).to_bytes(4, "big") + hex_read(rest, 8)


def origin_read(text: str) -> Origin:
    words = text.split("/")
    need(len(words) == 5 and words[0] == "flagpost" and words[3] in LANES)
    return Origin(hex_read(words[1], 32), agency(words[2]), words[3], epoch_read(words[4]))


@dataclasses.dataclass
class Checkpoint:
    note: Note
    origin: Origin
    size: int
    root: bytes
    roster_version: int
    agencies: int
    counts_root: bytes


def checkpoint_read(raw: bytes) -> Checkpoint:
    note = Note(raw)
    rows = note.rows()
    need(len(rows) == 4)
    counts = rows[3].split(" ")
    need(len(counts) == 4 and counts[0] == "counts")
    made = Checkpoint(note, origin_read(rows[0]), decimal(rows[1], SIZE_MAX),
                      base64_exact(rows[2], 32), decimal(counts[1], 2**32 - 1),
                      decimal(counts[2], AGENCIES_MAX), base64_exact(counts[3], 32))
    need(made.agencies >= 1)
    return made


def checkpoint_verify(raw: bytes, key: bytes) -> Checkpoint:
    made = checkpoint_read(raw)
    made.note.verify(note_name(made.origin.realm, made.origin.agency), key)
    return made


@dataclasses.dataclass
class Receipt:
    note: Note
    origin: Origin
    size: int
    root: bytes
    follower: str
    counts: dict[str, int]


DISPOSITIONS = ("held", "unopenable", "refused", "withheld", "erased")


def keyed(row: str, key: str) -> str:
    need(row.startswith(key + " "))
    return row[len(key) + 1:]


def receipt_verify(raw: bytes, key: bytes) -> Receipt:
    note = Note(raw)
    rows = note.rows()
    need(len(rows) == 7 and rows[0] == "flagpost/receipt/v1")
    words = rows[6].split(" ")
    need(len(words) == 10 and tuple(words[::2]) == DISPOSITIONS)
    counts = {word: decimal(n) for word, n in zip(words[::2], words[1::2])}
    decimal(keyed(rows[5], "time"))
    made = Receipt(note, origin_read(rows[1]), decimal(rows[2], SIZE_MAX),
                   base64_exact(rows[3], 32), agency(keyed(rows[4], "follower")), counts)
    need(sum(counts.values()) <= made.size, "value")
    note.verify(note_name(made.origin.realm, made.follower), key)
    return made


def kx_text(realm: bytes, who: str, number: int, key: str, start: str) -> bytes:
    return (f"flagpost/kx/v1\n{realm.hex()}\n{who}\nnumber {number}\nkey {key}\n"
            f"from {start}\n").encode()


def kx_verify(raw: bytes, key: bytes) -> tuple[bytes, str, int, bytes]:
    """Realm, agency, number and X25519 key."""
    note = Note(raw)
    rows = note.rows()
    need(len(rows) == 6 and rows[0] == "flagpost/kx/v1")
    realm, who = hex_read(rows[1], 32), agency(rows[2])
    number = decimal(keyed(rows[3], "number"), 2**32 - 1)
    public = base64_exact(keyed(rows[4], "key"), 32)
    decimal(keyed(rows[5], "from"))
    need(number >= 1)
    need(kx_key_is_sound(public), "value")
    note.verify(note_name(realm, who), key)
    return realm, who, number, public


def kx_key_is_sound(key: bytes) -> bool:
    return sodium.x25519(b"\1" + bytes(31), key) is not None
