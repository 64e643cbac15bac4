"""Attachments travel behind their record, in parts, and come out byte for byte.

The command and then the publisher's node get SIGKILL in mid-stream; both go on where they were.
Meanwhile an urgent record passes.  Parts that are missing, bytes that are wrong, names that mean
a path and files that change are each told and change nothing.  With FLAGPOST_LONG the file has
the full 100 MiB.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Iterator

import scene
from control import ask
from scene import Network, check, check_equal, say

MIB = 1024 * 1024
PART = 128 * 1024
SIZE = (100 if os.environ.get("FLAGPOST_LONG") else 16) * MIB
PARTS = SIZE // PART
LIMIT = 64 * MIB  # of a daemon's memory
GROWTH = 48 * MIB  # of it, whatever the file: 42 for 48 and for 100 MiB, which is more than that
MARKER = b"Cormorant on the slipway at Mudeford"  # stands in a file, in clear, once
CAST = {**scene.ONE_BUREAU, "IE": ("Immigration Enforcement", "immigration", None, None)}
REFUSED, WRONG_USE, UNREACHABLE, FORBIDDEN, DAMAGED = 1, 2, 3, 4, 5


def digest(path: str) -> str:
    state = hashlib.blake2b(digest_size=32)
    with open(path, "rb") as f:
        while block := f.read(MIB):
            state.update(block)
    return state.hexdigest()


def write(path: str, size: int, chance: random.Random, marker: bytes = b"") -> str:
    with open(path, "wb") as f:
        for at in range(0, size, MIB):
            f.write(chance.randbytes(min(MIB, size - at)))
        if marker:
            f.seek(size // 2)
            f.write(marker)
    return path


def command(net: Network, agency: str, *words: str) -> subprocess.Popen:
    return subprocess.Popen([net.binary, words[0], "--home", net.path(agency), "--json", *words[1:]],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            cwd=net.folder)


def told(net: Network, agency: str, *words: str) -> tuple[int, str]:
    """(exit code, all that the command said)."""
    process = command(net, agency, *words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def fetch(net: Network, agency: str, record: str, number: int, out: str) -> tuple[int, str]:
    return told(net, agency, "attachment", record, str(number), "--out", out, "--purpose",
                "the test compares it")


def here(net: Network, agency: str, record: str) -> list[tuple[int, int]]:
    """(parts here, parts) of each attachment, as `show` tells a person."""
    done = net.run("show", "--home", net.path(agency), record, "--purpose", "the test counts",
                   check=False)
    found = []
    for line in done.stdout.splitlines():
        words = line.split()
        if words[:1] != ["attachment"] or len(words) < 4 or not words[1].rstrip(":").isdigit():
            continue
        found.append((1, 1) if words[2] == "is" else (int(words[2]), int(words[4])))
    return found


def progress(net: Network, agency: str, record: str) -> int:
    """Parts of the first attachment that are here; PARTS when all are."""
    found = here(net, agency, record)
    return 0 if not found else PARTS if found[0] == (1, 1) else found[0][0]


def peak(net: Network, agency: str) -> int:
    with open(f"/proc/{net.processes[agency].pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM"))


def refuses(net: Network, record: dict, folder: str, code: int, why: str) -> None:
    path = os.path.join(net.folder, "refused.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(record, f)
    got, text = told(net, "F55", "publish", path, "--attachments", folder)
    check_equal(got, code, f"exit code where {why}: {text}")
    check(why in text, f"said {text!r}, not {why!r}")


def urgent(net: Network, number: int) -> float:
    """Seconds until an urgent record has its unit's receipt."""
    begun = time.monotonic()
    place = scene.published(net, "F55", scene.simple_record("F55", number, priority="high"))
    check_equal(place["stream"], "immediate", "the urgent record's lane")
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    return time.monotonic() - begun


