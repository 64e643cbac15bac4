"""A watched person, car, boat or word is told to who watches, within a second and once.

A watch is an operator's own, kept sealed and with a reason.  A match is in the log before it is
told; it is told once, whatever is killed, and only what arrives from then on.  Filters, quiet hours
with what is urgent told all the same, what is seen, recalled, erased or no longer watched.
"""

import argparse
import calendar
import random
import signal
import sqlite3
import subprocess
import time

import scene
from scene import Network, check, check_equal
from search import record, text

WHY = ("--reason", "operation in hand")
NAME, ALIAS = "Zylqorv", "Vroxqan"  # nowhere else in any file
PLAIN: dict[str, list] = {"persons": [], "vehicles": [], "phones": []}


def watch(net: Network, *arguments: str) -> str:
    """Sets a watch; its id."""
    _, answers = net.at("SWROCU", "watch add", *arguments, *WHY)
    return answers[0]["watch"]


def alerts(net: Network, *arguments: str) -> dict[str, list[str]]:
    """What was found, by the records' ids."""
    _, answers = net.at("SWROCU", "watch alerts", *arguments)
    found: dict[str, list[str]] = {}
    for row in answers:
        if "matched" in row:
            found.setdefault(row["id"], []).append(row["matched"])
    return found


def publish(net: Network, number: int, **fields: object) -> str:
    one = scene.published(net, "F55", record(number, **{**PLAIN, **fields}))["id"]
    scene.wait_stored(net, "F55", one, {"SWROCU"})
    return one


def seconds(at: str) -> int:
    return calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))


def todo(net: Network) -> str:
    _, answers = net.at("SWROCU", "todo")
    return " ".join(row["what"] for row in answers if row.get("kind") == "watch")


def audit(net: Network, outcome: str) -> list[dict]:
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test")
    return [row for row in log if row.get("outcome", "").startswith(outcome)]


def restart(net: Network) -> None:
    net.stop("SWROCU", signal.SIGKILL)
    net.start("SWROCU")
    net.wait("SWROCU to answer", lambda: net.at("SWROCU", "status", check=False)[0] == 0)


def check_kinds(net: Network) -> dict[str, str]:
    """Of each kind one, and what matches none."""
    before = publish(net, 1, vehicles=[{"vrm": "AB12CDE"}])
    watches = {
        "person": watch(net, "--name", f"Anton {NAME}", "--born", "1988"),
        "alias": watch(net, "--name", f"The {ALIAS}"),
        "email": watch(net, "--email", "boats@qyr.example"),
        "identifier": watch(net, "--identifier", "imei:490154203237518"),
        "phone": watch(net, "--phone", "07700900123"),
        "car": watch(net, "--vrm", "AB12CDE"),
        "boat": watch(net, "--vessel", "merry widow"),
        "document": watch(net, "--document", "passport:GBR:553201772"),
        "account": watch(net, "--account", "GB29NWBK60161331926819"),
        "address": watch(net, "--address", "Qyrhaven Street"),
        "words": watch(net, "qyrboat", "slipway"),
        "flag": watch(net, "qyrflag", "--flag", "#OIMCR"),
    }
    check_equal(alerts(net), {}, "what was here before")
    made = {
        "person": publish(net, 11, persons=[{"surname": NAME, "given": ["Anton"], "born": "1988-03-14",
                                             "roles": ["suspect"]}]),
        "alias": publish(net, 21, persons=[{"surname": "Smith", "aliases": [f"the {ALIAS.lower()}"],
                                            "roles": ["suspect"]}]),
        "email": publish(net, 22, texts=text("he wrote from Boats@Qyr.example")),
        "identifier": publish(net, 23, texts=text("on IMEI 490154203237518")),
        "phone": publish(net, 12, texts=text("he rang +44 7700 900 123")),
        "car": publish(net, 13, vehicles=[{"vrm": "ab12 cde"}]),
        "boat": publish(net, 14, vessels=[{"name": "Merry Widow"}]),
        "document": publish(net, 15, documents=[{"type": "passport", "number": "553 201 772",
                                                 "country": "GBR"}]),
        "account": publish(net, 16, accounts=[{"number": "GB29 NWBK 6016 1331 9268 19"}]),
        "address": publish(net, 17, addresses=[{"text": "12 Qyrhaven Street"}]),
        "words": publish(net, 18, texts=text("the Qyrboat left the slipway")),
        "flag": publish(net, 19, texts=text("a qyrflag")),
    }
    publish(net, 20, persons=[{"surname": NAME, "given": ["Anton"], "born": "1951",
                               "roles": ["witness"]}], texts=text("the qyrboat"))
    found = scene.wait("all alerts", lambda: (lambda f: f if len(f) >= len(made) else None)(alerts(net)))
    check_equal(set(found), set(made.values()), "what was found")
    check(before not in found, "what was here before")
    _, answers = net.at("SWROCU", "watch alerts")
    late = [row for row in answers if "raised" in row and seconds(row["raised"]) - seconds(row["stored"]) > 1]
    check(not late or scene.is_instrumented(net.binary), f"raised over a second after storage: {late}")
    check("phone: in a text, in texts 1" in found[made["phone"]], f"the phone: {found[made['phone']]}")
    check("12 new" in todo(net), f"the to-do: {todo(net)}")
    check_equal(set(watches), set(made), "watches")
    return made


