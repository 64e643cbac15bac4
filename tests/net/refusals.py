"""What is not right is refused with a sentence, an exit code and no other effect.

Commands that cannot be answered, keys and documents that are not right, and a journal that
has lost its end: the node then says what is missing and publishes nothing until a new epoch
is declared, after which nothing is lost and nothing is shown twice.
"""

import argparse
import os
import shutil
import signal

import scene
from scene import Network, check, check_equal, say

REFUSED, UNREACHABLE, FORBIDDEN, DAMAGED = 1, 3, 4, 5
EVERYONE = {"SWROCU", "JFC", "PND"}


def expect(net: Network, code: int, says: str, *arguments: str, text: str | None = None) -> str:
    """Runs flagpost, which has to end with this code and this sentence."""
    done = net.run(*arguments, check=False, text=text)
    told = done.stdout + done.stderr
    what = f"flagpost {' '.join(a for a in arguments if not a.startswith(net.folder))}"
    check_equal(done.returncode, code, f"{what}: {told.strip()!r}; exit code")
    check(says in told, f"{what}: does not say {says!r}: {told.strip()!r}")
    return told


def node_options(net: Network, agency: str, credential: str | None = None) -> list[str]:
    return ["--home", net.path(agency), "--credential",
            net.path((credential or agency) + ".credential")]


def test_second_daemon(net: Network) -> None:
    expect(net, UNREACHABLE, "another flagpost is running on this home", "run",
           *node_options(net, "F55"))
    check_equal(net.at("F55", "status", check=False)[0], 0, "the first one goes on")


def test_commands(net: Network, record: str) -> None:
    """Reading needs a purpose, an id that is known, and a node."""
    home = ["--home", net.path("JFC")]
    shown = expect(net, FORBIDDEN, "say why you read it", "show", record, *home)
    check("texts" not in shown and "Kimmeridge" not in shown, "content without a purpose")
    expect(net, UNREACHABLE, "no record here has an id that begins with ffffffff", "show",
           "ffffffff", *home, "--purpose", "a test")
    expect(net, UNREACHABLE, "no record here has an id", "trace", "ffffffff", *home)
    expect(net, UNREACHABLE, "no record here has an id", "acknowledge", "ffffffff", *home,
           "--person", "Desk")
    expect(net, 2, "names a person", "acknowledge", record, *home)
    expect(net, REFUSED, "this node may publish", "new-epoch", *home)
    expect(net, 0, record, "trace", record.upper(), *home)
    expect(net, UNREACHABLE, "there is no such file", "proof", "verify", net.path("none"),
           "--root", net.path("roots", "root"))
    expect(net, UNREACHABLE, "that is a folder", "proof", "verify", net.path("none"),
           "--root", net.path("roots"))
    expect(net, UNREACHABLE, "no configuration here", "status", "--home", net.path("roots"))
    expect(net, 2, "taken as the name of the copy", "check", "--fix", "x.json", *home)
    expect(net, 2, "say why it is corrected", "supersede", record, "none.json", *home)


def written(net: Network, name: str, text: str) -> str:
    with open(net.path(name), "w", encoding="utf-8") as f:
        f.write(text)
    return name


