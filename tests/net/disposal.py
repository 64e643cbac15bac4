"""What two persons dispose of is gone from its agency, and everything that proves it stays.

A disposal is previewed, proposed, approved by somebody else, and may be undone for an hour; a hold
or another set in the way gets a sentence.  Then keys and text are in no file of the home, though
the node is killed meanwhile; the proof made before still holds, `verify` names the decision, each
holder is asked and the one that is silent is overdue.  While the clock is in doubt, after a jump or
at the start, nothing is erased.  A backup from before is put back: it is erased again.
"""

import argparse
import grp
import os
import sqlite3
import subprocess
import time

import canary
import scene
from backup import key_options, make, make_key
from restore import lose, new_epoch, start
from review import ANSWERS, PERSON, WHY, listed, must, must_not, opened
from scene import Network, check, check_equal, say
from secrecy import search_memory
from tail import tail

CANARY = "Kanari" + "disposedqzvx"
PROPOSER, APPROVER = 23001, 23002
GID = grp.getgrnam("nogroup").gr_gid if "nogroup" in [g.gr_name for g in grp.getgrall()] else 1
HOUR, DAY = 3600, 86400
ONE_WINDOW, TWO_WINDOWS = 3660, 7320  # the undo window is an hour; a clock never goes back
HOLDERS = {"SWROCU", "JFC", "PND"}


def by(net: Network, uid: int, command: str, *arguments: str) -> tuple[int, dict]:
    """A command that a person gives, as the kernel names him."""
    done = subprocess.run([net.binary, *command.split(), *arguments, "--home", net.path("F55"),
                           "--json"], text=True, capture_output=True, timeout=60, cwd="/", user=uid,
                          group=GID, extra_groups=[], check=False)
    lines = scene.lines_of(done.stdout)
    return done.returncode, lines[-1] if lines else {}


def dispose(net: Network, uid: int, step: str, nominal: str, *more: str) -> None:
    code, told = by(net, uid, "dispose " + step, nominal, *more)
    check_equal(code, 0, f"dispose {step}: {told}")


def refused(net: Network, word: str, uid: int, step: str, nominal: str) -> None:
    code, told = by(net, uid, "dispose " + step, nominal)
    check(code != 0 and word in told.get("sentence", ""), f"dispose {step}: {code} {told}")


def restart(net: Network, kill: bool = False) -> None:
    net.processes_kill("F55") if kill else net.stop("F55")
    net.start("F55")
    scene.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)


def disposals(net: Network, nominal: str) -> tuple[dict, list[dict], str]:
    """The set's row, those of its erased records, and the sentence at the end."""
    _, answers = net.at("F55", "dispose list")
    mine = [row for row in answers if row.get("set") == nominal]
    return mine[0] if mine else {}, mine[1:], answers[-1].get("sentence", "")


def wait_gone(net: Network, nominal: str) -> None:
    def is_gone() -> bool:
        row, records, _ = disposals(net, nominal)
        return row.get("state") == "disposed of" and all(
            r["files"] == "in no file" for r in records)

    try:
        scene.wait("the disposal", is_gone, 60)
    except scene.Failed as why:
        row, records, _ = disposals(net, nominal)
        found = [todo["what"] for todo in net.at("F55", "todo")[1] if todo.get("kind") == "disposal"]
        raise scene.Failed(f"{why}: {row} {[r['files'] for r in records]} {found}") from why


def secrets(net: Network, records: list[str]) -> list[bytes]:
    """What is to be in no file afterwards: ciphertext and both wrapped keys of each record."""
    found = []
    with sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True) as db, \
            sqlite3.connect(f"file:{net.path('F55', 'keys.db')}?mode=ro", uri=True) as keys:
        for record in records:
            places = db.execute("SELECT place, ciphertext, kept FROM entry WHERE id = ?",
                                (bytes.fromhex(record),)).fetchall()
            check(places, f"{record} is in the journal")
            for place, ciphertext, kept in places:
                stream, index = place >> 40, place & ((1 << 40) - 1)
                name = db.execute("SELECT agency, lane, epoch, random FROM stream WHERE number = ?",
                                  (stream,)).fetchone()
                number = keys.execute("SELECT number FROM stream WHERE agency = ? AND lane = ? AND "
                                      "epoch = ? AND random = ?", name).fetchone()[0]
                wrapped = keys.execute("SELECT wrapped FROM storage_key WHERE place = ?",
                                       (number << 40 | index,)).fetchone()[0]
                found += [ciphertext[:64], ciphertext[-64:], kept[-32:], wrapped[-32:]]
    check(all(len(one) >= 32 for one in found), "what to look for")
    return found


