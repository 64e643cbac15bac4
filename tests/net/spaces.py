"""A test network whose nodes stand in network namespaces of their own.

Each node has an address on one bridge and a fault proxy (fault_proxy.py) before its listener;
netfilter drops what `lose` and `part` say.  It needs root, ip and iptables, and raises Skipped
without them.  Nothing of it is connected to the machine's own network.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import scene
from scene import Network, Skipped, wait

PORT = 5600  # of the proxy, in the roster
INNER_PORT = 5601  # of the node behind it


def tool(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(words, capture_output=True, text=True, check=True)


class Spaces(Network):
    """Network, with a namespace, an address and a proxy for each agency."""

    def __init__(self, binary: str, folder: str, agencies: dict[str, tuple]) -> None:
        super().__init__(binary, folder, agencies)
        tag = f"fp{os.getpid()}"
        self.switch = f"{tag}sw"
        self.spaces = {agency: f"{tag}n{i}" for i, agency in enumerate(agencies, 1)}
        self.addresses = {agency: f"10.77.0.{i}" for i, agency in enumerate(agencies, 1)}
        self.proxies: dict[str, subprocess.Popen] = {}

    def inside(self, agency: str) -> list[str]:
        return ["ip", "netns", "exec", self.spaces[agency]]

    def endpoints(self) -> dict[str, str]:
        return {agency: f"tcp://{address}:{PORT}" for agency, address in self.addresses.items()}

    def command(self, agency: str) -> list[str]:
        return [*self.inside(agency), *super().command(agency)]

    def build(self) -> None:
        """The namespaces, joined by a bridge in one that is only that."""
        tool("ip", "netns", "add", self.switch)
        tool("ip", "-n", self.switch, "link", "add", "hub", "type", "bridge")
        tool("ip", "-n", self.switch, "link", "set", "hub", "up")
        for number, (agency, space) in enumerate(self.spaces.items(), 1):
            tool("ip", "netns", "add", space)
            tool("ip", "-n", space, "link", "add", "wire", "type", "veth", "peer", "name",
                    f"port{number}", "netns", self.switch)
            tool("ip", "-n", self.switch, "link", "set", f"port{number}", "master", "hub",
                    "up")
            tool("ip", "-n", space, "addr", "add", f"{self.addresses[agency]}/24", "dev",
                    "wire")
            for link in ("lo", "wire"):
                tool("ip", "-n", space, "link", "set", link, "up")

    def make(self) -> None:
        super().make()
        for agency in self.agencies:
            path = self.path(agency, "config")
            with open(path, encoding="utf-8") as f:
                text = f.read()
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace(f"{self.addresses[agency]}:{PORT}",
                                     f"127.0.0.1:{INNER_PORT}"))
            self.proxies[agency] = subprocess.Popen(
                [*self.inside(agency), sys.executable, "-B",
                 os.path.join(scene.HERE, "fault_proxy.py"), f"{self.addresses[agency]}:{PORT}",
                 f"127.0.0.1:{INNER_PORT}", self.path(agency + ".proxy")])
        for agency in self.agencies:
            wait(f"{agency}'s proxy", lambda: os.path.exists(self.path(agency + ".proxy")))

    def proxy(self, agency: str, **wish: object) -> dict:
        """Tells an agency's proxy what to do to it; returns the proxy's counts."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(self.path(agency + ".proxy"))
            s.sendall(json.dumps(wish).encode() + b"\n")
            return json.loads(s.makefile().readline())

    def filter(self, agency: str, *rule: str) -> None:
        tool(*self.inside(agency), "iptables", "-w", *rule)

    def part(self, agency: str, others: list[str]) -> None:
        """From now on the agency hears nothing of the others; they may hear it."""
        for other in others:
            self.filter(agency, "-A", "INPUT", "-s", self.addresses[other], "-j", "DROP")

    def lose(self, agency: str, share: float) -> None:
        """That share of the packets that come to the agency is lost."""
        self.filter(agency, "-A", "INPUT", "-i", "wire", "-m", "statistic", "--mode", "random",
                    "--probability", str(share), "-j", "DROP")

    def heal(self) -> None:
        for agency in self.agencies:
            self.filter(agency, "-F")
            self.proxy(agency, **{"in": {}, "out": {}, "refuse": False})

    def dismantle(self) -> None:
        for process in self.proxies.values():
            process.kill()
            process.wait()
        for space in (*self.spaces.values(), self.switch):
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


def need_root() -> None:
    if os.geteuid() != 0:
        raise Skipped("network namespaces need root")
    for tool in ("ip", "iptables"):
        if not shutil.which(tool):
            raise Skipped(f"there is no {tool}")


@contextlib.contextmanager
def spaces(binary: str, agencies: dict[str, tuple]) -> Iterator[Spaces]:
    """As scene.network, in namespaces, which are gone afterwards."""
    need_root()
    with scene.folder() as path:
        net = Spaces(binary, path, agencies)
        try:
            try:
                net.build()
            except subprocess.CalledProcessError as why:
                raise Skipped(f"no network namespace here: {why.stderr.strip()}") from why
            with scene.running(net):
                yield net
        finally:
            net.dismantle()
