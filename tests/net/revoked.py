"""A roster that revokes an agency, or changes its key, ends its live connections in a second.

Both those that it dialled and those that we dialled, counted in the kernel's own table; what
is published afterwards goes to all the others and not to it.  `roster revoke` makes those
rosters; in the last one the bureau itself is revoked, good up to a place that it had signed:
who has no more of it believes it, and who has more does not.
"""

import argparse
import base64
import os
import re
import time

import scene
from refusals import expect
from scene import Network, check, check_equal, say

CUT_SECONDS = 1.0  # the promise (G7)
LANES = 3
ESTABLISHED = "01"


def sockets_of(net: Network, agency: str) -> set[str]:
    """The inodes of a node's sockets."""
    folder = f"/proc/{net.processes[agency].pid}/fd"
    found = set()
    for name in os.listdir(folder):
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"{folder}/{name}"))
        except FileNotFoundError:
            continue
        if match:
            found.add(match[1])
    return found


def pairs_of(net: Network, agency: str) -> set[tuple[str, str]]:
    """(here, there) of each established TCP connection of a node."""
    inodes = sockets_of(net, agency)
    rows = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as f:
            rows += [line.split() for line in f.readlines()[1:]]
    # Of an IPv4 address in an IPv6 socket the end alone, with the port.
    return {(row[1][-13:], row[2][-13:]) for row in rows
            if row[3] == ESTABLISHED and row[9] in inodes}


def connections(net: Network, one: str, other: str) -> int:
    """How many there are between two nodes."""
    mirrored = {(there, here) for here, there in pairs_of(net, other)}
    return len(pairs_of(net, one) & mirrored)


def next_roster(net: Network, version: int, edit: object) -> str:
    """A roster after the one before, its text edited, signed by two root keys."""
    before = "roster" if version == 2 else f"roster-{version - 1}"
    name = f"roster-{version}"
    net.run("roster", "add", "--root", "roots/root", "--from", before, "--out", name,
            net.path("PND", "request"))
    with open(net.path(name), encoding="utf-8") as f:
        text, signatures = f.read().split("\n\n", 1)
    with open(net.path(name), "w", encoding="utf-8") as f:
        f.write(edit(text) + "\n\n" + signatures)
    return sign(net, name)


def sign(net: Network, name: str) -> str:
    for key in (1, 2):
        net.run("roster", "sign", "--root", "roots/root", "--key", f"roots/root-{key}.key",
                "--credential", net.credential("roots"), name)
    return name


def revoking(net: Network, version: int, *words: str) -> str:
    before = "roster" if version == 2 else f"roster-{version - 1}"
    told = net.run("roster", "revoke", "--root", "roots/root", "--from", before, "--out",
                   f"roster-{version}", *words).stdout
    lanes = dict(re.findall(r"^  (\w+) +(NOTHING|good up to \d+) ", told, re.M))
    check_equal(set(lanes), {"immediate", "routine", "local"}, f"what is told of each lane: {told}")
    check_equal(lanes["routine"] == "NOTHING", "--nothing-good" in words, f"what is good: {told}")
    return sign(net, f"roster-{version}")


def place(net: Network, name: str, *words: str) -> str:
    net.run("roster", "place", "--home", net.path("JFC"), "--out", name, *words)
    return name


def with_other_key(net: Network, agency: str) -> object:
    """The agency is listed with a CURVE key that it does not have."""
    with open(net.path(agency, "request"), encoding="utf-8") as f:
        old = re.search(r"^curve (\S+)", f.read(), re.MULTILINE)[1]
    new = base64.b64encode(b"\x01" * 31 + b"\x09").decode()
    return lambda text: text.replace(old, new)


def install(net: Network, document: str, agency: str = "F55") -> None:
    net.run("roster", "install", "--home", net.path(agency), "--credential",
            net.path(agency + ".credential"), document)


def cut_of(net: Network) -> int:
    return int(scene.rows_at(net, "F55", "status", "net")[0]["cut_revoked"])


def check_cut(net: Network, document: str, agency: str) -> float:
    """Installs at F55 and returns the seconds until no connection to the agency is left."""
    before = cut_of(net)
    scene.wait(f"connections of {agency}",
               lambda: connections(net, "F55", agency) >= 2 * LANES)
    install(net, document)
    begun = time.monotonic()
    while connections(net, "F55", agency) > 0:
        check(time.monotonic() - begun < CUT_SECONDS,
              f"{agency} still has {connections(net, 'F55', agency)} connections")
    took = time.monotonic() - begun
    check(cut_of(net) >= before + LANES, "the guard counts what it cut")
    return took


