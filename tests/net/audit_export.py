"""An export of the log proves itself to someone who has nothing but a root document.

A unit reads records with canaries in them; an inspector takes the log of a period out, says for which
of the four lawful uses, and the file is judged in a bare folder.  A row that is left out, edited,
exchanged, hidden behind its hash or cut off is refused with its place in the log; so is any changed
byte.  No row has anything of a record in it.
"""

import argparse
import base64
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import canary
import control
import scene
from scene import Network, check, check_equal, say

FORBIDDEN, DAMAGED = 4, 5
USE = ("--use", "lawfulness", "--purpose", "the Commissioner's request of today")
WHY = "briefing of the boat team"


def judge(binary: str, bare: str, name: str, *more: str) -> tuple[int, list[dict]]:
    """In a folder with the export and the root document alone, without any environment."""
    done = subprocess.run([os.path.abspath(binary), "audit", "verify", "--root", "root", "--json", *more, name],
                          cwd=bare, env={}, capture_output=True, text=True, timeout=120)
    return done.returncode, scene.lines_of(done.stdout)


def export(net: Network, out: str, *more: str) -> dict:
    code, answers = net.at("SWROCU", "audit export", "--out", out, *USE, *more, check=False)
    check_equal(code, 0, f"audit export {more}: {answers}")
    return answers[-1]


def outcomes(rows: list[dict]) -> list[tuple]:
    return [(row["index"], row["operation"], row["outcome"], row["object"]) for row in rows
            if "operation" in row]


def next_second() -> str:
    """A time of whole seconds that lies between what was and what will be."""
    time.sleep(1.1 - time.time() % 1)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def check_uses(net: Network, bare: str) -> None:
    """The law knows four uses; one has to be named, and what the export is for."""
    out = os.path.join(bare, "none")
    for command in (("audit",), ("audit", "--use", "curiosity"), ("audit export", "--out", out),
                    ("audit export", "--out", out, "--purpose", "x", "--use", "planning"),
                    ("audit export", "--out", out, "--use", "integrity")):
        code, answers = net.at("SWROCU", *command, check=False)
        check_equal(code, FORBIDDEN, f"{command}: {answers}")
        wanted = "--purpose" if "integrity" in command else "criminal-proceedings"
        check(wanted in answers[-1]["sentence"], f"{command}: {answers}")
        check(not os.path.exists(out), f"{command} left a file")
    for use in ("lawfulness", "self-monitoring", "integrity", "criminal-proceedings"):
        _, answers = net.at("SWROCU", "audit", "--use", use)
    check(any(row.get("outcome", "").startswith("log read for criminal-proceedings (DPA 2018 s.62(4)(d))")
              for row in answers), f"the use is not in the log: {answers[-3:]}")


def work(net: Network, canaries: canary.Canaries) -> list[str]:
    """Two records with canaries are read at the unit; one is refused at the bureau."""
    ids = []
    for number in (1, 2):
        record = canary.full_record(canaries, f"record {number}", number)
        ids.append(scene.published(net, "F55", record)["id"])
        scene.wait_stored(net, "F55", ids[-1], {"SWROCU"})
        net.at("SWROCU", "show", ids[-1], "--purpose", WHY)
    return ids


def check_whole(options: argparse.Namespace, net: Network, bare: str, ids: list[str],
                canaries: canary.Canaries) -> bytes:
    """What verify shows is what the log says; nothing in it is of a record."""
    out = os.path.join(bare, "whole")
    _, log = net.at("SWROCU", "audit", *USE)
    told = export(net, out)
    check_equal(os.stat(out).st_mode & 0o777, 0o600, "the mode of a file that names people")
    check(told["witnessed"], f"the export is not witnessed: {told}")
    code, seen = judge(options.binary, bare, "whole")
    check_equal(code, 0, f"judged in a bare folder: {seen[-1:]}")
    check_equal((seen[-1]["agency"], seen[-1]["new_epoch"]), ("SWROCU", False), "whose log it is")
    check(len(seen[-1]["witnesses"]) >= 2, f"witnesses: {seen[-1]}")
    # The log was read once more in between, by the question above.
    check_equal(outcomes(seen)[:len(outcomes(log))], outcomes(log), "rows, as the node gives them")
    check_equal(len(outcomes(seen)), told["rows"], "rows counted")
    read = [row for row in seen if row.get("purpose") == WHY]
    check_equal({row["object"] for row in read}, set(ids), "who read what, and why")
    with open(out, "rb") as f:
        good = f.read()
    plain = b"".join(base64.b64decode(line.split()[1]) for line in good.splitlines()
                     if line.startswith((b"value ", b"header ")))
    check(WHY.encode() in plain, "the control: a purpose is found in the values")
    found = canary.search(good + plain + json.dumps(seen).encode(), canary.needles(canaries))
    check(not found, f"the export holds content: {found}")
    code, answers = net.at("SWROCU", "audit export", "--out", out, *USE, check=False)
    check(code == 1 and "there" in str(answers), f"over a file: {code} {answers}")
    return good


