"""The rules that are held by reading the text.

One function per rule; each yields its findings as "path:line: what (rule, page)".  Run from
the root of the tree: rules.py RULE.
"""

import pathlib
import re
import sys

TREE = ("node", "proto", "crypto", "tests", "deploy", ".ci")
OURS = ("node", "proto", "crypto")
TOP_LEVEL = {"node", "proto", "crypto", "tests", "deploy", "CMakeLists.txt", "README.md"}
SIZE_MAX = 400

# Which folders or files may include what.  The tests beside a home play the hostile peer,
# damage a database, or hold our code against the library itself.
HOMES = [
    (r"zmq\.h", ("node/io/", "tests/unit/io/", "tests/net/", "tests/bench/")),
    (r"sqlite3\.h", ("node/io/", "tests/unit/io/", "tests/lib/", "tests/bench/",
                       "tests/faults/", "tests/crash/")),
    (r"sodium(/.*)?\.h", ("crypto/", "tests/")),
    (r"utf8proc\.h", ("node/intel/flag_glyph.c",)),
    (r"jansson\.h", ("node/cli/json/", "tests/unit/json/")),
    (r"cyaml/cyaml\.h", ("node/cli/import/",)),
    (r"csv\.h", ("node/cli/import/", "tests/unit/import/csv_memory.c")),
    (r"seccomp\.h", ("node/cli/import/",)),
    (r"microhttpd\.h", ("node/http/",)),
    # Generated types stop in proto/: no header there passes them on, but slot.h, which
    # proto/ keeps to itself.
    (r"(protobuf-c/)?protobuf-c\.h", ("proto/*.c", "proto/slot.h", "tests/unit/proto/")),
    (r".*\.pb-c\.h", ("proto/*.c", "tests/unit/proto/")),
    (r"slot\.h", ("proto/",)),
]

BANNED = {
    "sprintf": "snprintf knows the size",
    "vsprintf": "vsnprintf knows the size",
    "strcpy": "copy by length",
    "strcat": "copy by length",
    "strtok": "it writes into its input and hides its state",
    "atoi": "it cannot fail",
    "atol": "it cannot fail",
    "gets": "it has no limit",
    "assert": "it disappears: use MUST",
    "alloca": "the stack has a limit that nobody checks",
    "setjmp": "no hidden jumps",
    "longjmp": "no hidden jumps",
}
EXITS = ("exit", "_exit", "_Exit", "quick_exit")
EXITS_HOME = ("node/main.c", "node/cli/")

TOKEN = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""", re.S | re.X
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)


def files(folders):
    """Every file below the folders, as a path with slashes."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def sources(folders, *suffixes):
    return (path for path in files(folders) if path.suffix in suffixes)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def code_of(text):
    """The text without comments and with empty strings; every line keeps its number."""

    def blank(match):
        token = match.group()
        return ('""' if token[0] in "\"'" else " ") + "\n" * token.count("\n")

    return TOKEN.sub(blank, text)


def is_home(name, homes):
    for home in homes:
        if home.endswith("/") and name.startswith(home):
            return True
        if pathlib.PurePosixPath(name).match(home) and name.count("/") == home.count("/"):
            return True
    return False


def home():
    for path in sources(OURS + ("tests",), ".c", ".h"):
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            where = f"{path}:{line_of(text, match.start())}"
            if ".." in match[1] and path.parts[0] != "tests":
                yield f"{where}: {match[1]} goes round its layer's include path (page 2, Tree)"
            for pattern, homes in HOMES:
                if re.fullmatch(pattern, match[1]) and not is_home(str(path), homes):
                    allowed = ", ".join(homes) or "nowhere"
                    yield f"{where}: {match[1]} belongs in: {allowed} (page 2, one library one home)"


