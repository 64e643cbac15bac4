"""Items and contents.  Every field holds its own name, so that a test can tell one from
another."""

from wire_maker.encoding import Fields, draw, epoch, num, sized


def text(number, name):
    return number, sized(number, name)


def texts(number, *values):
    return number, b"".join(sized(number, v) for v in values)


def number(n, v):
    return n, num(n, v)


def covers(*numbers):
    """A lane's epoch and size at each of them."""
    return [piece for n in numbers
            for piece in ((n, sized(n, epoch(n))), number(n + 1, 1000 + n))]


ITEMS = {
    1: ("facts", [texts(1, "#flag one", "#flag two"), texts(2, "flag one", "flag two"),
                  text(3, "crime_code"), texts(4, "offence_codes"), number(5, 7),
                  text(6, "station"), text(7, "case_reference"), text(8, "urn"),
                  number(9, 20261123), number(10, 20261100)]),
    2: ("report", [text(1, "title"), text(2, "caveat"), text(3, "contact"), number(4, 3),
                   text(5, "conditions"), text(6, "condition_reason"), text(7, "a3_usage"),
                   text(8, "risk"), text(9, "pii_decision"), number(10, 1),
                   texts(11, "type one", "type two"), texts(12, "handling_instructions"),
                   texts(13, "descriptors"), number(14, 255), number(15, 9), number(16, 1),
                   text(17, "recommendations"), number(18, 2), text(19, "original_handling"),
                   text(20, "original_marking")]),
    3: ("provenance", [text(1, "text")]),
    4: ("text", [text(1, "text"), number(2, 2)]),
    5: ("grade", [number(1, 255), number(2, 3), number(3, 5), text(4, "reason"),
                  number(5, 1), text(6, "original_grade")]),
    6: ("code", [text(1, "code"), number(2, 7)]),
    7: ("case reference", [text(1, "reference")]),
    8: ("person", [text(1, "surname"), texts(2, "given one", "given two"),
                   texts(3, "aliases"), number(4, 19700000), text(5, "gender"),
                   (6, num(6, 1) + num(6, 6)), text(7, "pnc_id"), number(8, 1),
                   text(9, "pnc_id_canonical"), text(10, "ethnicity"),
                   text(11, "biometric_reference"), number(12, 2),
                   number(13, 20100500)]),
    9: ("vehicle", [text(1, "vrm_raw"), text(2, "vrm"), number(3, 1), text(4, "description")]),
    10: ("phone", [text(1, "raw"), text(2, "e164"), number(3, 1)]),
    11: ("vessel", [text(1, "name"), text(2, "hull_id"), text(3, "mmsi"),
                    text(4, "description"), text(5, "hull_id_canonical"), number(6, 1),
                    text(7, "mmsi_canonical"), number(8, 1)]),
    12: ("address", [text(1, "text"), text(2, "postcode"), text(3, "position"),
                     text(4, "position_canonical"), number(5, 1), text(6, "postcode_canonical"),
                     number(7, 1), text(8, "country")]),
    13: ("document", [text(1, "type"), text(2, "number"), text(3, "country"),
                      text(4, "canonical"), number(5, 1)]),
    14: ("link", [number(1, 8), number(2, 255), text(3, "relation")]),
    15: ("outcome", [text(1, "F055"), (2, sized(2, draw("answered", 16))), number(3, 5),
                     number(4, 1795471200000), text(5, "person"), text(6, "reference"),
                     text(7, "reason")]),
    16: ("audit", [number(1, 1795471200000), number(2, 8), text(3, "actor"),
                   text(4, "channel"), text(5, "F055"), number(6, 1), (7, sized(7, epoch(1))),
                   number(8, 99), (9, sized(9, draw("object", 16))),
                   text(10, "justification"), texts(11, "recipients"), texts(12, "R3", "R4"),
                   text(13, "station"), (14, sized(14, draw("digest", 32))),
                   text(15, "outcome")]),
    17: ("flag", [text(1, "flag"), number(2, 7)]),
    18: ("dates", [number(1, 20261000), number(2, 20261123)]),
    19: ("threat", [text(1, "family"), text(2, "sub_type"), number(3, 9)]),
    20: ("reference", [number(1, 4), text(2, "reference"), text(3, "force")]),
    21: ("identifier", [number(1, 255), text(2, "type"), text(3, "country"), text(4, "raw"),
                        text(5, "canonical"), number(6, 1)]),
    22: ("account", [text(1, "type"), text(2, "raw"), text(3, "canonical"), number(4, 1),
                     text(5, "institution"), text(6, "country"), text(7, "description")]),
    23: ("email", [text(1, "raw"), text(2, "canonical"), number(3, 1)]),
    24: ("social", [text(1, "platform"), text(2, "raw"), text(3, "canonical"), number(4, 1)]),
    25: ("container", [text(1, "raw"), text(2, "canonical"), number(3, 1),
                       text(4, "description")]),
    26: ("organisation", [text(1, "name"), text(2, "description")]),
    27: ("event", [text(1, "type"), number(2, 20261109), text(3, "description")]),
    35: ("attachment", [text(1, "name"), text(2, "media_type"), number(3, 104857600),
                        (4, sized(4, draw("digest", 32))), (5, sized(5, draw("root", 32))),
                        number(6, 131072), text(7, "description")]),
    36: ("part", [number(1, 15), number(2, 799), text(3, "bytes"),
                  (4, sized(4, draw("path", 320)))]),
    50: ("case event", [text(1, "reference"), number(2, 9), number(3, 1795471200000),
                        text(4, "55AA"), text(5, "role"), (6, sized(6, draw("document", 16)))]),
    51: ("case decision", [text(1, "person"), text(2, "reason")]),
    52: ("case call", [text(1, "reference"), number(2, 1795471200000), text(3, "55AA")]),
    53: ("case period", [number(1, 1795384800000), number(2, 1795471200000)]),
    40: ("supersedes", [(1, sized(1, draw("older", 16))), number(2, 2), text(3, "reason"),
                        text(4, "person")]),
    41: ("lineage", [text(1, "F055"), (2, sized(2, draw("origin", 16))),
                     (3, sized(3, draw("leaf", 32))), number(4, 256),
                     (5, sized(5, bytes((0, 3, 4, 255)))), text(6, "person"),
                     text(7, "reason")]),
    42: ("proof", [text(1, "flagpost/proof/v1")]),
    43: ("recall", [(1, sized(1, draw("recalled", 16))), number(2, 3), text(3, "reason"),
                    text(4, "person"), number(5, 1795471200000)]),
    44: ("replaced", [(1, sized(1, draw("older", 16))), (2, sized(2, draw("newer", 16)))]),
    55: ("decision", [(1, sized(1, draw("decided", 16))), text(2, "IE"),
                      number(3, 1795471200000), text(4, "person"), text(5, "reason"),
                      text(6, "override_person"), text(7, "override_reason")]),
    56: ("retention", [(1, sized(1, draw("nominal", 16))), number(2, 13),
                       number(3, 1795471200000), text(4, "person"), text(5, "reason"),
                       (6, sized(6, draw("erased", 16))), number(7, 1795384800000), number(8, 4),
                       text(9, "reference"), text(10, "ynuynu")]),
    57: ("ranges", [(1, sized(1, draw("session", 16))), number(2, 7), number(3, 2),
                    *covers(4, 6, 8, 10), number(12, 100000),
                    (13, sized(13, draw("root", 32))), text(14, "ranges"), number(15, 99999),
                    (16, sized(16, draw("other root", 32))), number(17, 8), number(18, 1)]),
    58: ("difference", [text(1, "F055"), (2, sized(2, draw("differs", 16))), number(3, 4),
                        text(4, "reference")]),
    59: ("request", [number(1, 2), number(2, 3), number(3, 1795471200000),
                     (5, sized(5, draw("question", 16))), text(6, "person"), text(7, "text")]),
}

