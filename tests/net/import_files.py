"""Files that rows of an import name come along, and no others.

A column names them; they stand in one folder.  What is a path, a link, missing, empty, too
large or a folder refuses its row; what is there arrives byte for byte behind the record.  The
same file again sends nothing twice, and an importer that is killed among the parts goes on.
"""

import argparse
import csv
import os
import random
import re

import scene
from attachment import MIB, PART, digest, fetch, write
from drop import Drop
from scene import Network, check, check_equal, say

TABLE = os.path.join(scene.DEPLOY, "mappings", "records-table")
BIG = 12 * MIB
MANY = 140  # an importer sends 128 at once


def mapping(net: Network) -> str:
    with open(TABLE + ".yaml", encoding="utf-8") as f:
        text = f.read() + '  - {to: "attachments[].name", column: Files, split: ";"}\n'
    path = net.path("map.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def rows(first: int, *files: str) -> str:
    """The sample's first row for each, under a number of its own and with the files."""
    with open(TABLE + ".csv", encoding="utf-8", newline="") as f:
        sample = list(csv.DictReader(f))[0]
    out = [[*sample, "Files"]]
    for number, names in enumerate(files, first):
        out.append([*{**sample, "Report Ref": f"55-IR-2025-{number:08d}"}.values(), names])
    return "".join(",".join(f'"{cell}"' for cell in one) + "\n" for one in out)


def run_import(net: Network, text: str, *options: str) -> tuple[int, list[dict]]:
    path = net.path("rows.csv")
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(text)
    code, answers = net.at("F55", "import", "--map", mapping(net), *options, path, check=False)
    return code, [one for one in answers if "state" in one]


def states(told: list[dict]) -> list[str]:
    return [one["state"] for one in told]


def logged(net: Network) -> int:
    return next(int(row["size"]) for row in scene.rows_at(net, "F55", "status", "stream")
                if row["stream"] == "routine")


def arrives(net: Network, record: str, *paths: str) -> None:
    """Each file comes out at the fusion cell as it went in."""
    for number, path in enumerate(paths, 1):
        out = net.path("out")

        def fetched() -> bool:
            if os.path.exists(out):
                os.remove(out)
            return fetch(net, "JFC", record, number, out)[0] == 0

        scene.wait(f"{os.path.basename(path)} at the fusion cell", fetched)
        check_equal(digest(out), digest(path), path)


def check_names(net: Network, folder: str, chance: random.Random) -> None:
    photo = write(os.path.join(folder, "photo.jpg"), 2 * PART + 5, chance)
    note = write(os.path.join(folder, "note.txt"), 20, chance)
    open(os.path.join(folder, "empty.bin"), "wb").close()
    with open(os.path.join(folder, "big.bin"), "wb") as f:
        f.truncate(100 * MIB + 1)
    os.symlink("/etc/passwd", os.path.join(folder, "link.txt"))
    os.mkdir(os.path.join(folder, "inner"))
    write(os.path.join(folder, "inner", "deep.txt"), 20, chance)
    bad = ("../F55/config", "/etc/passwd", "inner/deep.txt", "inner", "link.txt", "missing.jpg",
           "empty.bin", "big.bin", ".", "photo.jpg;photo.jpg;missing.jpg")
    text = rows(1, "photo.jpg;note.txt", "", *bad)
    code, told = run_import(net, text)
    check_equal(states(told)[:2], ["refused", "published"], "without a folder")
    code, dry = run_import(net, text, "--attachments", folder, "--dry-run")
    check_equal(states(dry), ["right", "published-before"] + ["refused"] * len(bad), "a dry run")
    size = logged(net)
    code, told = run_import(net, text, "--attachments", folder)
    check_equal((code, states(told)), (1, ["published", "published-before"] + ["refused"] * len(bad)),
                "rows with files")
    for name, row in zip(bad, told[2:]):
        found = [(f["rule"], f["column"], re.sub(r"[012]", "0", f["field"]))
                 for f in row["findings"] if f["severity"] == "refuse"]
        check_equal(found, [("I11", "Files", "attachments[0].name")], name)
    check_equal(logged(net), size + 1 + 3 + 1, "the record, three parts and one")
    arrives(net, told[0]["id"], photo, note)

    code, again = run_import(net, text, "--attachments", folder)
    check_equal((states(again)[0], again[0]["id"], logged(net)),
                ("published-before", told[0]["id"], size + 5), "the same file again")
    write(photo, 2 * PART + 5, chance)
    code, again = run_import(net, rows(1, "photo.jpg;note.txt"), "--attachments", folder)
    check_equal((states(again), [f["rule"] for f in again[0]["findings"] if f["severity"] == "refuse"],
                 logged(net)), (["refused"], ["I8"], size + 5), "another file under the name")
    say(f"files by name, and {len(bad)} names that are not taken")


def check_many(net: Network, folder: str, chance: random.Random) -> None:
    """More rows than are sent at once: the files of those sent cost the next row nothing."""
    write(os.path.join(folder, "small.txt"), 20, chance)
    code, told = run_import(net, rows(1001, *["small.txt"] * MANY), "--attachments", folder)
    plain = net.run("import", "--home", net.path("F55"), "--map", mapping(net), "--attachments",
                    folder, net.path("rows.csv"))
    check("small.txt" not in plain.stdout + plain.stderr, f"names are printed: {plain.stdout[:300]}")
    wrong = [(row["row"], row["findings"]) for row in told if row["state"] != "published"]
    check_equal((code, len(told), wrong), (0, MANY, []), "many rows with a file each")
    say(f"{MANY} rows with a file each")


def check_killed(net: Network, folder: str, chance: random.Random) -> None:
    """The importer is killed among the parts: the next one sends the rest, and nothing twice."""
    path = write(os.path.join(folder, "film.mp4"), BIG, chance)
    size = logged(net)
    with Drop(net, "incoming", mapping(net), "--attachments", folder) as drop:
        drop.put("a.csv", rows(51, "film.mp4"))
        scene.wait("parts in the log", lambda: logged(net) > size + 5)
        drop.kill()
        check(logged(net) < size + 1 + BIG // PART, "all parts were sent before the importer died")
        drop.start()
        result = drop.wait("done", "a.csv", seconds=90)
    check_equal(states(result["rows"]), ["published-before"], "the row")
    arrives(net, result["rows"][0]["id"], path)
    check_equal(logged(net), size + 1 + BIG // PART, "the record and each part once")
    say("a killed importer goes on among the parts")


def test(options: argparse.Namespace) -> None:
    chance = random.Random(options.seed)
    with scene.network(options.binary, scene.ONE_BUREAU) as net:
        folder = net.path("files")
        os.mkdir(folder)
        check_names(net, folder, chance)
        check_many(net, folder, chance)
        check_killed(net, folder, chance)
        scene.verify(net, "F55")


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