def banned():
    call = re.compile(r"\b(%s)\s*\(" % "|".join((*BANNED, *EXITS)))
    jump = re.compile(r"\bgoto\s+(?!done\b)\w+")
    for path in sources(OURS + ("tests",), ".c", ".h"):
        text = path.read_text()
        for match in TOKEN.finditer(text):
            if match.group().startswith("//"):
                yield f"{path}:{line_of(text, match.start())}: // comment (page 5, Format)"
        if path.parts[0] == "tests":
            continue
        code = code_of(text)
        for match in call.finditer(code):
            where = f"{path}:{line_of(code, match.start())}"
            if match[1] in BANNED:
                yield f"{where}: {match[1]}: {BANNED[match[1]]} (page 5, Avoid)"
            elif not is_home(str(path), EXITS_HOME):
                yield f"{where}: {match[1]}: libraries return a status (page 5, Avoid)"
        for match in jump.finditer(code):
            yield f"{path}:{line_of(code, match.start())}: {match[0]}: only goto done (page 5, Cleanup)"


def guards():
    seen = {}
    for path in sources(OURS + ("tests",), ".h"):
        match = re.match(r"#ifndef (FLAGPOST_\w+_H)\n#define \1\n.*\n#endif\n\Z", path.read_text(), re.S)
        if not match:
            yield f"{path}:1: no guard FLAGPOST_..._H around the whole file (page 5, Headers)"
        elif match[1] in seen:
            yield f"{path}:1: {match[1]} already guards {seen[match[1]]} (page 5, Headers)"
        else:
            seen[match[1]] = path


def events():
    """What the node logs, a support bundle knows: else it counts as no event of ours."""
    bundle = pathlib.Path("node/cli/support_log.c")
    known = re.findall(r'"([a-z]+\.[a-z_]+)"', bundle.read_text()) if bundle.exists() else []
    for path in sources(("node",), ".c"):
        text = path.read_text()
        if path == bundle or "log_event(" not in text:
            continue
        for match in re.finditer(r'"([a-z]+\.(?!h"|sock")[a-z_]+)"', text):
            if match[1] not in known:
                yield f"{path}:{line_of(text, match.start())}: {match[1]} is an event that {bundle} does not know"


def is_script(path):
    with path.open("rb") as file:
        return bool(re.match(rb"#! ?/(usr/)?bin/(env )?(ba)?sh\b", file.read(32)))


def shell_scripts():
    return (path for path in files(TREE) if path.suffix == ".sh" or is_script(path))


def size():
    for path in [*sources(OURS + ("tests",), ".c", ".h", ".proto"), *shell_scripts()]:
        lines = len(path.read_text().splitlines())
        if lines > SIZE_MAX:
            yield f"{path}:{SIZE_MAX + 1}: {lines} lines, at most {SIZE_MAX}: one module, one job"


def layout():
    for path in sorted(pathlib.Path(".").iterdir()):
        hidden = path.name.startswith((".", "LICENSE", "build"))
        if not hidden and path.name not in TOP_LEVEL:
            yield f"{path}: not one of the fixed names at the top level (page 2, Tree)"


def blanks():
    suffixes = (".c", ".h", ".proto", ".cmake", ".py", ".md")
    listed = [*sources(TREE, *suffixes), *shell_scripts()]
    listed += [path for path in files(TREE) if path.name == "CMakeLists.txt"]
    listed += [path for path in (pathlib.Path("CMakeLists.txt"), pathlib.Path("README.md")) if path.exists()]
    for path in sorted(set(listed)):
        text = path.read_text()
        for number, line in enumerate(text.split("\n"), 1):
            if "\t" in line:
                yield f"{path}:{number}: a tab (page 5, Format)"
            if line != line.rstrip():
                yield f"{path}:{number}: a blank at the end of the line (page 5, Format)"
        if text and not text.endswith("\n"):
            yield f"{path}: the last line has no end (page 5, Format)"


def main():
    rules = {rule.__name__: rule for rule in (home, banned, guards, size, layout, blanks, events)}
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name == "list-shell":
        print(*shell_scripts(), sep="\n")
        return 0
    if name not in rules:
        print("usage: rules.py", " | ".join(rules), file=sys.stderr)
        return 64
    findings = list(rules[name]())
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
