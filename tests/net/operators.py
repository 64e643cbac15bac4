"""Operators and their roles: who the kernel says asks, may ask for what the role allows.

While nobody is named all is as before.  Then each command is tried by a person of each role: the
right one is not refused for it, each wrong one is, with a sentence that names the role and a row of
the log; who reads the log reads no records, and the node's own user keeps the node and no more.
"""

import argparse
import grp
import json
import os
import pwd
import subprocess

import scene
from scene import Network, check, check_equal, say

FORBIDDEN, REFUSED, WRONG_USE = 4, 1, 2
ROLES = ("submit", "release", "read", "decide", "acknowledge", "audit", "operate")
PEOPLE = {role: 23000 + n for n, role in enumerate(ROLES)}
NOBODY = 23900

# A command and the role it wants; what comes of it otherwise is another test's.
COMMANDS = (
    ("inbox", "read"), ("inbox --since-last", "read"), ("claim 0123456789", "read"),
    ("note 0123456789 --text x", "read"), ("notes 0123456789 --purpose x", "read"),
    ("close 0123456789 --reason x", "read"), ("reopen 0123456789 --reason x", "read"),
    ("search x --purpose x", "read"), ("watch add x --reason x", "read"), ("watch list", "read"),
    ("watch alerts", "read"), ("watch set --quiet off", "read"), ("show 0123456789abcdef --purpose x", "read"), ("trace 0123456789", "read"),
    ("draft list", "read"), ("draft list --titles", "read"), ("source 0123456789 --purpose x", "read"), ("case list", "read"),
    ("case rates", "read"), ("review list --purpose x", "read"), ("publish -", "submit"),
    ("review hold 0123456789 --reference x --reason y", "decide"),
    ("dispose approve 0123456789", "decide"), ("dispose list", "read"),
    ("dispose clock 2026-01-01T00:00:00Z", "operate"), ("explain -", "submit"),
    ("draft -", "submit"),
    ("assess 0123456789", "submit"), ("sanitise 0123456789", "submit"),
    ("rework 0123456789 --reason x", "submit"), ("draft discard 0123456789 --reason x", "submit"),
    ("case add R-2026-1 --reported-at 2026-11-01T10:00Z --station 55AA --role officer", "submit"),
    ("release 0123456789 --person x", "release"),
    ("recall 0123456789 --reason x --person y", "decide"),
    ("statement 0123456789 --erased --person x", "decide"),
    ("case discharge R-2026-1 --person x --reason y", "decide"),
    ("ingest list", "read"), ("ingest accept 0123456789 --reference x", "decide"),
    ("ingest refuse 0123456789 --rule x --mend y", "decide"),
    ("ingest reconcile", "read"), ("ingest reconcile PND", "decide"),
    ("ingest differences", "read"), ("ingest resend 0123456789", "decide"),
    ("ingest settle 0123456789 --person x --reason y", "decide"),
    ("acknowledge 0123456789 --person x", "acknowledge"), ("audit --use integrity --purpose x", "audit"),
    ("case rebuild", "operate"), ("new-epoch", "operate"), ("token new rms", "operate"),
    ("operator remove uid:23901", "operate"),
)
FREE = ("status", "todo", "operator list")


def ask_all(net: Network, command: str, uid: int | None = None, text: str = "{}",
            agency: str = "F55") -> tuple[int, list[dict]]:
    done = subprocess.run([net.binary, *command.split(), "--home", net.path(agency), "--json"],
                          input=text, text=True, capture_output=True, timeout=60, cwd="/", user=uid,
                          group=None if uid is None else GID,
                          extra_groups=None if uid is None else [])
    return done.returncode, scene.lines_of(done.stdout)


def ask(net: Network, command: str, uid: int | None = None, text: str = "{}",
        agency: str = "F55") -> tuple[int, dict]:
    code, lines = ask_all(net, command, uid, text, agency)
    return code, lines[-1] if lines else {}


def is_refused(code: int, answer: dict) -> bool:
    return code == FORBIDDEN and "needs the role" in answer.get("sentence", "")


def open_to_others(net: Network, agency: str) -> None:
    """Other users of this machine reach the node."""
    net.stop(agency)
    with open(net.path(agency, "config"), "a", encoding="utf-8") as f:
        f.write(f"desk_group = {grp.getgrgid(GID).gr_name}\n")
    net.start(agency)
    scene.wait(agency, lambda: net.at(agency, "status", check=False)[0] == 0)
    os.chmod(net.folder, 0o755)
    os.chmod(net.path(agency), 0o710)
    os.chown(net.path(agency), 0, GID)


def check_open(net: Network) -> None:
    """Nobody is named: a colleague of the desk works, and does not keep the node."""
    for command in ("inbox", "todo", "draft list"):
        check_equal(ask(net, command, NOBODY)[0], 0, f"{command} while nobody is named")
    code, answer = ask(net, "audit", NOBODY)
    check(code == FORBIDDEN and "own user" in answer["sentence"], f"audit: {answer}")
    code, answer = ask(net, "operator set uid:23900 --roles operate", NOBODY)
    check_equal(code, FORBIDDEN, "a role that somebody gives himself")


