"""A force's own system hands records in over HTTP, on the loopback alone.

The gateway runs as a user of its own before a real node.  Everything that
proto/openapi.json promises is asked for, and every answer is held against its schema; at the
end no path and no code of it may be left unseen.  Beside that slow, wrong and many clients,
a node that is stopped, killed and fenced, and two systems that count alike.
"""

import argparse
import base64
import contextlib
import json
import os
import pwd
import re
import signal
import socket
import stat
import threading
import time

import canary
import drafts
import http_people
import http_reads
import scene
from http_scene import (DEADLINE, GATEWAY_UID, Draft202012Validator, Gateway, Interface, Slow,
                        ask_by_hand, expect, new_token)
from network import free_ports
from scene import Network, Skipped, check, check_equal, say

LIMIT = 256 * 1024


def listens_nowhere_else(net: Network) -> None:
    for address, words in (("0.0.0.0:8055", "not loopback"), ("192.0.2.1:8055", "not loopback"),
                           ("[::]:8055", "not loopback"), ("[2001:db8::1]:8055", "not loopback"),
                           ("localhost:8055", "127.0.0.1"), ("8055", "127.0.0.1"),
                           ("127.0.0.1:0", "127.0.0.1"), ("127.0.0.1:65536", "127.0.0.1"),
                           ("127.1:8055", "127.0.0.1"), ("unix:http.sock", "unix:PATH"),
                           ("unix:/" + "x" * 120, "unix:PATH")):
        done = net.run("http", "--home", net.path("F55"), "--listen", address, check=False)
        check(done.returncode == 2 and words in done.stderr,
              f"{address}: {done.returncode} {done.stderr}")


def tokens_are_made_listed_and_kept_as_digests(net: Network) -> str:
    token = new_token(net, "niche")
    for name, code, words in (("niche", 1, "revoke"), ("NICHE", 2, "small letters"),
                              ("x" * 33, 2, "small letters"), ("a b", 2, "small letters")):
        done = net.run("token", "new", name, "--home", net.path("F55"), check=False)
        check(done.returncode == code and words in done.stderr,
              f"{name}: {done.returncode} {done.stderr}")
    _, listed = net.at("F55", "token list")
    check_equal([(row["account"], row["state"]) for row in listed if "account" in row],
                [("niche", "active")], "the list")
    wanted = {form: "token" for form in
              canary.forms(token.encode()) | canary.forms(bytes.fromhex(token[5:]))}
    canary.check_files(net, wanted, "with a token made")
    return token


def only_the_gateway_speaks_for_accounts(net: Network, token: str) -> None:
    if os.geteuid() != 0:
        say("SKIPPED in part: who speaks for accounts needs a second user, so root")
        return
    said = ask_by_hand(net, 0, "status", f"token={token}")
    check(b"only the gateway" in said, f"another user with a token: {said}")
    said = ask_by_hand(net, GATEWAY_UID, "status")
    check(b"for accounts alone" in said, f"the gateway without a token: {said}")
    for verb in ("audit", "show", "drafts", "source", "install", "new-epoch", "token-new",
                 "publish-batch", "draft", "release"):
        said = ask_by_hand(net, GATEWAY_UID, verb, f"token={token}", "id=0000", "name=x",
                           "person=x", "purpose=x")
        check(b"a system account may" in said or b"does not know that command" in said,
              f"an account that asks for {verb}: {said}")
    check(b"Dorset" not in ask_by_hand(net, GATEWAY_UID, "status", "token=" + "0" * 69), "a token")


def publishes_once(net: Network, g: Gateway, other: str) -> str:
    record = scene.simple_record("F55", 1)
    first = expect(g.post(record, "k-1"), 201, '"again": false', "SWROCU")
    again = expect(g.post(record, "k-1"), 200, '"again": true')
    check_equal(again["record"]["id"], first["record"]["id"], "the same key, the same answer")
    expect(g.post(scene.simple_record("F55", 2), "k-1"), 409, "another record")
    # Two systems that count alike do not meet.
    mine = expect(g.post({**record, "title": "Of another system"}, "k-1", token=other), 201)
    check(mine["record"]["id"] != first["record"]["id"], "two accounts share a key")
    check(any(f["field"] == "urn" and first["record"]["id"] in f["sentence"]
              for f in mine["findings"]), f"a URN that is taken: {mine['findings']}")
    identity = first["record"]["id"]
    # The same words under another key, or of another system, are the same record.
    for key, token in (("k-1a", g.token), ("k-1a", other)):
        answer = expect(g.post(record, key, token=token), 409, identity, "a person publishes")
        check_equal([(f["rule"], f["field"], f["severity"]) for f in answer["findings"]],
                    [("F1", "urn", "refuse")], "what is said of it")
    scene.wait_stored(net, "F55", identity, {"SWROCU", "JFC", "PND"})
    check_equal(scene.held(net, "JFC").count(identity), 1, "held once")
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "collect")
    rows = [row for row in log if row.get("object") == identity]
    check_equal([(row["actor"], row["channel"]) for row in rows], [("account:niche", "http")],
                "who published it, in the log")
    return identity


