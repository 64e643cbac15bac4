"""Entries: hashes, wraps, ciphertext and content root, in the order of crypto/README.md."""

import hashlib

from . import hpke, rules, sodium, trees
from .notes import Bad, need
from .wire import Message


def blake(data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


def core_of(header: bytes) -> bytes:
    """The bytes before field 30: `f2 01 20`, its hash, and the wraps' hashes to the end."""
    h = rules.header(header)
    tail = 3 + 32
    wraps = len(h.raw(31))
    if wraps:
        tail += 2 + (1 if wraps < 128 else 2) + wraps
    need(header[-tail:][:3] == b"\xf2\x01\x20")
    return header[:-tail]


def wrap_info(h: Message, recipient: Message) -> bytes:
    sender, to = h.raw(3), recipient.raw(1)
    return (b"flagpost/wrap/v1" + h.raw(2) + bytes([len(sender)]) + sender + bytes([len(to)]) +
            to + recipient.number(2).to_bytes(4, "big") + bytes([h.get(4)]) + h.raw(5) +
            h.number(23).to_bytes(8, "big"))


def open_wrap(header: bytes, ciphertext: bytes, rank: int, wrap: bytes,
              secret: bytes) -> tuple[bytes, int]:
    """Content key and ordinal, for the recipient of that rank with that KX secret."""
    h = rules.header(header)
    need(blake(wrap) == h.raw(31)[32 * rank:32 * rank + 32], "hash")
    need(blake(ciphertext) == h.raw(30), "hash")
    try:
        context = hpke.Recipient(secret, h.raw(24), wrap_info(h, h.list(25)[rank]))
    except ValueError:
        raise Bad("open") from None
    plain = context.open(h.number(6) - h.number(23), core_of(header) + h.raw(30), wrap)
    need(plain is not None and len(plain) == 40, "open")
    return plain[:32], int.from_bytes(plain[32:], "big")


def content_leaf(position: int, salt: bytes, item: bytes) -> bytes:
    return trees.leaf(position.to_bytes(4, "big") + blake(item, salt))


def content_root(items: list[tuple[bytes, bytes]]) -> bytes:
    return trees.root([content_leaf(i, *one) for i, one in enumerate(items)])


def open_content(header: bytes, ciphertext: bytes, key: bytes) -> list[tuple[bytes, bytes]]:
    h = rules.header(header)
    plain = sodium.xchacha_open(key, h.raw(22), core_of(header), ciphertext)
    need(plain is not None, "open")
    items = rules.content(plain)
    need(len(items) == h.number(20) and content_root(items) == h.raw(19), "hash")
    return items


def keyfile_open(raw: bytes, credential: bytes) -> bytes:
    """crypto/README.md, "Key file", under a credential: what is inside."""
    key = blake(raw[18:34], credential)
    need(blake(b"flagpost/keyfile/commit/v1" + raw[:58], key) == raw[58:90], "key")
    secret = sodium.xchacha_open(blake(b"flagpost/keyfile/encrypt/v1", key), raw[34:58],
                                 raw[:58], raw[90:])
    need(secret is not None, "key")
    return secret


def count_leaf(salt_key: bytes, agency: bytes, count: int, last: int) -> bytes:
    return trees.leaf(blake(agency, salt_key, 16) + bytes([len(agency)]) + agency +
                      count.to_bytes(8, "big") + last.to_bytes(8, "big"))
