"""Runs the shipped programs on the simulated chip and compares what they print.

usage: programs_test.py BUILD_FOLDER PROGRAM[@CORE@CYCLE]..., from the root of the repository

For each program: it prints programs/NAME/expected.txt; every quantum and a second run give the same cycles, trace
hash and text; each core's cycles add up to the run's; an altered input (programs/NAME/altered.*) changes the answer.
`victim@1,0@3000` runs it with --kill 1,0@3000 instead: the death must change the answer, at every quantum alike.
"""
import json
import pathlib
import re
import sys

from running import Failed, compiled, for_each, require, troupe

QUANTA = ["1", "7", "1000", "unlimited"]


def source_of(name, stem):
    for ending in (".mlir", ".cc"):
        path = pathlib.Path("programs", name, stem + ending)
        if path.exists():
            return path
    raise Failed(f"programs/{name} has no {stem}.mlir or {stem}.cc")


def run_quiet(image):
    done = troupe("run", image, "--quiet")
    require(done.returncode == 0, f"{image.name}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def check_report(report):
    for core in report["cores"]:
        total = core["busy"] + sum(core["stalled"].values()) + core["waiting"] + core["idle"]
        require(total == report["cycles"], f"core {core['tile']}: {total} cycles of {report['cycles']}")
    require(report["exit"] == 0, f"exit {report['exit']}")


def check_quanta(image, folder, *flags):
    """Runs at every quantum, the last one twice; returns the common (trace hash, text of the program)."""
    first = None
    for quantum in [*QUANTA, QUANTA[-1]]:
        path = folder / "report.json"
        done = troupe("run", image, "--quantum", quantum, "--json", path, *flags)
        require(done.returncode == 0, f"quantum {quantum}: exit {done.returncode}\n{done.stderr}")
        report = json.loads(path.read_text())
        check_report(report)
        del report["host"]
        trace_hash = re.search(r"^trace hash ([0-9a-f]{32})$", done.stdout, re.M)
        require(trace_hash, f"quantum {quantum}: no trace hash in\n{done.stdout}")
        text = done.stdout.split("\nprogram ")[0].split("\n", 1)[1]
        seen = (trace_hash.group(1), text, json.dumps(report))
        first = first or seen
        for what, here, there in zip(("trace hash", "text", "report"), seen, first):
            require(here == there, f"quantum {quantum}: {what}\n{here}\nnot\n{there}")
    return first[0], first[1]


def check(name, folder):
    image = compiled(source_of(name, name), folder)
    expected = pathlib.Path("programs", name, "expected.txt")
    trace_hash, printed = check_quanta(image, folder)
    require(printed == run_quiet(image), "--quiet prints something else")
    if expected.exists():
        require(printed == expected.read_text(), f"printed\n{printed}expected\n{expected.read_text()}")
        altered = run_quiet(compiled(source_of(name, "altered"), folder))
        require(altered != printed, "an altered input gives the same answer")
    else:  # a racy program's text is a function of its cycles: another chip must change it
        other = troupe("run", image, "--quiet", "--chip", "tiny")
        require(other.returncode == 0 and other.stdout != printed, f"the same on another chip\n{other.stderr}")
    print(f"{name}: as expected, trace hash {trace_hash}")


def check_killed(name, kill, folder):
    image = compiled(source_of(name, name), folder)
    alive = run_quiet(image)
    trace_hash, printed = check_quanta(image, folder, "--kill", kill)
    require(printed != alive, "the death changed nothing")
    print(f"{name} with --kill {kill}: the same at every quantum, trace hash {trace_hash}")


def check_argument(argument, folder):
    name, _, kill = argument.partition("@")
    if kill:
        check_killed(name, kill, folder)
    else:
        check(name, folder)


if __name__ == "__main__":
    sys.exit(for_each(sys.argv[2:], check_argument))