def finds_what_the_command_line_finds(net: Network, g: Gateway) -> None:
    wrong = scene.simple_record("F55", 3, risk="", flags=["#OIMRC"], crime_code="NONE")
    body = expect(g.post(wrong, "k-3"), 422, "nothing was kept")
    code, answer = net.publish("F55", wrong)
    told = [{k: v == "yes" if k == "sure" else v for k, v in f.items() if k != "row"}
            for f in scene.rows(answer, "finding")]
    check_equal((code, body["findings"]), (1, told), "the findings")
    check(len(told) >= 2, f"too little is wrong with it: {told}")
    expect(g.post(scene.simple_record("F55", 3, marking="SECRET"), "k-3"), 422, "R1")


def holds_what_a_person_has_to_grade(net: Network, g: Gateway) -> None:
    """A grade of 4x4 without an equivalent: kept once, as a draft, until it is released."""
    record = scene.simple_record("F55", 20)
    record["texts"][0].pop("grade")
    record["texts"][0] |= {"original_scheme": "4x4", "original_grade": "Q9"}
    first = expect(g.post(record, "k-20"), 202, "waits for a person to re-grade it")
    again = expect(g.post(record, "k-20"), 202)
    draft = first["draft"]["id"]
    check_equal((again["draft"]["id"], first["status"]), (draft, "held"), "the same draft")
    expect(g.post(record | {"title": "Another"}, "k-20"), 409, draft)
    expect(g.post(record | {"risk": ""}, "k-21"), 422, "nothing was kept")
    listed = [row["id"] for row in scene.rows_at(net, "F55", "draft list", "draft")]
    check_equal(listed, [draft], "drafts")
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "collect")
    rows = [row for row in log if row.get("object") == draft]
    check_equal([(row["actor"], row["channel"]) for row in rows], [("account:niche", "http")],
                "who handed it in, in the log")
    for step in (("assess", "--grade", "2D"), ("sanitise",)):
        net.at("F55", step[0], draft, *step[1:])
    _, answers = net.at("F55", "release", draft, "--person", "DS One")
    released = next(row["id"] for row in answers if row.get("row") == "record")
    done = expect(g.post(record, "k-20"), 200)
    check_equal((done["record"]["id"], done.get("findings", [])), (released, []), "once released")


def mends_what_it_is_asked_to(net: Network, g: Gateway) -> None:
    """With the header a near miss is published right, and told; a draft is kept so too."""
    wrong = scene.simple_record("F55", 30, flags=["OIMRC"])
    mend = {"rule": "R8", "field": "flags[0]", "was": "OIMRC", "now": "OIMCR"}
    expect(g.post(wrong, "k-30"), 422, '"value": "OIMCR"')
    expect(g.post(wrong, "k-30", Flagpost_Mend="crime-code"), 422, '"value": "OIMCR"')
    done = expect(g.post(wrong, "k-30", Flagpost_Mend="crime-code flags"), 201)
    check_equal(done["mended"], [mend], "what was mended")
    scene.wait_stored(net, "F55", done["record"]["id"], {"JFC"})
    seen = net.at("JFC", "show", done["record"]["id"], "--purpose", "a test")[1][0]
    check_equal(seen["flags"], ["OIMCR"], "the flag at the fusion cell")
    check("mended" not in expect(g.post(wrong, "k-30", Flagpost_Mend="flags"), 200), "mended again")
    expect(g.post(wrong, "k-31", Flagpost_Mend="spelling"), 400, "missing-flags")
    wrong["texts"][0].pop("grade")
    wrong["texts"][0] |= {"original_scheme": "4x4", "original_grade": "Q9"}
    kept = expect(g.post(wrong, "k-32", Flagpost_Mend="flags"), 202)
    check_equal(kept["mended"], [mend], "what was mended in a draft")
    _, shown = net.at("F55", "draft show", kept["draft"]["id"], "--purpose", "a test")
    check("OIMRC" not in json.dumps(shown), f"the draft: {shown}")
    net.at("F55", "draft discard", kept["draft"]["id"], "--reason", "a test")