@contextlib.contextmanager
def slowed(process: subprocess.Popen) -> Iterator[None]:
    """It runs a tenth of the time: a command sends a film faster than one is seen to."""
    done = threading.Event()

    def turns() -> None:
        while process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            stop = done.wait(0.05)
            process.send_signal(signal.SIGCONT)
            if stop or done.wait(0.005):
                return

    thread = threading.Thread(target=turns)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def publish_killed(net: Network, folder: str) -> str:
    """Publishes the record and kills the command while it sends; the record's id."""
    record = scene.simple_record("F55", 1, attachments=[
        {"name": "film.mp4", "description": "The landing"}, "note.txt"])
    path = os.path.join(net.folder, "record.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(record, f)
    process = command(net, "F55", "publish", path, "--attachments", folder, "--key", "film")
    with slowed(process):
        scene.wait("the first parts", lambda: any(
            progress(net, "SWROCU", name) > 2 for name in scene.held(net, "SWROCU")))
        seconds = urgent(net, 2)
        process.send_signal(signal.SIGKILL)
    process.communicate()
    identity = scene.published(net, "F55", record_with_digests(record, folder), "film")["id"]
    sent = progress(net, "F55", identity)
    check(0 < sent < PARTS, f"the command was not killed in mid-stream: {sent} of {PARTS}")
    check(seconds < 3, f"an urgent record took {seconds:.2f} s beside an attachment")
    say(f"killed the command after {sent} of {PARTS} parts; an urgent record took "
        f"{seconds * 1000:.0f} ms meanwhile")
    return identity


def record_with_digests(record: dict, folder: str) -> dict:
    """What the command made of the record, by other means: the same key, the same record."""
    filled = dict(record, attachments=[])
    for entry in record["attachments"]:
        entry = {"name": entry} if isinstance(entry, str) else entry
        path = os.path.join(folder, entry["name"])
        kind = {"mp4": "video/mp4", "txt": "text/plain"}[entry["name"][-3:]]
        filled["attachments"].append(
            {"media_type": kind, "size": os.path.getsize(path), "digest": digest(path),
             "root": root(path), "part_bytes": PART, **entry})
    return filled


def root(path: str) -> str:
    """RFC 6962 over the parts, top down."""
    with open(path, "rb") as f:
        parts = list(iter(lambda: f.read(PART), b""))

    def tree(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        split = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + tree(leaves[:split]) + tree(leaves[split:])).digest()

    return tree(parts).hex()


def incomplete(net: Network, record: str) -> None:
    out = net.path("early.mp4")
    code, text = fetch(net, "SWROCU", record, 1, out)
    check_equal(code, UNREACHABLE, f"exit code for what is not complete: {text}")
    check(f"of {PARTS} parts are here" in text, f"it does not say how much is here: {text}")
    check(not os.path.exists(out), "a part of a file was left")


def resume(net: Network, record: str, folder: str) -> None:
    """The publisher's node dies while it takes parts; another command sends the rest."""
    film = os.path.join(folder, "film.mp4")
    before = progress(net, "F55", record)
    process = command(net, "F55", "attach", record, film)
    with slowed(process):
        scene.wait("more parts", lambda: progress(net, "F55", record) > before + 2)
        net.stop("F55", signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    check_equal(process.returncode, UNREACHABLE, f"exit code without a node: {out} {err}")
    check("attach" in err, f"it does not say how to go on: {err}")
    net.start("F55")
    net.wait("F55 to answer", lambda: net.at("F55", "status", check=False)[0] == 0)
    say(f"killed the node at {progress(net, 'F55', record)} of {PARTS} parts")
    for _ in range(2):  # again: nothing is sent twice
        code, text = told(net, "F55", "attach", record, film, os.path.join(folder, "note.txt"))
        check_equal(code, 0, f"the rest was not taken: {text}")
    _, status = net.at("F55", "trace", record)
    check(status, "the record has a trace")


def compare(net: Network, record: str, folder: str) -> None:
    for agency in ("SWROCU", "JFC"):
        scene.wait(f"all parts at {agency}",
                   lambda: here(net, agency, record) == [(1, 1), (1, 1)], 120)
        begun = time.monotonic()
        for number, name in ((1, "film.mp4"), (2, "note.txt")):
            out = net.path(f"{agency}.{number}")
            code, text = fetch(net, agency, record, number, out)
            check_equal(code, 0, f"{agency} could not take {name} out: {text}")
            check_equal(digest(out), digest(os.path.join(folder, name)), f"{name} at {agency}")
            check_equal(stat.S_IMODE(os.stat(out).st_mode), 0o600, "the file's mode")
        say(f"{agency} took {SIZE // MIB} MiB out in {time.monotonic() - begun:.1f} s")
    code, text = fetch(net, "JFC", record, 2, net.path("JFC.1"))
    check_equal(code, WRONG_USE, f"a file that is there was replaced: {text}")
    check_equal(os.path.getsize(net.path("JFC.1")), SIZE, "the file that was there")
    code, text = fetch(net, "JFC", record, 3, net.path("none"))
    check_equal(code, UNREACHABLE, f"attachment 3 of 2: {text}")
    code, text = told(net, "JFC", "attachment", record, "--out", net.path("none"))
    check_equal(code, FORBIDDEN, f"read without a purpose: {text}")
    check(not os.path.exists(net.path("none")), "something was written")


def later(net: Network, record: str, folder: str) -> None:
    """Who is decided for afterwards gets the files when they are attached again, and nobody
    gets them twice."""
    code, text = told(net, "F55", "decide", record, "--to", "IE", "--person", "Sgt Marsh",
                      "--reason", "asked for by the team at the port")
    check_equal(code, 0, f"a decision: {text}")
    check("flagpost attach" in text, f"it is not said that files stay behind: {text}")
    scene.wait("the record at IE", lambda: record in scene.held(net, "IE"))
    check_equal(here(net, "IE", record), [(0, PARTS), (0, 1)], "files at IE before")
    files = [os.path.join(folder, name) for name in ("film.mp4", "note.txt")]
    code, text = told(net, "F55", "attach", record, *files)
    check_equal(code, 0, f"attached again: {text}")
    scene.wait("all parts at IE", lambda: here(net, "IE", record) == [(1, 1), (1, 1)], 120)
    for number, path in enumerate(files, 1):
        out = net.path(f"IE.{number}")
        code, text = fetch(net, "IE", record, number, out)
        check_equal(code, 0, f"IE could not take {path} out: {text}")
        check_equal(digest(out), digest(path), f"{path} at IE")
    check_equal(told(net, "F55", "attach", record, *files)[0], 0, "attached once more")
    with sqlite3.connect(f"file:{net.path('F55', 'journal.db')}?mode=ro", uri=True) as db:
        count = db.execute("SELECT count(*) FROM entry WHERE kind = 8").fetchone()[0]
    check_equal(count, 2 * (PARTS + 1), "entries of parts, for the rules' agencies and for IE")


def logged(net: Network, record: str) -> None:
    """Each request is in the log, and no row holds a name or a byte of the file."""
    _, rows = net.at("JFC", "audit", "--use", "integrity", "--operation", "consult", "--purpose", "test")
    mine = [row for row in rows if row.get("object") == record
            and "attachment 1, parts" in row.get("outcome", "")]
    check_equal(len(mine), (PARTS + 7) // 8, "rows of the log for the film")
    check(all(row["purpose"] == "the test compares it" for row in mine), "their purpose")


def wrong_bytes(net: Network, record: str, folder: str, chance: random.Random) -> None:
    film = os.path.join(folder, "film.mp4")
    changed = net.path("film-changed.mp4")
    shutil.copy(film, changed)
    with open(changed, "r+b") as f:
        f.seek(SIZE - 5)
        f.write(b"?")
    code, text = told(net, "F55", "attach", record, changed)
    check_equal(code, REFUSED, f"a file of other bytes: {text}")
    check("no attachment with these bytes" in text, text)
    code, text = told(net, "SWROCU", "attach", record, film)
    check_equal(code, REFUSED, f"attached by one who did not publish it: {text}")

    # A publisher whose digest is a lie, with parts that are in order.
    liar = write(net.path("liar.txt"), 3 * PART + 7, chance)
    lied = {"name": "liar.txt", "media_type": "text/plain", "size": os.path.getsize(liar),
            "digest": "00" * 31 + "01", "root": root(liar), "part_bytes": PART}
    place = scene.published(net, "F55", scene.simple_record("F55", 3, attachments=[lied]))
    code, text = told(net, "F55", "attach", place["id"], liar)
    check_equal(code, 0, text)
    scene.wait("the parts", lambda: here(net, "JFC", place["id"]) == [(1, 1)])
    code, text = fetch(net, "JFC", place["id"], 1, net.path("liar.out"))
    check_equal(code, DAMAGED, f"a digest that is wrong: {text}")
    check(not os.path.exists(net.path("liar.out")), "a file of the wrong digest was kept")


def wrong_parts(net: Network, chance: random.Random) -> None:
    """A part that is not the record's is refused by the node itself, and can still be sent."""
    path = write(net.path("two.bin"), PART + 1, chance)
    with open(path, "rb") as f:
        parts = [f.read(PART), f.read()]
    said = {"name": "two.bin", "media_type": "application/octet-stream", "size": PART + 1,
            "digest": digest(path), "root": root(path), "part_bytes": PART}
    place = scene.published(net, "F55", scene.simple_record("F55", 5, attachments=[said]))
    leaves = [hashlib.sha256(b"\0" + part).digest() for part in parts]
    good = {"id": place["id"].encode(), "root": bytes.fromhex(root(path)), "number": b"1",
            "bytes": parts[1], "path": leaves[0]}
    for name, value in (("bytes", bytes([parts[1][0] ^ 1])), ("bytes", parts[1] + b"x"),
                        ("path", leaves[1]), ("path", leaves[0] + leaves[1]), ("path", b""),
                        ("number", b"0"), ("number", b"2"), ("number", b"-1"),
                        ("number", b"800"), ("root", bytes(32))):
        answer = ask(net, "F55", "attach", **{**good, name: value})
        check(b"durable" not in answer, f"a part with another {name} was taken: {answer!r}")
    check_equal(here(net, "F55", place["id"]), [(0, 2)], "parts after ten wrong ones")
    check(b"durable" in ask(net, "F55", "attach", **good), "the right one was not taken")
    check_equal(here(net, "F55", place["id"]), [(1, 2)], "parts after the right one")
    # Of a recalled record nothing is sent any more, what was missing least of all.
    net.at("F55", "recall", place["id"], "--reason", "wrong file", "--person", "DI One")
    check(b"recalled" in ask(net, "F55", "attach", **good), "a part of a recalled record")
    code, text = told(net, "F55", "attach", place["id"], path)
    check(code == FORBIDDEN and "is recalled" in text, f"{code} {text}")
    check_equal(here(net, "F55", place["id"]), [(1, 2)], "parts after the recall")


def changing(net: Network, folder: str) -> None:
    """A file that changes while it is sent: what has changed is not."""
    film = net.path("growing.mp4")
    shutil.copy(os.path.join(folder, "film.mp4"), film)
    said = {"name": "growing.mp4", "media_type": "video/mp4", "size": SIZE,
            "digest": digest(film), "root": root(film), "part_bytes": PART}
    place = scene.published(net, "F55", scene.simple_record("F55", 6, attachments=[said]))
    process = command(net, "F55", "attach", place["id"], film)
    scene.wait("the first parts", lambda: progress(net, "F55", place["id"]) > 0)
    with open(film, "r+b") as f:
        f.seek(SIZE - PART)
        f.write(b"changed after all")
    out, err = process.communicate(timeout=60)
    check_equal(process.returncode, REFUSED, f"a file that changed: {out} {err}")
    check("changed while it was sent" in err, err)
    check(progress(net, "F55", place["id"]) < PARTS, "the changed part was sent")


def refusals(net: Network, chance: random.Random) -> None:
    folder = net.path("odd")
    os.mkdir(folder)
    write(os.path.join(folder, "a.txt"), 10, chance)
    open(os.path.join(folder, "empty.txt"), "wb").close()
    with open(os.path.join(folder, "huge.bin"), "wb") as f:
        f.truncate(100 * MIB + 1)  # a hole: it takes no room
    os.symlink("/etc/hostname", os.path.join(folder, "link.txt"))
    os.mkfifo(os.path.join(folder, "pipe.txt"))

    def with_files(*names: str) -> dict:
        return scene.simple_record("F55", 4, attachments=list(names))

    refuses(net, with_files("a.txt", "A.txt"), folder, UNREACHABLE, "no such file")
    with open(net.path("plain.json"), "w", encoding="utf-8") as f:
        json.dump(scene.simple_record("F55", 5), f)
    for arguments in (("publish", net.path("plain.json"), "--attach", net.path("nope.jpg")),
                      ("attach", "0" * 32, net.path("nope.jpg"))):
        code, text = told(net, "F55", *arguments)
        check_equal((code, "no such file" in text), (UNREACHABLE, True), f"{arguments}: {text}")
    os.link(os.path.join(folder, "a.txt"), os.path.join(folder, "A.txt"))
    refuses(net, with_files("a.txt", "A.txt"), folder, REFUSED, "Two attachments are called")
    refuses(net, with_files("../record.json"), folder, REFUSED, "plain name")
    refuses(net, with_files("/etc/hostname"), folder, REFUSED, "plain name")
    refuses(net, with_files("link.txt"), folder, REFUSED, "a link")
    refuses(net, with_files("pipe.txt"), folder, REFUSED, "not a file")
    refuses(net, with_files("empty.txt"), folder, REFUSED, "empty")
    refuses(net, with_files("huge.bin"), folder, REFUSED, "larger than 100 MiB")
    for options, wanted in ((("--attachments", folder), []), ((), ["F9"])):
        code, rows = net.at("F55", "check", "-", *options, check=False,
                            text=json.dumps(with_files("a.txt")))
        check_equal((code, sorted({row["rule"] for row in rows if row.get("severity") == "refuse"})),
                    (int(bool(wanted)), wanted), f"check {options}: {rows}")
    two = json.dumps([scene.simple_record("F55", n) for n in (5, 6)])
    for command in ("check", "publish"):
        done = net.run(command, "--home", net.path("F55"), "--attach", net.path("plain.json"), "-",
                       check=False, text=two)
        check(done.returncode == WRONG_USE and "which of the records" in done.stderr,
              f"{command}: a file with two records: {done.returncode} {done.stdout}{done.stderr}")
    code, answer = net.publish("F55", with_files("a.txt"))
    check_equal(code, REFUSED, "a record whose attachment nobody measured")
    check_equal({f["rule"] for f in scene.rows(answer, "finding")} - {"R6"}, {"F9"}, "its rule")


def nowhere_in_clear(net: Network) -> None:
    for agency in net.agencies:
        for base, _, names in os.walk(net.path(agency)):
            for name in names:
                path = os.path.join(base, name)
                if not stat.S_ISREG(os.lstat(path).st_mode):
                    continue
                with open(path, "rb") as f:
                    check(MARKER not in f.read(), f"the file's text is in clear in {path}")
        check(MARKER.decode() not in scene.log_text(net, agency), f"in {agency}'s log")


def stands_alone(binary: str, chance: random.Random) -> None:
    """A confidential recipient has an entry of its own, and each part goes both ways."""
    with open(os.path.join(scene.DEPLOY, "lists", "lists.txt"), encoding="utf-8") as f:
        text = f.read()
    check("route national send to" in text, "the shipped list has another rule for PND")
    with scene.folder() as away:
        lists = os.path.join(away, "lists.txt")
        with open(lists, "w", encoding="utf-8") as f:
            f.write(text.replace("route national send to", "route national confidential to"))
        path = write(os.path.join(away, "chart.pdf"), PART + 9, chance)
        with scene.network(binary, scene.ONE_BUREAU, lists) as net:
            record = scene.simple_record("F55", 1, attachments=["chart.pdf"])
            name = os.path.join(away, "record.json")
            with open(name, "w", encoding="utf-8") as f:
                json.dump(record, f)
            code, text = told(net, "F55", "publish", name, "--attachments", away)
            check_equal(code, 0, text)
            check('"alone":"yes"' in text, f"PND does not stand alone: {text}")
            identity = scene.wait("the record", lambda: scene.held(net, "PND"))[0]
            for agency in ("SWROCU", "JFC", "PND"):
                scene.wait(f"both parts at {agency}",
                           lambda: here(net, agency, identity) == [(1, 1)])
                out = os.path.join(away, agency)
                code, text = fetch(net, agency, identity, 1, out)
                check_equal(code, 0, f"{agency}: {text}")
                check_equal(digest(out), digest(path), f"the file at {agency}")
            _, rows = net.at("F55", "trace", identity)
            say(f"a confidential recipient has the file too; {len(rows)} rows of trace")
            scene.verify(net, "F55")
            scene.verify(net, "PND")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with scene.network(options.binary, CAST) as net:
        folder = net.path("files")
        os.mkdir(folder)
        write(os.path.join(folder, "film.mp4"), SIZE, chance)
        write(os.path.join(folder, "note.txt"), 300, chance, MARKER)
        idle = {agency: peak(net, agency) for agency in net.agencies}
        record = publish_killed(net, folder)
        incomplete(net, record)
        resume(net, record, folder)
        compare(net, record, folder)
        logged(net, record)
        later(net, record, folder)
        wrong_bytes(net, record, folder, chance)
        wrong_parts(net, chance)
        changing(net, folder)
        refusals(net, chance)
        for agency in net.agencies:
            most = peak(net, agency)
            say(f"{agency}: at most {most / MIB:.1f} MiB of memory, {(most - idle[agency]) / MIB:.1f} "
                "more than with nothing to do")
            bounded = most < LIMIT and most - idle[agency] < GROWTH
            check(bounded or scene.is_instrumented(net.binary), f"{agency} took {most} bytes of memory")
            scene.verify(net, agency)
        nowhere_in_clear(net)
    stands_alone(options.binary, chance)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
