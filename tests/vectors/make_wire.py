#!/usr/bin/env python3
"""Writes wire/*.txt: frozen messages, good and bad, one a line.

    good|bad KIND REASON HEX # sentence

This is an encoder of its own, on purpose: it shares nothing with proto/.  The output does not
depend on the machine or the day.  Frozen means that a change here which alters a good line is
a change of the protocol.
"""

import sys

sys.dont_write_bytecode = True

from wire_maker import control, frames, headers, items  # noqa: E402
from wire_maker.encoding import Book, save  # noqa: E402


def main():
    books = {kind: Book(kind) for kind in ("header", "item", "content", "frame", "request",
                                           "answer")}
    headers.good_headers(books["header"])
    headers.bad_headers(books["header"])
    items.items(books["item"])
    items.contents(books["content"])
    frames.frames(books["frame"])
    control.requests(books["request"])
    control.answers(books["answer"])

    for kind in ("header", "item", "content", "frame"):
        save(f"{kind}.txt", books[kind])
    save("control.txt", books["request"], books["answer"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
