"""Requests on a node's control socket by another program than ours."""

import socket

from scene import Network, check


def varint(n: int) -> bytes:
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def sized(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def ask(net: Network, agency: str, verb: str, **arguments: bytes) -> bytes:
    """A request on the control socket by another program than ours; the answer's bytes."""
    request = sized(1, verb.encode())
    for name, value in arguments.items():
        request += sized(2, sized(1, name.encode()) + sized(2, value))
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(net.path(agency, "control.sock"))
        s.sendall(len(request).to_bytes(4, "big") + request)
        answer = b""
        while len(answer) < 4 or len(answer) < 4 + int.from_bytes(answer[:4], "big"):
            more = s.recv(65536)
            check(more, "the node hung up")
            answer += more
    return answer[4:]
