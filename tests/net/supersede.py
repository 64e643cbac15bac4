"""A correction is a new version in an own record's place, and every screen says so.

It reaches whoever had the version before, also who was away; who may not have it any more learns the fact and
no more.  Two corrections of one record at once: one stands, the other is answered.  A recall
for compromise takes every version.
"""

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor

import scene
from scene import Network, check, check_equal, say

# Not more than OFFICIAL may go there.
LOW = "JFC2"
FIVE = {**scene.ONE_BUREAU, LOW: ("Second fusion cell", "fusion", "", "", "OFFICIAL")}
MANY = 20  # versions: all are recalled
WHY = ("--reason", "the date was wrong", "--person", "DI at the bureau")


def supersede(net: Network, agency: str, older: str, record: dict,
              *more: str) -> tuple[int, list[dict]]:
    return net.at(agency, "supersede", older, "-", *more, check=False, text=json.dumps(record))


def corrected(net: Network, older: str, record: dict, *more: str) -> str:
    code, rows = supersede(net, "F55", older, record, *WHY, *more)
    check_equal(code, 0, f"a correction: {rows}")
    return next(row["id"] for row in rows if row.get("row") == "record")


def note(net: Network, agency: str, record: str) -> str:
    return next((row["note"] for row in net.at(agency, "inbox")[1] if row.get("id") == record),
                "not there")


def check_marks(net: Network, first: str, second: str) -> None:
    for agency in ("SWROCU", "JFC", "PND"):
        scene.wait(f"the correction at {agency}", lambda a=agency: second in scene.held(net, a))
        check(f"SUPERSEDED by {second}" in note(net, agency, first), f"{agency}'s inbox, older")
        check(f"supersedes {first}" in note(net, agency, second), f"{agency}'s inbox, newer")
        code, _ = net.at(agency, "show", first, "--purpose", "test", check=False)
        check_equal(code, 0, f"{agency} still reads the older version")
        shown = net.run("show", "--home", net.path(agency), "--purpose", "test", first).stdout
        check(f"SUPERSEDED by {second}" in shown, f"{agency}'s screen: {shown[:300]}")
        shown = net.run("show", "--home", net.path(agency), "--purpose", "test", second).stdout
        check("the date was wrong" in shown, f"{agency} is not told why: {shown[:300]}")
    scene.wait("the word at the one that may not have it",
               lambda: "SUPERSEDED" in note(net, LOW, first))
    check("may not have" in note(net, LOW, first), f"{LOW} says {note(net, LOW, first)}")
    check_equal(note(net, LOW, second), "not there", f"{LOW} and the newer version")
    _, told = net.at("F55", "trace", first)
    check(f"SUPERSEDED by {second}" in told[-1]["sentence"], f"the owner's trace: {told[-1]}")


def every_row(answers: list[dict]) -> list[dict]:
    """Of an answer for each record, or of one for all."""
    return [row for one in answers for row in one.get("rows", [one])]


def urn_advice(answers: list[dict]) -> list[dict]:
    return [row for row in every_row(answers)
            if row.get("row") == "finding" and row["field"] == "urn"]


def check_same_urn(net: Network, record: dict, first: str) -> None:
    """A second record under one URN is published, and pointed out; a correction is not."""
    text = json.dumps({**record, "urn": record["urn"].lower(), "title": "Another report"})
    for command in ("explain", "publish"):
        code, told = net.at("F55", command, "-", check=False, text=text)
        check_equal(code, 0, f"{command}, a URN that is taken: {told[-1]}")
        found = urn_advice(told)
        check(len(found) == 1 and first in found[0]["sentence"] and
              f"flagpost supersede {first}" in found[0]["mend"] and
              found[0]["severity"] == "advise", f"{command} says of it: {told}")
    again = next(row["id"] for row in every_row(told) if row.get("row") == "record")
    code, told = supersede(net, "F55", again, {**record, "title": "Another, mended"}, *WHY)
    check(code == 0 and not urn_advice(told), f"a correction of who has it now: {told}")
    last = next(row["id"] for row in every_row(told) if row.get("row") == "record")
    week = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7 * 86400))
    text = text.replace("Another report", "A third report")
    told = net.at("F55", "publish", "--hold-until", week, "-", text=text)[1]
    check(len(urn_advice(told)) == 1, f"held until a date: {told}")
    net.at("F55", "recall", last, *WHY)
    text = text.replace("A third report", "A fourth report")
    found = urn_advice(net.at("F55", "explain", "-", check=False, text=text)[1])
    check(len(found) == 1 and first in found[0]["sentence"] and
          "recalled" not in found[0]["sentence"], f"one was recalled, one stands: {found}")
    net.at("F55", "recall", first, *WHY)
    found = urn_advice(net.at("F55", "explain", "-", check=False, text=text)[1])
    check(len(found) == 1 and last in found[0]["sentence"] and
          "recalled" in found[0]["sentence"] and "supersede" not in found[0]["mend"],
          f"all were recalled: {found}")


