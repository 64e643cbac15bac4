"""What a network of real nodes signs, hashes and counts holds for a reader of another make.

tests/reader is written from the documents and shares no code with the node.  It judges exported
proofs as `proof verify` does, refuses every changed byte of them as that does, and goes through
each home: documents, checkpoints, trees, headers, counts, cosignatures and receipts, and every entry that the home's
credential opens, by its wrap and by the kept key.
"""

import argparse
import dataclasses
import json
import os
import random
import sqlite3
import subprocess
import sys

import scene
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))

from reader import notes, proofs, rosters, rules, sealed, sodium, trees  # noqa: E402  (as above)
from reader.notes import LANES  # noqa: E402

LONG = os.environ.get("FLAGPOST_LONG") == "1"
FLIPS, FLIPS_BOTH = (10**6, 2000) if LONG else (1500, 120)
PUBLISHED = 6


def judge(binary: str, root: str, proof: str) -> tuple[int, dict]:
    done = subprocess.run([binary, "proof", "verify", "--root", root, "--json", proof],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def same_facts(options: argparse.Namespace, root: str, path: str) -> proofs.Facts:
    """Both accept the proof and say the same of it."""
    with open(path, "rb") as f, open(root, "rb") as r:
        facts = proofs.check(f.read(), r.read())
    code, told = judge(options.binary, root, path)
    check_equal(code, 0, f"proof verify: {told}")
    check_equal((told["agency"], told["size"]), (facts.agency, facts.size), "what is proved")
    check_equal({one["agency"] for one in told["witnesses"]}, facts.witnesses, "the witnesses")
    check_equal(sorted((one["agency"], one["held"]) for one in told["receipts"]),
                sorted((one.follower, one.counts["held"]) for one in facts.receipts),
                "the receipts")
    check_equal([one["position"] for one in told["items"]], [one for one, _ in facts.items],
                "the items shown")
    return facts


def same_refusals(options: argparse.Namespace, root: str, path: str) -> None:
    """One bit of a byte is turned; every byte that there is time for, and some for both."""
    chance = random.Random(options.seed)
    with open(path, "rb") as f, open(root, "rb") as r:
        good, trusted = f.read(), r.read()
    places = list(range(len(good)))
    chance.shuffle(places)
    changed = path + ".changed"
    for i, place in enumerate(places[:FLIPS]):
        turned = bytearray(good)
        turned[place] ^= 1 << chance.randrange(8)
        check(not proofs.holds(bytes(turned), trusted), f"byte {place} of {path} was changed")
        if i >= FLIPS_BOTH:
            continue
        with open(changed, "wb") as f:
            f.write(turned)
        code, told = judge(options.binary, root, changed)
        check_equal(code, 5, f"byte {place} of {path} for the node: {told}")
    say(f"{min(FLIPS, len(good))} of {len(good)} bytes changed in {os.path.basename(path)} and "
        f"refused, {min(FLIPS_BOTH, len(good))} by both")


@dataclasses.dataclass
class Stream:
    """One log as a home has it, built up from its groups."""
    leaves: list[bytes] = dataclasses.field(default_factory=list)
    roots: dict[int, bytes] = dataclasses.field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)


