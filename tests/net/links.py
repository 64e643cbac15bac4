"""Two forces hold the same identifier: the fusion cell is told, and a person decides.

Within a second of storage a link between the two records is proposed, once, whatever is killed; it
is shown for a purpose that is logged before either is opened, decided with a reason, and undone.  The
records stay as they are.  What is recalled, corrected or erased takes its links with it.
"""

import argparse
import datetime
import os
import signal

import canary
import scene
from ingest import up
from scene import Network, check, check_equal
from supersede import WHY, supersede

WHERE = {name: scene.TWO_REGIONS[name] for name in ("F55", "F44", "SWROCU", "JFC")}
AT = "JFC"
PURPOSE = ("--purpose", "a test")
OFTEN = 12  # records before the newest one
PHONE, MARK = "07700 900123", "ab12 cde"
WRONG_USE, UNREACHABLE, FORBIDDEN = 2, 3, 4


def record(force: str, number: int, **fields: object) -> dict:
    plain = {"vehicles": [], "phones": [], "documents": [], "persons": [
        {"surname": "Nemo", "given": [f"Person{number}"], "roles": ["suspect"]}]}
    return scene.simple_record(force, number, **{**plain, **fields})


def published(net: Network, force: str, number: int, **fields: object) -> str:
    return scene.published(net, force, record(force, number, **fields))["id"]


def links(net: Network, *words: str) -> list[dict]:
    return [row for row in net.at(AT, "links", *words)[1] if "link" in row]


def between(net: Network, *records: str) -> dict | None:
    """The link of two records, in any state."""
    for row in links(net, "--state", "all"):
        if {row["record"], row["other_record"]} == set(records):
            return row
    return None


def wait_link(net: Network, *records: str) -> dict:
    return scene.wait(f"a link of {records}", lambda: between(net, *records))


def seconds_after(stored: str, proposed: str) -> float:
    times = [datetime.datetime.fromisoformat(t.replace("Z", "+00:00")) for t in (stored, proposed)]
    return (times[1] - times[0]).total_seconds()


def todos(net: Network) -> set[str]:
    return {row["record"] for row in net.at(AT, "todo")[1] if row.get("kind") == "link"}


def log(net: Network, record_id: str, operation: str) -> list[dict]:
    _, rows = net.at(AT, "audit", "--use", "integrity", *PURPOSE)
    return [row for row in rows if row.get("object") == record_id
            and row.get("operation") == operation]


def opened(net: Network, record_id: str) -> list[dict]:
    return [row for row in log(net, record_id, "consult") if row["outcome"] != "links listed"]


def check_proposed(net: Network) -> tuple[str, str, dict]:
    """By a phone that each writes otherwise; not with a record of one's own, and once."""
    first = published(net, "F55", 1, phones=[{"number": PHONE}])
    scene.wait_stored(net, "F55", first, {AT})
    own = published(net, "F55", 2, phones=[{"number": PHONE}])
    scene.wait_stored(net, "F55", own, {AT})
    second = published(net, "F44", 3, phones=[{"number": "+44 7700 900 123"}])
    link = wait_link(net, first, second)
    wait_link(net, own, second)
    check(between(net, first, own) is None, "two records of one publisher are linked")
    check_equal((link["state"], link["by"]), ("proposed", "telephone number"), "the proposal")
    check_equal((link["from"], link["other_from"]), ("F55", "F44"), "whose they are")
    check("possible" in link["says"], f"a telephone number says: {link['says']}")
    held = net.inbox(AT)[second]
    took = seconds_after(held["stored"], link["proposed"])
    check(0 <= took and (took <= 1 or scene.is_instrumented(net.binary)),
          f"proposed {took} s after it was stored")
    check(link["link"] in todos(net), "there is no to-do")
    rows = [row["outcome"] for row in log(net, second, "combine")]
    check(any(first in outcome and "link proposed" in outcome for outcome in rows),
          f"the log says: {rows}")
    return first, second, link


def check_narrowed(net: Network, first: str, second: str, link: dict) -> None:
    everything = links(net)
    for words, wanted in ((("--record", first), [link]), (("--type", "phone"), everything),
                          (("--type", "imei"), []), (("--from", "F44"), everything),
                          (("--from", "JFC"), []), (("--state", "same"), []),
                          (("--skip", "1"), everything[1:])):
        check_equal([row["link"] for row in links(net, *words)], [row["link"] for row in wanted],
                    f"links {words}")
    for words, word in ((("--state", "perhaps"), "--state"), (("--type", "shoe"), "--type"),
                        (("--skip", "x"), "--skip"), (("--from", "XX"), "roster"), (("one",), "options only")):
        done = net.run("links", "--home", net.path(AT), *words, check=False)
        check(done.returncode == WRONG_USE and word in done.stderr, f"{words}: {done.stderr}")
    _, rows = net.at(AT, "audit", "--use", "integrity", *PURPOSE)
    check("links listed" in {row.get("outcome") for row in rows}, "a list is not in the log")
    check(log(net, first, "consult"), "a list of one record's links is not in the log")
    done = net.run("links", "--home", net.path("F55"))
    check("kind fusion" in done.stdout, f"at a bureau: {done.stdout}")


