"""The disk of a node fills up: it says so, takes nothing, loses nothing, and goes on by itself.

A publisher and a recipient have small disks of their own.  Their disks are filled and freed
again, also while the node is killed and started again, and also within a turn, where the
journal's own write fails.  The files that a disk can hold run out as its bytes do, and an import
stops before a single record does.  Nobody reads a record while the log has no room for the row that
says so, nor when the node ends between that row and the answer (P12).
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator

import history
import scene
from kill_mid_stream import restart
from scene import Network, check, check_equal, say

MIB = 1 << 20
DISK = 16 * MIB  # of which the node wants 4 free, and 6 before it goes on
FILES = 1024
CYCLES = 20 if os.environ.get("FLAGPOST_LONG") else 3
SMALL = ("F55", "JFC")
RECIPIENTS = frozenset({"SWROCU", "JFC", "PND"})
MAY_NOT = 5  # exit code: the node may not publish now
UNANSWERED = 3  # the node ended before it answered
SEEN = "seen at the harbour"  # stands in each record's text


class SmallDisks(Network):
    """A network in which some homes have a disk of their own."""

    def __init__(self, binary: str, folder: str, agencies: dict[str, tuple], helper: str):
        super().__init__(binary, folder, agencies)
        self.helper = helper
        self.clumsy: set[str] = set()  # those that run the helper

    def make(self) -> None:
        super().make()
        for agency in SMALL:
            home = self.path(agency)
            os.rename(home, home + ".before")
            os.mkdir(home, 0o700)
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},nr_inodes={FILES},mode=700",
                                   "flagpost", home], capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                raise scene.Skipped(f"no disk of its own here: {done.stderr.strip()}")
            subprocess.run(["cp", "-a", home + ".before/.", home], check=True)
            self.mishap(agency)

    def command(self, agency: str) -> list[str]:
        command = super().command(agency)
        return [self.helper, *command[1:]] if agency in self.clumsy else command

    def mishap(self, agency: str, blind: bool = False, deadly: bool = False) -> None:
        """Of a node that runs the helper (mishap.c)."""
        path = self.path(agency + ".mishap")
        with open(path, "r+b" if os.path.exists(path) else "wb") as f:
            f.write(bytes((blind, deadly)))

    def fill(self, agency: str, leave: int = 0) -> None:
        """Takes the disk up to `leave` bytes.  Whatever is free by then: the node writes too."""
        path = self.path(agency, "filler")
        with open(path, "ab", buffering=0) as f, contextlib.suppress(OSError):
            while (free := self.free_bytes(agency) - leave) > 0:
                f.write(bytes(min(free, MIB)))

    def clear(self, agency: str) -> None:
        os.unlink(self.path(agency, "filler"))

    def free_bytes(self, agency: str) -> int:
        s = os.statvfs(self.path(agency))
        return s.f_bavail * s.f_frsize

    def dismantle(self) -> None:
        for agency in SMALL:
            subprocess.run(["umount", self.path(agency)], capture_output=True, check=False)


@contextlib.contextmanager
def small_disks(options: argparse.Namespace) -> Iterator[SmallDisks]:
    if os.geteuid() != 0:
        raise scene.Skipped("to mount a small disk needs root")
    with scene.folder() as path:
        net = SmallDisks(options.binary, path, scene.ONE_BUREAU, options.helper)
        try:
            with scene.running(net):
                yield net
        finally:
            net.dismantle()


class Work:
    """One network, and what was published in it."""

    def __init__(self, net: SmallDisks):
        self.net = net
        self.asked = 0
        self.places: list[dict] = []

    def next_record(self) -> tuple[dict, str]:
        self.asked += 1
        record = scene.simple_record("F55", self.asked)
        record["texts"][0]["text"] = f"{SEEN}, report {self.asked}"
        return record, f"record {self.asked}"

    def publish(self, record: dict, key: str) -> dict:
        place = scene.published(self.net, "F55", record, key)
        self.places.append(place)
        return place

    def publish_next(self) -> dict:
        return self.publish(*self.next_record())

    def wait_stored(self, place: dict, agencies: frozenset[str] = RECIPIENTS) -> None:
        scene.wait_stored(self.net, "F55", place["id"], set(agencies))


def node_row(net: Network, agency: str) -> dict:
    return scene.rows_at(net, agency, "status", "node")[0]


def wait_low(net: SmallDisks, agency: str, leave: int = 0) -> None:
    """Filled again and again: a node without room empties its logs, and so makes some."""
    def is_low() -> object:
        net.fill(agency, leave)
        row = node_row(net, agency)
        return row["publishing"] != "yes" and net.free_bytes(agency) <= leave and row

    row = scene.wait(f"{agency} to see that its disk is full", is_low)
    check_equal(row["publishing"], "no: the disk has too little room", "what status says")
    for words in ("MiB free", "Free room on the disk", "until there are 6 MiB", "by itself"):
        check(words in row["disk"], f"{agency}'s status lacks {words!r}: {row['disk']}")
    told = net.run("status", "--home", net.path(agency)).stdout
    check("Too little room: the disk of this node has" in told, f"the page of status: {told}")


def wait_room(net: Network, agency: str) -> None:
    scene.wait(f"{agency} to go on by itself",
               lambda: node_row(net, agency)["publishing"] == "yes")


def check_shows_nothing(net: Network, agency: str, place: dict, wanted: int) -> None:
    done = net.run("show", "--home", net.path(agency), "--json", "--purpose", "too little room",
                   place["id"], check=False)
    check_equal(done.returncode, wanted, f"{agency}'s exit code of show: {done.stderr}")
    check(SEEN not in done.stdout + done.stderr, f"{agency} showed a record: {done.stdout}")


def check_refuses(work: Work, record: dict, key: str) -> None:
    """What is refused is refused as a whole, with what to do."""
    net = work.net
    code, answer = net.publish("F55", record, key)
    check_equal(code, MAY_NOT, f"publishing on a full disk: {answer}")
    check("Free room" in answer["sentence"], f"the refusal: {answer['sentence']}")
    for command in (("trace", work.places[0]["id"]), ("recall", work.places[0]["id"], "--reason",
                                                      "test", "--person", "DI at the bureau"),
                    ("operator set", "root", "--roles", "operate"), ("case list",)):
        code, answers = net.at("F55", *command, check=False)
        check_equal(code, MAY_NOT, f"{command[0]} on a full disk: {answers}")
    for command in (("inbox",), ("todo",), ("publish", "--held"), ("draft list",), ("token list",),
                    ("operator list",)):
        net.at("F55", *command)
    check_shows_nothing(net, "F55", work.places[0], MAY_NOT)


def publisher_is_full(work: Work, chance: random.Random, kill: bool) -> None:
    """Nothing goes in or out; then the record that was refused goes to everybody."""
    net = work.net
    before = {agency: scene.held(net, agency) for agency in RECIPIENTS}
    wait_low(net, "F55", chance.choice((0, 4096, 300_000, 3 * MIB)))
    record, key = work.next_record()
    check_refuses(work, record, key)
    if kill:
        net.stop("F55", signal.SIGKILL)
        net.fill("F55")
        restart(net, "F55")
        wait_low(net, "F55")
        check_refuses(work, record, key)
    check_equal({agency: scene.held(net, agency) for agency in RECIPIENTS}, before,
                "what the recipients hold meanwhile")
    net.clear("F55")
    wait_room(net, "F55")
    work.wait_stored(work.publish(record, key))


def recipient_is_full(work: Work, chance: random.Random, kill: bool) -> None:
    """Everybody else has the record at once, and who was full has it afterwards."""
    net = work.net
    wait_low(net, "JFC", chance.choice((0, 4096, 300_000, 3 * MIB)))
    before = scene.held(net, "JFC")
    places = [work.publish_next() for _ in range(3)]
    for place in places:
        work.wait_stored(place, RECIPIENTS - {"JFC"})
    check_shows_nothing(net, "JFC", work.places[0], MAY_NOT)
    if kill:
        net.stop("JFC")
        for name in ("journal.db-shm", "keys.db-shm"):  # made again at the start: the ballast's room
            os.unlink(net.path("JFC", name))
        net.fill("JFC")
        restart(net, "JFC")
        wait_low(net, "JFC")
    check_equal(scene.held(net, "JFC"), before, "what a full recipient holds")
    net.clear("JFC")
    wait_room(net, "JFC")
    for place in places:
        work.wait_stored(place)


def import_rows(net: Network) -> tuple[int, list[dict]]:
    """The example of a records system, of one row."""
    mappings = os.path.join(scene.DEPLOY, "mappings")
    with open(os.path.join(mappings, "records-table.csv"), encoding="utf-8", newline="") as f:
        rows = f.readlines()[:2]
    path = net.path("rows.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.writelines(rows)
    return net.at("F55", "import", "--map", os.path.join(mappings, "records-table.yaml"), path,
                  check=False)


def bulk_stops_first(work: Work) -> None:
    """Between one watermark and twice of it single records go out, and an import waits."""
    net = work.net
    net.fill("F55", 7 * MIB)
    scene.wait("F55 to see that its disk is tight",
               lambda: "imports and attachments wait" in node_row(net, "F55")["disk"])
    work.wait_stored(work.publish_next())
    code, told = import_rows(net)
    check_equal(code, MAY_NOT, f"an import on a tight disk: {told}")
    check("until there are 10 MiB" in str(told), f"the import's refusal: {told}")
    net.clear("F55")
    scene.wait("F55 to have room", lambda: node_row(net, "F55")["disk"] == "room")
    code, told = import_rows(net)
    check_equal(code, 0, f"the import again: {told}")
    record = next(row["id"] for row in told if row.get("state") == "published")
    work.places.append(scene.rows_at_id(net, "F55", "trace", record, "record")[0])
    work.wait_stored(work.places[-1])


def files_run_out(work: Work) -> None:
    """No file can be made, and bytes there are."""
    net = work.net
    many = net.path("F55", "many")
    os.mkdir(many)
    for number in range(os.statvfs(many).f_favail - 8):
        with open(os.path.join(many, str(number)), "xb"):
            pass
    scene.wait("F55 to see that it has no files left",
               lambda: node_row(net, "F55")["publishing"] == "no: the disk has too little room")
    told = node_row(net, "F55")["disk"]
    check("files that can still be made free, which is too little" in told, f"status: {told}")
    record, key = work.next_record()
    check_refuses(work, record, key)
    shutil.rmtree(many)
    wait_room(net, "F55")
    work.wait_stored(work.publish(record, key))


def wal_is_empty(net: Network, agency: str) -> bool:
    return os.path.getsize(net.path(agency, "journal.db-wal")) == 0


def fill_unseen(net: SmallDisks, agency: str) -> None:
    """The disk is full and the node does not know; its log would have to grow."""
    scene.wait(f"{agency}'s log to be empty", lambda: wal_is_empty(net, agency))
    net.mishap(agency, blind=True)
    net.fill(agency)


def ended(net: SmallDisks, agency: str) -> int:
    code = net.processes.pop(agency).wait(timeout=30)
    net.mishap(agency)
    return code


def run_clumsy(net: SmallDisks, agency: str) -> None:
    net.clumsy.add(agency)
    net.stop(agency)
    restart(net, agency)


def full_within_a_turn(work: Work) -> None:
    """The commit itself fails: nobody is answered, and after a restart it is once or not."""
    net = work.net
    run_clumsy(net, "F55")
    record, key = work.next_record()
    fill_unseen(net, "F55")
    code, answer = net.publish("F55", record, key)
    check(code in (UNANSWERED, 74) and not scene.rows(answer, "record"),
          f"a record that was not made durable is answered: {code} {answer}")
    check_equal(ended(net, "F55"), 74, "the exit code when the disk is full within a turn")
    restart(net, "F55")
    wait_low(net, "F55")
    net.clear("F55")
    wait_room(net, "F55")
    work.wait_stored(work.publish(record, key))


def full_while_receiving(work: Work) -> None:
    net = work.net
    run_clumsy(net, "JFC")
    fill_unseen(net, "JFC")
    place = work.publish_next()
    check_equal(ended(net, "JFC"), 74, "the exit code when the disk is full within a turn")
    check("JFC" not in scene.stored_at(net, "F55", place["id"]), "a receipt for what is not held")
    restart(net, "JFC")
    wait_low(net, "JFC")
    net.clear("JFC")
    wait_room(net, "JFC")
    work.wait_stored(place)


def looks(net: Network, agency: str, place: dict) -> list[dict]:
    return [row for row in net.at(agency, "audit", "--use", "integrity", "--operation", "consult")[1]
            if row.get("object") == place["id"] and row.get("outcome") == "shown"]


def shown_to_nobody(work: Work) -> None:
    """P12: the row of the log fails on the full disk, or is there and the node is not."""
    net = work.net
    place = work.places[0]
    before = len(looks(net, "JFC", place))
    fill_unseen(net, "JFC")
    check_shows_nothing(net, "JFC", place, UNANSWERED)
    check_equal(ended(net, "JFC"), 74, "the exit code when the row cannot be written")
    net.clear("JFC")
    restart(net, "JFC")
    wait_room(net, "JFC")
    check_equal(len(looks(net, "JFC", place)), before, "looks that were not made durable")
    net.mishap("JFC", deadly=True)
    check_shows_nothing(net, "JFC", place, UNANSWERED)
    check_equal(ended(net, "JFC"), 9, "the exit code of a node that is killed")
    restart(net, "JFC")
    check_equal(len(looks(net, "JFC", place)), before + 1, "looks, the one that ended included")


def check_history(work: Work) -> None:
    net = work.net
    attempts = [history.Attempt("F55", RECIPIENTS, p["id"], p["stream"], int(p["index"]))
                for p in work.places]
    found = history.check({agency: history.read(net.path(agency, "journal.db"))
                           for agency in net.agencies}, attempts)
    check_equal(history.faults(found), {}, "the history of all journals")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with small_disks(options) as net:
        work = Work(net)
        work.wait_stored(work.publish_next())
        for cycle in range(CYCLES):
            publisher_is_full(work, chance, kill=cycle % 2 == 1)
            recipient_is_full(work, chance, kill=cycle % 2 == 0)
        bulk_stops_first(work)
        files_run_out(work)
        full_within_a_turn(work)
        full_while_receiving(work)
        shown_to_nobody(work)
        for agency in SMALL:
            check(os.path.getsize(net.path(agency, "ballast")) == MIB, f"{agency}'s ballast")
        for agency in net.agencies:
            scene.verify(net, agency)
        check_history(work)
        say(f"{2 * CYCLES} disks filled and freed, three more within a turn; "
            f"{len(work.places)} records, each once at each of {len(RECIPIENTS)}")
        scene.figure("full_disks", 2 * CYCLES + 3)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