def refuses_what_cannot_be_read(g: Gateway, canaries: canary.Canaries) -> None:
    record = scene.simple_record("F55", 4)
    secret = canaries.text("in a refused body")
    bad = [
        (b"", "I1", "not JSON"), (b"{", "I1", '"line": 1'), (b"[]", "I4", "object"),
        (b"null", "I1", "not JSON"),
        (json.dumps({**record, "title": 7}).encode(), "I6", '"path": "title"'),
        (json.dumps({**record, "priority": "whenever"}).encode(), "I4", '"path": "priority"'),
        (json.dumps({**record, "titel": secret}).encode(), "I3", "titel"),
        (json.dumps({**record, "source": {"raw": secret}}).encode(), "I3", "source"),
        (b'{"title":"\xff' + secret.encode() + b'"}', "I1", '"line": 1'),
        (b'{"title":"a\0b"}', "I1", '"line": 1'),
        (b'{\n"title":"a\\u0000b"}', "I1", '"line": 2'),
        (json.dumps(record).encode("utf-16"), "I1", "UTF-16"),
        (json.dumps(record).encode("utf-16-be"), "I1", "UTF-16"),
        (b'{"title":"a",\n"title":"b"}', "I1", '"line": 2'),
        (b"[" * 100000, "I2", '"line": 1'),
        (b'{"title":' + b"[" * 200000, "I2", '"line": 1'),
        (json.dumps([record, record]).encode(), "I4", "object"),
    ]
    for body, rule, words in bad:
        answer = expect(g.post(body, "k-4"), 400, words)
        check_equal(answer["rule"], rule, f"the rule of {body[:40]!r}")
        check(secret not in json.dumps(answer), f"the answer repeats the body: {answer}")
        check_equal([f["rule"] for f in answer.get("findings", [])],
                    [] if rule in ("I1", "I2") else [rule], f"findings of {body[:40]!r}")
    several = {**record, "marking": "OFICIAL", "phones": [447700900123], "titel": secret}
    answer = expect(g.post(several, "k-4"), 400, "OFICIAL")
    check_equal(sorted((f["field"], f["rule"], f["severity"]) for f in answer["findings"]),
                [("marking", "I4", "refuse"), ("phones[0]", "I6", "refuse"),
                 ("titel", "I3", "refuse")], "every value that cannot be read")
    for key in ("", " ", "a b", "é", "x" * 129):
        if key == "é":  # http.client sends latin-1: a byte that is no visible character
            expect(g.post(record, key), 400, "Idempotency-Key")
        else:
            expect(g.post(record, key or " "), 400, "Idempotency-Key")
    expect(g.ask("POST", "/v1/records", b"{}", Content_Type="application/json"), 400,
           "Idempotency-Key")
    for kind in ("text/plain", "application/json; charset=utf-16", "application/jsonx",
                 "application/x-www-form-urlencoded"):
        expect(g.post(record, "k-4", Content_Type=kind), 415, "application/json")
    expect(g.post(record, "k-4", Content_Encoding="gzip"), 415, "compressed")
    expect(g.post(record, "k-4", Content_Type='application/json; charset="UTF-8"'), 201)
    got = g.raw(b"POST /v1/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + g.token.encode() + b"\r\nContent-Type: application/json\r\n"
                b"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}")
    check(b" 400 " in got.split(b"\r\n")[0] and b"twice" in got, f"a key that came twice: {got}")


