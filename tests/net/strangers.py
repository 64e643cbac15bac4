"""Strangers at the listening port: nothing is delivered, and the node goes on serving.

An unknown CURVE key, the NULL and PLAIN mechanisms, HTTP, random bytes and many connections
that say nothing, each while records are published and received; memory stays bounded.
"""

import argparse
import base64
import contextlib
import random
import re
import resource
import socket
import subprocess
from collections.abc import Iterator

import scene
from scene import Network, check, check_equal, say

GROWTH_MAX_KIB = 16 * 1024
IDLE_CONNECTIONS = 1000
NOISE_BYTES = 1 << 20
STRANGERS = 8
FRAMES = 2000  # of 4 KiB, that each stranger with an unknown key would send
EVERYONE = {"SWROCU", "JFC", "PND"}


def config(net: Network, agency: str) -> str:
    with open(net.path(agency, "config"), encoding="utf-8") as f:
        return f.read()


def port_of(net: Network, agency: str) -> int:
    return int(re.search(r"tcp://127\.0\.0\.1:(\d+)", config(net, agency))[1])


def curve_key_of(net: Network, agency: str) -> str:
    """The public CURVE key of the enrolment request, in hex."""
    with open(net.path(agency, "request"), encoding="utf-8") as f:
        return base64.b64decode(re.search(r"^curve (\S+)", f.read(), re.MULTILINE)[1]).hex()


def memory_kib(net: Network, agency: str) -> int:
    with open(f"/proc/{net.processes[agency].pid}/status", encoding="utf-8") as f:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", f.read(), re.MULTILINE)[1])


def greeting(mechanism: bytes) -> bytes:
    """ZMTP 3.0: signature, version, mechanism, as-server, filler."""
    return b"\xff" + bytes(8) + b"\x7f\x03\x00" + mechanism.ljust(20, b"\0") + bytes(32)


def ready_command() -> bytes:
    """READY with a socket type, then one message frame."""
    body = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
    return b"\x04" + bytes([len(body)]) + body + b"\x00\x05\x01\x01abc"


def talk(port: int, data: bytes) -> None:
    """Sends all it can and reads what comes back, until the node hangs up or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        with contextlib.suppress(ConnectionError):
            s.sendall(data)
        s.settimeout(0.5)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while s.recv(4096):
                pass


@contextlib.contextmanager
def idle_connections(port: int, count: int) -> Iterator[None]:
    """Half of them have begun a greeting."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(allowed, 2 * count), most), most))
    with contextlib.ExitStack() as stack:
        for i in range(count):
            s = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            if i % 2:
                s.sendall(greeting(b"CURVE")[:12])
        yield


def unknown_keys(net: Network, helper: str, agency: str) -> None:
    """Each has the node's public key and a key pair of its own."""
    strangers = [subprocess.Popen(
        [helper, f"tcp://127.0.0.1:{port_of(net, agency)}", curve_key_of(net, agency),
         str(FRAMES), "1500"], stdout=subprocess.PIPE, text=True) for _ in range(STRANGERS)]
    for stranger in strangers:
        said, _ = stranger.communicate(timeout=60)
        check_equal((stranger.returncode, said.strip()), (0, "refused"), "a stranger")


def check_serves(net: Network, numbers: Iterator[int]) -> None:
    """A record is published, delivered and receipted as ever."""
    record = scene.published(net, "F55", scene.simple_record("F55", next(numbers)))["id"]
    scene.wait_stored(net, "F55", record, EVERYONE)


def talks(noise: bytes) -> dict[str, bytes]:
    """What strangers say that do not speak CURVE, or not as it is spoken."""
    return {
        "NULL": greeting(b"NULL") + ready_command(),
        "PLAIN": greeting(b"PLAIN") + ready_command(),
        # ZMTP 1.0 has no greeting: a length, a flag, an identity.  2.0 names its socket's type.
        "ZMTP 1.0": b"\x01\x00" + b"\x04\x00abc" + noise,
        "ZMTP 2.0": b"\xff" + bytes(8) + b"\x7f\x01\x05" + b"\x00\x00" + b"\x00\x03abc" + noise,
        "HTTP GET": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "HTTP POST": b"POST /publish HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + noise,
        "noise": noise,
        "noise for a handshake": greeting(b"CURVE") + noise,
        # It says it is as long as a frame can be.
        "an endless frame": greeting(b"CURVE") + b"\x06" + b"\x7f" + b"\xff" * 7 + noise,
    }


def attack(net: Network, helper: str, agency: str, numbers: Iterator[int], seed: int) -> int:
    """How many scripts there were; the node serves on after them and beside the idle ones."""
    port = port_of(net, agency)
    unknown_keys(net, helper, agency)
    check_serves(net, numbers)
    said = talks(random.Random(seed).randbytes(NOISE_BYTES))
    for words in said.values():
        talk(port, words)
    check_serves(net, numbers)
    with idle_connections(port, IDLE_CONNECTIONS):
        check_serves(net, numbers)
    return len(said) + 2


def peer_events(net: Network, agency: str) -> set[str]:
    return set(re.findall(r"peer=(\S+)", scene.log_text(net, agency)))


def test(options: argparse.Namespace) -> None:
    if not options.helper:
        raise scene.Skipped("no --helper given: the program made from stranger.c")
    numbers = iter(range(1, 1000))
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        for _ in range(5):
            check_serves(net, numbers)
        before = {agency: memory_kib(net, agency) for agency in ("F55", "JFC")}
        entries = {agency: scene.rows_at(net, agency, "status", "stream") for agency in before}
        check(all(entries.values()), "a node without streams")
        scripts = [attack(net, options.helper, agency, numbers, options.seed)
                   for agency in before]
        growth = {agency: memory_kib(net, agency) - before[agency] for agency in before}
        check(max(growth.values()) < GROWTH_MAX_KIB, f"memory grew by {growth} KiB")
        for agency in net.agencies:
            strange = peer_events(net, agency) - set(net.agencies)
            check(not strange, f"{agency} counts {strange} among its peers")
            rejected = re.findall(r"event=peer\.rejected.*", scene.log_text(net, agency))
            check(len(rejected) < 50, f"{agency} logged {len(rejected)} rejections")
            scene.verify(net, agency)
        records = next(numbers) - 1
        for agency in EVERYONE:
            check_equal(len(set(scene.held(net, agency))), records, f"{agency}'s records")
    scene.figure("hostile_scripts", scripts[0])
    say(f"seed {options.seed}: {STRANGERS} unknown keys at each of two nodes, all refused; "
        f"memory grew by {growth} KiB")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