# --- a file taken apart ---

def blocks(data: bytes) -> tuple[list[bytes], list[list[bytes]]]:
    """The head's lines, and one list of lines for each entry, leaf, roster and checkpoint."""
    head, parts = [], []
    for line in data.splitlines(keepends=True):
        word = line.split()[0]
        if word in (b"entry", b"leaf", b"roster", b"checkpoint", b"end"):
            parts.append([line])
        elif parts:
            parts[-1].append(line)
        else:
            head.append(line)
    return head, parts


def index_of(part: list[bytes]) -> int:
    return int(part[0].split()[1]) if part[0].startswith(b"entry ") else -1


def shown(parts: list[list[bytes]]) -> list[int]:
    """Positions of entries with rows."""
    return [n for n, part in enumerate(parts) if index_of(part) >= 0 and len(part) > 3]


def leaf_of(part: list[bytes]) -> bytes:
    header = base64.b64decode(part[1].split()[1])
    return b"leaf " + base64.b64encode(hashlib.sha256(b"\0" + header).digest()) + b"\n"


def edited(part: list[bytes], old: bytes, new: bytes) -> list[bytes]:
    """The same block with other words in a row."""
    out = []
    for line in part:
        word, value = line.split()
        raw = base64.b64decode(value) if word == b"value" else b""
        out.append(b"value " + base64.b64encode(raw.replace(old, new)) + b"\n" if old in raw else line)
    check(out != part, "the control: the row has those words")
    return out


def forged(part: list[bytes]) -> list[bytes]:
    """Another header, and by itself in order: its last byte is of a wrap's hash."""
    header = bytearray(base64.b64decode(part[1].split()[1]))
    header[-1] ^= 1
    return [part[0], b"header " + base64.b64encode(header) + b"\n", *part[2:]]


def tampered(parts: list[list[bytes]], chance: random.Random) -> Iterator[tuple]:
    """(what was done, blocks, indexes that may be named)"""
    places = shown(parts)
    one, two = sorted(chance.sample(places[2:-2], 2))
    at = index_of(parts[one])
    yield "a row left out", parts[:one] + parts[one + 1:], {at}
    yield "an entry behind its hash", parts[:one] + [[leaf_of(parts[one])]] + parts[one + 1:], {at}
    yield "rows of an entry left out", parts[:one] + [parts[one][:2]] + parts[one + 1:], {at}
    reading = next(n for n in places if WHY.encode() in b"".join(
        base64.b64decode(line.split()[1]) for line in parts[n] if line.startswith(b"value ")))
    other = edited(parts[reading], WHY.encode(), WHY.replace("boat", "bank").encode())
    yield "a row edited", parts[:reading] + [other] + parts[reading + 1:], {index_of(parts[reading])}
    swapped = list(parts)
    swapped[one], swapped[two] = parts[two], parts[one]
    yield "entries exchanged", swapped, {at, index_of(parts[two])}
    renamed = list(parts)
    renamed[one] = [parts[one][0], *parts[two][1:]]
    yield "an entry in another's place", renamed, {at}
    rows = list(parts)
    rows[one] = [*parts[one][:2], *parts[two][2:]]
    yield "rows of another entry", rows, {at}
    yield "a header forged", parts[:one] + [forged(parts[one])] + parts[one + 1:], {at}
    yield "an entry twice", parts[:one] + [parts[one]] + parts[one:], {at}
    # Up to an earlier checkpoint, which is good, and without one.
    cut = max(n for n, part in enumerate(parts[:two]) if part[0].startswith(b"checkpoint "))
    last = max(index_of(part) for part in parts[:cut])
    yield "the tail cut at a checkpoint", parts[:cut + 1] + [parts[-1]], {last + 1}
    yield "the tail cut, and called its end", parts[:cut + 1] + [[b"closed\n"], parts[-1]], {-1}
    yield "the tail cut behind an entry", parts[:one + 1] + [parts[-1]], {at}
    yield "the first entry cut", parts[:1] + parts[2:], {0}


