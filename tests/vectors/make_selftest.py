#!/usr/bin/env python3
"""Writes selftest/*.json: vectors for `flagpost selftest`, in the shapes of C2SP/wycheproof and
of transparency-dev/merkle.  The good ones are those of the RFCs, each named; the bad ones are
made of them.  Proofs come from trees hashed by the definitions of RFC 6962 section 2.1 alone.
"""

import base64
import hashlib
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
ORDER = 2**252 + 27742317777372353535851937790883648493  # L of RFC 8032 section 5.1


def flipped(digits, byte=0):
    raw = bytearray.fromhex(digits)
    raw[byte] ^= 1
    return raw.hex()


# --- Wycheproof ---


def save(name, value):
    with open(os.path.join(HERE, "selftest", name), "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


def document(algorithm, schema, groups):
    """`groups`: (what a group says, [(comment, fields, result)]); tcIds run through all."""
    number = 0
    made = []
    for fields, tests in groups:
        rows = []
        for comment, values, result in tests:
            number += 1
            rows.append({"tcId": number, "comment": comment, "flags": [], **values,
                         "result": result})
        made.append({**fields, "tests": rows})
    return {"algorithm": algorithm, "schema": schema, "numberOfTests": number, "header": [],
            "notes": {}, "testGroups": made}


# RFC 8032 section 7.1: public key, message, signature.
ED25519 = (
    ("test 1", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("test 2", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("test 3", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)


def ed25519():
    groups = []
    for name, key, message, signature in ED25519:
        s = int.from_bytes(bytes.fromhex(signature)[32:], "little")
        malleable = signature[:64] + (s + ORDER).to_bytes(32, "little").hex()
        groups.append((
            {"type": "EddsaVerify",
             "publicKey": {"type": "EDDSAPublicKey", "curve": "edwards25519", "keySize": 255,
                           "pk": key}},
            [(f"RFC 8032, {name}", {"msg": message, "sig": signature}, "valid"),
             ("another message", {"msg": message + "00", "sig": signature}, "invalid"),
             ("a bit of R", {"msg": message, "sig": flipped(signature)}, "invalid"),
             ("a bit of S", {"msg": message, "sig": flipped(signature, 32)}, "invalid"),
             ("S + L, the same modulo L", {"msg": message, "sig": malleable}, "invalid"),
             ("a byte too few", {"msg": message, "sig": signature[:-2]}, "invalid"),
             ("a byte too many", {"msg": message, "sig": signature + "00"}, "invalid"),
             ("no signature", {"msg": message, "sig": ""}, "invalid")]))
    return document("EDDSA", "eddsa_verify_schema_v1.json", groups)


def x25519():
    alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    both = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    alice_public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    bob_public = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    base = "09" + "00" * 31
    zeros = "00" * 32

    def of(public, private, shared):
        return {"public": public, "private": private, "shared": shared}

    return document("XDH", "xdh_comp_schema_v1.json", [(
        {"type": "XdhComp", "curve": "curve25519"},
        [("RFC 7748 section 5.2, first",
          of("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
             "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
             "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"), "valid"),
         ("RFC 7748 section 5.2, second",
          of("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
             "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
             "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"), "valid"),
         ("RFC 7748 section 6.1, Alice's key", of(base, alice, alice_public), "valid"),
         ("RFC 7748 section 6.1, Bob's key", of(base, bob, bob_public), "valid"),
         ("RFC 7748 section 6.1, Alice", of(bob_public, alice, both), "valid"),
         ("RFC 7748 section 6.1, Bob", of(alice_public, bob, both), "acceptable"),
         ("the point 0", of(zeros, alice, zeros), "acceptable"),
         ("the point 1", of("01" + "00" * 31, alice, zeros), "acceptable"),
         ("of order 8", of("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                           alice, zeros), "acceptable"),
         ("p - 1", of("ec" + "ff" * 30 + "7f", alice, zeros), "acceptable"),
         ("a public key of 31 bytes", of(base[:-2], alice, alice_public), "invalid")])])


TEXT = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it.").hex()
AAD = "50515253c0c1c2c3c4c5c6c7"
KEY = bytes(range(0x80, 0xA0)).hex()
# RFC 8439 section 2.8.2: nonce, ciphertext, tag.
CHACHA = (
    "070000004041424344454647",
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
    "3ff4def08e4b7a9de576d26586cec64b6116",
    "1ae10b594f09e26a7e902ecbd0600691")
# draft-irtf-cfrg-xchacha-03, appendix A.3.1.
XCHACHA = (
    "404142434445464748494a4b4c4d4e4f5051525354555657",
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
    "21f9664c97637da9768812f615c68b13b52e",
    "c0875924c1c7987947deafd8780acf49")


def aead(algorithm, source, vector):
    nonce, sealed, tag = vector

    def of(**changed):
        return {**{"key": KEY, "iv": nonce, "aad": AAD, "msg": TEXT, "ct": sealed,
                   "tag": tag}, **changed}

    return document(algorithm, "aead_test_schema_v1.json", [(
        {"type": "AeadTest", "ivSize": len(nonce) * 4, "keySize": 256, "tagSize": 128},
        [(source, of(), "valid"),
         ("a bit of the tag", of(tag=flipped(tag, 15)), "invalid"),
         ("a bit of the ciphertext", of(ct=flipped(sealed, 7)), "invalid"),
         ("a bit of the additional data", of(aad=flipped(AAD)), "invalid"),
         ("a bit of the nonce", of(iv=flipped(nonce, 5)), "invalid"),
         ("a bit of the key", of(key=flipped(KEY, 31)), "invalid"),
         ("half a tag", of(tag=tag[:16]), "invalid"),
         ("a nonce of 8 bytes", of(iv=nonce[:16]), "invalid"),
         ("no nonce", of(iv=""), "invalid")])])


def hkdf():
    """RFC 5869 appendix A.1 to A.3."""
    def run(first, size):
        return bytes((first + i) % 256 for i in range(size)).hex()

    def of(ikm, salt, info, okm, size=None):
        return {"ikm": ikm, "salt": salt, "info": info,
                "size": len(okm) // 2 if size is None else size, "okm": okm}

    short = "0b" * 22
    return document("HKDF-SHA-256", "hkdf_test_schema.json", [
        ({"type": "HkdfTest", "keySize": 176},
         [("RFC 5869 A.1", of(short, run(0, 13), run(0xF0, 10),
                              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                              "34007208d5b887185865"), "valid"),
          ("RFC 5869 A.3", of(short, "", "",
                              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                              "9d201395faa4b61a96c8"), "valid"),
          ("a byte more than 255 hashes", of(short, "", "", "", 255 * 32 + 1), "invalid")]),
        ({"type": "HkdfTest", "keySize": 640},
         [("RFC 5869 A.2", of(run(0, 80), run(0x60, 80), run(0xB0, 80),
                              "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                              "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                              "cc30c58179ec3e87c14c01d5c1f3434f1d87"), "valid")])])


def hmac_sha256():
    """RFC 4231 sections 4.2 to 4.7; 4.6 has half a tag."""
    vectors = (
        ("4.2", "0b" * 20, b"Hi There".hex(),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        ("4.3", b"Jefe".hex(), b"what do ya want for nothing?".hex(),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("4.4", "aa" * 20, "dd" * 50,
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        ("4.5", bytes(range(1, 26)).hex(), "cd" * 50,
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        ("4.6", "0c" * 20, b"Test With Truncation".hex(), "a3b6167473100ee06e0c796c2955552b"),
        ("4.7", "aa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
    groups = []
    for section, key, message, tag in vectors:
        groups.append((
            {"type": "MacTest", "keySize": len(key) * 4, "tagSize": len(tag) * 4},
            [(f"RFC 4231 section {section}", {"key": key, "msg": message, "tag": tag}, "valid"),
             ("a bit of the tag", {"key": key, "msg": message, "tag": flipped(tag)},
              "invalid"),
             ("a bit of the key", {"key": flipped(key), "msg": message, "tag": tag},
              "invalid"),
             ("no tag", {"key": key, "msg": message, "tag": ""}, "invalid")]))
    return document("HMACSHA256", "mac_test_schema.json", groups)


# --- proofs ---


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root(data):
    """MTH of RFC 6962 section 2.1."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return leaf(data[0])
    k = split(len(data))
    return hashlib.sha256(b"\1" + root(data[:k]) + root(data[k:])).digest()


def path(m, data):
    """PATH of section 2.1.1."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return path(m, data[:k]) + [root(data[k:])]
    return path(m - k, data[k:]) + [root(data[:k])]


def subproof(m, data, known):
    """SUBPROOF of section 2.1.2."""
    if m == len(data):
        return [] if known else [root(data)]
    k = split(len(data))
    if m <= k:
        return subproof(m, data[:k], known) + [root(data[k:])]
    return subproof(m - k, data[k:], False) + [root(data[:k])]


def b64(raw):
    return base64.b64encode(raw).decode()


LEAVES = [bytes([i]) * i for i in range(11)]
OTHER = hashlib.sha256(b"another").digest()


def bit(raw, at):
    return raw[:at] + bytes([raw[at] ^ 8]) + raw[at + 1:]


def bad_paths(proof):
    """Each with its name; none of them is `proof`."""
    yield "garbage in front", [b""] + proof
    yield "garbage behind", proof + [b""]
    yield "a hash in front", [OTHER] + proof
    yield "a hash behind", proof + [OTHER]
    for i, h in enumerate(proof):
        yield f"a bit of hash {i}", proof[:i] + [bit(h, i)] + proof[i + 1:]
    if proof:
        yield "the last hash missing", proof[:-1]
        yield "the first hash missing", proof[1:]
        yield "a hash of 31 bytes", proof[:-1] + [proof[-1][:31]]


def inclusion():
    rows = []

    def add(desc, bad, index, size, top, low, proof):
        rows.append({"leafIdx": index, "treeSize": size, "root": b64(top),
                     "leafHash": b64(low), "proof": [b64(h) for h in proof] or None,
                     "desc": desc, "wantErr": bad})

    for size in range(1, len(LEAVES) + 1):
        data = LEAVES[:size]
        top = root(data)
        for index in range(size):
            add(f"leaf {index} of {size}", False, index, size, top, leaf(data[index]),
                path(index, data))
    for index, size in ((0, 1), (0, 2), (2, 3), (4, 7), (6, 7), (10, 11)):
        data = LEAVES[:size]
        top, low, proof = root(data), leaf(data[index]), path(index, data)
        for name, other in bad_paths(proof):
            add(name, True, index, size, top, low, other)
        # As Go's uint64 has it: before the first comes the last of all.
        add("the leaf before", True, (index - 1) % 2**64, size, top, low, proof)
        add("the leaf behind", True, index + 1, size, top, low, proof)
        add("twice the size", True, index, size * 2, top, low, proof)
        add("no tree", True, index, 0, top, low, proof)
        add("another root", True, index, size, OTHER, low, proof)
        add("another leaf", True, index, size, top, OTHER, proof)
        add("the root of nothing", True, index, size, root([]), low, proof)
        add("a leaf that is no hash", True, index, size, top, b"no hash", proof)
        add("a root that is no hash", True, index, size, b"", low, proof)
    return rows


def consistency():
    rows = []

    def add(desc, bad, old, new, first, second, proof):
        rows.append({"size1": old, "size2": new, "root1": b64(first), "root2": b64(second),
                     "proof": [b64(h) for h in proof], "desc": desc, "wantErr": bad})

    for new in range(1, len(LEAVES) + 1):
        for old in range(1, new + 1):
            add(f"{old} to {new}", False, old, new, root(LEAVES[:old]), root(LEAVES[:new]),
                subproof(old, LEAVES[:new], True))
    for old, new in ((1, 2), (2, 5), (3, 7), (4, 7), (6, 8), (7, 11), (8, 11)):
        first, second = root(LEAVES[:old]), root(LEAVES[:new])
        proof = subproof(old, LEAVES[:new], True)
        for name, other in bad_paths(proof):
            add(name, True, old, new, first, second, other)
        add("no proof", True, old, new, first, second, [])
        add("one less before", True, old - 1, new, first, second, proof)
        add("one more before", True, old + 1, new, first, second, proof)
        add("twice the size", True, old, new * 2, first, second, proof)
        add("smaller than before", True, new, old, second, first, proof)
        add("roots exchanged", True, old, new, second, first, proof)
        add("another old root", True, old, new, OTHER, second, proof)
        add("another new root", True, old, new, first, OTHER, proof)
        add("an old root that is no hash", True, old, new, b"no hash", second, proof)
        add("a new root that is no hash", True, old, new, first, b"no hash", proof)
    add("one size, two roots", True, 3, 3, root(LEAVES[:3]), OTHER, [])
    add("one size, and a proof", True, 3, 3, root(LEAVES[:3]), root(LEAVES[:3]), [OTHER])
    add("one size and one text that is no hash", False, 1, 1, b"any text", b"any text", [])
    return rows


def main():
    os.makedirs(os.path.join(HERE, "selftest"), exist_ok=True)
    save("ed25519.json", ed25519())
    save("x25519.json", x25519())
    save("chacha20_poly1305.json", aead("CHACHA20-POLY1305", "RFC 8439 section 2.8.2", CHACHA))
    save("xchacha20_poly1305.json", aead("XCHACHA20-POLY1305", "draft-irtf-cfrg-xchacha-03",
                                         XCHACHA))
    save("hkdf_sha256.json", hkdf())
    save("hmac_sha256.json", hmac_sha256())
    save("inclusion.json", inclusion())
    save("consistency.json", consistency())


if __name__ == "__main__":
    main()