# What must stay for the item to be allowed.
SMALLEST = {1: [5], 2: [1], 3: [1], 4: [1], 5: [2, 3], 6: [1], 7: [1], 8: [1], 9: [1], 10: [1],
            11: [1], 12: [1], 13: [1], 14: [3], 15: [1, 2, 3], 16: [2, 3], 17: [1], 18: [1], 19: [1], 20: [1, 2], 21: [2, 4],
            22: [1], 23: [1], 24: [1], 25: [1], 26: [1], 27: [1], 50: [1, 2, 3], 51: [1, 2],
            52: [1, 2, 3], 53: [1, 2], 35: [1, 2, 3, 4, 5, 6], 36: [3],
            40: [1, 2, 3], 41: [1, 2, 3, 4, 5, 6, 7], 42: [1], 43: [1, 2, 3], 44: [1, 2],
            55: [1, 2, 3, 4, 5], 56: [1, 2, 3, 4], 57: [1, 2, 3, 14], 58: [1, 2, 3],
            59: [1, 2, 3, 5, 6, 7]}

# Kinds of which each field alone is enough.
ANY_FIELD = (1, 2, 8, 9, 10, 11, 12, 13, 18, 22, 23, 24, 25, 26, 27)


def item_fields(kind):
    return Fields(dict(ITEMS[kind][1]))