def check_tampering(options: argparse.Namespace, bare: str, good: bytes) -> None:
    chance = random.Random(options.seed)
    head, parts = blocks(good)
    check_equal(b"".join(head) + b"".join(b"".join(p) for p in parts), good, "the blocks")
    for what, changed, names in tampered(parts, chance):
        with open(os.path.join(bare, "changed"), "wb") as f:
            f.write(b"".join(head) + b"".join(b"".join(p) for p in changed))
        code, told = judge(options.binary, bare, "changed")
        check_equal((code, len(told)), (DAMAGED, 1), f"{what}: {told[-1:]}")
        if names == {-1}:
            check("tail may be cut" in str(told), f"{what}: {told}")
            continue
        found = [int(n) for n in re.findall(r"\d+", told[-1]["sentence"])]
        check(found and any(found[0] <= n <= found[-1] for n in names) and
              found[-1] - found[0] <= 8, f"{what}, {names}: {told}")
    check_beginning(options, bare, head, parts)
    check_bytes(options, bare, good, chance)


def check_beginning(options: argparse.Namespace, bare: str, head: list[bytes],
                    parts: list[list[bytes]]) -> None:
    """All hashes are right, and the first entry is left out of a log from its beginning."""
    first = next(n for n, part in enumerate(parts) if index_of(part) == 0)
    leaf = base64.b64decode(leaf_of(parts[first]).split()[1])
    before = b"before " + base64.b64encode((1).to_bytes(8, "big") + leaf) + b"\n"
    rest = [part for part in parts[first + 1:]]
    if rest[0][0].startswith(b"checkpoint "):
        rest = rest[1:]  # of that entry alone
    with open(os.path.join(bare, "changed"), "wb") as f:
        f.write(b"".join(line if not line.startswith(b"before ") else before for line in head) +
                b"".join(b"".join(p) for p in parts[:first] + rest))
    code, told = judge(options.binary, bare, "changed")
    check(code == DAMAGED and "beginning is cut off" in told[-1]["sentence"],
          f"the beginning cut: {told[-1:]}")


def check_bytes(options: argparse.Namespace, bare: str, good: bytes, chance: random.Random) -> None:
    """One changed byte of any kind of line is refused; its line or its neighbour is named."""
    lines = good.splitlines(keepends=True)
    kinds: dict[bytes, list[int]] = {}
    for n, line in enumerate(lines):
        kinds.setdefault(line.split()[0], []).append(n)
    count = 0
    for word, numbers in kinds.items():
        if word in (b"since", b"until"):
            continue  # another period is another question: see check_period
        for n in chance.sample(numbers, min(4, len(numbers))):
            at = chance.randrange(len(lines[n]) - 1)
            byte = bytes([lines[n][at] ^ 1])
            with open(os.path.join(bare, "changed"), "wb") as f:
                f.write(b"".join(lines[:n]) + lines[n][:at] + byte + lines[n][at + 1:] +
                        b"".join(lines[n + 1:]))
            code, told = judge(options.binary, bare, "changed")
            check_equal(code, DAMAGED, f"line {n + 1} ({word!r}), byte {at} changed: {told[-1:]}")
            check(told[-1]["sentence"], f"nothing said of line {n + 1}")
            count += 1
    say(f"{count} bytes of {len(good)} changed, each refused")


