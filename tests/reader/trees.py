"""Merkle trees of RFC 6962 section 2.1; verification as RFC 9162 section 2.1.3.2 and 2.1.4.2
write it, step by step.
"""

import hashlib

HASH = 32


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: list[bytes]) -> bytes:
    """MTH, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:k]), root(leaves[k:]))


def hashes(path: bytes) -> list[bytes] | None:
    """A path as it is written: hashes end to end."""
    if len(path) % HASH:
        return None
    return [path[i:i + HASH] for i in range(0, len(path), HASH)]


def inclusion_holds(low: bytes, index: int, size: int, path: bytes, top: bytes) -> bool:
    steps = hashes(path)
    if index >= size or steps is None:
        return False
    fn, sn, r = index, size - 1, low
    for p in steps:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == top


def consistency_holds(old_size: int, old_root: bytes, size: int, top: bytes,
                      path: bytes) -> bool:
    steps = hashes(path)
    if steps is None or old_size > size:
        return False
    if old_size in (0, size):
        before = root([]) if old_size == 0 else top
        return not steps and old_root == before and (old_size != size or old_root == top)
    if old_size & old_size - 1 == 0:
        steps = [old_root, *steps]
    if not steps:
        return False
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = steps[0]
    for c in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == top and sn == 0