def check_shown(net: Network, first: str, second: str, link: dict) -> None:
    """For a purpose; both readings in the log, and what they have in common on the screen."""
    code, _ = net.at(AT, "links show", link["link"], check=False)
    check_equal(code, FORBIDDEN, "without a purpose")
    check_equal(opened(net, first), [], "nothing was read")
    done = net.run("links", "show", "--home", net.path(AT), link["link"][:12], *PURPOSE)
    for word in ("+447700900123", "F55: phones 1", "F44: phones 1", first, second, "possible"):
        check(word in done.stdout, f"not on the screen: {word}: {done.stdout}")
    for one in (first, second):
        rows = opened(net, one)
        check(len(rows) == 1 and rows[0]["purpose"] == "a test", f"the log says of {one}: {rows}")
    for words, code in ((("ffffffffffff",), UNREACHABLE), (("zz",), WRONG_USE), ((), WRONG_USE)):
        check_equal(net.at(AT, "links show", *words, *PURPOSE, check=False)[0], code, f"show {words}")


def decide(net: Network, link: dict, *words: str) -> tuple[int, str]:
    code, rows = net.at(AT, "links decide", link["link"], *words, check=False)
    return code, rows[-1].get("sentence", rows[-1].get("why", "")) if rows else ""


def check_decided(net: Network, first: str, second: str, link: dict, twice: str) -> None:
    """With a reason, once, until it is undone; each step is in the log, over a kill."""
    before = {one: net.at(AT, "show", one, *PURPOSE)[1][0]["texts"] for one in (first, second)}
    for words, code, word in ((("--same",), WRONG_USE, "--reason"),
                              (("--same", "--undo", "--reason", "x"), WRONG_USE, "one of"),
                              (("--reason", "x"), WRONG_USE, "one of"),
                              (("--same", "--reason", "x" * 257), WRONG_USE, "256"),
                              (("--undo", "--reason", "x"), FORBIDDEN, "nothing was decided")):
        found, said = decide(net, link, *words)
        check(found == code and word in said, f"{words}: {found} {said}")
    check_equal(decide(net, link, "--same", "--reason", twice)[0], 0, "decided")
    net.stop(AT, signal.SIGKILL)
    up(net, AT)
    check_equal(between(net, first, second)["state"], "same", "after a kill")
    check(link["link"] not in todos(net), "it is still to be done")
    check(link["link"] not in {row["link"] for row in links(net)}, "it is still proposed")
    code, said = decide(net, link, "--not-the-same", "--reason", "x")
    check(code == FORBIDDEN and "--undo" in said, f"decided twice: {code} {said}")
    check_equal(decide(net, link, "--undo", "--reason", "another handset")[0], 0, "undone")
    check(link["link"] in todos(net), "undone, and nobody is told")
    check_equal(decide(net, link, "--not-the-same", "--reason", "sold in May")[0], 0, "decided")
    check_equal(between(net, first, second)["state"], "not-the-same", "in the end")
    done = net.run("links", "show", "--home", net.path(AT), link["link"], *PURPOSE)
    for word in (twice, "another handset", "sold in May", f"uid:{os.geteuid()}"):
        check(word in done.stdout, f"not on the screen: {word}: {done.stdout}")
    for one in (first, second):
        rows = [(row["outcome"].split(":")[0], row["purpose"]) for row in log(net, one, "combine")
                if "decid" in row["outcome"] or "decision" in row["outcome"]]
        check_equal(rows, [("link decided, same", twice),
                           ("link decision undone", "another handset"),
                           ("link decided, not the same", "sold in May")], f"the log of {one}")
    after = {one: net.at(AT, "show", one, *PURPOSE)[1][0]["texts"] for one in (first, second)}
    check_equal(after, before, "the records stay as they are")


def check_mark_alone(net: Network) -> None:
    first = published(net, "F55", 11, vehicles=[{"vrm": MARK}])
    scene.wait_stored(net, "F55", first, {AT})
    second = published(net, "F44", 12, vehicles=[{"vrm": "AB12CDE"}])
    link = wait_link(net, first, second)
    check("says nothing of persons" in link["says"], f"a mark says: {link['says']}")


