"""Entry headers."""

from wire_maker.encoding import Fields, bad_forms, draw, epoch, num, sized

AGENCIES = [f"F{i:03d}" for i in range(128)]


def recipient(agency, kx_id=1):
    return sized(25, sized(1, agency) + num(2, kx_id))


def recipients(count):
    return b"".join(recipient(AGENCIES[i], i + 1) for i in range(count))


def wraps(count):
    return sized(31, draw("wraps", 32 * count))


def parent(agency, name):
    return sized(28, sized(1, agency) + sized(2, draw(name, 16)))


def parents(count):
    return b"".join(parent(AGENCIES[i], f"parent {i}") for i in range(count))


STATEMENT = Fields({1: sized(1, epoch(1, "old")), 2: num(2, 77),
                    3: sized(3, draw("old root", 32)), 4: num(4, 1)})


ABOUT = Fields({1: sized(1, "F001"), 2: num(2, 2), 3: sized(3, epoch(1, "about")),
                4: num(4, 12), 5: sized(5, draw("about", 32))})


def about(*changes, without=()):
    return sized(27, ABOUT.with_(*changes, without=without).bytes())


def rewrap_header():
    return header().with_((9, num(9, 6)), (27, about()), without=(10, 11, 14, 19, 20, 21, 22))


ROUTE = Fields({1: sized(1, "OIMCR"), 2: sized(2, "FICT-OIM-01"), 3: num(3, 2), 4: num(4, 3),
                5: num(5, 1)})


def header(count=2):
    return Fields({
        1: num(1, 1), 2: sized(2, draw("realm", 32)), 3: sized(3, "F000"), 4: num(4, 2),
        5: sized(5, epoch(1)), 6: num(6, 1000), 7: sized(7, draw("id", 16)),
        8: num(8, 1795471200000), 9: num(9, 1), 10: num(10, 2), 11: num(11, 1), 14: num(14, 2),
        17: num(17, 3), 19: sized(19, draw("content root", 32)), 20: num(20, 5),
        21: num(21, 900), 22: sized(22, draw("nonce", 24)), 23: num(23, 990),
        24: sized(24, draw("group key", 32)), 25: recipients(count),
        30: sized(30, draw("ciphertext hash", 32)), 31: wraps(count)})


def statement_header():
    return header().with_(
        (3, sized(3, "F055")), (5, sized(5, epoch(2))), (9, num(9, 5)),
        (26, sized(26, STATEMENT.bytes())),
        without=(6, 19, 20, 21, 22, 23, 24, 25, 31))