def check_naming(net: Network) -> None:
    for roles, code, word in (("reed", WRONG_USE, "acknowledge"), ("", WRONG_USE, "say which roles"),
                              ("read,audit", REFUSED, "R21"), ("audit,submit", REFUSED, "R21")):
        got, answer = ask(net, "operator set uid:23001" + (f" --roles {roles}" if roles else ""))
        check(got == code and word in answer["sentence"], f"--roles {roles}: {got} {answer}")
    code, answer = ask(net, "operator set no-such-user --roles read")
    check(code == 3 and "login name" in answer["sentence"], f"nobody: {code} {answer}")
    for role, uid in PEOPLE.items():
        check_equal(ask(net, f"operator set uid:{uid} --roles {role}")[0], 0, role)
    check_equal(ask(net, f"operator set {pwd.getpwuid(1).pw_name} --roles audit,operate")[0], 0,
                "by a login name")
    _, answers = net.at("F55", "operator list")
    check_equal({(row["uid"], row["roles"]) for row in answers if "uid" in row},
                {(str(uid), role) for role, uid in PEOPLE.items()} | {("1", "audit,operate")},
                "the list")


def check_matrix(net: Network) -> None:
    for command, wanted in COMMANDS:
        for role, uid in PEOPLE.items():
            code, answer = ask(net, command, uid)
            check_equal(is_refused(code, answer), role != wanted, f"{command} by {role}: {answer}")
            check(role == wanted or f"the role {wanted}" in answer["sentence"], f"{answer}")
    for command in FREE:
        for uid in (*PEOPLE.values(), NOBODY):
            check_equal(ask(net, command, uid)[0], 0, f"{command} by uid {uid}")
    check(is_refused(*ask(net, "inbox", NOBODY)), "who is not named reads the inbox")
    code, answer = ask(net, "publish - --made-of 0123456789 --person x --reason y", PEOPLE["submit"])
    check(is_refused(code, answer) and "submit and read" in answer["sentence"],
          f"made of what one may not read: {answer}")
    # The node's own user, root here, keeps the node.
    check(is_refused(*ask(net, "inbox")), "the node's own user reads")
    check(is_refused(*ask(net, "audit --use integrity --purpose x")), "the node's own user reads the log")
    check_equal(ask(net, "case rebuild")[0], 0, "the node's own user keeps it")
    say(f"{len(COMMANDS)} commands by {len(ROLES)} roles")


def check_log(net: Network) -> None:
    """What was refused stands there with who asked, and so does each change."""
    done = subprocess.run([net.binary, "audit", "--home", net.path("F55"), "--json", "--use",
                           "lawfulness", "--purpose", "inspection"], text=True, capture_output=True, timeout=60, cwd="/",
                          user=PEOPLE["audit"], group=GID, extra_groups=[])
    rows = [row for row in scene.lines_of(done.stdout) if "operation" in row]
    check(not [row for row in rows if row["operation"] == "refuse" and
               row["outcome"].startswith("not permitted")], "a person counts as a record refused")
    refused = [row for row in rows if row["operation"] == "deny"]
    check(any(row["outcome"] == "not permitted: inbox needs the role read" and
              row["actor"].startswith(f"uid:{NOBODY}") for row in refused), f"{refused[:3]}")
    check(any(row["operation"] == "install" and row["outcome"] == "operator uid:23002: read"
              for row in rows), "who was given a role")


def check_over_restart(net: Network) -> None:
    net.stop("F55")
    net.start("F55")
    scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)
    check(is_refused(*ask(net, "inbox", PEOPLE["submit"])), "after a restart")
    check_equal(ask(net, "inbox", PEOPLE["read"])[0], 0, "a reader after a restart")
    record = json.dumps(scene.simple_record("F55", 1))
    code, answer = ask(net, "publish -", PEOPLE["submit"], record)
    check(code == REFUSED and answer["rows"], f"a record is judged for who may submit: {answer}")
    for user in (*(f"uid:{uid}" for uid in PEOPLE.values()), "uid:1"):
        code, answer = ask(net, f"operator remove {user}")
        check_equal(code, 0, f"{user}: {answer}")
    check("nobody is named" in answer["sentence"], f"the last one: {answer}")
    check_equal(ask(net, "inbox", NOBODY)[0], 0, "nobody is named any more")


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("root alone can become other users")
    with scene.network(options.binary, {"F55": scene.AGENCIES["F55"]}) as net:
        open_to_others(net, "F55")
        check_open(net)
        check_naming(net)
        check_matrix(net)
        check_log(net)
        check_over_restart(net)
        scene.verify(net, "F55")


GID = grp.getgrnam("nogroup").gr_gid if "nogroup" in [g.gr_name for g in grp.getgrall()] else 1

if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
