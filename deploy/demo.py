"""The main job on six nodes, shown as a person would like to read it."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import textwrap
import time

from network import AGENCIES, Failed, Network

HERE = os.path.dirname(os.path.abspath(__file__))
LATE = 4  # records kept back until one unit is stopped
WIDTH = 100
STORED_SECONDS = 30  # a receipt that takes longer is not coming
EXPECTED = ("published", "pnd-withheld", "refused", None)


def shortened(text, room):
    """Cut at a word; what was cut is seen to be cut."""
    text = " ".join(str(text).split())
    if len(text) <= room:
        return text
    head = text[:room - 3]
    return (head.rsplit(" ", 1)[0] if " " in head else head) + "..."


PUBLISHERS = [agency for agency, (_, kind, *_) in AGENCIES.items() if kind == "fib"]


class WrongUse(Exception):
    """The command line or the records given are not right; the text says what."""


class Screen:
    """What is said to a person, or to a machine with --json; and every expectation."""

    def __init__(self, machine):
        self.machine = machine
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self.expectations = []

    def paint(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self.colour else text

    def head(self, text):
        if not self.machine:
            print("\n" + self.paint(text, "1"), flush=True)

    def say(self, text):
        if not self.machine:
            print("  " + text, flush=True)

    def tell(self, text, indent=2, after=6):
        """A sentence, in as many lines of the screen as it needs."""
        for line in textwrap.wrap(text, WIDTH, initial_indent=" " * indent,
                                  subsequent_indent=" " * after):
            if not self.machine:
                print(line, flush=True)

    def row(self, **fields):
        if self.machine:
            print(json.dumps(fields), flush=True)

    def expect(self, what, held, detail=""):
        self.expectations.append((what, bool(held), detail))
        self.row(event="expectation", what=what, held=bool(held), detail=detail)
        if not held:
            self.say(self.paint(f"NOT as expected: {what} {detail}", "31"))
        return held


def read_json(path):
    """The values of a file: one, an array, or one a line."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    try:
        found = json.loads(text) if text.strip() else []
        return found if isinstance(found, list) else [found]
    except ValueError as whole:
        found = []
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            try:
                found += [json.loads(line)] if line.strip() else []
            except ValueError as why:
                # Line by line tells more only when the lines before were records.
                raise ValueError(f"line {number}: {why}" if found else str(whole)) from why
        return found


def read_samples(path):
    """[{from, record, expect}] from the shipped form, or plain records (from Dorset)."""
    try:
        found = read_json(path)
    except OSError as why:
        raise WrongUse(f"{path}: {why.strerror}") from why
    except ValueError as why:
        raise WrongUse(f"{path}: this is not JSON: {why}") from why
    samples = []
    for number, value in enumerate(found, 1):
        if not isinstance(value, dict) or not isinstance(value.get("record", {}), dict):
            raise WrongUse(f"{path}, record {number}: a record is an object in curly brackets")
        sample = value if "record" in value else {"from": "F55", "record": value}
        origin, expect = sample.get("from", "F55"), sample.get("expect")
        if origin not in PUBLISHERS:
            raise WrongUse(f"{path}, record {number}: \"from\" is {origin!r}, and the bureaux "
                           f"that publish are {' and '.join(PUBLISHERS)}")
        if expect not in EXPECTED:
            raise WrongUse(f"{path}, record {number}: \"expect\" is {expect!r}, and it may be "
                           "published, pnd-withheld or refused")
        samples.append({**sample, "from": origin, "expect": expect})
    return samples