def keeps_its_limits(g: Gateway) -> None:
    record = scene.simple_record("F55", 5)
    padded = json.dumps(record).encode()
    padded += b" " * (LIMIT - len(padded))
    expect(g.post(padded, "k-5"), 201)
    expect(g.post(padded + b" ", "k-5"), 413, "256 KiB")
    # Without a length, in pieces: the same.
    head = (b"POST /v1/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + g.token.encode() + b"\r\nContent-Type: application/json\r\nIdempotency-Key: c\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    got = g.raw(head + piece * 6 + b"0\r\n\r\n")
    check(b" 413 " in got.split(b"\r\n")[0], f"a long body in pieces: {got[:200]}")
    try:
        got = g.raw(head + piece * 200 + b"0\r\n\r\n")
    except OSError:
        got = b""
    check(b" 201 " not in got and len(got) < 4096, "a body of 13 MB")
    # The largest claim of all is refused before a byte of it.
    got = g.raw(head.replace(b"Transfer-Encoding: chunked",
                             b"Content-Length: 99999999999999999999"))
    check(got == b"" or b" 413 " in got.split(b"\r\n")[0] or b" 400 " in got.split(b"\r\n")[0],
          f"an absurd length: {got[:200]}")
    expect(g.post(record, "k-5", Flagpost_Released_By="x" * 600), 431, "too long")
    got = g.raw(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n" +
                b"".join(b"X-%d: y\r\n" % n for n in range(5000)) + b"\r\n")
    check(b" 200 " not in got.split(b"\r\n")[0], f"5000 headers: {got[:100]}")
    for noise in (b"\r\n\r\n", b"\x00" * 100, b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n",
                  b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/records HTTP/1.1\r\n\r\n"):
        got = g.raw(noise, end=True)
        check(b" 200 " not in got.split(b"\r\n")[0], f"noise {noise!r}: {got[:100]}")
    expect(g.ask("GET", "/v1/status"), 200)


def wants_a_token(net: Network, g: Gateway) -> None:
    record = scene.simple_record("F55", 6)
    trace = "/v1/records/" + "0" * 32 + "/trace"
    spoiled = g.token[:-1] + ("0" if g.token[-1] != "0" else "1")
    for token in ("", "x", spoiled, g.token + "0", "é" * 69):
        expect(g.post(record, "k-6", token=token), 401)
        expect(g.ask("GET", "/v1/status", token=token), 401)
        expect(g.ask("GET", trace, token=token), 401)
    basic = base64.b64encode(g.token.encode()).decode()
    expect(g.post(record, "k-6", token="", Authorization=f"Basic {basic}"), 401)
    gone = new_token(net, "gone")
    expect(g.ask("GET", "/v1/status", token=gone), 200)
    net.at("F55", "token revoke", "gone")
    expect(g.ask("GET", "/v1/status", token=gone), 401, "not known here")
    net.at("F55", "token revoke", "gone", check=False)
    fresh = new_token(net, "gone")
    check(fresh != gone, "a token came twice")
    expect(g.ask("GET", "/v1/status", token=gone), 401)
    net.at("F55", "token revoke", "gone")
    _, listed = net.at("F55", "token list")
    check(("gone", "revoked") in [(row.get("account"), row.get("state")) for row in listed],
          f"{listed}")


def knows_its_paths_and_its_host(g: Gateway, record: str) -> None:
    traced = expect(g.ask("GET", f"/v1/records/{record}/trace"), 200)
    check_equal({row["agency"] for row in traced["recipients"] if row["stored"]},
                {"SWROCU", "JFC", "PND"}, "who has it")
    expect(g.ask("GET", "/v1/records/" + "f" * 32 + "/trace"), 404)
    for wrong in ("xyz", record[:8], record.upper(), record + "0", "%2e%2e"):
        expect(g.ask("GET", f"/v1/records/{wrong}/trace"), 400, "32 digits")
    for path in ("/", "/v1", "/v1/records/", f"/v1/records/{record}", "/v1/status/",
                 f"/v1/records/{record}/trace/", "/v1/records//trace", "/../v1/status"):
        expect(g.ask("GET", path), 404)
    for method, path, right in (("GET", "/v1/records", "POST"), ("PUT", "/v1/records", "POST"),
                                ("DELETE", "/v1/status", "GET"), ("OPTIONS", "/v1/status", "GET"),
                                ("POST", f"/v1/records/{record}/trace", "GET")):
        code, _, headers = g.ask(method, path)
        check_equal((code, headers.get("Allow")), (405, right), f"{method} {path}")
    status = expect(g.ask("GET", "/v1/status"), 200)
    check_equal((status["node"]["agency"], status["node"]["publishing"]), ("F55", "yes"), "status")
    for host in ("evil.example", "localhost.evil.example", "127.0.0.2", "10.0.0.1:80", ""):
        for method, path in (("POST", "/v1/records"), ("GET", "/v1/status"),
                             ("GET", f"/v1/records/{record}/trace")):
            expect(g.ask(method, path, Host=host), 421, "localhost")
    for path in ("/v1/status", f"/v1/records/{record}/trace"):
        expect(g.ask("GET", path, token="x" * 600), 431)
    for host in ("localhost", "LOCALHOST:1", "127.0.0.1:8055", "[::1]:8055"):
        expect(g.ask("GET", "/v1/status", Host=host), 200)


def tells_of_a_recall(net: Network, g: Gateway, record: str) -> None:
    path = f"/v1/records/{record}/trace"
    check("recall" not in expect(g.ask("GET", path), 200), "a recall that nobody made")
    net.at("F55", "recall", record, "--person", "DS One", "--reason", "a wrong name")
    told = expect(g.ask("GET", path), 200, "a wrong name")
    check_equal({one["agency"] for one in told["holders"]}, {"SWROCU", "JFC", "PND"}, "holders")


def bears_with_slow_clients(g: Gateway) -> list[Slow]:
    """They take most of the places there are, and the others are served all the while."""
    head = b"POST /v1/records HTTP/1.1\r\nHost: localhost\r\nX: "
    body = (b"POST /v1/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + g.token.encode() + b"\r\nContent-Type: application/json\r\n"
            b"Idempotency-Key: s\r\nContent-Length: 200000\r\n\r\n{")
    slow = [Slow(g, begin) for begin in [head] * 8 + [body] * 8]
    for one in slow:
        one.start()
    return slow


def outlives_a_crowd(g: Gateway) -> None:
    crowd = []
    for _ in range(100):
        s = socket.socket()
        s.setblocking(False)
        host, port = g.listen.rsplit(":", 1)
        s.connect_ex((host, int(port)))
        crowd.append(s)
    for s in crowd:
        s.close()

    def answers() -> bool:
        try:
            return g.ask("GET", "/v1/status")[0] == 200
        except ConnectionError:  # the crowd has its places still
            return False

    scene.wait("an answer after the crowd", answers)
    with open(f"/proc/{g.process.pid}/status", encoding="utf-8") as f:
        resident = int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])
    check(resident < 128 * 1024, f"the gateway holds {resident} KiB")


