"""A member with valid keys that lies in what it seals, signs and sends (member.c).

For each lie: SWROCU gives it the right class and no more; the other recipients, another
publisher and the liar's other lane go on; nothing false is held, no false receipt counts; and
served honestly again the stream goes on.  The last lie leaves a gap for ever, and says so.
"""

import argparse
import os
import re
import sqlite3
import subprocess
from dataclasses import dataclass

import scene
from scene import Failed, Network, check, check_equal, say

BUREAUX = {**scene.ONE_BUREAU, "F50": scene.AGENCIES["F50"]}
ALL = {"SWROCU", "JFC", "PND"}
REFUSED = 3  # the disposition, in a journal


@dataclass(frozen=True)
class Lie:
    """What SWROCU is to make of it."""

    name: str
    why: str  # the word in its log
    event: str = "entry.stored"  # stored as refused: header and reason, not the content
    everyone: bool = True  # the others are lied to as well


# Sealed and logged: every recipient refuses the entry, and the stream goes on behind it.
SEALED = (Lie("other-realm", "realm"), Lie("other-lane", "value"), Lie("other-agency", "value"),
          Lie("other-epoch", "value"), Lie("huge-index", "value"), Lie("index-zero", "value"),
          Lie("secret", "marking"), Lie("top-secret", "marking"),
          Lie("other-text", "hash"), Lie("other-key", "hash", everyone=False))
# On the way alone: nothing is taken until the honest bytes come.
SENT = (Lie("swapped-wrap", "hash", "peer.rejected", False),
        Lie("bad-signature", "signature", "peer.rejected", False),
        Lie("other-leaf", "hash", "peer.rejected", False),
        Lie("newer-version", "version", "peer.rejected", False))
HARMLESS = ("sent-twice", "repeated")
POISON = ("poison-zeros", "poison-fields", "poison-varints")
RECEIPTS = ("future-receipt", "other-receipt")


class Numbers:
    """A URN of its own for each record."""

    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 1
        return cls.last


told: list[str] = []


def tell(lie: str, became: str) -> None:
    told.append(lie)
    say(f"  {lie:18} {became}")


def publish(net: Network, agency: str = "F55", **fields: object) -> dict:
    return scene.published(net, agency, scene.simple_record(agency, Numbers.next(), **fields))


def run_as(net: Network, agency: str, helper: str, lie: str) -> None:
    """The agency's home is run by the lying program from now on."""
    net.stop(agency)
    with open(net.path(agency + ".log"), "a", encoding="utf-8") as log:
        net.processes[agency] = subprocess.Popen(
            [helper, "run", "--home", net.path(agency), "--credential",
             net.path(agency + ".credential")], stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, env={**os.environ, "FLAGPOST_LIE": lie})
    wait_running(net, agency)


def run_honest(net: Network, agency: str = "F55") -> None:
    net.stop(agency)
    net.start(agency)
    wait_running(net, agency)


def wait_running(net: Network, agency: str) -> None:
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def heard(net: Network, agency: str, lie: Lie, index: str, since: int) -> bool:
    """The agency's log has the lie's class, for this index where an entry was stored."""
    at = f"index={index} " if lie.event == "entry.stored" else ""
    return bool(re.search(rf"event={re.escape(lie.event)} .*peer=F55 lane=routine .*?{at}.*"
                          rf"why={lie.why}\b", scene.log_text(net, agency)[since:]))


def content_kept(net: Network, agency: str, why: str) -> int:
    """Bytes of content, and of keys to it, in the rows of what was refused for that."""
    with sqlite3.connect(f"file:{net.path(agency, 'journal.db')}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT length(ciphertext) + length(wraps) + length(kept) FROM entry "
                          "WHERE disposition = ? AND reason = ?", (REFUSED, why)).fetchall()
    check(rows, f"{agency} has stored no refusal ({why})")
    return sum(row[0] for row in rows)


def check_others_go_on(net: Network) -> None:
    """Another lane of the liar, and the same lane of another publisher."""
    urgent = publish(net, priority="high")
    check_equal(urgent["stream"], "immediate", "the lane of a high priority")
    scene.wait_stored(net, "F55", urgent["id"], ALL)
    scene.wait_stored(net, "F50", publish(net, "F50")["id"], ALL)


def check_held_once(net: Network, record: str) -> None:
    for agency in ALL:
        check_equal(scene.held(net, agency).count(record), 1, f"{agency}'s copies of {record}")


def test_sealed(net: Network, helper: str) -> None:
    for lie in SEALED:
        run_as(net, "F55", helper, lie.name)
        since = {agency: len(scene.log_text(net, agency)) for agency in ALL}
        place = publish(net)
        for agency in ALL if lie.everyone else {"SWROCU"}:
            scene.wait(f"{agency} to refuse {lie.name} ({lie.why})", lambda: heard(
                net, agency, lie, place["index"], since[agency]))
            check(place["id"] not in scene.held(net, agency), f"{agency} holds {lie.name}")
            check_equal(content_kept(net, agency, lie.why), 0, f"{agency} keeps content of {lie.name}")
        if not lie.everyone:
            scene.wait_stored(net, "F55", place["id"], ALL - {"SWROCU"})
        # The stream goes on behind it, still run by the liar.
        check_others_go_on(net)
        tell(lie.name, f"refused: {lie.why}")


