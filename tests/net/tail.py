"""What was sealed since a backup is shipped in a tail, and is back after the machine is lost.

A tail is made beside the running node, every few minutes; each has all since the backup, and the
newest alone is kept.  Put back with its backup it brings what no peer can give: the agency's log,
what was decided, records that had reached nobody; and what was erased since is erased again.  It
holds no content as it is, and no key; where it cannot go on from the backup a whole one is made.
"""

import argparse
import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import scene
from backup import content, flipped, key_options, make_key, verify
from canary import Canaries, full_record, needles, search
from held import hold, utc
from restore import RECIPIENTS, check_at_peace, check_history, kill_meanwhile, lose, start
from review import WHY, listed, must, opened
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))
from reader import backups, hpke, sealed  # noqa: E402  (found by the line above)

REFUSED, DAMAGED = 1, 5
KILLS = 20 if os.environ.get("FLAGPOST_LONG") else 3  # of the maker, in the midst of it
TRIES = 10  # for each of them
TAKEN_KILLS = 8 if os.environ.get("FLAGPOST_LONG") else 2
PURPOSE = "a reading that only the tail knows of"
USE = ("--use", "integrity", "--purpose", "test")


def tail(net: Network, agency: str = "F55") -> dict:
    os.makedirs(net.path("backups"), exist_ok=True)
    return net.at(agency, "backup tail", "--recovery", net.path("recovery.key.pub"), "--out",
                  net.path("backups"))[1][-1]