def check_log(net: Network, made: dict[str, str]) -> None:
    """Each watch and each match is a row; neither has what is watched."""
    rows = audit(net, "a watch matched: ")
    check_equal(sorted(row["object"] for row in rows), sorted(made.values()), "matches in the log")
    check(all(row["operation"] == "combine" and row["actor"] == "node" and
              row["purpose"] == WHY[1] for row in rows), f"the log: {rows[0]}")
    rows = audit(net, "watch set: ")
    check(len(rows) == len(made) and all(row["purpose"] == WHY[1] and row["digest"] for row in rows),
          f"watches in the log: {rows}")
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test")
    files = subprocess.run(["grep", "-rilE", f"{NAME}|{ALIAS}|qyrhaven|553201772|900123", net.folder],
                           capture_output=True, text=True).stdout.split()
    check_equal(files, [], "files with what is watched")
    check(NAME not in str(log) and ALIAS not in str(log), "the log says who is watched")


def check_once(net: Network, made: dict[str, str]) -> None:
    """Over kills, and when the index is made again; what is seen is told no more."""
    restart(net)
    check_equal(set(alerts(net)), set(made.values()), "over a kill")
    net.at("SWROCU", "show", made["person"], "--purpose", "test")
    check(made["person"] not in alerts(net), "an alert whose record was shown")
    net.at("SWROCU", "watch seen", made["phone"])
    check_equal(set(alerts(net)), set(made.values()) - {made["person"], made["phone"]}, "unseen")
    check("10 new" in todo(net), f"the to-do: {todo(net)}")
    check(made["person"] in alerts(net, "--all"), "seen ones are not in the whole list")
    net.stop("SWROCU")
    restart_with_new_index(net)
    check_equal(set(alerts(net)), set(made.values()) - {made["person"], made["phone"]},
                "after the index was made again")
    check_equal(len(audit(net, "a watch matched: ")), len(made), "matches in the log then")


def index_state(net: Network, change: str = "") -> dict[str, int]:
    """Of a node that stands still: the form that its index was made in, how far it is done, and
    how many records have a number in it."""
    db = sqlite3.connect(net.path("SWROCU", "journal.db"))
    with db:
        if change:
            db.execute(change)
        state = dict(db.execute("SELECT name, value FROM token_state").fetchall())
        state["numbers"] = db.execute("SELECT count(*) FROM token_record").fetchone()[0]
    db.close()
    return state