def check_period(options: argparse.Namespace, net: Network, bare: str, record: str) -> None:
    """Of a period stand the rows of that period; whoever says it is longer is refused."""
    since = next_second()
    net.at("SWROCU", "show", record, "--purpose", "inside the period")
    until = next_second()
    net.at("SWROCU", "show", record, "--purpose", "behind the period")
    told = export(net, os.path.join(bare, "period"), "--since", since, "--until", until)
    check(told["first"] > 0, f"it does not begin in the middle: {told}")
    code, seen = judge(options.binary, bare, "period")
    check_equal(code, 0, f"a period: {seen[-1:]}")
    purposes = {row.get("purpose") for row in seen if "operation" in row}
    check("inside the period" in purposes, f"rows of the period: {purposes}")
    check(not purposes & {"behind the period", WHY}, f"rows of other times: {purposes}")
    with open(os.path.join(bare, "period"), "rb") as f:
        good = f.read()
    for line, wanted in ((b"since 0\n", "beginning is cut off"), (b"until 9795471200000\n", "tail is cut")):
        with open(os.path.join(bare, "changed"), "wb") as f:
            f.write(re.sub(line.split()[0] + rb" \d+\n", line, good, count=1))
        code, told = judge(options.binary, bare, "changed")
        check(code == DAMAGED and (wanted in told[-1]["sentence"] or "rows that it was sealed" in
                                   told[-1]["sentence"]), f"{line!r}: {told[-1:]}")
    code, answers = net.at("SWROCU", "audit export", "--out", os.path.join(bare, "x"), *USE,
                           "--since", "2999-01-01", check=False)
    check(code != 0 and "still to come" in answers[-1]["sentence"], f"the future: {answers}")


def check_parts(options: argparse.Namespace, net: Network, bare: str) -> None:
    """More than one part holds, and a place that the node never gave."""
    for _ in range(520):
        control.ask(net, "SWROCU", "audit", use=b"integrity", **{"from": b"999999"})
    told = export(net, os.path.join(bare, "long"))
    check(told["entries"] > 520, f"entries: {told}")
    code, seen = judge(options.binary, bare, "long")
    check_equal((code, len(outcomes(seen))), (0, told["rows"]), f"a long one: {seen[-1:]}")
    parts = [row for row in seen if row.get("outcome", "").startswith("log exported")]
    check(len(parts) >= 2, "what was exported before is in the log")
    chance = random.Random(options.seed)
    for size in (1, 13, 20, 21, 29, 61, 300):
        for phase in (b"\1", b"\2", b"\3", b"\4"):
            cursor = phase + bytes(chance.choices(range(256), k=size))
            control.ask(net, "SWROCU", "audit-export", use=b"integrity", purpose=b"x", cursor=cursor)
    for cursor in (b"\3" + bytes(28), b"\3" + b"\0\0\0\1" + bytes(24)):
        control.ask(net, "SWROCU", "audit-export", use=b"integrity", purpose=b"x", cursor=cursor)
    check_equal(net.at("SWROCU", "status")[0], 0, "the node after cursors of nobody's")


def check_new_epoch(options: argparse.Namespace, net: Network, bare: str) -> None:
    """A restored home begins a log of its own; the one before it can still be read."""
    home, kept = net.path("SWROCU"), os.path.join(bare, "kept")
    net.stop("SWROCU")
    shutil.copytree(home, kept, ignore=shutil.ignore_patterns("*.sock"))
    net.start("SWROCU")
    scene.wait("the unit", lambda: net.at("SWROCU", "status", check=False)[0] == 0)
    scene.wait("a peer that holds the newest rows", lambda: export(
        net, os.path.join(bare, f"held-{time.monotonic()}"))["witnessed"])
    net.stop("SWROCU")
    shutil.rmtree(home)
    shutil.copytree(kept, home)
    net.start("SWROCU")
    scene.wait("the fence", lambda: any(
        row.get("publishing", "").startswith("no") for row in net.at("SWROCU", "status", check=False)[1]))
    net.at("SWROCU", "new-epoch")
    scene.wait("what the peers have of the epoch before", lambda: "was looked through" in str(
        net.at("SWROCU", "audit", *USE)[1]))
    _, log = net.at("SWROCU", "audit", *USE)
    check(WHY not in str(log), "the new log has rows of the old one")
    old = next(row["epoch"] for row in net.at("SWROCU", "verify")[1]
               if row.get("lane") == "local" and row.get("agency") == "SWROCU")
    _, before = net.at("SWROCU", "audit", *USE, "--epoch", old)
    check(WHY in str(before) and len(outcomes(before)) > 5, f"the log of the epoch before: {before[-2:]}")
    code, told = net.at("SWROCU", "audit", *USE, "--epoch", "9-0123456789abcdef", check=False)
    check(code == 3 and "no such epoch" in told[-1]["sentence"], f"an epoch of nobody's: {told}")
    told = export(net, os.path.join(bare, "newer"))
    check_equal(told["earlier"], old, "what is left out, as the export says")
    code, seen = judge(options.binary, bare, "newer")
    check(code == 0 and seen[-1]["new_epoch"] and not seen[-1]["closed"],
          f"that a log was before it: {seen[-1:]}")
    plain = words(options, bare, "newer")
    check("NOT in this file" in plain and old in plain, f"what is left out, on screen: {plain}")
    check_earlier(options, net, bare, old, seen[-1])