def restore(net: Network, home: str, *files: str, code: int = 0) -> str:
    done = net.run("restore", "--home", net.path(home), *key_options(net), *files, check=False)
    check_equal(done.returncode, code, f"restore of {files}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def draft(net: Network, number: int) -> str:
    _, answers = net.at("F55", "draft", "-", text=json.dumps(scene.simple_record("F55", number)))
    return answers[0]["id"]


def drafts(net: Network) -> set[str]:
    return {row["id"] for row in net.at("F55", "draft list")[1] if "id" in row}


def held(net: Network) -> set[str]:
    return {row["id"] for row in net.at("F55", "publish", "--held")[1] if "until" in row}


def log(net: Network, *more: str) -> list[tuple[str, ...]]:
    rows = [row for row in net.at("F55", "audit", *USE, *more)[1] if "operation" in row]
    return [tuple(row.get(field, "") for field in ("at", "operation", "actor", "object", "purpose",
                                                   "outcome")) for row in rows]


def test_first_is_whole(net: Network) -> dict:
    whole = tail(net)
    check("journal" in whole and "tail" not in whole, f"without a backup a whole one: {whole}")
    again = tail(net)
    check_equal(again["backup"], whole["backup"], "what the tail goes on from")
    return whole


def recovery_secret(net: Network) -> bytes:
    seed = sealed.keyfile_open(content(net.path("recovery.key")), content(net.credential("recovery")))
    return hpke.derive_key_pair(seed)[0]


def unfinished(net: Network) -> list[str]:
    return glob.glob(net.path("backups", "F55-*.backup.*"))


def kill_makers(net: Network, chance: random.Random) -> int:
    """SIGKILL of whoever makes a tail: what stands under a name opens to its last byte, one at least
    does, and the next takes away what is unfinished."""
    begun = time.monotonic()
    tail(net)
    longest = 1.2 * (time.monotonic() - begun)
    hits = tries = 0
    while hits < KILLS:
        tries += 1
        check(tries <= TRIES * KILLS, f"of {tries} kills {hits} fell while a tail was made")
        with subprocess.Popen([net.binary, "backup", "tail", "--home", net.path("F55"), "--recovery",
                               net.path("recovery.key.pub"), "--out", net.path("backups")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as maker:
            if tries % 2:
                time.sleep(chance.uniform(0, longest))
            while tries % 2 == 0 and maker.poll() is None and not unfinished(net):
                pass  # it is there for some milliseconds
            maker.kill()
        hits += maker.returncode == -signal.SIGKILL
        check(tails(net), "the last tail went, and no other is there")
    secret = recovery_secret(net)
    for path in tails(net):
        check(backups.files(content(path), secret)["tail"], f"nothing in {path}")
    last = tail(net)["tail"]
    check_equal((tails(net), unfinished(net)), ({last}, []), "after the next tail")
    check(not os.path.exists(net.path("F55", "backup", "tail")), "its frames are left in the home")
    return hits


def test_secret(net: Network, path: str, canaries: Canaries, lanes: set[int]) -> int:
    """Neither text nor key is to be read in it; the second reader finds the frames of each lane,
    and how many there are."""
    wanted = needles(canaries) | {b"tail": "a name"}
    with sqlite3.connect(f"file:{net.path('F55', 'keys.db')}?mode=ro", uri=True) as db:
        for (wrapped,) in db.execute("SELECT wrapped FROM storage_key"):
            wanted[wrapped] = "wrapped storage key"
    check_equal(search(content(path), wanted), set(), "in the tail")
    check_equal(os.stat(path).st_mode & 0o077, 0, "others may read the tail")
    frames = backups.files(content(path), recovery_secret(net))["tail"]
    check_equal(search(frames, wanted), set(), "in what is sealed in the tail")
    found, at, count = set(), 0, 0
    while at < len(frames):
        size = int.from_bytes(frames[at:at + 4], "big")
        found.add(frames[at + 5])
        at, count = at + 4 + size, count + 1
    check_equal((found, at), (lanes, len(frames)), "lanes of its frames, to its last byte")
    return count


def test_refusals(net: Network, backup: dict, path: str) -> None:
    check("a tail goes on from a backup" in restore(net, "nowhere", path, code=REFUSED), "alone")
    pair = (backup["journal"], backup["keys"])
    told = restore(net, "nowhere", *pair, flipped(net, path, os.path.getsize(path) - 1, 3),
                   code=DAMAGED)
    check("tail in it, bytes " in told, f"a changed byte: {told}")
    other = tail(net, "JFC")
    other = tail(net, "JFC")
    told = restore(net, "nowhere", *pair, other["tail"], code=REFUSED)
    check("of another agency" in told, f"another's: {told}")
    check(not os.path.exists(net.path("nowhere")), "a home of what was refused")
    code, told, _ = verify(net, *pair)
    check_equal(code, 0, f"the backup itself: {told}")


def test_of_another(net: Network, older: dict, path: str) -> dict:
    """A tail that a backup has all of, and one that goes on from a later backup: with either a home
    would lack something, or seem to have what it has not."""
    kept = net.path("kept.tail")
    shutil.copy(path, kept)
    newer = net.at("F55", "backup make", "--recovery", net.path("recovery.key.pub"), "--out",
                   net.path("backups"))[1][-1]
    told = restore(net, "nowhere", newer["journal"], newer["keys"], kept, code=REFUSED)
    check("has nothing that the backup has not" in told, f"an older tail: {told}")
    last = tail(net)["tail"]
    told = restore(net, "nowhere", older["journal"], older["keys"], last, code=REFUSED)
    check("it goes on from another backup" in told and "its local log begins at" in told,
          f"of a later one: {told}")
    check(not os.path.exists(net.path("nowhere")), "a home of what was refused")
    restore(net, "somewhere", newer["journal"], newer["keys"], last)
    return newer


def taken(net: Network) -> str:
    """How the tail was taken in, as the log tells it."""
    return scene.wait("the tail to be taken in", lambda: next(
        (row[-1] for row in log(net) if "was looked through" in row[-1]), ""), 60)


def test_comes_back(net: Network, places: list[dict], backup: dict, kept: dict,
                    chance: random.Random) -> None:
    since = [scene.published(net, "F55", scene.simple_record("F55", n)) for n in (10, 11)]
    scene.wait_stored(net, "F55", since[-1]["id"], set(RECIPIENTS))
    for agency in RECIPIENTS:
        net.stop(agency)
    alone = scene.published(net, "F55", scene.simple_record("F55", 12))  # nobody has it
    places += [*since, alone]
    net.at("F55", "draft discard", kept["discarded"], "--reason", "not ours")
    net.at("F55", "publish", "--cancel", kept["cancelled"])
    net.at("F55", "show", since[0]["id"], "--purpose", PURPOSE)
    must(net, "hold", kept["set"], "--reference", "R v TAIL", *WHY)
    killed = kill_makers(net, chance)
    first = tail(net)
    before = log(net)
    last = tail(net)
    check(not os.path.exists(first["tail"]) and os.path.exists(last["tail"]), "the older tail is kept")
    check(int(last["groups"]) > int(first["groups"]), f"each has all since the backup: {first} {last}")
    frames = test_secret(net, last["tail"], kept["canaries"], {2, 3})
    lose(net, "F55", 1)
    told = restore(net, "F55", backup["journal"], backup["keys"], last["tail"])
    check("Its tail, until" in told, told)
    for agency in RECIPIENTS:
        start(net, agency)
    start(net, "F55")
    check("with its tail until" in scene.rows_at(net, "F55", "status", "node")[0]["publishing"], "status")
    killed += kill_meanwhile(net, "F55", chance, TAKEN_KILLS,
                             lambda: os.path.exists(net.path("F55", "tail")))
    check(f"frames taken {frames}, refused 0" in taken(net), f"{frames} frames: {taken(net)}")
    check(not os.path.exists(net.path("F55", "tail")), "the tail is left in the home")
    check_equal(drafts(net), {kept["draft"]}, "drafts, one of which was discarded")
    check_equal(held(net), {kept["held"]}, "held records, one of which was cancelled")
    check_equal(listed(net)[kept["set"]]["holds"], "1", "the hold that was put since")
    old = next(row["epoch"] for row in net.at("F55", "verify")[1]
               if row.get("lane") == "local" and row.get("agency") == "F55")
    back = log(net, "--epoch", old)
    check_equal(back[:len(before)], before, "the log of before, row by row")
    check(any(row[4] == PURPOSE for row in back), "who read what since the backup")
    scene.wait_stored(net, "F55", alone["id"], set(RECIPIENTS))
    scene.figure("kills", killed)


def tails(net: Network) -> set[str]:
    return set(glob.glob(net.path("backups", "F55-*-tail.backup")))


def test_beside(net: Network, *files: str) -> None:
    """While a backup is made none is begun, up to its last step: what the one knows nothing of, the
    other would take away.  The maker is stopped where it has sealed and waits for the node."""
    node = net.processes["F55"]
    command = [net.binary, "backup", "make", "--home", net.path("F55"), "--recovery",
               net.path("recovery.key.pub"), "--out", net.path("backups")]
    node.send_signal(signal.SIGSTOP)
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              cwd=net.folder, text=True) as maker:
            scene.wait("the journal to be sealed", lambda: glob.glob(
                net.path("backups", "F55-*-journal.backup.*")) and not os.path.exists(
                    net.path("F55", "backup", "keys.db")))
            maker.send_signal(signal.SIGSTOP)
            node.send_signal(signal.SIGCONT)
            try:
                done = net.run(*command[1:2], "tail", *command[3:], check=False)
            finally:
                maker.send_signal(signal.SIGCONT)
            told = maker.communicate(timeout=60)[0]
    finally:
        node.send_signal(signal.SIGCONT)
    check_equal(maker.returncode, 0, f"the backup beside which a tail was wanted: {told}")
    check("is at work here" in done.stderr, f"the tail: {done.returncode} {done.stdout}{done.stderr}")
    check_equal([path for path in files if not os.path.exists(path)], [], "what stood there")


def test_whole_again(net: Network) -> None:
    """Where no tail goes on from the backup: the restored node has none, and then its epoch ends.
    Tails of before stay for as long as keys do, as it may have been restored without them."""
    before = tails(net)
    check(before, "no tail of before the machine was lost")
    whole = tail(net)
    check("journal" in whole, f"after a restore: {whole}")
    check_equal(tails(net), before, "tails that a restored home may lack")
    told = restore(net, "nowhere", whole["journal"], whole["keys"], *before, code=REFUSED)
    check("log is of epoch 1 and that of the backup of epoch 2" in told, f"of an epoch before: {told}")
    check_equal(tail(net)["backup"], whole["backup"], "and then tails again")
    tail(net)
    check_equal(len(tails(net) - before), 1, "tails of this epoch")
    test_beside(net, *before)
    check_equal(tails(net), before, "tails after a whole backup of their epoch, and of another")
    for path in before:
        with open(path, "r+b") as f:
            f.seek(74)  # "made" of the header
            f.write((1).to_bytes(8, "big"))
    tail(net)
    check_equal(tails(net) & before, set(), "tails of before that are past the time")
    net.stop("F55")
    os.remove(net.path("F55", "head"))
    start(net, "F55")
    net.at("F55", "new-epoch")
    done = net.run("backup", "tail", "--home", net.path("F55"), "--recovery",
                   net.path("recovery.key.pub"), "--out", net.path("backups"))
    check("a new epoch has begun since the backup" in done.stderr, done.stderr)
    check("verified: " in done.stdout, f"a whole one is made: {done.stdout}")


def test_damaged(net: Network) -> None:
    """An entry that the journal cannot give is told, and a tail without it is no success: the one
    before, which has it, stays."""
    before = tail(net, "JFC")["tail"]
    net.stop("JFC")
    with sqlite3.connect(net.path("JFC", "journal.db")) as db:
        changed = db.execute("""UPDATE entry SET ciphertext = x'00' WHERE place =
            (SELECT max(place) FROM entry WHERE place >> 40 =
             (SELECT number FROM stream WHERE agency = 'JFC' AND lane = 3))""").rowcount
    check_equal(changed, 1, "rows changed")
    start(net, "JFC")
    done = net.run("backup", "tail", "--home", net.path("JFC"), "--recovery",
                   net.path("recovery.key.pub"), "--out", net.path("backups"), check=False)
    check_equal(done.returncode, DAMAGED, f"a tail that lacks an entry: {done.stdout}{done.stderr}")
    check("1 of its entries cannot be read in the journal and are not in it" in done.stderr,
          done.stderr)
    check(os.path.exists(before), "the tail that has it is gone")


def test(options: argparse.Namespace) -> None:
    canaries = Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        make_key(net)
        places = [scene.published(net, "F55", full_record(canaries, "low", 1))]
        kept = {"canaries": canaries, "draft": draft(net, 50), "discarded": draft(net, 51),
                "held": hold(net, scene.simple_record("F55", 52), utc(3600)),
                "cancelled": hold(net, scene.simple_record("F55", 53), utc(3600)),
                "set": opened(net)}
        backup = test_first_is_whole(net)
        older = tail(net)["tail"]
        test_refusals(net, backup, older)
        backup = test_of_another(net, backup, older)
        test_comes_back(net, places, backup, kept, random.Random(options.seed))
        check_history(net, places)
        test_whole_again(net)
        check_at_peace(net)
        test_damaged(net)
        say("the log, decisions and a record that nobody had are back")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
