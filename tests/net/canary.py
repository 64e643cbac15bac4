"""Nothing that a record says is found outside the processes that may read it.

Records with a canary in every text field are published, one is refused, one goes its way as a
draft with a source, one has a file behind it, one is read, one is acknowledged; a call is
recorded and discharged.  Then every file of every node (journals with WAL and shm, head, logs,
requests, rosters), a capture of loopback and the processes' environments are searched for the
canaries, as they are and as hex, base64 and UTF-16, and for the secret bytes of the credential
files.
That the search can find is shown by canaries planted for it.
"""

import argparse
import base64
import contextlib
import glob
import json
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator

import scene
from scene import Network, Skipped, check, check_equal, say

HIGH = {"priority": "high"}  # the immediate lane


class Canaries:
    """Texts that occur nowhere else, each known by the field that it was put into."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        self.texts: dict[str, str] = {}

    def text(self, field: str) -> str:
        """Letters alone, so that a name field takes it too."""
        word = "Kanari" + "".join(self.chance.choices("bcdfghjklmnpqrstvwxz", k=14))
        self.texts[field] = word
        return word

    def digits(self, field: str, prefix: str, count: int) -> str:
        word = prefix + "".join(self.chance.choices("0123456789", k=count))
        self.texts[field] = word
        return word


def forms(secret: bytes) -> set[bytes]:
    """The ways in which bytes are commonly written down."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):  # base64 of something longer, with the secret anywhere in it
        code = base64.b64encode(b"\0" * shift + secret + b"\0" * 3)
        found.add(code[4 if shift else 0:len(code) - 8])
    return found


def needles(canaries: Canaries) -> dict[bytes, str]:
    """Every form of every canary, with the field it stands for."""
    found = {}
    for field, text in canaries.texts.items():
        for written in {text, text.upper(), text.lower()}:
            for form in forms(written.encode()):
                found[form] = field
        found[text.encode("utf-16-le")] = field
    return found


def search(data: bytes, wanted: dict[bytes, str]) -> set[str]:
    return {field for form, field in wanted.items() if form in data}


def full_record(canaries: Canaries, name: str, number: int, **fields: object) -> dict:
    """A record with a canary in every field that holds a text."""
    def c(field: str) -> str:
        return canaries.text(f"{name} {field}")

    record = scene.simple_record(
        "F55", number, handling="C", action="A3", sanitisation="S2", title=c("title"),
        conditions=c("conditions"), condition_reason=c("condition_reason"),
        a3_usage=c("a3_usage"), contact=c("contact"), caveat=c("caveat"), risk=c("risk"),
        pii_decision=c("pii_decision"), case_reference=c("case_reference"))
    record["urn"] = canaries.digits(f"{name} urn", "55-IR-2025-", 8)
    record["provenance"] = {"text": c("provenance"), "grade": "3E",
                            "grade_reason": c("provenance.grade_reason")}
    record["texts"] = [{"text": c("text"), "basis": "fact", "grade": "3E",
                        "grade_reason": c("text.grade_reason")}]
    record["persons"] = [{"surname": c("surname"), "given": [c("given")],
                          "aliases": [c("alias")], "gender": c("gender"), "roles": ["unknown"],
                          "pnc_id": c("pnc_id")}]
    record["vehicles"] = [{"vrm": c("vrm"), "description": c("vehicle")}]
    record["phones"] = [canaries.digits(f"{name} phone", "0770090", 4), c("phone")]
    record["vessels"] = [{"name": c("vessel"), "hull_id": c("hull_id"), "mmsi": c("mmsi"),
                          "description": c("vessel.description")}]
    record["addresses"] = [{"text": c("address"), "postcode": c("postcode"),
                            "position": c("position")}]
    record["documents"] = [{"type": c("document"), "number": c("document.number"),
                            "country": c("country")}]
    add_the_rest(record, c)
    return {**record, **fields}


