"""What is held and published is found by tokens, and no word of it stands outside its ciphertext.

Each node has tokens of what it stored and published as soon as that is durable, keyed by a key of
its own; of what was erased there are none in any file.
"""

import argparse
import os
import sqlite3
import subprocess

import scene
from scene import Network, check, check_equal

WORD = "Zyndraqofel"  # nowhere else in any file
PAIR = 16


def record(number: int, **fields: object) -> dict:
    return scene.simple_record("F55", number, **fields)


def text(words: str) -> list[dict]:
    return [{"text": words, "basis": "fact", "grade": "1A"}]


def select(net: Network, agency: str, sql: str, *values: object) -> list[tuple]:
    db = sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True)
    rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def pairs(net: Network, agency: str, record_id: str) -> set[bytes]:
    """What a node's index has of a record: token and number, as they stand on the disk."""
    numbers = select(net, agency, "SELECT token_record.number FROM entry JOIN token_record "
                                  "USING (place) WHERE id = ?", bytes.fromhex(record_id))
    found: set[bytes] = set()
    for (number,) in numbers:
        for (blob,) in select(net, agency, "SELECT pairs FROM token_new UNION ALL "
                                           "SELECT pairs FROM token"):
            found |= {blob[i:i + PAIR] for i in range(0, len(blob), PAIR)
                      if int.from_bytes(blob[i + 8:i + PAIR], "big") == number}
    return found


def wait_indexed(net: Network, agency: str, record_id: str) -> set[bytes]:
    return scene.wait(f"tokens of {record_id} at {agency}", lambda: pairs(net, agency, record_id))


def in_files(net: Network, agency: str, wanted: set[bytes]) -> int:
    """How many of the pairs stand anywhere in the bytes of the node's files."""
    there = set()
    for name in ("journal.db", "journal.db-wal"):
        path = net.path(agency, name)
        if os.path.exists(path):
            with open(path, "rb") as f:
                data = f.read()
            there |= {p for p in wanted if p in data}
    return len(there)


def check_tokens(net: Network, ids: list[str]) -> None:
    for agency in ("F55", "SWROCU", "JFC"):
        first, second = (wait_indexed(net, agency, i) for i in ids)
        check(len(first) > 20, f"{agency} has {len(first)} tokens of a record")
        tokens = {p[:8] for p in first}
        check(tokens & {p[:8] for p in second}, "two records share no token")
        check(len(tokens - {p[:8] for p in second}) > 0, "two records share all tokens")
    # The same word is another token at another node.
    here, there = ({p[:8] for p in pairs(net, a, ids[0])} for a in ("SWROCU", "JFC"))
    check_equal(here & there, set(), "tokens that two nodes share")
    files = subprocess.run(["grep", "-rilE", WORD, net.folder], capture_output=True,
                           text=True).stdout.split()
    check_equal(files, [], "files with a word of a record")


def check_erased(net: Network, erased: str, other: str) -> None:
    gone, kept = pairs(net, "SWROCU", erased), pairs(net, "SWROCU", other)
    check_equal(in_files(net, "SWROCU", gone), len(gone), "tokens in the files before")
    net.at("F55", "recall", erased, "--reason", "another person is meant", "--person",
           "DS of the bureau")
    scene.wait("the recall", lambda: net.at("SWROCU", "show", erased, "--purpose", "test",
                                            check=False)[0] != 0)
    net.at("SWROCU", "statement", erased, "--erased", "--person", "DI at the unit", "--reason",
           "recalled")
    scene.wait("the tokens to go", lambda: in_files(net, "SWROCU", gone) == 0)
    check_equal(pairs(net, "SWROCU", erased), set(), "tokens of what was erased")
    check_equal(pairs(net, "SWROCU", other), kept, "tokens of the other")
    check_equal(in_files(net, "SWROCU", kept), len(kept), "the other's tokens in the files")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        ids = [scene.published(net, "F55", record(n, texts=text(f"The {WORD} of lorry {n} waits")))["id"]
               for n in (1, 2)]
        for one in ids:
            scene.wait_stored(net, "F55", one, {"SWROCU", "JFC"})
        check_tokens(net, ids)
        check_erased(net, ids[0], ids[1])
        for agency in ("F55", "SWROCU"):
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
