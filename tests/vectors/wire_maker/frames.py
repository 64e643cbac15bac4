"""Frames."""

from wire_maker.encoding import Fields, draw, epoch, long_varint, num, sized, varint

NOTE = "flagpost/example\n\n— example AAAA\n".encode()
ENTRY = Fields({1: num(1, 1000), 2: sized(2, draw("header", 40)), 3: sized(3, draw("text", 50)),
                4: sized(4, draw("wrap", 56)), 5: sized(5, draw("own wrap", 56)), 6: num(6, 7)})
WITHHELD = sized(9, num(1, 1001) + num(2, 4)) + sized(9, num(1, 1003) + num(2, 5))

FRAMES = {
    1: ("hello", {1: sized(1, draw("realm", 32)), 2: num(2, 3), 3: sized(3, epoch(1)),
                  4: num(4, 1000), 5: sized(5, draw("root", 32)), 6: num(6, 2**64 - 1),
                  7: num(7, 2), 8: num(8, 990)}),
    2: ("fetch", {1: sized(1, epoch(1)), 2: num(2, 1000), 3: num(3, 4)}),
    3: ("group", {1: sized(1, epoch(1)), 2: num(2, 1000), 3: sized(3, draw("leaves", 128)),
                  4: sized(4, NOTE), 5: sized(5, draw("salt", 16)), 6: num(6, 3),
                  7: num(7, 998), 8: sized(8, draw("path", 224)), 9: WITHHELD}),
    4: ("entries", {1: sized(1, epoch(1)),
                    2: sized(2, ENTRY.bytes())
                    + sized(2, ENTRY.with_((1, num(1, 1001))).bytes())}),
    5: ("receipt", {1: sized(1, epoch(1)), 2: sized(2, NOTE), 3: sized(3, b"receipt " + NOTE)}),
    6: ("notify", {1: sized(1, epoch(1)), 2: num(2, 1001)}),
    7: ("roster", {1: sized(1, NOTE)}),
    8: ("kx", {1: sized(1, NOTE)}),
    9: ("gossip", {1: sized(1, NOTE)}),
    10: ("evidence", {1: sized(1, NOTE), 2: sized(2, b"other " + NOTE)}),
    11: ("error", {1: num(1, 4), 2: sized(2, epoch(1)), 3: num(3, 1000)}),
}

FRAME_REQUIRED = {1: [1], 2: [3], 3: [1, 3, 4, 5], 4: [1, 2], 5: [1, 2], 6: [1], 7: [1], 8: [1],
                  9: [1], 10: [1, 2], 11: [1]}


def indexes(*wanted):
    return sized(4, b"".join(i.to_bytes(8, "big") for i in wanted))


def frame_fields(kind):
    return Fields(FRAMES[kind][1])


def frame(kind, fields, prefix=b"\x01\x02"):
    return prefix + sized(kind, fields.bytes())


def frames(book):
    for kind, (name, _) in FRAMES.items():
        fields = frame_fields(kind)
        needed = FRAME_REQUIRED[kind]
        book.good(frame(kind, fields), f"{name}: every field")
        small = fields.with_(without=[n for n in fields.fields if n not in needed])
        book.good(frame(kind, small), f"{name}: as little as is allowed")
        for n in needed:
            if len(fields.fields) > 1:
                book.bad("value", frame(kind, fields.with_(without=(n,))),
                         f"{name} without field {n}")
        book.bad("form", b"\x01\x02" + sized(kind, b""), f"{name}: empty")
        book.bad("form", frame(kind, fields)[:-1], f"{name}: the last byte is missing")
        book.bad("form", frame(kind, fields.with_((77, num(77, 1)))),
                 f"{name} with an unknown field")
    for lane in (1, 3):
        book.good(frame(6, frame_fields(6), bytes((1, lane))), f"lane {lane}")
    notify = frame_fields(6)
    book.bad("form", b"", "nothing")
    book.bad("form", b"\x01", "a prefix of one byte")
    book.bad("form", b"\x01\x02", "a prefix alone")
    for version in (0, 2, 255):
        book.bad("version", frame(6, notify, bytes((version, 2))), f"wire version {version}")
    for lane in (0, 4, 255):
        book.bad("value", frame(6, notify, bytes((1, lane))), f"lane {lane}")
    book.bad("form", frame(6, notify) + sized(7, sized(1, NOTE)), "two messages in one frame")
    book.bad("form", b"\x01\x02" + sized(12, b"x"), "a kind that is not known")
    frame_rules(book)