def late_of(samples):
    """Records that are to go to the unit that is stopped: half of them, if there are so many,
    such as also go to PND, so that the others are seen to have theirs meanwhile."""
    right = [s for s in samples if s["expect"] != "refused"]
    count = min(LATE, len(right) // LATE)
    everywhere = [s for s in right if s["expect"] != "pnd-withheld"]
    partly = [s for s in right if s["expect"] == "pnd-withheld"]
    few = partly[len(partly) - min(len(partly), count // 2):]
    most = everywhere[len(everywhere) - min(len(everywhere), count - len(few)):]
    return most + few


def clock(text):
    return text[11:19] if text else "-"


def rows_of(answer, what):
    return [row for row in answer.get("rows", []) if row.get("row") == what]


class Demo:
    def __init__(self, network, screen):
        self.network = network
        self.screen = screen
        self.published = {}  # id -> (sample, agencies it is to reach)
        self.refused = 0
        self.withheld = set()  # ids that PND does not get

    def publish(self, sample):
        record, origin = sample["record"], sample["from"]
        urn = record.get("urn", "(no URN)")
        code, answer = self.network.publish(origin, record, key=f"{origin} {urn}")
        findings = rows_of(answer, "finding")
        if code == 0:
            placed = rows_of(answer, "record")[0]
            legs = rows_of(answer, "recipient")
            to = {r["agency"] for r in legs if r["sent"] == "yes"}
            if any(r["agency"] == "PND" and r["reason"].startswith("withheld") for r in legs):
                self.withheld.add(placed["id"])
            self.published[placed["id"]] = (sample, to)
            self.screen.row(event="published", urn=urn, origin=origin, id=placed["id"],
                            stream=placed["stream"], index=int(placed["index"]),
                            to=sorted(to), findings=findings)
        elif code != 1:
            raise Failed(f"{urn} could not be published: {answer.get('why') or answer}")
        else:
            self.refused += 1
            self.screen.row(event="refused", urn=urn, origin=origin, findings=findings,
                            why=answer.get("sentence", ""))
            title = shortened(record.get("title", ""), WIDTH - 24 - len(str(urn)))
            self.screen.say(self.screen.paint(f"{urn}  refused at source", "33") + f"  {title}")
            for f in [f for f in findings if f["severity"] == "refuse"][:2]:
                self.screen.tell(f"{f['rule']} {f['field']}: {f['sentence']}", 6, 9)
                self.screen.tell(f"mend: {f['mend']}", 9, 15)
            if not findings:
                self.screen.tell(answer.get("sentence") or answer.get("why") or "", 6, 9)
        self.judge(sample, urn, code, answer)

    def judge(self, sample, urn, code, answer):
        """The sample says what is to become of it."""
        wanted = sample.get("expect")
        to = {r["agency"] for r in rows_of(answer, "recipient") if r["sent"] == "yes"}
        if wanted == "refused":
            self.screen.expect(f"{urn} is refused", code == 1, str(code))
        elif wanted == "published":
            self.screen.expect(f"{urn} goes to unit, fusion cell and PND",
                               to == {"SWROCU", "JFC", "PND"}, str(sorted(to)))
        elif wanted == "pnd-withheld":
            self.screen.expect(f"{urn} goes everywhere but to PND", to == {"SWROCU", "JFC"},
                               str(sorted(to)))

    def stored(self, record):
        """The record's recipients once each has given its receipt."""
        sample, to = self.published[record]
        _, rows = self.network.trace(sample["from"], record)
        return rows if to and all(rows.get(a, {}).get("stored") for a in to) else None

    def show_stored(self, records):
        for record in records:
            sample, to = self.published[record]
            rows = self.network.wait(f"receipts for {record}", lambda: self.stored(record),
                                     seconds=STORED_SECONDS)
            where = "  ".join(f"{a} {clock(rows[a]['stored'])}" for a in sorted(to))
            where += "  PND withheld: R7" if record in self.withheld else ""
            urn = str(sample["record"].get("urn", ""))
            room = WIDTH - 2 - 19 - 2 - 2 - len(where)
            self.screen.say(f"{urn[:19]:19}  "
                            f"{shortened(sample['record'].get('title', ''), room):{room}}  {where}")
            self.screen.row(event="stored", id=record,
                            stored={a: rows[a]["stored"] for a in sorted(to)})

    def everywhere_right(self):
        """Each record exactly at those it was to reach, and nowhere else."""
        for agency in self.network.agencies:
            wanted = {i for i, (_, to) in self.published.items() if agency in to}
            held = {i for i, row in self.network.inbox(agency).items()
                    if row["state"] == "held"}
            self.screen.expect(f"{agency} holds exactly its {len(wanted)} records",
                               wanted == held, f"holds {len(held)}")

    def catch_up(self, late):
        self.screen.head("South West ROCU is stopped; records are published meanwhile")
        self.network.stop("SWROCU")
        before = set(self.published)
        for sample in late:
            self.publish(sample)
        fresh = [i for i in self.published if i not in before]
        self.network.wait("the others' receipts", lambda: all(
            self.stored_but(i, "SWROCU") for i in fresh))
        waiting = [i for i in fresh if "SWROCU" in self.published[i][1]]
        rows = [self.network.trace(self.published[i][0]["from"], i)[1] for i in waiting]
        self.screen.expect("nothing is called stored at the stopped unit",
                           not any(r["SWROCU"]["stored"] for r in rows))
        self.screen.say(f"{len(waiting)} record{'s wait' if len(waiting) != 1 else ' waits'} "
                        "for it; the others have theirs")
        self.screen.head("South West ROCU is started again")
        begun = time.monotonic()
        self.network.start("SWROCU")
        try:
            self.show_stored(fresh)
        except Failed as why:
            self.screen.tell(str(why))
        stored = sum(1 for i in waiting if self.stored(i))
        took = time.monotonic() - begun
        if self.screen.expect("the unit caught up", stored == len(waiting),
                              f"{stored} of {len(waiting)} stored there"):
            self.screen.say(f"caught up {took:.1f} s after it was started")
        self.screen.row(event="caught_up", agency="SWROCU", seconds=round(took, 2),
                        stored=stored, waited_for=len(waiting))

    def stored_but(self, record, absent):
        sample, to = self.published[record]
        _, rows = self.network.trace(sample["from"], record)
        return all(rows.get(a, {}).get("stored") for a in to if a != absent)

    def read_one(self):
        self.screen.head("A record is read: first the reason goes into the log")
        record = next(i for i, (_, to) in self.published.items() if "JFC" in to)
        code, _ = self.network.at("JFC", "show", record, check=False)
        self.screen.expect("no reading without a purpose", code == 4, str(code))
        code, _ = self.network.at("JFC", "show", record, "--purpose", "demo: morning briefing")
        _, rows = self.network.at("JFC", "audit", "--use", "integrity", "--operation", "consult")
        found = [r for r in rows if r.get("object") == record and "briefing" in r["purpose"]]
        self.screen.expect("the reading is in the log", code == 0 and len(found) == 1)
        for r in found:
            self.screen.say(f"{clock(r['at'])}  {r['actor']}  {r['operation']}  {r['object']}  "
                            f"\"{r['purpose']}\"")

    def ask_again(self):
        record, (sample, _) = next(iter(self.published.items()))
        origin, urn = sample["from"], sample["record"].get("urn", "")
        _, answer = self.network.publish(origin, sample["record"], key=f"{origin} {urn}")
        again = rows_of(answer, "record")
        self.screen.expect("the same key again gives the same answer",
                           again and again[0]["id"] == record and again[0]["again"] == "yes")

    def verify(self):
        self.screen.head("Every journal is verified: hashes, roots, signatures, counts")
        for agency in self.network.agencies:
            code, rows = self.network.at(agency, "verify", check=False)
            end = rows[-1] if rows else {}
            sentence = (f"{end.get('streams')} streams, {end.get('entries')} entries: "
                        f"{'everything agrees' if code == 0 else 'something does not agree'}")
            self.screen.say(f"{agency:8} {sentence}")
            self.screen.row(event="verified", agency=agency, code=code, sentence=sentence)
            self.screen.expect(f"{agency}'s journal verifies", code == 0, sentence)

    def run(self, samples):
        late = late_of(samples)
        early = [s for s in samples if not any(s is one for one in late)]
        self.screen.head("The two bureaux publish")
        if not samples:
            self.screen.say("there are no records in the file")
        for sample in early:
            self.publish(sample)
        self.screen.head("Who has each record, and when it was stored there")
        self.show_stored(list(self.published))
        if late:
            self.catch_up(late)
        if self.published:
            self.ask_again()
        if any("JFC" in to for _, to in self.published.values()):
            self.read_one()
        self.everywhere_right()
        self.verify()


def summary(demo, screen, seconds, failure=None, **more):
    """What was done, however it ended."""
    held = sum(1 for _, ok, _ in screen.expectations if ok)
    failed = [(w, d) for w, ok, d in screen.expectations if not ok]
    screen.head("Summary")
    for name, value in (("records published", len(demo.published)),
                        ("refused at source", demo.refused),
                        ("of the published, withheld from PND", len(demo.withheld)),
                        ("copies sent to recipients",
                         sum(len(to) for _, to in demo.published.values())),
                        ("expectations that held", f"{held} of {len(screen.expectations)}"),
                        ("seconds", f"{seconds:.1f}")):
        screen.say(f"{name:38} {value}")
    for what, detail in failed:
        screen.say(screen.paint(f"failed: {what} {detail}", "31"))
    if failure:
        screen.tell(failure)
    ok = not failed and not failure
    more = {**more, "why": failure} if failure else more
    screen.row(event="summary", published=len(demo.published), refused=demo.refused,
               pnd_withheld=len(demo.withheld), expectations=len(screen.expectations),
               held=held, seconds=round(seconds, 1), ok=ok, **more)
    return ok


def tell_kept(network, folder, demo):
    """Each line can be pasted as it stands: the record is in the fusion cell's inbox and its
    publisher is Dorset."""
    record = next((i for i, (sample, to) in demo.published.items()
                   if "JFC" in to and sample["from"] == "F55"), None)
    print(f"""
The network goes on in {folder}.  Things to try:
  export FLAGPOST_HOME={folder}/JFC; alias flagpost={network.binary}
  flagpost inbox
  flagpost status""")
    if record:
        print(f"""  flagpost show {record} --purpose "why I read it"
  flagpost audit --use lawfulness --operation consult
  flagpost acknowledge {record} --person "DS on the desk"
  flagpost trace {record} --home {folder}/F55
  flagpost proof export {record} --home {folder}/F55 --out {folder}/record.proof
  flagpost proof verify {folder}/record.proof --root {folder}/roots/root""")
    print(f"To stop it: kill {' '.join(str(p.pid) for p in network.processes.values())}")


def read_command_line():
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("binary")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", metavar="DIR")
    parser.add_argument("--records", metavar="FILE",
                        default=os.path.join(HERE, "samples", "records.json"))
    return parser.parse_args()


def perform(demo, screen, samples):
    """Runs the demo; returns (exit code, the sentence that says why it ended early)."""
    try:
        screen.head("A network of six nodes")
        demo.network.make()
        demo.network.start_all()
        for agency, (name, *_) in AGENCIES.items():
            screen.say(f"{agency:8} {name}")
        demo.run(samples)
    except KeyboardInterrupt:
        return 130, "stopped by Ctrl-C; the nodes are stopped too"
    except Exception as why:  # whatever it is: the nodes stop, and the summary says it
        return 1, f"it ended early: {why or type(why).__name__}"
    return 0, None


def main():
    options = read_command_line()
    screen = Screen(options.json)
    begun = time.monotonic()
    try:
        samples = read_samples(options.records)
        if options.keep and os.path.exists(options.keep) and (
                not os.path.isdir(options.keep) or os.listdir(options.keep)):
            raise WrongUse(f"{options.keep} is not an empty folder")
    except WrongUse as why:
        screen.row(event="summary", ok=False, why=str(why))
        print(f"demo: {why}", file=sys.stderr)
        return 2
    folder = os.path.abspath(options.keep) if options.keep else tempfile.mkdtemp(prefix="flagpost-")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    network = Network(options.binary, folder)
    demo = Demo(network, screen)
    code, failure = perform(demo, screen, samples)
    kept = options.keep and code == 0 and all(ok for _, ok, _ in screen.expectations)
    if not kept:
        network.stop_all()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    pids = {agency: process.pid for agency, process in network.processes.items()}
    ok = summary(demo, screen, time.monotonic() - begun, failure,
                 **({"folder": folder, "pids": pids} if kept else {}))
    if kept and not options.json:
        tell_kept(network, folder, demo)
    elif ok and not options.json:
        print("\nThe network is gone again.  To try things on it: deploy/demo --keep FOLDER, which "
              "leaves it\nrunning and prints commands to paste.  README.md has a tour with two "
              "nodes of your own.")
    return code if code or ok else 1


if __name__ == "__main__":
    sys.exit(main())
