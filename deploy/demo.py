"""The main job on six nodes, shown as a person would like to read it."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time

from network import AGENCIES, Failed, Network

HERE = os.path.dirname(os.path.abspath(__file__))
LATE = 4  # records kept back until one unit is stopped


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

    def row(self, **fields):
        if self.machine:
            print(json.dumps(fields), flush=True)

    def expect(self, what, held, detail=""):
        self.expectations.append((what, bool(held), detail))
        self.row(event="expectation", what=what, held=bool(held), detail=detail)
        if not held:
            self.say(self.paint(f"NOT as expected: {what} {detail}", "31"))
        return held


def read_samples(path):
    """[{from, record, expect}] from the shipped form, or plain records (from Dorset)."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    try:
        found = json.loads(text)
    except ValueError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    found = found if isinstance(found, list) else [found]
    return [s if "record" in s else {"from": "F55", "record": s, "expect": None} for s in found]


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
        self.withheld = 0

    def publish(self, sample):
        record, origin = sample["record"], sample["from"]
        urn = record.get("urn", "(no URN)")
        code, answer = self.network.publish(origin, record, key=f"{origin} {urn}")
        findings = rows_of(answer, "finding")
        if code == 0:
            placed = rows_of(answer, "record")[0]
            to = {r["agency"] for r in rows_of(answer, "recipient") if r["sent"] == "yes"}
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
            self.screen.say(self.screen.paint(f"{urn}  refused at source", "33") +
                            f"  {record.get('title', '')[:48]}")
            for f in [f for f in findings if f["severity"] == "refuse"][:2]:
                self.screen.say(f"    {f['rule']} {f['field']}: {f['sentence']}")
                self.screen.say(f"       mend: {f['mend']}")
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
            self.withheld += 1
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
            rows = self.network.wait(f"receipts for {record}", lambda: self.stored(record))
            where = "  ".join(f"{a} {clock(rows[a]['stored'])}" for a in sorted(to))
            self.screen.say(f"{sample['record'].get('urn', ''):22} "
                            f"{sample['record'].get('title', '')[:44]:44}  {where}")
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
        self.screen.say(f"{len(waiting)} records wait for it; the others have theirs")
        self.screen.head("South West ROCU is started again")
        begun = time.monotonic()
        self.network.start("SWROCU")
        self.show_stored(fresh)
        took = time.monotonic() - begun
        self.screen.say(f"caught up {took:.1f} s after it was started")
        self.screen.row(event="caught_up", agency="SWROCU", seconds=round(took, 2))
        self.screen.expect("the unit caught up", True)

    def stored_but(self, record, absent):
        sample, to = self.published[record]
        _, rows = self.network.trace(sample["from"], record)
        return all(rows.get(a, {}).get("stored") for a in to if a != absent)

    def read_one(self):
        self.screen.head("A record is read: first the reason goes into the log")
        record = next(iter(self.published))
        code, _ = self.network.at("JFC", "show", record, check=False)
        self.screen.expect("no reading without a purpose", code == 4, str(code))
        code, _ = self.network.at("JFC", "show", record, "--purpose", "demo: morning briefing")
        _, rows = self.network.at("JFC", "audit", "--operation", "consult")
        found = [r for r in rows if r.get("object") == record and "briefing" in r["purpose"]]
        self.screen.expect("the reading is in the log", code == 0 and len(found) == 1)
        for r in found:
            self.screen.say(f"{r['at']}  {r['actor']}  {r['operation']}  {r['object']}  "
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
        right = [s for s in samples if s.get("expect") != "refused"]
        late = right[-LATE:]
        early = [s for s in samples if s not in late]
        self.screen.head("The two bureaux publish")
        for sample in early:
            self.publish(sample)
        self.screen.head("Who has each record, and when it was stored there")
        self.show_stored(list(self.published))
        self.catch_up(late)
        self.read_one()
        self.ask_again()
        self.everywhere_right()
        self.verify()


def summary(demo, screen, seconds):
    held = sum(1 for _, ok, _ in screen.expectations if ok)
    failed = [(w, d) for w, ok, d in screen.expectations if not ok]
    screen.head("Summary")
    for name, value in (("records published", len(demo.published)),
                        ("refused at source", demo.refused),
                        ("of the published, withheld from PND", demo.withheld),
                        ("copies stored at recipients",
                         sum(len(to) for _, to in demo.published.values())),
                        ("expectations that held", f"{held} of {len(screen.expectations)}"),
                        ("seconds", f"{seconds:.1f}")):
        screen.say(f"{name:38} {value}")
    for what, detail in failed:
        screen.say(screen.paint(f"failed: {what} {detail}", "31"))
    screen.row(event="summary", published=len(demo.published), refused=demo.refused,
               pnd_withheld=demo.withheld, expectations=len(screen.expectations),
               held=held, seconds=round(seconds, 1), ok=not failed)
    return not failed


def tell_kept(network, folder):
    flagpost = network.binary
    print(f"""
The network goes on in {folder}.  Things to try:
  export FLAGPOST_HOME={folder}/JFC; alias flagpost={flagpost}
  flagpost inbox
  flagpost show ID --purpose "why I read it"
  flagpost status
  flagpost audit --operation consult
  flagpost trace ID --home {folder}/F55
  flagpost acknowledge ID --person "DS on the desk"
  flagpost proof export ID --out proof.txt && flagpost proof verify proof.txt --root {folder}/roots/root
To stop it: kill {' '.join(str(p.pid) for p in network.processes.values())}""")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", metavar="DIR")
    parser.add_argument("--records", metavar="FILE",
                        default=os.path.join(HERE, "samples", "records.json"))
    options = parser.parse_args()
    screen = Screen(options.json)
    begun = time.monotonic()
    folder = os.path.abspath(options.keep) if options.keep else tempfile.mkdtemp(prefix="flagpost-")
    if options.keep and os.path.exists(folder) and os.listdir(folder):
        sys.exit(f"demo: {folder} is not empty")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    network = Network(options.binary, folder)
    ok = False
    try:
        samples = read_samples(options.records)
        screen.head("A network of six nodes")
        network.make()
        network.start_all()
        for agency, (name, *_) in AGENCIES.items():
            screen.say(f"{agency:8} {name}")
        demo = Demo(network, screen)
        demo.run(samples)
        ok = summary(demo, screen, time.monotonic() - begun)
    except (Failed, OSError, ValueError) as why:
        screen.row(event="summary", ok=False, why=str(why))
        print(f"demo: {why}", file=sys.stderr)
    finally:
        if options.keep and ok:
            if not options.json:
                tell_kept(network, folder)
        else:
            network.stop_all()
            if not options.keep:
                shutil.rmtree(folder, ignore_errors=True)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