def test_ceremony(net: Network) -> None:
    """Where rosters and lists are made there is no node to ask: what is missing is told at once,
    a file that is another one by what was wanted, and a list's wrong line by its number."""
    for command, lacks in (
            ("add", ("--root FILE (root document)", "--out FILE", "the requests")),
            ("add --root roots/root", ("--out FILE", "the requests")),
            ("access", ("--root FILE", "--from FILE", "--out FILE", "yes or no")),
            ("lists --out x", ("--root FILE", "one list")), ("sign x", ("--root FILE", "--key FILE")),
            ("revoke F55", ("--root FILE", "--from FILE", "--out FILE", "--nothing-good")),
            ("show x", ("--root FILE",)), ("root-new", ("folder",)), ("place F55", ("--out FILE", "LANE=SIZE"))):
        told = expect(net, 2, "give", "roster", *command.split())
        check(all(one in told for one in lacks), f"roster {command}: {told}")
    request, root = net.path("F55", "request"), net.path("roots", "root")
    for code, says, command in (
            (2, "from 1 to 3650", f"add --root roots/root --out x --days 0 {request}"),
            (2, "at most as many as --keys", "root-new --threshold 4 x"),
            (UNREACHABLE, "there is no such file", f"add --root none --out x {request}"),
            (REFUSED, "no root document", f"add --root {request} --out x {request}"),
            (UNREACHABLE, "there is no such file", "add --root roots/root --out x none"),
            (REFUSED, "no enrolment request", f"add --root roots/root --out x {root}"),
            (REFUSED, "came before", f"add --root roots/root --out x {request} {request}"),
            (UNREACHABLE, "there is no such file", f"add --root roots/root --from none --out x {request}"),
            (REFUSED, "the document in force", f"add --root roots/root --from {request} --out x {request}"),
            (REFUSED, "does not list that agency", "access --root roots/root --from roster --out x NOBODY yes"),
            (REFUSED, "no root key file", f"sign --root roots/root --key {request} roster")):
        expect(net, code, says, "roster", *command.split(), "--credential", net.credential("roots"))
    listed = net.at("F55", "roster show")[1]
    taken = next(row["endpoint"] for row in listed if row.get("agency") == "F55")
    net.run("init", "--home", "twin", "--root", "roots/root", "--credential", net.credential("twin"),
            "--agency", "F56", "--name", "Twin", "--kind", "fib", "--force", "56", "--listen", taken)
    expect(net, REFUSED, "F55 and F56 have the same endpoint", "roster", "add", "--root", "roots/root",
           "--out", "x", request, "twin/request")
    changed = written(net, "request-changed", open(request, encoding="utf-8").read().replace("F55", "F56", 1))
    expect(net, REFUSED, "changed on its way", "roster", "add", "--root", "roots/root", "--out", "x", changed)

    head = "# Flags first.\n\nflag OIMCR\n"
    for text, line, says in (
            ("", None, "no line at all"), (head + "flg OTHER\n", 4, "has not the form"),
            (head + "code A-1 OTHER 2025-05-16T00:00:00Z - x\nflag OTHER\n", 4, "no line before it"),
            (head + "\noffence IM71142 g Title\noffence IM71142 g Title\n", 6, "another line has"),
            (head + "code A-1 OIMCR 16/05/2025 - x\n", 4, "has not the form")):
        told = expect(net, REFUSED, says, "roster", "lists", "--root", "roots/root", "--out", "x",
                      written(net, "list", text))
        check(line is None or f"list, line {line}" in told, f"{text!r}: {told}")
    check(not os.path.exists(net.path("x")), "something was written")


def test_typed_wrong(net: Network) -> None:
    """The beginning of an option is not the option; what was probably meant is named."""
    home = ["--home", net.path("JFC")]
    expect(net, 2, "did you mean --purpose?", "show", "ffff", "--purp", "x", *home)
    expect(net, 2, "did you mean --purpose?", "show", "ffff", "--purp=x", *home)
    expect(net, 2, "did you mean --purpose?", "show", "ffff", "--pupose", "x", *home)
    expect(net, 2, "there is no such option", "show", "ffff", "-x", *home)
    expect(net, 2, "did you mean `flagpost check`?", "chekc")
    expect(net, 2, "did you mean `flagpost roster sign`?", "roster", "sing")
    told = expect(net, 2, "flagpost help", "quite-another")
    check(len(told.splitlines()) < 4, f"an unknown command is told at length: {told}")
    for words in (("help", "check"), ("check", "-h"), ("check", "--help")):
        expect(net, 0, "usage: flagpost check ", *words)
    expect(net, 0, "roster sign", "help", "roster")
    expect(net, 0, "publish", "-h")


