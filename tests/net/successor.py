"""Root keys take over from root keys, and nobody else's do.

Whoever keeps the roots makes the next ones; a threshold of the old ones signs for them.  Signed
by too few of the old, by its own keys alone, a root that is in force already or has one before it
missing: refused, with its sentence, and the home stays as it was, at a running node and at a
stopped one.  A running node takes it as it takes a roster.  Afterwards rosters are what the new
keys sign and not what the old ones do; what the old ones signed before still stands, over a
restart, for a proof, and for who joins only now.
"""

import argparse
import json
import os
import shutil
import sys

import scene
from rekey import install, version_at
from scene import Network, check, check_equal, say

sys.path.insert(0, os.path.join(scene.HERE, ".."))

from reader import proofs  # noqa: E402  (found by the line above)

AGENCIES = {name: scene.ONE_BUREAU[name] for name in ("F55", "SWROCU", "JFC")}


def sign(net: Network, root: str, document: str, *keys: str) -> None:
    for key in keys:
        net.run("roster", "sign", "--root", root, "--key", f"{key}.key", "--credential",
                net.credential("roots"), document)


def next_root(net: Network, folder: str, before: str) -> str:
    net.run("roster", "root-new", folder, "--from", before, "--credential",
            net.credential("roots"))
    return net.path(folder, "root")


def copied(net: Network, path: str, name: str) -> str:
    shutil.copy(path, net.path(name))
    return net.path(name)


def refused(net: Network, agency: str, document: str, words: str) -> None:
    with open(net.path(agency, "root"), "rb") as f:
        before = f.read()
    done = net.run("roster", "install", "--home", net.path(agency), "--credential",
                   net.path(agency + ".credential"), document, check=False)
    check_equal(done.returncode, 1, f"{os.path.basename(document)}: {done.stderr}")
    check(words in done.stderr, f"{os.path.basename(document)}: {done.stderr}")
    with open(net.path(agency, "root"), "rb") as f:
        check_equal(f.read(), before, f"{agency}'s root document")


def roster(net: Network, name: str, root: str, before: str, *keys: str) -> str:
    net.run("roster", "add", "--root", root, "--from", before, "--out", name,
            net.path("F55", "request"))
    sign(net, root, name, *keys)
    return name


def joined(net: Network, name: str, *files: str) -> str:
    with open(net.path(name), "wb") as to:
        for path in files:
            with open(path, "rb") as f:
                to.write(f.read())
    return name


def check_attacks(net: Network, agency: str, second: str) -> None:
    """Before it is signed as it must be."""
    own = copied(net, second, "own-keys-alone")
    refused(net, agency, own, "a threshold of the keys before")
    few = copied(net, second, "one-old-key")
    sign(net, "roots/root", few, "roots/root-1")
    refused(net, agency, few, "a threshold of the keys before")
    with open(net.path("roots", "root"), encoding="utf-8") as f:
        refused(net, agency, joined(net, "again", f.name), "in force already")


def check_proof(net: Network, root: str, record: str, roots: int) -> None:
    name = f"proof-{roots}"
    net.run("proof", "export", "--home", net.path("F55"), "--out", name, record)
    for trusted in ("roots/root", root):
        told = net.run("proof", "verify", "--root", trusted, name).stdout
        answer = json.loads(net.run("proof", "verify", "--json", "--root", trusted, name).stdout)
        newest = 2 if trusted == root or roots == 2 else 1
        check_equal((answer["root_number"], answer["newest_root"]), (roots, newest),
                    "number of the root keys, and of those in force")
        check_equal("have taken over from those" in told, roots < newest,
                    f"that former keys vouch for it is told: {told}")
        page = f"{name}-{os.path.basename(trusted)}.html"
        net.run("proof", "statement", "--root", trusted, "--out", page, name)
        with open(net.path(page), encoding="utf-8") as f:
            check_equal("number 2 took over from number 1" in f.read(), roots < newest, page)
    with open(net.path(name), "rb") as f, open(net.path("roots", "root"), "rb") as first:
        raw = f.read()
        proofs.check(raw, first.read())
    check_equal(len(proofs.Proof(raw).roots), roots, "roots in the proof")