def item(kind, fields):
    return sized(kind, fields.bytes() if isinstance(fields, Fields) else fields)


def items(book):
    for kind, (name, _) in ITEMS.items():
        book.good(item(kind, item_fields(kind)), f"{name}: every field")
    for kind, keep in SMALLEST.items():
        fields = item_fields(kind)
        small = fields.with_(without=[n for n in fields.fields if n not in keep])
        book.good(item(kind, small), f"{ITEMS[kind][0]}: as little as is allowed")
        for n in keep:
            if len(fields.fields) == 1 or kind in ANY_FIELD:
                continue
            book.bad("value", item(kind, fields.with_(without=(n,))),
                     f"{ITEMS[kind][0]} without field {n}")
        book.bad("form", item(kind, b""), f"{ITEMS[kind][0]}: empty")
        book.bad("form", item(kind, fields) + item(kind, fields), f"{ITEMS[kind][0]}: twice")
        book.bad("form", item(kind, fields.bytes() + num(90, 1)),
                 f"{ITEMS[kind][0]} with an unknown field")
    book.bad("form", b"", "no item")
    book.bad("form", item(3, item_fields(3)) + item(4, item_fields(4)), "two items in one")
    book.bad("form", sized(63, b"x"), "an item of a kind that is not known")
    item_dates(book)
    item_rules(book)


def item_dates(book):
    fields = item_fields(8)
    for date in (19700101, 99991231, 10000, 19700100, 20230231):
        book.good(item(8, fields.with_((4, num(4, date)))), f"born {date}")
    for date, sentence in ((19701300, "month 13"), (19700132, "day 32"),
                           (19700001, "a day without a month"), (1200, "a month without a year"),
                           (1, "a day alone"), (100000000, "year 10000"),
                           (2**32 - 1, "every bit set")):
        book.bad("value", item(8, fields.with_((4, num(4, date)))), f"a date with {sentence}")


