#!/usr/bin/env python3
"""The second reader over every frozen vector: what is good is accepted, what is bad refused, and
for the same reason as the node's.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.dont_write_bytecode = True

from reader import backups, hpke, notes, proofs, rosters, rules, sealed, sodium, trees  # noqa: E402
from reader.notes import Bad  # noqa: E402

VECTORS = os.path.join(HERE, "..", "vectors")
WIRE = {"header": rules.header, "item": rules.item, "content": rules.content,
        "frame": rules.frame, "request": rules.request, "answer": rules.answer}
SEEDS = {"F54": 0x10, "F55": 0x11, "JFC": 0x12, "SWROCU": 0x13}


class Failed(Exception):
    """A vector on which the two readers do not agree."""


def check(held: object, what: str) -> None:
    if not held:
        raise Failed(what)


def reason_of(read, *arguments) -> str:
    """"-" for what is accepted, as in the vectors."""
    try:
        read(*arguments)
    except Bad as why:
        return str(why)
    return "-"


def wire() -> int:
    count = 0
    for name in sorted(os.listdir(os.path.join(VECTORS, "wire"))):
        with open(os.path.join(VECTORS, "wire", name), encoding="utf-8") as f:
            rows = [row.rstrip("\n").split(" # ", 1) for row in f if row[:1] != "#"]
        for head, sentence in rows:
            _, kind, wanted, digits = head.split(" ")
            found = reason_of(WIRE[kind], b"" if digits == "-" else bytes.fromhex(digits))
            check(found == wanted, f"{name}: {sentence}: {found}, not {wanted}")
            count += 1
    return count


def records() -> None:
    """The items of the records that are frozen as JSON."""
    for name in ("small.items", "full.items"):
        with open(os.path.join(VECTORS, "records", name), encoding="utf-8") as f:
            for row in f:
                rules.item(bytes.fromhex(row.strip()))


def note(name: str) -> bytes:
    with open(os.path.join(VECTORS, "notes", name), "rb") as f:
        return f.read()


def all_notes() -> int:
    """Under the keys that README.md beside them names."""
    def key(who: str) -> bytes:
        return sodium.ed25519_sign(bytes([SEEDS[who]]) * 32, b"")[0]

    root = rosters.root_verify(note("good/root.note"))
    rosters.root_verify(note("good/root.next.note"), root)
    rosters.roster_verify(note("good/roster.next.note"), root, root.realm)
    rekeyed = rosters.roster_verify(note("good/roster.rekeyed.note"), root, root.realm)
    asked = rosters.request_verify(note("good/request.rekey.note"))
    check(rekeyed.find("F55").keys == asked.keys and asked.sign_out == key("F55"), "rekeyed F55")
    readers = {
        "root": rosters.root_verify,
        "roster": lambda raw: rosters.roster_verify(raw, root, root.realm),
        "checkpoint": lambda raw: notes.checkpoint_verify(raw, key("F55")),
        "receipt": lambda raw: notes.receipt_verify(raw, key("F54")),
        "kx": lambda raw: notes.kx_verify(raw, key("F55")),
        "request": rosters.request_verify,
    }
    bad = sorted(os.listdir(os.path.join(VECTORS, "notes", "bad")))
    for kind, read in readers.items():
        check(reason_of(read, note(f"good/{kind}.note")) == "-", f"good/{kind}.note")
    for name in bad:
        kind, wanted = name.split(".")[:2]
        found = reason_of(readers[kind], note(f"bad/{name}"))
        check(found == wanted, f"bad/{name}: {found}")
    checkpoint = notes.checkpoint_read(note("good/checkpoint.note"))
    for who in ("F54", "JFC"):
        name = notes.note_name(checkpoint.origin.realm, who)
        check(checkpoint.note.cosigned_at(name, key(who)), f"{who}'s cosignature")
        check(checkpoint.note.find(name, notes.COSIGNATURE, key("F55")) is None,
              f"{who}'s name and another's key")
    return len(readers) + 4 + len(bad)


def hex_file(name: str) -> dict[str, bytes]:
    with open(os.path.join(VECTORS, "crypto", name), encoding="utf-8") as f:
        return {row.split()[0]: bytes.fromhex(row.split()[1]) for row in f if row[:1] != "#"}


def opened(v: dict[str, bytes], n: int) -> None:
    header, ciphertext = v[f"header-{n}"], v[f"ciphertext-{n}"]
    h = rules.header(header)
    check(trees.leaf(header) == v[f"leaf-{n}"] and h.raw(19) == v[f"root-{n}"], f"entry {n}")
    for rank, one in enumerate(h.list(25)):
        place = ("F01", "F12", "F55").index(one.text(1))
        wrap = v[f"wraps-{n}"][56 * rank:56 * rank + 56]
        secret = v[f"kx-secret-{place}"]
        key, ordinal = sealed.open_wrap(header, ciphertext, rank, wrap, secret)
        check(key == v[f"key-{n}"] and ordinal == 100 * (place + 1) + h.number(6),
              f"entry {n}, {one.text(1)}: another key or ordinal")
        for bit in (0, 255, 447):
            turned = bytearray(wrap)
            turned[bit // 8] ^= 1 << bit % 8
            check(reason_of(sealed.open_wrap, header, ciphertext, rank, bytes(turned),
                            secret) == "hash", f"entry {n}: bit {bit} of a wrap")
        other = v[f"kx-secret-{(place + 1) % 3}"]
        check(reason_of(sealed.open_wrap, header, ciphertext, rank, wrap, other) == "open",
              f"entry {n}: another's secret")
    items = sealed.open_content(header, ciphertext, v[f"key-{n}"])
    check(rules.content(v[f"plain-{n}"]) == items, f"entry {n}: another content")
    check(reason_of(sealed.open_content, header, ciphertext[:-1] + b"\0", v[f"key-{n}"]) ==
          "open", f"entry {n}: a changed tag")


def backup(whole: bytes, secret: bytes, wanted: dict[str, bytes]) -> None:
    check(backups.files(whole, secret) == wanted, "the files of the backup")
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
        check(reason_of(backups.files, changed, secret) != "-", f"a backup's byte {at} changed")


def crypto() -> None:
    v = hex_file("group.hex")
    for n in range(3):
        opened(v, n)
    v = hex_file("kept.hex")
    found = sodium.xchacha_open(v["storage-key"], v["kept"][:24],
                                b"flagpost/kept/v1" + v["id"], v["kept"][24:])
    check(found == v["content-key"], "the kept key")
    v = hex_file("keyfile.hex")
    check(sealed.keyfile_open(v["file"], v["credential"]) == v["secret"], "the key file")
    v = hex_file("backup.hex")
    backup(v["file"], hpke.derive_key_pair(v["recovery-seed"])[0],
           {"config": v["config"], "root": v["root"]})
    v = hex_file("counts.hex")
    table = ((b"F01", 3, 17), (b"F12", 0, 0), (b"F55", 1, 4), (b"JFC", 0, 0),
             (b"SWROCU-WEST-0001", 72623859790382856, 1230066625199609624))
    leaves = [sealed.count_leaf(v["salt-key"], *row) for row in table]
    check(leaves == [v[f"leaf-{i}"] for i in range(5)] and trees.root(leaves) == v["root"],
          "the count tree")


def published() -> None:
    """RFC 9180 appendix A.2.1, and the trees by both ways of judging."""
    secret, public = hpke.derive_key_pair(bytes.fromhex(
        "1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df"))
    check(secret.hex() == "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb" and
          public.hex() == "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
          "DeriveKeyPair")
    context = hpke.Recipient(
        secret,
        bytes.fromhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
        bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"))
    check(context.key.hex() ==
          "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91", "the key schedule")
    plain = context.open(1, b"Count-1", bytes.fromhex(
        "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e"
        "85285337cc95ba5f59992dc98c"))
    check(plain == b"Beauty is truth, truth beauty", "an encryption")
    data = [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
            bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
    check(trees.root([trees.leaf(one) for one in data]).hex() ==
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
          "the tree of eight leaves of the CT reference")


def main() -> int:
    published()
    crypto()
    records()
    frozen = wire(), all_notes()
    check(not proofs.holds(b"flagpost/proof/v1\nend\n", note("good/root.note")), "no proof")
    print(f"{frozen[0]} messages and {frozen[1]} notes read alike, and what is sealed opened")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as e:
        print(f"failed: {e}")
        sys.exit(1)
