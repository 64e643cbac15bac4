"""A drop folder: complete files are taken in once, half ones never, whatever is killed.

Files that are renamed in, written slowly, dropped twice, refused; results beside them; the
importer and the daemon are killed in the middle of a file again and again, and in the end
each row is published exactly once and each file has one result.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import time

import canary
import scene
from scene import Network, check, check_equal, say

MAPPINGS = os.path.join(scene.DEPLOY, "mappings")
TABLE = os.path.join(MAPPINGS, "records-table")
ROWS = 1500
KILLS = 30 if os.environ.get("FLAGPOST_LONG") else 10
SETTLE_MS = 400


class Drop:
    """A drop folder and the process that serves it."""

    def __init__(self, net: Network, name: str, mapping: str, *options: str):
        self.net = net
        self.folder = net.path(name)
        self.mapping = mapping
        self.options = options
        self.process: subprocess.Popen | None = None
        os.mkdir(self.folder)

    def start(self) -> None:
        with open(self.net.path("drop.log"), "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [self.net.binary, "drop", "--home", self.net.path("F55"), "--json", "--map",
                 self.mapping, "--settle", str(SETTLE_MS), *self.options, self.folder],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def kill(self, how: int = signal.SIGKILL) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def __enter__(self) -> "Drop":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.kill()

    def names(self, inner: str) -> list[str]:
        """Files, without their results."""
        path = os.path.join(self.folder, inner)
        return sorted(n for n in os.listdir(path) if os.path.isfile(os.path.join(path, n))
                      and ".result." not in n and not n.startswith(".")
                      ) if os.path.isdir(path) else []

    def put(self, name: str, text: str) -> None:
        """Renamed in, as an upload should be."""
        part = os.path.join(self.folder, "." + name)
        with open(part, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        os.rename(part, os.path.join(self.folder, name))

    def wait(self, inner: str, name: str, seconds: float = 30) -> dict:
        scene.wait(f"{name} in {inner}/", lambda: name in self.names(inner), seconds)
        with open(os.path.join(self.folder, inner, name + ".result.json"), encoding="utf-8") as f:
            return json.load(f)


def sample() -> str:
    with open(TABLE + ".csv", encoding="utf-8", newline="") as f:
        return f.read()


def states(result: dict) -> list[str]:
    return [row["state"] for row in result["rows"]]


def right_rows(count: int) -> str:
    """So many rows with nothing wrong, from the sample's first."""
    lines = sample().splitlines(keepends=True)
    return lines[0] + "".join(lines[1].replace("00000201", f"{n:08d}") for n in range(count))


