"""Where a running node's secrets are: in one guarded block, and nowhere else.

The signing seed, the master secret and its wrapping key, each private KX key and the credential are
looked for in every file but their own, in arguments, environment and logs, and in all memory of the
daemon that it may read at that moment, while it works.  As a control they are found in the guarded
block, which is open only inside the functions that use it.  libzmq keeps its own copy of the CURVE
secret in its memory; of that one the files and the rest are searched.
"""

import argparse
import os
import re

import scene
import second_reader
from scene import Network, check, say

AGENCIES = {name: scene.AGENCIES[name] for name in ("F55", "SWROCU", "JFC", "PND")}


def forms(secret: bytes) -> list[bytes]:
    return [secret, secret.hex().encode(), secret.hex().upper().encode()]


def secrets_of(net: Network, agency: str) -> dict[str, bytes]:
    vault = second_reader.Vault(net, agency)
    with open(net.path(agency + ".credential"), "rb") as c, \
            open(net.path(agency, "node.key"), "rb") as f:
        credential = c.read()
        raw = second_reader.sealed.keyfile_open(f.read(), credential)
    found = {"credential": credential, "signing seed": raw[:32], "CURVE secret": raw[32:64],
             "master secret": raw[64:], "wrapping key": vault.key}
    found.update({f"KX key {number}": secret for number, secret in vault.kx.items()})
    return found


def search(data: bytes, secrets: dict[str, bytes]) -> set[str]:
    return {name for name, secret in secrets.items() if any(form in data for form in forms(secret))}


def check_files(net: Network, agency: str, secrets: dict[str, bytes]) -> None:
    for folder, _, names in os.walk(net.folder):
        for name in names:
            path = os.path.join(folder, name)
            if name == agency + ".credential" or not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                found = search(f.read(), secrets)
            check(not found, f"{path} holds {agency}'s {found}")
    for part in ("cmdline", "environ"):
        with open(f"/proc/{net.processes[agency].pid}/{part}", "rb") as f:
            found = search(f.read(), secrets)
        check(not found, f"{part} holds {agency}'s {found}")


def memory(pid: int) -> list[tuple[str, bytes]]:
    """Permissions and bytes of each private mapping; what cannot be read is left out."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            begin, end, permissions, name = re.match(
                r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line).groups()
            if name in ("[vvar]", "[vsyscall]"):
                continue
            at, end = int(begin, 16), int(end, 16)
            if end - at > 1 << 30:
                continue  # an arena of address space that nobody has touched
            try:
                mem.seek(at)
                found.append((permissions, mem.read(end - at)))
            except (OSError, ValueError):
                continue
    return found


def check_memory(net: Network, agency: str, secrets: dict[str, bytes]) -> None:
    open_ones = {name: secret for name, secret in secrets.items() if name != "CURVE secret"}
    guarded: set[str] = set()
    for permissions, data in memory(net.processes[agency].pid):
        found = {name for name, secret in open_ones.items() if secret in data}
        if permissions.startswith("---"):
            guarded |= found
        else:
            check(not found, f"{agency}'s {found} in memory that it may read ({permissions})")
    say(f"{agency}: {sorted(guarded)} in the guarded block, nothing elsewhere")
    # The others are wiped once the key file is open and what is needed was derived.
    wanted = set(open_ones) - {"credential", "master secret"}
    check(guarded >= wanted, f"the control finds {guarded} of {wanted}")


def test(options: argparse.Namespace) -> None:
    if os.geteuid() != 0:
        raise scene.Skipped("root alone may read another process's memory")
    if scene.is_instrumented(options.binary):
        raise scene.Skipped("a sanitizer keeps memory of its own")
    with scene.network(options.binary, AGENCIES) as net:
        place = scene.published(net, "F55", scene.simple_record("F55", 1))["id"]
        scene.wait_stored(net, "F55", place, {"SWROCU", "JFC", "PND"})
        net.at("SWROCU", "show", place, "--purpose", "a test")
        for agency in ("F55", "SWROCU"):
            secrets = secrets_of(net, agency)
            check_files(net, agency, secrets)
            check_memory(net, agency, secrets)


if __name__ == "__main__":
    scene.run(test, __doc__.splitlines()[0])
