"""A lost home comes back from a backup: in a new folder, fenced, and never over a live one.

What was published after the backup is at its recipients once and stays so; what the backup has and
some recipient lacks is issued again in a new epoch; nobody takes it for a second history.  A node
restored without its keys opens what comes from then on.  SIGKILL leaves a whole home or none.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable

import history
import scene
from backup import key_options, make, make_key
from scene import Network, check, check_equal, say

RECIPIENTS = frozenset({"SWROCU", "JFC", "PND"})
REFUSED, DAMAGED = 1, 5
LONG = bool(os.environ.get("FLAGPOST_LONG"))
KILLS = 30 if LONG else 6
AGAIN_ROUNDS, AGAIN_KILLS = (8, 4) if LONG else (1, 2)


def restore(net: Network, agency: str, backup: dict, keys: bool = True,
            check_code: bool = True) -> subprocess.CompletedProcess:
    files = [backup["journal"]] + ([backup["keys"]] if keys else [])
    return net.run("restore", "--home", net.path(agency), *key_options(net), *files,
                   check=check_code)


def lose(net: Network, agency: str, number: int) -> None:
    """The machine burns: nothing of the home is left where it was."""
    net.stop(agency, signal.SIGKILL)
    os.rename(net.path(agency), net.path(f"{agency}.lost-{number}"))


def start(net: Network, agency: str) -> None:
    net.start(agency)
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def publish(net: Network, places: list[dict], count: int) -> list[str]:
    first = len(places) + 1
    made = [scene.published(net, "F55", scene.simple_record("F55", n))
            for n in range(first, first + count)]
    places += made
    return [p["id"] for p in made]


def publishing(net: Network, agency: str) -> str:
    return scene.rows_at(net, agency, "status", "node")[0]["publishing"]


def epochs(net: Network, agency: str) -> set[int]:
    return {int(row["epoch"]) for row in scene.rows_at(net, agency, "status", "stream")}


def new_epoch(net: Network, agency: str) -> None:
    """Once all peers are heard; until then it is refused and they are named."""
    def declared() -> bool:
        code, answers = net.at(agency, "new-epoch", check=False)
        told = answers[-1].get("sentence", "")
        check(code == 0 or "not heard since the start" in told, f"new epoch: {code} {told}")
        return code == 0
    scene.wait(f"{agency} to have a new epoch", declared)


def new_epoch_alone(net: Network, agency: str) -> None:
    """A new epoch while its peers stand still: what it asks them then has no answer."""
    peers = [process for other, process in net.processes.items() if other != agency]

    def declared() -> bool:
        for peer in peers:
            peer.send_signal(signal.SIGCONT)
        time.sleep(0.1)  # in which it may hear them
        for peer in peers:
            peer.send_signal(signal.SIGSTOP)
        return net.at(agency, "new-epoch", check=False)[0] == 0
    try:
        scene.wait(f"{agency} to have a new epoch", declared, 60)
    except scene.Failed:
        let_go(net, agency)
        raise


def let_go(net: Network, agency: str) -> None:
    for other, process in net.processes.items():
        if other != agency:
            process.send_signal(signal.SIGCONT)


def kill_meanwhile(net: Network, agency: str, chance: random.Random, kills: int,
                   is_at_work: Callable[[], object]) -> int:
    """A new epoch, then SIGKILLs of its node: before a peer has answered, and at random moments as
    they do; how many of them fell while it was at work."""
    hits = 0
    new_epoch_alone(net, agency)
    for number in range(kills):
        if number > 0:
            time.sleep(chance.uniform(0, 0.4))
        net.processes[agency].send_signal(signal.SIGSTOP)  # to look first
        at_work = bool(is_at_work())
        net.stop(agency, signal.SIGKILL)
        hits += at_work
        let_go(net, agency)
        check(number > 0 or at_work, "it had not waited for its peers")
        start(net, agency)
    return hits


def check_at_peace(net: Network) -> None:
    """No stream is quarantined anywhere, and nobody has evidence of a fork."""
    for agency in net.agencies:
        scene.verify(net, agency)
        _, answers = net.at(agency, "verify")
        bad = [row for row in answers if row.get("quarantine", "ok") != "ok"]
        check_equal(bad, [], f"quarantined at {agency}")
        evidence = [row["checked"] for row in answers if row.get("part") == "evidence"]
        check_equal(evidence, [0], f"notes of second histories at {agency}")
        check("stream.forked" not in scene.log_text(net, agency), f"{agency} found a fork")


def check_history(net: Network, places: list[dict]) -> None:
    """Every record that was ever acknowledged is at each recipient, and once."""
    attempts = [history.Attempt("F55", RECIPIENTS, p["id"], p["stream"], int(p["index"]))
                for p in places]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in RECIPIENTS}, attempts)
    check_equal(history.faults(found), {}, "the history of the recipients")
    for agency in RECIPIENTS:
        shown = scene.held(net, agency)
        check_equal(sorted(shown), sorted({p["id"] for p in places}), f"shown at {agency}")


def test_live_home(net: Network, backup: dict) -> None:
    for running in (True, False):
        done = restore(net, "F55", backup, check_code=False)
        check(done.returncode == REFUSED and "a backup never takes its place" in done.stderr,
              f"over a home, running: {running}: {done.stderr}")
        if running:
            net.stop("F55")
    start(net, "F55")
    os.makedirs(net.path("other"))
    with open(net.path("other", "letter"), "w", encoding="utf-8"):
        pass
    done = restore(net, "other", backup, check_code=False)
    check("this folder is not empty" in done.stderr, f"over other files: {done.stderr}")
    done = net.run("restore", "--home", net.path("elsewhere"), *key_options(net), backup["keys"],
                   check=False)
    check("the keys alone are no backup" in done.stderr, f"keys alone: {done.stderr}")
    check(not os.path.exists(net.path("elsewhere")), "a home without a journal")
    check(not os.path.exists(net.path("elsewhere.restore")), "its copy is left")


def test_publisher(net: Network, places: list[dict], backup: dict, number: int) -> None:
    """The bureau burns after it has published more; it goes on without using an index twice."""
    lose(net, "F55", number)
    told = restore(net, "F55", backup).stdout
    check("asks its peers by itself" in told, told)
    check(not os.path.exists(net.path("F55", "head")), "a restored home has a head guard")
    start(net, "F55")
    said = publishing(net, "F55")
    check(said.startswith(f"no: restored from backup {backup['backup']}"), said)
    code, answer = net.publish("F55", scene.simple_record("F55", 9000 + number))
    check_equal(code, DAMAGED, f"a restored node publishes: {answer}")
    new_epoch(net, "F55")
    net.stop("F55", signal.SIGKILL)
    start(net, "F55")
    check_equal(publishing(net, "F55"), "yes", "publishing after the new epoch and a kill")
    check(not os.path.exists(net.path("F55", "restored")), "it is restored for ever")
    logged = [row for row in net.at("F55", "audit", "--use", "integrity", "--purpose", "test")[1]
              if row.get("outcome", "").startswith("new epoch, restored from backup")]
    check_equal(len(logged), number, "rows of the log about restoring")
    scene.wait("what the peers hold to be back", lambda: all(
        net.at("F55", "trace", p["id"], check=False)[0] == 0 for p in places))
    last = publish(net, places, 3)[-1]
    scene.wait_stored(net, "F55", last, set(RECIPIENTS))
    say(f"bureau restored: epoch {max(epochs(net, 'F55'))}")


def test_unheard(net: Network, backup: dict) -> None:
    """The same backup once more: a peer may know the epoch of the first time, so it is asked."""
    lose(net, "F55", 2)
    net.stop("PND")
    restore(net, "F55", backup)
    start(net, "F55")
    scene.wait("the others to be heard", lambda: "PND.  They may know" in net.at(
        "F55", "new-epoch", check=False)[1][-1].get("sentence", ""))
    start(net, "PND")


def keys_of(net: Network, home: str) -> set[bytes]:
    """The wrapped storage keys of a home."""
    with sqlite3.connect(f"file:{net.path(home, 'keys.db')}?mode=ro", uri=True) as db:
        return {wrapped for (wrapped,) in db.execute("SELECT wrapped FROM storage_key")}


def is_closed(net: Network, agency: str, record: str) -> bool:
    return net.at(agency, "show", record, "--purpose", "test", check=False)[0] != 0


def erase(net: Network, agency: str, record: str) -> set[bytes]:
    """Recalled by its owner and erased by a holder; the keys that this took."""
    before = keys_of(net, agency)
    net.at("F55", "recall", record, "--reason", "test of a restore", "--person", "DI")
    scene.wait("the recall", lambda: is_closed(net, agency, record))
    _, told = net.at(agency, "statement", record, "--erased", "--person", "officer")
    until = scene.rows_at(net, agency, "status", "node")[0]["backup_keys_until"]
    check(until and f"its key is in a backup until {until}" in told[-1]["sentence"], f"{told}")
    return scene.wait("the key to be erased", lambda: before - keys_of(net, agency))


def erase_again(net: Network, backup: dict, gone: set[bytes], recalled: str, number: int,
                chance: random.Random) -> int:
    """Put back with the keys, killed while it finds out what to erase: it does, and nobody ever
    reads it; how many kills fell before."""
    lose(net, "JFC", number)
    restore(net, "JFC", backup)
    check_equal(gone - keys_of(net, "JFC"), set(), "keys that the older backup has not")
    start(net, "JFC")
    scene.wait("the recall to be applied again", lambda: is_closed(net, "JFC", recalled))

    def is_at_work() -> set[bytes]:
        return gone & keys_of(net, "JFC")
    hits = kill_meanwhile(net, "JFC", chance, AGAIN_KILLS, is_at_work)
    check(is_closed(net, "JFC", recalled), "shown in between")
    scene.wait("what was erased to be erased again", lambda: not is_at_work())
    check(is_closed(net, "JFC", recalled), "shown after all")
    return hits


def test_receiver(net: Network, places: list[dict], backup: dict, chance: random.Random) -> None:
    """A recipient burns: what came since comes again, what was recalled since is recalled, and
    what was erased since is erased, killed or not.  A backup from after the erasing has its key
    no more."""
    recalled = places[0]["id"]
    gone = erase(net, "JFC", recalled)
    later = make(net, "JFC")
    net.run("restore", "--home", net.path("aside"), *key_options(net), later["journal"],
            later["keys"])
    with open(net.path("aside", "keys.db"), "rb") as f:
        aside = f.read()
    check_equal([key for key in gone if key in aside], [], "keys erased before the backup")
    hits = sum(erase_again(net, backup, gone, recalled, number + 1, chance)
               for number in range(AGAIN_ROUNDS))
    scene.wait("what came since", lambda: {p["id"] for p in places[1:]} <= set(
        scene.held(net, "JFC")))
    check_equal([row for row in net.at("JFC", "todo")[1] if row.get("record") == recalled], [],
                "asked a second time what became of it")
    scene.wait_stored(net, "F55", places[-1]["id"], set(RECIPIENTS))
    scene.figure("kills", hits)


def test_without_keys(net: Network, places: list[dict], backup: dict) -> None:
    """Nothing opens that it held; what comes from now on does."""
    lose(net, "SWROCU", 1)
    done = restore(net, "SWROCU", backup, keys=False)
    check("Without its keys nothing opens" in done.stdout, done.stdout)
    start(net, "SWROCU")
    check("without its keys" in publishing(net, "SWROCU"), publishing(net, "SWROCU"))
    new_epoch(net, "SWROCU")
    def why_not() -> str:
        code, answers = net.at("SWROCU", "show", places[1]["id"], "--purpose", "test", check=False)
        check(code != 0, f"shown without its key: {answers}")
        return answers[-1].get("sentence", "")

    scene.wait("the sentence about the keys", lambda: "restored without the keys" in why_not())
    fresh = publish(net, places, 1)[0]
    scene.wait("a record of today to open", lambda: net.at(
        "SWROCU", "show", fresh, "--purpose", "test", check=False)[0] == 0, 60)
    scene.wait_stored(net, "F55", fresh, set(RECIPIENTS))


def test_kills(net: Network, backup: dict, chance: random.Random) -> None:
    """SIGKILL of the restoring: there is a whole home, or none."""
    whole = 0
    home = net.path("killed")
    begun = time.monotonic()
    net.run("restore", "--home", home + "//", *key_options(net), backup["journal"], backup["keys"])
    longest = 1.2 * (time.monotonic() - begun)
    os.rename(home, net.path("killed-0"))
    for i in range(KILLS):
        with subprocess.Popen([net.binary, "restore", "--home", home, *key_options(net),
                               backup["journal"], backup["keys"]], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0, longest))
            process.kill()
            process.wait()
        if os.path.exists(home):
            code, answers = net.at("killed", "verify", check=False)
            check_equal(code, 0, f"a home that a killed restore has left: {answers}")
            os.rename(home, net.path(f"killed-{i + 1}"))
            whole += 1
    if not os.path.exists(home):
        net.run("restore", "--home", home, *key_options(net), backup["journal"], backup["keys"])
    check_equal(net.at("killed", "verify", check=False)[0], 0, "restored after the kills")
    check(not os.path.exists(home + ".restore"), "a copy is left")
    say(f"{KILLS} kills, after {whole} of which the home was whole")


def test(options: argparse.Namespace) -> None:
    places: list[dict] = []
    chance = random.Random(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        make_key(net)
        scene.wait_stored(net, "F55", publish(net, places, 5)[-1], set(RECIPIENTS))
        net.stop("PND")
        publish(net, places, 3)  # which PND lacks when the backup is made
        backup = make(net)
        start(net, "PND")
        test_live_home(net, backup)
        last = publish(net, places, 4)[-1]  # which the backup lacks
        scene.wait_stored(net, "F55", last, set(RECIPIENTS))
        test_publisher(net, places, backup, 1)
        check_history(net, places)
        test_unheard(net, backup)
        new_epoch(net, "F55")
        check_equal(min(epochs(net, "F55")), 3, "the epoch after the second restore")
        scene.wait_stored(net, "F55", publish(net, places, 2)[-1], set(RECIPIENTS))
        check_history(net, places)
        recipients = {agency: make(net, agency) for agency in ("SWROCU", "JFC")}
        scene.wait_stored(net, "F55", publish(net, places, 3)[-1], set(RECIPIENTS))
        test_receiver(net, places, recipients["JFC"], chance)
        test_without_keys(net, places, recipients["SWROCU"])
        check_at_peace(net)
        test_kills(net, backup, chance)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
