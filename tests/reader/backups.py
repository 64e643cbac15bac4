"""A backup: header, then the files of its part in chunks (crypto/README.md, "Backup")."""

from . import hpke
from .notes import Bad

HEADER, BEFORE, CHUNK, TAG = 234, 218, 64 * 1024, 16
FILES = {1: ("config", "root", "node.key", "request", "succession", "journal.db"), 2: ("keys.db",), 3: ("tail",)}


def number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at:at + 8], "big")


def files(data: bytes, secret: bytes) -> dict[str, bytes]:
    """What is in it; Bad with a reason where a byte is not as it was made."""
    if len(data) < HEADER or data[:8] != b"FPBACKUP":
        raise Bad("form")
    if data[8] != 1:
        raise Bad("version")
    if data[9] not in FILES:
        raise Bad("value")
    names = FILES[data[9]]
    context = hpke.Recipient(secret, data[122:154], b"flagpost/backup/v1")
    if context.open(0, data[:BEFORE], data[BEFORE:HEADER]) is None:
        raise Bad("open")
    found, at, sequence = {}, HEADER, 1
    for i in range(8):
        left = number(data, 154 + 8 * i)
        if left and i >= len(names):
            raise Bad("limit")
        whole = bytearray()
        while left:
            size = min(left, CHUNK)
            plain = context.open(sequence, b"", data[at:at + size + TAG])
            if plain is None:
                raise Bad("open")
            whole += plain
            at, sequence, left = at + size + TAG, sequence + 1, left - size
        if whole:
            found[names[i]] = bytes(whole)
    if at != len(data):
        raise Bad("open")
    return found
