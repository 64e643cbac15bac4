"""All rows of two public watch lists, imported as records marked TEST, and what it takes.

The lists are of real persons with real, messy data, so the homes are temporary and the output
has counts, row numbers and rule ids, and no names.  Measured is the whole of an import: read
twice, checked, routed, sealed for three recipients and ourselves, appended and durable.
"""

import argparse
import os
import random
import time
from collections import Counter

import scene
from control import ask
from scene import Network, Skipped, check, check_equal, say

MAPPING = os.path.join(scene.HERE, "mappings", "watchlist.yaml")
ROWS = {"watchlist_a.csv": 4620, "watchlist_b.csv": 363}
MIB_MAX = 64
# The aim for watchlist_a, and for watchlist_b as much a row, on a machine of its own.  A test
# must not fail because others run beside it, so four times as long is borne with.
SECONDS_AIM = {"watchlist_a.csv": 5.0, "watchlist_b.csv": 5.0 * 363 / 4620}
SLACK = 4
SECONDS_LEAST = 2.0  # in which any list may be read: starting takes some


def peak_mib(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM"))


def import_list(net: Network, path: str) -> tuple[float, float, list[dict]]:
    """(seconds, MiB of the command's largest process, answers)"""
    begun = time.monotonic()
    pid = os.posix_spawn(net.binary, [
        net.binary, "import", "--home", net.path("F55"), "--json", "--map", MAPPING, path],
        os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, net.path("out"),
                                   os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
    _, state, used = os.wait4(pid, 0)
    seconds = time.monotonic() - begun
    code = os.waitstatus_to_exitcode(state)
    check(code in (0, 1), f"the import ended with exit code {code}")
    with open(net.path("out"), encoding="utf-8") as f:
        answers = scene.lines_of(f.read())
    os.unlink(net.path("out"))
    return seconds, used.ru_maxrss / 1024, answers


def check_marked(net: Network, folder: str, ids: list[str], chance: random.Random) -> None:
    """Every record that the lists make, and of those stored a hundred drawn by chance as their
    recipient reads them, says in its title, its reference and its caveat what it is."""
    count = 0
    for name, rows in ROWS.items():
        _, answers = net.at("F55", "import", "--map", MAPPING, "--dry-run", "--show", str(rows),
                            os.path.join(folder, name), check=False)
        made = [row for row in answers if "caveat" in row]
        count += sum(row["title"].startswith("TEST: ") and row["urn"].startswith("55-TEST-")
                     and row["caveat"].startswith("TEST. ") for row in made)
    check_equal(count, len(ids), "records that are marked TEST")
    for one in chance.sample(ids, 100):
        shown = ask(net, "JFC", "show", id=one.encode(), purpose=b"a test reads part of a list")
        for mark in (b"TEST: entry of a public watch list", b"55-TEST-", b"TEST. Intelligence only"):
            check(mark in shown, f"{one} at JFC is not marked {mark.decode()}")


def judge(name: str, answers: list[dict]) -> list[str]:
    """Ids of what was published; refused rows are told by number and rule."""
    rows = [row for row in answers if "state" in row]
    check_equal(len(rows), ROWS[name], f"rows of {name}")
    check_equal([row["row"] for row in rows], list(range(1, len(rows) + 1)), "row numbers")
    refused = [row for row in rows if row["state"] == "refused"]
    for row in refused[:20]:
        rules = sorted({f["rule"] for f in row["findings"] if f["severity"] == "refuse"})
        check(rules, f"row {row['row']} is refused by no rule")
        say(f"  row {row['row']} refused by {', '.join(rules)}")
    advised = Counter(f["rule"] for row in rows for f in row["findings"])
    say(f"{name}: {len(rows) - len(refused)} of {len(rows)} rows; findings by rule "
        f"{dict(sorted(advised.items()))}")
    return [row["id"] for row in rows if row["state"] == "published"]


def test(options: argparse.Namespace) -> None:
    folder = options.data or os.path.join(scene.HERE, "..", "..", "..", "shared", "data")
    for name in ROWS:
        if not os.path.exists(os.path.join(folder, name)):
            raise Skipped(f"there is no {name} in the data folder")
    published: list[str] = []
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        for name in ROWS:
            seconds, mib, answers = import_list(net, os.path.join(folder, name))
            daemon = peak_mib(net.processes["F55"].pid)
            ids = judge(name, answers)
            published += ids
            most = max(SLACK * SECONDS_AIM[name], SECONDS_LEAST)
            say(f"  {seconds:.2f} s, {len(ids) / seconds:.0f} records a second (aim "
                f"{SECONDS_AIM[name]:.1f} s, at most {most:.0f}); peak {mib:.0f} MiB for the import, "
                f"{daemon:.0f} MiB for the daemon (at most {MIB_MAX})")
            check(max(mib, daemon) < MIB_MAX or scene.is_instrumented(net.binary),
                  "a process took more memory")
            check(seconds < most or scene.is_instrumented(net.binary), f"{name} took {seconds:.1f} s")
        check_equal(len(set(published)), sum(ROWS.values()), "rows published, of both lists")
        for name in ROWS:
            _, _, answers = import_list(net, os.path.join(folder, name))
            states = Counter(row["state"] for row in answers if "state" in row)
            check_equal(states["published"], 0, f"records that {name} published twice")
        size = next(int(row["size"]) for row in scene.rows_at(net, "F55", "status", "stream")
                    if row["stream"] == "routine")
        check_equal(size, len(set(published)), "records in the log")
        for agency in ("JFC", "SWROCU", "PND"):
            scene.wait(f"{agency} to be level", lambda: all(
                int(row["have"]) == size for row in scene.rows_at(net, agency, "status", "peer")
                if row["agency"] == "F55" and row["stream"] == "routine"), seconds=90)
        check_marked(net, folder, published, random.Random(options.seed))
        for agency in net.agencies:
            scene.verify(net, agency)
    say(f"{size} records in the log, level at all recipients; both lists again: nothing new")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
