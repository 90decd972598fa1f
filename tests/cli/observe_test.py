"""`troupe run --itrace` and `--profile*` on images: they change nothing, add up to the report, and agree with LLVM.

usage: observe_test.py BUILD_FOLDER, from the root of the repository
"""
import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

from checks import check, finish

BUILD = pathlib.Path(sys.argv[1])
TROUPE = BUILD / "troupe"
REASONS = ["operand", "branch", "divide", "vector", "niu", "csr", "trap"]


def troupe(*arguments):
    return subprocess.run([TROUPE, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def compiled(scratch, source):
    image = scratch / (pathlib.Path(source).stem + ".xpu")
    made = troupe("compile", source, "-o", image)
    assert made.returncode == 0, made.stderr
    return image


def report_of(text):
    report = json.loads(text)
    del report["host"]
    return report


def hash_of(result):
    return re.search(r"trace hash (\w+)", result.stdout)[1]


def folded(path):
    """Cycles by core and use, as the report names them, and all first frames below the cores."""
    cores, actors = collections.defaultdict(collections.Counter), set()
    for line in path.read_text().splitlines():
        frames, count = line.rsplit(" ", 1)
        frames = frames.split(";")
        core = frames[0].removeprefix("core ")
        use = frames[-1][1:-1] if re.fullmatch(r"\[\w+\]", frames[-1]) else "busy"
        cores[core][use] += int(count)
        if use != "idle":
            actors.add(frames[1])
    return cores, actors


def table(path):
    """name -> cycles by use; the total apart."""
    rows = {}
    for line in path.read_text().splitlines()[2:]:
        cycles, _, *uses, name = line.split(None, 11)
        uses = dict(zip(["busy", *REASONS, "waiting"], map(int, uses)))
        check(f"row of {name}", int(cycles) == sum(uses.values()), line)
        check(f"one row of {name}", name not in rows, line)
        rows[name] = collections.Counter(uses)
    total = rows.pop("total")
    check(f"{path.name}: rows add up", sum(rows.values(), collections.Counter()) == +total, total)
    return rows, total


def of_report(core):
    return collections.Counter(busy=core["busy"], waiting=core["waiting"], idle=core["idle"], **core["stalled"])


def profiles(scratch, name, image, flags, actors):
    """Profiles of all cores are those of the report, and nothing else differs."""
    plain_json, json_file = scratch / "plain.json", scratch / "observed.json"
    files = {flag: scratch / flag for flag in ("profile", "profile-symbols", "profile-lines")}
    plain = troupe("run", image, *flags, "--json", plain_json)
    observed = troupe("run", image, *flags, "--json", json_file,
                      *[word for flag, file in files.items() for word in (f"--{flag}", file)])
    report = report_of(plain_json.read_text())
    check(f"{name}: exit code", observed.returncode == plain.returncode == report["exit"], observed.stderr)
    check(f"{name}: report", report == report_of(json_file.read_text()), "differs when observed")
    check(f"{name}: trace hash", hash_of(plain) == hash_of(observed), "differs when observed")

    cores, seen = folded(files["profile"])
    for core in report["cores"]:
        used = core["tile"] in cores
        check(f"{name}: {core['tile']}", used or core["idle"] == report["cycles"], "not profiled")
        if used:
            check(f"{name}: cycles of {core['tile']}", cores[core["tile"]] == +of_report(core),
                  f"profile {cores[core['tile']]}, report {core}")
    check(f"{name}: actors", actors <= seen, f"{actors} of {seen}")
    expected = sum(cores.values(), collections.Counter())
    del expected["idle"]
    for flag in ("profile-symbols", "profile-lines"):
        check(f"{name}: total of {flag}", +table(files[flag])[1] == +expected, f"expected {expected}")


def traced(scratch, image):
    """Instructions by function and line, against the trace and LLVM's reading of the image."""
    trace, symbols, lines = scratch / "itrace", scratch / "symbols", scratch / "lines"
    plain = troupe("run", image)
    result = troupe("run", image, "--itrace", trace, "--profile-symbols", symbols, "--profile-lines", lines)
    check("traced: trace hash", hash_of(plain) == hash_of(result), result.stderr)
    rows = [line.split(None, 4) for line in trace.read_text().splitlines()]
    check("traced: cores", {r[1] for r in rows} == {"(0,0)", "(1,0)"}, {r[1] for r in rows})
    for core in ("(0,0)", "(1,0)"):
        cycles = [int(r[0]) for r in rows if r[1] == core]
        check(f"traced: one instruction a cycle on {core}, in order", cycles == sorted(set(cycles)))

    count = collections.Counter(int(r[2], 16) for r in rows)
    addresses = sorted(count)
    said = subprocess.run(["llvm-symbolizer-19", f"--obj={image}", "--output-style=JSON", *map(hex, addresses)],
                          capture_output=True, text=True, check=True).stdout
    by_line = collections.Counter()
    for address, found in zip(addresses, json.loads(said)):
        place = found["Symbol"][0]
        file = str(pathlib.PurePath(place["FileName"])) if place["FileName"] else "??"
        by_line[f"{file}:{place['Line']}"] += count[address]
    mine, _ = table(lines)
    # What a core executes behind its last NIU access is traced but does not count.
    check("traced: every line is one of LLVM's", all(by_line[name] >= row["busy"] for name, row in mine.items()),
          [(name, row["busy"], by_line[name]) for name, row in mine.items() if by_line[name] < row["busy"]])
    missed = sum(count.values()) - sum(row["busy"] for row in mine.values())
    check("traced: nearly all count", 0 <= missed < 100, missed)
    check("traced: the program's own lines", any(name.startswith("programs/ping_pong/ping_pong.cc:") for name in mine))
    check("traced: functions", any("ping" in name for name in table(symbols)[0]), list(table(symbols)[0]))

    one = troupe("run", image, "--itrace", "-", "--itrace-lines", 5, "--observe", "1,0", "--quiet")
    check("one core, five lines", one.stderr.splitlines() ==
          [line for line in trace.read_text().splitlines() if " (1,0) " in line][:5], one.stderr)
    fast = scratch / "fast"
    part = troupe("run", image, "--profile", fast, "--observe", "1,0")
    check("one core profiled", set(folded(fast)[0]) == {"(1,0)"} and hash_of(part) == hash_of(plain), part.stderr)
    slices = scratch / "slices"
    troupe("run", image, "--profile", slices, "--observe", "1,0", "--quantum", 7)
    check("any quantum", slices.read_text() == fast.read_text(), "profile differs at quantum 7")


def wrong(scratch, image):
    def expect(what, pattern, *flags):
        result = troupe("run", *flags)
        first = result.stderr.splitlines()[0] if result.stderr else ""
        check(what, result.returncode == 2 and re.search(pattern, first), f"{result.returncode} {first!r}")

    nowhere = scratch / "no" / "file"
    for flag in ("--itrace", "--profile", "--profile-symbols", "--profile-lines"):
        expect(f"{flag} into no folder", r"no/file: cannot write: No such file", image, flag, nowhere)
        expect(f"{flag} without a file", flag, image, flag)
    profile = scratch / "p"
    expect("observe no core", r"--observe 9,0: no core \(9,0\)", image, "--profile", profile, "--observe", "9,0")
    expect("observe nothing of the kind", r"--observe one: expected X,Y", image, "--profile", profile, "--observe", "one")
    expect("observe a core of nobody", r"--observe 2,0: the program is granted \(0,0\)-\(1,0\)", image, "--profile",
           profile, "--observe", "2,0")
    expect("observe for nothing", r"--observe: nothing to write", image, "--observe", "1,0")
    expect("observe a bare hart", r"--observe: a bare program has one hart", "--bare", image, "--observe", "1,0")
    expect("trace with a quantum", r"--quantum", image, "--itrace", profile, "--quantum", 7)
    expect("lines of no trace", r"--itrace-lines", image, "--itrace-lines", 7)

    whole = image.read_bytes()
    stripped, damaged = scratch / "stripped.xpu", scratch / "damaged.xpu"
    subprocess.run(["llvm-objcopy-19", "--strip-debug", image, stripped], check=True)
    check("debug sections are not loaded", hash_of(troupe("run", stripped)) == hash_of(troupe("run", image)))
    expect("no line table", r"stripped\.xpu: no line table", stripped, "--profile-lines", profile)
    sections = subprocess.run(["llvm-readelf-19", "-SW", image], capture_output=True, text=True, check=True).stdout
    at = int(re.search(r"\.debug_line +PROGBITS +\w+ (\w+)", sections)[1], 16)
    damaged.write_bytes(whole[:at + 4] + struct.pack("<H", 99) + whole[at + 6:])
    expect("line table of the future", r"damaged\.xpu: damaged line table", damaged, "--profile-lines", profile)
    damaged.write_bytes(whole[:at] + struct.pack("<I", 0x7fffffff) + whole[at + 4:])
    expect("line table that leaves its section", r"damaged\.xpu: damaged line table", damaged, "--profile-lines", profile)


def main():
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        ping_pong = compiled(scratch, "programs/ping_pong/ping_pong.cc")
        profiles(scratch, "ping_pong", ping_pong, [], {"runtime"})
        profiles(scratch, "stopped", ping_pong, ["--cycles", 5000], {"runtime"})
        profiles(scratch, "killed", ping_pong, ["--kill", "1,0@5000"], {"runtime"})  # the other waits for ever
        profiles(scratch, "trap", compiled(scratch, "tests/programs/endings/trap.cc"), [], {"runtime", "crasher*"})
        traced(scratch, ping_pong)
        wrong(scratch, ping_pong)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
