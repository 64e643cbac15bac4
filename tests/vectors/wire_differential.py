#!/usr/bin/env python3
"""Another implementation reads our frozen messages: the Python protobuf library must decode
every good one and write the same bytes again.  Exit 77 where protoc-c or the library is missing.
"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "..", "..", "proto")
SKIPPED = 77
MESSAGES = {"header": "Header", "item": "Item", "content": "Content", "frame": "Frame",
            "request": "ControlRequest", "answer": "ControlAnswer"}
FRAME_PREFIX_SIZE = 2


def descriptor_set(protoc):
    """The schemas as protobuf describes them to itself."""
    from google.protobuf import descriptor_pb2

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "schemas")
        names = sorted(n for n in os.listdir(SCHEMAS) if n.endswith(".proto"))
        subprocess.run([protoc, f"--proto_path={SCHEMAS}", f"--descriptor_set_out={path}",
                        *names], check=True)
        with open(path, "rb") as f:
            return descriptor_pb2.FileDescriptorSet.FromString(f.read())


def message_classes(files):
    from google.protobuf import descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()
    waiting = list(files.file)
    while waiting:  # a file goes in after those that it imports
        names = {f.name for f in waiting}
        ready = [f for f in waiting if not names & set(f.dependency)]
        for f in ready:
            pool.Add(f)
        waiting = [f for f in waiting if f not in ready]
    factory = message_factory.MessageFactory(pool)
    return {kind: factory.GetPrototype(pool.FindMessageTypeByName(f"flagpost.{name}"))
            for kind, name in MESSAGES.items()}


def good_vectors():
    folder = os.path.join(HERE, "wire")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for line in f:
                if not line.startswith("good "):
                    continue
                head, sentence = line.rstrip("\n").split(" # ", 1)
                _, kind, _, digits = head.split(" ")
                raw = b"" if digits == "-" else bytes.fromhex(digits)
                yield kind, raw[FRAME_PREFIX_SIZE:] if kind == "frame" else raw, sentence


def main():
    protoc = shutil.which("protoc") or shutil.which("protoc-c")
    try:
        import google.protobuf  # noqa: F401
    except ImportError:
        print("skipped: no google.protobuf")
        return SKIPPED
    if protoc is None:
        print("skipped: neither protoc nor protoc-c")
        return SKIPPED

    classes = message_classes(descriptor_set(protoc))
    count = 0
    for kind, raw, sentence in good_vectors():
        message = classes[kind]()
        message.ParseFromString(raw)
        again = message.SerializeToString(deterministic=True)
        if again != raw or message.UnknownFields():
            print(f"{kind} differs: {sentence}\n  {raw.hex()}\n  {again.hex()}")
            return 1
        count += 1
    print(f"{count} messages agree")
    return 0 if count >= 40 else 1


if __name__ == "__main__":
    sys.exit(main())
