#!/usr/bin/env python3
"""Calls to immigration enforcement and their intelligence documents, with real processes: a
call opens an obligation, a document that cites it closes it, what is late is told once and
stays told over a SIGKILL, the two sides' lists are held against each other, and the index is
what the log says."""

import datetime
import json
import os
import signal
import sqlite3

from control import ask
from scene import (AGENCIES, TWO_REGIONS, Network, check, check_equal, folder, give_clocks,
                   log_text, move_clock, published, rows, run, running, say, simple_record,
                   verify, verify_edited, wait)

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
NODES = {**{name: TWO_REGIONS[name] for name in ("F55", "F44", "SWROCU", "JFC", "PND")},
         "SEROCU": AGENCIES["SEROCU"],
         "IE": ("Immigration Enforcement NCCU", "immigration", None, None)}
KIND_OBLIGATION = 10  # proto/entry.h
PERSON = ("--person", "Sgt of the bureau", "--reason", "spoken to the officer")


def start(net):
    net.start("F55")
    wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)


def hours_ago(hours):
    return (NOW - datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def add(net, reference, hours, station="55AA", role="custody sergeant", check=True):
    return net.at("F55", "case add", reference, "--reported-at", hours_ago(hours),
                  "--station", station, "--role", role, check=check)


def cases(net, *options, agency="F55"):
    """The rows of `case list`, by reference."""
    _, answers = net.at(agency, "case list", *options)
    return {row["reference"]: row for row in answers if "reference" in row}


def todos(net, agency="F55"):
    _, answers = net.at(agency, "todo")
    return [row["what"] for row in answers if row.get("kind") == "case-report"]


def events(net, reference):
    _, answers = net.at("F55", "case show", reference)
    return [row["what"] for row in answers if row.get("row") == "event"]


def advice(net, number, **fields):
    """Publishes a record; returns what R18 says of its citation, as `check` said before."""
    record = simple_record("F55", number, **fields)
    told = len(todos(net))
    _, answers = net.at("F55", "check", "-", text=json.dumps(record))
    before = [row["sentence"] for row in answers if row.get("rule") == "R18"]
    check_equal(len(todos(net)), told, "to-dos that a check opened")
    code, answer = net.publish("F55", record)
    check_equal(code, 0, "a citation never stops a record: exit code")
    found = [row for row in rows(answer, "finding") if row["rule"] == "R18"]
    check_equal(before, [row["sentence"] for row in found], "what check said of the citation")
    return found


def a_document_closes_its_call(net):
    add(net, "NCCU-2026-0101", 3)
    listed = cases(net, "--open")["NCCU-2026-0101"]
    check_equal((listed["state"], listed["clock"], listed["overdue"]),
                ("reported", "officer", "no"), "a call that was just recorded")
    check_equal(advice(net, 1, case_reference=" nccu-2026-0101"), [], "advice on a right one")
    listed = cases(net)["NCCU-2026-0101"]
    check_equal((listed["state"], listed["clock"]), ("accepted", ""), "after its document")
    check("NCCU-2026-0101" not in cases(net, "--open"), "a closed call is listed as open")
    again = add(net, "nccu-2026-0101", 3)[1][0]
    check_equal((again["recorded"], again["already"]), ("0", "1"), "the same report again")


def wrong_citations_are_advised_on(net):
    add(net, "NCCU-2026-0240", 5)
    found = advice(net, 2, case_reference="NCCU-2026-2040")
    check_equal(len(found), 1, "findings on an unknown reference")
    check("NCCU-2026-0240" in found[0]["mend"], f"the near one is not proposed: {found}")
    check(any("not recorded" in what for what in todos(net)), "no to-do for an unknown call")
    found = advice(net, 3, case_reference="NCCU-2026-0101")
    check_equal(len(found), 1, "findings on a second document")
    check("already has a document" in found[0]["sentence"], found[0]["sentence"])
    found = advice(net, 4, case_reference="see the custody log")
    check_equal(len(found), 1, "findings on what is no reference")
    add(net, "NCCU-2026-0300", 2, station="55AK")
    found = advice(net, 5, case_reference="NCCU-2026-0300", station="44AA")
    check("another force" in found[0]["sentence"], found[0]["sentence"])
    # A unit that publishes what cites a force's call owes nothing for it.
    code, answer = net.publish("SWROCU", simple_record("F55", 6, case_reference="NCCU-2026-4321"))
    check_equal(code, 0, f"a unit's record: {answer.get('sentence')}")
    check(not [row for row in rows(answer, "finding") if row["rule"] == "R18"], "a unit is advised")
    check(not todos(net, "SWROCU"), "a unit has a to-do for a force's call")
    # The call was made and its report comes late: the document had answered it already.
    add(net, "NCCU-2026-2040", 1)
    check_equal(cases(net)["NCCU-2026-2040"]["state"], "accepted", "reported after its document")
    check(not any("not recorded" in what for what in todos(net)), "the to-do did not close")


def what_is_late_is_told_once(net):
    add(net, "NCCU-2026-0401", 30)
    wait("the reminder", lambda: "reminder: overdue" in events(net, "NCCU-2026-0401"))
    listed = cases(net, "--overdue")
    check("NCCU-2026-0401" in listed, "an overdue call is not listed as overdue")
    check_equal(listed["NCCU-2026-0401"]["overdue"], "yes", "overdue")
    check(any("is overdue since" in what for what in todos(net)), "no to-do for what is late")
    late = [one for one in net.at("F55", "todo")[1] if "is overdue since" in one.get("what", "")]
    check_equal([one["record"] for one in late], [""], "a call's key is shown as a record")
    # The reference is shown by what is in the log alone; the list has the command that shows it.
    check("NCCU" not in json.dumps(late), f"a to-do tells a reference: {late}")
    wanted = late[0]["do"].rsplit(": flagpost ", 1)[1].split()
    check_equal(wanted[:-1], ["case", "show"], f"what to do about a call: {late[0]['do']}")
    _, shown = net.at("F55", "case show", wanted[-1])
    check_equal(shown[0]["reference"], "NCCU-2026-0401", "the call of the to-do")
    code, answers = net.at("F55", "case show", wanted[-1][:-1], check=False)
    check(code == 3 and "case list" in answers[-1]["sentence"], f"too few digits: {answers}")
    check("case.reminded" in log_text(net, "F55"), "no event in the log")
    check("NCCU" not in log_text(net, "F55"), "a reference stands in the log")
    before = (events(net, "NCCU-2026-0401"), cases(net))
    net.stop("F55", signal.SIGKILL)
    start(net)
    add(net, "NCCU-2026-0402", 31)
    wait("the next reminder", lambda: "reminder: overdue" in events(net, "NCCU-2026-0402"))
    after = cases(net)
    after.pop("NCCU-2026-0402")
    check_equal(events(net, "NCCU-2026-0401"), before[0], "events after a SIGKILL")
    check_equal(strip_age(after), strip_age(before[1]), "calls after a SIGKILL")


def correct(net, reference, *options, check=True):
    return net.at("F55", "case correct", reference, *options, *PERSON, check=check)


def what_was_recorded_wrong_is_corrected(net):
    """A time, a station, a role; the report stays in the log, and the file may come again."""
    add(net, "NCCU-2026-0431", 30)
    wait("the reminder", lambda: "reminder: overdue" in events(net, "NCCU-2026-0431"))
    for options, code, word in (
            (("--station", "55AH"), 2, "person"), (("--station", "44AA", *PERSON), 1, "another force"),
            (("--station", "5AA", *PERSON), 1, "two-digit"), ((*PERSON,), 1, "--reported-at"),
            (("--reported-at", "23/11/2026", *PERSON), 1, "2026-11-23T14:05Z"),
            (("--role", "PC 4411", *PERSON), 1, "role alone")):
        got, answers = net.at("F55", "case correct", "NCCU-2026-0431", *options, check=False)
        check_equal(got, code, f"case correct {options}: {answers}")
        check(word in json.dumps(answers), f"case correct {options} says: {answers}")
    check_equal(correct(net, "NCCU-2026-0439", "--station", "55AH", check=False)[0], 3, "an unknown call")
    late = len(overdue_todos(net))
    check("corrected" not in events(net, "NCCU-2026-0431"), "a refused correction is recorded")

    _, answers = correct(net, "NCCU-2026-0431", "--reported-at", hours_ago(2), "--station", "55ah")
    check_equal([(row["which"], row["station"], row["role"]) for row in answers if row.get("row") == "report"],
                [("was", "55AA", "custody sergeant"), ("is", "55AH", "custody sergeant")], "the answer")
    listed = cases(net)["NCCU-2026-0431"]
    check_equal((listed["station"], listed["reported"], listed["overdue"]), ("55AH", hours_ago(2), "no"),
                "after the correction")
    check_equal(len(overdue_todos(net)), late - 1, "to-dos, without that of the wrong time")
    _, shown = net.at("F55", "case show", "NCCU-2026-0431")
    both = [row for row in shown if row.get("station") and row.get("row") == "event"]
    check_equal([(row["what"], row["station"], row["reported"]) for row in both],
                [("reported", "55AA", hours_ago(30)), ("corrected", "55AH", hours_ago(2))], "both stay")
    check(both[0]["person"].startswith("uid:") and both[0]["reason"].startswith("recorded on 20"),
          f"who recorded it, and when: {both[0]}")
    check_equal(both[1]["reason"], PERSON[3], "why it was corrected")
    # The same report again, as it was and as it is; a third one is told.
    for hours, station in ((30, "55AA"), (2, "55AH")):
        again = add(net, "NCCU-2026-0431", hours, station=station)[1][0]
        check_equal((again["recorded"], again["already"]), ("0", "1"), "the same report again")
    code, answers = add(net, "NCCU-2026-0431", 9, check=False)
    check(code == 1 and "case correct" in answers[0]["mend"], f"another report: {answers}")
    # Later again: the overdue that was told of the first time is told of this one.
    correct(net, "NCCU-2026-0431", "--reported-at", hours_ago(28))
    wait("the reminder", lambda: events(net, "NCCU-2026-0431").count("reminder: overdue") == 2)
    net.stop("F55", signal.SIGKILL)
    start(net)
    rebuilt = net.at("F55", "case rebuild")[1][0]
    check_equal(rebuilt["as_before"], "yes", f"the index from the log: {rebuilt}")
    check_equal(cases(net)["NCCU-2026-0431"]["reported"], hours_ago(28), "after a SIGKILL")
    log = net.at("F55", "audit", "--use", "integrity", "--operation", "alter")[1]
    check_equal(sum(row.get("outcome") == "call corrected" for row in log), 2, "rows of the log")
    net.at("F55", "case discharge", "NCCU-2026-0431", *PERSON)


def what_falls_due_soon_is_told_too(net):
    add(net, "NCCU-2026-0451", 21, station="55AD")
    wait("the reminder", lambda: "reminder: falls due" in events(net, "NCCU-2026-0451"))
    check("reminder: overdue" not in events(net, "NCCU-2026-0451"), "told to be overdue early")
    check(any("falls due at" in what for what in todos(net)), "no to-do for what falls due")
    published(net, "F55", simple_record("F55", 30, case_reference="NCCU-2026-0451"))
    check(not any("falls due at" in what for what in todos(net)), "the to-do did not close")


def the_force_decides_its_hours(net):
    """Another allowance in the configuration counts for calls that are there already."""
    add(net, "NCCU-2026-0471", 3, station="55AE")
    check_equal(cases(net)["NCCU-2026-0471"]["overdue"], "no", "by the shipped hours")
    configure(net, "case_officer_hours = 2")
    check_equal(cases(net)["NCCU-2026-0471"]["overdue"], "yes", "by the force's own hours")
    wait("the reminder", lambda: "reminder: overdue" in events(net, "NCCU-2026-0471"))


def configure(net, line):
    net.stop("F55")
    with open(net.path("F55", "config"), "a", encoding="utf-8") as f:
        f.write(line + "\n")
    start(net)


def later(net, hours):
    """What is told by the clock waits when that jumps under a running node (P11)."""
    net.stop("F55")
    move_clock(net, "F55", hours * 3600)
    start(net)


def the_bureau_owes_an_answer(net):
    """A document waits for the bureau: its own clock runs out and is told; sent back, it is the
    officer's turn again, in another week and from another station in the rates."""
    reference = "NCCU-2026-0481"
    configure(net, "case_bureau_hours = 6")
    before = rates(net)
    add(net, reference, 1, station="55AF")
    record = simple_record("F55", 31, case_reference=reference)
    net.at("F55", "draft", "-", text=json.dumps(record))
    check_equal(cases(net)[reference]["clock"], "bureau", "a document is with the bureau")
    later(net, 3)
    wait("the reminder", lambda: "reminder: falls due" in events(net, reference))
    check_equal(cases(net)[reference]["overdue"], "no", "before its hours are over")
    later(net, 7)
    wait("the reminder", lambda: "reminder: overdue" in events(net, reference))
    check(any("awaits the bureau" in what and "overdue" in what for what in todos(net)),
          f"the to-do of what waits: {todos(net)}")
    net.at("F55", "case return", reference, "--reason", "no text of the call in it")
    listed = cases(net)[reference]
    check_equal((listed["state"], listed["clock"]), ("returned", "officer"), "given back")
    found = [row for row in rates(net) if row not in before]
    week = (NOW - datetime.timedelta(hours=1)).strftime("%G-W%V")
    check_equal([(row["week"], row["station"], row["reported"], row["submitted_in_time"],
                  row["accepted_in_time"], row["open"]) for row in found],
                [(week, "55AF", "1", "1", "0", "1")],
                "the rates by week and station")
    later(net, 0)


def strip_age(listed):
    return {reference: {k: v for k, v in row.items() if k != "age_hours"}
            for reference, row in listed.items()}


def rates(net):
    _, answers = net.at("F55", "case rates")
    return [row for row in answers if "week" in row]


def lists_are_by_station_and_week(net):
    """Each filter takes what it names and nothing else, oldest first; ages, due dates and the rates
    are those of the calls."""
    def week(row):
        return datetime.datetime.fromisoformat(row["reported"].replace("Z", "+00:00")).strftime("%G-W%V")

    add(net, "NCCU-2026-0461", 200, station="55AG")
    everything = {ref: row for ref, row in cases(net).items() if row["reported"]}
    stations = {row["station"] for row in everything.values()}
    weeks = {week(row) for row in everything.values()}
    check(len(stations) > 3 and len(weeks) > 1, f"stations {stations}, weeks {weeks}")
    for name, values, of in (("--station", stations, lambda row: row["station"]), ("--week", weeks, week)):
        for value in values:
            check_equal(cases(net, name, value),
                        {ref: row for ref, row in everything.items() if of(row) == value}, f"{name} {value}")
    both = ("--station", "55AA", "--week", week(everything["NCCU-2026-0101"]), "--open")
    check_equal(set(cases(net, *both)), {ref for ref, row in everything.items() if row["clock"] and
                                         (row["station"], week(row)) == (both[1], both[3])}, f"{both}")
    for wrong in (("--station", "5"), ("--week", "soon"), ("--week", "2026-W54")):
        code, answers = net.at("F55", "case list", *wrong, check=False)
        check(code == 2 and wrong[0] in answers[-1]["sentence"], f"{wrong}: {code} {answers}")
    listed = list(everything.values())
    check_equal(sorted(listed, key=lambda row: row["reported"]), listed, "oldest first")
    now = datetime.datetime.now(datetime.timezone.utc)
    for ref, row in everything.items():
        since = datetime.datetime.fromisoformat(row["reported"].replace("Z", "+00:00"))
        if row["clock"]:
            hours = (now - since).total_seconds() / 3600
            check(hours - 1.1 < int(row["age_hours"]) <= hours, f"the age of {ref}: {row}")
        if row["state"] == "reported":
            due = (since + datetime.timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ")
            check_equal((row["due"], row["overdue"]), (due, "yes" if hours >= 24 else "no"), f"{ref}: due")
    counted = {(row["week"], row["station"]): int(row["reported"]) for row in rates(net)}
    check_equal(counted, {key: sum((week(row), row["station"]) == key for row in listed) for key in counted},
                "the rates, by the list")
    check_equal(sum(counted.values()), len(listed), "calls in the rates")


def a_person_decides(net):
    code, answers = net.at("F55", "case discharge", "NCCU-2026-0402", "--person", "Sgt",
                           check=False)
    check(code != 0 and "--reason" in answers[-1]["sentence"], "discharged without a reason")
    net.at("F55", "case discharge", "NCCU-2026-0402", *PERSON)
    check_equal(cases(net)["NCCU-2026-0402"]["state"], "discharged", "state")
    code, answers = net.at("F55", "case discharge", "NCCU-2026-0402", *PERSON, check=False)
    check_equal((code, answers[-1]["status"]), (1, "value"), "discharged twice")
    net.at("F55", "case reopen", "NCCU-2026-0402", *PERSON)
    check_equal(cases(net)["NCCU-2026-0402"]["clock"], "officer", "clock of a reopened call")
    code, answers = net.at("F55", "case return", "NCCU-2026-0402", "--reason", "x", check=False)
    check_equal(code, 1, "returned a document that there is not: exit code")
    code, answers = net.at("F55", "case show", "NCCU-2026-9999", check=False)
    check_equal(answers[-1]["status"], "unknown", "a call that nobody recorded")
    found = [row for row in rates(net) if row["station"] == "55AA"]
    check_equal(sum(int(row["reported"]) for row in found), 6, "reported from 55AA")
    check_equal(sum(int(row["overdue"]) for row in found), 1, "overdue from 55AA")
    check_equal(sum(int(row["submitted_in_time"]) for row in found), 3, "in time from 55AA")


def bad_reports_are_refused(net):
    # What the log's row cannot hold is known before the report is recorded.
    for purpose in (b"x" * 201, b" ", b"\xff"):
        answer = ask(net, "F55", "case-decide", what=b"discharge", reference=b"NCCU-2026-0402",
                     person=b"Sgt", reason=b"no offence", purpose=purpose)
        check(b"purpose must be" in answer, f"a purpose that no row holds: {answer!r}")
    check(cases(net)["NCCU-2026-0402"]["state"] != "discharged", "discharged without a row")
    for options, column, rule in (
            (dict(reference="the usual one"), "reference", "R18"),
            (dict(hours=-2), "reported_at", "R18"),
            (dict(station="5AA"), "station", "R14"),
            (dict(station="44AA"), "station", "R14"),
            (dict(role="PC 4411"), "role", "R18"), (dict(role="PC Tolpuddle"), "role", "R18")):
        given = dict(reference="NCCU-2026-0777", hours=1, station="55AA", role="PC") | options
        code, answers = add(net, given["reference"], given["hours"], given["station"],
                            given["role"], check=False)
        found = [row for row in answers if row.get("row") == "finding"]
        check_equal((code, len(found)), (1, 1), f"exit code and findings of {options}")
        check_equal((found[0]["line"], found[0]["column"], found[0]["rule"]),
                    ("1", column, rule), "line, column and rule")
        check(found[0]["mend"], "a finding without its mend")
    code, answers = add(net, "NCCU-2026-0101", 9, check=False)
    check_equal(code, 1, "another report under a reference that is taken: exit code")
    check("NCCU-2026-0777" not in cases(net), "a refused report was recorded")


def overdue_todos(net):
    """What the list says is late, and since when it stands there."""
    return sorted((one["what"], one["since"]) for one in net.at("F55", "todo")[1]
                  if "is overdue since" in one.get("what", ""))


def the_index_is_what_the_log_says(net):
    before = (cases(net), rates(net), events(net, "NCCU-2026-0401"))
    owed = overdue_todos(net)
    check(owed, "nothing is overdue on the to-do list before the index is made again")
    _, answers = net.at("F55", "case rebuild")
    check_equal(answers[0]["as_before"], "yes", "the index against the log")
    check_equal(int(answers[0]["references"]), len(before[0]), "references made again")
    check_equal(overdue_todos(net), owed, "what is overdue, after the index was made again")
    net.stop("F55")
    db = sqlite3.connect(net.path("F55", "journal.db"))
    count = db.execute("DELETE FROM shelf WHERE kind = 5").rowcount
    db.commit()
    db.close()
    check_equal(count, len(before[0]), "rows thrown away")
    start(net)
    check_equal(cases(net), {}, "calls after the index was thrown away")
    _, answers = net.at("F55", "case rebuild")
    check_equal(answers[0]["as_before"], "no", "the empty index against the log")
    after = (cases(net), rates(net), events(net, "NCCU-2026-0401"))
    check_equal(strip_age(after[0]), strip_age(before[0]), "calls, made again")
    check_equal(after[1:], before[1:], "rates and events, made again")
    check_equal(overdue_todos(net), owed, "what is overdue, after the rows were thrown away")
    # A row that was edited does not open: it is made again when the node starts.
    net.stop("F55")
    db = sqlite3.connect(net.path("F55", "journal.db"))
    db.execute("UPDATE shelf SET state = 5 WHERE kind = 5")
    db.commit()
    db.close()
    start(net)
    check_equal(strip_age(cases(net)), strip_age(before[0]), "calls, after the rows were edited")
    one_entry_costs_itself_alone(net)


def one_entry_costs_itself_alone(net):
    """An entry does not open any more: the other calls are in the index all the same."""
    before = cases(net)
    net.stop("F55")
    db = sqlite3.connect(net.path("F55", "journal.db"))
    place, kept = db.execute("SELECT place, kept FROM entry WHERE kind = ? ORDER BY place DESC",
                             (KIND_OBLIGATION,)).fetchone()
    db.execute("UPDATE entry SET kept = ? WHERE place = ?", (bytes(len(kept)), place))
    db.commit()
    start(net)
    _, answers = net.at("F55", "case rebuild")
    check_equal(int(answers[0]["unread"]), 1, f"entries that could not be read: {answers}")
    after = cases(net)
    check(len(after) >= len(before) - 1 and after.keys() <= before.keys(), f"calls left: {after}")
    net.stop("F55")
    db.execute("UPDATE entry SET kept = ? WHERE place = ?", (kept, place))
    db.commit()
    db.close()
    start(net)
    _, answers = net.at("F55", "case rebuild")
    check_equal(answers[0]["unread"], "0", "with its key again")
    check_equal(strip_age(cases(net)), strip_age(before), "calls, with the key again")


def write(net, name, content):
    with open(net.path(name), "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())
    return net.path(name)


def csv(*lines):
    return "\r\n".join(("reference,reported_at,station,role",) + lines) + "\r\n"


def a_file_is_taken_whole_or_not_at_all(net):
    line = f"NCCU-2026-06%02d,{hours_ago(6)},55AB,response officer"
    good = write(net, "good.csv", "\ufeff" + csv(*(line % n for n in range(40))))
    _, answers = net.at("F55", "case import", good)
    check_equal((answers[0]["recorded"], answers[0]["already"]), ("40", "0"), "first time")
    _, answers = net.at("F55", "case import", good)
    check_equal((answers[0]["recorded"], answers[0]["already"]), ("0", "40"), "second time")
    lines = [{"reference": "NCCU-2026-0690", "reported_at": hours_ago(7), "station": "55AB",
              "role": "neighbourhood officer"},
             {"role": "=cmd|' /C calc'!A0", "station": "55AB", "reference": "NCCU-2026-0691",
              "reported_at": hours_ago(8)}]
    for name, text in (("lines.json", "\n".join(json.dumps(one) for one in lines)),
                       ("array.json", json.dumps(lines))):
        code, answers = net.at("F55", "case import", write(net, name, text), check=False)
        found = [row for row in answers if row.get("row") == "finding"]
        check_equal((code, [row["column"] for row in found]), (1, ["role"]), name)
        check("NCCU-2026-0690" not in cases(net), "half of a file was taken")
    lines[1]["role"] = "officer"
    net.at("F55", "case import", write(net, "lines.json", json.dumps(lines)))
    check_equal(cases(net)["NCCU-2026-0690"]["state"], "reported", "from JSON")


def wrong_files_are_told_by_line_and_column(net):
    good = f"NCCU-2026-0800,{hours_ago(6)},55AB,officer"
    deep = "[" * 1000000
    for name, content, line, column, rule in (
            ("semantic", csv(good, "NCCU-2026-0801,yesterday,55AB,officer"), 3, "reported_at",
             "R18"),
            ("twice", csv(good, good.replace("55AB", "55AC")), 3, "reference", "R18"),
            ("narrative", csv(good).replace("role", "narrative"), 1, "narrative", "I3"),
            ("missing", "reference,station,role\r\na,b,c\r\n", 1, "reported_at", "I3"),
            ("double", csv(good).replace("role", "station"), 1, "station", "I3"),
            ("short row", csv(good, "NCCU-2026-0801,55AB"), 3, "", "I3"),
            ("quote", csv(good, 'NCCU-2026-0801,"2026"x,55AB,officer'), 3, "reported_at", "I1"),
            ("nul", csv(good).replace("officer", "off\0icer"), 2, "role", "I1"),
            ("utf-16", csv(good).encode("utf-16"), 1, "", "I1"),
            ("bad utf-8", csv(good).encode().replace(b"officer", b"\xc3("), 2, "role", "I1"),
            ("long cell", csv(good.replace("officer", "x" * 70000)), 2, "role", "I2"),
            ("long file", csv(*[good] * 100000), 1, "", "I2"),
            ("many rows", csv(*[good] * 2001), 2002, "", "I2"),
            ("columns", ",".join(str(i) for i in range(300)), 1, "", "I2"),
            ("a gigabyte", None, 1, "", "I2"),
            ("empty", "", 1, "", "I1"),
            ("number", '[{"reference": 12345678}]', 1, "reference", "I6"),
            ("text in json", '[{"reference": "NCCU-2026-0800", "notes": "x"}]', 1, "notes", "I3"),
            ("twice a key", '[{"reference": "A-1", "reference": "A-2"}]', 1, "", "I1"),
            ("deep", deep, 1, "", "I1")):
        path = write(net, "bad file", content or "")
        if content is None:
            os.truncate(path, 1 << 30)
        code, answers = net.at("F55", "case import", path, check=False)
        found = [row for row in answers if row.get("row") == "finding"]
        check_equal(code, 1, f"{name}: exit code")
        check(found, f"{name}: nothing is told: {answers}")
        check_equal((found[0]["line"], found[0]["column"], found[0]["rule"]),
                    (str(line), column, rule), name)
        check(found[0]["sentence"] and found[0]["mend"], f"{name}: without sentence or mend")
        check("NCCU-2026-0800" not in cases(net), f"{name}: half of the file was taken")


def reconcile(net, agency="F55"):
    _, answers = net.at(agency, "case reconcile")
    found = {(row["side"], row["reference"]) for row in answers if row.get("row") == "difference"}
    return found, [row for row in answers if row.get("row") == "summary"][0]


def the_two_sides_are_held_against_each_other(net):
    add(net, "NCCU-2026-0901", 50)
    add(net, "NCCU-2026-0902", 51)
    period = ("--from", hours_ago(60), "--until", hours_ago(40))
    text = ("reference,reported_at,station\n"
            f"nccu-2026-0901,{hours_ago(50)},55AA\n"
            f"NCCU-2026-0903,{hours_ago(52)},55AC\n"
            f"NCCU-2026-0904,{hours_ago(53)},44BB\n")
    path = write(net, "calls.csv", text)
    many = write(net, "many.csv", "reference,reported_at,station\n" + "".join(
        f"NCCU-2026-1{n:03d},{hours_ago(50)},55AA\n" for n in range(256)))
    code, answers = net.at("IE", "case publish", many, *period, check=False)
    check(code != 0 and "255" in answers[-1]["sentence"], f"256 calls in a list: {answers}")
    check_equal(reconcile(net)[0], set(), "differences before any list")
    code, _ = net.at("F55", "case publish", path, *period, check=False)
    check_equal(code, 4, "a force publishes calls: exit code")
    code, answers = net.at("IE", "case publish", path, check=False)
    check_equal(code, 2, "a list without its period: exit code")
    wrong = write(net, "wrong.csv", text + f"NCCU-2026-0905,{hours_ago(30)},55AA\n"
                                           f"NCCU-2026-0906,{hours_ago(50)},43AA\n")
    code, answers = net.at("IE", "case publish", wrong, *period, check=False)
    found = [(row["line"], row["column"]) for row in answers if row.get("row") == "finding"]
    check_equal((code, found), (1, [("5", "reported_at"), ("6", "station")]), "a wrong list")
    _, answers = net.at("IE", "case publish", path, *period)
    told = {row["agency"]: row["calls"] for row in answers if row.get("row") == "list"}
    check_equal(told, {"F44": "1", "F55": "2"}, "calls told to each bureau")
    wait("the list", lambda: reconcile(net)[1]["lists"] == "1")
    check_equal(reconcile(net)[0], {("theirs", "NCCU-2026-0903"), ("ours", "NCCU-2026-0902")},
                "differences of F55")
    wait("the other list", lambda: reconcile(net, "F44")[1]["lists"] == "1")
    check_equal(reconcile(net, "F44")[0], {("theirs", "NCCU-2026-0904")}, "differences of F44")
    # Each is closed by recording, or by a named person's reason.
    add(net, "NCCU-2026-0903", 52, station="55AC")
    code, _ = net.at("F55", "case settle", "NCCU-2026-0902", "--person", "Sgt", check=False)
    check(code != 0, "settled without a reason")
    net.at("F55", "case settle", "NCCU-2026-0902", *PERSON)
    check_equal(reconcile(net)[0], set(), "differences that are left")
    net.at("F44", "case settle", "NCCU-2026-0904", *PERSON)
    check_equal(reconcile(net, "F44")[0], set(), "a call that only they know, settled")
    # The same list again is no second one.
    net.at("IE", "case publish", path, *period)
    add(net, "NCCU-2026-0907", 55)
    wait("the difference", lambda: reconcile(net)[0] == {("ours", "NCCU-2026-0907")})
    check_equal(reconcile(net)[1]["lists"], "1", "lists after the same was published again")
    # Nobody but the bureau holds a list.
    for agency in ("SWROCU", "JFC", "PND"):
        check_equal(reconcile(net, agency)[1]["lists"], "0", f"lists at {agency}")


def a_draft_is_a_document(net):
    """Handed in is submitted, assessed is accepted; sent back, a document is owed again."""
    add(net, "NCCU-2026-0501", 4)
    record = simple_record("F55", 20, case_reference="NCCU-2026-0501")
    _, answers = net.at("F55", "draft", "-", text=json.dumps(record))
    draft = next(row["id"] for row in answers if row.get("row") == "draft")
    listed = cases(net)["NCCU-2026-0501"]
    check_equal((listed["state"], listed["clock"], listed["document"]),
                ("submitted", "bureau", draft), "a draft that cites a call")
    net.at("F55", "assess", draft)
    check_equal(cases(net)["NCCU-2026-0501"]["state"], "accepted", "after the assessment")
    net.at("F55", "rework", draft, "--reason", "the grade is of another text")
    listed = cases(net)["NCCU-2026-0501"]
    check_equal((listed["state"], listed["clock"]), ("returned", "officer"), "sent back")
    net.at("F55", "assess", draft)
    net.at("F55", "sanitise", draft)
    _, answers = net.at("F55", "release", draft, "--person", "Sgt")
    check(not [row for row in answers if row.get("rule") == "R18"],
          f"a draft that is released is told to be a second document: {answers}")
    check_equal(cases(net)["NCCU-2026-0501"]["state"], "accepted", "released")
    wrong = simple_record("F55", 21, case_reference="NCCU-2026-5001")
    _, answers = net.at("F55", "draft", "-", text=json.dumps(wrong))
    found = [row for row in answers if row.get("rule") == "R18"]
    check("NCCU-2026-0501" in found[0]["mend"], "a draft's wrong citation is not advised on")
    check(any("not recorded" in what for what in todos(net)), "no to-do for a draft's citation")
    # Mended in a new version, which is what the advice asks for.
    draft = next(row["id"] for row in answers if row.get("row") == "draft")
    for step in (("assess",), ("sanitise",), ("release", "--person", "Sgt")):
        _, answers = net.at("F55", step[0], draft, *step[1:])
    record = rows({"rows": answers}, "record")[0]["id"]
    right = simple_record("F55", 22, case_reference="NCCU-2026-0501")
    _, answers = net.at("F55", "draft", "-", "--supersedes", record, "--reason",
                        "it named another call", text=json.dumps(right))
    check(not any("not recorded" in what for what in todos(net)), "the mended one is on the list")


def the_index_outlives_an_epoch(net):
    """Entries that a new epoch issues again say what they said; a fenced node records none."""
    before = cases(net)
    net.stop("F55")
    os.remove(net.path("F55", "head"))
    start(net)
    code, answers = add(net, "NCCU-2026-0999", 1, check=False)
    check_equal((code, answers[-1]["status"]), (5, "fenced"), "a report at a fenced node")
    net.at("F55", "new-epoch")
    wait("what the peers know", lambda: net.at("F55", "case list", check=False)[0] == 0)
    check_equal(strip_age(cases(net)), strip_age(before), "calls in the new epoch")
    _, answers = net.at("F55", "case rebuild")
    check_equal(answers[0]["as_before"], "yes", "the index against the logs of both epochs")
    add(net, "NCCU-2026-0999", 1)


def drive(net):
    a_document_closes_its_call(net)
    say("a document closes its call")
    wrong_citations_are_advised_on(net)
    a_draft_is_a_document(net)
    say("wrong citations are advised on, and published")
    what_is_late_is_told_once(net)
    say("what is late is told once, also over a SIGKILL")
    what_was_recorded_wrong_is_corrected(net)
    what_falls_due_soon_is_told_too(net)
    lists_are_by_station_and_week(net)
    a_person_decides(net)
    bad_reports_are_refused(net)
    say("a person decides; bad reports are refused")
    a_file_is_taken_whole_or_not_at_all(net)
    wrong_files_are_told_by_line_and_column(net)
    say("a file is taken whole or not at all")
    the_two_sides_are_held_against_each_other(net)
    say("the two sides are held against each other")
    the_index_is_what_the_log_says(net)
    say("the index is what the log says")
    the_bureau_owes_an_answer(net)
    say("the bureau owes an answer, too")
    the_force_decides_its_hours(net)
    the_index_outlives_an_epoch(net)
    verify_edited(net, "F55")
    for agency in ("F44", "IE"):
        verify(net, agency)


def test(options):
    with folder() as path:
        net = Network(options.binary, path, NODES)
        give_clocks(options, net)
        with running(net):
            drive(net)


if __name__ == "__main__":
    run(test, __doc__)