def holds_no_key(net: Network, g: Gateway) -> None:
    """Neither has the other's business in its memory or among its files."""
    if os.geteuid() != 0:
        return
    with open(f"/proc/{net.processes['F55'].pid}/maps", encoding="utf-8") as f:
        check(not re.search("microhttpd|gnutls", f.read()), "the node has HTTP in it")
    files = []
    for n in os.listdir(f"/proc/{g.process.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # a connection that has just ended
            files.append(os.readlink(f"/proc/{g.process.pid}/fd/{n}"))
    check(not [name for name in files if name.startswith(net.path("F55"))],
          f"the gateway has files of the home: {files}")
    for name in ("node.key", "journal.db", "keys.db", "config"):
        mode = os.stat(net.path("F55", name)).st_mode
        check(not mode & (stat.S_IRWXO | stat.S_IRWXG), f"{name} is open to others")


def speaks_on_a_unix_socket(net: Network, interface: Interface, token: str) -> None:
    path = net.path("unix")
    os.mkdir(path)
    os.chmod(path, 0o777)
    g = Gateway(net, interface, f"unix:{path}/http.sock")
    g.token = token
    g.start()
    check_equal(stat.S_IMODE(os.stat(f"{path}/http.sock").st_mode), 0o660, "the socket's mode")
    expect(g.ask("GET", "/v1/status", Host="whatever"), 200)
    expect(g.post(scene.simple_record("F55", 7), "k-7"), 201)
    done = net.run("http", "--home", net.path("F55"), "--listen", g.listen, check=False)
    check(done.returncode == 3 and "already" in done.stderr, f"a second one: {done.stderr}")
    g.process.kill()
    g.process.wait()
    g.start()  # what was left behind is replaced
    g.stop()
    check(not os.path.exists(f"{path}/http.sock"), "the socket is left behind")


def says_when_the_node_cannot(net: Network, g: Gateway, record: str) -> None:
    """Stopped, killed in the middle, asking for a second person, fenced."""
    sent = scene.simple_record("F55", 8)
    trace = f"/v1/records/{record}/trace"
    net.stop("F55")
    expect(g.post(sent, "k-8"), 503, "not running")
    expect(g.ask("GET", trace), 503)
    expect(g.ask("GET", "/v1/status"), 503)
    expect(http_people.sign_in(g, "whatever"), 503, "not running")
    expect(g.ask("DELETE", "/v1/session"), 503)
    net.start("F55")
    scene.wait("F55", lambda: g.ask("GET", "/v1/status")[0] == 200)
    expect(g.post(sent, "k-8"), 201)
    kill_in_the_middle(net, g)

    drafts.configure(net, "F55", second_person=1)
    sent = scene.simple_record("F55", 9)
    expect(g.post(sent, "k-9"), 403, "second person")
    expect(g.post(sent, "k-9", Flagpost_Released_By="DS Niche"), 201)
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "collect")
    check(any(row.get("purpose") == "DS Niche" for row in log), "who released it")

    net.stop("F55")
    os.remove(net.path("F55", "head"))
    net.start("F55")
    scene.wait("F55", lambda: g.ask("GET", "/v1/status")[0] == 200)
    expect(g.post(scene.simple_record("F55", 10), "k-10", Flagpost_Released_By="DS"), 503, "fenced")
    status = expect(g.ask("GET", "/v1/status"), 200)
    check(status["node"]["publishing"].startswith("no: "), f"{status['node']}")


