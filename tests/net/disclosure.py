"""A disclosure officer's schedule lists records without their text.

Records with canaries, of either marking and handling, are listed by id and by the call that they cite;
one is recalled, and erased at the unit.  The table and the page have item, date, originator, kind,
marking, handling code, where it is and the digest that `proof export` proves; sensitive ones stand
apart, no canary is in either, each record listed is a disclosure in the log.
"""

import argparse
import base64
import csv
import html.parser
import os

import canary
import control
import scene
from scene import Network, check, check_equal, say

FORBIDDEN, REFUSED, WRONG_USE, UNKNOWN = 4, 1, 2, 3
WHY = "R v Example, schedule of 1 December"
CALL = "R-2026-0001"


class Page(html.parser.HTMLParser):
    """The cells of each table, and the elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables, self.tags, self.words, self.in_cell = [], set(), "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        self.in_cell = tag in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.in_cell:
            self.tables[-1][-1][-1] += data


def schedule(net: Network, agency: str, name: str, *arguments: str,
             code: int = 0) -> tuple[list[dict], Page, str]:
    out = net.path(name)
    got, answers = net.at(agency, "disclosure schedule", "--out", out, *arguments, check=False)
    check_equal(got, code, f"disclosure schedule {arguments}: {answers}")
    if code != 0:
        check(not os.path.exists(out + ".csv"), f"{arguments} left a file")
        return [], Page(""), str(answers)
    for kind in ("csv", "html"):
        check_equal(os.stat(f"{out}.{kind}").st_mode & 0o777, 0o600, f"mode of the {kind}")
    with open(out + ".csv", encoding="utf-8", newline="") as f:
        table = f.read()
    with open(out + ".html", encoding="utf-8") as f:
        page = f.read()
    check(table.endswith("\r\n"), "lines of RFC 4180")
    return list(csv.DictReader(table.splitlines())), Page(page), table + page


def publish(net: Network, canaries: canary.Canaries) -> list[str]:
    """Conditions and OFFICIAL-SENSITIVE, one of each, neither; the last cites a call."""
    plain = {"conditions": None, "condition_reason": None, "a3_usage": None}
    kinds = ({"marking": "OFFICIAL"},
             {"marking": "OFFICIAL", "handling": "P", "action": None, "sanitisation": None, **plain},
             {"marking": "OFFICIAL-SENSITIVE", "handling": "P", "action": None, "sanitisation": None,
              **plain})
    ids = []
    for number, more in enumerate(kinds, 1):
        record = canary.full_record(canaries, f"record {number}", number, **more)
        record = {k: v for k, v in record.items() if v is not None}
        if number == 2:
            record["case_reference"] = CALL
        ids.append(scene.published(net, "F55", record)["id"])
        scene.wait_stored(net, "F55", ids[-1], {"SWROCU"})
    return ids


def check_schedule(net: Network, ids: list[str], canaries: canary.Canaries) -> None:
    rows, page, text = schedule(net, "F55", "all", *ids, "--purpose", WHY)
    found = canary.search(text.encode(), canary.needles(canaries))
    check(not found, f"the schedule holds {sorted(found)}")
    check_equal([row["record"] for row in rows], ids, "the records, in the order asked for")
    check_equal([row["item"] for row in rows], ["1", "2", "3"], "item numbers")
    check_equal([row["schedule (proposed)"] for row in rows],
                ["sensitive", "non-sensitive", "sensitive"], "which list")
    check_equal([row["handling code"] for row in rows], ["C A3 S2", "P", "P"], "handling codes")
    check_equal({(row["originator"], row["kind of material"], row["where it is"]) for row in rows},
                {("F55", "intelligence", "held")}, "originator, kind, state")
    check_equal([len(table) - 1 for table in page.tables], [1, 2], "rows of the two tables")
    check_equal(page.tables[0][1][8], ids[1], "what is not sensitive")
    check(not page.tags & {"script", "img", "link", "a"}, f"elements of the page: {page.tags}")
    for row in rows:
        # The digest is the content root in the header that `proof export` proves.
        out = net.path(row["record"] + ".proof")
        net.at("F55", "proof export", row["record"], "--out", out)
        with open(out, encoding="ascii") as f:
            header = next(line.split()[1] for line in f if line.startswith("header "))
        check(bytes.fromhex(row["digest of its content (SHA-256)"]) in base64.b64decode(header),
              f"the digest of {row['record']}")


def check_log(net: Network, ids: list[str]) -> None:
    _, log = net.at("F55", "audit", "--use", "lawfulness", "--operation", "disclose")
    listed = [(row["object"], row["purpose"]) for row in log
              if row.get("outcome") == "listed on a disclosure schedule"]
    check_equal(sorted(listed), sorted((one, WHY) for one in ids), "disclosures in the log")


def check_states(net: Network, ids: list[str]) -> None:
    """Recalled by its owner, and erased at the unit."""
    net.at("F55", "recall", ids[0], "--reason", "wrong person", "--person", "DS Example")
    scene.wait("the recall at the unit", lambda: "RECALLED" in str(net.at("SWROCU", "inbox")[1]))
    rows, _, _ = schedule(net, "SWROCU", "recalled", ids[0], "--purpose", WHY)
    check_equal(rows[0]["where it is"], "held, recalled by its owner", "a recalled record")
    net.at("SWROCU", "statement", ids[0], "--erased", "--person", "DS Other")
    rows, _, _ = schedule(net, "SWROCU", "erased", ids[0], ids[1], "--purpose", WHY)
    check_equal([row["where it is"] for row in rows], ["recalled and erased here", "held"], "erased")
    check_equal((rows[0]["originator"], rows[0]["handling code"]), ("F55", "C A3 S2"), "its header stays")


def check_case(net: Network, ids: list[str]) -> None:
    rows, _, text = schedule(net, "F55", "call", "--case", CALL, "--purpose", WHY)
    check_equal([row["record"] for row in rows], [ids[1]], "records that cite the call")
    check(CALL not in text, "the reference is in the schedule")


def check_refused(net: Network, ids: list[str]) -> None:
    for code, arguments, word in ((FORBIDDEN, (ids[0],), "--purpose"),
                                  (WRONG_USE, ("--purpose", WHY), "--case"),
                                  (UNKNOWN, ("0123456789abcdef", "--purpose", WHY), "no record"),
                                  (UNKNOWN, ("--case", "R-2026-9999", "--purpose", WHY), "no call")):
        _, _, told = schedule(net, "F55", "none", *arguments, code=code)
        check(word in told, f"{arguments}: {told}")
    check(b"--purpose" in control.ask(net, "F55", "schedule", id=ids[0].encode()), "the node itself asks why")
    got, told = net.at("F55", "disclosure schedule", ids[0], "--out", net.path("all"), "--purpose", WHY,
                       check=False)
    check(got == REFUSED and "there" in str(told), f"over a file: {told}")


def test(options: argparse.Namespace) -> None:
    canaries = canary.Canaries(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        net.at("F55", "case add", CALL, "--reported-at", "2025-09-01T10:00:00Z", "--station", "55AA",
               "--role", "officer")
        ids = publish(net, canaries)
        check_schedule(net, ids, canaries)
        check_log(net, ids)
        check_states(net, ids)
        check_case(net, ids)
        check_refused(net, ids)
        say(f"{len(canaries.texts)} canaries, in no schedule")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
