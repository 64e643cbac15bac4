"""A backup of a running node is verified before it counts, and opens to its recovery key alone.

It is made while records are published, by the node's own reader; no content and no key is in it as
it is; one byte changed anywhere is refused with where; keys past their time do not open, and what
was erased before stays erased; what a killed maker leaves is gone.
"""

import argparse
import glob
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading

import scene
from canary import Canaries, full_record, needles, search
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))
from reader import backups, hpke, sealed  # noqa: E402  (found by the line above)

EVERYONE = {"SWROCU", "JFC", "PND"}
REFUSED, FORBIDDEN, DAMAGED = 1, 4, 5
HEADER = 234  # crypto/README.md, "Backup"


class Loud:
    """A bureau that publishes until it is stopped."""

    def __init__(self, net: Network, first: int):
        self.net, self.next, self.ids = net, first, []
        self.end = threading.Event()
        self.failure: Exception | None = None
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        try:
            while not self.end.is_set():
                record = scene.simple_record("F55", self.next)
                self.ids.append(scene.published(self.net, "F55", record)["id"])
                self.next += 1
        except Exception as why:  # told by the test's own thread
            self.failure = why

    def __enter__(self) -> "Loud":
        self.thread.start()
        scene.wait("the first records", lambda: len(self.ids) > 2 or self.failure)
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self.thread.join()
        if self.failure:
            raise self.failure


def content(path: str) -> bytes:
    with open(path, "rb") as f:
        return f.read()


def make_key(net: Network, name: str = "recovery.key") -> None:
    net.run("backup", "key", name, "--credential", net.credential("recovery"))


def make(net: Network, agency: str = "F55", *options: str) -> dict:
    """A backup; the answer names its two files."""
    os.makedirs(net.path("backups"), exist_ok=True)
    return net.at(agency, "backup make", "--recovery", net.path("recovery.key.pub"), "--out",
                  net.path("backups"), *options)[1][-1]


def key_options(net: Network, key: str = "recovery.key") -> list[str]:
    return ["--key", net.path(key), "--credential", net.credential("recovery")]


def verify(net: Network, *files: str, key: str = "recovery.key") -> tuple[int, str, dict]:
    """(exit code, what was said, the answer)."""
    done = net.run("backup", "verify", *key_options(net, key), "--work", net.path("work"), "--json",
                   *files, check=False)
    check(not os.path.exists(net.path("work")), "the opened copy is left behind")
    answers = scene.lines_of(done.stdout)
    return done.returncode, done.stderr, answers[-1] if answers else {}


def test_while_publishing(net: Network) -> dict:
    with Loud(net, 1000) as loud:
        before = list(loud.ids)
        backup = make(net)
    code, told, found = verify(net, backup["journal"], backup["keys"])
    check_equal(code, 0, f"the backup verifies: {told}")
    check_equal(found["backup"], backup["backup"], "its name")
    check(len(before) <= int(found["entries"]), f"entries in it: {found}")
    check_equal(found["entries"], backup["entries"], "entries verified when made, and now")
    logged = [row for row in net.at("F55", "audit", "--use", "integrity", "--purpose", "test")[1]
              if row.get("outcome", "").startswith(f"backup {backup['backup']} made")]
    check_equal(len(logged), 1, "rows of the log about it")
    check(backup["keys_until"] in logged[0]["outcome"], f"the row has no date: {logged}")
    node = scene.rows_at(net, "F55", "status", "node")[0]
    check_equal(node["backup_keys_until"], backup["keys_until"], "the date in `status`")
    check_equal(scene.rows_at(net, "PND", "status", "node")[0]["backup"], "", "PND's backup")
    say(f"made while {len(loud.ids)} records were published: {found['entries']} entries")
    return backup


def test_secret(net: Network, backup: dict, canaries: Canaries) -> None:
    """Neither content nor a key nor a name of a table: nothing but the header is to be read."""
    wanted = needles(canaries)
    wanted[content(net.path("F55.credential"))] = "credential"
    with sqlite3.connect(f"file:{net.path('F55', 'keys.db')}?mode=ro", uri=True) as db:
        for (wrapped,) in db.execute("SELECT wrapped FROM storage_key"):
            wanted[wrapped] = "wrapped storage key"
    wanted[content(net.path("F55", "node.key"))[90:]] = "node key"
    wanted |= {b"SQLite format 3": "database", b"listen": "configuration"}
    for name in ("journal", "keys"):
        check_equal(search(content(backup[name]), wanted), set(), f"in the {name} of the backup")
        check_equal(os.stat(backup[name]).st_mode & 0o077, 0, f"others may read {name}")
    found = set()
    for path in glob.glob(net.path("F55", "keys.db*")):
        found |= search(content(path), wanted)
    check("wrapped storage key" in found, "the search finds nothing at all")
    check(not os.path.exists(net.path("F55", "backup")), "the copy is left in the home")


