"""Whoever asks what is held of them gets all of it: each record is opened and searched.

A name in any order and dress, an identifier, a mention in a text and the name of a file are found
in what was published and what came, over more records than one slice takes;
what cannot be opened is told with its reason.  The log has the search before anything is opened,
and in place of what was searched for a digest.
"""

import argparse
import subprocess
import threading

import scene
from scene import Network, check, check_equal, say

NAMES = ["Zylq\u00f3rv", "Anton-Maria", "Bryxelhof"]  # nowhere else in any file
WHY = ("--purpose", "access request", "--reason", "SAR 2026/114")


def record(number: int, **fields: object) -> dict:
    return scene.simple_record("F55", number, persons=[], **fields)


def person(**fields: object) -> dict:
    return {"surname": NAMES[0], "given": [NAMES[1]], "roles": ["victim"], **fields}


def publish_all(net: Network) -> dict[str, str]:
    """The ids, by what is to be found of them."""
    text = [{"text": f"The lorry of {NAMES[1].lower()} ZYLQORV waits", "basis": "fact", "grade": "1A"}]
    made = {
        "person": record(1),
        "otherwise": record(2),
        "text": record(3, texts=text),
        "identifier": record(4),
        "none": record(5),
    }
    made["person"]["persons"] = [person(born="1988-03-14")]
    made["otherwise"]["persons"] = [person(born="1951-03-14", roles=["suspect"])]
    made["identifier"]["persons"] = [{"surname": "Nemo", "roles": ["witness"]}]
    made["identifier"]["documents"] = [{"type": "passport", "number": "553 201 772", "country": "GBR"}]
    return {what: scene.published(net, "F55", one)["id"] for what, one in made.items()}


def search(net: Network, agency: str, *arguments: str) -> tuple[dict[str, dict], list[dict], dict]:
    """The hits by id, the other rows, and the sum."""
    _, answers = net.at(agency, "subject", *arguments, *WHY)
    hits = {row["id"]: row for row in answers if row.get("row") == "hit"}
    return hits, [row for row in answers if row.get("row") not in ("hit", None)], answers[-1]


def check_found(net: Network, agency: str, ids: dict[str, str]) -> None:
    hits, rows, told = search(net, agency, "--name", "anton maria zylqorv", "--born", "1988-03-14")
    check_equal(set(hits), {ids["person"], ids["text"]}, f"found at {agency}")
    hit = hits[ids["person"]]
    check_equal([hit[k] for k in ("owner", "role", "how", "born", "where", "marking")],
                ["F55", "victim", "whole name", "can be", "persons", "OFFICIAL-SENSITIVE"],
                "the hit")
    check_equal(hits[ids["text"]]["how"], "name in a text", "a mention")
    check_equal(told["born_otherwise"], 1, "of the name, born another day")
    parts = [r for r in rows if r["row"] == "searched" and r["agency"] == "F55"]
    check(sum(int(r["opened"]) for r in parts) >= len(ids), f"what was searched: {parts}")
    check_equal(sum(int(r["opened"]) for r in rows if r["row"] == "searched"), told["opened"],
                "the sum of what was opened")
    check("drafts" in told["sentence"] and "owner" in told["sentence"], f"not said: {told}")
    hits, _, _ = search(net, agency, "--identifier", "passport:GBR:553201772")
    check_equal({i: h["where"] for i, h in hits.items()}, {ids["identifier"]: "documents"},
                f"the passport at {agency}")
    hits, _, told = search(net, agency, "--name", "Bryxelhof")
    check_equal((hits, told["hits"]), ({}, 0), "somebody who is nowhere")


def check_log(net: Network, before: int) -> None:
    """Each slice is a row; the names are in none, and the same search has the same digest."""
    _, log = net.at("SWROCU", "audit", "--use", "integrity", "--purpose", "test")
    rows = [row for row in log if row.get("outcome") == "searched for one person"]
    check(len(rows) > before, "the searches are not in the log")
    check(all(row["purpose"] == "access request; SAR 2026/114" and row["operation"] == "consult"
              for row in rows), f"the log says: {rows[0]}")
    check_equal(len({row["digest"] for row in rows}), 3, "three searches")
    said = str(log).lower()
    for word in ("zylq", "bryxelhof", "553201772"):
        check(word not in said, f"the log says {word}")


