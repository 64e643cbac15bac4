"""Flags as people mistype them.  Knows nothing of the engine: its tables are written afresh."""

import random

# OIMCR is the one that is known; the others stand for what a list may hold.  KESTREL could be
# said as a word, so it is only ever meant with its "#".
ACRONYMS = ("OIMCR", "OIMCR", "OIMCR", "OIMCR", "MSHTX", "DVSAQR")
SAID = "KESTREL"
LISTED = sorted({*ACRONYMS, SAID})

# Left and right of a key, above and below it.
NEIGHBOURS = {
    "A": "QSZ", "B": "VGHN", "C": "XDFV", "D": "SERFCX", "E": "WRSD", "H": "GYUJNB",
    "I": "UOKJ", "K": "JIOLM", "L": "KOP", "M": "NJK", "O": "IPLK", "Q": "WA", "R": "ETDF",
    "S": "AWEDZX", "T": "RYFG", "V": "CFGB", "X": "ZSDC",
}
TYPED_ALIKE = {
    "O": "0", "I": "1l|!", "S": "5$"[:1], "B": "8", "Z": "2", "E": "3", "A": "4", "T": "7", "L": "1",
}
# Cyrillic, Greek and accented letters that a font draws alike.
FOREIGN = {
    "A": "АΑÀÁ", "B": "ВΒ", "C": "СϹÇĆ", "E": "ЕΕÉÈ", "H": "НΗ", "I": "ІΙÍÌ", "K": "КΚ",
    "M": "МΜ", "O": "ОΟÓÖ", "R": "ŔŘ", "S": "ЅŠ", "T": "ТΤ", "X": "ХΧ",
    "a": "аαà", "c": "сç", "e": "еé", "i": "іιí", "k": "кκ", "o": "оοö", "r": "ř", "s": "ѕš",
    "x": "хχ",
}
HIDDEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202c")
DASHES = ("-", "-", ".", "_", "\u2013", "\u2011", "/")
WORDS = ("boat", "seen", "van", "at", "the", "port", "driver", "with", "two", "men", "Kent")


def cased(chance, flag):
    return chance.choice((flag, flag, flag, flag.lower(), flag.capitalize()))


def swapped(chance, flag):
    at = chance.randrange(len(flag) - 1)
    letters = list(flag)
    letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def missing(chance, flag):
    at = chance.randrange(len(flag))
    return flag[:at] + flag[at + 1:]


def doubled(chance, flag):
    at = chance.randrange(len(flag))
    return flag[:at] + flag[at] * chance.choice((2, 2, 2, 3)) + flag[at + 1:]


def extra(chance, flag):
    at = chance.randrange(len(flag) + 1)
    return flag[:at] + chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + flag[at:]


def other(chance, flag):
    at = chance.randrange(len(flag))
    return flag[:at] + chance.choice(NEIGHBOURS[flag[at]]) + flag[at + 1:]


def alike(chance, flag, table):
    places = [i for i, letter in enumerate(flag) if letter in table]
    letters = list(flag)
    for at in chance.sample(places, chance.randrange(1, min(3, len(places)) + 1)) if places else ():
        letters[at] = chance.choice(table[letters[at]])
    return "".join(letters)


def full_width(chance, flag):
    whole = chance.random() < 0.6
    return "".join(chr(ord(letter) + 0xFEE0) if whole or chance.random() < 0.5 else letter
                   for letter in flag)


def between(chance, flag, what, everywhere):
    if everywhere:
        return what.join(flag)
    at = chance.randrange(1, len(flag))
    return flag[:at] + what + flag[at:]


# Each gives what is typed, "#" and all, and the flags that were meant.

def slip(change):
    def typed(chance, flag):
        return "#" + cased(chance, change(chance, flag)), [flag]
    return typed


def looks(table):
    def typed(chance, flag):
        return "#" + alike(chance, cased(chance, flag), table), [flag]
    return typed


def wide(chance, flag):
    return chance.choice("##\uff03") + full_width(chance, cased(chance, flag)), [flag]


def blanks(chance, flag):
    blank = chance.choice((" ", " ", "\u00a0", "  "))
    return "#" + between(chance, cased(chance, flag), blank, chance.random() < 0.4), [flag]


