#!/usr/bin/env python3
"""Seeds for the targets that read bytes of our own formats, from the frozen vectors.

usage: tests/fuzz/make_corpus.py        writes into tests/fuzz/corpus; run by hand, once
"""

import json
import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors"
EACH = 12  # of each kind, good and bad
KINDS = ("frame", "header", "content", "item")


def write(target: str, name: str, data: bytes) -> None:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def wire() -> None:
    for number, kind in enumerate(KINDS):
        lines = [line.split(" #")[0].split() for line in
                 (VECTORS / "wire" / f"{kind}.txt").read_text().splitlines()
                 if line[:1] in "gb"]
        for verdict in ("good", "bad"):
            chosen = [words for words in lines if words[0] == verdict and len(words[3]) < 4000
                      and set(words[3]) <= set("0123456789abcdef")]
            for i, words in enumerate(chosen[::max(1, len(chosen) // EACH)][:EACH]):
                write("wire", f"{kind}-{verdict}-{i}", bytes([number]) + bytes.fromhex(words[3]))


def notes() -> None:
    for path in sorted((VECTORS / "notes" / "good").iterdir()):
        data = path.read_bytes()
        for number in (1, 2):
            write("notes", f"{path.stem}-{number}", bytes([number]) + data)
        if path.stem.startswith("roster"):
            write("notes", f"{path.stem}-0", b"\0" + data[:data.index(b"\n\n") + 1])


def drawn(target: str, count: int, size: int, step: int) -> None:
    """Programs of changes by chance, for the targets whose input is one."""
    chance = random.Random(target)
    write(target, "nothing", b"")
    for i in range(count):
        write(target, f"drawn-{i}", chance.randbytes(step * (1 + i * size // count)))


ROWS = (
    (0, b"name,born\r\nPellow,1979-06-21\r\n"), (0, b'a,b\n"=1+1","x ""y"" z"\n"two\nlines",\n'),
    (0, b'a\n"open'), (0, b'a,b\nx"y,z\n'), (0, b"a\0b,c\n"), (0, b"\xef\xbb\xbfa,b\n1,2\n"),
    (1, b"a;b\n 1 ;-2\n"), (2, b"a\tb\n@x\t+y\n"),
    (3, b'[{"a":"x","b":{"c":["1","2"]}},{"a":1.50}]'), (3, b'[{"a":"x","a":"y"}]'), (3, b"[" * 40),
    (4, b'{"a":true}\n{"a":null,"v":[{"w":"x"}]}\n'), (4, b'{"a":"\\ud800"}\n{"b":"\xff"}'),
)


def rows() -> None:
    for i, (form, text) in enumerate(ROWS):
        write("rows", f"row-{i}", bytes([form]) + text)


def records() -> None:
    """One of the samples, whole and cut short, and a file of two."""
    samples = json.loads((HERE.parents[1] / "deploy" / "samples" / "records.json").read_text())
    one = json.dumps({**samples[0]["record"], "urn": "55-IR-2025-00000001"}).encode()
    write("record", "one", one)
    write("record", "cut", one[:len(one) // 2])
    write("record", "two", one + b"\n" + one)
    write("record", "array", b"[" + one + b"," + one + b"]")
    write("record", "nothing", b"")


def parcels() -> None:
    """A row, a finding, an end: as tests/unit/import/parcel.c has them."""
    drawn("parcel", 6, 40, 4)


def backups() -> None:
    """The vector's header alone, and changes by chance of the target's own."""
    text = (VECTORS / "crypto" / "backup.hex").read_text()
    whole = bytes.fromhex(next(row.split()[1] for row in text.splitlines()
                               if row.startswith("file ")))
    write("backup", "vector", b"\0" + whole[:234])
    drawn("backup", 6, 5, 3)


def ranges() -> None:
    """A question of everything, answers of each kind, and two sets by chance."""
    write("ranges", "question", b"\0\1" + bytes(9 + 32))
    for name, said in (("same", b"\0"), ("differs", b"\1"), ("list", b"\2\1" + bytes(64))):
        write("ranges", name, b"\1" + len(said).to_bytes(2, "big") + said)
    write("ranges", "down", b"\1" + b"\0\1\1" + b"\0\4\1\1\1\1")
    chance = random.Random("ranges")
    for i in range(4):
        write("ranges", f"sets-{i}", b"\2" + chance.randbytes(3 * 150 * (i + 1)))


def requirements() -> None:
    shipped = (HERE.parents[1] / "deploy" / "ingest" / "requirements.txt").read_bytes()
    write("requirements", "shipped", shipped)
    write("requirements", "cut", shipped[:-9])
    write("requirements", "gate", b"flagpost/requirements/v1\nversion 7\ntitle T\nforce * gate\n"
                                  b"force 55 load\nfield X.p persons name somebody\n")


if __name__ == "__main__":
    wire()
    notes()
    drawn("entry", 8, 12, 4)
    drawn("control", 12, 60, 2)
    drawn("keyfile", 6, 5, 3)
    backups()
    drawn("journal", 8, 12, 5)
    drawn("audit", 8, 6, 4)
    rows()
    records()
    parcels()
    ranges()
    requirements()
