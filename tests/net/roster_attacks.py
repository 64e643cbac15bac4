"""TUF's attacks on the roster: by `roster install` at a running node and in a stopped home, and by
a peer's ROSTER message; and on the chain of root documents that a proof carries.

The rosters are made and signed here, with the real root keys, by tests/reader: so they are right
in everything but what the attack is.  Each is refused with the sentence of its class; the roster
in force stays, and the true successor installs after all of them.
"""

import argparse
import base64
import hashlib
import os
import re
import subprocess
import sys

import scene
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))

from reader import notes, proofs, sealed, sodium  # noqa: E402  (found by the line above)

BUREAU = {name: scene.AGENCIES[name] for name in ("F55", "SWROCU")}
REFUSED = 1
SECOND = "two histories"
FEW = "too few root keys"
JUMP = "before it is missing"


class Makers:
    """The root keys, out of their files, and what they sign."""

    def __init__(self, net: Network) -> None:
        self.seeds = {}
        with open(net.path("roots.credential"), "rb") as f:
            credential = f.read()
        for number in (1, 2, 3):
            with open(net.path("roots", f"root-{number}.key"), "rb") as f:
                self.seeds[number] = sealed.keyfile_open(f.read(), credential)
        with open(net.path("roots", "root"), "rb") as f:
            note = notes.Note(f.read())
        words = [row.split(" ") for row in note.rows() if row.startswith("key ")]
        self.names = {number: word[1].encode() for number, word in enumerate(words, 1)}
        self.root = note

    def line(self, text: bytes, number: int, name: bytes | None = None,
             seed: bytes | None = None) -> bytes:
        name = name or self.names[number]
        key, signature = sodium.ed25519_sign(seed or self.seeds[number], text)
        return notes.line_write(name, notes.ED25519, key, signature)

    def note(self, text: bytes, *numbers: int) -> bytes:
        return text + b"\n" + b"".join(self.line(text, number) for number in numbers)


def changed(text: bytes, **lines: str) -> bytes:
    """With other values in the lines of these words."""
    for word, value in lines.items():
        text, count = re.subn(rf"^{word} .*$", f"{word} {value}", text.decode(),
                              flags=re.MULTILINE)
        check_equal(count, 1, f"lines of {word}")
        text = text.encode()
    return text


def after(text: bytes, version: int, **lines: str) -> bytes:
    return changed(text, version=str(version), previous=hashlib.sha256(text).hexdigest(),
                   **lines)


def attacks(makers: Makers, installed: bytes) -> dict[str, tuple[bytes, str, str]]:
    """By what it is: the note, words of the sentence, and the class in the log."""
    version = int(re.search(rb"^version (\d+)$", installed, re.MULTILINE)[1])
    following = after(installed, version + 1)
    one = makers.line(following, 1)
    other = makers.line(installed, 2)
    twice = makers.line(following, 1, name=makers.names[2])
    stranger = makers.line(following, 2, seed=b"\7" * 32)
    far = changed(following, version=str(version + 2))

    def bare(*lines: bytes) -> bytes:
        return following + b"\n" + b"".join(lines)

    return {
        "the same version, other bytes": (
            makers.note(changed(installed, expires="2035-01-01T00:00:00Z"), 1, 2), SECOND, "hash"),
        "a jump of two versions": (makers.note(far, 1, 2), JUMP, "order"),
        "a jump to the last version": (
            makers.note(changed(following, version=str(2**32 - 1)), 1, 2), JUMP, "order"),
        "the successor of another roster": (
            makers.note(changed(following, previous="ab" * 32), 1, 3), SECOND, "hash"),
        "signatures of the roster before": (
            bare(makers.line(installed, 1), other), "signature is wrong", "signature"),
        "one signature of the roster before": (
            bare(one, other), "signature is wrong", "signature"),
        "one signature": (bare(one), FEW, "threshold"),
        "one signature twice": (bare(one, one), FEW, "threshold"),
        "one key under two names": (bare(one, twice), FEW, "threshold"),
        "a stranger's key under a root key's name": (bare(one, stranger), FEW, "threshold"),
    }


