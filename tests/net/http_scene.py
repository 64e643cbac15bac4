"""The HTTP gateway as a process, its interface's document, and clients of it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import drafts
import scene
from scene import HERE, Network, check, check_equal

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

GATEWAY_UID = drafts.OTHER_UID if os.geteuid() == 0 else os.getuid()
DEADLINE = 30

# A control request made by hand, as whatever user runs it: prints status word's number.
ASK = """
import socket, struct, sys
def field(n, b): return bytes([n << 3 | 2]) + size(len(b)) + b
def size(v):
    out = b""
    while v > 127: out += bytes([v & 127 | 128]); v >>= 7
    return out + bytes([v])
verb, *pairs = sys.argv[2:]
request = field(1, verb.encode())
for pair in pairs:
    name, value = pair.split("=", 1)
    request += field(2, field(1, name.encode()) + field(2, value.encode()))
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
s.sendall(struct.pack(">I", len(request)) + request)
answer = b""
while len(answer) < 4 or len(answer) < 4 + struct.unpack(">I", answer[:4])[0]:
    answer += s.recv(65536)
sys.stdout.buffer.write(answer[4:])
"""


class Interface:
    """proto/openapi.json, and what of it has been seen."""

    def __init__(self):
        path = os.path.join(HERE, "..", "..", "proto", "openapi.json")
        with open(path, encoding="utf-8") as f:
            self.document = json.load(f)
        with open(os.path.join(os.path.dirname(path), "record.schema.json"), encoding="utf-8") as f:
            self.record = json.load(f)
        self.promised = {(path, method.upper(), code)
                         for path, methods in self.document["paths"].items()
                         for method, what in methods.items() for code in what["responses"]}
        self.seen: set[tuple[str, str, str]] = set()

    def template(self, path: str) -> str | None:
        path = path.split("?")[0]
        for template in self.document["paths"]:
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                return template
        return None

    def resolve(self, thing: dict) -> dict:
        while "$ref" in thing:
            at = self.document
            for step in thing["$ref"].removeprefix("#/").split("/"):
                at = at[step]
            thing = at
        return thing

    def hold(self, method: str, path: str, code: int, body: dict) -> None:
        """The answer is one that the document promises for this path."""
        template = self.template(path)
        if template is None:
            check_equal(code, 404, f"{method} {path}, which is not in the document")
            return
        methods = self.document["paths"][template]
        # 405 is promised by the method that the path has.
        named = method.lower() if method.lower() in methods else next(iter(methods))
        promised = methods[named]["responses"]
        check(str(code) in promised, f"{method} {path}: {code} is not in the document: {body}")
        response = self.resolve(promised[str(code)])
        schema = self.with_record({**response["content"]["application/json"]["schema"],
                                   "components": self.document["components"]})
        faults = [f"{list(e.path)}: {e.message}"
                  for e in Draft202012Validator(schema).iter_errors(body)]
        check(not faults, f"{method} {path} {code}: {faults[:3]} in {body}")
        self.seen.add((template, named.upper(), str(code)))

    def with_record(self, schema: dict) -> dict:
        """The record's own document in the place of its name; it has an identifier to itself."""
        text = json.dumps(schema).replace('{"$ref": "record.schema.json"}', json.dumps(self.record))
        return json.loads(text)

    def check_all_seen(self) -> None:
        check_equal(sorted(self.promised - self.seen), [], "promised and never asked for")


