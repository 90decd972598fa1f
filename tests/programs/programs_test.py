"""Runs the shipped programs on the simulated chip and compares what they print.

usage: programs_test.py BUILD_FOLDER PROGRAM..., from the root of the repository

For each program: it prints programs/NAME/expected.txt; every quantum and a second run give the same cycles, trace
hash and text; each core's cycles add up to the run's; an altered input (programs/NAME/altered.*) changes the answer.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
QUANTA = ["1", "7", "1000", "unlimited"]


def troupe(*arguments):
    return subprocess.run([BUILD / "troupe", *map(str, arguments)], capture_output=True, text=True)


class Failed(Exception):
    pass


def require(truth, what):
    if not truth:
        raise Failed(what)


def compiled(source, folder):
    image = folder / (source.stem + ".xpu")
    made = troupe("compile", source, "-o", image)
    require(made.returncode == 0, f"{source} does not compile:\n{made.stdout}{made.stderr}")
    return image


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


def check_quanta(image, folder):
    first = None
    for quantum in [*QUANTA, QUANTA[-1]]:
        path = folder / "report.json"
        done = troupe("run", image, "--quantum", quantum, "--json", path)
        require(done.returncode == 0, f"quantum {quantum}: exit {done.returncode}\n{done.stderr}")
        report = json.loads(path.read_text())
        check_report(report)
        del report["host"]
        trace_hash = re.search(r"^trace hash ([0-9a-f]{32})$", done.stdout, re.M)
        require(trace_hash, f"quantum {quantum}: no trace hash in\n{done.stdout}")
        seen = (trace_hash.group(1), json.dumps(report))
        first = first or seen
        require(seen[0] == first[0], f"quantum {quantum}: trace hash {seen[0]}, not {first[0]}")
        require(seen[1] == first[1], f"quantum {quantum}: another report")
    return first[0]


def check(name, folder):
    image = compiled(source_of(name, name), folder)
    expected = pathlib.Path("programs", name, "expected.txt").read_text()
    printed = run_quiet(image)
    require(printed == expected, f"printed\n{printed}expected\n{expected}")
    trace_hash = check_quanta(image, folder)
    altered = run_quiet(compiled(source_of(name, "altered"), folder))
    require(altered != expected, "an altered input gives the same answer")
    print(f"{name}: as expected, trace hash {trace_hash}")


def main():
    failed = 0
    for name in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(name, pathlib.Path(folder))
            except Failed as failure:
                failed += 1
                print(f"{name}: FAILED: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