def installs(net: Network, agency: str, note: bytes) -> tuple[int, str]:
    with open(net.path("attack"), "wb") as f:
        f.write(note)
    code, answers = net.at(agency, "roster install", "--credential",
                           net.path(agency + ".credential"), net.path("attack"), check=False)
    said = answers[-1] if answers else {}
    return code, said.get("sentence") or said.get("why") or ""


def in_force(net: Network, agency: str) -> str:
    return scene.rows_at(net, agency, "status", "node")[0]["roster"]


def by_install(net: Network, agency: str, wrong: dict, where: str) -> None:
    for name, (note, words, _) in wrong.items():
        code, said = installs(net, agency, note)
        check(code == REFUSED and words in said, f"{name}, {where}: {code} {said!r}")


def start_hostile(net: Network, helper: str) -> None:
    net.stop("F55")
    with open(net.path("F55.log"), "a", encoding="utf-8") as log:
        net.processes["F55"] = subprocess.Popen(
            [helper, "run", "--home", net.path("F55"), "--credential",
             net.path("F55.credential")], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, "FLAGPOST_HOSTILE": "roster SWROCU routine",
                 "FLAGPOST_HOSTILE_FILE": net.path("F55", "brought")})


def bring(net: Network, note: bytes) -> None:
    """In the home: a node that runs can read nothing else (sandbox.h)."""
    with open(net.path("F55", "brought.new"), "wb") as f:
        f.write(note)
    os.rename(net.path("F55", "brought.new"), net.path("F55", "brought"))


def rejections(net: Network, why: str) -> int:
    return len(re.findall(rf"event=peer.rejected peer=F55 .*why={why}$",
                          scene.log_text(net, "SWROCU"), re.MULTILINE))


def by_peer(net: Network, helper: str, wrong: dict, good: bytes) -> None:
    """F55 has version 2 and SWROCU has not; what F55 sends of it is ours."""
    bring(net, next(iter(wrong.values()))[0])
    start_hostile(net, helper)
    net.start("SWROCU")
    for name, (note, _, why) in wrong.items():
        before = rejections(net, why)
        bring(net, note)
        scene.wait(f"SWROCU to refuse {name}", lambda: rejections(net, why) > before)
        check_equal(in_force(net, "SWROCU"), "1", f"the roster in force after {name}")
    bring(net, good)
    scene.wait("SWROCU to take the true roster", lambda: in_force(net, "SWROCU") == "2")


def check_unreleased(net: Network, record: str) -> None:
    """What arrives when the roster is past its grace is held, and nobody reads it."""
    scene.wait("SWROCU to hold what came late", lambda: record in net.inbox("SWROCU"))
    state = net.inbox("SWROCU")[record]["state"]
    check("unread until a newer roster" in state, f"SWROCU's inbox: {state}")
    for command in (("show",), ("redact", "--items", "1", "--out", net.path("none"))):
        done = net.run(command[0], "--home", net.path("SWROCU"), *command[1:], record,
                       "--purpose", "check", check=False)
        check(done.returncode != 0 and "until a newer roster" in done.stderr,
              f"{command[0]} of what came late: {done.returncode} {done.stderr}")


def expired(net: Network, makers: Makers, installed: bytes) -> str:
    """It has its place in the chain, so it is taken; its age is what ends publishing."""
    old = after(installed, 3, issued="2025-01-01T00:00:00Z", expires="2025-02-01T00:00:00Z")
    net.stop("SWROCU")
    late = scene.published(net, "F55", scene.simple_record("F55", 2))["id"]
    code, said = installs(net, "SWROCU", makers.note(old, 2, 3))
    check_equal(code, 0, f"a newer roster, expired, in a stopped home: {said}")
    net.start("SWROCU")
    scene.wait("the expired roster at F55, from SWROCU", lambda: in_force(net, "F55") == "3")
    check_unreleased(net, late)
    node = scene.rows_at(net, "F55", "status", "node")[0]
    check("expired" in node["publishing"], f"F55's status: {node}")
    code, answer = net.publish("F55", scene.simple_record("F55", 1))
    check(code == REFUSED and "roster" in answer["sentence"], f"publishing then: {answer}")
    fresh = after(old, 4, issued="2026-01-02T00:00:00Z", expires="2036-01-01T00:00:00Z")
    check_equal(installs(net, "F55", makers.note(fresh, 1, 2))[0], 0, "the one after it")
    place = scene.published(net, "F55", scene.simple_record("F55", 1))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    net.at("SWROCU", "show", late, "--purpose", "check")
    return place["id"]


