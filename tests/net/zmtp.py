"""Conversations of ZMTP and CURVE, changed at random, against a live node.

Each begins as a right one: the greeting, a HELLO that the node's public key opens, and, where the
node answers, what would follow.  Bytes are changed, cut, repeated and made up, by a fixed seed.  The
node takes nothing of it for a peer's, publishes on, and grows by a stated amount at most.
"""

import argparse
import base64
import contextlib
import ctypes
import ctypes.util
import os
import random
import re
import socket

import scene
from scene import Network, check, check_equal, say

TALKS = 20000 if os.environ.get("FLAGPOST_LONG") else 1500
GROWTH_MAX_KIB = 24 * 1024
SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE".ljust(20, b"\0") + bytes(32)


def public_key(net: Network, agency: str) -> bytes:
    with open(net.path(agency, "request"), encoding="utf-8") as f:
        return base64.b64decode(re.search(r"^curve (\S+)", f.read(), re.MULTILINE)[1])


def port_of(net: Network, agency: str) -> int:
    with open(net.path(agency, "config"), encoding="utf-8") as f:
        return int(re.search(r"tcp://127\.0\.0\.1:(\d+)", f.read())[1])


def command(name: bytes, body: bytes) -> bytes:
    """A command frame (ZMTP 3.1, section "Framing")."""
    body = bytes([len(name)]) + name + body
    if len(body) > 255:
        return b"\x06" + len(body).to_bytes(8, "big") + body
    return b"\x04" + bytes([len(body)]) + body


def hello(server: bytes) -> bytes:
    """CurveZMQ: version, padding, our short-term key, nonce, a box of 64 zero bytes."""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    SODIUM.crypto_box_keypair(public, secret)
    box = ctypes.create_string_buffer(80)
    made = SODIUM.crypto_box_easy(box, bytes(64), ctypes.c_ulonglong(64),
                                  b"CurveZMQHELLO---" + bytes(7) + b"\1", server, secret)
    check_equal(made, 0, "a box")
    return command(b"HELLO", b"\1\0" + bytes(72) + public.raw + bytes(7) + b"\1" + box.raw)


def changed(chance: random.Random, data: bytes) -> bytes:
    """The same, with some of what a broken or hostile stack would do to it."""
    data = bytearray(data)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(6)
        if what == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[at:at] = chance.randbytes(chance.randrange(1, 300))
        elif what == 2:
            del data[at:at + chance.randrange(1, 40)]
        elif what == 3:
            data += data[at:]
        elif what == 4 and len(data) - at >= 9:
            data[at:at + 9] = b"\x02" + chance.choice((b"\xff" * 8, b"\x7f" + b"\xff" * 7,
                                                       bytes(4) + b"\xff" * 4, bytes(8)))
        else:
            del data[at:]
    return bytes(data)


def talk(port: int, chance: random.Random, first: bytes) -> int:
    """How many bytes the node said."""
    said = 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s, \
            contextlib.suppress(ConnectionError, TimeoutError):
        s.sendall(changed(chance, GREETING))
        s.sendall(changed(chance, first))
        if chance.randrange(8) == 0:
            s.settimeout(0.05)
            said += len(s.recv(4096))
            s.sendall(changed(chance, command(b"INITIATE", chance.randbytes(257))))
            s.sendall(changed(chance, command(b"READY", chance.randbytes(40))))
            s.sendall(b"\x00\x05\x01\x01abc")
            said += len(s.recv(4096))
    return said


def memory_kib(net: Network, agency: str) -> int:
    with open(f"/proc/{net.processes[agency].pid}/status", encoding="utf-8") as f:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", f.read(), re.MULTILINE)[1])


def check_serves(net: Network, number: int) -> None:
    record = scene.published(net, "F55", scene.simple_record("F55", number))["id"]
    scene.wait_stored(net, "F55", record, {"SWROCU", "JFC", "PND"})


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        check_serves(net, 1)
        before = memory_kib(net, "F55")
        server, port = public_key(net, "F55"), port_of(net, "F55")
        said = 0
        for i in range(TALKS):
            said += talk(port, chance, hello(server)) > 0
            if i % 500 == 250:
                check_serves(net, 2 + i)
        check(said > TALKS // 50, f"the node answered {said} of {TALKS}: none came far")
        growth = memory_kib(net, "F55") - before
        check(scene.is_instrumented(options.binary) or growth < GROWTH_MAX_KIB,
              f"memory grew by {growth} KiB")
        strange = set(re.findall(r"peer=(\S+)", scene.log_text(net, "F55"))) - set(net.agencies)
        check(not strange, f"{strange} among its peers")
        for agency in net.agencies:
            scene.verify(net, agency)
        say(f"{TALKS} conversations, {said} answered, memory grew by {growth} KiB")
        scene.figure("raw_conversations", TALKS)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