def good_headers(book):
    h = header()
    for count in (1, 2, 3, 4, 8, 16, 32, 63, 64, 128):
        book.good(header(count).bytes(), f"{count} recipients" if count > 1 else "1 recipient")
    full = h.with_((11, num(11, 2)), (12, num(12, 3)), (13, num(13, 2)), (15, num(15, 4)),
                   (16, num(16, 1800000000000)), (18, sized(18, draw("previous", 16))))
    book.good(full.bytes(), "every field but the statement")
    book.good(h.with_((6, num(6, 2**64 - 1)), (8, num(8, 2**64 - 1)),
                      (16, num(16, 2**64 - 1)), (17, num(17, 2**32 - 1)),
                      (20, num(20, 256)), (21, num(21, 163856)),
                      (23, num(23, 2**64 - 512))).bytes(), "every number at its largest")
    book.good(h.with_((10, num(10, 1)), (14, num(14, 1)), (17, num(17, 1)), (20, num(20, 1)),
                      (21, num(21, 17)), without=(6, 8, 23)).bytes(),
              "every number at its smallest")
    book.good(h.with_((3, sized(3, "A-234567890-2345")),
                      (25, recipient("A") + recipient("A-234567890-2345", 2**32 - 1))).bytes(),
              "agency ids of 1 and 16 characters")
    book.good(h.with_((9, num(9, 2)), without=(11, 14)).bytes(), "an outcome, without codes")
    book.good(h.with_((4, num(4, 1)), (9, num(9, 3)),
                      (18, sized(18, draw("recalled", 16)))).bytes(), "a recall")
    book.good(h.with_((9, num(9, 8)), (18, sized(18, draw("record", 16)))).bytes(),
              "a part of an attachment")
    book.good(header(1).with_((4, num(4, 3)), (9, num(9, 4))).bytes(), "an audit entry")
    book.good(header(1).with_((4, num(4, 3)), (9, num(9, 10))).bytes(), "an obligation's events")
    book.good(h.with_((9, num(9, 9))).bytes(), "a list of calls")
    book.good(header(1).with_((4, num(4, 3)), (9, num(9, 11))).bytes(), "a decision")
    book.good(header(1).with_((4, num(4, 3)), (9, num(9, 12))).bytes(), "a retention event")
    book.good(h.with_((9, num(9, 13))).bytes(), "a question of a reconciliation")
    asks = h.with_((9, num(9, 14)), (18, sized(18, draw("asked about", 16))), (27, about()))
    book.good(asks.bytes(), "a question to a record's owner")
    book.good(rewrap_header().bytes(), "a rewrap")
    book.good(rewrap_header().with_((10, num(10, 2)), (27, about(without=(4,)))).bytes(),
              "a rewrap with a marking, of index 0")
    book.good(h.with_((9, num(9, 2)), (27, about()), without=(11, 14)).bytes(),
              "an outcome about what does not open")
    good_routes(book, full)
    book.good(h.with_((9, num(9, 7)), (18, sized(18, draw("replaced", 16)))).bytes(),
              "a statement about a record")
    book.good(h.with_((28, parents(1))).bytes(), "made of one record")
    book.good(h.with_((28, parents(8))).bytes(), "made of eight records")
    book.good(h.with_((28, parent("F001", "a") + parent("F001", "b"))).bytes()
              if draw("a", 16) < draw("b", 16) else
              h.with_((28, parent("F001", "b") + parent("F001", "a"))).bytes(),
              "made of two records of one agency")
    for marking in (1, 3, 4):
        book.good(h.with_((10, num(10, marking))).bytes(), f"marking {marking}")
    s = statement_header()
    book.good(s.bytes(), "an epoch's statement")
    book.good(s.with_(without=(10, 11, 14)).bytes(), "an epoch's statement without a label")
    for reason in (2, 3):
        piece = sized(26, STATEMENT.with_((4, num(4, reason))).bytes())
        book.good(s.with_((26, piece)).bytes(), f"an epoch's statement, reason {reason}")
    book.good(s.with_((26, sized(26, STATEMENT.with_(without=(2,)).bytes()))).bytes(),
              "an epoch's statement about an empty log")


def good_routes(book, full):
    def good(route, sentence, count=2):
        h = header(count).with_((29, sized(29, route.bytes())))
        book.good(h.bytes(), sentence)

    book.good(full.with_((29, sized(29, ROUTE.bytes()))).bytes(), "every field, with routing")
    good(ROUTE.with_((1, b"".join(sized(1, "F" * 32) for _ in range(16))),
                     (2, sized(2, "C" * 32)), (3, num(3, 65535)), (4, num(4, 255))),
         "routing, everything at its largest")
    for bits, sentence in ((1, "blocked"), (2, "decided"), (3, "blocked and decided"),
                           (7, "decided over the block")):
        good(Fields({5: num(5, bits)}), f"routing, immigration enforcement: {sentence}")