class Home:
    """A stopped node's journal, read without any of the node's code."""

    def __init__(self, net: Network, agency: str) -> None:
        self.agency = agency
        self.streams: dict[notes.Origin, Stream] = {}
        self.checked = {"groups": 0, "entries": 0, "counts": 0, "cosignatures": 0,
                        "receipts": 0, "proofs": 0, "opened": 0}
        self.db = sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True)
        with open(net.path(agency, "root"), "rb") as f:
            self.root = rosters.root_verify(f.read())
        note = self.db.execute("SELECT note FROM document WHERE kind = 2").fetchone()[0]
        self.roster = rosters.roster_verify(note, self.root, self.root.realm)

    def key(self, agency: str) -> bytes:
        return self.roster.find(agency).sign

    def read(self) -> None:
        headers = self.headers()
        for salt, leaves, note in self.db.execute(
                "SELECT salt, leaves, checkpoint FROM commit_group ORDER BY place"):
            self.group(salt, trees.hashes(leaves), note, headers)
        self.consistent()
        for table in ("receipt", "own_receipt"):
            for peer, note, receipt in self.db.execute(
                    f"SELECT peer, cosignature, receipt FROM {table}"):
                self.receipt(peer if table == "receipt" else self.agency, note, receipt)

    def headers(self) -> dict[bytes, bytes]:
        """By leaf hash; each in the one form, and hashing to what the row says."""
        found = {}
        for leaf, header in self.db.execute("SELECT leaf, header FROM entry"):
            if header:
                rules.header(header)
                check_equal(trees.leaf(header), leaf, f"{self.agency}: a leaf hash")
                found[leaf] = header
                self.checked["entries"] += 1
        return found

    def group(self, salt: bytes, leaves: list[bytes], note: bytes,
              headers: dict[bytes, bytes]) -> None:
        origin = notes.checkpoint_read(note).origin
        c = notes.checkpoint_verify(note, self.key(origin.agency))
        stream = self.streams.setdefault(origin, Stream())
        for leaf in leaves:
            if leaf in headers:
                self.placed(origin, len(stream.leaves), rules.header(headers[leaf]), stream)
            stream.leaves.append(leaf)
        check_equal(c.size, len(stream.leaves), f"{self.agency}: the size of {origin}")
        check_equal(c.root, trees.root(stream.leaves), f"{self.agency}: the root of {origin}")
        stream.roots[c.size] = c.root
        self.checked["groups"] += 1
        if origin.agency == self.agency:
            self.counted(c, salt, stream)

    def placed(self, origin: notes.Origin, index: int, h: rules.Message, stream: Stream) -> None:
        """A header names the place it stands in; whom it is for is counted."""
        check_equal((h.raw(2), h.text(3), h.get(4), h.raw(5), h.number(6)),
                    (origin.realm, origin.agency, LANES[origin.lane], origin.epoch, index),
                    f"{self.agency}: what a header says of its place")
        for one in h.list(25):
            before = stream.counts.get(one.text(1), (0, 0))[0]
            stream.counts[one.text(1)] = before + 1, index

    def counted(self, c: notes.Checkpoint, salt: bytes, stream: Stream) -> None:
        """One leaf for each agency of the roster, also for those nothing was addressed to."""
        leaves = [sealed.count_leaf(salt, one.id.encode(), *stream.counts.get(one.id, (0, 0)))
                  for one in self.roster.agencies]
        check_equal(c.agencies, len(leaves), "agencies that are counted")
        check_equal(c.counts_root, trees.root(leaves), f"{self.agency}: the counts of {c.origin}")
        self.checked["counts"] += 1

    def consistent(self) -> None:
        """Each checkpoint of a stream extends the one before it."""
        for stream in self.streams.values():
            sizes = sorted(stream.roots)
            for old, new in zip(sizes, sizes[1:]):
                path = b"".join(consistency(stream.leaves[:new], old))
                held = trees.consistency_holds(old, stream.roots[old], new, stream.roots[new],
                                               path)
                check(held, f"{self.agency}: {old} to {new}")
                check(not trees.consistency_holds(old, stream.roots[new], new,
                                                  stream.roots[new], path), "another old root")
                self.checked["proofs"] += 1

    def receipt(self, signer: str, note: bytes, receipt: bytes) -> None:
        """A cosignature, and a receipt where something was addressed to its signer."""
        c = notes.checkpoint_read(note)
        c = notes.checkpoint_verify(note, self.key(c.origin.agency))
        check_equal(c.root, trees.root(self.streams[c.origin].leaves[:c.size]),
                    f"{self.agency}: the root that {signer} has cosigned")
        name = notes.note_name(self.root.realm, signer)
        check(c.note.cosigned_at(name, self.key(signer)), f"{signer}'s cosignature")
        self.checked["cosignatures"] += 1
        if receipt:
            r = notes.receipt_verify(receipt, self.key(signer))
            check_equal((r.origin, r.size, r.root, r.follower),
                        (c.origin, c.size, c.root, signer), f"{signer}'s receipt")
            self.checked["receipts"] += 1