def frame_rules(book):
    def bad(reason, kind, n, piece, sentence):
        book.bad(reason, frame(kind, frame_fields(kind).with_((n, piece))),
                 f"{FRAMES[kind][0]}: {sentence}")

    def good(kind, n, piece, sentence):
        book.good(frame(kind, frame_fields(kind).with_((n, piece))),
                  f"{FRAMES[kind][0]}: {sentence}")

    hello = frame_fields(1)
    book.good(frame(1, hello.with_(without=(3, 4, 5, 8))), "hello: no epoch held")
    book.bad("value", frame(1, hello.with_(without=(3, 5, 8))), "hello: a size of no epoch")
    book.bad("value", frame(1, hello.with_(without=(3, 4, 8))), "hello: a root of no epoch")
    book.bad("value", frame(1, hello.with_(without=(3, 4, 5))), "hello: a receipt of no epoch")
    bad("form", 1, 3, sized(3, bytes(12)), "an epoch of zeros and not absent")
    bad("form", 1, 5, sized(5, bytes(32)), "a root of zeros and not absent")
    bad("value", 1, 1, sized(1, draw("realm", 33)), "a realm of 33 bytes")
    bad("value", 1, 3, sized(3, bytes(4) + draw("epoch", 8)), "an epoch with the counter 0")
    bad("form", 1, 6, varint(6 << 3) + long_varint(5), "an instance longer than needed")
    bad("value", 2, 3, num(3, 5), "credit for 5 groups")
    bad("form", 2, 3, num(3, 0), "a credit written as zero")
    listed = frame_fields(2).with_((4, indexes(3, 5, 2**64 - 1)), without=(2,))
    book.good(frame(2, listed), "fetch: a list of three")
    book.good(frame(2, listed.with_((4, indexes(*range(64))))), "fetch: a list of 64, from 0")
    book.bad("limit", frame(2, listed.with_((4, indexes(*range(65))))), "fetch: a list of 65")
    for wrong, sentence in ((indexes(3, 3), "an index twice"), (indexes(5, 3), "descending"),
                            (sized(4, bytes(7)), "7 bytes")):
        book.bad("value", frame(2, listed.with_((4, wrong))), f"fetch: a list, {sentence}")
    book.bad("value", frame(2, listed.with_(without=(1,))), "fetch: a list of no epoch")
    bad("value", 2, 4, indexes(3), "a list and a first index")
    for kind in (3, 4, 5, 6):
        bad("value", kind, 1, sized(1, bytes(12)), "an epoch of zeros")
        bad("value", kind, 1, sized(1, epoch(1) + b"x"), "an epoch of 13 bytes")
    bad("value", 3, 3, sized(3, draw("leaves", 31)), "leaves of 31 bytes")
    bad("value", 3, 3, sized(3, draw("leaves", 129)), "leaves of 129 bytes")
    bad("limit", 3, 3, sized(3, draw("leaves", 32 * 513)), "513 leaves")
    bad("value", 3, 5, sized(5, draw("salt", 15)), "a salt of 15 bytes")
    good(3, 5, sized(5, bytes(16)), "a salt of zeros")
    bad("value", 3, 8, sized(8, draw("path", 33)), "a path of 33 bytes")
    bad("limit", 3, 8, sized(8, draw("path", 65 * 32)), "a path of 65 hashes")
    late = frame_fields(3).with_((2, num(2, 2**64 - 5)), without=(9,))
    book.good(frame(3, late), "group: the largest indexes")
    late = late.with_((2, num(2, 2**64 - 4)))
    book.bad("value", frame(3, late), "group: a size past 64 bits")
    book.bad("value", frame(3, frame_fields(3).with_(without=(6,))),
             "group: a last index without a count")
    for reason, pieces, sentence in (
        ("value", ((999, 1),), "withheld before the group"),
        ("value", ((1004, 1),), "withheld behind the group"),
        ("value", ((1002, 1), (1001, 2)), "withheld in descending order"),
        ("value", ((1002, 1), (1002, 2)), "withheld twice"),
    ):
        bad(reason, 3, 9, b"".join(sized(9, num(1, i) + num(2, o)) for i, o in pieces), sentence)
    bad("value", 3, 9, sized(9, num(1, 1001)), "withheld without ordinal")
    bad("form", 3, 9, WITHHELD + sized(9, b""), "an empty withheld")
    bad("limit", 3, 9, sized(9, num(1, 1001) + num(2, 1)) * 513, "513 withheld")
    frame_entries(book, bad, good)
    bad("form", 11, 1, num(1, 5), "class 5")


def frame_entries(book, bad, good):
    def entry(*changes, without=()):
        return sized(2, ENTRY.with_(*changes, without=without).bytes())

    good(4, 2, entry(without=(3, 4, 5, 6)), "a statement: neither ciphertext nor wraps")
    good(4, 2, entry(without=(4, 6)), "asked for by list: no ordinal, and no wrap")
    good(4, 2, entry(without=(1,)), "index 0")
    good(4, 2, entry() + entry((1, num(1, 1511))), "indexes 511 apart")
    bad("value", 4, 2, entry() + entry((1, num(1, 1512))), "indexes 512 apart")
    bad("value", 4, 2, entry() + entry(), "an index twice")
    bad("value", 4, 2, entry() + entry((1, num(1, 999))), "indexes in descending order")
    bad("value", 4, 2, entry(without=(2,)), "an entry without header")
    for n, name in ((4, "wrap"), (5, "publisher's wrap")):
        bad("value", 4, 2, entry((n, sized(n, draw("wrap", 55)))), f"a {name} of 55 bytes")
        bad("limit", 4, 2, entry((n, sized(n, draw("wrap", 57)))), f"a {name} of 57 bytes")
        bad("form", 4, 2, entry((n, sized(n, b""))), f"an empty {name}")
    bad("limit", 4, 2, entry((2, sized(2, bytes(12289)))), "a header over 12 KiB")
    bad("form", 4, 2, entry() + sized(2, b""), "an empty entry")
    bad("form", 4, 2, entry((9, num(9, 1))), "an entry with an unknown field")
    many = b"".join(sized(2, num(1, i) + sized(2, b"h")) for i in range(1, 514))
    bad("limit", 4, 2, many, "513 entries")
