"""A record that goes to more agencies, each alone, than one turn seals entries.

Twenty entries are published at once, and three agencies abroad get one by a decision each; the
record's file goes to all of them, part by part, in more than one turn, and once.
"""

import argparse
import json
import os
import sqlite3

import scene
from scene import Network, check, check_equal

PARTNERS, ABROAD = 19, 3
LEGS = PARTNERS + 1 + ABROAD
CAST = {"F55": scene.AGENCIES["F55"], "SWROCU": scene.AGENCIES["SWROCU"],
        **{f"P{n:02}": (f"Partner {n}", "partner", None, None) for n in range(PARTNERS)},
        **{f"X{n}": (f"Authority {n}", "abroad", None, None) for n in range(ABROAD)}}
WHY = ("--person", "Sgt Marsh", "--reason", "a joint enquiry", "--basis", "safeguards",
       "--description", "one organiser")
KIND_ATTACHMENT = 8  # proto/entry.h


def lists(folder: str) -> str:
    out = os.path.join(folder, "lists.txt")
    with open(os.path.join(scene.DEPLOY, "lists", "lists.txt"), encoding="utf-8") as f, \
            open(out, "w", encoding="utf-8") as to:
        to.write(f"{f.read()}\nroute alone confidential to kind:partner when owner=fib\n")
    return out


def parts_sent(net: Network) -> int:
    db = sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True)
    try:
        return db.execute("SELECT count(*) FROM entry WHERE kind = ?",
                          (KIND_ATTACHMENT,)).fetchone()[0]
    finally:
        db.close()


def sent_to(net: Network, record: dict, *options: str) -> str:
    """Published to the unit and to each partner alone, and then to each one abroad."""
    done = net.run("publish", "--home", net.path("F55"), "--json", *options, "-",
                   text=json.dumps(record))
    place = next(row for answer in scene.lines_of(done.stdout) for row in answer.get("rows", ())
                 if row.get("row") == "record")
    for n in range(ABROAD):
        net.run("decide", "--home", net.path("F55"), place["id"], "--to", f"X{n}", *WHY)
    return place["id"]


def check_parts(net: Network, path: str) -> None:
    person = {"surname": "Pellow", "roles": ["suspect"]}
    first = sent_to(net, scene.simple_record("F55", 1, persons=[person]), "--attach", path)
    parts = parts_sent(net) // (PARTNERS + 1)
    check(parts > 1 and parts_sent(net) == parts * (PARTNERS + 1), f"{parts_sent(net)} entries")
    net.run("attach", "--home", net.path("F55"), first, path)
    check_equal(parts_sent(net), parts * LEGS, "entries, with those who came later")
    # Named by the record from the start, and sent when there are more than a turn seals.
    _, shown = net.at("F55", "show", first, "--purpose", "test")
    named = next(row["attachments"] for row in shown if "attachments" in row)
    second = sent_to(net, scene.simple_record("F55", 2, persons=[person], attachments=named))
    check_equal(parts_sent(net), parts * LEGS, "entries before the second file is sent")
    for _ in range(2):
        net.run("attach", "--home", net.path("F55"), second, path)
        check_equal(parts_sent(net), 2 * parts * LEGS, "entries of both files")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as folder:
        net = Network(options.binary, os.path.join(folder, "net"), CAST, lists(folder))
        os.mkdir(net.folder)
        net.make()
        path = net.path("map.png")
        with open(path, "wb") as f:
            f.write(os.urandom(300_000))
        net.start("F55")
        try:
            scene.wait("the node", lambda: net.at("F55", "status", check=False)[0] == 0)
            check_parts(net, path)
            scene.verify(net, "F55")
        finally:
            net.processes_kill("F55")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