def restart_with_new_index(net: Network) -> None:
    """The index forgets its form, as under another version, and looks at all records anew."""
    before = index_state(net)
    check(before["form"] > 0 and before["done"] > 0, f"the index before: {before}")
    forgot = index_state(net, "UPDATE token_state SET value = 0 WHERE name IN ('form', 'done')")
    check_equal((forgot["form"], forgot["done"]), (0, 0), "what it forgot")
    net.start("SWROCU")
    net.wait("SWROCU to answer", lambda: net.at("SWROCU", "status", check=False)[0] == 0)
    scene.wait("the index", lambda: "indexed" not in net.at(
        "SWROCU", "search", "qyrboat", "--purpose", "test")[1][-1]["sentence"])
    net.stop("SWROCU")
    made = index_state(net)
    check_equal((made["form"], made["done"] >= made["numbers"], made["numbers"]),
                (before["form"], True, before["numbers"]), "the index that was made anew")
    net.start("SWROCU")
    net.wait("SWROCU to answer", lambda: net.at("SWROCU", "status", check=False)[0] == 0)
    scene.wait("the index", lambda: "indexed" not in net.at(
        "SWROCU", "search", "qyrboat", "--purpose", "test")[1][-1]["sentence"])
    net.at("SWROCU", "recover", "--person", "DI at the unit", "--reason", "a test", "--tables",
           check=False)


def check_killed(net: Network, chance: random.Random) -> None:
    """Killed while what is watched arrives: each record is told once, and once in the log."""
    before = len(audit(net, "a watch matched: "))
    made = set()
    for n in range(4):
        made |= {scene.published(net, "F55", record(50 + 2 * n + k, **PLAIN, texts=text("a qyrflag")))["id"]
                 for k in range(2)}
        time.sleep(chance.random() / 10)  # the moment of the kill is drawn
        restart(net)
    for one in made:
        scene.wait_stored(net, "F55", one, {"SWROCU"})
    found = scene.wait("alerts of all", lambda: (lambda f: f if made <= set(f) else None)(alerts(net)))
    check(all(len(found[one]) == 1 for one in made), f"told twice: {found}")
    check_equal(len(audit(net, "a watch matched: ")) - before, len(made), "matches in the log")


def check_forgotten(net: Network, made: dict[str, str]) -> None:
    """What is recalled is not told of any more than the inbox does, and what is erased not at all."""
    net.at("F55", "recall", made["boat"], "--reason", "another boat", "--person", "DS")

    def blocked() -> bool:
        return alerts(net).get(made["boat"]) == [""]
    scene.wait("the recalled one without what matched", blocked)
    net.at("SWROCU", "statement", made["boat"], "--erased", "--person", "DI", "--reason", "recalled")
    scene.wait("the erased one to go", lambda: made["boat"] not in alerts(net, "--all"))
    net.at("SWROCU", "watch seen", "--all")
    check_equal((alerts(net), todo(net)), ({}, ""), "when all is seen")


