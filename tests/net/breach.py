"""What a controller tells the Commissioner of a breach, as one table in the order of time.

A record with canaries goes to three agencies; a person here opens it, one there acknowledges it; it is
recalled because a source is at risk, one holder says that it erased it, one that it exported it.  The
table has who had it, who opened it when and why, the recall and each answer, and what this node does
not hold; of a period it has what was done in it and by whom.  No canary of the record is in it.
"""

import argparse
import csv
import os
import time

import canary
import control
import scene
from scene import Network, check, check_equal, say
from urgent import configure

FORBIDDEN, REFUSED, WRONG_USE, UNKNOWN = 4, 1, 2, 3
WHY = "lost laptop of 1 December"
READING = "briefing of the boat team"


def export(net: Network, agency: str, name: str, *arguments: str) -> tuple[list[dict], str]:
    out = net.path(name)
    code, answers = net.at(agency, "breach export", "--out", out, "--purpose", WHY, *arguments, check=False)
    check_equal(code, 0, f"breach export {arguments}: {answers}")
    check_equal(os.stat(out).st_mode & 0o777, 0o600, "the mode of a table that names people")
    with open(out, encoding="utf-8", newline="") as f:
        text = f.read()
    rows = list(csv.DictReader(text.splitlines()))
    check_equal(answers[-1]["lines"], len(rows), "the lines told")
    return rows, text


def of(rows: list[dict], event: str) -> dict[str, dict]:
    """Lines of an event, by agency."""
    return {row["agency"]: row for row in rows if row["event"] == event}


def work(net: Network, canaries: canary.Canaries) -> str:
    record = scene.published(net, "F55", canary.full_record(canaries, "record", 1))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC", "PND"})
    net.at("F55", "show", record, "--purpose", READING)
    net.at("SWROCU", "show", record, "--purpose", READING)
    scene.wait("that the unit opened it", lambda: scene.rows_at_id(net, "F55", "trace", record, "handling"))
    net.at("JFC", "acknowledge", record, "--person", "duty desk")
    scene.wait("the acknowledgement", lambda: net.trace("F55", record)[1].get("JFC", {}).get("acknowledged"))
    told = net.at("F55", "recall", record, "--compromise", "--reason", "a source is at risk",
                  "--person", "DS Example")[1]
    check_equal({row["agency"] for row in told if row.get("opened")}, {"SWROCU"}, "who has opened it")
    check("1 agency has opened it already" in told[-1]["sentence"], f"the recall says {told[-1]}")
    for agency in ("SWROCU", "JFC"):
        scene.wait(f"the recall at {agency}", lambda a=agency: "RECALLED" in str(net.at(a, "inbox")[1]))
    net.at("SWROCU", "statement", record, "--erased", "--person", "DS Holder")
    net.at("JFC", "statement", record, "--exported", "own case file", "--person", "DS Cell")
    scene.wait("both statements", lambda: "own case file" in str(net.at("F55", "trace", record)[1]) and
               "DS Holder" in str(net.at("F55", "trace", record)[1]))
    return record


def check_record(net: Network, record: str, canaries: canary.Canaries) -> None:
    rows, text = export(net, "F55", "record.csv", record)
    found = canary.search(text.encode(), canary.needles(canaries))
    check(not found, f"the table holds {sorted(found)}")
    times = [row["time (UTC)"] for row in rows if row["time (UTC)"]]
    check_equal(times, sorted(times), "the order of time")
    published = of(rows, "published")["F55"]
    check_equal(published["record"], record, "the record's whole id")
    for words in ("handling C A3 S2", "recipients JFC PND SWROCU", "state held", "digest "):
        check(words in published["detail"], f"published: {published}")
    for event, agencies in (("sent", {"SWROCU", "JFC", "PND"}), ("stored there", {"SWROCU", "JFC", "PND"}),
                            ("acknowledged there", {"JFC"}), ("stated", {"SWROCU", "JFC"}),
                            ("no answer to the recall since", {"PND"})):
        check(agencies <= set(of(rows, event)), f"{event}: {sorted(of(rows, event))}")
    check("what opened" in of(rows, "first done there")["SWROCU"]["detail"], "what the unit did with it")
    check_equal(of(rows, "acknowledged there")["JFC"]["person"], "duty desk", "who acknowledged")
    check("compromise" in next(row["detail"] for row in rows if row["event"] == "recalled"), "the cause")
    check("own case file" in of(rows, "stated")["JFC"]["detail"], "where it was exported to")
    check("erased" in of(rows, "stated")["SWROCU"]["detail"], "what the other says")
    opened = [row for row in rows if row["event"] == "consult" and f"purpose {READING}" in row["detail"]]
    check_equal(len(opened), 1, "openings here")
    check(opened[0]["person"].startswith("uid:") and opened[0]["time (UTC)"], f"who opened it: {opened}")
    raw = control.ask(net, "F55", "breach", id=record.encode(), purpose=WHY.encode())
    check(record.encode() in raw and b"a source is at risk" not in raw, "why it was recalled is told")
    check(b"a source is at risk" in control.ask(net, "F55", "trace", id=record.encode()), "the control")
    # By the first digits, the same record.
    short, _ = export(net, "F55", "short.csv", record[:12])
    check_equal(of(short, "published")["F55"]["record"], record, "by its first digits")


