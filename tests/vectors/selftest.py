#!/usr/bin/env python3
"""`flagpost selftest` over selftest/*.json: all as expected; each vector falsified in each part
that it says of the outcome, and no longer; what is no file of vectors is told.
"""

import argparse
import base64
import copy
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "selftest")
PROOFS = ("inclusion.json", "consistency.json")
SECONDS = 60
# What a vector says of the outcome, by algorithm.
OUTCOME = {"EDDSA": "sig", "XDH": "shared", "CHACHA20-POLY1305": "ct",
           "XCHACHA20-POLY1305": "tag", "HKDF-SHA-256": "okm", "HMACSHA256": "tag"}


class Failed(Exception):
    """What the program did not do."""


def check(held, what):
    if not held:
        raise Failed(what)


class Program:
    def __init__(self, binary, scratch):
        self.binary = binary
        self.scratch = scratch

    def run(self, what, path, *more):
        done = subprocess.run([self.binary, "selftest", what, "--vectors", path, *more],
                              capture_output=True, text=True, timeout=SECONDS, check=False)
        check(done.returncode in (0, 1, 2, 3), f"{path}: exit code {done.returncode}")
        return done.returncode, done.stdout, done.stderr

    def run_value(self, what, value, *more):
        return self.run_text(what, json.dumps(value).encode(), *more)

    def run_text(self, what, raw, *more):
        path = os.path.join(self.scratch, "vectors.json")
        with open(path, "wb") as f:
            f.write(raw)
        return self.run(what, path, *more)