def item_rules(book):
    def bad(reason, kind, n, piece, sentence):
        book.bad(reason, item(kind, item_fields(kind).with_((n, piece))),
                 f"{ITEMS[kind][0]}: {sentence}")

    long = "x" * 257
    for kind, n in ((1, 3), (1, 6), (2, 1), (6, 1), (7, 1), (8, 1), (9, 1), (10, 2), (11, 3),
                    (12, 2), (13, 2), (14, 3), (15, 5), (16, 3), (17, 1), (19, 1), (20, 2), (21, 4),
                    (22, 2), (23, 1), (24, 2), (25, 1), (26, 1), (27, 1)):
        bad("limit", kind, n, sized(n, long), f"field {n} of 257 bytes")
        book.good(item(kind, item_fields(kind).with_((n, sized(n, long[:256])))),
                  f"{ITEMS[kind][0]}: field {n} of 256 bytes")
    for kind, n in ((1, 1), (1, 2), (1, 4), (2, 11), (2, 12), (2, 13), (8, 2), (8, 3), (16, 11), (16, 12)):
        bad("limit", kind, n, sized(n, "x") * 17, f"17 times field {n}")
        bad("limit", kind, n, sized(n, long), f"field {n} with a text of 257 bytes")
        bad("form", kind, n, sized(n, "x") + sized(n, ""), f"field {n} with an empty text")
        book.good(item(kind, item_fields(kind).with_((n, sized(n, "x") * 16))),
                  f"{ITEMS[kind][0]}: 16 times field {n}")
    bad("form", 1, 1, sized(2, "a") + sized(1, "b") + sized(2, "c"), "repeats not together")
    bad("form", 8, 6, num(6, 7), "role 7")
    bad("form", 8, 6, num(6, 1) + num(6, 0), "role 0")
    bad("limit", 8, 6, num(6, 1) * 7, "seven roles")
    bad("form", 8, 6, sized(6, b"\x01\x06"), "packed roles")
    bad("form", 8, 8, num(8, 2), "true written as 2")
    bad("form", 8, 8, num(8, 0), "false written")
    bad("form", 4, 2, num(2, 3), "basis 3")
    bad("form", 2, 4, num(4, 6), "purpose 6")
    bad("value", 2, 14, num(14, 256), "a sensitive kind that is none")
    bad("form", 2, 15, num(15, 10), "Schedule 8 paragraph 10")
    bad("form", 2, 18, num(18, 4), "original scheme 4")
    bad("form", 5, 5, num(5, 4), "original scheme 4")
    bad("form", 8, 12, num(12, 4), "basis of birth 4")
    bad("value", 19, 3, num(3, 10), "band 10")
    bad("form", 20, 1, num(1, 5), "reference type 5")
    bad("value", 21, 1, num(1, 256), "of item 256")
    bad("value", 18, 1, num(1, 20261300), "month 13")
    bad("value", 27, 2, num(2, 1), "a day alone")
    bad("value", 5, 2, num(2, 4), "source 4")
    bad("value", 5, 3, num(3, 6), "assessment 6")
    bad("value", 5, 1, num(1, 256), "of item 256")
    bad("value", 14, 1, num(1, 256), "from item 256")
    bad("value", 14, 2, num(2, 256), "to item 256")
    bad("form", 15, 3, num(3, 31), "outcome 31")
    for n, name in ((16, "deleted"), (17, "not deleted"), (18, "linked"), (19, "not linked")):
        book.good(item(15, item_fields(15).with_((3, num(3, n)))), f"outcome: {name}")
    bad("form", 15, 3, num(3, 20), "outcome 20")
    bad("value", 40, 2, num(2, 1), "version 1")
    bad("value", 40, 1, sized(1, draw("older", 15)), "a record id of 15 bytes")
    bad("value", 41, 4, num(4, 257), "257 items")
    bad("limit", 41, 5, sized(5, bytes(257)), "257 positions")
    bad("form", 43, 2, num(2, 5), "cause 5")
    bad("limit", 43, 3, sized(3, long), "field 3 of 257 bytes")
    bad("value", 44, 2, sized(2, draw("older", 16)), "in its own place")
    bad("value", 44, 2, sized(2, draw("newer", 17)), "a record id of 17 bytes")
    bad("value", 15, 1, sized(1, "f55"), "an agency in small letters")
    bad("value", 15, 2, sized(2, draw("answered", 15)), "a record id of 15 bytes")
    bad("form", 16, 2, num(2, 9), "operation 9")
    bad("limit", 16, 14, sized(14, draw("digest", 65)), "a digest of 65 bytes")
    audit = item_fields(16)
    for n, name in ((5, "agency"), (6, "lane"), (7, "epoch")):
        book.bad("value", item(16, audit.with_(without=(n,))), f"audit: an object without {name}")
    bare = audit.with_(without=(5, 6, 7, 8, 9))
    book.good(item(16, bare), "audit: without object")
    book.good(item(16, bare.with_((9, audit.fields[9]))), "audit: an object that stands in no stream")
    book.good(item(16, bare.with_((2, num(2, 15)))), "audit: refused for want of a role")
    bad("form", 16, 2, num(2, 16), "operation 16")
    for n, name in ((6, "lane"), (7, "epoch"), (8, "index")):
        book.bad("value", item(16, bare.with_((n, audit.fields[n]))),
                 f"audit: only the {name} of an object")
    bad("form", 16, 9, sized(9, bytes(16)), "an object's record id of zeros and not absent")
    bad("form", 16, 7, sized(7, bytes(12)), "an object's epoch of zeros and not absent")
    bad("value", 35, 3, num(3, 104857601), "an attachment over 100 MiB")
    for n, name in ((4, "digest"), (5, "root")):
        bad("value", 35, n, sized(n, draw(name, 31)), f"a {name} of 31 bytes")
        bad("limit", 35, n, sized(n, draw(name, 33)), f"a {name} of 33 bytes")
    bad("value", 35, 6, num(6, 65536), "parts of another size")
    bad("form", 56, 2, num(2, 14), "event 14")
    bad("value", 56, 8, num(8, 5), "group 5")
    bad("value", 56, 10, sized(10, "ynuyn"), "five answers")
    bad("limit", 56, 10, sized(10, "ynuynuy"), "seven answers")
    bad("value", 56, 10, sized(10, "ynuynx"), "an answer that is none")
    bad("form", 56, 6, sized(6, bytes(16)), "a record id of zeros and not absent")
    bad("form", 57, 3, num(3, 5), "a turn that is none")
    bad("value", 57, 3, num(3, 3), "an end with ranges")
    bad("value", 57, 19, sized(19, "x"), "an answer with a reason to stop")
    bad("value", 57, 4, sized(4, bytes(4) + bytes(range(8))), "an epoch of counter 0")
    bad("form", 57, 13, sized(13, bytes(32)), "a root of zeros and not absent")
    bad("limit", 57, 14, sized(14, bytes(32833)), "ranges of more than 32,832 bytes")
    stops = item_fields(57).with_((3, num(3, 4)), (19, sized(19, "x" * 256)), without=(14,))
    book.good(item(57, stops), "ranges: a stop with its reason")
    book.bad("value", item(57, stops.with_(without=(19,))), "ranges: a stop without a reason")
    book.bad("limit", item(57, stops.with_((19, sized(19, "x" * 257)))),
             "ranges: a reason of 257 bytes")
    book.good(item(58, item_fields(58).with_((3, num(3, 5)))), "difference: deleted")
    bad("form", 58, 3, num(3, 6), "a word that is none")
    bad("form", 59, 2, num(2, 4), "a wish that is none")
    bad("value", 59, 4, num(4, 1795471200000), "an answer with a time to answer by")
    bad("value", 59, 1, num(1, 1), "a question that answers one")
    bad("form", 59, 5, sized(5, bytes(16)), "a question of zeros and not absent")
    bad("limit", 59, 6, sized(6, "x" * 201), "a person of 201 bytes")
    bad("limit", 59, 7, sized(7, "x" * 4001), "a text of 4,001 bytes")
    asks = item_fields(59).with_((1, num(1, 1)), (4, num(4, 1795557600000)), without=(5, 6))
    book.good(item(59, asks), "request: a question")
    book.good(item(59, item_fields(59).with_((1, num(1, 3)))), "request: a refusal")
    book.bad("value", item(59, asks.with_(without=(4,))), "request: a question without its time")
    book.bad("value", item(59, asks.with_((6, sized(6, "x")))), "request: a question by a person")
    bad("value", 36, 1, num(1, 16), "attachment 17 of a record")
    bad("value", 36, 2, num(2, 800), "part 801 of an attachment")
    bad("limit", 36, 3, sized(3, "x" * 131073), "a part over 128 KiB")
    bad("limit", 36, 4, sized(4, draw("path", 321)), "a path of more than ten steps")
    for kind, n, most in ((35, 1, 120), (35, 7, 500), (50, 1, 32), (50, 4, 4), (50, 5, 40), (51, 1, 64), (51, 2, 500),
                          (52, 1, 32), (52, 3, 4),
                          (55, 4, 200), (55, 5, 200), (55, 6, 200), (55, 7, 200), (56, 4, 200),
                          (56, 5, 200), (56, 9, 64), (58, 4, 64)):
        bad("limit", kind, n, sized(n, "x" * (most + 1)), f"field {n} of {most + 1} bytes")
        book.good(item(kind, item_fields(kind).with_((n, sized(n, "x" * most)))),
                  f"{ITEMS[kind][0]}: field {n} of {most} bytes")
    bad("form", 50, 2, num(2, 11), "event 11")
    correction = item_fields(50).with_((2, num(2, 10)), (7, num(7, 1795384800000)), without=(6,))
    book.good(item(50, correction), "case event: a correction")
    book.bad("value", item(50, correction.with_((7, num(7, 2**63)))),
             "case event: reported at a time that no journal can keep")
    bad("form", 50, 6, sized(6, bytes(16)), "a document of zeros and not absent")
    bad("value", 52, 2, num(2, 2**63), "a time that no journal can keep")
    bad("form", 3, 1, sized(1, "a\0b"), "NUL in the text")
    bad("form", 3, 1, sized(1, b"\xc3("), "bad UTF-8 in the text")