def check_passport(net: Network, texts: canary.Canaries) -> None:
    """What it is proposed by stands in no file of the node; of another country it is another."""
    number = texts.digits("a passport", "", 9)

    def passport(country: str) -> list[dict]:
        return [{"type": "passport", "number": number, "country": country}]

    other = published(net, "F55", 20, documents=passport("FRA"))
    first = published(net, "F55", 21, documents=passport("GBR"))
    scene.wait_stored(net, "F55", first, {AT})
    second = published(net, "F44", 22, documents=passport("GBR"))
    check("probable" in wait_link(net, first, second)["says"], "a passport is not probable")
    check(between(net, other, second) is None, "passports of two countries are linked")


def check_gone(net: Network) -> None:
    """A correction and a recall take a link off the list; an erasure out of the file."""
    phones = [{"number": "07700 900456"}]
    first = published(net, "F55", 31, phones=phones)
    other = published(net, "F55", 33, phones=phones)
    scene.wait_stored(net, "F55", other, {AT})
    second = published(net, "F44", 32, phones=phones)
    link = wait_link(net, first, second)
    undecided = wait_link(net, other, second)["link"]
    check(undecided in todos(net), "it is to be decided")
    decide(net, link, "--same", "--reason", "one handset")
    _, rows = supersede(net, "F44", second, record("F44", 32, phones=phones, title="A corrected title"),
                        *WHY)
    newer = next(row["id"] for row in rows if row.get("row") == "record")
    again = wait_link(net, first, newer)
    check_equal(between(net, first, second)["state"], "gone", "corrected")
    show = net.run("links", "show", "--home", net.path(AT), again["link"], *PURPOSE).stdout
    check("same, of a version before" in show, f"not on the screen: {show}")
    check(again["state"] == "proposed" and again["note"].startswith("same, of a version before"),
          f"what was said of the version before: {again}")
    check(undecided not in todos(net) and again["link"] in todos(net), "what waits")
    code, said = decide(net, link, "--undo", "--reason", "x")
    check(code == FORBIDDEN and "corrected" in said, f"of what is gone: {code} {said}")
    net.at("F55", "recall", first, "--person", "DS One", "--reason", "a wrong name")
    scene.wait("the recall", lambda: between(net, first, newer)["state"] == "gone")
    check(again["link"] not in todos(net), "recalled, and it is still to be done")
    check_equal(net.at(AT, "links show", again["link"], *PURPOSE, check=False)[0], FORBIDDEN,
                "shown after the recall")
    net.at(AT, "statement", first, "--erased", "--person", "DI at the cell", "--reason", "recalled")
    check(between(net, first, newer) is None, "erased, and its links are there")


def check_often(net: Network) -> None:
    """What too many records have proposes nothing any more, and is listed."""
    mark = [{"vrm": "XY21 ZZZ"}]
    check_equal([row for row in net.at(AT, "links often")[1] if "what" in row], [], "seen too often")
    ids = [published(net, "F55", 100 + n, vehicles=mark) for n in range(OFTEN)]
    scene.wait_stored(net, "F55", ids[-1], {AT})
    last = published(net, "F44", 199, vehicles=mark)
    for one in ids:
        wait_link(net, one, last)
    one_more = published(net, "F44", 200, vehicles=mark)
    row = scene.wait("it to be listed", lambda: [row for row in net.at(AT, "links often")[1]
                                                 if "what" in row])[0]
    check_equal((row["records"], row["newest"]), (str(OFTEN + 1), one_more), "what is listed")
    check_equal(links(net, "--record", one_more), [], "proposed all the same")
    check("XY21" not in str(row), "the list names the mark")


def tell(net: Network, link: str, *words: str) -> dict[str, dict]:
    """What became of it, by the agency that would be told."""
    return {row["agency"]: row for row in net.at(AT, "links tell", link, *words)[1]
            if "agency" in row}


def told(net: Network, agency: str, record_id: str) -> list[tuple[str, str, str]]:
    return [(row["agency"], row["says"], row["other"])
            for row in net.at(agency, "trace", record_id, *PURPOSE)[1]
            if row.get("row") == "linked"]


def waits(net: Network, agency: str, record_id: str) -> list[str]:
    return [row["what"] for row in net.at(agency, "todo")[1]
            if row.get("kind") == "linked" and row["record"] == record_id]


def linked(net: Network, number: int, **fields: object) -> tuple[str, str, str]:
    """A bureau's record and its unit's, decided to be about the same."""
    phones = [{"number": f"07700 9{number:05}"}]
    ours = published(net, "F55", number, phones=phones, **fields)
    scene.wait_stored(net, "F55", ours, {AT, "SWROCU"})
    units = published(net, "SWROCU", number + 1, phones=phones)
    link = wait_link(net, ours, units)["link"]
    return ours, units, link