def placed(answers: list[dict]) -> str:
    return next(row["id"] for row in every_row(answers) if row.get("row") == "record")


def refused_as_same(told: tuple[int, list[dict]], *words: str) -> None:
    code, answers = told
    found = urn_advice(answers)
    check(code == 1 and len(found) == 1 and found[0]["severity"] == "refuse" and
          all(word in found[0]["sentence"] + found[0]["mend"] for word in words),
          f"the same words once more: {code} {answers}, not {words}")


def released(net: Network, record: dict) -> tuple[str, tuple[int, list[dict]]]:
    """The same record by a draft's way: the draft, and what is said of its release."""
    draft = next(row["id"] for row in net.at("F55", "draft", "-", text=json.dumps(record))[1]
                 if row.get("row") == "draft")
    net.at("F55", "assess", draft)
    net.at("F55", "sanitise", draft)
    return draft, net.at("F55", "release", draft, "--person", "DS One", check=False)


def check_held_words(net: Network, record: dict, until: str) -> None:
    """What is held until a date does not go out before it, unless that is cancelled."""
    def publish(*options: str) -> tuple[int, list[dict]]:
        return net.at("F55", "publish", "-", *options, check=False, text=json.dumps(record))

    held = next(row["id"] for row in every_row(publish("--hold-until", until)[1]) if "id" in row)
    refused_as_same(publish(), until[:10], f"flagpost publish --cancel {held}")
    draft, told = released(net, record)
    refused_as_same(told, held)
    net.at("F55", "draft discard", draft, "--reason", "it is held already")
    net.at("F55", "publish", "--cancel", held)
    first = placed(publish()[1])
    refused_as_same(publish(), first)


def check_same_words(net: Network) -> None:
    """What was published is not published again, under whatever key, until somebody means it; and
    a correction corrects something."""
    record = scene.simple_record("F55", 80)

    def publish(record: dict, *options: str, command: str = "publish") -> tuple[int, list[dict]]:
        return net.at("F55", command, "-", *options, check=False, text=json.dumps(record))

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda n: publish(record, "--key", f"same {n}"), range(4)))
    done = [n for n, (code, _) in enumerate(answers) if code == 0]
    check_equal(len(done), 1, f"of four hands with one record: {answers}")
    first = placed(answers[done[0]][1])
    for n, told in enumerate(answers):
        if n not in done:
            refused_as_same(told, first, f"flagpost supersede {first}", "--again")
    check_equal(placed(publish(record, "--key", f"same {done[0]}")[1]), first, "the same key again")
    refused_as_same(publish(record), first)
    refused_as_same(publish(record, command="explain"), first)
    code, told = publish(record, command="check")
    check(code == 1 and any(row.get("rule") == "F1" and first in row["sentence"] for row in told),
          f"what check says of it: {told}")
    unread = net.run("check", "--home", net.path("F55"), "--json", "-", check=False,
                     text=json.dumps({**record, "marking": 7}))
    told = scene.lines_of(unread.stdout)[-1]
    check_equal((told["unreadable"], told["node_asked"]), (1, False), "the node is asked of nothing")
    # Without its node, and with a list of the user's own, it judges by the rules alone.
    net.stop("F55")
    code, told = publish(record, command="check")
    check_equal((code, told[-1]["node_asked"]), (0, False), f"the node is stopped: {told}")
    shown = net.run("check", "--home", net.path("F55"), "-", text=json.dumps(record)).stdout
    check("the node was not asked: it is not running" in shown, f"on the screen: {shown}")
    net.start("F55")
    scene.wait("the bureau", lambda: net.at("F55", "status", check=False)[0] == 0)
    week = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7 * 86400))
    refused_as_same(publish(record, "--hold-until", week), first)
    refused_as_same(publish({**record, "urn": f" {record['urn'].lower()} "}), first)
    check_held_words(net, {**record, "urn": f"{record['urn']}/2"}, week)
    code, told = publish(record, "--again")
    again = placed(told)
    check(code == 0 and again != first, f"once more, as it was asked for: {told}")
    log = net.at("F55", "audit", "--use", "integrity", "--object", again, "--purpose", "test")[1]
    check(any("once more" in row.get("outcome", "") for row in log), f"its row of the log: {log}")
    refused_as_same(publish(record), again)

    refused_as_same(supersede(net, "F55", again, record, *WHY), again, "Nothing is corrected")
    # By the bureau's steps, too.
    draft, (code, told) = released(net, record)
    check(code == 1 and any(again in row["sentence"] and "rework" in row["sentence"]
                            for row in told),
          f"a draft that says it once more: {told}")
    net.at("F55", "draft discard", draft, "--reason", "it was published already")
    newer = corrected(net, again, {**record, "title": "Mended"})
    refused_as_same(publish(record), again, "corrected since", f"flagpost supersede {newer}")
    newest = corrected(net, newer, record)  # back to what the first version said
    refused_as_same(publish(record), newest)
    net.at("F55", "recall", newest, "--compromise", *WHY)
    refused_as_same(publish(record), first)  # the other one that stands
    net.at("F55", "recall", first, *WHY)
    code, told = publish(record)
    check_equal(code, 0, f"right again, once all were recalled: {told}")
    refused_as_same(publish(record), placed(told))
    check_superseded_words(net)