def files_with(net: Network, needles: list[bytes]) -> list[str]:
    found = []
    home = net.path("F55")
    for path in [net.path("F55.log"), *(os.path.join(home, name) for name in os.listdir(home))]:
        if os.path.isfile(path):
            with open(path, "rb") as f:
                content = f.read()
            found += [os.path.basename(path) for one in needles if one in content]
    return sorted(set(found))


def in_memory(net: Network, needles: list[bytes]) -> set[str]:
    """Which of text, ciphertext and wrapped keys the running node still has, read or not."""
    wanted = {form: "text" for form in canary.forms(CANARY.encode())}
    for n, needle in enumerate(needles):
        wanted[needle] = ("ciphertext", "ciphertext", "wrap", "wrapped key")[n % 4]
    return set().union(*(names for _, names in search_memory(net.processes["F55"].pid, wanted)))


def check_memory(net: Network, needles: list[bytes], kept: bool) -> None:
    """No text of what was published, read and disposed of.  While it is kept its wraps are found,
    which is the control; then ciphertext may be left, which nothing opens.  A sanitizer keeps what
    was freed, so nothing is said of its memory."""
    if scene.is_instrumented(net.binary):
        return
    found = in_memory(net, needles)
    check("text" not in found, "the node's memory has the text of a record that is closed")
    check_equal(bool(found & {"wrap", "wrapped key"}), kept, f"in the node's memory: {found}")


def publish(net: Network, first: int, count: int) -> list[str]:
    ids = [scene.published(net, "F55", scene.simple_record("F55", number, title=CANARY, persons=[PERSON]))["id"]
           for number in range(first, first + count)]
    for one in ids:
        scene.wait_stored(net, "F55", one, HOLDERS)
    return ids


def condemned(net: Network, records: list[str]) -> str:
    nominal = opened(net)
    for record in records:
        must(net, "add", nominal, record, "--on", "2015-01-01", *WHY)
    must(net, "answer", nominal, "--dispose", *ANSWERS, *WHY)
    return nominal


def approve(net: Network, nominal: str) -> None:
    dispose(net, PROPOSER, "propose", nominal)
    dispose(net, APPROVER, "approve", nominal)


def check_two_persons(net: Network, nominal: str, records: list[str]) -> None:
    _, answers = net.at("F55", "dispose preview", nominal)
    check_equal(answers[0]["in_the_way"], "", f"the preview: {answers}")
    check_equal({row["record"] for row in answers if row.get("row") == "record"}, set(records),
                "what would be erased")
    check_equal(set(answers[1]["asked"].split()), HOLDERS, "who would be asked")
    must(net, "hold", nominal, "--reference", "R v A", *WHY)
    refused(net, "legal hold", PROPOSER, "propose", nominal)
    must(net, "release-hold", nominal, "--reference", "R v A", *WHY)
    other = opened(net)
    must(net, "add", other, records[0], "--on", "2024-01-01", *WHY)
    refused(net, "is in the set " + other, PROPOSER, "propose", nominal)
    must(net, "remove", other, records[0], *WHY)
    refused(net, "nobody has proposed", APPROVER, "approve", nominal)
    dispose(net, PROPOSER, "propose", nominal)
    refused(net, "second person", PROPOSER, "approve", nominal)
    dispose(net, APPROVER, "approve", nominal)
    dispose(net, PROPOSER, "undo", nominal, *WHY)
    approve(net, nominal)
    must(net, "hold", nominal, "--reference", "R v A", *WHY)
    must(net, "release-hold", nominal, "--reference", "R v A", *WHY)
    check_equal(disposals(net, nominal)[0], {}, "a hold ends it in its undo window")
    approve(net, nominal)


def check_frozen(net: Network, nominal: str, needles: list[bytes]) -> None:
    """The window has passed by a clock that jumped, while it ran and at the start."""
    for begin in (lambda: scene.move_clock(net, "F55", 30 * HOUR), lambda: (scene.move_clock(net, "F55", 30 * HOUR),
                                                              restart(net))):
        begin()
        scene.wait("the to-do", lambda: any(
            row.get("kind") == "disposal" and "clock" in row["what"]
            for row in net.at("F55", "todo")[1]))
        time.sleep(1.5)  # more than one look of the node
        row, records, told = disposals(net, nominal)
        check_equal((row["state"], records), ("approved", []), "nothing is erased")
        check("clock" in told, f"the list says why: {told}")
        check(files_with(net, needles), "the control: it is in the files")
        other = opened(net)
        refused(net, "clock", PROPOSER, "propose", other)
        scene.move_clock(net, "F55", 0)
    restart(net)
    check("clock" not in disposals(net, nominal)[2], "the clock is right again")
    check(all(readable(net, "F55", one) for one in records), "they are shown a last time")