def kill_in_the_middle(net: Network, g: Gateway) -> None:
    """Whatever was answered or not: sent again with its key, each record is there once."""
    sent = {f"m-{n}": scene.simple_record("F55", 100 + n) for n in range(30)}
    answered: dict[str, str] = {}
    def publish(keys: list[str]) -> None:
        for key in keys:
            code, body, _ = g.post(sent[key], key)
            if code in (200, 201):
                answered[key] = body["record"]["id"]
    keys = list(sent)
    threads = [threading.Thread(target=publish, args=(keys[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    net.stop("F55", signal.SIGKILL)
    for thread in threads:
        thread.join()
    net.start("F55")
    scene.wait("F55", lambda: g.ask("GET", "/v1/status")[0] == 200)
    for key, record in sent.items():
        code, body, _ = g.post(record, key)
        check(code in (200, 201), f"{key}: {code} {body}")
        check(answered.get(key, body["record"]["id"]) == body["record"]["id"], f"{key} twice")
        check(key not in answered or code == 200, f"{key} was answered and is lost")


def test(options: argparse.Namespace) -> None:
    if Draft202012Validator is None:
        raise Skipped("the document is checked with python3-jsonschema, which is not here")
    canaries, interface = canary.Canaries(options.seed), Interface()
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        os.chmod(net.folder, 0o755)
        os.chmod(net.path("F55"), 0o710)
        if os.geteuid() == 0:
            os.chown(net.path("F55"), 0, GATEWAY_UID)
        user = pwd.getpwuid(GATEWAY_UID).pw_name
        group = {"desk_group": drafts.GROUP} if os.geteuid() == 0 else {}
        drafts.configure(net, "F55", gateway=user, **group)
        listens_nowhere_else(net)
        g = Gateway(net, interface, f"127.0.0.1:{free_ports(1)[0]}")
        g.token = tokens_are_made_listed_and_kept_as_digests(net)
        g.start()
        try:
            run_all(net, g, canaries)
        finally:
            g.process.kill() if g.process.poll() is None else None
        interface.check_all_seen()


def run_all(net: Network, g: Gateway, canaries: canary.Canaries) -> None:
    slow = bears_with_slow_clients(g)
    only_the_gateway_speaks_for_accounts(net, g.token)
    record = publishes_once(net, g, new_token(net, "athena"))
    finds_what_the_command_line_finds(net, g)
    holds_what_a_person_has_to_grade(net, g)
    mends_what_it_is_asked_to(net, g)
    refuses_what_cannot_be_read(g, canaries)
    keeps_its_limits(g)
    wants_a_token(net, g)
    knows_its_paths_and_its_host(g, record)
    http_people.check_people(net, g, canaries, record)
    http_reads.check_reads(net, g.interface, canaries)
    tells_of_a_recall(net, g, record)
    speaks_on_a_unix_socket(net, g.interface, g.token)
    outlives_a_crowd(g)
    holds_no_key(net, g)
    says_when_the_node_cannot(net, g, record)
    for one in slow:
        one.join(timeout=3 * DEADLINE)
        check(0 < one.lasted < DEADLINE + 10, f"a slow client was borne with for {one.lasted} s")
    canary.check_files(net, canary.needles(canaries), "after it all")
    g.stop()
    with open(g.log, encoding="utf-8") as f:
        check(g.token not in f.read(), "the gateway's log has the token")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