def test_second_reader(net: Network, backup: dict) -> None:
    """The document alone is enough to get it all out again."""
    seed = sealed.keyfile_open(content(net.path("recovery.key")),
                               content(net.credential("recovery")))
    secret, _ = hpke.derive_key_pair(seed)
    found = backups.files(content(backup["journal"]), secret)
    for name in ("config", "root", "node.key", "request"):
        check_equal(found[name], content(net.path("F55", name)), f"{name} in the backup")
    found |= backups.files(content(backup["keys"]), secret)
    for name in ("journal.db", "keys.db"):
        check_equal(found[name][:16], b"SQLite format 3\0", f"{name} in the backup")


def publish_many(net: Network, count: int) -> None:
    """So much that copying takes a while."""
    with open(net.path("many.json"), "w", encoding="utf-8") as f:
        json.dump([scene.simple_record("F55", 5000 + n) for n in range(count)], f)
    net.run("publish", "--home", net.path("F55"), net.path("many.json"))


def flipped(net: Network, path: str, at: int, bit: int) -> str:
    """A copy with one bit changed."""
    data = bytearray(content(path))
    data[at] ^= 1 << bit
    with open(net.path("flipped"), "wb") as f:
        f.write(data)
    return net.path("flipped")


def test_flips(net: Network, backup: dict, chance: random.Random) -> None:
    size = os.path.getsize(backup["journal"])
    journal_at = size - size // 2
    places = [(0, "not a backup"), (8, "newer flagpost"), (12, "header"), (60, "header"),
              (95, "another recovery key"), (130, "header"), (HEADER - 1, "header"),
              (HEADER, "config in it, bytes 0 to"), (journal_at, "journal.db in it, bytes "),
              (size - 1, "journal.db in it, bytes ")]
    places += [(chance.randrange(HEADER, size), " in it, bytes ") for _ in range(4)]
    for at, says in places:
        code, told, _ = verify(net, flipped(net, backup["journal"], at, chance.randrange(8)),
                               backup["keys"])
        check(code != 0 and says in told, f"byte {at}: exit {code}, {told!r}, wanted {says!r}")
    code, told, _ = verify(net, backup["journal"], flipped(net, backup["keys"], HEADER + 99, 0))
    check(code == DAMAGED and "keys.db in it, bytes 0 to 65536" in told, f"keys: {code} {told!r}")
    for cut in (-1, 1):
        data = content(backup["journal"])
        with open(net.path("flipped"), "wb") as f:
            f.write(data[:cut] if cut < 0 else data + b"\0")
        code, told, _ = verify(net, net.path("flipped"), backup["keys"])
        check(code == DAMAGED and f"it has {size + cut} bytes" in told, f"cut: {code} {told!r}")
    say(f"{len(places) + 3} changed backups refused")


def test_refusals(net: Network, backup: dict) -> None:
    pair = (backup["journal"], backup["keys"])
    make_key(net, "other.key")
    code, told, _ = verify(net, *pair, key="other.key")
    check(code == FORBIDDEN and "another recovery key" in told, f"other key: {code} {told!r}")
    done = net.run("backup", "verify", "--key", net.path("recovery.key"), "--credential",
                   net.path("F55.credential"), "--work", net.path("work"), *pair, check=False)
    check_equal((done.returncode, "does not open it" in done.stderr), (FORBIDDEN, True),
                f"another credential: {done.stderr}")
    done = net.run("backup", "verify", "--key", net.path("F55", "node.key"), "--credential",
                   net.path("F55.credential"), "--work", net.path("work"), *pair, check=False)
    check("not a recovery key file" in done.stderr, f"a node's key: {done.stderr}")
    second = make(net)
    code, told, _ = verify(net, backup["journal"], second["keys"])
    check(code == REFUSED and "parts of two backups" in told, f"two backups: {code} {told!r}")
    code, told, _ = verify(net, backup["keys"], backup["keys"])
    check(code != 0, "the keys twice")
    code, told, _ = verify(net, net.path("roster"), backup["keys"])
    check(code == REFUSED and "not a backup" in told, f"a roster: {code} {told!r}")
    done = net.run("backup", "key", "recovery.key", "--credential", net.credential("recovery"),
                   check=False)
    check("a file of that name already" in done.stderr, f"a key over a key: {done.stderr}")
    done = net.run("backup", "make", "--home", net.path("F55"), "--recovery",
                   net.path("recovery.key"), "--out", net.path("backups"), check=False)
    check("not the public half" in done.stderr, f"sealed to a private key: {done.stderr}")
    done = net.run("backup", "make", "--home", net.path("F55"), "--recovery",
                   net.path("recovery.key.pub"), "--out", net.path("none"), check=False)
    check("is there such a folder" in done.stderr, f"no folder: {done.stderr}")
    net.stop("PND")
    done = net.run("backup", "make", "--home", net.path("PND"), "--recovery",
                   net.path("recovery.key.pub"), "--out", net.path("backups"), check=False)
    check("the node is not running" in done.stderr, f"a stopped node: {done.stderr}")
    check_equal(glob.glob(net.path("backups", "PND-*")), [], "left of a backup that does not count")
    net.start("PND")


