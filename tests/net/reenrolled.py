"""A home that is lost is made again, and a key that is in other hands is given up.

First a regional unit loses its home: a new one under the same id is fenced by what its peers
hold of the old one, begins a new epoch, and every record that it was to have is issued to it
again.  Then a bureau's keys are stolen: it asks for others with `rekey --emergency`, and from the
roster that lists them on nobody listens to who has the old ones, while it goes on in a new
epoch; a recipient that was away meanwhile has every record in the end, once.
"""

import argparse
import os
import re
import shutil

import scene
from network import free_ports
from rekey import install, rekey, signed_roster, version_at
from scene import Network, check, check_equal, say


def refused_at(net: Network, agency: str) -> int:
    return int(scene.rows_at(net, agency, "status", "net")[0]["refused_keys"])


def start(net: Network, agency: str) -> None:
    net.start(agency)
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def publish(net: Network, numbers: range, recipients: set[str]) -> list[str]:
    ids = [scene.published(net, "F55", scene.simple_record("F55", n))["id"] for n in numbers]
    for record in ids:
        scene.wait_stored(net, "F55", record, recipients)
    return ids


def check_held(net: Network, agency: str, ids: list[str]) -> None:
    scene.wait(f"{agency} to hold every record",
               lambda: set(scene.held(net, agency)) >= set(ids), 60)
    found = scene.held(net, agency)
    check_equal(sorted(found), sorted(ids), f"what {agency} holds")


def stolen(net: Network) -> None:
    """The bureau's home with all its keys, in other hands and at another port."""
    net.stop("F55")
    shutil.copytree(net.path("F55"), net.path("thief"), ignore=shutil.ignore_patterns("*.sock"))
    shutil.copy(net.path("F55.credential"), net.path("thief.credential"))
    path = net.path("thief", "config")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"(?m)^(listen = .*:)\d+", rf"\g<1>{free_ports(1)[0]}", text))
    start(net, "F55")


def check_thief(net: Network) -> None:
    """It dials with the old keys, on every lane, and is refused."""
    before = {agency: refused_at(net, agency) for agency in ("SWROCU", "JFC")}
    net.agencies["thief"] = net.agencies["F55"]
    start(net, "thief")
    try:
        for agency, count in before.items():
            scene.wait(f"{agency} to refuse the old key",
                       lambda: refused_at(net, agency) >= count + 6)
        check_equal(version_at(net, "thief"), 2, "the thief's roster")
    finally:
        net.stop("thief")
        del net.agencies["thief"]


def lose_home(net: Network) -> list[str]:
    ids = publish(net, range(1, 4), {"SWROCU", "JFC", "PND"})
    net.stop("SWROCU")
    with open(net.path("SWROCU", "config"), encoding="utf-8") as f:
        endpoint = re.search(r"(?m)^listen = (\S+)", f.read())[1]
    shutil.rmtree(net.path("SWROCU"))
    os.remove(net.path("SWROCU.credential"))
    name, kind, _, region, *_ = net.agencies["SWROCU"]
    net.run("init", "--home", net.path("SWROCU"), "--root", "roots/root", "--credential",
            net.path("SWROCU.credential"), "--agency", "SWROCU", "--name", name, "--kind", kind,
            "--region", region, "--listen", endpoint)
    signed_roster(net, "roster-2", "roster", "--anew", "SWROCU", net.path("SWROCU", "request"))
    install(net, "JFC", "roster-2")
    for document in ("roster", "roster-2", "lists"):
        install(net, "SWROCU", document)
    start(net, "SWROCU")
    scene.wait("what its peers hold of the old one to fence it",
               lambda: "node.fenced" in scene.log_text(net, "SWROCU"))
    net.at("SWROCU", "new-epoch")
    ids += publish(net, range(4, 6), {"SWROCU", "JFC", "PND"})
    check_held(net, "SWROCU", ids)
    return ids


def give_up_keys(net: Network, ids: list[str]) -> None:
    net.stop("PND")
    ids += publish(net, range(6, 8), {"SWROCU", "JFC"})
    stolen(net)
    request = rekey(net, "F55", "--emergency")
    done = net.run("roster", "add", "--root", "roots/root", "--from", "roster-2", "--out", "no",
                   request, check=False)
    check(done.returncode == 1 and "--anew" in done.stderr, done.stderr)
    signed_roster(net, "roster-3", "roster-2", "--anew", "F55", request)
    # Where it is in force the old transport key opens nothing: nobody can bring it to F55.
    for agency in ("JFC", "F55"):
        install(net, agency, "roster-3")
    for agency in ("F55", "SWROCU", "JFC"):
        scene.wait(f"{agency} to have the roster", lambda: version_at(net, agency) == 3)
    check_thief(net)
    ids += publish(net, range(8, 11), {"SWROCU", "JFC"})
    start(net, "PND")
    for agency in ("PND", "SWROCU", "JFC"):
        check_held(net, agency, ids)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, dict(scene.ONE_BUREAU)) as net:
        ids = lose_home(net)
        for agency in net.agencies:
            scene.verify(net, agency)
        give_up_keys(net, ids)
        for agency in net.agencies:
            scene.verify(net, agency)
    say(f"a home made again, and keys given up: {len(ids)} records at every recipient")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
