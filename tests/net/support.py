"""A support bundle tells an engineer how a node is, and nothing of records, keys or people.

Records with a canary in every field are published and read, a draft with its source waits, and
canaries stand in the configuration, in file names and in what is handed over as a log.  The bundle of
each node, running, stopped and damaged, has what `status` and `verify` say, and none of the canaries,
no byte of a key file and no word that is not the program's own.
"""

import argparse
import contextlib
import json
import os
import re
import shlex
import sqlite3

import canary
import drafts
import scene
from scene import Network, check, check_equal, say


# What a node may say of itself at more length; which of it does depends on where the test runs.
SENTENCES = {"may go to swap: LimitMEMLOCK is not infinity"}


def work(net: Network, canaries: canary.Canaries) -> None:
    """What leaves traces in a home: published, read, refused, drafted, acknowledged."""
    record = scene.published(net, "F55", canary.full_record(canaries, "record", 1),
                             canaries.text("key"))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC"})
    net.at("SWROCU", "show", record, "--purpose", canaries.text("purpose"))
    net.at("SWROCU", "acknowledge", record, "--person", canaries.text("person"))
    code, _ = net.publish("F55", canary.full_record(canaries, "refused", 2, handling="X"))
    check_equal(code, 1, "a record to be refused")
    draft = canary.full_record(canaries, "draft", 3)
    draft["source"] = drafts.source(canaries)
    net.at("F55", "draft", "-", text=json.dumps(draft))


def bundle(net: Network, agency: str, name: str, *more: str) -> tuple[list[dict], str]:
    out = net.path(name)
    code, answers = net.at(agency, "support-bundle", "--out", out, *more, check=False)
    check_equal(code, 0, f"support-bundle of {agency}: {answers}")
    check_equal(os.stat(out).st_mode & 0o777, 0o600, "the bundle's mode")
    with open(out, encoding="ascii") as f:
        text = f.read()
    lines = text.splitlines()
    check_equal(lines[0], "flagpost/support/v1", "its first line")
    return [parsed(line) for line in lines[1:]], text


def parsed(line: str) -> dict:
    section, *fields = shlex.split(line)
    return {"section": section, **dict(field.split("=", 1) for field in fields)}


def of(lines: list[dict], section: str) -> list[dict]:
    return [line for line in lines if line["section"] == section]


def check_shapes(lines: list[dict]) -> None:
    """Each value is a number, a time, an agency that there is, or a short word of ours."""
    shape = re.compile(r"\d{1,20}|\d{4}-\d\d-\d\dT[\d:]{8}Z|[a-z][a-z_. -]{0,30}|\(left out\)|[\d.]+|"
                       r"[a-z.-]+\.(?:db|db-wal|key|sock)")
    for line in lines:
        for key, value in line.items():
            check(shape.fullmatch(value) or value in SENTENCES or value in scene.ONE_BUREAU or
                  key in ("compiler", "kernel") or (line["section"], key) == ("library", "name"),
                  f"{key}={value!r} in {line}")


def check_silent(net: Network, text: str, canaries: canary.Canaries) -> None:
    found = canary.search(text.encode(), canary.needles(canaries))
    check(not found, f"the bundle holds {sorted(found)}")
    for name, data in canary.all_files(net).items():
        if not name.endswith((".credential", "node.key", ".key")):
            continue
        for at in range(0, len(data) - 16, 16):
            check(not any(form in text.encode() for form in canary.forms(data[at:at + 16])),
                  f"the bundle holds bytes of {name}")


def streams(net: Network) -> set[tuple[str, str]]:
    _, told = net.at("F55", "verify")
    return {(row["agency"], row["lane"]) for row in told if "lane" in row}