def check_gone(net: Network, nominal: str, records: list[str], needles: list[bytes]) -> None:
    scene.move_clock(net, "F55", ONE_WINDOW)
    wait_gone(net, nominal)
    check_equal(files_with(net, needles), [], "files with what was disposed of")
    check_memory(net, needles, kept=False)
    check(CANARY not in scene.log_text(net, "F55"), "nothing of it in the log")
    must_not(net, "has been", "hold", nominal, "--reference", "R v A", *WHY)
    for record in records:
        code, told = net.at("F55", "show", record, "--purpose", "test", check=False)
        check(code != 0, f"what was disposed of is shown: {told}")
    code, answers = net.at("F55", "verify")
    decisions = {row["erased"]: row["decision"] for row in answers if "erased" in row}
    check_equal(set(decisions) & set(records), set(records), "verify names each decision")
    check_equal(len(set(decisions.values())), len(decisions), "one entry for each record")
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "erase", "--purpose", "test")
    for record in records:
        rows = [row for row in log if row.get("object") == record]
        why = [row["purpose"] for row in rows if row["outcome"] == "disposed of after review"]
        check(len(why) == 1 and nominal in why[0] and "approved by" in why[0],
              f"the set and who approved, in the log: {rows}")
        check("its keys were looked for: in no file" in [row["outcome"] for row in rows],
              f"that it was looked for: {rows}")


def check_holders(net: Network, nominal: str, record: str) -> None:
    scene.wait("the recall", lambda: net.at("SWROCU", "show", record, "--purpose", "x",
                                            check=False)[0] == 4)
    _, answers = net.at("SWROCU", "show", record, "--purpose", "x", check=False)
    check("disposed of by its owner" in answers[-1]["sentence"], f"a holder: {answers[-1]}")
    net.at("SWROCU", "statement", record, "--erased", "--person", "records manager")
    net.at("JFC", "statement", record, "--hold", "--reason", "trial", "--person", "DI")

    def mine() -> dict:
        return next(r for r in disposals(net, nominal)[1] if r["record"] == record)

    scene.wait("the statements", lambda: mine()["missing"] == "PND")
    check_equal(mine()["overdue"], "no", "in time")
    scene.move_clock(net, "F55", 15 * DAY)
    check_equal(mine()["overdue"], "yes", "after two weeks")
    scene.move_clock(net, "F55", ONE_WINDOW)


def check_national(net: Network, record: str) -> None:
    """The national database has it: PND is to delete it, and its owner, who has it no more, is
    told."""
    scene.wait("PND to be told", lambda: [row["id"] for row in net.at(
        "PND", "ingest list", "--state", "delete")[1] if "id" in row] == [record])
    net.at("PND", "ingest deleted", record)
    scene.wait("the word of it", lambda: [
        (row["says"], row["deletion"]) for row in scene.rows_at_id(
            net, "F55", "trace", record, "ingested")] == [("accepted", "deleted")])


def check_proof(net: Network, path: str) -> None:
    net.run("proof", "verify", "--root", "roots/root", path)


def check_killed(net: Network, records: list[str]) -> None:
    """The node dies while it erases."""
    nominal = condemned(net, records)
    needles = secrets(net, records)
    approve(net, nominal)
    scene.move_clock(net, "F55", TWO_WINDOWS)
    for _ in range(3):
        time.sleep(0.4)
        restart(net, kill=True)
    wait_gone(net, nominal)
    check_equal(files_with(net, needles), [], "files with what was disposed of")
    check_equal(len(disposals(net, nominal)[1]), len(records), "each record once")


def check_confirmed(net: Network) -> None:
    """Off for two days: a person says that the clock is right."""
    net.stop("F55")
    scene.move_clock(net, "F55", TWO_WINDOWS + 48 * HOUR)
    net.start("F55")
    scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)
    scene.wait("the doubt", lambda: "past the last time" in net.at("F55", "dispose list")[1][-1]
               .get("sentence", ""))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    code, told = net.at("F55", "dispose clock", now, check=False)
    check(code == 1 and "ten minutes" in told[-1]["sentence"], f"another time: {told}")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + TWO_WINDOWS + 48 * HOUR))
    net.at("F55", "dispose clock", now)
    check("clock" not in net.at("F55", "dispose list")[1][-1].get("sentence", ""), "believed")