def check_superseded_words(net: Network) -> None:
    """What was found wrong is not right because its correction was recalled: it is told, on every
    way, until a person says that it is meant."""
    record = scene.simple_record("F55", 83)
    first = scene.published(net, "F55", record)["id"]
    newer = corrected(net, first, {**record, "title": "Mended"})
    net.at("F55", "recall", newer, *WHY)
    words = (first, newer, "corrected", "recalled", "--again")
    for command in ("check", "explain", "publish"):
        code, told = net.at("F55", command, "-", check=False, text=json.dumps(record))
        refused_as_same((code, [{"row": "finding", **row} for row in every_row(told)
                                if "sentence" in row and row.get("rule", "F1") == "F1"
                                and "field" in row]), *words)
    draft, told = released(net, record)
    refused_as_same(told, *words)
    net.at("F55", "draft discard", draft, "--reason", "it was corrected")
    code, told = net.at("F55", "publish", "-", "--again", check=False, text=json.dumps(record))
    check_equal(code, 0, f"meant: {told}")
    refused_as_same(net.at("F55", "publish", "-", check=False, text=json.dumps(record)), placed(told))


def check_refusals(net: Network, first: str, record: dict) -> None:
    code, told = supersede(net, "SWROCU", first, record, *WHY)
    check(code == 4 and "owner" in told[-1]["sentence"], f"another's record: {told[-1]}")
    code, told = supersede(net, "F55", first, record)
    check_equal(code, 2, f"without a reason: {told[-1]}")
    code, told = supersede(net, "F55", "0123456789abcdef", record, *WHY)
    check_equal(code, 3, f"a record that is not there: {told[-1]}")
    code, told = supersede(net, "F55", first, {**record, "conditions": "under P"}, *WHY)
    check_equal(code, 1, f"a correction that is not right: {told[-1]}")


def check_other_force(net: Network) -> None:
    """A URN of another force is published, and pointed out; a force's own number says nothing."""
    for urn, wanted in (("43-IR-2025-00000081", ["R14"]), ("55-ir-2025-00000081", []),
                        ("NICHE/43/0081", [])):
        record = {**scene.simple_record("F55", 81), "urn": urn}
        for command in ("explain", "publish"):
            code, told = net.at("F55", command, "-", check=False, text=json.dumps(record))
            check_equal((code, [row["rule"] for row in urn_advice(told)]), (0, wanted),
                        f"{command} of {urn}")
            check(not wanted or "force 43" in urn_advice(told)[0]["sentence"] and
                  "55-IR-" in urn_advice(told)[0]["mend"], f"what is said of it: {told}")


def check_other_urn(net: Network) -> None:
    """A correction under another URN may be the wrong file: it is refused, until a person says
    that it is not, and pointed out then."""
    record = scene.simple_record("F55", 95)
    first = scene.published(net, "F55", record)["id"]
    other = {**record, "urn": record["urn"][:-2] + "99"}
    code, told = supersede(net, "F55", first, other, *WHY)
    check(code == 1 and any("--new-urn" in row.get("mend", "") for row in told),
          f"a correction that may be another report: {told}")
    code, told = supersede(net, "F55", first, other, *WHY, "--new-urn")
    check(code == 0 and any("has another URN" in row["sentence"] for row in urn_advice(told)),
          f"a correction under another URN: {told}")
    newer = next(row["id"] for row in every_row(told) if row.get("row") == "record")
    check_former_urn(net, record["urn"], other["urn"], newer)