def check_holder(net: Network, record: str, canaries: canary.Canaries) -> None:
    """At a holder: what became of it there, and that it is not held any more."""
    rows, text = export(net, "SWROCU", "holder.csv", record)
    check(not canary.search(text.encode(), canary.needles(canaries)), "content at the holder")
    check("state erased" in of(rows, "published")["F55"]["detail"], f"its state: {rows}")
    check(any(row["event"] == "erase" for row in rows), "the erasure")
    lost = of(rows, "not held here")["F55"]
    check("erased 1" in lost["detail"] and "stream " in lost["detail"], f"what is not held: {lost}")


def check_period(net: Network, record: str, canaries: canary.Canaries) -> None:
    """What was done in a period, and by whom; the records come from the log."""
    time.sleep(1.1 - time.time() % 1)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    inside = scene.published(net, "F55", canary.full_record(canaries, "inside", 2))["id"]
    scene.wait_stored(net, "F55", inside, {"SWROCU", "JFC", "PND"})
    net.at("F55", "show", inside, "--purpose", "inside the period")
    rows, text = export(net, "F55", "period.csv", "--since", since)
    check(not canary.search(text.encode(), canary.needles(canaries)), "content in a period's table")
    records = {row["record"] for row in rows if row["event"] == "published"}
    check(inside in records and record not in records, f"records of the period: {records}")
    check(any("purpose inside the period" in row["detail"] for row in rows), "an opening in it")
    mine = next(row["person"] for row in rows if "inside the period" in row["detail"])
    rows, _ = export(net, "F55", "mine.csv", "--since", since, "--actor", mine)
    check({row["person"] for row in rows if row["agency"] == "here"} == {mine}, "by that actor alone")
    rows, _ = export(net, "F55", "nobody.csv", "--since", since, "--actor", "uid:999999 nobody")
    check(not of(rows, "published"), f"of an actor who did nothing: {rows}")


def check_refused(net: Network, record: str) -> None:
    out = net.path("none.csv")
    for code, arguments, word in (
            (FORBIDDEN, (record,), "--purpose"), (WRONG_USE, ("--purpose", WHY), "period"),
            (UNKNOWN, ("0123456789abcdef", "--purpose", WHY), "no record"),
            (WRONG_USE, ("--since", "yesterday", "--purpose", WHY), "2026-11-27")):
        got, told = net.at("F55", "breach export", "--out", out, *arguments, check=False)
        check(got == code and word in str(told), f"{arguments}: {got} {told}")
        check(not os.path.exists(out), f"{arguments} left a file")
    check(b"--purpose" in control.ask(net, "F55", "breach", id=record.encode()), "the node itself asks why")
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "disclose", "--object", record)
    looks = [row for row in log if row.get("outcome", "").startswith("facts of a breach")]
    check(len(looks) == 3 and looks[0]["purpose"] == WHY, f"the export in the log: {looks}")


def test(options: argparse.Namespace) -> None:
    canaries = canary.Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        configure(net, "SWROCU", "handling_minutes = 0")
        record = work(net, canaries)
        check_record(net, record, canaries)
        check_holder(net, record, canaries)
        check_period(net, record, canaries)
        check_refused(net, record)
        say(f"{len(canaries.texts)} canaries, in no table")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