def test_stopped_node(net: Network) -> None:
    """Nobody answers, and a key file opens to its own credential alone."""
    net.stop("SWROCU")
    for command in (["publish", "-"], ["inbox"], ["status"]):
        expect(net, UNREACHABLE, "the node is not running: start it with `flagpost run`",
               *command, "--home", net.path("SWROCU"), text="{}")
    expect(net, FORBIDDEN, "does not open it", "run", *node_options(net, "SWROCU", "F55"))
    short = net.path("short.credential")
    with open(os.open(short, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as f:
        f.write(b"0123456789")
    expect(net, FORBIDDEN, "exactly 32 random bytes", "run", *node_options(net, "SWROCU", "short"))
    os.chmod(net.path("SWROCU.credential"), 0o644)
    expect(net, FORBIDDEN, "others may read it", "run", *node_options(net, "SWROCU"))
    os.chmod(net.path("SWROCU.credential"), 0o600)
    expect(net, FORBIDDEN, "there is no such credential file", "run",
           *node_options(net, "SWROCU", "none"))
    restart(net, "SWROCU")


def restart(net: Network, agency: str) -> None:
    net.start(agency)
    scene.wait(f"{agency} to answer", lambda: net.at(agency, "status", check=False)[0] == 0)


def sign(net: Network, roots: str, document: str, *keys: int) -> None:
    for key in keys:
        net.run("roster", "sign", "--root", f"{roots}/root", "--key", f"{roots}/root-{key}.key",
                "--credential", net.credential("roots"), document)


def make_roster(net: Network, roots: str, document: str, *start: str) -> None:
    """The next roster, unsigned, with the agencies that are listed already."""
    net.run("roster", "add", "--root", f"{roots}/root", *start, "--out", document,
            *[net.path(agency, "request") for agency in net.agencies])


def test_documents(net: Network) -> None:
    """Rosters: too few signatures, an older one, the same, one that skips, another realm's."""
    install = ["roster", "install", *node_options(net, "F55")]
    make_roster(net, "roots", "roster-2", "--from", "roster")
    shutil.copy(net.path("roster-2"), net.path("roster-2-one"))
    sign(net, "roots", "roster-2-one", 1)
    expect(net, REFUSED, "too few root keys have signed it", *install, "roster-2-one")
    sign(net, "roots", "roster-2", 1, 3)
    expect(net, REFUSED, "nothing was written", "roster", "add", "--root", "roots/root", "--out",
           "roster-2", net.path("F55", "request"))
    make_roster(net, "roots", "roster-3", "--from", "roster-2")
    sign(net, "roots", "roster-3", 1, 2)
    expect(net, REFUSED, "versions are installed one after the other", *install, "roster-3")
    test_joiner(net)
    expect(net, 0, "installed and in force", *install, "roster-2")
    expect(net, REFUSED, "that one is in force already", *install, "roster-2")
    expect(net, REFUSED, "older than the one in force", *install, "roster")
    damage(net, "roster-3", "roster-3-bad")
    expect(net, REFUSED, "", *install, "roster-3-bad")
    expect(net, REFUSED, "no signed roster, code list or root document", *install,
           "F55/config")
    net.run("roster", "root-new", "others", "--credential", net.credential("roots"))
    foreign = net.run("roster", "add", "--root", "others/root", "--out", "foreign",
                      net.path("F55", "request"), check=False)
    check_equal(foreign.returncode, REFUSED, "a request of another realm in a roster")
    test_foreign_roster(net, install)
    node = scene.rows_at(net, "F55", "status", "node")[0]
    check_equal(node["roster"], "2", "the roster in force after all of it")


def test_joiner(net: Network) -> None:
    """An agency that joins needs the rosters under which others have published before."""
    net.run("init", "--home", net.path("late"), "--root", "roots/root", "--credential",
            net.credential("late"), "--agency", "F54", "--name", "A later bureau", "--kind",
            "fib", "--force", "54", "--region", "SWROCU", "--listen", "tcp://127.0.0.1:9")
    install = ["roster", "install", "--home", net.path("late"), "--credential",
               net.path("late.credential")]
    expect(net, REFUSED, "install version 1 first", *install, "roster-2")
    expect(net, 0, "installed", *install, "roster")
    expect(net, 0, "installed", *install, "roster-2")


def damage(net: Network, path: str, to: str) -> None:
    """An agency has another name than the one that was signed for."""
    with open(net.path(path), encoding="utf-8") as f:
        text = f.read()
    check("Dorset" in text, "the roster does not name Dorset")
    with open(net.path(to), "w", encoding="utf-8") as f:
        f.write(text.replace("Dorset", "Dorzet", 1))


def test_foreign_roster(net: Network, install: list[str]) -> None:
    """A whole and well-signed roster, under the root keys of another deployment."""
    net.run("init", "--home", net.path("X55"), "--root", "others/root", "--credential",
            net.credential("X55"), "--agency", "F55", "--name", "Another Dorset", "--kind",
            "fib", "--force", "55", "--region", "SWROCU", "--listen", "tcp://127.0.0.1:9")
    net.run("roster", "add", "--root", "others/root", "--out", "foreign",
            net.path("X55", "request"))
    sign(net, "others", "foreign", 1, 2)
    code, answers = net.at("F55", "roster install", "--credential",
                           net.path("F55.credential"), "foreign", check=False)
    check_equal(code, REFUSED, f"a roster of another realm: {answers}")


def publish_alone(net: Network, numbers: range) -> list[str]:
    """Records that are durable at F55 and at nobody else: the others are stopped."""
    for agency in EVERYONE:
        net.stop(agency)
    return [scene.published(net, "F55", scene.simple_record("F55", n))["id"] for n in numbers]


def check_fenced(net: Network, event: str) -> None:
    """It runs, says what is missing, and publishes nothing."""
    check(f"event={event}" in scene.log_text(net, "F55"), f"the log has no {event}")
    node = scene.rows_at(net, "F55", "status", "node")[0]
    check(node["publishing"].startswith("no: the journal must be recovered"), str(node))
    code, answer = net.publish("F55", scene.simple_record("F55", 999))
    check_equal(code, DAMAGED, "publishing with a journal that lost its end")
    check("this node may not publish" in answer["sentence"], str(answer))


def check_delivered_once(net: Network, records: list[str]) -> None:
    for agency in EVERYONE:
        scene.wait(f"{agency} to hold {len(records)} records",
                   lambda: set(records) <= set(scene.held(net, agency)))
        _, inbox = net.at(agency, "inbox")
        shown = [row["id"] for row in inbox if row.get("state") == "held"]
        check_equal(sorted(set(shown)), sorted(shown), f"{agency} is shown a record twice")


def test_isolated(net: Network, delivered: list[str]) -> None:
    """Killed while nobody answers, its guard and journal of one mind: it publishes on, alone."""
    before = publish_alone(net, range(300, 303))
    net.stop("F55", signal.SIGKILL)
    restart(net, "F55")
    last = scene.published(net, "F55", scene.simple_record("F55", 303))
    check_equal(int(last["index"]), len(delivered) + len(before), f"the place then: {last}")
    for agency in EVERYONE:
        restart(net, agency)
    wait_all(net, last["id"])
    check_delivered_once(net, [*delivered, *before, last["id"]])
    say(f"isolated: {len(before) + 1} records published alone, over a kill")


def test_lost_wal(net: Network, delivered: list[str]) -> None:
    """The WAL is gone after a crash: the journal is older than its guard says."""
    path = net.path("F55", "journal.db-wal")
    scene.wait("F55 to have moved its WAL into the journal", lambda: os.path.getsize(path) == 0)
    undelivered = publish_alone(net, range(100, 104))
    net.stop("F55", signal.SIGKILL)
    check(os.path.getsize(path) > 0, "there is no WAL to be lost")
    os.remove(path)
    restart(net, "F55")
    for agency in EVERYONE:
        restart(net, agency)
    check_fenced(net, "journal.behind_guard")
    expect(net, 0, "a new epoch has begun", "new-epoch", "--home", net.path("F55"))
    after = scene.published(net, "F55", scene.simple_record("F55", 110))["id"]
    wait_all(net, after)
    kept = [r for r in undelivered if is_known(net, "F55", r)]
    check_delivered_once(net, [*delivered, *kept, after])
    say(f"lost WAL: {len(undelivered) - len(kept)} of {len(undelivered)} records were in it")


def test_reissue(net: Network, delivered: list[str]) -> None:
    """The guard is gone, the journal is whole: what nobody has yet is issued again."""
    undelivered = publish_alone(net, range(200, 205))
    net.stop("F55", signal.SIGKILL)
    os.remove(net.path("F55", "head"))
    restart(net, "F55")
    check_fenced(net, "guard.missing")
    expect(net, 0, "a new epoch has begun", "new-epoch", "--home", net.path("F55"))
    for agency in EVERYONE:
        restart(net, agency)
    after = scene.published(net, "F55", scene.simple_record("F55", 210))["id"]
    wait_all(net, after)
    check_delivered_once(net, [*delivered, *undelivered, after])
    net.stop("F55", signal.SIGKILL)
    restart(net, "F55")
    last = scene.published(net, "F55", scene.simple_record("F55", 211))["id"]
    wait_all(net, last)
    say(f"new epoch: {len(undelivered)} records issued again, each shown once")


def test_lost_journal(net: Network) -> None:
    """The whole journal is gone: there is no roster either, and the node does not start."""
    net.stop("F55", signal.SIGKILL)
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        if os.path.exists(net.path("F55", name)):
            os.remove(net.path("F55", name))
    expect(net, UNREACHABLE, "none is installed that lists this agency", "run",
           *node_options(net, "F55"))
    for document in ("roster", "roster-2", "lists"):
        net.run("roster", "install", *node_options(net, "F55"), document)
    restart(net, "F55")
    check_fenced(net, "journal.behind_guard")


def is_known(net: Network, agency: str, record: str) -> bool:
    return net.at(agency, "trace", record, check=False)[0] == 0


def wait_all(net: Network, record: str) -> None:
    scene.wait_stored(net, "F55", record, EVERYONE)


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        first = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        wait_all(net, first)
        test_second_daemon(net)
        test_commands(net, first)
        test_typed_wrong(net)
        test_ceremony(net)
        test_stopped_node(net)
        test_documents(net)
        test_isolated(net, [first])
        test_lost_wal(net, [first])
        test_reissue(net, [first])
        for agency in net.agencies:
            scene.verify(net, agency)
        test_lost_journal(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
