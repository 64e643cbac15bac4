"""A network of flagpost nodes as processes on loopback, for the demo and the tests."""

import json
import os
import random
import signal
import socket
import subprocess
import time

AGENCIES = {
    "F55": ("Dorset Police FIB", "fib", "55", "SWROCU"),
    "F50": ("Devon and Cornwall Police FIB", "fib", "50", "SWROCU"),
    "SWROCU": ("South West ROCU", "rocu", None, "SWROCU"),
    "SEROCU": ("South East ROCU", "rocu", None, "SEROCU"),
    "JFC": ("NCA Joint Fusion Cell", "fusion", None, None),
    "PND": ("PND ingestion", "ingest", None, None),
}


class Failed(Exception):
    """A command of ours did not do what it was asked; the text says which and why."""


_taken = []  # a socket for each port that this process has given out


def _take(port):
    """Whether the port is this process's until it ends, though nothing listens on it for a while:
    a node that is stopped finds it free again.  The name is the kernel's, and goes with us."""
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0flagpost/port/{port}")
    except OSError:
        name.close()
        return False
    _taken.append(name)
    return True


def free_ports(count):
    """Ports that nothing listens on now, and that no other network of ours is given.

    From below those that the kernel gives to connections (ip_local_port_range): of them one may be
    another program's before our node listens on it."""
    chance = random.SystemRandom()
    ports = []
    while len(ports) < count:
        port = chance.randrange(12000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _take(port):
            ports.append(port)
    return ports


def lines_of(text):
    """The JSON objects of an output with one a line."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


class Network:
    """Homes, keys, a roster signed by two of three root keys, and the processes."""

    def __init__(self, binary, folder, agencies=None, lists=None):
        self.binary = os.path.abspath(binary)
        self.folder = folder
        self.agencies = agencies or AGENCIES
        self.lists = lists or os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                           "lists", "lists.txt")
        self.processes = {}
        self.disk_low_mib = 4  # a node of some megabytes, and a ballast of one

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def run(self, *arguments, check=True, text=None):
        """Runs flagpost; returns the finished process."""
        done = subprocess.run([self.binary, *arguments], input=text, text=True,
                              capture_output=True, timeout=120, cwd=self.folder)
        if check and done.returncode != 0:
            raise Failed(f"flagpost {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def at(self, agency, command, *arguments, check=True, text=None):
        """Runs a command of one node; returns (exit code, its JSON objects)."""
        done = self.run(*command.split(), "--home", self.path(agency), "--json", *arguments,
                        check=False, text=text)
        answers = lines_of(done.stdout)
        if check and done.returncode != 0:
            raise Failed(f"{agency}: flagpost {command}: {done.stderr.strip()}")
        return done.returncode, answers

    def endpoints(self):
        """Where each agency listens, as the roster says it."""
        return {agency: f"tcp://127.0.0.1:{port}"
                for agency, port in zip(self.agencies, free_ports(len(self.agencies)))}

    def command(self, agency):
        """The daemon's command line."""
        return [self.binary, "run", "--home", self.path(agency), "--credential",
                self.path(agency + ".credential")]

    def make(self):
        """Root keys, homes, roster and code list, each signed and installed."""
        endpoints = self.endpoints()
        self.run("roster", "root-new", "roots", "--credential", self.credential("roots"))
        for agency, (name, kind, force, region, *ceiling) in self.agencies.items():
            options = ["--force", force] if force else []
            options += ["--region", region] if region else []
            options += ["--ceiling", *ceiling] if ceiling else []
            self.run("init", "--home", self.path(agency), "--root", "roots/root",
                     "--credential", self.path(agency + ".credential"), "--agency", agency,
                     "--name", name, "--kind", kind, "--listen", endpoints[agency], *options)
            with open(self.path(agency, "config"), "a", encoding="utf-8") as f:
                f.write(f"disk_low_mib = {self.disk_low_mib}\n")
        self.run("roster", "add", "--root", "roots/root", "--out", "roster",
                 *[self.path(agency, "request") for agency in self.agencies])
        self.run("roster", "lists", "--root", "roots/root", "--out", "lists", self.lists)
        for document, keys in (("roster", (1, 2)), ("lists", (1, 3))):
            for key in keys:
                self.run("roster", "sign", "--root", "roots/root", "--key",
                         f"roots/root-{key}.key", "--credential", self.credential("roots"),
                         document)
            for agency in self.agencies:
                self.run("roster", "install", "--home", self.path(agency), "--credential",
                         self.path(agency + ".credential"), document)

    def credential(self, name):
        """A file of 32 random bytes for this name, made when it is not there."""
        path = self.path(name + ".credential")
        if not os.path.exists(path):
            with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as f:
                f.write(os.urandom(32))
        return path

    def start(self, agency):
        log = open(self.path(agency + ".log"), "a")
        self.processes[agency] = subprocess.Popen(
            self.command(agency), stderr=log, stdout=log, stdin=subprocess.DEVNULL,
            start_new_session=True)
        log.close()

    def start_all(self):
        for agency in self.agencies:
            self.start(agency)
        for agency in self.agencies:
            self.wait(f"{agency} to answer", lambda: self.at(agency, "status", check=False)[0] == 0)

    def stop(self, agency, how=signal.SIGTERM):
        process = self.processes.pop(agency)
        process.send_signal(how)
        process.wait(timeout=30)

    def stop_all(self):
        for agency in list(self.processes):
            try:
                self.stop(agency)
            except subprocess.TimeoutExpired:
                self.processes_kill(agency)

    def processes_kill(self, agency):
        process = self.processes.pop(agency, None)
        if process is not None:
            process.kill()
            process.wait()

    def wait(self, what, done, seconds=30):
        """Waits for a condition with a deadline; its value is returned."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = done()
            if value:
                return value
            time.sleep(0.02)
        raise Failed(f"waited {seconds} s in vain for {what}")

    def inbox(self, agency):
        """Ids of records held by an agency, each with the row that lists it."""
        _, answers = self.at(agency, "inbox")
        return {row["id"]: row for row in answers if "id" in row}

    def trace(self, agency, record):
        """(the record's row, its recipients' rows by agency)."""
        _, answers = self.at(agency, "trace", record)
        head = [row for row in answers if row.get("row") == "record"][0]
        return head, {row["agency"]: row for row in answers if row.get("row") == "recipient"}

    def publish(self, agency, record, key=None):
        """Publishes one record; returns (exit code, the answer)."""
        options = ["--key", key] if key else []
        code, answers = self.at(agency, "publish", "-", *options, check=False,
                                text=json.dumps(record))
        return code, answers[0] if answers else {}
