"""Requests and answers of the control socket."""

from wire_maker.encoding import num, sized


def control_field(n, name, value=None):
    return sized(n, sized(1, name) + (b"" if value is None else sized(2, value)))


def requests(book):
    verb = sized(1, "roster add")
    book.good(verb, "a verb alone")
    book.good(verb + control_field(2, "file", "a.note") + control_field(2, "dry_run"),
              "two arguments")
    book.good(verb + control_field(2, "A_z9") * 64, "64 arguments")
    book.bad("value", b"", "no verb")
    book.bad("value", control_field(2, "file"), "arguments without a verb")
    book.bad("limit", verb + control_field(2, "a") * 65, "65 arguments")
    book.bad("limit", sized(1, "v" * 257), "a verb of 257 bytes")
    book.bad("value", verb + control_field(2, "a-b"), "a name with a hyphen")
    book.bad("value", verb + control_field(2, "é"), "a name beyond ASCII")
    book.bad("value", verb + sized(2, sized(2, "value")), "an argument without name")
    book.bad("form", verb + sized(2, b""), "an empty argument")
    book.bad("form", verb + control_field(2, "a", b""), "an empty value written")
    book.bad("form", sized(1, "") + control_field(2, "a"), "an empty verb written")
    book.bad("form", verb + verb, "two verbs")
    book.bad("form", control_field(2, "a") + verb, "the verb last")


def answers(book):
    row = sized(3, control_field(1, "agency", "F55") + control_field(1, "size", "12"))
    book.good(b"", "done, and nothing to say")
    book.good(num(1, 3) + sized(2, "The name is not right.") + row * 3, "a status and rows")
    book.good(sized(3, control_field(1, "raw", b"\x00\xff")), "bytes in a value")
    book.bad("value", num(1, 1000), "a status that is not known")
    book.bad("form", num(1, 0), "status 0 written")
    book.bad("form", sized(2, ""), "an empty sentence written")
    book.bad("form", sized(2, b"\xff"), "a sentence that is not UTF-8")
    book.bad("form", row + sized(3, b""), "an empty row")
    book.bad("limit", sized(3, control_field(1, "a") * 65), "65 fields in a row")
