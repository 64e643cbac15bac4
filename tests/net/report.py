"""A whole national intelligence report arrives as it was sent, and a person is shown all of it.

Samples with every kind of field go from a bureau to its unit.  There the JSON is the one that was
sent but for what checking adds, the screen has every word of it, dates have the parts that are
known, a grade of another scheme has been read and its original kept, and one that nobody could
read is refused until it is graded.
"""

import argparse

import scene
from scene import Network, check, check_equal, say

DERIVED = ("canonical", "valid", "flags_normalised", "e164", "list_version")
PURPOSE = "to see that it is whole"


def as_sent(value: object) -> object:
    """Without what checking adds; an e-mail address or a number alone is that text."""
    if isinstance(value, list):
        return [as_sent(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {key: as_sent(inner) for key, inner in value.items() if not key.endswith(DERIVED)}
    only = list(kept)
    return kept[only[0]] if only in (["address"], ["number"]) and len(value) > 1 else kept


def words(value: object, name: str = "") -> list[str]:
    """Every text of a record that is not one of our own words."""
    ours = ("marking", "handling", "action", "sanitisation", "priority", "purpose", "basis",
            "roles", "sensitive", "schedule_8", "born_basis", "original_scheme", "grade", "flags",
            "from", "to", "of")
    if isinstance(value, dict):
        return [w for key, inner in value.items()
                if not (key in ours or (name == "references" and key in ("type", "force")))
                for w in words(inner, key)]
    if isinstance(value, list):
        return [w for inner in value for w in words(inner, name)]
    return [value] if isinstance(value, str) else []


def chosen(start: str, number: int) -> dict:
    sample = next(s for s in scene.samples() if s["record"]["title"].startswith(start))
    return scene.record_of(sample, "F55", number)


def arrived(net: Network, record: dict) -> tuple[str, dict]:
    """The record's id and what the unit is shown of it as JSON."""
    place = scene.published(net, "F55", record)
    scene.wait_stored(net, "F55", place["id"], {"SWROCU"})
    _, answers = net.at("SWROCU", "show", place["id"], "--purpose", PURPOSE)
    return place["id"], answers[0]


def check_whole(net: Network) -> None:
    sent = {**chosen("Chandler supplies", 1), "expires_at": "2099-12-31T23:00:00Z", "retention_class": 2}
    record_id, seen = arrived(net, sent)
    check_equal(as_sent(seen), sent, "the report at the unit")
    check(seen["accounts"][0]["canonical"] == "GB82WEST12345698765432", "the account's canonical form")
    check(seen["containers"][0]["valid"], "the container's check digit")
    screen = net.run("show", "--home", net.path("SWROCU"), record_id, "--purpose", PURPOSE).stdout
    said = words(sent)
    check(len(said) > 60, f"too few words: {len(said)}")
    missing = [word for word in said if word not in screen]
    check(not missing, f"not on the screen: {missing}")
    check("retention group      2\n" in screen, "the group by which it is reviewed")
    check('persons[0] "Rocavin" buys from organisations[0] "Tern Marine"' in screen,
          "a link as a person reads it")
    say(f"{len(said)} texts sent, all of them shown")


def check_other_schemes(net: Network) -> None:
    older = {**chosen("Older report", 2), "date_of_intelligence": "2024-11", "date_created": "2025"}
    _, seen = arrived(net, older)
    check_equal((seen["date_of_intelligence"], seen["date_created"]), ("2024-11", "2025"),
                "dates of which no more is known")
    check_equal((seen["marking"], seen["handling"], seen["action"], seen["sanitisation"]),
                ("OFFICIAL-SENSITIVE", "C", "A1", "S2"), "what RESTRICTED and 4 of 5x5x5 became")
    check_equal([t["grade"] for t in seen["texts"]], ["1A", "3E"], "what B2 and D5 became")
    check_equal([t["original_grade"] for t in seen["texts"]], ["B2", "D5"], "the originals")
    check(seen["original_handling"] == "4" and seen["original_marking"] == "RESTRICTED",
          "the original handling code and marking")
    _, seen = arrived(net, chosen("Partner's report", 3))
    check_equal((seen["handling"], seen["action"], seen["texts"][0]["grade"]), ("C", "A1", "2B"),
                "what H1+H2 and X3 of 4x4 became")

    held = chosen("Older report", 4)
    held["texts"][0]["original_grade"] = "F9"
    code, answer = net.publish("F55", held)
    found = scene.rows(answer, "finding")
    check(code != 0 and ("R22", "texts[0].grade") in [(f["rule"], f["field"]) for f in found],
          f"a grade that no scheme has: {code} {found}")
    held["texts"][0]["grade"] = "2D"
    _, seen = arrived(net, held)
    check_equal((seen["texts"][0]["grade"], seen["texts"][0]["original_grade"]), ("2D", "F9"),
                "once a person has graded it")


def test(options: argparse.Namespace) -> None:
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        check_whole(net)
        check_other_schemes(net)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
