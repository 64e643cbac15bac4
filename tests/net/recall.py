"""A recall acts at every holder, and each answers what became of the record.

Four holders: one erases, one is under a legal hold, one has exported, one is away when the
recall is made.  The recall lists who has opened it; opening is refused from then on; the owner's trace equals what was
done; what was erased is in no file and not in the memory of the node that erased it.  A
record that was not delivered before its recall is not delivered after it.
"""

import argparse
import os
import sqlite3

import scene
from scene import Network, check, check_equal, say
from urgent import configure

FIVE = {**scene.ONE_BUREAU, "JFC2": ("Second fusion cell", "fusion", "", "")}
HOLDERS = {"SWROCU", "JFC", "PND", "JFC2"}
SHELF_RECALL = 7
KIND_RECALL, LANE_IMMEDIATE = 3, 1
CANARY = "Kanari" + "qzvxwkjhgfdsplmn"
WHY = ("--reason", "the source is at risk", "--person", "DI at the bureau")


def recall(net: Network, record: str, *more: str) -> tuple[int, list[dict]]:
    return net.at("F55", "recall", record, *WHY, *more, check=False)


def holders(net: Network, record: str) -> dict[str, dict]:
    """What the owner's trace says of each holder."""
    return {row["agency"]: row for row in scene.rows_at_id(net, "F55", "trace", record, "holder")}


def says(net: Network, record: str) -> dict[str, str]:
    return {agency: row["says"] for agency, row in holders(net, record).items()}


def wait_says(net: Network, record: str, wanted: dict[str, str]) -> None:
    scene.wait(f"the answers {wanted}", lambda: all(
        says(net, record).get(agency) == word for agency, word in wanted.items()))


def state(net: Network, agency: str, *arguments: str) -> tuple[int, dict]:
    code, answers = net.at(agency, "statement", *arguments, "--person", f"officer at {agency}",
                           check=False)
    return code, answers[-1]


def show(net: Network, agency: str, record: str) -> tuple[int, dict]:
    code, answers = net.at(agency, "show", record, "--purpose", "test", check=False)
    return code, answers[-1]


def ciphertext(net: Network, agency: str, record: str) -> bytes:
    path = net.path(agency, "journal.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        row = db.execute("SELECT ciphertext FROM entry WHERE id = ?",
                         (bytes.fromhex(record),)).fetchone()
    return row[0]