def bad_headers(book):
    h = header()

    def bad(reason, number, piece, sentence):
        book.bad(reason, h.with_((number, piece)).bytes(), sentence)

    bad_forms(book, h, 8, 3)
    bad("version", 1, num(1, 2), "version 2")
    bad("version", 1, num(1, 2**63), "version 2^63")
    book.bad("version", h.with_(without=(1,)).bytes(), "no version")
    book.bad("version", h.with_((1, num(1, 2)), (40, num(40, 1))).bytes(),
             "version 2 with a field of that version")
    book.bad("form", b"", "nothing")
    book.bad("form", b"\x08", "a version without value")
    names = {2: "realm", 3: "agency", 4: "lane", 5: "epoch", 7: "record id", 9: "kind",
             10: "marking", 11: "handling code", 14: "priority", 17: "roster version",
             19: "content root", 20: "item count", 21: "ciphertext size", 22: "nonce",
             24: "group key", 25: "recipients", 30: "ciphertext hash", 31: "wrap hashes"}
    for number, name in names.items():
        book.bad("value", h.with_(without=(number,)).bytes(), f"no {name}")
    for number, name, size in ((2, "realm", 32), (5, "epoch", 12), (7, "record id", 16),
                               (18, "previous", 16), (19, "content root", 32),
                               (22, "nonce", 24), (24, "group key", 32),
                               (30, "ciphertext hash", 32)):
        for wrong in (size - 1, size + 1):
            piece = sized(number, (epoch(1) + draw(name, 32))[:wrong])
            bad("value", number, piece, f"{name} of {wrong} bytes")
        bad("form", number, sized(number, b""), f"{name} empty")
    for number, name, size in ((18, "previous", 16), (19, "content root", 32),
                               (22, "nonce", 24), (24, "group key", 32)):
        bad("form", number, sized(number, bytes(size)), f"{name} all zero and not absent")
    for number, name, unknown in ((4, "lane", 4), (9, "kind", 31), (10, "marking", 5),
                                  (11, "handling code", 3), (12, "action code", 4),
                                  (13, "sanitisation code", 3), (14, "priority", 4)):
        bad("form", number, num(number, unknown), f"{name} {unknown} is not known")
    bad("form", 4, num(4, 2**64 - 1), "lane -1")
    bad("form", 4, num(4, 2**32 + 2), "lane 2 with a bit above 32")
    for number, name in ((17, "roster version"), (20, "item count"), (21, "ciphertext size")):
        bad("form", number, num(number, 2**32), f"{name} over 32 bits")
    for number in (6, 8, 16, 23):
        bad("form", number, num(number, 0), f"field {number} written as zero")
    for agency, sentence in (("f000", "small letters"), ("F 00", "a space"), ("F_00", "_"),
                             ("A-234567890-23456", "17 characters"), ("Ä", "beyond ASCII")):
        bad("value", 3, sized(3, agency), f"an agency id with {sentence}")
    bad("value", 5, sized(5, bytes(4) + draw("epoch", 8)), "an epoch with the counter 0")
    bad("value", 5, sized(5, bytes(12)), "an epoch of zeros")
    bad("value", 23, num(23, 1001), "an index before its group")
    bad("value", 23, num(23, 488), "an index 512 behind its group's first")
    book.bad("value", h.with_((23, num(23, 2**64 - 1)), without=(6,)).bytes(),
             "index 0 in a group that begins at the last index")
    bad("value", 15, num(15, 5), "retention class 5")
    bad("value", 20, num(20, 257), "257 items")
    bad("value", 21, num(21, 16), "a ciphertext of 16 bytes")
    bad("value", 21, num(21, 163857), "a ciphertext over the limit")
    bad("value", 9, num(9, 4), "an audit entry on the routine lane")
    bad("value", 9, num(9, 10), "an obligation's events on the routine lane")
    bad("value", 9, num(9, 11), "a decision on the routine lane")
    bad("value", 9, num(9, 12), "a retention event on the routine lane")
    book.bad("value", h.with_((4, num(4, 1)), (9, num(9, 13))).bytes(),
             "a reconciliation on the immediate lane")
    book.bad("value", header(3).with_((9, num(9, 13))).bytes(), "a reconciliation among three")
    previous, asks = (18, sized(18, draw("asked about", 16))), (9, num(9, 14))
    book.bad("value", header(3).with_(asks, previous, (27, about())).bytes(),
             "a question to two owners")
    book.bad("value", h.with_(asks, (27, about())).bytes(), "a question about no record")
    book.bad("value", h.with_(asks, previous).bytes(), "a question to nobody's owner")
    book.bad("value", h.with_(asks, previous, (27, about((2, num(2, 3))))).bytes(),
             "a question about what stays at home")
    book.bad("value", header(1).with_(asks, previous, (4, num(4, 3)), (27, about())).bytes(),
             "a question on the local lane")
    book.bad("value", header(3).with_((9, num(9, 9))).bytes(), "a list of calls for two forces")
    bad("value", 9, num(9, 8), "a part of no record's attachment")
    book.bad("value", h.with_((4, num(4, 1)), (9, num(9, 8)),
                              (18, sized(18, draw("record", 16)))).bytes(),
             "a part of an attachment on the immediate lane")
    bad("value", 9, num(9, 3), "a recall that names no record")
    bad("value", 9, num(9, 7), "a statement that names no record")
    book.bad("value", h.with_((9, num(9, 2)), (28, parents(1))).bytes(),
             "an outcome made of a record")
    bad("limit", 28, parents(9), "made of nine records")
    bad("value", 28, parent("F002", "x") + parent("F001", "y"), "parents in descending order")
    bad("value", 28, parent("F001", "x") * 2, "a parent twice")
    bad("value", 28, parent("F001", "id"), "made of itself")
    bad("value", 28, sized(28, sized(1, "F001")), "a parent without id")
    bad("value", 28, sized(28, sized(2, draw("x", 16))), "a parent without agency")
    bad("form", 28, sized(28, b""), "an empty parent")
    bad("value", 4, num(4, 3), "the local lane with two recipients")
    book.bad("value", header(1).with_((3, sized(3, "F001")), (4, num(4, 3))).bytes(),
             "the local lane with another agency as recipient")
    bad("value", 25, recipient("F001") + recipient("F000"), "recipients in descending order")
    bad("value", 25, recipient("F000") * 2, "a recipient twice")
    bad("value", 25, recipient("F00") + recipient("f01"), "a recipient in small letters")
    bad("value", 25, recipient("F00") + sized(25, sized(1, "F01")), "a recipient without key")
    bad("value", 25, recipient("F00") + sized(25, num(2, 1)), "a recipient without agency")
    bad("form", 25, recipient("F00") + sized(25, b""), "an empty recipient")
    bad("form", 25, recipient("F00") + sized(25, num(2, 1) + sized(1, "F01")),
        "a recipient's fields out of order")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + num(2, 1) + num(3, 1)),
        "a recipient with an unknown field")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + num(2, 2**32)),
        "a recipient's key number over 32 bits")
    bad("form", 25, recipient("F00") + sized(25, sized(1, "F01") + b"\x10"),
        "a recipient whose last field runs past its end")
    many = b"".join(recipient(f"F{i:03d}") for i in range(129))
    book.bad("limit", h.with_((25, many), (31, sized(31, draw("wraps", 32 * 128)))).bytes(),
             "129 recipients")
    book.bad("limit", h.with_((31, sized(31, draw("wraps", 32 * 129)))).bytes(),
             "129 wrap hashes")
    book.bad("limit", h.with_((31, sized(31, bytes(12 * 1024)))).bytes(), "over 12 KiB")
    bad("value", 31, wraps(1), "one wrap hash for two recipients")
    bad("value", 31, wraps(3), "three wrap hashes for two recipients")
    bad("value", 31, sized(31, draw("wraps", 63)), "63 bytes of wrap hashes")
    book.bad("form", h.with_(without=(31,)).bytes() + wraps(2) + h.fields[30],
             "the ciphertext hash twice, also behind the wrap hashes")
    bad("value", 26, sized(26, STATEMENT.bytes()), "a statement on an intelligence entry")
    bad_routes(book, h)
    bad_abouts(book, h)
    bad_statements(book)


