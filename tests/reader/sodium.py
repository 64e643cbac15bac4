"""The few primitives that Python lacks, from libsodium."""

import ctypes
import ctypes.util

_lib = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if _lib.sodium_init() < 0:
    raise OSError("libsodium cannot be used")

SIZE = ctypes.c_ulonglong
KEY, SIGNATURE, TAG = 32, 64, 16


def ed25519_is_good(key: bytes, message: bytes, signature: bytes) -> bool:
    """RFC 8032; keys of small order and a second form of S are refused."""
    return (len(key) == KEY and len(signature) == SIGNATURE and
            _lib.crypto_sign_verify_detached(signature, message, SIZE(len(message)), key) == 0)


def ed25519_key_is_sound(key: bytes) -> bool:
    """On the curve, canonical, in the main subgroup."""
    return len(key) == KEY and _lib.crypto_core_ed25519_is_valid_point(key) == 1


def ed25519_sign(seed: bytes, message: bytes) -> tuple[bytes, bytes]:
    """Public key and signature."""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    signature = ctypes.create_string_buffer(SIGNATURE)
    _lib.crypto_sign_seed_keypair(public, secret, seed)
    _lib.crypto_sign_detached(signature, None, message, SIZE(len(message)), secret)
    return public.raw, signature.raw


def x25519(secret: bytes, public: bytes) -> bytes | None:
    """RFC 7748; None where the product is all zeros."""
    shared = ctypes.create_string_buffer(KEY)
    if len(secret) != KEY or len(public) != KEY or _lib.crypto_scalarmult_curve25519(shared, secret, public) != 0:
        return None
    return shared.raw


def x25519_public(secret: bytes) -> bytes:
    public = ctypes.create_string_buffer(KEY)
    _lib.crypto_scalarmult_curve25519_base(public, secret)
    return public.raw


def _open(name: str, key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes | None:
    if len(sealed) < TAG or len(key) != KEY:
        return None
    plain = ctypes.create_string_buffer(max(1, len(sealed) - TAG))
    code = getattr(_lib, name)(plain, None, None, sealed, SIZE(len(sealed)), aad,
                               SIZE(len(aad)), nonce, key)
    return plain.raw[:len(sealed) - TAG] if code == 0 else None


def chacha_open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes | None:
    """RFC 8439; None when the tag is wrong."""
    return _open("crypto_aead_chacha20poly1305_ietf_decrypt", key, nonce, aad, sealed)


def xchacha_open(key: bytes, nonce: bytes, aad: bytes, sealed: bytes) -> bytes | None:
    return _open("crypto_aead_xchacha20poly1305_ietf_decrypt", key, nonce, aad, sealed)