def check_backup(net: Network, records: list[str]) -> None:
    """Who approves is told how long a backup has the key all the same; and when that backup is put
    back, what was disposed of is erased again before anybody has seen it."""
    make_key(net)
    needles = secrets(net, records)
    nominal = condemned(net, records)
    backup = make(net)
    dispose(net, PROPOSER, "propose", nominal)
    code, told = by(net, APPROVER, "dispose approve", nominal)
    check(code == 0 and "in a backup until" in told["sentence"], f"approved: {told}")
    scene.move_clock(net, "F55", ONE_WINDOW + TWO_WINDOWS + 48 * HOUR)
    wait_gone(net, nominal)
    for record in records:
        scene.wait("the recall", lambda: not readable(net, "JFC", record))
    shipped = tail(net)["tail"]
    check_erased_again(net, backup["journal"], backup["keys"], records=records, needles=needles)
    found = [row for row in net.at("F55", "todo")[1] if row.get("record") == nominal]
    check(any("dispose of the set again" in row["what"] for row in found), f"to-dos: {found}")
    check(PERSON["surname"] in str(listed(net)[nominal]), "the control: who the set is about")
    check_erased_again(net, backup["journal"], backup["keys"], shipped, records=records,
                       needles=needles)
    check_equal(disposals(net, nominal)[0]["state"], "disposed of", "the set, with a tail")
    check(PERSON["surname"] not in str(listed(net).get(nominal)),
          "who the set was about is there again")
    _, answers = net.at("F55", "verify")
    check(set(records) <= {row["erased"] for row in answers if row.get("decision")},
          "verify names each decision")
    found = [row for row in net.at("F55", "todo")[1] if row.get("record") == nominal]
    check_equal(found, [], "to-dos about a set that is disposed of")


def check_erased_again(net: Network, *files: str, records: list[str], needles: list[bytes]) -> None:
    """The machine burns, and the backup has again what was disposed of: nobody sees it."""
    lose(net, "F55", time.monotonic_ns())
    net.run("restore", "--home", net.path("F55"), *key_options(net), *files)
    check(files_with(net, needles), "the control: the backup has it again")
    start(net, "F55")
    new_epoch(net, "F55")

    def is_gone() -> bool:
        check(not any(readable(net, "F55", record) for record in records),
              "what was disposed of is shown by the restored node")
        return not files_with(net, needles)

    scene.wait("what was disposed of to be erased again", is_gone)
    scene.wait("the end of it", lambda: "was looked through" in str(
        net.at("F55", "audit", "--use", "integrity", "--purpose", "test")[1]))
    logged = net.at("F55", "audit", "--use", "integrity", "--operation", "erase", "--purpose",
                    "test")[1]
    check_equal({row["object"] for row in logged if row.get("outcome") == "erased again"},
                set(records), "rows of the log about it")


def readable(net: Network, agency: str, record: str) -> bool:
    return net.at(agency, "show", record, "--purpose", "test", check=False)[0] == 0


def prepare(net: Network) -> None:
    net.stop("F55")
    with open(net.path("F55", "config"), "a", encoding="utf-8") as f:
        f.write(f"desk_group = {grp.getgrgid(GID).gr_name}\ndispose_undo_hours = 1\n")
    os.chmod(net.folder, 0o755)
    os.chmod(net.path("F55"), 0o710)
    os.chown(net.path("F55"), 0, GID)
    net.start("F55")
    scene.wait("F55", lambda: net.at("F55", "status", check=False)[0] == 0)


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("root alone can become two persons")
    with scene.folder() as path:
        net = Network(options.binary, path, scene.ONE_BUREAU)
        scene.give_clocks(options, net)
        with scene.running(net):
            prepare(net)
            records = publish(net, 1, 2)
            proof = net.path("before.proof")
            net.at("F55", "proof export", "--out", proof, records[0])
            net.at("PND", "ingest accept", records[1], "--reference", "N-2026-1")
            nominal = condemned(net, records)
            needles = secrets(net, records)
            check_equal(readable(net, "F55", records[0]), True, "it is shown")
            check_memory(net, needles, kept=True)
            check_two_persons(net, nominal, records)
            check_frozen(net, nominal, needles)
            check_gone(net, nominal, records, needles)
            check_proof(net, proof)
            check_national(net, records[1])
            check_holders(net, nominal, records[0])
            restart(net)
            check_killed(net, publish(net, 10, 12))
            check_confirmed(net)
            check_backup(net, publish(net, 30, 2))
            say("two disposals, one through kills")
            for agency in net.agencies:
                scene.verify(net, agency)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