def check_former_urn(net: Network, former: str, urn: str, newer: str) -> None:
    """Who has the old number still finds the record, and is told of the new one; what changes a
    record wants to know which it is."""
    rows = net.at("F55", "find", former)[1]
    check([row["id"] for row in rows if "id" in row] == [newer] and urn in rows[0]["note"],
          f"by the URN that it had: {rows}")
    for command in (("trace",), ("show", "--purpose", "test")):
        shown = net.run(*command, "--home", net.path("F55"), former).stdout
        check(newer in shown and urn in shown and "superseded under another URN" in shown,
              f"{command[0]} by the URN that it had: {shown}")
    for does in (("recall", former, *WHY), ("claim", former), ("note", former, "--text", "seen"),
                 ("watch seen", former)):
        code, rows = net.at("F55", *does, check=False)
        check(code == 1 and newer in rows[-1]["sentence"] and urn in rows[-1]["sentence"],
              f"{does[0]} by the URN that it had: {code} {rows}")
    check("another URN" not in str(net.at("F55", "find", urn)[1]), "by the URN that it has")


def found(net: Network, agency: str, urn: str) -> list[str]:
    code, rows = net.at(agency, "find", urn, check=False)
    check(code in (0, 3), f"{agency} looks for {urn}: {rows}")
    return [row["id"] for row in rows if "id" in row]


def check_more_by_urn(net: Network) -> None:
    """Commands that go on with what the node gives them, as well."""
    record = scene.simple_record("F55", 75)
    urn = record["urn"]
    with open(net.path("note.txt"), "w", encoding="utf-8") as f:
        f.write("by its URN")
    net.at("F55", "publish", "-", "--attach", net.path("note.txt"), text=json.dumps(record))
    out = net.path("note.out")
    net.at("F55", "attachment", urn, "--out", out, "--purpose", "test")
    with open(out, encoding="utf-8") as f:
        check_equal(f.read(), "by its URN", "an attachment by the URN")
    net.at("F55", "redact", urn, "--items", "1", "--out", net.path("urn.copy"), "--purpose", "test")
    code, rows = net.at("F55", "decide", urn, "--to", "JFC", "--person", "DI", "--reason", "test",
                        check=False)
    check(code == 1 and "that agency has no" in rows[-1]["sentence"], f"decide by the URN: {rows}")
    code, rows = net.at("F55", "recall", urn, *WHY, check=False)
    check_equal(code, 0, f"recall by the URN: {rows}")


def check_found_by_urn(net: Network) -> None:
    """A person names a record by its URN: ours once published, others' once shown here."""
    record = scene.simple_record("F55", 70)
    urn = record["urn"]
    first = scene.published(net, "F55", record)["id"]
    scene.wait_stored(net, "F55", first, {"SWROCU", "JFC"})
    check_equal(found(net, "F55", urn.lower()), [first], "by its URN")
    check_equal(net.at("F55", "trace", urn)[1][0]["id"], first, "trace by the URN")
    check_equal(net.at("F55", "show", "--purpose", "test", urn)[1][0]["title"], record["title"],
                "show by the URN")
    net.at("F55", "proof export", urn, "--out", net.path("urn.proof"))
    net.run("proof", "verify", "--root", net.path("roots", "root"), net.path("urn.proof"))
    code, rows = net.at("F55", "proof export", urn + "0", "--out", net.path("none.proof"), check=False)
    check(code == 3 and "no record here is known by" in rows[-1]["sentence"], f"none: {rows}")

    check_more_by_urn(net)

    # Nobody at the unit has read it: trying URNs tells nothing of what has arrived.
    for name in (urn, "F55/" + urn):
        check_equal(found(net, "SWROCU", name), [], "what nobody there has been shown")
    code, rows = net.at("SWROCU", "acknowledge", urn, "--person", "DS at the unit", check=False)
    check(code == 3 and "has been shown" in rows[-1]["sentence"], f"not shown yet: {rows}")
    net.at("SWROCU", "show", first, "--purpose", "test")
    scene.wait("it to be found", lambda: found(net, "SWROCU", "F55/" + urn) == [first])
    net.at("SWROCU", "acknowledge", urn, "--person", "DS at the unit")
    net.stop("SWROCU")
    net.start("SWROCU")
    scene.wait("the unit", lambda: net.at("SWROCU", "status", check=False)[0] == 0)
    check_equal(found(net, "SWROCU", urn), [first], "over a restart")

    newer = corrected(net, urn, {**record, "title": "The newer version"})
    check_equal(found(net, "F55", urn), [newer], "the version that stands")
    again = scene.published(net, "F55", {**record, "title": "Another report"})["id"]
    code, rows = net.at("F55", "trace", urn, check=False)
    check(code == 1 and newer in rows[-1]["sentence"] and again in rows[-1]["sentence"],
          f"two records with one URN: {rows}")
    net.at("F55", "recall", newer, "--compromise", *WHY)
    scene.wait("the recall at the unit",
               lambda: "RECALLED" in str(net.at("SWROCU", "find", urn)[1]))
    net.at("SWROCU", "statement", "F55/" + urn, "--erased", "--person", "DS", "--reason", "recalled")
    check_equal(found(net, "SWROCU", urn), [], "nothing finds what was erased")