def check_filters(net: Network) -> None:
    """A watch's own, its operator's, and quiet hours with what is urgent told all the same."""
    _, answers = net.at("SWROCU", "watch list")
    for row in answers:
        if "watch" in row:
            net.at("SWROCU", "watch end", row["watch"], "--reason", "done")
    publish(net, 30, vehicles=[{"vrm": "AB12CDE"}])
    watch(net, "--vrm", "AB12CDE", "--priority", "medium")
    watch(net, "--vrm", "AB12CDF", "--from", "PND")
    publish(net, 31, vehicles=[{"vrm": "AB12CDE"}], priority="low")
    publish(net, 32, vehicles=[{"vrm": "AB12CDF"}])
    medium = publish(net, 33, vehicles=[{"vrm": "AB12CDE"}], priority="medium")
    scene.wait("the one of medium priority", lambda: set(alerts(net)) == {medium})
    hour = time.gmtime().tm_hour
    hours = f"{(hour - 1) % 24}-{(hour + 2) % 24}"  # now, for an hour at least
    net.at("SWROCU", "watch set", "--quiet", hours)
    held = publish(net, 34, vehicles=[{"vrm": "AB12CDE"}], priority="medium")
    urgent = publish(net, 35, vehicles=[{"vrm": "AB12CDE"}], priority="high")
    scene.wait("the urgent one", lambda: set(alerts(net)) == {medium, urgent})
    check_equal(set(alerts(net, "--all")) & {held}, {held}, "the held one in the whole list")
    check("2 new" in todo(net) and "urgent: 1" in todo(net), f"the to-do: {todo(net)}")
    net.at("SWROCU", "watch set", "--quiet", "off", "--priority", "high")
    publish(net, 36, vehicles=[{"vrm": "AB12CDE"}], priority="medium")
    second = publish(net, 37, vehicles=[{"vrm": "AB12CDE"}], priority="high")
    scene.wait("the second urgent one", lambda: set(alerts(net)) == {medium, urgent, second})


def new(net: Network) -> tuple[list[str], str]:
    _, answers = net.at("SWROCU", "inbox", "--since-last")
    return [row["id"] for row in answers if "id" in row], answers[-1]["sentence"]


def check_digest(net: Network) -> None:
    """What is new since the operator looked last, each once, the oldest first, over a kill."""
    found, said = new(net)
    check(not found and "not asked so before" in said, f"the first time: {said}")
    check_equal(new(net)[0], [], "when nothing came")
    first, second = publish(net, 70), publish(net, 71, priority="medium")
    restart(net)
    unseen = len(alerts(net))
    found, said = new(net)
    check_equal(found, [first, second], "what is new")
    check(said.startswith("2 new since ") and ": 1 medium, 1 low; your watches have found "
          f"{unseen} that" in said and unseen > 0, f"the digest: {said}")
    net.at("SWROCU", "watch seen", "--all")
    found, said = new(net)
    check(not found and "nothing new since" in said and "watches" not in said,
          f"asked again: {found} {said}")
    made = [publish(net, 72, priority="medium"), publish(net, 73)]
    for narrowed in (("--priority", "medium"), ("--from", "F55"), ("--unread",), ("--skip", "1")):
        done = net.run("inbox", "--home", net.path("SWROCU"), "--since-last", *narrowed, check=False)
        check(done.returncode == 2 and "never be told as new" in done.stderr,
              f"{narrowed}: exit {done.returncode}, {done.stderr}")
    check_equal(new(net)[0], made, "nothing was passed over")


def check_refused(net: Network) -> None:
    for arguments, code, word in ((("watch add", "qyrboat"), 4, "--reason"),
                                  (("watch add", *WHY), 2, "what to look for"),
                                  (("watch add", "--phone", "12", *WHY), 1, "07700900123"),
                                  (("watch add", "x", *WHY), 1, "single letters"),
                                  (("watch add", "qyrboat", "--from", "NOBODY", *WHY), 2, "roster"),
                                  (("watch add", "qyrboat", "--until", "2020-01-01", *WHY), 2, "to come"),
                                  (("watch end", "0123456789", *WHY), 3, "no watch"),
                                  (("watch set", "--quiet", "22-25"), 2, "UTC"),
                                  (("watch set", "--quiet", "6-6"), 2, "UTC")):
        command, *rest = arguments
        done = net.run(*command.split(), "--home", net.path("SWROCU"), *rest, check=False)
        check(done.returncode == code and word in done.stderr,
              f"{arguments}: exit {done.returncode}, {done.stderr}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        made = check_kinds(net)
        check_log(net, made)
        check_once(net, made)
        check_killed(net, random.Random(options.seed))
        check_forgotten(net, made)
        check_filters(net)
        check_digest(net)
        check_refused(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
