"""A person over HTTP: password, session, the roles of the control socket.  Part of `gateway`."""

import base64
import os
import re
import resource
import subprocess

import canary
import scene
from http_scene import GATEWAY_UID, Gateway, ask_by_hand, expect
from scene import Network, check, check_equal

GUESSES = 5  # of one name, within a quarter of an hour
MADE_UP = 60  # names, of which no more are looked at long before
PERSON_UID = 23050 if os.geteuid() == 0 else os.getuid()
USER, NAME = f"uid:{PERSON_UID}", str(PERSON_UID)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def sign_in(g: Gateway, password: str, name: str = NAME, **more: str) -> tuple[int, dict, dict]:
    return g.ask("POST", "/v1/session", token="", Authorization=basic(name, password), **more)


def set_password(net: Network, *typed: str, agency: str = "F55") -> tuple[int, str]:
    user = {"user": PERSON_UID, "group": GATEWAY_UID, "extra_groups": []} \
        if os.geteuid() == 0 else {}
    done = subprocess.run([net.binary, "operator", "password", "--home", net.path(agency)],
                          input="".join(line + "\n" for line in typed), text=True,
                          capture_output=True, timeout=60, cwd="/", **user)
    return done.returncode, done.stdout + done.stderr


def roles(net: Network, given: str, agency: str = "F55") -> None:
    net.at(agency, "operator set", USER, "--roles", given)


def sets_it_himself(net: Network, password: str) -> None:
    """Whoever is named, as the kernel says, and nobody for another; never on the command line."""
    code, said = set_password(net, password, password)
    check(code == 4 and "named" in said, f"a person without a role: {code} {said}")
    roles(net, "read")
    for typed, wanted, words in (((password, password + "x"), 2, "not the same"),
                                 (("short", "short"), 1, "12 to 128"), ((), 2, "two lines")):
        code, said = set_password(net, *typed)
        check(code == wanted and words in said, f"{typed}: {code} {said}")
    done = net.run("operator", "password", "secret on argv", "--home", net.path("F55"), check=False)
    check(done.returncode == 2 and "options only" in done.stderr, f"on argv: {done.stderr}")
    check_equal(set_password(net, password, password)[0], 0, "set")


def is_known_by_it(g: Gateway, password: str) -> str:
    for name, given in ((NAME, password + " "), ("nobody-here", password), (NAME, "x")):
        expect(sign_in(g, given, name), 401, "name or password is wrong")
    for wrong in ("Basic", "Basic x", "Basic " + base64.b64encode(b"no colon").decode(),
                  basic("", password), basic(NAME, ""), "Bearer " + NAME):
        expect(g.ask("POST", "/v1/session", token="", Authorization=wrong), 401, "RFC 7617")
    expect(sign_in(g, "x" * 600), 431)
    expect(sign_in(g, password, Host="evil.example"), 421)
    for method in ("GET", "PUT"):
        code, _, headers = g.ask(method, "/v1/session", token="")
        check_equal((code, headers.get("Allow")), (405, "POST, DELETE"), method)
    body = expect(sign_in(g, password), 201)
    token = body["session"]["token"]
    check(re.fullmatch(r"fps1_[0-9a-f]{64}", token), f"a token: {token!r}")
    return token


def may_what_its_role_may(net: Network, g: Gateway, token: str, record: str) -> None:
    trace = f"/v1/records/{record}/trace"
    sent = scene.simple_record("F55", 50)
    expect(g.ask("GET", "/v1/status", token=token), 200)
    expect(g.ask("GET", trace, token=token), 200)
    expect(g.post(sent, "p-1", token=token), 403, "needs the role submit")
    roles(net, "submit")  # from the next request on
    expect(g.ask("GET", trace, token=token), 403, "needs the role read")
    done = expect(g.post(sent, "p-1", token=token), 201)
    again = expect(g.post(sent, "p-1", token=token), 200)
    check_equal(again["record"]["id"], done["record"]["id"], "the same key, the same answer")
    if os.geteuid() == 0:  # what has no path has no way in with the token, either
        for verb in ("drafts", "audit", "operator-password", "draft", "source", "redact"):
            said = ask_by_hand(net, GATEWAY_UID, verb, f"token={token}", "password=" + "x" * 20)
            check(b"a person may publish" in said, f"{verb} with a session: {said}")
        said = ask_by_hand(net, 0, "status", f"token={token}")
        check(b"only the gateway" in said, f"a session from elsewhere: {said}")
        said = ask_by_hand(net, 0, "session", f"user={NAME}", "password=x")
        check(b"only the gateway" in said, f"guessing from elsewhere: {said}")


