"""A person reads over HTTP: what has arrived, a record, what waits.  Part of `gateway`."""

import json
import os
import pwd
import signal
import time

import canary
import drafts
import http_people
import scene
from http_scene import GATEWAY_UID, Gateway, Interface, expect, new_token
from network import free_ports
from scene import Network, check, check_equal, say
from secrecy import search_memory

AT = "JFC"
USE = ("--use", "integrity", "--purpose", "a test")
KILLS, KILLS_MAX = 4, 40
PAGE = 500  # rows of one answer


def purpose(text: str, **more: str) -> dict[str, str]:
    return {"Flagpost_Purpose": text, **more}


def begin(net: Network, interface: Interface) -> Gateway:
    os.chmod(net.path(AT), 0o710)
    if os.geteuid() == 0:
        os.chown(net.path(AT), 0, GATEWAY_UID)
    group = {"desk_group": drafts.GROUP} if os.geteuid() == 0 else {}
    drafts.configure(net, AT, gateway=pwd.getpwuid(GATEWAY_UID).pw_name, **group)
    g = Gateway(net, interface, f"127.0.0.1:{free_ports(1)[0]}", AT)
    g.start()
    return g


def no_system_reads(net: Network, g: Gateway, record: str) -> None:
    account = new_token(net, "linkage", AT)
    for method, path in (("GET", "/v1/inbox"), ("GET", "/v1/todo"),
                         ("POST", f"/v1/records/{record}/open")):
        expect(g.ask(method, path, token=account, **purpose("a test")), 403, "a system account may")
        expect(g.ask(method, path, token="", **purpose("a test")), 401)
        expect(g.ask(method, path, token="x" * 69, **purpose("a test")), 401)
        expect(g.ask(method, path, token=account, Host="evil.example", **purpose("x")), 421)
        expect(g.ask("PUT", path, token=account), 405)
        expect(g.ask(method, path, token="x" * 600), 431)


def wants_the_role(net: Network, g: Gateway, record: str) -> None:
    http_people.roles(net, "submit", AT)
    expect(g.ask("GET", "/v1/inbox"), 403, "needs the role read")
    expect(g.ask("POST", f"/v1/records/{record}/open", **purpose("a test")), 403, "needs the role read")
    expect(g.ask("GET", "/v1/todo"), 200)
    http_people.roles(net, "read", AT)


def lists_what_arrived(g: Gateway, record: str, here: list[str]) -> None:
    def ids(query: str = "") -> list[str]:
        return [row["id"] for row in expect(g.ask("GET", "/v1/inbox" + query), 200)["records"]]

    check_equal(ids(), here, "as at the command line")
    check(record in ids("?unread=yes&priority=low&from=F55"), "what nobody has opened")
    check_equal(ids("?priority=high&from=SWROCU"), [], "narrowed to nothing")
    check_equal(ids("?skip=1"), ids()[1:], "without the newest")
    for query, words in (("?priority=urgent", "high"), ("?from=NOBODY", "roster"),
                         ("?unread=no", "narrowed by"), ("?purpose=x", "narrowed by"),
                         ("?skip=-1", ""), ("?since=yesterday", ""),
                         ("?from=F55&from=JFC", "twice")):
        expect(g.ask("GET", "/v1/inbox" + query), 400, words)


def opens_for_a_purpose(net: Network, g: Gateway, record: str, canaries: canary.Canaries) -> None:
    path = f"/v1/records/{record}/open"
    for given in ({}, purpose(""), purpose("   ")):
        expect(g.ask("POST", path, **given), 400, "Flagpost-Purpose")
    expect(g.ask("POST", path, **purpose("a test", Flagpost_Class="curiosity")), 400, "safeguarding")
    expect(g.ask("POST", path, **purpose("x" * 600)), 431)
    expect(g.ask("POST", "/v1/records/xyz/open", **purpose("a test")), 400, "32 digits")
    expect(g.ask("POST", "/v1/records/" + "f" * 32 + "/open", **purpose("a test")), 404)
    expect(g.ask("GET", path), 405)
    check(not [row for row in net.at(AT, "audit", *USE)[1] if row.get("object") == record
               and row.get("operation") == "consult"], "a row of what was not opened")
    why = "to see who the boat belongs to"
    got = expect(g.ask("POST", path, **purpose(why, Flagpost_Class="safeguarding")), 200)
    check(canary.search(json.dumps(got["record"]).encode(), canary.needles(canaries)), "its text")
    check_equal((got["entry"]["id"], got["entry"]["from"]), (record, "F55"), "where it stands")
    rows = [(row["actor"].split(" ")[0], row["channel"], row["purpose"], row["outcome"])
            for row in net.at(AT, "audit", *USE)[1]
            if row.get("object") == record and row.get("operation") == "consult"]
    check_equal(rows, [(http_people.USER, "http", why, "shown")], "who read it and why, in the log")
    check_equal(got["record"], net.at("F55", "show", record, "--purpose", "a test")[1][0],
                "the record, as the command line of its publisher shows it")
    check(record not in str(expect(g.ask("GET", "/v1/inbox?unread=yes"), 200)), "it was opened")


