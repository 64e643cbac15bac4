"""Requests on a node's control socket by another program than ours."""

import socket

from scene import Network, check


def varint(n: int) -> bytes:
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def sized(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def ask(net: Network, agency: str, verb: str, **arguments: bytes) -> bytes:
    """A request on the control socket by another program than ours; the answer's bytes."""
    return ask_in_a_row(net, agency, verb, 1, **arguments)[0]


def framed(verb: str, arguments: dict[str, bytes]) -> bytes:
    request = sized(1, verb.encode())
    for name, value in arguments.items():
        request += sized(2, sized(1, name.encode()) + sized(2, value))
    return len(request).to_bytes(4, "big") + request


def read_whole(s: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = s.recv(size - len(data))
        check(more, "the node hung up")
        data += more
    return data


def ask_in_a_row(net: Network, agency: str, verb: str, count: int, **arguments: bytes) -> list[bytes]:
    """The same request so many times on one connection, the next ones sent before the first is
    answered."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(net.path(agency, "control.sock"))
        s.sendall(count * framed(verb, arguments))
        return [read_whole(s, int.from_bytes(read_whole(s, 4), "big")) for _ in range(count)]