def add_the_rest(record: dict, c: Callable[[str], str]) -> None:
    """What a national intelligence report has beside its texts, persons and vehicles."""
    record["persons"][0] |= {"ethnicity": c("ethnicity"), "biometric_reference": c("biometric")}
    record |= {
        "schedule_8": "safeguarding", "sensitive": ["ethnicity", "biometric"],
        "information_types": [c("information_type")], "recommendations": c("recommendations"),
        "handling_instructions": [c("instruction")], "descriptors": [c("descriptor")],
        "original_scheme": "4x4", "original_handling": c("original_handling"),
        "original_marking": c("original_marking"),
        "accounts": [{"type": c("account.type"), "number": c("account"),
                      "institution": c("institution"), "description": c("account.description")}],
        "emails": [c("email")],
        "social_tags": [{"platform": c("platform"), "tag": c("tag")}],
        "containers": [{"number": c("container"), "description": c("container.description")}],
        "organisations": [{"name": c("organisation"), "description": c("company")}],
        "events": [{"type": c("event"), "description": c("event.description")}],
        "threats": [{"family": c("family"), "sub_type": c("sub_type"), "band": 1}],
        "references": [{"type": "ocg", "reference": c("ocg")},
                       {"type": "requirement", "reference": c("requirement")}],
        "identifiers": [{"of": "persons[0]", "type": c("identifier.type"),
                         "raw": c("identifier"), "country": c("identifier.country")}],
        "links": [{"from": "persons[0]", "to": "events[0]", "relation": c("relation")}],
    }
    record["texts"][0] |= {"original_scheme": "5x5x5", "original_grade": c("original_grade")}


def all_files(net: Network) -> dict[str, bytes]:
    """Every regular file of the network; sockets hold nothing."""
    found = {}
    for path in glob.glob(os.path.join(glob.escape(net.folder), "**"), recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                found[os.path.relpath(path, net.folder)] = f.read()
    return found


def check_files(net: Network, wanted: dict[bytes, str], when: str) -> None:
    files = all_files(net)
    check(any(name.endswith("journal.db") for name in files), "no journal was looked at")
    for name, data in files.items():
        found = search(data, wanted)
        check(not found, f"{when}: {name} holds {sorted(found)}")
    say(f"{when}: {len(files)} files, {sum(map(len, files.values())) >> 10} KiB, none")


def check_credentials(net: Network) -> None:
    """The bytes that open a key file are in that credential file alone."""
    files = all_files(net)
    for credential in [name for name in files if name.endswith(".credential")]:
        secret = forms(files[credential])
        for name, data in files.items():
            check(name == credential or not any(form in data for form in secret),
                  f"{name} holds the bytes of {credential}")


def check_processes(net: Network, wanted: dict[bytes, str]) -> None:
    """Arguments and environment can be read by others of the same user."""
    secrets = dict(wanted)
    for name, data in all_files(net).items():
        if name.endswith(".credential"):
            secrets.update({form: name for form in forms(data)})
    for agency, process in net.processes.items():
        for part in ("cmdline", "environ"):
            try:
                with open(f"/proc/{process.pid}/{part}", "rb") as f:
                    found = search(f.read(), secrets)
            except PermissionError:
                say(f"SKIPPED in part: /proc of {agency} may not be read here, as it should be")
                continue
            check(not found, f"{agency}'s {part} holds {sorted(found)}")


def ports(net: Network) -> list[int]:
    found = []
    for agency in net.agencies:
        with open(net.path(agency, "config"), encoding="utf-8") as f:
            found.append(int(f.read().split("tcp://127.0.0.1:")[1].split()[0].strip('"')))
    return found


class Capture:
    """What goes over loopback to and from the nodes' ports."""

    def __init__(self, net: Network, path: str):
        self.ports = ports(net)
        self.path = path
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        if shutil.which("tcpdump") is None or os.geteuid() != 0:
            raise Skipped("a capture of loopback needs tcpdump and root")
        wanted = " or ".join(f"tcp port {port}" for port in self.ports)
        # To standard output: tcpdump gives up root and could not write into our folder.
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen(
                ["tcpdump", "-i", "lo", "-s", "0", "-B", "16384", "-U", "-w", "-", wanted],
                stdout=out, stderr=subprocess.PIPE, text=True)
        said = self.process.stderr.readline()
        while "listening on" not in said:
            if not said:
                raise Skipped("tcpdump may not listen on loopback here")
            said = self.process.stderr.readline()

    def plant(self, text: str) -> None:
        """Someone sends a canary in the clear: the capture has to show it."""
        with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=10) as s:
            s.sendall(text.encode())
        scene.wait("the planted canary in the capture", lambda: text.encode() in self.bytes())

    def bytes(self) -> bytes:
        with open(self.path, "rb") as f:
            return f.read()

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.communicate(timeout=30)
            self.process = None


