"""A home of an older version is brought up to date at its start; one of a newer is left alone.

The older one loses nothing and goes on publishing and receiving; of the newer one each command
says which file, which version, and what to do, and changes no byte.
"""

import argparse
import hashlib
import os
import signal
import sqlite3

import scene
from scene import Network, check, check_equal
from search import wait_indexed

FILES = ("journal.db", "keys.db")


def change(net: Network, name: str, sql: str) -> None:
    with sqlite3.connect(net.path("SWROCU", name)) as db:
        db.executescript(sql)
    db.close()


def version(net: Network, name: str) -> int:
    db = sqlite3.connect(net.path("SWROCU", name))
    found = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return found


def digest(net: Network, name: str) -> str:
    with open(net.path("SWROCU", name), "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def told(net: Network, *command: str) -> tuple[int, str]:
    done = net.run(*command, "--home", net.path("SWROCU"), check=False)
    return done.returncode, done.stdout + done.stderr


def start(net: Network) -> None:
    net.start("SWROCU")
    net.wait("SWROCU to answer", lambda: net.at("SWROCU", "status", check=False)[0] == 0)


def check_newer(net: Network, name: str) -> None:
    known = version(net, name)
    change(net, name, f"PRAGMA user_version = {known + 1}; PRAGMA wal_checkpoint(TRUNCATE);")
    before = [digest(net, n) for n in FILES]
    wanted = f"{name} has version {known + 1} of its tables and this flagpost knows {known}"
    code, text = told(net, "run", "--credential", net.path("SWROCU.credential"))
    check(code == 1 and wanted in text and "install that one again" in text,
          f"a start on a newer {name}: exit {code}, {text}")
    if name == "journal.db":
        code, text = told(net, "verify")
        check(code != 0 and wanted in text, f"verify of a newer {name}: exit {code}, {text}")
    check_equal([digest(net, n) for n in FILES], before, f"the files beside a newer {name}")
    change(net, name, f"PRAGMA user_version = {known}; PRAGMA wal_checkpoint(TRUNCATE);")


def check_older(net: Network, first: str) -> None:
    """As version 2 left it: the tables of steps 3 to 5 are not there."""
    known = version(net, "journal.db")
    change(net, "journal.db", "DROP TABLE erasing; DROP TABLE lineage; DROP TABLE token;"
                              "DROP TABLE token_new; DROP TABLE token_record; DROP TABLE token_state;"
                              "PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE);")
    code, text = told(net, "verify")
    check(code != 0 and "has version 2 " in text and "start the node once" in text,
          f"verify of an older journal: exit {code}, {text}")
    start(net)
    check_equal(version(net, "journal.db"), known, "after the start")
    check_equal(scene.held(net, "SWROCU"), [first], "what it holds")
    wait_indexed(net, "SWROCU", first)
    net.at("SWROCU", "show", first, "--purpose", "test")
    second = scene.published(net, "F55", scene.simple_record("F55", 2))["id"]
    scene.wait_stored(net, "F55", second, {"SWROCU"})
    # That rows of the index went by another hand is found, and then taken as it is.
    scene.verify_edited(net, "SWROCU")
    told(net, "recover", "--person", "DI at the unit", "--reason", "a test", "--tables")
    scene.verify(net, "SWROCU")
    net.stop("SWROCU", signal.SIGKILL)
    start(net)
    check_equal(set(scene.held(net, "SWROCU")), {first, second}, "after another start")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        first = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        scene.wait_stored(net, "F55", first, {"SWROCU"})
        net.stop("SWROCU")
        check(os.path.exists(net.path("SWROCU", "keys.db")), "keys.db")
        for name in FILES:
            check_newer(net, name)
        check_older(net, first)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