def test_same_id(net: Network, helper: str) -> None:
    """A second text under one record id is refused, the first stays."""
    run_as(net, "F55", helper, "same-id")
    first = "0102030405060708090a0b0c0d0e0f10"
    publish(net)
    for agency in ALL:
        scene.wait("the first to be held", lambda: first in scene.held(net, agency))
    since = len(scene.log_text(net, "SWROCU"))
    second = publish(net, title="Another text under the same id")
    scene.wait("the second to be refused", lambda: heard(
        net, "SWROCU", Lie("same-id", "duplicate"), second["index"], since))
    check_held_once(net, first)
    _, shown = net.at("SWROCU", "show", first, "--purpose", "test")
    check("Another text" not in str(shown), "the first text is the one that is shown")
    tell("same-id", "refused: duplicate; the first text stays")


def test_sent(net: Network, helper: str) -> None:
    for lie in SENT:
        run_as(net, "F55", helper, lie.name)
        since = len(scene.log_text(net, "SWROCU"))
        place = publish(net)
        scene.wait(f"SWROCU to reject {lie.name} ({lie.why})",
                   lambda: heard(net, "SWROCU", lie, place["index"], since))
        scene.wait_stored(net, "F55", place["id"], ALL - {"SWROCU"})
        check_others_go_on(net)
        check(place["id"] not in scene.held(net, "SWROCU"), f"SWROCU holds {lie.name}")
        check("SWROCU" not in scene.stored_at(net, "F55", place["id"]), "a receipt for it")
        run_honest(net)
        scene.wait_stored(net, "F55", place["id"], ALL)
        check_held_once(net, place["id"])
        tell(lie.name, f"rejected: {lie.why}; taken once it came as it was signed")


def test_harmless(net: Network, helper: str) -> None:
    for name in HARMLESS:
        run_as(net, "F55", helper, name)
        for _ in range(3):
            place = publish(net)
            scene.wait_stored(net, "F55", place["id"], ALL)
            check_held_once(net, place["id"])
        tell(name, "held once")


def test_poison(net: Network, helper: str) -> None:
    """What opens and is no record is told in a sentence; the rest of the inbox is shown."""
    for name in POISON:
        run_as(net, "F55", helper, name)
        place = publish(net)
        for agency in ALL:
            scene.wait(f"{agency} to have an answer for {name}", lambda: any(
                row.get("id") == place["id"] for row in net.at(agency, "inbox")[1]))
            done = net.run("show", "--home", net.path(agency), "--purpose", "test",
                           place["id"], check=False)
            check(done.returncode == 1 and "what F55 sent opens and is no record" in done.stderr,
                  f"{agency} shows {name}: {done.returncode} {done.stderr}")
        check_others_go_on(net)
        tell(name, f"shown as what it is: {done.stderr.strip().splitlines()[0][:90]}")


def test_receipts(net: Network, helper: str) -> None:
    """SWROCU lies of what it holds: its receipts count for nothing, the others' do."""
    run_honest(net)
    for name in RECEIPTS:
        run_as(net, "SWROCU", helper, name)
        since = len(scene.log_text(net, "F55"))
        place = publish(net)
        scene.wait_stored(net, "F55", place["id"], ALL - {"SWROCU"})
        scene.wait(f"F55 to reject {name}", lambda: re.search(
            r"event=peer\.rejected .*peer=SWROCU lane=routine",
            scene.log_text(net, "F55")[since:]))
        check("SWROCU" not in scene.stored_at(net, "F55", place["id"]), f"{name} counts")
        # What it once signed it gives again when asked; the next one is honest and covers all.
        run_honest(net, "SWROCU")
        for record in (publish(net), place):
            scene.wait_stored(net, "F55", record["id"], ALL)
        tell(name, "rejected; the next honest one counts")


def test_gap(net: Network, helper: str) -> None:
    """An ordinal too high says that a record is missing: named, and never passed over."""
    run_as(net, "F55", helper, "other-ordinal")
    place = publish(net)
    scene.wait_stored(net, "F55", place["id"], ALL - {"SWROCU"})
    scene.wait("SWROCU to name the gap", lambda: any(
        row["agency"] == "F55" and row["stream"] == "routine"
        and row["following"] == "entries awaited"
        for row in scene.rows_at(net, "SWROCU", "status", "peer")))
    check(place["id"] not in scene.held(net, "SWROCU"), "what comes after a gap is held")
    check_others_go_on(net)
    tell("other-ordinal", "a gap that is named; everything else goes on")


def test(options: argparse.Namespace) -> None:
    if not options.helper:
        raise scene.Skipped("no --helper given: the program made from member.c")
    with scene.network(options.binary, BUREAUX) as net:
        scene.wait_stored(net, "F55", publish(net)["id"], ALL)
        for part in (test_sealed, test_same_id, test_sent, test_harmless, test_poison,
                     test_receipts, test_gap):
            try:
                part(net, options.helper)
            except KeyError as why:
                raise Failed(f"{part.__name__}: {why}") from why
        run_honest(net)
        for agency in net.agencies:
            if agency != "F55":
                scene.verify(net, agency)
        # The liar's own log convicts it.
        check_equal(net.at("F55", "verify", check=False)[0], 5, "the liar's journal")
        scene.figure("hostile_scripts", len(told))


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