def check_stays_out(net: Network, agency: str) -> None:
    """It dials again and is refused; none of that is a connection for longer than it takes."""
    refused = int(scene.rows_at(net, "F55", "status", "net")[0]["refused_keys"])
    scene.wait(f"{agency} to be refused", lambda: int(
        scene.rows_at(net, "F55", "status", "net")[0]["refused_keys"]) > refused)
    scene.wait("those to be closed", lambda: connections(net, "F55", agency) == 0)


def check_refusals(net: Network, good: str) -> None:
    """What makes no roster says why, and writes none."""
    home = ("--home", net.path("JFC"), "--out", net.path("none"))
    expect(net, 3, "this home holds nothing of that stream", "roster", "place", *home, "XXX",
           "routine")
    expect(net, 1, "does not hold so much", "roster", "place", *home, "F55", "routine=4318")
    common = ("roster", "revoke", "--root", net.path("roots", "root"), "--from",
              net.path("roster-3"), "--out", net.path("none"))
    expect(net, 2, "or --nothing-good", *common, "F55")
    expect(net, 2, "or --nothing-good", *common, "F55", "--nothing-good", net.path(good))
    expect(net, 1, "the agency has not signed it", *common, "SWROCU", net.path(good))
    expect(net, 1, "given before", *common, "F55", net.path(good), net.path(good))
    expect(net, 1, "the roster has revoked it already", *common, "PND", "--nothing-good")
    expect(net, 1, "does not list that agency", *common, "XXX", "--nothing-good")
    expect(net, 1, "that is no checkpoint", *common, "F55", net.path("roster-3"))
    with open(net.path(good), encoding="utf-8") as f, open(
            net.path("changed"), "w", encoding="utf-8") as to:
        lines = f.read().split("\n")
        to.write("\n".join([lines[0], str(int(lines[1]) + 1), *lines[2:]]))
    expect(net, 1, "has not signed it", *common, "F55", net.path("changed"))
    check(not os.path.exists(net.path("none")), "a roster was written")


def quarantine_of(net: Network, agency: str) -> str:
    rows = net.at(agency, "verify")[1]
    return next(row["quarantine"] for row in rows
                if row.get("agency") == "F55" and row["lane"] == "routine")


def check_good_place(net: Network, good: dict) -> None:
    """The bureau was another's from behind `good` on: SWROCU has no more, and JFC has."""
    name = place(net, "place", "F55", f"routine={int(good['index']) + 1}")
    check_refusals(net, name)
    fourth = revoking(net, 4, "F55", name)
    install(net, fourth, "JFC")
    for document in ("roster-3", fourth):
        install(net, document, "SWROCU")
    check_equal(quarantine_of(net, "JFC"), "revoked", "F55's routine stream at JFC")
    check_equal(quarantine_of(net, "SWROCU"), "ok", "F55's routine stream at SWROCU")


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("only root sees which connections are a node's")
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        first = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        scene.wait_stored(net, "F55", first, {"SWROCU", "JFC", "PND"})

        took = [check_cut(net, revoking(net, 2, "PND", "--nothing-good"), "PND")]
        check_stays_out(net, "PND")
        good = scene.published(net, "F55", scene.simple_record("F55", 2))
        second = good["id"]
        scene.wait_stored(net, "F55", second, {"SWROCU", "JFC"})

        took.append(check_cut(net, next_roster(net, 3, with_other_key(net, "SWROCU")), "SWROCU"))
        check_stays_out(net, "SWROCU")
        third = scene.published(net, "F55", scene.simple_record("F55", 3))["id"]
        scene.wait_stored(net, "F55", third, {"JFC"})

        check_equal(connections(net, "F55", "JFC"), 2 * LANES, "connections of JFC")
        check_equal(set(scene.held(net, "PND")), {first}, "what PND holds")
        check_equal(set(scene.held(net, "SWROCU")), {first, second}, "what SWROCU holds")
        check_equal(set(scene.held(net, "JFC")), {first, second, third}, "what JFC holds")
        check("event=net.cut why=revoked" in scene.log_text(net, "F55"), "the log says nothing")
        for agency in net.agencies:
            scene.verify(net, agency)
        check_good_place(net, good)
    say("cut after " + " and ".join(f"{1000 * t:.0f} ms" for t in took))


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