class Gateway:
    """`flagpost http` as a process, and requests to it."""

    def __init__(self, net: Network, interface: Interface, listen: str, agency: str = "F55"):
        self.net, self.interface, self.listen, self.agency = net, interface, listen, agency
        self.log = net.path(f"http-{agency}.log")
        self.process: subprocess.Popen | None = None
        self.token = ""

    def start(self) -> None:
        user = {"user": GATEWAY_UID, "group": GATEWAY_UID, "extra_groups": []} \
            if os.geteuid() == 0 else {}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.net.binary, "http", "--home", self.net.path(self.agency), "--listen",
                 self.listen], stderr=log, stdout=log, cwd="/", **user)
        scene.wait("the gateway", self.answers)

    def answers(self) -> bool:
        check(self.process.poll() is None, f"the gateway ended: {open(self.log).read()}")
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def connect(self) -> socket.socket:
        if self.listen.startswith("unix:"):
            s = socket.socket(socket.AF_UNIX)
            s.connect(self.listen.removeprefix("unix:"))
            return s
        host, port = self.listen.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=60)

    def raw(self, data: bytes, end: bool = False) -> bytes:
        """Sends bytes as they are, and nothing more with `end`; returns all that comes back."""
        with self.connect() as s:
            s.settimeout(60)
            s.sendall(data)
            if end:
                s.shutdown(socket.SHUT_WR)
            got = b""
            while part := s.recv(65536):
                got += part
            return got

    def ask(self, method: str, path: str, body: bytes | None = None, token: str | None = None,
            **headers: str) -> tuple[int, dict, dict]:
        """One request; the answer is held against the document."""
        c = http.client.HTTPConnection("localhost", timeout=60)
        c.sock = self.connect()
        if token is None:
            token = self.token
        send = {"Authorization": f"Bearer {token}"} if token else {}
        send |= {name.replace("_", "-"): value for name, value in headers.items()}
        c.request(method, path, body, send)
        response = c.getresponse()
        text = response.read()
        got = dict(response.getheaders())
        c.close()
        if method == "HEAD":
            return response.status, {}, got
        check_equal(got.get("Content-Type"), "application/json", f"{method} {path}")
        answer = json.loads(text)
        self.interface.hold(method, path, response.status, answer)
        return response.status, answer, got

    def post(self, record: object, key: str = "", **more) -> tuple[int, dict, dict]:
        body = record if isinstance(record, bytes) else json.dumps(record).encode()
        headers = {"Content_Type": "application/json", **({"Idempotency_Key": key} if key else {})}
        return self.ask("POST", "/v1/records", body, **{**headers, **more})

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        check_equal(self.process.wait(timeout=60), 0, "the gateway's exit code")


def new_token(net: Network, name: str, agency: str = "F55") -> str:
    done = net.run("token", "new", name, "--home", net.path(agency))
    token = done.stdout.strip()
    check(re.fullmatch(r"fpt1_[0-9a-f]{64}", token), f"a token: {token!r}")
    return token


def expect(answer: tuple[int, dict, dict], code: int, *words: str) -> dict:
    got, body, headers = answer
    check_equal(got, code, f"{words}: {body}")
    for word in words:
        check(word in json.dumps(body), f"no {word!r} in {body}")
    if code == 401:
        check(headers.get("WWW-Authenticate", "").split(" ")[0] in ("Bearer", "Basic"),
              f"401 without a scheme: {headers}")
    if code in (429, 503):
        check(headers.get("Retry-After"), f"{code} without Retry-After: {headers}")
    return body


def ask_by_hand(net: Network, uid: int, verb: str, *pairs: str) -> bytes:
    user = {"user": uid, "group": uid, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(["/usr/bin/python3", "-c", ASK, net.path("F55", "control.sock"), verb,
                           *pairs], capture_output=True, timeout=30, cwd="/", **user)
    check_equal(done.returncode, 0, done.stderr.decode())
    return done.stdout


class Slow(threading.Thread):
    """A client that says one byte now and then; notes how long it is borne with."""

    def __init__(self, g: Gateway, begin: bytes):
        super().__init__(daemon=True)
        self.s, self.begin, self.lasted = g.connect(), begin, 0.0

    def run(self) -> None:
        begun = time.monotonic()
        self.s.settimeout(2)
        try:
            self.s.sendall(self.begin)
            while time.monotonic() - begun < 3 * DEADLINE:
                self.s.sendall(b"x")
                try:
                    if self.s.recv(1024) == b"":
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
        self.lasted = time.monotonic() - begun
        self.s.close()