def dashes(chance, flag):
    dash = chance.choice(DASHES)
    return "#" + between(chance, cased(chance, flag), dash, chance.random() < 0.4), [flag]


def hidden(chance, flag):
    mark = chance.choice(HIDDEN)
    return "#" + between(chance, cased(chance, flag), mark, chance.random() < 0.3), [flag]


def punctuated(chance, flag):
    before = chance.choice(("", "", ",", ".", "(", '"', ";", ":", "-", "/", "\u201c"))
    after = chance.choice((",", ".", ";", ":", "/", "!", "?", ")", "\u201d", "..", ":-"))
    word = chance.choice(("", chance.choice(WORDS)))
    return before + "#" + cased(chance, flag) + after + word, [flag]


def glued(chance, flag):
    word = chance.choice(WORDS)
    typed = "#" + cased(chance, flag)
    if flag == SAID or chance.random() < 0.5:
        return word + typed, [flag]
    return typed + word.upper() if typed.isupper() else typed + word, [flag]


def run_together(chance, flag):
    meant = [flag] + chance.sample([f for f in LISTED if f not in (flag, SAID)],
                                   chance.choice((1, 1, 2)))
    if flag == SAID or chance.random() < 0.6:
        return "".join("#" + cased(chance, f) for f in meant), meant
    if chance.random() < 0.5:
        return "#" + "".join(meant), meant
    return "#" + chance.choice(("/", ",", "+", "&#", ";")).join(meant), meant


def no_hash(chance, flag):
    return cased(chance, flag), [flag]


def apart(chance, flag):
    return "#" + chance.choice((" ", " ", "  ", "\u00a0", "\t", ": ", "- ")) + cased(chance, flag), [flag]


def other_sign(chance, flag):
    return chance.choice(("\u00a3", "@", "~", "##", "\u266f", "\ufe5f")) + cased(chance, flag), [flag]


def two_at_once(chance, flag):
    change = chance.choice((swapped, doubled))
    typed = cased(chance, change(chance, flag))
    way = chance.randrange(6)
    if way == 0 and flag != SAID:
        return typed, [flag]
    if way == 1:
        return "# " + typed, [flag]
    if way == 2:
        return "#" + between(chance, cased(chance, missing(chance, flag)), chance.choice(HIDDEN), False), [flag]
    if way == 3:
        return "#" + alike(chance, typed.upper(), TYPED_ALIKE), [flag]
    if way == 4 and flag != SAID:
        return between(chance, flag, chance.choice("-._"), chance.random() < 0.5), [flag]
    return chance.choice(WORDS) + "#" + typed, [flag]


CLASSES = {
    "swapped": slip(swapped),
    "missing letter": slip(missing),
    "doubled letter": slip(doubled),
    "extra letter": slip(extra),
    "other letter": slip(other),
    "look-alike, typed": looks(TYPED_ALIKE),
    "look-alike, foreign": looks(FOREIGN),
    "full width": wide,
    "blanks inside": blanks,
    "hyphens, dots inside": dashes,
    "hidden inside": hidden,
    "punctuation glued": punctuated,
    "words glued": glued,
    "run together": run_together,
    "no hash": no_hash,
    "hash apart": apart,
    "other sign for hash": other_sign,
    "two at once": two_at_once,
}


def mutant(seed):
    """(class, text before, what is typed, text after, flags meant) of a seed."""
    chance = random.Random(f"mutant {seed}")
    name = list(CLASSES)[seed // 2 % len(CLASSES)]  # each half has every class
    while True:
        flag = chance.choice((*ACRONYMS, SAID))
        if flag == SAID and name in ("no hash", "other sign for hash"):
            continue
        typed, meant = CLASSES[name](chance, flag)
        # What came out right, or as another flag, is no mutant of this one.
        bare = typed.lstrip("#").upper()
        if name in ("punctuation glued", "no hash") or bare not in LISTED or typed[0] != "#":
            break
    before = " ".join(chance.choices(WORDS, k=chance.randrange(0, 6)))
    after = " ".join(chance.choices(WORDS, k=chance.randrange(0, 6)))
    # A glued word belongs to what is typed; the sentence around it keeps its blanks.
    return name, before + " " * bool(before), typed, " " * bool(after) + after, meant