@contextlib.contextmanager
def capture(net: Network, path: str) -> Iterator[Capture | None]:
    """None where it cannot be done; that is said."""
    c = Capture(net, path)
    try:
        try:
            c.start()
        except Skipped as why:
            say(f"SKIPPED in part: {why}")
            yield None
            return
        yield c
    finally:
        c.stop()


def check_search(net: Network, wanted: dict[bytes, str], planted: Canaries) -> None:
    """The search finds each form, in a file like the others."""
    for form in needles(planted):
        path = net.path("F55", "planted")
        with open(path, "wb") as f:
            f.write(os.urandom(1000) + form + os.urandom(1000))
        found = search(all_files(net)["F55/planted"], {**wanted, **needles(planted)})
        os.remove(path)
        check_equal(found, {"planted"}, "a planted canary was not found")


def publish_all(net: Network, canaries: Canaries, refused: Canaries) -> list[str]:
    """Two records, one a lane, are published; two are refused, each in another way."""
    records = []
    for number, more in ((1, {}), (2, HIGH)):
        record = full_record(canaries, f"record {number}", number, **more)
        place = scene.published(net, "F55", record, key=canaries.text(f"key {number}"))
        records.append(place["id"])
        scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    wrong = ({"marking": "SECRET"}, {"conditions": "", "no_intercept": False})
    for number, change in enumerate(wrong, 3):
        record = full_record(refused, f"refused {number}", number, **change)
        code, answer = net.publish("F55", record, key=refused.text(f"key {number}"))
        check_equal(code, 1, f"a record that is to be refused: {answer.get('sentence')}")
    return records


def send_a_file(net: Network, canaries: Canaries, outside: str) -> str:
    """A record with a file behind it; its file and its own copy lie outside what is searched."""
    def lies(name: str, text: str) -> str:
        with open(os.path.join(outside, name), "w", encoding="utf-8") as f:
            f.write(text)
        return os.path.join(outside, name)

    file = lies(canaries.text("record 4 attachment") + ".txt",
                "As seen: " + canaries.text("attached") + " at the quay.\n" * 2000)
    record = lies("record.json", json.dumps(scene.simple_record("F55", 20)))
    _, answers = net.at("F55", "publish", record, "--attach", file)
    place = next(row for one in answers for row in one.get("rows", [one]) if row.get("row") == "record")
    scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    out = os.path.join(outside, "out")
    scene.wait("the file at JFC", lambda: net.at("JFC", "attachment", place["id"], "1", "--out", out,
                                                 "--purpose", "check", check=False)[0] == 0)
    with open(file, "rb") as one, open(out, "rb") as other:
        check_equal(other.read(), one.read(), "the file at JFC")
    return place["id"]


def release_draft(net: Network, canaries: Canaries, source: Canaries) -> str:
    """A report goes its way through the bureau; its source stays there."""
    report = full_record(canaries, "record 3", 9)
    report["source"] = {"reference": source.text("reference"), "type": source.text("type"),
                        "officer": source.text("officer"), "raw": source.text("raw"),
                        "known_to": [source.text("known 1"), source.text("known 2")]}
    _, answers = net.at("F55", "draft", "-", text=json.dumps(report))
    draft = answers[0]["id"]
    for step in (("assess", draft), ("sanitise", draft)):
        net.at("F55", *step)
    _, answers = net.at("F55", "release", draft, "--person", canaries.text("releaser"))
    place = scene.rows({"rows": answers}, "record")[0]
    scene.wait_stored(net, "F55", place["id"], {"SWROCU", "JFC", "PND"})
    _, shown = net.at("F55", "source", draft, "--purpose", canaries.text("source purpose"))
    missing = set(source.texts) - search(json.dumps(shown).encode(), needles(source))
    check(not missing, f"the bureau itself is not shown {missing}")
    return place["id"]