def check_files(drop: Drop) -> None:
    drop.put("mixed.csv", sample())
    result = drop.wait("refused", "mixed.csv")
    check_equal(result["result"], "partly", "a file with wrong rows")
    check_equal(states(result), ["published", "published", "refused", "refused"], "its rows")
    with open(os.path.join(drop.folder, "refused", "mixed.csv.result.csv"),
              encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    check(any("OIMCR" in row["mend"] and row["column"] == "Tags" for row in rows), "its mend")

    mended = sample().replace("OIMRC", "OIMCR").replace("31/09/2025", "30/09/2025")
    mended = mended.replace("4.47E+11", "07700 900999")
    drop.put("mixed.csv", mended)
    result = drop.wait("done", "mixed.csv")
    check_equal(states(result), ["published-before"] * 2 + ["published"] * 2, "mended")
    drop.put("mixed.csv", mended)
    result = drop.wait("done", "mixed.csv.2")
    check_equal((result["result"], states(result)), ("nothing-new", ["published-before"] * 4),
                "the same file twice")

    with open(os.path.join(drop.folder, "utf16.csv"), "wb") as f:
        f.write(sample().encode("utf-16"))
    result = drop.wait("refused", "utf16.csv")
    check_equal([f["rule"] for f in result["rows"][0]["findings"]], ["I1"], "UTF-16")
    open(os.path.join(drop.folder, "empty.csv"), "wb").close()
    result = drop.wait("refused", "empty.csv")
    check_equal(result["rows"][0]["findings"][0]["rule"], "I1", "an empty file")
    say("renamed in, written, mended, twice, refused")


def check_partial(drop: Drop) -> None:
    """A file that is being written, however slowly, is not taken; nor one named .part."""
    text = right_rows(3).replace("55-IR-2025-0000000", "55-IR-2025-9900000")
    lines = text.splitlines(keepends=True)
    drop.put("upload.part", text)
    with open(os.path.join(drop.folder, "slow.csv"), "w", encoding="utf-8", newline="") as f:
        for line in lines:
            f.write(line)
            f.flush()
            end = time.monotonic() + 2 * SETTLE_MS / 1000
            while time.monotonic() < end:  # longer than a closed file has to rest
                check("slow.csv" in os.listdir(drop.folder), "a file was taken while written")
                time.sleep(0.05)
    result = drop.wait("done", "slow.csv")
    check_equal(states(result), ["published"] * 3, "the rows of a slow upload")
    check("upload.part" in os.listdir(drop.folder), "an upload that has not ended")
    say("partial uploads are left alone")


def check_json(net: Network, form: str, number: int) -> None:
    """The example of a JSON export, as lines or as one array, all the way to who gets it."""
    with open(os.path.join(MAPPINGS, "reports-lines.jsonl"), encoding="utf-8") as f:
        reports = [json.loads(line) for line in f]
    for i, report in enumerate(reports):
        report["report"]["id"] = f"{number + i:08d}"
    wrong = json.loads(json.dumps(reports))
    wrong[1]["assessment"]["grade"] = "1Z"
    with open(os.path.join(MAPPINGS, "reports-lines.yaml"), encoding="utf-8") as f:
        text = f.read().replace("format: json-lines", f"format: {form}")
    mapping = net.path(form + ".yaml")
    with open(mapping, "w", encoding="utf-8") as f:
        f.write(text)
    def export(rows: list[dict]) -> str:
        return json.dumps(rows, indent=1) if form == "json-array" else "\n".join(
            json.dumps(row) for row in rows)
    with Drop(net, form, mapping) as drop:
        drop.put("night.json", export(wrong))
        result = drop.wait("refused", "night.json")
        check_equal(states(result), ["right", "refused"], f"one wrong report of {form}")
        found = result["rows"][1]["findings"][0]
        check_equal((found["column"], found["field"]), ("assessment.grade", "provenance.grade"),
                    "its place")
        drop.put("night.json", export(reports))
        result = drop.wait("done", "night.json")
        check_equal(states(result), ["published"] * 2, f"mended {form}")
        ids = [row["id"] for row in result["rows"]]
        drop.kill()
        drop.put("night.json", export(reports))
        drop.start()
        again = drop.wait("done", "night.json.2")
        check_equal((states(again), [row["id"] for row in again["rows"]]),
                    (["published-before"] * 2, ids), f"the same {form} again, over a restart")
        check_equal((drop.names("."), drop.names("work")), ([], []), "what is left")
    scene.wait("JFC to hold both", lambda: set(ids) <= set(scene.held(net, "JFC")))
    shown = [net.at("JFC", "show", one, "--purpose", "a test")[1][0] for one in ids]
    check_equal([(s["urn"][-8:], s["texts"][0]["text"]) for s in shown],
                [(r["report"]["id"], r["text"]) for r in reports], "what JFC reads")
    say(f"{form}: refused whole, mended, again over a restart, read at its recipient")


def check_second_process(drop: Drop) -> None:
    code, answers = drop.net.at("F55", "drop", "--map", drop.mapping, drop.folder, check=False)
    check(code == 3 and "another process" in answers[0]["why"], "a second process on the folder")


def canary_row(row: dict[str, str], words: canary.Canaries, name: str,
               columns: list[str]) -> dict[str, str]:
    return row | {column: words.text(f"{name} {column}") for column in columns}


def check_canary(net: Network, drop: Drop, seed: int) -> None:
    """Of what a file says nothing but keys and mends is in results, logs and journals."""
    words = canary.Canaries(seed)
    with open(TABLE + ".csv", encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    told = ["Title", "Text", "Provenance", "Risk", "Officer"]
    tagged = ["Tags", "Crime Code", "Offences", "Station", "Vehicles", "Phones", "Passports", "DOB"]
    bad = [canary_row(rows[0], words, "right", told + ["Vehicles", "Phones", "Passports", "DOB"]),
           canary_row(rows[0], words, "refused by the rules", told + tagged),
           canary_row(rows[0], words, "refused by the mapping", told + [
               "Marking", "Urgency", "Purpose", "Date of Information", "Created", "Basis", "Role"]),
           canary_row(rows[0], words, "refused by its words", told + ["Handling"])]
    for number, row in enumerate(bad):
        row["Report Ref"] = f"55-IR-2025-7700000{number}"
        row["Subject"] = f"{words.text(f'{number} surname')}, {words.text(f'{number} given')}"
    path = os.path.join(drop.folder, "canary.part")
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, rows[0].keys())
        writer.writeheader()
        writer.writerows(bad)
    check_equal(canary.search(canary.all_files(net)["incoming/canary.part"], canary.needles(words)),
                set(words.texts), "canaries in the file itself")
    os.rename(path, os.path.join(drop.folder, "canary.csv"))
    result = drop.wait("refused", "canary.csv")
    check_equal(states(result), ["published", "refused", "refused", "refused"], "its rows")
    os.remove(os.path.join(drop.folder, "refused", "canary.csv"))
    wanted = canary.needles(words)
    for name, data in canary.all_files(net).items():
        found = canary.search(data, wanted)
        check(not found, f"{name} holds {sorted(found)}")
    say(f"{len(words.texts)} canaries: none in a result, a log or a journal")


def in_log(net: Network) -> int:
    """Records in the log of the routine lane; -1 while the daemon does not answer."""
    _, answers = net.at("F55", "status", check=False)
    return next((int(row["size"]) for row in answers
                 if row.get("row") == "stream" and row["stream"] == "routine"), -1)


def kill_something(net: Network, drop: Drop, chance: random.Random) -> str:
    if chance.random() < 0.5:
        drop.kill()
        drop.start()
        return "importer"
    net.stop("F55", signal.SIGKILL)
    net.start("F55")
    return "daemon"


def night_file() -> str:
    return right_rows(ROWS).replace("55-IR-2025-0000", "55-IR-2025-8800")


def check_kills(net: Network, drop: Drop, chance: random.Random) -> None:
    before = in_log(net)
    drop.put("night.csv", night_file())
    killed: list[str] = []
    while len(killed) < KILLS and "night.csv" not in drop.names("done"):
        # Now in the middle of the file, now before a run has come to it.
        seen = in_log(net)
        end = time.monotonic() + chance.uniform(0.0, 3.0)
        while time.monotonic() < end and in_log(net) <= max(seen, before):
            time.sleep(0.005)
        killed.append(kill_something(net, drop, chance))
    result = drop.wait("done", "night.csv", seconds=120)
    check_equal(len(result["rows"]), ROWS, "rows of the result")
    check(set(states(result)) <= {"published", "published-before"}, "their states")
    by_killed = states(result).count("published-before")
    check(by_killed > 0, "no run was killed behind its first batch")
    ids = [row["id"] for row in result["rows"]]
    check_equal(len(set(ids)), ROWS, "ids")
    check_equal(drop.names("done").count("night.csv"), 1, "the file")
    check_equal(drop.names("work"), [], "what is left in work/")
    drop.put("night.csv", night_file())
    again = drop.wait("done", "night.csv.2", seconds=120)
    check_equal([row["id"] for row in again["rows"]], ids, "ids of the same file again")
    check_equal(in_log(net), before + ROWS, "records in the log: each row exactly once")
    scene.figure("kills", len(killed))
    say(f"{len(killed)} kills ({killed.count('importer')} of the importer, {killed.count('daemon')} "
        f"of the daemon) over {ROWS} rows: each in the log once, {by_killed} of them by a run "
        "that was killed")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        with Drop(net, "incoming", TABLE + ".yaml") as drop:
            check_files(drop)
            check_partial(drop)
            check_second_process(drop)
            check_canary(net, drop, options.seed)
            check_kills(net, drop, chance)
            check_equal(drop.kill(signal.SIGTERM), 0, "exit code after SIGTERM")
        check_json(net, "json-lines", 9100)
        check_json(net, "json-array", 9200)
        shutil.copy(TABLE + ".csv", os.path.join(drop.folder, "late.csv"))
        code, _ = net.at("F55", "drop", "--once", "--settle", "50", "--map", drop.mapping,
                         drop.folder, check=False)
        check_equal((code, "late.csv" in drop.names("refused")), (1, True), "--once")
        for agency in net.agencies:
            scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