def ends(net: Network, g: Gateway, token: str, password: str) -> None:
    """By signing out, by another password, by losing every role."""
    expect(g.ask("DELETE", "/v1/session"), 403, "system account")
    expect(g.ask("DELETE", "/v1/session", token=""), 401)
    expect(g.ask("DELETE", "/v1/session", token="x" * 600), 431)
    expect(g.ask("DELETE", "/v1/session", token=token, Host="evil.example"), 421)
    expect(g.ask("DELETE", "/v1/session", token=token), 200, "signed out")
    expect(g.ask("DELETE", "/v1/session", token=token), 401, "over")
    expect(g.ask("GET", "/v1/status", token=token), 401, "over")
    second = expect(sign_in(g, password), 201)["session"]["token"]
    other = password + " and another"
    check_equal(set_password(net, other, other)[0], 0, "another password")
    expect(g.ask("GET", "/v1/status", token=second), 401, "over")
    expect(sign_in(g, password), 401)
    third = expect(sign_in(g, other), 201)["session"]["token"]
    net.at("F55", "operator remove", USER)
    expect(g.ask("GET", "/v1/status", token=third), 401, "over")
    expect(sign_in(g, other), 401)
    roles(net, "read")  # named again, it has no password
    expect(sign_in(g, other), 401)
    check_equal(set_password(net, password, password)[0], 0, "set again")


def lacks_memory(net: Network, g: Gateway, password: str) -> None:
    """A node that cannot look at a password says so, and counts no try, however often."""
    node = net.processes["F55"].pid
    with open(f"/proc/{node}/statm", encoding="ascii") as f:
        used = int(f.read().split()[0]) * resource.getpagesize()
    before = resource.prlimit(node, resource.RLIMIT_AS, (used + (16 << 20), resource.RLIM_INFINITY))
    for _ in range(GUESSES + 1):
        for name in (NAME, "nobody-here"):
            expect(sign_in(g, password, name), 503, "too little memory to look at a password")
    resource.prlimit(node, resource.RLIMIT_AS, before)
    expect(sign_in(g, password), 201)


def keeps_nobody_out(g: Gateway, password: str) -> None:
    """Who makes names up until no more of them are looked at keeps out nobody who is known,
    and is told the same of a known one."""
    for _ in range(3):  # a minute may end in between
        for n in range(MADE_UP):
            if sign_in(g, "x", f"made-up-{n}")[0] == 429:
                break
        told = [sign_in(g, given)[0] for given in (password, password + "x", password)]
        if sign_in(g, "x", "made-up-at-last")[0] == 429:
            check_equal(told, [201, 429, 201], "known, wrong, known")
            return
    check(False, "made-up names are not used up")


def is_not_guessed(g: Gateway, password: str) -> None:
    """After some wrong ones not even the right one is looked at; of a name that is not here
    the same is told."""
    codes = [sign_in(g, f"a wrong one {n}", "nobody-at-all")[0] for n in range(GUESSES + 1)]
    check(codes[-1] == 429 and set(codes) == {401, 429}, f"of a name that is not here: {codes}")
    keeps_nobody_out(g, password)
    codes = [sign_in(g, f"a wrong one {n}")[0] for n in range(GUESSES + 1)]
    check(codes[-1] == 429 and set(codes) <= {401, 429}, f"of a known name: {codes}")
    expect(sign_in(g, password), 429, "wait")


def stands_in_the_log(net: Network, token: str, password: str) -> None:
    net.at("F55", "operator remove", USER)
    _, log = net.at("F55", "audit", "--use", "integrity", "--purpose", "a test")
    mine = [row for row in log if row.get("actor", "").split(" ")[0] == USER
            and row["channel"] == "http"]
    told = {(row["operation"], row["outcome"]) for row in mine}
    for wanted in (("install", "signs in over HTTP"), ("install", "signs out"),
                   ("deny", "not permitted: publish needs the role submit")):
        check(wanted in told, f"{wanted} is not in {told}")
    check("collect" in {row["operation"] for row in mine}, f"what was handed in: {told}")
    refused = [row["outcome"] for row in log if row.get("operation") == "deny"]
    check(any(f"wrong password for {USER}" in one for one in refused), f"{refused}")
    check("nobody-at-all" not in str(log), "what was typed for a name is in the log")
    wanted = {form: "a password or a session" for secret in (password, token, token[5:])
              for form in canary.forms(secret.encode())}
    wanted |= {form: "a session's bytes" for form in canary.forms(bytes.fromhex(token[5:]))}
    canary.check_files(net, wanted, "with people signed in")


def check_people(net: Network, g: Gateway, canaries: canary.Canaries, record: str) -> None:
    password = canaries.text("a password")
    sets_it_himself(net, password)
    token = is_known_by_it(g, password)
    may_what_its_role_may(net, g, token, record)
    ends(net, g, token, password)
    if not scene.is_instrumented(net.binary):  # a sanitizer reserves all there is
        lacks_memory(net, g, password)
    is_not_guessed(g, password)
    stands_in_the_log(net, token, password)