def load(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
        return json.load(f)


def tests_of(document):
    return [test for group in document["testGroups"] for test in group["tests"]]


def holds_as_published(program, names):
    for name in names:
        document = load(name)
        what = "log" if name in PROOFS else "crypto"
        count = len(document) if what == "log" else len(tests_of(document))
        code, out, err = program.run(what, os.path.join(FOLDER, name))
        check((code, err) == (0, "") and out.startswith(f"{count} vectors, 0 mismatches"),
              f"{name}: {code} {out}{err}")


def flip(digits):
    return f"{int(digits[:2], 16) ^ 1:02x}{digits[2:]}"


def falsified(document):
    """Each vector with another result, and each good one with another outcome."""
    for i, test in enumerate(tests_of(document)):
        turned = copy.deepcopy(document)
        to = {"valid": "invalid", "invalid": "valid"}.get(test["result"])
        if to is not None:
            tests_of(turned)[i]["result"] = to
            yield test["tcId"], turned
        if test["result"] == "invalid":
            continue
        field = OUTCOME[document["algorithm"]]
        other = copy.deepcopy(document)
        tests_of(other)[i][field] = flip(test[field])
        # Refusing is right for what is acceptable, whatever the outcome would have been.
        if test["result"] == "valid" or test[field].strip("0"):
            yield test["tcId"], other


def finds_every_mismatch(program, names):
    """One run over a folder: a process each would take minutes under a sanitizer."""
    wanted = []
    folder = os.path.join(program.scratch, "falsified")
    os.mkdir(folder)
    for name in names:
        for number, document in falsified(load(name)):
            path = os.path.join(folder, f"{len(wanted):04}.json")
            with open(path, "w", encoding="utf-8") as f:
                json.dump(document, f)
            wanted.append((path, number))
    code, out, err = program.run("crypto", folder, "--json")
    *lines, tally = (json.loads(line) for line in out.splitlines())
    check((code, err) == (1, "") and tally["mismatches"] == len(wanted),
          f"falsified: {code} {tally} {err}")
    check([(line["file"], line["vector"]) for line in lines] == wanted,
          "falsified: not those that were")
    return len(wanted)


def finds_every_wrong_proof(program):
    """All turned at once, then one by one in what a proof is made of."""
    for name in PROOFS:
        rows = load(name)
        turned = [{**row, "wantErr": not row["wantErr"]} for row in rows]
        left_out = sum("text that is no hash" in row["desc"] for row in rows)
        code, out, _ = program.run_value("log", turned)
        check(code == 1 and f"{len(rows) - left_out} mismatches" in out,
              f"{name}, turned: {out[-200:]}")
        broken = []
        for row in rows:
            if row["wantErr"] or not row["proof"]:
                continue
            raw = bytearray(base64.b64decode(row["proof"][-1]))
            raw[31] ^= 0x80
            broken.append({**row, "proof": row["proof"][:-1] + [base64.b64encode(raw).decode()]})
        code, out, _ = program.run_value("log", broken)
        check(code == 1 and f"{len(broken)} vectors, {len(broken)} mismatches" in out,
              f"{name}, a bit of each: {out[-200:]}")
        code, out, _ = program.run_value("log", rows[0])
        check(code == 0 and out.startswith("1 vector, 0 mis"), f"{name}: one object: {out}")


def takes_folders(program):
    folder = os.path.join(program.scratch, "folder")
    os.makedirs(os.path.join(folder, "inclusion", "0"))
    rows = load("inclusion.json")
    for i, row in enumerate(rows[:5]):
        with open(os.path.join(folder, "inclusion", "0", f"{i}.json"), "w",
                  encoding="utf-8") as f:
            json.dump(row, f)
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as f:
        f.write("not vectors")
    os.symlink(folder, os.path.join(folder, "inclusion", "round"))
    code, out, err = program.run("log", folder, "--json")
    answer = json.loads(out)
    check((code, err, answer["files"], answer["vectors"], answer["status"]) ==
          (0, "", 5, 5, "done"), f"a folder: {out}{err}")
    with open(os.path.join(folder, "inclusion", "z.json"), "w", encoding="utf-8") as f:
        json.dump({**rows[0], "wantErr": True, "desc": "\x1b[2Jhostile"}, f)
    code, out, err = program.run("log", folder, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    check(code == 1 and lines[0]["status"] == "mismatch" and lines[0]["got"] == "accepted" and
          lines[0]["file"].endswith("z.json") and lines[1]["mismatches"] == 1,
          f"a folder with a mismatch: {out}{err}")
    _, out, _ = program.run("log", folder)
    check("\x1b" not in out, f"a control character on the screen: {out!r}")


def changed(document, change):
    other = copy.deepcopy(document)
    change(other)
    return json.dumps(other).encode()


def bad_files():
    """(kind, bytes, words of the sentence)."""
    ed, mac = load("ed25519.json"), load("hmac_sha256.json")
    proof = load("inclusion.json")[0]

    def in_group(document, **values):
        return changed(document, lambda d: d["testGroups"][0].update(values))

    def in_test(document, **values):
        return changed(document, lambda d: d["testGroups"][0]["tests"][1].update(values))

    def without(document, name):
        return changed(document, lambda d: d["testGroups"][0]["tests"][1].pop(name))

    yield "crypto", changed(ed, lambda d: d.update(algorithm="RSASSA-PSS")), '"RSASSA-PSS"'
    yield "crypto", changed(ed, lambda d: d.update(algorithm="AES-GCM")), "none of those"
    yield "crypto", changed(ed, lambda d: d.pop("algorithm")), "names its algorithm"
    yield "crypto", changed(ed, lambda d: d.pop("testGroups")), "testGroups: This has to be"
    yield "crypto", changed(ed, lambda d: d.update(testGroups=[7])), "testGroups[0].type"
    yield "crypto", in_group(ed, type="EddsaSign"), "testGroups[0].type"
    yield "crypto", in_group(ed, publicKey={"curve": "edwards448", "pk": ""}), "another curve"
    yield "crypto", in_group(ed, publicKey=None), "another curve"
    yield "crypto", in_group(load("x25519.json"), curve="curve448"), "another curve"
    yield "crypto", in_group(mac, tests={}), "testGroups[0].tests: "
    yield "crypto", in_test(mac, result="perhaps"), "testGroups[0].tests[1].result"
    yield "crypto", in_test(mac, tag="abc"), "testGroups[0].tests[1].tag"
    yield "crypto", in_test(mac, tag="zz"), "pairs of hexadecimal"
    yield "crypto", in_test(mac, tag=5), "pairs of hexadecimal"
    yield "crypto", in_test(mac, tcId=-1), "tests[1].tcId: This has to be a whole number"
    yield "crypto", in_test(mac, tcId=1.5), "tests[1].tcId"
    yield "crypto", without(mac, "tag"), "testGroups[0].tests[1].tag"
    yield "crypto", without(mac, "result"), "testGroups[0].tests[1].result"
    yield "crypto", without(load("hkdf_sha256.json"), "size"), "tests[1].size"
    yield "crypto", json.dumps(mac).encode()[:-40], "ends in the middle"
    yield "crypto", b"", "ends in the middle"
    yield "crypto", b"vectors", "This is not JSON"
    yield "crypto", b"\xff\xfe", "not UTF-8"
    yield "crypto", b'{"algorithm":"EDDSA","algorithm":"XDH"}', "given twice"
    yield "crypto", b'{"algorithm":"ED\\u0000DSA"}', "NUL"
    yield "crypto", b"[" * 100000, "nested too deep"
    yield "crypto", b'{"a":' * 100000, "nested too deep"
    yield "crypto", b"[]", "names its algorithm"
    yield "crypto", b" " * (2 * 1024 * 1024 + 1), "larger than two megabytes"
    yield "crypto", b"[" + b"{}," * 600000 + b"{}]", "names its algorithm"
    yield "log", b"{}", "neither a leafIdx nor a size1"
    yield "log", b"[" + b"{}," * 600000 + b"{}]", "neither a leafIdx nor a size1"
    for name, value in (("wantErr", 1), ("wantErr", None), ("leafIdx", -1), ("leafIdx", "0"),
                        ("treeSize", 1.5), ("treeSize", None), ("root", "?"), ("root", None),
                        ("leafHash", "YQ"), ("proof", "YQ=="), ("proof", [1]), ("proof", {})):
        yield "log", json.dumps([{**proof, name: value}]).encode(), f"[0].{name}: "
    # Where an index is beyond jansson's integers, others may not be between two doubles.
    yield "log", json.dumps([{**proof, "leafIdx": 2**64 - 1, "wantErr": True},
                             {**proof, "treeSize": 2**53 + 2}]).encode(), "[1].treeSize: "


def refuses_what_is_no_vector(program):
    """All of one kind in one run, which goes on behind each and tells each."""
    count = 0
    for kind in ("crypto", "log"):
        folder = os.path.join(program.scratch, f"bad-{kind}")
        os.mkdir(folder)
        cases = [(raw, words) for what, raw, words in bad_files() if what == kind]
        for i, (raw, _) in enumerate(cases):
            with open(os.path.join(folder, f"{i:04}.json"), "wb") as f:
                f.write(raw)
        code, out, err = program.run(kind, folder)
        lines = err.splitlines()
        check(code == 1 and len(lines) == len(cases) and out.count("0 mismatches") == 1,
              f"{kind}: {code} {out}{err}")
        for i, (line, (_, words)) in enumerate(zip(lines, cases)):
            check(f"{i:04}.json" in line and words in line, f"{words}: {line}")
        count += len(cases)
    for what, raw in (("log", b"[]"), ("crypto", json.dumps(
            {**load("ed25519.json"), "testGroups": []}).encode())):
        code, out, err = program.run_text(what, raw)
        check((code, out) == (1, "") and "not one vector" in err, f"no vector: {code} {err}")
    code, _, err = program.run("log", os.path.join(program.scratch, "nothing.json"))
    check(code == 3 and "no such file" in err, f"a file that is not there: {code} {err}")
    done = subprocess.run([program.binary, "selftest", "log"], capture_output=True, text=True,
                          check=False)
    check(done.returncode == 2 and "--vectors FILE" in done.stderr, done.stderr)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    binary = parser.parse_args().binary
    names = sorted(os.listdir(FOLDER))
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(binary, scratch)
        holds_as_published(program, names)
        found = finds_every_mismatch(program, [n for n in names if n not in PROOFS])
        finds_every_wrong_proof(program)
        takes_folders(program)
        refused = refuses_what_is_no_vector(program)
    print(f"{len(names)} files as published; {found} vectors falsified and found; {refused} files"
          " refused")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as e:
        print(f"failed: {e}")
        sys.exit(1)