def bad_routes(book, h):
    def bad(reason, number, piece, sentence, count=2):
        route = ROUTE.with_((number, piece)).bytes()
        book.bad(reason, header(count).with_((29, sized(29, route))).bytes(), sentence)

    book.bad("form", h.with_((29, sized(29, b""))).bytes(), "routing that says nothing")
    bad("limit", 1, b"".join(sized(1, f"F{i}") for i in range(17)), "routing, 17 flags")
    bad("limit", 1, sized(1, "F" * 33), "routing, a flag of 33 bytes")
    bad("form", 1, sized(1, b""), "routing, an empty flag")
    bad("form", 1, sized(1, b"\xff"), "routing, a flag that is not UTF-8")
    bad("limit", 2, sized(2, "C" * 33), "routing, a code of 33 bytes")
    bad("value", 3, num(3, 65536), "routing, roles beyond their bits")
    bad("value", 4, num(4, 256), "routing, purpose 256")
    bad("value", 5, num(5, 8), "routing, an unknown bit for immigration enforcement")
    bad("value", 5, num(5, 2), "routing, a decision with three recipients", 3)
    for bits in (4, 5, 6):
        bad("value", 5, num(5, bits), f"routing, an override without block or decision: {bits}")
    bad("form", 6, num(6, 1), "routing with an unknown field")