def check_whole(net: Network, canaries: canary.Canaries) -> None:
    """A running node: the same figures as its own commands give."""
    log = net.path("handed-over.log")
    with open(log, "w", encoding="utf-8") as f:
        with open(net.path("F55.log"), encoding="utf-8") as own:
            f.write(own.read())
        bad = canaries.text("log")
        f.write(f"{bad}\nts=2026-11-27T10:00:00Z level=warn event=peer.rejected peer={bad.upper()[:16]} "
                f"lane={bad} why=\"{bad} x\" index=7 {bad}=3 event={bad}\n"
                f"Nov 27 host flagpost[1]: ts=2026-11-27T10:00:01Z level=info event={bad}.x why=hash\n")
        canaries.texts["agency"] = bad.upper()[:16]
    # It was started again a moment ago: what its peers say of themselves comes first.
    scene.wait("every peer's streams", lambda: {*((name, "local") for name in net.agencies),
                                                ("SWROCU", "routine")} <= streams(net))
    lines, text = bundle(net, "F55", "bundle", "--log", log)
    check_shapes(lines)
    check_silent(net, text, canaries)
    _, status = net.at("F55", "status")
    node = next(row for row in status if row.get("row") == "node")
    told = next(line for line in of(lines, "status") if "publishing" in line)
    check_equal((told["agency"], told["roster"], told["publishing"]),
                (node["agency"], node["roster"], "yes"), "the node's state")
    check_equal(of(lines, "config")[0]["alternates"], "yes", "that alternates are set")
    check(of(lines, "journal")[0]["agrees"] == "yes", f"verified: {of(lines, 'journal')}")
    check_equal({(s["agency"], s["lane"]) for s in of(lines, "stream")}, streams(net),
                "the streams")
    check_equal(of(lines, "node")[0]["reached"], "yes", "that it runs")
    check(any(line["event"] == "node.started" for line in of(lines, "event")), "events counted")
    rejected = [line for line in of(lines, "log") if line["event"] == "peer.rejected"][-1]
    check_equal((rejected["index"], rejected["peer"], rejected["lane"], rejected["why"]),
                ("7", "(left out)", "(left out)", "(left out)"), "a line of nobody's")
    check(int(of(lines, "events")[0]["of_no_event"]) >= 2, "lines that are of no event")
    check(int(of(lines, "limits")[0]["frame_bytes"]) == 256 * 1024, "limits")
    key = next(line for line in of(lines, "file") if line["name"] == "node.key")
    check_equal(key["mode"], "600", "the mode of the key file")
    code, answers = net.at("F55", "support-bundle", "--out", net.path("bundle"), check=False)
    check(code == 1 and "there" in str(answers), f"over a file: {code} {answers}")


def check_broken(net: Network, canaries: canary.Canaries) -> None:
    """Stopped, damaged, and without a configuration: each part is told that can be."""
    net.stop("SWROCU")
    lines, text = bundle(net, "SWROCU", "stopped")
    check_equal(of(lines, "node")[0]["reached"], "no", "a stopped node")
    check_equal(of(lines, "journal")[0]["agrees"], "yes", "its journal")
    check_silent(net, text, canaries)
    with contextlib.closing(sqlite3.connect(net.path("SWROCU", "journal.db"))) as db, db:
        db.execute("UPDATE commit_group SET at = at + 1")
    lines, text = bundle(net, "SWROCU", "damaged")
    check_equal({(line["part"], line["found"]) for line in of(lines, "verified")
                 if line["found"] != "ok"}, {("tables", "damaged")}, "rows that a hand changed")
    check_silent(net, text, canaries)
    with open(net.path("SWROCU", "config"), "a", encoding="utf-8") as f:
        f.write(f"{canaries.text('key of the configuration')} = {canaries.text('its value')}\n")
    lines, text = bundle(net, "SWROCU", "misconfigured")
    check_equal(of(lines, "config")[0]["read"], "config", "a wrong configuration")
    check(int(of(lines, "config")[0]["line"]) > 1, "its line")
    check_silent(net, text, canaries)


def test(options: argparse.Namespace) -> None:
    canaries = canary.Canaries(options.seed)
    with scene.folder() as path:
        net = Network(options.binary, path, scene.ONE_BUREAU)
        with scene.running(net):
            net.stop("F55")
            with open(net.path("F55", "config"), "a", encoding="utf-8") as f:
                f.write(f"alternates = {canaries.text('alternates')} 01305 222222\n")
            net.start("F55")
            scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)
            work(net, canaries)
            check_whole(net, canaries)
            check_broken(net, canaries)
            # What a canary would look like if it were there.
            check(canary.search(canaries.texts["purpose"].encode(), canary.needles(canaries)),
                  "the control")
            say(f"{len(canaries.texts)} canaries, in none of the bundles")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