class Vault:
    """What node.key and keys.db hold, opened with the credential."""

    def __init__(self, net: Network, agency: str) -> None:
        with open(net.path(agency + ".credential"), "rb") as c, \
                open(net.path(agency, "node.key"), "rb") as f:
            secrets = sealed.keyfile_open(f.read(), c.read())
        check_equal(len(secrets), 96, "signing seed, CURVE secret and master secret")
        self.key = sealed.blake(b"flagpost/keyring/wrap/v1", secrets[64:])
        with sqlite3.connect(f"file:{net.path(agency, 'keys.db')}?mode=ro", uri=True) as db:
            self.kx = {number: self.unwrap(b"flagpost/kx/v1" + number.to_bytes(4, "big") +
                                           since.to_bytes(8, "big"), raw)
                       for number, since, raw in db.execute(
                           "SELECT number, since, wrapped FROM kx_secret")}
            check(all(self.kx.values()), f"{agency}: a KX secret does not open")
            self.storage = [raw for raw, in db.execute("SELECT wrapped FROM storage_key")]

    def unwrap(self, aad: bytes, raw: bytes) -> bytes | None:
        return sodium.xchacha_open(self.key, raw[:24], aad, raw[24:])

    def storage_key(self, h: rules.Message) -> bytes | None:
        """It opens in its own place alone, so that it is found by trying."""
        agency = h.raw(3)
        place = (b"flagpost/storage-key/v1" + bytes([len(agency)]) + agency +
                 bytes([h.get(4)]) + h.raw(5) + h.number(6).to_bytes(8, "big"))
        found = [key for key in (self.unwrap(place, raw) for raw in self.storage) if key]
        check(len(found) < 2, f"one storage key in two places: {place!r}")
        return found[0] if found else None


def open_all(home: Home, vault: Vault) -> None:
    """Each entry for this agency, by both ways to its content key."""
    for header, ciphertext, wraps, kept in home.db.execute(
            "SELECT header, ciphertext, wraps, kept FROM entry WHERE length(ciphertext) > 0"):
        h = rules.header(header)
        ids = [one.text(1) for one in h.list(25)]
        rank = ids.index(home.agency)
        # A publisher keeps all of an entry's wraps, a recipient its own and the publisher's.
        at = rank if h.text(3) == home.agency else 0
        secret = vault.kx[h.list(25)[rank].number(2)]
        key, ordinal = sealed.open_wrap(header, ciphertext, rank, wraps[56 * at:56 * at + 56],
                                        secret)
        check(ordinal >= 1, "ordinals begin at one")
        storage = vault.storage_key(h)
        check(storage is not None, f"{home.agency}: no storage key")
        check_equal(sodium.xchacha_open(storage, kept[:24], b"flagpost/kept/v1" + h.raw(7),
                                        kept[24:]), key, "the kept key")
        for _, item in sealed.open_content(header, ciphertext, key):
            rules.item(item)
        home.checked["opened"] += 1


def consistency(leaves: list[bytes], old: int, known: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if old == len(leaves):
        return [] if known else [trees.root(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= k:
        return consistency(leaves[:k], old, known) + [trees.root(leaves[k:])]
    return consistency(leaves[k:], old - k, False) + [trees.root(leaves[:k])]


def exported(net: Network, place: dict) -> list[str]:
    """A whole proof with its ciphertext from the publisher, and a copy of two items."""
    whole, copy = net.path("whole.proof"), net.path("copy.proof")
    net.at("F55", "proof export", "--with-ciphertext", "--out", whole, place["id"])
    net.at("SWROCU", "redact", place["id"], "--items", "facts, text 1", "--out", copy,
           "--purpose", "for the neighbouring unit")
    return [whole, copy]


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        for number in range(1, PUBLISHED + 1):
            priority = {"priority": "high"} if number % 3 == 0 else {}
            place = scene.published(net, "F55", scene.simple_record("F55", number, **priority))
            scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
        files = exported(net, place)
        for agency in list(net.agencies):
            net.stop(agency)
        root = net.path("roots", "root")
        whole, copy = [same_facts(options, root, path) for path in files]
        check(len(whole.witnesses) >= 2 and len(whole.receipts) >= 1, "a proof with witnesses")
        check(copy.items and not whole.items, "a copy with items")
        for path in files:
            same_refusals(options, root, path)
        for agency in net.agencies:
            home = Home(net, agency)
            home.read()
            open_all(home, Vault(net, agency))
            home.db.close()
            say(f"{agency}: " + ", ".join(f"{n} {what}" for what, n in home.checked.items()))
            check(all(home.checked.values()), f"{agency}: nothing of a kind")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