def check_log(net: Network, older: str, newer: str) -> None:
    """That it was a correction, of what and why, is in the log."""
    _, log = net.at("F55", "audit", "--use", "integrity", "--object", newer, "--purpose", "test")
    rows = [row for row in log if row.get("operation") == "collect"]
    check(len(rows) == 1 and older in rows[0]["outcome"] and rows[0]["purpose"] == WHY[1],
          f"the log of a correction: {rows}")


def check_at_once(net: Network, older: str, record: dict) -> str:
    """Many hands at one record: one version stands in its place."""
    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: supersede(net, "F55", older, record, *WHY), range(4)))
    done = [rows for code, rows in answers if code == 0]
    check_equal(len(done), 1, f"corrections of one record that stand: {answers}")
    newer = next(row["id"] for row in done[0] if row.get("row") == "record")
    for code, rows in answers:
        check(code in (0, 1), f"an answer to one of many: {rows}")
        if code == 1:
            check(f"superseded already by {newer}" in rows[-1]["sentence"], f"{rows[-1]}")
    return newer


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, FIVE) as net:
        record = scene.simple_record("F55", 1, marking="OFFICIAL")
        first = scene.published(net, "F55", record)["id"]
        scene.wait_stored(net, "F55", first, {"SWROCU", "JFC", "PND", LOW})
        check_refusals(net, first, record)
        other = scene.simple_record("F55", 90)
        check_same_urn(net, other, scene.published(net, "F55", other)["id"])
        check_other_urn(net)
        check_other_force(net)
        check_found_by_urn(net)
        check_same_words(net)
        record["marking"] = "OFFICIAL-SENSITIVE"
        net.stop("PND")
        second = corrected(net, first, record, "--key", "once")
        net.start("PND")
        check_marks(net, first, second)
        check_log(net, first, second)
        check_equal(corrected(net, first, record, "--key", "once"), second, "the same key again")
        record["title"] = "Mended by many hands"
        third = check_at_once(net, second, record)
        code, told = supersede(net, "F55", third, {**record, "marking": "OFFICIAL"},
                               "--reason", "less than we thought")
        check(code == 1 and any(row.get("rule") == "R12" for row in told),
              f"a lower marking that nobody answers for: {told}")
        fourth = corrected(net, third, {**record, "marking": "OFFICIAL"})
        versions = [first, second, third, fourth]
        while len(versions) < MANY:
            versions.append(corrected(net, versions[-1], {
                **record, "marking": "OFFICIAL", "title": f"Version {len(versions)}"}))
        last = versions[-1]
        scene.wait("the last version at its holders", lambda: last in scene.held(net, "PND"))
        # A reason of full length has its row in the log, too.
        code, told = net.at("F55", "recall", fourth, *WHY[2:], "--reason", "x" * 256,
                            "--compromise", check=False)
        check_equal(code, 0, f"a recall: {told[-1]}")
        check_equal({row["id"] for row in told if row.get("row") == "record"}, set(versions),
                    "versions recalled")
        for version in (first, fourth, last):
            scene.wait(f"{version} recalled", lambda v=version: "RECALLED" in note(net, "PND", v))
        code, told = supersede(net, "F55", fourth, record, *WHY)
        check(code == 1 and "recalled" in told[-1]["sentence"], f"after its recall: {told[-1]}")
        for agency in net.agencies:
            scene.verify(net, agency)
        say(f"{MANY} versions, each marked and recalled; one of four at once stands")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