def decide_a_case(net: Network, canaries: Canaries, refused: Canaries) -> None:
    """A call is recorded and discharged; another report of one is refused."""
    reference = canaries.digits("call reference", "NCCU", 14)
    options = ("--reported-at", "2026-01-05T10:00Z", "--station", "55AA", "--role")
    # A role is no name: in small letters.
    role = canaries.texts["call role"] = canaries.text("call role").lower()
    net.at("F55", "case add", reference, *options, role)
    net.at("F55", "case discharge", reference, "--person", canaries.text("call person"),
           "--reason", canaries.text("call reason"))
    _, shown = net.at("F55", "case show", reference)
    missing = [field for field, text in canaries.texts.items()
               if field.startswith("call ") and text not in json.dumps(shown)]
    check(not missing, f"the bureau itself is not shown {missing}")
    code, _ = net.at("F55", "case add", refused.digits("call reference", "NCCU", 14), *options,
                     refused.text("call role") + " 4411", check=False)
    check_equal(code, 1, "a report with an officer's number")


def check_absent(net: Network, record: str, source: Canaries) -> None:
    """Nothing of the source is in anything that another agency is shown."""
    for agency in ("SWROCU", "JFC", "PND"):
        _, shown = net.at(agency, "show", record, "--purpose", "check")
        found = search(json.dumps(shown).encode(), needles(source))
        check(not found, f"{agency} is shown {sorted(found)} of the source")


def read_and_acknowledge(net: Network, records: list[str], canaries: Canaries) -> None:
    """The control: whoever may read a record finds every canary of it."""
    shown = ""
    for record in records:
        _, answers = net.at("JFC", "show", record, "--purpose", canaries.text("purpose"))
        shown += json.dumps(answers[0], ensure_ascii=False)
    missing = [field for field, text in canaries.texts.items()
               if field.startswith("record ") and text.upper() not in shown.upper()]
    check(not missing, f"JFC was not shown {missing}")
    net.at("JFC", "acknowledge", records[0], "--person", canaries.text("person"))
    scene.wait("the acknowledgement", lambda: net.trace("F55", records[0])[1]
               .get("JFC", {}).get("person") == canaries.texts["person"])
    _, log = net.at("JFC", "audit", "--use", "integrity", "--operation", "consult", "--purpose",
                    canaries.text("audit purpose"))
    check(any(row.get("purpose") == canaries.texts["purpose"] for row in log),
          "the purpose is not in the log that may be read")


def check_refusals_logged(net: Network, refused: Canaries) -> None:
    """Of a refused record the log has the rules, and not a word of it."""
    _, log = net.at("F55", "audit", "--use", "integrity", "--operation", "refuse")
    found = [row for row in log if row.get("operation") == "refuse"]
    check(len(found) >= 2, "the refusals are not in the log")
    check(all(row["rules"] for row in found), "a refusal without its rules")
    told = search(json.dumps(found).encode(), needles(refused))
    check(not told, f"the log of a refusal holds {sorted(told)}")


def test(options: argparse.Namespace) -> None:
    canaries, refused = Canaries(options.seed), Canaries(options.seed + 1)
    planted, source = Canaries(options.seed + 2), Canaries(options.seed + 3)
    planted.text("planted")
    with scene.folder() as outside, scene.network(options.binary, scene.ONE_BUREAU) as net:
        with capture(net, os.path.join(outside, "lo.pcap")) as lo:
            records = publish_all(net, canaries, refused)
            records.append(release_draft(net, canaries, source))
            check_absent(net, records[-1], source)
            records.append(send_a_file(net, canaries, outside))
            read_and_acknowledge(net, records, canaries)
            decide_a_case(net, canaries, refused)
            check_refusals_logged(net, refused)
            if lo:
                lo.plant(planted.texts["planted"])
        wanted = {**needles(canaries), **needles(refused), **needles(source)}
        if lo:
            seen = lo.bytes()
            check(len(seen) > 20000, "the capture has not seen the records go by")
            check(not search(seen, wanted), f"on the wire: {sorted(search(seen, wanted))}")
            say(f"on the wire: {len(seen) >> 10} KiB, none")
        check_processes(net, wanted)
        check_search(net, wanted, planted)
        check_files(net, wanted, "while the nodes run")
        net.stop("JFC", signal.SIGKILL)
        check_files(net, wanted, "after one was killed")
        net.stop_all()
        check_files(net, wanted, "after they stopped")
        check_credentials(net)
    say(f"seed {options.seed}: {len(canaries.texts)} canaries of four records that were read, "
        f"{len(refused.texts)} of two that were refused, {len(source.texts)} of one source")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
