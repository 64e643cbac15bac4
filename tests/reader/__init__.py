"""A second reader of what Flagpost writes, from its documents alone: crypto/README.md,
proto/README.md and its schemas, the RFCs and the C2SP pages they name.  It shares no code with
the node; libsodium gives the primitives that Python's own library has not.
"""
