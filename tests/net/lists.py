"""What a unit and a keeper look through: narrowed lists, and a peer that has gone quiet.

Each filter of `inbox` and `audit` takes what it names and nothing else; a word that means nothing
is refused with those that do; what was opened is unread no more; a peer that stopped is not level.
"""

import argparse
import re
import signal

import scene
from scene import Network, check, check_equal

UNDER_C = {"handling": "C", "action": "A1", "sanitisation": "S2", "conditions": "ask first",
           "condition_reason": "an enquiry is under way"}


def inbox(net: Network, *filters: str) -> list[str]:
    return sorted(row["id"] for row in net.at("SWROCU", "inbox", *filters)[1] if "id" in row)


def check_inbox(net: Network) -> None:
    plain = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
    under_c = scene.published(net, "F55", scene.simple_record("F55", 2, **UNDER_C))["id"]
    other = scene.published(net, "F50", scene.simple_record("F50", 3, priority="medium"))["id"]
    every = sorted((plain, under_c, other))
    scene.wait("all three", lambda: inbox(net) == every)
    year = next(row["stored"] for row in net.at("SWROCU", "inbox")[1] if "id" in row)[:4]
    for filters, wanted in ((("--from", "F50"), [other]), (("--force", "50"), [other]),
                            (("--priority", "medium"), [other]), (("--handling", "C"), [under_c]),
                            (("--flag", "#oimcr"), every), (("--flag", "OTHER"), []),
                            (("--since", f"{year}-01-01"), every), (("--until", "2020-01-01"), []),
                            (("--force", "55", "--handling", "P"), [plain])):
        check_equal(inbox(net, *filters), sorted(wanted), f"inbox {filters}")
    check_equal(inbox(net, "--unread"), every, "nobody has opened anything")
    net.at("SWROCU", "show", plain, "--purpose", "triage")
    check_equal(inbox(net, "--unread"), sorted((under_c, other)), "one was opened")
    nothing = net.at("SWROCU", "inbox", "--flag", "OTHER")[1][-1]["sentence"]
    check("matches" in nothing, f"an empty list says: {nothing}")


def check_refusals(net: Network) -> None:
    for command, word in (("inbox --priority urgent", "high, medium, low"),
                          ("inbox --handling X", "P, C"), ("inbox --force 5", "code"),
                          ("inbox --from NOBODY", "roster"), ("inbox --since yesterday", "2026-11-27"),
                          ("inbox --since 2026-02-02 --until 2026-01-01", "before"),
                          ("audit --operation peek --purpose test", "consult"),
                          ("audit --until 27/11/2026 --purpose test", "2026-11-27"),
                          ("case list --week 2026-48", "2026-W48"),
                          ("case list --week 2026-W54", "2026-W48"),
                          ("case list --week 2025-W53", "2026-W48"),
                          ("case list --week 2026-W00", "2026-W48"),
                          ("case list --station ZZ99", "55AA"),
                          ("case rates --station 5", "55AA")):
        code, answers = net.at("F55", command, check=False)
        check_equal(code, 2, f"{command}: {answers}")
        check(word in answers[-1]["sentence"], f"{command} says: {answers[-1]}")


def check_taken(net: Network) -> None:
    """2026 has a week 53, and 2025 has not."""
    for command in ("case list --week 2026-W53", "case list --station 55AA", "case rates --week 2025-W52"):
        check_equal(net.at("F55", command, check=False)[0], 0, command)


def check_audit(net: Network) -> None:
    def rows(*filters: str) -> list[dict]:
        _, answers = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "inspection",
                            *filters)
        return [row for row in answers if "operation" in row]

    opened = rows("--operation", "consult", "--since", "2020-01-01")
    shown = next(row for row in opened if row["purpose"] == "triage")
    about = rows("--object", shown["object"][:12])
    check(about and all(row["object"] == shown["object"] for row in about), f"of one: {about}")
    check(shown in about, "its opening is not among them")
    check_equal(rows("--actor", "no such person"), [], "of nobody")
    check(shown in rows("--actor", shown["actor"]), "of who opened it")
    check_equal(rows("--until", "2020-01-01"), [], "before there was a log")


def check_quiet_peer(net: Network) -> None:
    def follows() -> str:
        return " ".join(row["following"]
                        for row in scene.rows_at(net, "SWROCU", "status", "peer")
                        if row["agency"] == "F50")

    scene.wait("F50 to be level", lambda: follows() == "level level level")
    net.processes["F50"].send_signal(signal.SIGSTOP)
    scene.wait("its silence to be told",
               lambda: re.fullmatch(r"(not heard for \d+ s ?){3}", follows()))
    net.processes["F50"].send_signal(signal.SIGCONT)
    scene.wait("F50 to be level again", lambda: follows() == "level level level")


def test(options: argparse.Namespace) -> None:
    cast = {**scene.ONE_BUREAU, "F50": scene.AGENCIES["F50"]}
    with scene.network(options.binary, cast) as net:
        check_inbox(net)
        check_refusals(net)
        check_taken(net)
        check_audit(net)
        check_quiet_peer(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