def take_over(net: Network, second: str) -> None:
    """At F55 while it runs, and at JFC while it does not."""
    check_attacks(net, "F55", net.path("unsigned"))
    install(net, "F55", second)
    with open(net.path("F55", "root"), "rb") as f, open(net.path("both"), "rb") as both:
        check_equal(f.read(), both.read(), "F55's root document")
    refused(net, "F55", second, "in force already")
    check(any(row.get("outcome") == "root keys number 2" for row in
              net.at("F55", "audit", "--use", "integrity")[1]), "the installation is in the log")
    net.stop("JFC")
    check_attacks(net, "JFC", net.path("unsigned"))
    install(net, "JFC", second)
    refused(net, "JFC", second, "in force already")
    net.start("JFC")
    scene.wait("JFC", lambda: net.at("JFC", "status", check=False)[0] == 0)


def check_rosters(net: Network, chain: str, second: str, fourth: str) -> None:
    """F55 and JFC run with the second root, and SWROCU still with the first."""
    old = roster(net, "roster-old", "roots/root", "roster", "roots/root-1", "roots/root-2")
    refused(net, "F55", old, "too few root keys have signed it")
    new = roster(net, "roster-2", chain, "roster", "next/root-1-of-2", "next/root-3-of-2")
    sign(net, "roots/root", new, "roots/root-2", "roots/root-3")
    install(net, "F55", new)
    for agency in net.agencies:
        scene.wait(f"{agency} to have the roster", lambda: version_at(net, agency) == 2)
    install(net, "SWROCU", second)
    refused(net, "SWROCU", fourth, "a root before it is missing")
    net.stop("F55")
    again = roster(net, "roster-3-old", "roots/root", "roster-old", "roots/root-1",
                   "roots/root-2")
    refused(net, "F55", again, "too few root keys have signed it")
    refused(net, "F55", fourth, "a root before it is missing")
    net.start("F55")
    scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)
    install(net, "F55", roster(net, "roster-3", chain, "roster-2", "next/root-1-of-2",
                               "next/root-2-of-2"))
    for agency in net.agencies:
        scene.wait(f"{agency} to have the roster", lambda: version_at(net, agency) == 3)


def check_joiner(net: Network, chain: str) -> None:
    """Made from the file with both roots: it needs every roster, and takes each."""
    net.run("init", "--home", net.path("late"), "--root", chain, "--credential",
            net.path("late.credential"), "--agency", "PND", "--name", "National database",
            "--kind", "ingest", "--listen", "tcp://127.0.0.1:9")
    for document in ("roster", "roster-2", "roster-3"):
        install(net, "late", document)
    net.run("roster", "show", "--home", net.path("late"))


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, AGENCIES) as net:
        first = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        scene.wait_stored(net, "F55", first, {"SWROCU", "JFC"})
        second = next_root(net, "next", "roots/root")
        copied(net, second, "unsigned")
        sign(net, "roots/root", second, "roots/root-1", "roots/root-3")
        chain = joined(net, "both", net.path("roots", "root"), second)
        # Two further on: the keys in force have signed it, and one is missing before it.
        third = next_root(net, "third", chain)
        sign(net, chain, third, "next/root-1-of-2", "next/root-2-of-2")
        fourth = next_root(net, "fourth", joined(net, "three", net.path("both"), third))
        sign(net, chain, fourth, "next/root-1-of-2", "next/root-2-of-2")

        take_over(net, second)
        check_rosters(net, chain, second, fourth)
        last = scene.published(net, "F55", scene.simple_record("F55", 2))["id"]
        scene.wait_stored(net, "F55", last, {"SWROCU", "JFC"})
        check_proof(net, chain, first, 1)
        check_proof(net, chain, last, 2)
        check_joiner(net, chain)
        for agency in net.agencies:
            scene.verify(net, agency)
    say("root keys have taken over")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
