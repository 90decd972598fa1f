"""`troupe run --sanitize`: each kind of finding with actor, tile, pc, symbol and line; none in our own programs; and it
changes no cycle.

usage: sanitize_test.py BUILD_FOLDER found|clean, from the root of the repository
"""
import pathlib
import re
import sys

from running import compiled, for_each, require, troupe

SOURCES = pathlib.Path("tests/programs/sanitize")
WHERE = r", at pc 0x[0-9a-f]+ in .*{0}.* \(.*tests/programs/sanitize/{1}:{2}\)"

# program -> the one finding: actor and tile, what, function, line's text
FOUND = {
    "early.mlir": (r"peeker\* on \(0,0\)", r"loads from 0x[0-9a-f]+ before its read of 0x[0-9a-f]+ to 0x[0-9a-f]+ is done",
                   "peeker", "zone[3]"),
    "unwritten.cc": (r"root on \(0,0\)",
                     r"uses as a condition what it loaded from 0x[0-9a-f]+, which nothing has written", "root",
                     "*value == 7"),
    "payload.cc": (r"(root|the runtime) on \(0,0\)", r"sends a payload of 204 bytes of which 0x[0-9a-f]+ was never written", None, None),
    "stale.cc": (r"root on \(0,0\)",
                 r"loads from 0x[0-9a-f]+ what another tile has overwritten: no access to the NIU since cycle \d+", "root",
                 "*seen == 0"),
    "given_back.cc": (r"root on \(0,0\)",
                      r"loads from 0x[0-9a-f]+, mailbox \d+, where no message is that the core was told of", "root",
                      "*kept == 41"),
}
CLEAN = ["hello/hello.cc", "ping_pong/ping_pong.cc", "victim/victim.cc"]
CLEAN_LONG = ["fib/fib.cc"]


def hash_of(done):
    return re.search(r"^trace hash (\w+)$", done.stdout, re.M)[1]


def found(name, folder):
    who, what, function, text = FOUND[name]
    source = SOURCES / name
    image = compiled(source, folder)
    plain = troupe("run", image)
    first = None
    for quantum in ("1", "7", "1000", "unlimited"):
        done = troupe("run", image, "--sanitize", "--quantum", quantum)
        require(hash_of(done) == hash_of(plain), f"quantum {quantum}: another trace")
        require(done.returncode == 4, f"exit {done.returncode}\n{done.stderr}")
        first = first or done.stderr
        require(done.stderr == first, f"quantum {quantum}:\n{done.stderr}not\n{first}")
    pattern = f"troupe: sanitize: {who}: {what}"
    if function:
        code = source.with_suffix(".cc")
        line = next(n for n, line in enumerate(code.read_text().splitlines(), 1) if text in line)
        pattern += WHERE.format(function, code.name, line)
    else:
        pattern += r", at pc 0x[0-9a-f]+ in .* \(.*:\d+\)"
    require(re.fullmatch(pattern + "\n", first), f"said\n{first}expected\n{pattern}")
    print(f"{name}: found")


def clean(name, folder):
    image = compiled(pathlib.Path("programs", name), folder)
    plain, done = troupe("run", image), troupe("run", image, "--sanitize")
    require(done.returncode == 0 and done.stderr == "", f"exit {done.returncode}\n{done.stderr}")
    require(hash_of(done) == hash_of(plain), "another trace")
    print(f"{name}: clean")


if __name__ == "__main__":
    if sys.argv[2] == "found":
        sys.exit(for_each(FOUND, found))
    sys.exit(for_each(CLEAN if sys.argv[2] == "clean" else CLEAN_LONG, clean))