def bad_abouts(book, h):
    r = rewrap_header()

    def bad(reason, number, piece, sentence):
        book.bad(reason, r.with_((number, piece)).bytes(), sentence)

    book.bad("value", r.with_(without=(27,)).bytes(), "a rewrap about nothing")
    book.bad("value", r.with_(without=(24,)).bytes(), "a rewrap without a group key")
    book.bad("value", r.with_(without=(25, 31)).bytes(), "a rewrap for nobody")
    bad("value", 19, sized(19, draw("content root", 32)), "a rewrap with a content root")
    bad("value", 20, num(20, 1), "a rewrap with items")
    bad("value", 21, num(21, 17), "a rewrap with a ciphertext")
    bad("value", 22, sized(22, draw("nonce", 24)), "a rewrap with a nonce")
    bad("value", 26, sized(26, STATEMENT.bytes()), "a rewrap with a statement")
    bad("value", 27, about((2, num(2, 3))), "a rewrap of the local lane")
    local = header(1).with_((4, num(4, 3)), (9, num(9, 6)), (27, about()),
                            without=(10, 11, 14, 19, 20, 21, 22))
    book.bad("value", local.bytes(), "a rewrap in the local lane")
    for number, name in ((1, "agency"), (2, "lane"), (3, "epoch"), (5, "leaf")):
        bad("value", 27, about(without=(number,)), f"a place without {name}")
    bad("value", 27, about((5, sized(5, draw("about", 31)))), "a place with a leaf of 31 bytes")
    bad("form", 27, about((6, num(6, 1))), "a place with an unknown field")
    book.bad("value", h.with_((27, about())).bytes(), "intelligence about another entry")
    book.bad("value", statement_header().with_((27, about())).bytes(),
             "a statement about another entry")


def bad_statements(book):
    s = statement_header()

    def bad(reason, number, piece, sentence):
        book.bad(reason, s.with_((number, piece)).bytes(), sentence)

    book.bad("value", s.with_(without=(26,)).bytes(), "an epoch entry without statement")
    bad("value", 6, num(6, 1), "an epoch entry at index 1")
    bad("value", 19, sized(19, draw("content root", 32)), "an epoch entry with a content root")
    bad("value", 20, num(20, 1), "an epoch entry with items")
    bad("value", 21, num(21, 17), "an epoch entry with a ciphertext")
    bad("value", 22, sized(22, draw("nonce", 24)), "an epoch entry with a nonce")
    bad("value", 24, sized(24, draw("group key", 32)), "an epoch entry with a group key")
    book.bad("value", s.with_((25, recipient("F055")), (31, wraps(1))).bytes(),
             "an epoch entry with a recipient")
    bad("value", 31, wraps(1), "an epoch entry with a wrap hash")
    for number, name in ((1, "old epoch"), (3, "old root"), (4, "reason")):
        book.bad("value", s.with_(
            (26, sized(26, STATEMENT.with_(without=(number,)).bytes()))).bytes(),
            f"a statement without {name}")
    for reason, number, piece, sentence in (
        ("value", 1, sized(1, bytes(12)), "an old epoch of zeros"),
        ("value", 1, sized(1, epoch(1)[:11]), "an old epoch of 11 bytes"),
        ("value", 3, sized(3, draw("old root", 31)), "an old root of 31 bytes"),
        ("form", 4, num(4, 4), "reason 4"),
        ("form", 2, num(2, 0), "an old size written as zero"),
    ):
        bad(reason, 26, sized(26, STATEMENT.with_((number, piece)).bytes()),
            f"a statement with {sentence}")
