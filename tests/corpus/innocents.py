"""Texts in which nobody meant a flag: prose that is on the system, texts made here, remarks."""

import csv
import gzip
import os
import random
import re

PROSE = ("/usr/share/common-licenses", "/usr/share/doc", "/usr/share/perl", "/usr/lib/python3",
         "/usr/lib/python3.11", "/usr/share/info", "/usr/share/dict")
FILES_MAX = 500
FILE_BYTES_MAX = 200_000

NAMES = ("Hollis", "Marchetti", "Okafor", "Nguy\u1ec5n", "Pellow", "Drake", "\u015e\u00earko", "Mr\u00f3wka")
PLACES = ("Poole", "Weymouth", "Dover", "Ramsgate", "Calais", "Dunkirk", "Zeebrugge", "Kimmeridge")
THINGS = ("a RHIB", "an outboard", "a white van", "two jerry cans", "a trailer", "a phone",
          "a box of life jackets", "a microscope", "the microchip", "a comic")
VERBS = ("was seen with", "bought", "left behind", "asked about", "hid", "paid for", "crashed")
BODIES = ("OIM", "the OICR", "the IMCR", "OMCR", "the ICO", "HMRC", "NCCU", "MSOICU", "the IOM",
          "MICROSOFT", "OIC", "IMCO", "the CIMOR", "ROCU", "MCRO")
TAGS = ("#12", "#crime", "#micro", "#OIC", "#OIM", "#1", "#stopthesteal", "#OCG", "#DV", "#boats",
        "#MCR", "#omicron", "#OpSpring", "#kestrels", "#CSE", "C#", "F#", "#ff0000", "#include",
        "# 4", "#", "##", "item #3", "#NoMore", "#MSOIC", "#Comic", "#MCRC", "#IMO", "#oh")
OTHER_SCRIPTS = (
    "\u041e\u043d \u0438 \u043c\u0430\u0441\u0442\u0435\u0440 \u0441\u0440\u0430\u0437\u0443 \u0443\u0448\u043b\u0438 \u0432 \u043f\u043e\u0440\u0442",
    "\u0397 \u03b2\u03ac\u03c1\u03ba\u03b1 \u03ad\u03c6\u03c5\u03b3\u03b5 \u03b1\u03c0\u03cc \u03c4\u03bf \u03bb\u03b9\u03bc\u03ac\u03bd\u03b9",
    "L'OIM et le HCR ont pr\u00e9sent\u00e9 un rapport \u00e0 Gen\u00e8ve",
    "Chi\u1ebfc thuy\u1ec1n r\u1eddi b\u1ebfn l\u00fac n\u1eeda \u0111\u00eam",
    "\u0627\u0644\u0642\u0627\u0631\u0628 \u063a\u0627\u062f\u0631 \u0627\u0644\u0645\u064a\u0646\u0627\u0621",
    "\u8239\u6df1\u591c\u79bb\u6e2f",
)


def code(chance, shape):
    """Letters for A, digits for 9."""
    return "".join(chance.choice("ABCDEFGHIJKLMNOPRSTUVWXYZ") if c == "A" else
                   chance.choice("0123456789") if c == "9" else c for c in shape)


def made(chance):
    kind = chance.randrange(12)
    name, place = chance.choice(NAMES), chance.choice(PLACES)
    if kind == 0:
        return f"{name} {chance.choice(VERBS)} {chance.choice(THINGS)} near {place}."
    if kind == 1:
        return f"Vehicle {code(chance, 'AA99 AAA')} and {code(chance, 'A9 AAA')} at {place}"
    if kind == 2:
        return f"Ref {code(chance, 'AAAAA/9999')}, phone 07700 {code(chance, '900999')}, {code(chance, 'AAAAA')}"
    if kind == 3:
        return f"{chance.choice(BODIES)} wrote to {chance.choice(BODIES)} ({chance.choice(BODIES)})."
    if kind == 4:
        return f"{chance.choice(TAGS)} {name} {chance.choice(TAGS)} {place} {chance.choice(TAGS)}"
    if kind == 5:
        return f"{name.upper()} {chance.choice(VERBS).upper()} {chance.choice(THINGS).upper()} AT {place.upper()}"
    if kind == 6:
        return f"see https://www.example.org/{code(chance, 'AAAAA')}#{code(chance, 'AAAA')} and {code(chance, 'aaa')}x@example.org"
    if kind == 7:
        return chance.choice(OTHER_SCRIPTS) + f" ({place})"
    if kind == 8:
        spelled = "-".join(code(chance, "AAAAA"))
        return f"He spelled it {spelled}, then {' '.join(code(chance, 'AAAA'))}."
    if kind == 9:
        return f"{code(chance, 'AAA')} {code(chance, 'AA')} {code(chance, 'A')} {code(chance, 'AAAAAA')} {code(chance, 'AAAA')}"
    if kind == 10:
        return f"HIN GB-{code(chance, 'AAA99999A999')} MMSI {code(chance, '999999999')} IMEI {code(chance, '999999999999999')}"
    return f"The {chance.choice(('microfilm', 'comic', 'omicron', 'mimicry', 'chrome', 'macro'))} was {code(chance, 'aaaaa')}, {chance.choice(BODIES)} said"


def read(path):
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
            return f.read(FILE_BYTES_MAX).decode("utf-8", "replace")
    except (OSError, EOFError):
        return ""


def prose_files():
    found = []
    for top in PROSE:
        for folder, folders, names in os.walk(top):
            folders.sort()
            found += [os.path.join(folder, name) for name in sorted(names)
                      if not name.endswith((".so", ".pyc", ".png", ".html.gz", ".jar"))]
    # Everywhere in the tree, the same ones each time on the same system.
    random.Random("files").shuffle(found)
    return found


def paragraphs(text):
    for part in re.split(r"\n\s*\n|(?<=[.!?])\s+(?=[A-Z])", text):
        line = " ".join(part.split())
        if 20 <= len(line) <= 600:
            yield line


def prose(half, count, flags):
    """Up to `count` pieces from half of the files: files of one half are in no other."""
    texts = []
    files = [path for i, path in enumerate(prose_files()) if i % 2 == half][:FILES_MAX]
    for path in files:
        pieces = list(paragraphs(read(path)))
        random.Random(path).shuffle(pieces)
        texts += pieces[:60]
        if len(texts) >= 2 * count:
            break
    texts = [t for t in texts if not any(flag in t.upper() for flag in flags)]
    random.Random(f"prose {half}").shuffle(texts)
    return texts[:count]


def remarks(data, half):
    """The remarks of both watch lists, every other one; None where they are not."""
    texts = []
    for name in ("watchlist_a.csv", "watchlist_b.csv"):
        path = os.path.join(data or "", name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8", newline="") as f:
            texts += [" ".join(row["remarks"].split()) for row in csv.DictReader(f)]
    texts = [t for t in texts if t]
    return texts[half::2]


def generated(seeds):
    return [made(random.Random(f"innocent {seed}")) for seed in seeds]
