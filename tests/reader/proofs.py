"""flagpost/proof/v1, as node/desk/proof.h describes it, judged with a root document alone."""

import dataclasses

from . import rosters, rules, sealed, trees
from .notes import (agency as agency_read, base64_read, Bad, Checkpoint, checkpoint_verify,
                    COSIGNATURE, decimal, ED25519, hex_read, LANES, need, Note, note_name,
                    Receipt, receipt_verify)


class Lines:
    def __init__(self, raw: bytes) -> None:
        need(raw.endswith(b"\n") and raw.isascii())
        self.rows = raw.decode()[:-1].split("\n")
        self.at = 0

    def next_is(self, key: str) -> bool:
        return self.at < len(self.rows) and self.rows[self.at].startswith(key + " ")

    def value(self, key: str) -> str:
        need(self.next_is(key))
        row = self.rows[self.at][len(key) + 1:]
        need(row and " " not in row)
        self.at += 1
        return row

    def base64(self, key: str) -> bytes:
        raw = base64_read(self.value(key))
        need(raw)
        return raw

    def path(self, key: str) -> bytes:
        text = self.value(key)
        return b"" if text == "-" else base64_read(text)

    def literal(self, text: str) -> None:
        need(self.at < len(self.rows) and self.rows[self.at] == text)
        self.at += 1


@dataclasses.dataclass
class View:
    checkpoint: bytes
    path: bytes
    receipts: list[bytes]


class Proof:
    """The form alone."""

    def __init__(self, raw: bytes) -> None:
        need(len(raw) <= 8 << 20, "limit")
        lines = Lines(raw)
        lines.literal("flagpost/proof/v1")
        self.realm = hex_read(lines.value("realm"), 32)
        self.roots = [lines.base64("root")]
        while lines.next_is("root"):
            self.roots.append(lines.base64("root"))
        self.roster = lines.base64("roster")
        self.record = hex_read(lines.value("record"), 16)
        self.header = lines.base64("header")
        self.leaf = base64_read(lines.value("leaf"))
        self.index = decimal(lines.value("index"))
        self.ciphertext = lines.base64("ciphertext") if lines.next_is("ciphertext") else None
        self.items = []
        while lines.next_is("item"):
            self.items.append((decimal(lines.value("item")), hex_read(lines.value("salt"), 16),
                               lines.base64("value"), lines.path("siblings")))
        self.views = []
        while lines.next_is("checkpoint"):
            view = View(lines.base64("checkpoint"), lines.path("path"), [])
            while lines.next_is("receipt"):
                view.receipts.append(lines.base64("receipt"))
            self.views.append(view)
        lines.literal("end")
        need(lines.at == len(lines.rows) and self.views)


@dataclasses.dataclass
class Facts:
    agency: str
    size: int
    witnesses: set[str]
    receipts: list[Receipt]
    items: list[tuple[int, bytes]]


def roots_check(proof: Proof, trusted: bytes) -> rosters.Root:
    last: rosters.Root | None = None
    for raw in proof.roots:
        root = rosters.root_verify(raw, last)
        keys = {key: None for key in root.keys + (last.keys if last else [])}
        need(root.note.all_known([(name, ED25519, key) for name, key in keys]), "signature")
        need(last is not None or root.realm == proof.realm, "realm")
        last = root
    texts = [Note(raw).text for raw in proof.roots]
    need(Note(trusted).text in texts, "signature")
    return last


def view_check(proof: Proof, view: View, roster: rosters.Roster,
               publisher: rosters.Agency) -> tuple[Checkpoint, set[str], list[Receipt]]:
    h = rules.header(proof.header)
    name = note_name(proof.realm, publisher.id)
    own = name, ED25519, publisher.signer(Note(view.checkpoint), name, ED25519)
    made = checkpoint_verify(view.checkpoint, own[2])
    origin = made.origin
    need((origin.realm, origin.agency, LANES[origin.lane], origin.epoch) ==
         (h.raw(2), h.text(3), h.get(4), h.raw(5)), "value")
    need(trees.inclusion_holds(proof.leaf, proof.index, made.size, view.path, made.root), "hash")
    named = [(one, note_name(proof.realm, one.id)) for one in roster.agencies]
    signers = [(name, COSIGNATURE, one.signer(made.note, name, COSIGNATURE))
               for one, name in named]
    need(made.note.all_known([own, *signers]), "signature")
    witnesses = {one.id for one, (name, _, key) in zip(roster.agencies, signers)
                 if made.note.cosigned_at(name, key) is not None}
    receipts = []
    for raw in view.receipts:
        follower = roster.find(agency_read(Note(raw).rows()[4].removeprefix("follower ")))
        need(follower is not None, "signature")
        name = note_name(proof.realm, follower.id)
        key = follower.signer(Note(raw), name, ED25519)
        receipt = receipt_verify(raw, key)
        need((receipt.origin, receipt.size, receipt.root) == (origin, made.size, made.root),
             "value")
        need(receipt.note.all_known([(name, ED25519, key)]), "signature")
        receipts.append(receipt)
    return made, witnesses - {publisher.id}, receipts


def items_check(proof: Proof) -> None:
    h = rules.header(proof.header)
    positions = [one[0] for one in proof.items]
    need(positions == sorted(set(positions)), "value")
    for position, salt, value, siblings in proof.items:
        rules.item(value)
        low = sealed.content_leaf(position, salt, value)
        need(trees.inclusion_holds(low, position, h.number(20), siblings, h.raw(19)), "hash")


def check(raw: bytes, trusted: bytes) -> Facts:
    """Every hash and signature; raises Bad for what does not hold."""
    proof = Proof(raw)
    root = roots_check(proof, trusted)
    roster = rosters.roster_verify(proof.roster, root, proof.realm)
    need(roster.note.all_known([(name, ED25519, key) for name, key in root.keys]), "signature")
    h = rules.header(proof.header)
    need(h.raw(2) == proof.realm and h.raw(7) == proof.record, "value")
    need(trees.leaf(proof.header) == proof.leaf and h.number(6) == proof.index, "hash")
    if proof.ciphertext is not None:
        need(sealed.blake(proof.ciphertext) == h.raw(30), "hash")
    publisher = roster.find(h.text(3))
    need(publisher is not None, "signature")
    items_check(proof)
    views = [view_check(proof, view, roster, publisher) for view in proof.views]
    sizes = [made.size for made, _, _ in views]
    need(sizes == sorted(set(sizes)), "value")
    return Facts(publisher.id, sizes[0], set().union(*(who for _, who, _ in views)),
                 [receipt for _, _, some in views for receipt in some],
                 [(position, value) for position, _, value, _ in proof.items])


def holds(raw: bytes, trusted: bytes) -> bool:
    try:
        check(raw, trusted)
    except (Bad, UnicodeDecodeError):
        return False
    return True
