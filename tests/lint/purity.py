"""Holds the pure libraries to the symbols they may call, and to no mutable data.

usage: purity.py ALLOWED BUILD_DIR
"""

import fnmatch
import pathlib
import subprocess
import sys

# Lowest first: each may call those before it.
PURE = ("base", "proto", "seal", "intel", "core")


def symbols(archive):
    """(object, name, class, section) of every symbol in a static library."""
    output = subprocess.run(
        ["nm", "--format=sysv", str(archive)], check=True, capture_output=True, text=True
    ).stdout
    member = "?"
    for line in output.splitlines():
        if line.startswith(("Symbols from ", "Undefined symbols from ")):
            member = line.split("[", 1)[-1].split("]", 1)[0]
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == 7:
            yield member, fields[0], fields[2], fields[6]


def is_mutable(kind, section):
    # A constant table of pointers is written once, by the loader.
    return kind in "BbCDdGgSs" and not section.startswith(".data.rel.ro")


def read_allowed(path):
    """library -> patterns; those of "all" count for every library."""
    allowed = {name: [] for name in (*PURE, "all")}
    for line in pathlib.Path(path).read_text().splitlines():
        words = line.split("#", 1)[0].split()
        if words:
            allowed[words[0]] += words[1:]
    return allowed


def findings(build, allowed):
    generated = build / "libproto_generated.a"
    below = set()
    for library in PURE:
        archive = build / f"liblayer_{library}.a"
        rows = list(symbols(archive))
        below |= {name for _, name, kind, _ in rows if kind.isupper() and kind != "U"}
        if library == "proto":
            below |= {name for _, name, kind, _ in symbols(generated) if kind.isupper() and kind != "U"}
        patterns = allowed["all"] + allowed[library]
        for member, name, kind, section in rows:
            if is_mutable(kind, section):
                yield f"{archive.name}: {member}: {name}: mutable data (page 5, Const and sharing)"
            if kind not in "Uwv" or name in below:
                continue
            if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                yield f"{archive.name}: {member}: {name}: not in tests/lint/allowed_symbols (page 2, Tree)"


def main():
    if len(sys.argv) != 3:
        print("usage: purity.py ALLOWED BUILD_DIR", file=sys.stderr)
        return 64
    build = pathlib.Path(sys.argv[2])
    names = [f"liblayer_{library}.a" for library in PURE] + ["libproto_generated.a"]
    missing = [name for name in names if not (build / name).exists()]
    if missing:
        print(f"{build}: not built yet: {' '.join(missing)}")
        return 1
    found = sorted(set(findings(build, read_allowed(sys.argv[1]))))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