def test_room(net: Network) -> None:
    """A copy that would take the node's own room is not begun."""
    path = net.path("SWROCU", "config")
    with open(path, encoding="utf-8") as f:
        before = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(line for line in before.splitlines(True) if "disk_low_mib" not in line) +
                "disk_low_mib = 1000000\n")
    done = net.run("backup", "make", "--home", net.path("SWROCU"), "--recovery",
                   net.path("recovery.key.pub"), "--out", net.path("backups"), check=False)
    with open(path, "w", encoding="utf-8") as f:
        f.write(before)
    check(done.returncode == REFUSED and "are free on this disk: make room" in done.stderr,
          f"without room: {done.stderr}")
    check(not os.path.exists(net.path("SWROCU", "backup")), "a copy was begun")


def test_foreign_copy(net: Network) -> None:
    """Rows that the node did not leave so: edited in the file, they do not count."""
    net.stop("JFC")
    with sqlite3.connect(net.path("JFC", "journal.db")) as db:
        db.execute("UPDATE entry SET at = at + 1 WHERE place = (SELECT min(place) FROM entry)")
    net.start("JFC")
    scene.wait("JFC to answer", lambda: net.at("JFC", "status", check=False)[0] == 0)
    code, answers = net.at("JFC", "backup make", "--recovery", net.path("recovery.key.pub"),
                           "--out", net.path("backups"), check=False)
    check(code == DAMAGED and "does not count" in answers[-1].get("why", ""),
          f"a backup of a changed journal: {code} {answers}")
    check_equal(glob.glob(net.path("backups", "JFC-*")), [], "left of it")


def test_expired(net: Network, backup: dict) -> None:
    """Past their time the keys are refused, and the next backup takes them away."""
    short = make(net, "SWROCU", "--keys-days", "1")
    with open(short["keys"], "r+b") as f:
        f.seek(82)  # "expires" of the header, which nobody vouches for to the one who removes
        f.write((1).to_bytes(8, "big"))
    code, told, _ = verify(net, short["journal"], short["keys"])
    check(code != 0 and "header" in told, f"an expiry that was changed: {code} {told!r}")
    newer = make(net, "SWROCU")
    check_equal(newer["removed"], 1, f"removed: {newer}")
    check(not os.path.exists(short["keys"]) and os.path.exists(short["journal"]),
          "the keys are gone, and the journal is not")
    check(os.path.exists(backup["keys"]), "the keys of another agency stay")
    third = make(net, "SWROCU")
    check_equal((third["removed"], third["older_keys_until"]), (0, newer["keys_until"]),
                f"when older keys expire: {third}")


def test_kills(net: Network, chance: random.Random) -> None:
    """SIGKILL of the maker: what it copied is gone within seconds, and the next one is whole."""
    for _ in range(6):
        with subprocess.Popen([net.binary, "backup", "make", "--home", net.path("F55"), "--recovery",
                               net.path("recovery.key.pub"), "--out", net.path("backups")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            threading.Event().wait(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
        scene.wait("the node to remove what was copied",
                   lambda: not os.path.exists(net.path("F55", "backup", "keys.db")))
    whole = make(net)
    check_equal(verify(net, whole["journal"], whole["keys"])[0], 0, "the next backup verifies")
    check_equal(glob.glob(net.path("backups", "F55-*.backup.*")), [], "unfinished files are left")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    canaries = Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        make_key(net)
        first = scene.published(net, "F55", full_record(canaries, "high", 1))["id"]
        scene.wait_stored(net, "F55", first, EVERYONE - {"PND"})
        publish_many(net, 400)
        backup = test_while_publishing(net)
        test_secret(net, backup, canaries)
        test_second_reader(net, backup)
        test_flips(net, backup, chance)
        test_refusals(net, backup)
        test_expired(net, backup)
        test_kills(net, chance)
        test_room(net)
        test_foreign_copy(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
