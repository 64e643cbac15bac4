"""No secret of a node is found where another could read it: argv, environment, files, core, swap.

Four nodes, started from a credential file, from systemd's credentials folder and by a typed
passphrase, publish, receive and show.  What their credentials open (`tests/reader`) is
then looked for, as it is and as hex and base64: in every file, in /proc, and in every page of
each daemon's memory.  Keys may be in the keyring's guarded pages alone, which are without
access, locked and left out of a core; credential, passphrase and master secret nowhere.

One exception, which is libzmq's: it keeps the CURVE secret in its own heap.  So those 32 bytes,
in that form, are let stand in plain memory, which is locked: neither swap nor a core holds them.
"""

import argparse
import dataclasses
import json
import os
import re
import resource
import signal
import subprocess

import canary
import http_scene
import scene
import second_reader
from reader import sealed
from scene import Network, check, check_equal, say

EVERYONE = {"SWROCU", "JFC", "PND"}
BY_FOLDER = "SWROCU"  # started as systemd does it, with CREDENTIALS_DIRECTORY
BY_HAND = "PND"
LIBZMQ_HAS = "CURVE secret"
PASSPHRASE = "drei blaue Pferde ueber dem Kanal 4417"
PIECE = 1 << 22
LONGEST = 256  # no form of any secret is longer; pieces overlap by that


class ThreeStarts(scene.Network):
    """A network whose nodes get at their keys in each way there is."""

    def run(self, *arguments: str, check: bool = True,
            text: str | None = None) -> subprocess.CompletedProcess:
        """Without --credential the passphrase is asked for; for a new key file, twice."""
        theirs = self.path(BY_HAND + ".credential")
        if theirs in arguments:
            at = arguments.index(theirs)
            arguments = arguments[:at - 1] + arguments[at + 1:]
            text = f"{PASSPHRASE}\n" * (2 if arguments[0] == "init" else 1)
        return super().run(*arguments, check=check, text=text)

    def start(self, agency: str) -> None:
        if agency not in (BY_FOLDER, BY_HAND):
            return super().start(agency)
        folder = self.path("credentials")
        environment = dict(os.environ)
        if agency == BY_FOLDER:
            os.makedirs(folder, mode=0o700)
            os.rename(self.path(agency + ".credential"), os.path.join(folder, "node.key"))
            os.symlink(os.path.join(folder, "node.key"), self.path(agency + ".credential"))
            environment["CREDENTIALS_DIRECTORY"] = folder
        with open(self.path(agency + ".log"), "a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [self.binary, "run", "--home", self.path(agency)], stderr=log, stdout=log,
                stdin=subprocess.PIPE, start_new_session=True, env=environment,
                cwd=self.path(agency))
        with process.stdin as typed:
            if agency == BY_HAND:
                typed.write(PASSPHRASE.encode() + b"\n")
        self.processes[agency] = process
        return None


@dataclasses.dataclass
class Secrets:
    """By name, the bytes of one node's: what the keyring guards, and what it does not keep."""

    guarded: dict[str, bytes]
    nowhere: dict[str, bytes]
    curve: bytes

    def all(self) -> dict[str, bytes]:
        return {**self.guarded, **self.nowhere, LIBZMQ_HAS: self.curve}


def read_bytes(*parts: str) -> bytes:
    with open(os.path.join(*parts), "rb") as f:
        return f.read()


def secrets_of(net: Network, agency: str) -> Secrets:
    credential = read_bytes(net.path(agency + ".credential"))
    opened = sealed.keyfile_open(read_bytes(net.path(agency), "node.key"), credential)
    seed, curve, master = opened[:32], opened[32:64], opened[64:]
    guarded = {"signing seed": seed}
    for use in ("guard", "digest", "wrap"):
        guarded[f"{use} key"] = sealed.blake(f"flagpost/keyring/{use}/v1".encode(), master)
    kx = second_reader.Vault(net, agency).kx
    check(kx, f"{agency} has no KX secret")
    guarded |= {f"KX secret {number}": secret for number, secret in kx.items()}
    return Secrets(guarded, {"credential": credential, "master secret": master}, curve)


def needles(secrets: dict[str, bytes]) -> dict[bytes, str]:
    return {form: name for name, secret in secrets.items() for form in canary.forms(secret)}


@dataclasses.dataclass
class Region:
    """A mapping of a process that holds, or held, anything."""

    start: int
    end: int
    rights: str
    flags: set[str]


def regions(pid: int) -> list[Region]:
    found = []
    text = read_bytes(f"/proc/{pid}/smaps").decode()
    for part in re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", text, flags=re.MULTILINE)[1:]:
        start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", part).groups()
        resident = sum(int(n) for n in re.findall(r"^(?:Rss|Swap):\s+(\d+)", part, re.MULTILINE))
        flags = set(re.search(r"^VmFlags:(.*)$", part, re.MULTILINE)[1].split())
        if resident:
            found.append(Region(int(start, 16), int(end, 16), rights, flags))
    return found


def search_region(memory: int, region: Region, wanted: dict[bytes, str]) -> set[str]:
    found = set()
    for at in range(region.start, region.end, PIECE):
        try:
            data = os.pread(memory, min(PIECE + LONGEST, region.end - at), at)
        except OSError:  # the kernel's own pages ([vvar]), which hold nothing of ours
            continue
        found |= canary.search(data, wanted)
    return found