def files_with(net: Network, agency: str, needle: bytes) -> list[str]:
    found = []
    for name in os.listdir(net.path(agency)):
        path = net.path(agency, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                if needle in f.read():
                    found.append(name)
    return found


def memory_has(net: Network, agency: str, needle: bytes) -> bool:
    """Whether the node's process holds the bytes anywhere that may be read."""
    pid = net.processes[agency].pid
    with open(f"/proc/{pid}/maps", encoding="ascii") as f:
        spans = [line.split() for line in f]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for span in spans:
            if "r" not in span[1] or span[-1] in ("[vvar]", "[vsyscall]"):
                continue
            begin, end = (int(part, 16) for part in span[0].split("-"))
            try:
                memory.seek(begin)
                if needle in memory.read(end - begin):
                    return True
            except OSError:
                continue
    return False


def check_blocked(net: Network, record: str) -> None:
    """Whoever has stored the recall opens nothing, and says so."""
    for agency in ("SWROCU", "JFC", "PND"):
        code, told = show(net, agency, record)
        check_equal(code, 4, f"{agency} opens a recalled record: {told}")
        check("RECALLED by F55" in told["sentence"] and "known here since" in told["sentence"]
              and "source is at risk" in told["sentence"],
              f"{agency} says: {told['sentence']}")
        code, told = net.at(agency, "redact", record, "--items", "facts", "--out",
                            net.path("copy"), "--purpose", "test", check=False)
        check_equal(code, 4, f"{agency} copies a recalled record: {told}")
        notes = [row["note"] for row in net.at(agency, "inbox")[1] if row.get("id") == record]
        check(notes and "RECALLED" in notes[0], f"{agency}'s inbox says {notes}")
    _, todo = net.at("SWROCU", "todo")
    check(any(row.get("kind") == "statement" and row.get("record") == record for row in todo),
          f"the holder's to-do list has no statement: {todo}")


def check_erased(net: Network, record: str) -> None:
    """The holder that erased has it nowhere; the control is one that has not."""
    text = ciphertext(net, "F55", record)
    check(len(text) > 500, "the owner's own ciphertext")
    check("journal.db" in str(files_with(net, "PND", text)) or
          files_with(net, "PND", text), "the control: a holder's files have the ciphertext")
    check_equal(files_with(net, "SWROCU", text), [], "files with what was erased")
    check_equal(ciphertext(net, "SWROCU", record), b"", "the row's ciphertext")
    if scene.is_instrumented(net.binary):
        say("the memory is not searched: a sanitizer keeps what was freed")
    elif os.geteuid() == 0:
        check(not memory_has(net, "SWROCU", CANARY.encode()), "the text is still in memory")
        check(memory_has(net, "SWROCU", b"SWROCU"), "the control: memory can be searched")
    scene.verify(net, "SWROCU")
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--operation", "erase", "--purpose", "test")
    check(any(row.get("object") == record for row in log), f"no erasure in the log: {log}")


def check_held_up(net: Network, record: str) -> None:
    """Somebody reads the journal while it is erased: "erased" is not said before he has gone,
    though what was stated after it has arrived."""
    reader = sqlite3.connect(f"file:{net.path('SWROCU', 'journal.db')}?mode=ro", uri=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM entry").fetchone()
    check_equal(state(net, "SWROCU", record, "--erased")[0], 0, "erased")
    code, told = show(net, "SWROCU", record)
    check(code == 4 and "erased here" in told["sentence"], f"between the two: {told}")
    check_equal(state(net, "SWROCU", record, "--exported", "board 3")[0], 0, "exported")
    wait_says(net, record, {"SWROCU": "exported; its own copy not stated"})
    check(files_with(net, "SWROCU", ciphertext(net, "F55", record)), "it is in a file still")
    reader.close()
    wait_says(net, record, {"SWROCU": "erased"})


def check_statements(net: Network, record: str) -> None:
    check_held_up(net, record)
    check_equal(state(net, "PND", record, "--hold", "--reason", "trial pending")[0], 0, "hold")
    check_equal(state(net, "JFC", record, "--exported", "analyst's workbook 7")[0], 0, "exported")
    wait_says(net, record, {"SWROCU": "erased", "PND": "under legal hold",
                            "JFC": "exported; its own copy not stated"})
    rows = holders(net, record)
    check_equal(rows["SWROCU"]["person"], "officer at SWROCU", "who stated it")
    check_equal(rows["JFC"]["exported_to"], "analyst's workbook 7", "where it went")
    check(rows["JFC"]["opened"], "JFC had opened it, and the owner is not told")
    check(not rows["SWROCU"]["opened"] and not rows["PND"]["opened"], "opened by nobody else")
    check(rows["JFC"]["waiting_since"] and not rows["PND"]["waiting_since"],
          "who is still to state")
    code, told = show(net, "SWROCU", record)
    check(code == 4 and "has been stated" in told["sentence"], f"after the statement: {told}")
    check_equal(state(net, "JFC", record, "--adopted", "--reason", "case 12")[0], 0, "adopted")
    wait_says(net, record, {"JFC": "adopted as controller"})
    check(not holders(net, record)["JFC"]["waiting_since"], "who has adopted it has stated it")
    for agency, arguments, word in (("SWROCU", ("--erased",), "erased"),
                                    ("PND", ("--erased",), "why the hold has ended"),
                                    ("PND", ("--hold",), "already"),
                                    ("F55", ("--erased",), "own record")):
        code, told = state(net, agency, record, *arguments)
        check(code == 1 and word in told["sentence"], f"{agency} {arguments}: {told}")
    _, todo = net.at("SWROCU", "todo")
    check(not any(row.get("record") == record for row in todo), "the holder's to-do is done")


def check_lane(net: Network) -> None:
    """A recall waits behind nothing."""
    path = net.path("F55", "journal.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        lanes = db.execute("SELECT DISTINCT s.lane FROM entry e JOIN stream s "
                           "ON s.number = e.place >> 40 "
                           f"WHERE e.kind = {KIND_RECALL}").fetchall()
    check_equal(lanes, [(LANE_IMMEDIATE,)], "the lane of recalls")


def check_refusals(net: Network, record: str) -> None:
    code, told = net.at("SWROCU", "recall", record, *WHY, check=False)
    check_equal(code, 4, f"a recall of another's record: {told}")
    code, told = net.at("F55", "recall", record, "--person", "DI", check=False)
    check_equal(code, 2, f"a recall without a reason: {told}")
    code, told = state(net, "SWROCU", record, "--erased")
    check(code == 1 and "not recalled" in told["sentence"], f"a statement before: {told}")


def check_away(net: Network, record: str) -> None:
    """The holder that was away: the recall waits for it."""
    check_equal(holders(net, record)["JFC2"]["says"], "no answer", "the one that is away")
    net.start("JFC2")
    wait_says(net, record, {"JFC2": "blocked; not stated"})
    code, told = show(net, "JFC2", record)
    check_equal(code, 4, f"JFC2 opens a recalled record: {told}")


def recall_rows(net: Network, agency: str, *statement: str) -> int:
    """How many recalls the node's shelf knows of, after the statement."""
    with sqlite3.connect(net.path(agency, "journal.db")) as db:
        for one in statement:
            db.execute(one)
        return db.execute(f"SELECT count(*) FROM shelf WHERE kind = {SHELF_RECALL}").fetchone()[0]


def check_unnoted(net: Network, record: str) -> None:
    """A recall that is stored and of which the node has no row is found at the next start."""
    net.stop("JFC2")
    check_equal(recall_rows(net, "JFC2", f"DELETE FROM shelf WHERE kind = {SHELF_RECALL}"), 0,
                "rows that were lost")
    net.start("JFC2")
    scene.wait("the row of the recall", lambda: recall_rows(net, "JFC2") == 1)
    wait_says(net, record, {"JFC2": "blocked; not stated"})


def check_verified(net: Network) -> None:
    """Every journal agrees, but for the rows that another hand deleted at JFC2."""
    for agency in set(net.agencies) - {"JFC2"}:
        scene.verify(net, agency)
    scene.verify_edited(net, "JFC2")


def check_undelivered(net: Network) -> None:
    """Published and recalled while one was away: it never gets it, and says so."""
    net.stop("JFC2")
    place = scene.published(net, "F55", scene.simple_record("F55", 2))
    scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    code, told = recall(net, place["id"])
    check_equal(code, 0, f"recall of the second record: {told}")
    net.start("JFC2")
    wait_says(net, place["id"], {"JFC2": "not held", "PND": "blocked; not stated"})
    check(place["id"] not in scene.held(net, "JFC2"), "a recalled record was delivered")
    code, told = recall(net, place["id"])
    check(code == 1 and "already" in told[-1]["sentence"], f"recalled twice: {told[-1]}")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, FIVE) as net:
        configure(net, "JFC", "handling_minutes = 0")  # its owner is told at once what is opened
        record = scene.simple_record("F55", 1)
        record["texts"][0]["text"] = f"The meeting is in {CANARY}"
        place = scene.published(net, "F55", record)
        scene.wait_stored(net, "F55", place["id"], HOLDERS)
        check_refusals(net, place["id"])
        check_equal(net.at("PND", "show", place["id"], "--purpose", "p" * 201, check=False)[0], 1,
                    "a reading that the log does not take")
        check_equal(show(net, "JFC", place["id"])[0], 0, "JFC reads it before the recall")
        scene.wait("the owner to learn of it", lambda: scene.rows_at_id(
            net, "F55", "trace", place["id"], "handling"))
        net.stop("JFC2")
        code, told = recall(net, place["id"], "--compromise")
        check_equal(code, 0, f"recall: {told}")
        check_equal({row["agency"]: bool(row["opened"]) for row in told if row.get("row") == "recipient"},
                    {agency: agency == "JFC" for agency in HOLDERS}, "who is told, and has opened it")
        check("1 agency has opened it already" in told[-1]["sentence"], f"the sentence: {told[-1]}")
        check_lane(net)
        wait_says(net, place["id"], dict.fromkeys(("SWROCU", "JFC", "PND"),
                                                  "blocked; not stated"))
        check_blocked(net, place["id"])
        check_statements(net, place["id"])
        check_erased(net, place["id"])
        check_away(net, place["id"])
        check_unnoted(net, place["id"])
        check_undelivered(net)
        check_equal(state(net, "JFC", place["id"], "--erased")[0], 0, "erased after the export")
        check_equal(state(net, "PND", place["id"], "--erased", "--reason", "trial over")[0], 0,
                    "erased after the hold")
        wait_says(net, place["id"], {"SWROCU": "erased", "JFC": "erased", "PND": "erased",
                                     "JFC2": "blocked; not stated"})
        check_verified(net)
        for agency in net.agencies:
            for text in (CANARY, "source is at risk", "workbook 7", "trial pending", "trial over"):
                check_equal(files_with(net, agency, text.encode()), [],
                            f"{agency}'s files with {text!r}")
        say("four holders, each with what was done there")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