def words(options: argparse.Namespace, bare: str, name: str, *more: str) -> str:
    """What a person reads below the rows."""
    done = subprocess.run([os.path.abspath(options.binary), "audit", "verify", "--root", "root", *more, name],
                          cwd=bare, env={}, capture_output=True, text=True, timeout=120)
    return done.stdout[done.stdout.rindex("The log of "):] if done.returncode == 0 else done.stderr


def check_earlier(options: argparse.Namespace, net: Network, bare: str, old: str,
                  newer: dict) -> None:
    """The log before it is a file of its own, and says that nothing signed closes it."""
    told = export(net, os.path.join(bare, "earlier"), "--epoch", old)
    check_equal(told["earlier"], "", "an earlier one names no others")
    code, seen = judge(options.binary, bare, "earlier")
    check(code == DAMAGED and "tail may be cut" in str(seen), f"nobody says that it ended: {seen}")
    code, seen = judge(options.binary, bare, "earlier", "--closed")
    check_equal((code, seen[-1]["epoch"], seen[-1]["closed"]), (0, old, True), "the log before")
    check(WHY in str(seen), "its rows are shown")
    check(seen[-1]["hidden"] > 0, f"rows that nobody has any more: {seen[-1]}")
    check_equal(newer["before"], old, "what the new epoch says that it followed")
    plain = words(options, bare, "earlier", "--closed")
    check("no signature closes a log" in plain and "by their hashes alone" in plain, f"on screen: {plain}")
    with open(os.path.join(bare, "earlier"), "rb") as f:
        good = f.read()
    for what, changed in (("its end cut off", good.replace(b"closed\n", b"")),
                          ("a line behind it", good.replace(b"closed\n", b"closed\nclosed\n")),
                          ("rows behind it", good.replace(b"closed\nend\n", b"end\nclosed\n"))):
        with open(os.path.join(bare, "changed"), "wb") as f:
            f.write(changed)
        code, told = judge(options.binary, bare, "changed", "--closed")
        check_equal(code, DAMAGED, f"{what}: {told[-1:]}")
    code, answers = net.at("SWROCU", "audit export", "--out", os.path.join(bare, "x"), *USE,
                           "--epoch", "9-0123456789abcdef", check=False)
    check(code == 3 and "no such epoch" in answers[-1]["sentence"], f"nobody's epoch: {answers}")


def check_other_root(options: argparse.Namespace, bare: str) -> None:
    os.rename(os.path.join(bare, "root"), os.path.join(bare, "mine"))
    with open(os.path.join(bare, "mine"), "rb") as f:
        text = f.read()
    with open(os.path.join(bare, "root"), "wb") as f:
        f.write(text.replace(b"threshold 2", b"threshold 1"))
    check_equal(judge(options.binary, bare, "whole")[0], DAMAGED, "under a root that nobody signed")


def test(options: argparse.Namespace) -> None:
    canaries = canary.Canaries(options.seed)
    with scene.folder() as bare, scene.network(options.binary, scene.ONE_BUREAU) as net:
        with open(net.path("roots", "root"), "rb") as f, \
                open(os.path.join(bare, "root"), "wb") as to:
            to.write(f.read())
        ids = work(net, canaries)
        check_uses(net, bare)
        good = check_whole(options, net, bare, ids, canaries)
        check_tampering(options, bare, good)
        check_period(options, net, bare, ids[0])
        check_parts(options, net, bare)
        check_new_epoch(options, net, bare)
        check_other_root(options, bare)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