def search_memory(pid: int, wanted: dict[bytes, str]) -> list[tuple[Region, set[str]]]:
    """What is found, and where, while the process stands still."""
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
    os.kill(pid, signal.SIGSTOP)
    try:
        scene.wait("a process to stand still", lambda: re.search(
            rb"^State:\s+T", read_bytes(f"/proc/{pid}/status"), re.MULTILINE))
        found = [(region, search_region(memory, region, wanted)) for region in regions(pid)]
    finally:
        os.kill(pid, signal.SIGCONT)
        os.close(memory)
    return [(region, names) for region, names in found if names]


def check_memory(net: Network, agency: str, secrets: Secrets) -> None:
    """The pages without access are the control: there the search has to find every key."""
    seen = set()
    for region, names in search_memory(net.processes[agency].pid, needles(secrets.all())):
        where = f"{agency}, memory that may be {region.rights} {sorted(region.flags)}"
        check("lo" in region.flags, f"{where} may go to swap: {sorted(names)}")
        names.discard(LIBZMQ_HAS)
        if not names:
            continue
        check(region.rights == "---p", f"{where} holds {sorted(names)}")
        check(names <= set(secrets.guarded), f"{where} holds {sorted(names)}")
        check({"lo", "dd"} <= region.flags, f"{where} may go to swap or into a core: {names}")
        seen |= names
    check_equal(seen, set(secrets.guarded), f"{agency}: keys found in guarded pages")
    check_equal(scene.rows_at(net, agency, "status", "node")[0]["memory"], "locked",
                f"what {agency} says of its memory")


def check_outside(net: Network, wanted: dict[bytes, str]) -> None:
    """Files but the credentials, and what /proc shows of arguments and environment."""
    credentials = re.compile(r"^credentials/|\.credential$")
    files = {name: data for name, data in canary.all_files(net).items()
             if not credentials.search(name)}
    check(any(name.endswith(".log") for name in files), "no log was looked at")
    for name, data in files.items():
        check(not canary.search(data, wanted), f"{name} holds {canary.search(data, wanted)}")
    for agency, process in net.processes.items():
        for part in ("cmdline", "environ"):
            data = read_bytes(f"/proc/{process.pid}/{part}")
            check(data, f"{agency}'s {part} was not read")
            check(not canary.search(data, wanted),
                  f"{agency}'s {part} holds {canary.search(data, wanted)}")


def dumps_core(process: subprocess.Popen) -> bool:
    """It dies of SIGABRT; what the kernel then says of a core."""
    process.send_signal(signal.SIGABRT)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -signal.SIGABRT
    check(os.WIFSIGNALED(status), f"a process outlived SIGABRT: {status}")
    return os.WCOREDUMP(status)


def check_no_core(net: Network, agency: str) -> None:
    """It stands in its home, the one folder where Landlock would let the kernel write a core."""
    check(not dumps_core(net.processes.pop(agency)), f"{agency} left a core")
    with subprocess.Popen(["/bin/sh", "-c", "echo && exec sleep 60"],
                          cwd=net.folder, stdout=subprocess.PIPE) as other:
        other.stdout.read(1)
        if not dumps_core(other):
            say("SKIPPED in part: no process leaves a core here")


def work(net: Network) -> None:
    """Every key is used: sealed, signed, opened, kept and read."""
    for number, priority in ((1, "low"), (2, "high")):
        record = scene.simple_record("F55", number, priority=priority)
        place = scene.published(net, "F55", record)
        scene.wait_stored(net, "F55", place["id"], EVERYONE)
        for agency in ("JFC", BY_FOLDER):
            _, shown = net.at(agency, "show", place["id"], "--purpose", "briefing")
            check(record["urn"] in json.dumps(shown), f"{agency} is not shown {record['urn']}")


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("another process's memory is read by root alone")
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("a sanitizer keeps what was freed, and its shadow is terabytes")
    # Whoever starts a node may have allowed cores: it is for the node to forbid them.
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    with scene.folder() as path, \
            scene.running(ThreeStarts(options.binary, path, scene.ONE_BUREAU)) as net:
        work(net)
        token = http_scene.new_token(net, "niche")
        # While a turn goes on its arena holds what it answers: another answer says it is over.
        net.at("F55", "status")
        secrets = {agency: secrets_of(net, agency) for agency in net.agencies if agency != BY_HAND}
        typed = {"passphrase": PASSPHRASE.encode(), "token": bytes.fromhex(token[5:]),
                 "token's text": token.encode()}
        for agency, own in secrets.items():
            own.nowhere |= typed
            check_memory(net, agency, own)
        alone = search_memory(net.processes[BY_HAND].pid, needles(typed))
        check(not alone, f"{BY_HAND}'s memory holds {alone}")
        wanted = {form: f"{agency}'s {name}" for agency, own in secrets.items()
                  for form, name in needles(own.all()).items()}
        check_outside(net, wanted)
        check_no_core(net, BY_FOLDER)
        say(f"{len(wanted)} forms of the secrets of {len(secrets)} nodes")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