def contents(book):
    def salted(i, raw):
        return sized(1, sized(1, draw(f"salt {i}", 16)) + sized(2, raw))

    facts = item(1, item_fields(1))
    book.good(salted(0, facts), "one item")
    book.good(b"".join(salted(k, item(k, item_fields(k))) for k in ITEMS), "one of each kind")
    book.good(salted(0, b"x") * 256, "256 items")
    book.good(sized(1, sized(1, bytes(16)) + sized(2, facts)), "a salt of zeros")
    book.bad("value", b"", "no items")
    book.bad("limit", salted(0, b"x") * 257, "257 items")
    book.bad("form", salted(0, facts) + sized(1, b""), "an empty salted item")
    book.bad("value", sized(1, sized(2, facts)), "no salt")
    book.bad("value", sized(1, sized(1, draw("salt", 15)) + sized(2, facts)), "a salt of 15 bytes")
    book.bad("value", sized(1, sized(1, draw("salt", 17)) + sized(2, facts)), "a salt of 17 bytes")
    book.bad("value", sized(1, sized(1, draw("salt", 16))), "a salt without item")
    book.bad("form", sized(1, sized(1, draw("salt", 16)) + sized(2, b"")), "an empty item")
    book.bad("form", sized(1, sized(2, facts) + sized(1, draw("salt", 16))), "item before salt")
    book.bad("form", salted(0, facts) + sized(2, b"x"), "an unknown field")