def keeps_nothing_of_it(g: Gateway, record: str, canaries: canary.Canaries) -> None:
    """No text of the record is in any page of the gateway's after it was shown.  The way to the
    control socket, which it keeps, is the control.  A sanitizer keeps what was freed."""
    if os.geteuid() != 0 or scene.is_instrumented(g.net.binary):
        say("  SKIPPED: a look into the gateway's memory: as root, and without a sanitizer")
        return
    kept = g.net.path(AT, "control.sock")
    text = {form: field for form, field in canary.needles(canaries).items() if "password" not in field}
    expect(g.ask("POST", f"/v1/records/{record}/open", **purpose("a test")), 200)
    scene.wait("the threads of its connections to end",
               lambda: len(os.listdir(f"/proc/{g.process.pid}/task")) <= 2)
    found = set().union(*(names for _, names in search_memory(
        g.process.pid, {**text, kept.encode(): "control"})))
    check_equal(found, {"control"}, "what the gateway keeps in its memory")


def is_logged_before_it_is_shown(net: Network, g: Gateway, record: str, password: str) -> None:
    """The node is killed while it answers: what was shown is in the log (P12).  Sooner after it was
    shown and later after it was not, until there have been both."""
    shown, cut_off = [], []
    delay = 0.01
    while len(shown) + len(cut_off) < KILLS or not shown or not cut_off:
        check(len(shown) + len(cut_off) < KILLS_MAX, f"shown {shown}, cut off {cut_off}")
        why = f"reading {len(shown) + len(cut_off)}"
        process = net.processes[AT]
        pid = os.fork()
        if pid == 0:
            time.sleep(delay)
            os.kill(process.pid, signal.SIGKILL)
            os._exit(0)
        code, body, _ = g.ask("POST", f"/v1/records/{record}/open", **purpose(why))
        os.waitpid(pid, 0)
        check(code in (200, 503), f"killed while it answers: {code}")
        check("Idempotency-Key" not in body["sentence"], f"a key, which no reading has: {body}")
        (shown if code == 200 else cut_off).append(why)
        delay *= 0.5 if code == 200 else 2
        process.wait()
        net.start(AT)
        scene.wait(AT, lambda: net.at(AT, "status", check=False)[0] == 0)
        g.token = expect(http_people.sign_in(g, password), 201)["session"]["token"]
    logged = {row.get("purpose") for row in net.at(AT, "audit", *USE)[1]}
    check(set(shown) <= logged, f"shown and not in the log: {set(shown) - logged}")


def goes_on_behind_a_page(net: Network, g: Gateway) -> None:
    with open(net.path("many.json"), "w", encoding="utf-8") as f:
        json.dump([scene.simple_record("F55", 7000 + n) for n in range(PAGE + 5)], f)
    net.run("publish", "--home", net.path("F55"), net.path("many.json"))
    newest = net.at("F55", "find", scene.simple_record("F55", 7000 + PAGE + 4)["urn"])[1][0]["id"]
    scene.wait_stored(net, "F55", newest, {AT})
    first = expect(g.ask("GET", "/v1/inbox"), 200)
    check_equal((len(first["records"]), first["more"]["skip"]), (PAGE, PAGE), "a page")
    rest = expect(g.ask("GET", f"/v1/inbox?skip={first['more']['skip']}"), 200)
    check(5 <= len(rest["records"]) < PAGE and "more" not in rest, "the rest of it")


def what_is_recalled_is_not_opened(net: Network, g: Gateway, record: str) -> None:
    net.at("F55", "recall", record, "--person", "DS One", "--reason", "a wrong name")
    scene.wait("the recall", lambda: g.ask(
        "POST", f"/v1/records/{record}/open", **purpose("a test"))[0] == 403)
    todos = expect(g.ask("GET", "/v1/todo"), 200)["todos"]
    check_equal([(row["kind"], row["record"]) for row in todos if row["record"] == record],
                [("statement", record)], "what waits")


def check_reads(net: Network, interface: Interface, canaries: canary.Canaries) -> None:
    record = scene.published(net, "F55", canary.full_record(canaries, "low", 900))["id"]
    scene.wait_stored(net, "F55", record, {AT})
    g = begin(net, interface)
    password = canaries.text("a reader's password")
    here = [row["id"] for row in net.at(AT, "inbox")[1] if "id" in row]
    net.at(AT, "operator set", f"uid:{os.geteuid()}", "--roles", "audit")
    http_people.roles(net, "read", AT)
    check_equal(http_people.set_password(net, password, password, agency=AT)[0], 0, "a password")
    g.token = expect(http_people.sign_in(g, password), 201)["session"]["token"]
    no_system_reads(net, g, record)
    wants_the_role(net, g, record)
    lists_what_arrived(g, record, here)
    opens_for_a_purpose(net, g, record, canaries)
    keeps_nothing_of_it(g, record, canaries)
    is_logged_before_it_is_shown(net, g, record, password)
    goes_on_behind_a_page(net, g)
    what_is_recalled_is_not_opened(net, g, record)
    net.stop(AT)
    for method, path in (("GET", "/v1/inbox"), ("GET", "/v1/todo"),
                         ("POST", f"/v1/records/{record}/open")):
        expect(g.ask(method, path, **purpose("a test")), 503, "not running")
    net.start(AT)
    scene.wait(AT, lambda: net.at(AT, "status", check=False)[0] == 0)
    g.stop()
    with open(g.log, "rb") as f:
        check_equal(canary.search(f.read(), canary.needles(canaries)), set(), "the gateway's log")
