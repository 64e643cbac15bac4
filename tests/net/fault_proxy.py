"""A TCP relay that does to each direction what a bad network does.

usage: python3 fault_proxy.py LISTEN_HOST:PORT TO_HOST:PORT CONTROL_SOCKET

The control socket takes a JSON object a line and answers each with the counts so far:
{"in": FAULTS, "out": FAULTS, "refuse": bool, "reset": true}.  "in" is towards TO, "out" back;
FAULTS holds any of delay_ms, jitter_ms, rate (bytes a second, of the whole direction), stall
(nothing moves), and, of each connection made from then on, the bytes after which it is to
suffer once: cut_after, half_close_after, flip_at.  It binds where it is told and nowhere else,
relays at most CONNECTIONS_MAX connections and ends when its parent does.
"""

import asyncio
import contextlib
import ctypes
import json
import random
import signal
import socket
import struct
import sys

CHUNK = 2048  # small, so that connections share a slow line fairly
CONNECTIONS_MAX = 256
PR_SET_PDEATHSIG = 1


class Direction:
    """What is done to the bytes of one direction, over all connections."""

    def __init__(self) -> None:
        self.faults: dict = {}
        self.moved = 0
        self.free_at = 0.0  # when the line has sent what it was given before

    async def hold(self, size: int) -> None:
        """Waits as long as the line would take for so many bytes."""
        rate = self.faults.get("rate")
        if rate:
            now = asyncio.get_running_loop().time()
            self.free_at = max(self.free_at, now) + size / rate
            await asyncio.sleep(self.free_at - now)
        delay = self.faults.get("delay_ms", 0)
        delay += random.uniform(0, self.faults.get("jitter_ms", 0))
        if delay:
            await asyncio.sleep(delay / 1000)
        while self.faults.get("stall"):
            await asyncio.sleep(0.02)


class Relay:
    """The listener, its connections, and the two directions."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.to = to
        self.ways = {"in": Direction(), "out": Direction()}
        self.refuse = False
        self.open: set[asyncio.StreamWriter] = set()
        self.accepted = 0
        self.broken = 0

    def reset(self, writer: asyncio.StreamWriter) -> None:
        """Closed with RST, as by a machine that lost its power."""
        with contextlib.suppress(OSError):
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def carry(self, way: str, reader: asyncio.StreamReader,
                    writer: asyncio.StreamWriter) -> None:
        direction = self.ways[way]
        faults = dict(direction.faults)
        done = 0
        while data := await reader.read(CHUNK):
            await direction.hold(len(data))
            at = faults.get("flip_at", -1) - done
            if 0 <= at < len(data):
                data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
                self.broken += 1
            for fault in ("cut_after", "half_close_after"):
                if fault in faults and done + len(data) >= faults[fault]:
                    writer.write(data[:max(0, faults[fault] - done)])
                    await writer.drain()
                    self.broken += 1
                    if fault == "cut_after":
                        raise ConnectionResetError
                    writer.write_eof()
                    # The other end goes on sending into a connection that answers nothing.
                    while await reader.read(CHUNK):
                        pass
                    return
            writer.write(data)
            await writer.drain()
            done += len(data)
            direction.moved += len(data)
        writer.write_eof()

    async def connection(self, reader: asyncio.StreamReader,
                         writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refuse or len(self.open) >= 2 * CONNECTIONS_MAX:
            self.reset(writer)
            return
        ends = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.to)
            ends.append(far_writer)
            self.open.update(ends)
            await asyncio.gather(self.carry("in", reader, far_writer),
                                 self.carry("out", far_reader, writer))
        except OSError:
            pass
        finally:
            for end in ends:
                self.reset(end)
            self.open.difference_update(ends)

    async def control(self, reader: asyncio.StreamReader,
                      writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            wish = json.loads(line)
            for name, direction in self.ways.items():
                direction.faults = wish.get(name, direction.faults)
            self.refuse = wish.get("refuse", self.refuse)
            if wish.get("reset"):
                for end in list(self.open):
                    self.reset(end)
            counts = {"accepted": self.accepted, "open": len(self.open) // 2,
                      "broken": self.broken,
                      **{name: direction.moved for name, direction in self.ways.items()}}
            writer.write(json.dumps(counts).encode() + b"\n")
            await writer.drain()
        writer.close()


def address(text: str) -> tuple[str, int]:
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def main(listen: str, to: str, control: str) -> None:
    relay = Relay(address(to))
    await asyncio.start_unix_server(relay.control, control)
    server = await asyncio.start_server(relay.connection, *address(listen))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    asyncio.run(main(*sys.argv[1:4]))
