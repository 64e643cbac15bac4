"""HPKE (RFC 9180), base mode: KEM 0x0020, KDF 0x0001, AEAD 0x0003.  Opening alone."""

import hashlib
import hmac

from . import sodium

KEM = b"KEM\x00\x20"
SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


def labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, hashlib.sha256)


def labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    labeled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    made, block = b"", b""
    for i in range(1, 256):
        if len(made) >= size:
            break
        block = hmac.digest(prk, block + labeled + bytes([i]), hashlib.sha256)
        made += block
    return made[:size]


def derive_key_pair(ikm: bytes) -> tuple[bytes, bytes]:
    """Secret and public key (section 7.1.3)."""
    prk = labeled_extract(KEM, b"", b"dkp_prk", ikm)
    secret = labeled_expand(KEM, prk, b"sk", b"", 32)
    return secret, sodium.x25519_public(secret)


class Recipient:
    """A recipient's context; None of `open` for what was not sealed so."""

    def __init__(self, secret: bytes, encapsulated: bytes, info: bytes) -> None:
        dh = sodium.x25519(secret, encapsulated)
        if dh is None:
            raise ValueError("a point of small order")
        context = encapsulated + sodium.x25519_public(secret)
        prk = labeled_extract(KEM, b"", b"eae_prk", dh)
        shared = labeled_expand(KEM, prk, b"shared_secret", context, 32)
        schedule = (b"\0" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") +
                    labeled_extract(SUITE, b"", b"info_hash", info))
        secret = labeled_extract(SUITE, shared, b"secret", b"")
        self.key = labeled_expand(SUITE, secret, b"key", schedule, 32)
        self.base_nonce = labeled_expand(SUITE, secret, b"base_nonce", schedule, 12)

    def open(self, sequence: int, aad: bytes, sealed: bytes) -> bytes | None:
        nonce = bytes(a ^ b for a, b in zip(self.base_nonce, sequence.to_bytes(12, "big")))
        return sodium.chacha_open(self.key, nonce, aad, sealed)