def check_recalled(net: Network, ids: dict[str, str]) -> None:
    """What is held and may not be opened any more is told, not passed over."""
    net.at("F55", "recall", ids["person"], "--reason", "another person is meant",
           "--person", "DS of the bureau")

    def is_told() -> bool:
        hits, rows, _ = search(net, "SWROCU", "--name", "anton maria zylqorv")
        told = {r["id"]: r["why"] for r in rows if r["row"] == "unopened"}
        return ids["person"] not in hits and "recalled" in told.get(ids["person"], "")
    scene.wait("the recalled record among those not opened", is_told)


def check_refused(net: Network) -> None:
    for arguments, code, word in ((("--born", "1988", *WHY), 2, "--name"),
                                  (("--name", "A", "--purpose", "x"), 4, "--reason"),
                                  (("--name", "A", "--reason", "x"), 4, "--purpose"),
                                  (("--name", "A", "--born", "14.3.1988", *WHY), 1, "1988-03-14"),
                                  (("--identifier", "12345", *WHY), 1, "passport:"),
                                  (("--name", "--", *WHY), 1, "letter"),
                                  (("--name", "A", "--purpose", "x" * 150, "--reason", "y" * 110),
                                   1, "254")):
        done = net.run("subject", "--home", net.path("SWROCU"), *arguments, check=False)
        check(done.returncode == code and word in done.stderr,
              f"{arguments}: exit {done.returncode}, {done.stderr}")


def check_slices(net: Network) -> None:
    """More records than a slice opens: each slice has its own row in the log."""
    many = 160
    errors: list[BaseException] = []

    def publish(first: int) -> None:
        try:
            for number in range(first, first + many // 4):
                scene.published(net, "F55", record(number))
        except BaseException as why:  # noqa: B902  told by the main thread
            errors.append(why)
    threads = [threading.Thread(target=publish, args=(1000 * k,)) for k in range(1, 5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(not errors, f"publishing: {errors}")
    _, before = net.at("F55", "audit", "--use", "integrity", "--purpose", "test")
    hits, _, told = search(net, "F55", "--name", "anton maria zylqorv")
    check(told["opened"] > many, f"opened: {told}")
    _, after = net.at("F55", "audit", "--use", "integrity", "--purpose", "test")

    def rows(log: list[dict]) -> int:
        return len([r for r in log if r.get("outcome") == "searched for one person"])
    check(rows(after) - rows(before) >= 2, "one slice was enough: the test shows nothing")
    say(f"{told['opened']} records in {rows(after) - rows(before)} slices")


def check_page(net: Network, ids: dict[str, str]) -> None:
    """For people: what stands on the screen, and no word of what the record says."""
    done = net.run("subject", "--home", net.path("F55"), "--name", "Zylqorv Anton Maria", *WHY)
    for word in (ids["otherwise"], "role: suspect", "of F55", "whole name", "Searched:", "routine"):
        check(word in done.stdout, f"not on the screen: {word}: {done.stdout}")
    check("lorry" not in done.stdout, "what a record says is on the screen")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        ids = publish_all(net)
        for place in ids.values():
            scene.wait_stored(net, "F55", place, {"SWROCU"})
        for agency in ("F55", "SWROCU"):
            check_found(net, agency, ids)
        check_log(net, 0)
        check_page(net, ids)
        check_refused(net)
        check_recalled(net, ids)
        check_slices(net)
        files = subprocess.run(["grep", "-rilE", "zylq(ó|o)rv|bryxelhof|553 ?201 ?772", net.folder],
                               capture_output=True, text=True).stdout.split()
        check_equal(files, [], "files with what was searched for")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