def check_told(net: Network) -> None:
    """Routing lets the unit have the bureau's record and not the other way round."""
    ours, units, link = linked(net, 400)
    code, _ = net.at(AT, "links tell", link, "--reason", "x", check=False)
    check_equal(code, FORBIDDEN, "told before it is decided")
    net.at(AT, "links decide", link, "--same", "--reason", "one handset")
    ways = {a: row["way"] for a, row in tell(net, link, "--preview").items()}
    check_equal(ways, {"F55": "silent", "SWROCU": "pointer"}, "who would be told")
    code, _ = net.at(AT, "links tell", link, check=False)
    check_equal(code, WRONG_USE, "without a reason")
    check_equal(log(net, ours, "disclose"), [], "a preview tells nobody")
    rows = tell(net, link, "--reason", "to be worked together")
    check(rows["SWROCU"]["told"] and not rows["F55"]["told"], f"who was told: {rows}")
    scene.wait("the unit to be told", lambda: waits(net, "SWROCU", units))
    check("F55" not in str(waits(net, "SWROCU", units)), "the to-do says whose it is")
    said = [("JFC", "the same as", f"F55/{ours}")]
    _, rows = net.at("SWROCU", "trace", units)
    check(ours not in str(rows) and "--purpose" in str(rows), f"without a purpose: {rows}")
    check(waits(net, "SWROCU", units), "nobody has looked for a purpose")
    check_equal(told(net, "SWROCU", units), said, "at the unit")
    check_equal(waits(net, "SWROCU", units), [], "it was looked at")
    check_equal((told(net, "F55", ours), waits(net, "F55", ours)), ([], []), "at the bureau")
    pointers = [row for row in log(net, ours, "disclose") if "pointer" in row["outcome"]]
    check_equal([(row["with"], row["purpose"]) for row in pointers],
                [("SWROCU", "to be worked together")], "in the log")
    tell(net, link, "--reason", "again")
    net.at(AT, "links decide", link, "--undo", "--reason", "two handsets")
    scene.wait("it to be taken back", lambda: len(told(net, "SWROCU", units)) == 2)
    check_equal(told(net, "SWROCU", units), [*said, ("JFC", "no longer", f"F55/{ours}")],
                "told once, and taken back")


def check_asked_first(net: Network) -> None:
    """Under A1 and S2 the owner is asked, for each; then it is told, until there is a recall."""
    ours, units, link = linked(net, 410, handling="C", action="A1", sanitisation="S2",
                               conditions="ask first", condition_reason="an enquiry")
    net.at(AT, "links decide", link, "--same", "--reason", "one handset")
    for wants in ("act", "sanitise"):
        row = tell(net, link, "--reason", "to be worked together")["SWROCU"]
        check(row["way"] == "ask" and f"--{wants}" in row["why"] and not row["told"], f"{row}")
        net.at(AT, "ask", ours, f"--{wants}", "--question", "May the unit be told?")
        scene.wait("the question", lambda: [
            q for q in net.at("F55", "asked")[1] if q.get("record") == ours
            and q.get("wants") == wants and q.get("state") == "open"])
        net.at("F55", "answer", ours, "--from", AT, f"--{wants}", "--grant", "--person", "DI One",
               "--released", "CI One", "--text", "yes")
        scene.wait("the answer", lambda: [
            q for q in net.at(AT, "asked")[1] if q.get("record") == ours
            and q.get("wants") == wants and q.get("state") == "granted"])
    check(tell(net, link, "--reason", "the owner consents")["SWROCU"]["told"], "told in the end")
    scene.wait("the unit to be told", lambda: told(net, "SWROCU", units))
    net.at("F55", "recall", ours, "--person", "DS One", "--reason", "a wrong number")
    scene.wait("it to be taken back", lambda: told(net, "SWROCU", units) == [
        ("JFC", "the same as", f"F55/{ours}"), ("JFC", "no longer", f"F55/{ours}")])


def test(options: argparse.Namespace) -> None:
    texts = canary.Canaries(options.seed)
    with scene.network(options.binary, WHERE) as net:
        first, second, link = check_proposed(net)
        check_narrowed(net, first, second, link)
        check_shown(net, first, second, link)
        check_decided(net, first, second, link, texts.text("a reason"))
        check_mark_alone(net)
        check_passport(net, texts)
        check_gone(net)
        check_often(net)
        check_told(net)
        check_asked_first(net)
        canary.check_files(net, canary.needles(texts), "with links")
        for agency in WHERE:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