def thieves(makers: Makers) -> bytes:
    """A second root of other keys, which sign it themselves, all of them."""
    seeds = {number: bytes([number]) * 32 for number in makers.names}
    text = changed_root(makers.root.text, 2)
    for number, seed in seeds.items():
        old, new = (base64.b64encode(sodium.ed25519_sign(one, b"")[0])
                    for one in (makers.seeds[number], seed))
        text = text.replace(old, new)
    return text + b"\n" + b"".join(makers.line(text, number, seed=seed)
                                   for number, seed in seeds.items())


def changed_root(text: bytes, number: int) -> bytes:
    return changed(text, number=str(number))


def judged(net: Network, roots: list[bytes], trusted: bytes) -> bool:
    """A true proof with these root documents in it: both readers have to agree."""
    with open(net.path("true.proof"), "rb") as f:
        rows = f.read().split(b"\n")
    at = next(i for i, row in enumerate(rows) if row.startswith(b"root "))
    rows[at:at + 1] = [b"root " + base64.b64encode(note) for note in roots]
    for name, content in (("chain.proof", b"\n".join(rows)), ("trusted", trusted)):
        with open(net.path(name), "wb") as f:
            f.write(content)
    done = net.run("proof", "verify", "--root", "trusted", "chain.proof", check=False)
    held = proofs.holds(b"\n".join(rows), trusted)
    check_equal(done.returncode, 0 if held else 5, f"the node, of a chain: {done.stderr}")
    return held


def root_chains(net: Network, makers: Makers, record: str) -> None:
    """Root n + 1 follows n alone, and needs a threshold of both."""
    net.at("F55", "proof export", "--out", net.path("true.proof"), record)
    first = makers.root.raw
    second, third, fourth = (makers.note(changed_root(makers.root.text, number), 1, 3)
                             for number in (2, 3, 4))
    check(judged(net, [first, second, third], first), "a whole chain, trusting its first")
    check(judged(net, [first, second], second), "a whole chain, trusting its second")
    one = makers.note(changed_root(makers.root.text, 2), 1)
    for name, roots in (("root 2 skipped", [first, third]),
                        ("root 3 skipped", [first, second, fourth]),
                        ("backwards", [first, second, first]),
                        ("one root twice", [first, first]),
                        ("the first missing", [second, third]),
                        ("one signature of two", [first, one]),
                        ("other keys under their own signatures", [first, thieves(makers)])):
        check(not judged(net, roots, first), f"a chain of roots, {name}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, BUREAU) as net:
        makers = Makers(net)
        with open(net.path("roster"), "rb") as f:
            first = notes.Note(f.read()).text
        second = after(first, 2)
        net.stop("SWROCU")
        wrong = attacks(makers, first)
        by_install(net, "SWROCU", wrong, "in a stopped home")
        check_equal(installs(net, "F55", makers.note(second, 1, 3))[0], 0, "the true version 2")
        by_install(net, "F55", attacks(makers, second), "at a running node")
        code, said = installs(net, "F55", makers.note(first, 1, 2))
        check(code == REFUSED and "older than the one in force" in said, f"rollback: {said}")
        code, said = installs(net, "F55", makers.note(second, 1, 2))
        check(code == REFUSED and "in force already" in said, f"the same again: {said}")
        check_equal(in_force(net, "F55"), "2", "the roster in force after all of it")
        by_peer(net, options.helper, wrong, makers.note(second, 1, 3))
        scene.figure("hostile_scripts", len(wrong))
        say(f"{len(wrong)} rosters refused in a stopped home, at a running node and from a peer")
        net.stop("F55")
        net.start("F55")
        scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
        root_chains(net, makers, expired(net, makers, second))


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
