"""`flagpost policy schedule`: the rules as an agreement's schedule, with and without a roster.

What stands in deploy/governance is what the shipped rules give; a signed list is checked, a
changed one refused; with a roster it names who gets what from whom, and nobody whom only a
person's decision reaches.
"""

import argparse
import os

import scene
from scene import Network, check, check_equal

CAST = {**scene.TWO_REGIONS,
        "IE": ("Immigration Enforcement", "immigration", None, None),
        "EUROPOL": ("Europol", "abroad", None, None)}
WISHFUL = "route wishful send to region:NATIONAL,IE when owner=fib\n"


def schedule(net: Network, *arguments: str) -> tuple[int, str]:
    done = net.run("policy", "schedule", *arguments, check=False)
    return done.returncode, done.stdout + done.stderr


def test_shipped(net: Network) -> None:
    code, told = schedule(net, os.path.join(scene.DEPLOY, "lists", "lists.txt"))
    check_equal(code, 0, told)
    with open(os.path.join(scene.DEPLOY, "governance", "sharing-schedule.md"),
              encoding="utf-8") as f:
        check_equal(told, f.read(), "deploy/governance/sharing-schedule.md; make it again with "
                    "`flagpost policy schedule deploy/lists/lists.txt`")


def test_signed(net: Network) -> None:
    code, told = schedule(net, "lists", "--root", "roots/root")
    check(code == 0 and "signed by enough root keys" in told, told)
    code, told = schedule(net, "lists")
    check(code == 0 and "not checked" in told, told)
    with open(net.path("lists"), encoding="utf-8") as f:
        text = f.read()
    with open(net.path("changed"), "w", encoding="utf-8") as f:
        f.write(text.replace("force!=01,48,93", "force!=01,48,55"))
    code, told = schedule(net, "changed", "--root", "roots/root")
    check(code != 0 and "signature" in told, f"a changed list: {code} {told}")


def test_flows(net: Network) -> None:
    found = net.run("policy", "schedule", "lists", "--json", "--root", "roots/root", "--roster",
                    "roster").stdout
    flows = {(row["from"], row["to"], row["rule"])
             for row in scene.lines_of(found) if row["row"] == "flow"}
    wanted = {("F55", "SWROCU", "unit"), ("F44", "SEROCU", "unit"),
              ("SEROCU", "SWROCU", "beside"), ("SWROCU", "SEROCU", "beside")}
    wanted |= {(owner, "JFC", "fusion") for owner in ("F55", "F44", "SWROCU", "SEROCU")}
    wanted |= {(owner, "PND", "national") for owner in ("F55", "F44")}
    check_equal(flows, wanted, "who gets what from whom")
    code, told = schedule(net, "lists", "--roster", "roster")
    check(code == 2 and "--root" in told, f"a roster that nothing vouches for: {told}")
    code, told = schedule(net, "lists", "--root", "roots/root", "--roster", "lists")
    check(code != 0, f"a list given as a roster: {told}")
    code, told = schedule(net, "lists", "--root", "roots/root", "--roster", "roster")
    check(code == 0 and "| SWROCU | unit | gets it | F55 |" in told and "| IE |" in told, told)


def test_wishful(net: Network) -> None:
    """A rule may name them; it brings them nothing, and the schedule does not say it does."""
    with open(net.lists, encoding="utf-8") as f, \
            open(net.path("wishful"), "w", encoding="utf-8") as out:
        out.write(f.read() + WISHFUL)
    found = net.run("policy", "schedule", "wishful", "--json", "--root", "roots/root",
                    "--roster", "roster").stdout
    gets = {row["to"] for row in scene.lines_of(found) if row["row"] == "flow"}
    check(not gets & {"IE", "EUROPOL"}, f"a rule alone reaches {gets}")


def test(options: argparse.Namespace) -> None:
    with scene.folder() as folder:
        net = Network(options.binary, folder, CAST)
        net.make()
        test_shipped(net)
        test_signed(net)
        test_flows(net)
        test_wishful(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
