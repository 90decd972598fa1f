"""`troupe noc`: sweeps give the points of their golden files, wrong inputs one line that names the cause.

usage: noc_test.py BUILD_FOLDER, from the root of the repository; UPDATE_GOLDEN=1 rewrites the golden files
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

TROUPE = pathlib.Path(sys.argv[1]) / "troupe"
GOLDEN = pathlib.Path("tests/cli/golden")
failures = []


def noc(*arguments):
    return subprocess.run([TROUPE, "noc", *map(str, arguments)], capture_output=True, text=True, timeout=300)


def check(what, holds, detail=""):
    if not holds:
        failures.append(f"{what}: {detail}")


def golden(name, text):
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.write_text(text)
    check(name, text == file.read_text(), f"differs from {file}; UPDATE_GOLDEN=1 rewrites it:\n{text}")


def refused(what, pattern, *arguments):
    result = noc(*arguments)
    first = result.stderr.splitlines()[0] if result.stderr else ""
    check(what, result.returncode == 2 and re.search(pattern, first), f"exit {result.returncode}, said {first!r}")


SWEEP = ["sweep", "--pattern", "transpose", "--rate", "0.05:0.35:0.1", "--packet-flits", "5", "--cycles", "2000"]


def sweeps(scratch):
    svg = scratch / "plot.svg"
    table = noc(*SWEEP, "--svg", svg)
    golden("sweep_table.txt", table.stdout)
    csv = noc(*SWEEP, "--csv", "-")
    golden("sweep.csv", csv.stdout)
    check("with --csv - the table goes to standard error", csv.stderr == table.stdout, csv.stderr)
    check("another seed, another result", noc(*SWEEP, "--csv", "-", "--seed", "2").stdout != csv.stdout)

    plot = xml.etree.ElementTree.parse(svg).getroot()
    texts = ["".join(t.itertext()) for t in plot.iter("{http://www.w3.org/2000/svg}text")]
    for wanted in ["xpu64: transpose traffic, 5-flit packets", "latency (cycles)", "99th percentile",
                   "offered load (flits per node and cycle)", "accepted (flits/node/cycle)"]:
        check("the plot says what it shows", wanted in texts, f"no {wanted!r} in {texts}")
    dots = plot.findall(".//{http://www.w3.org/2000/svg}circle")
    check("four curves of four points", len(dots) == 16, f"{len(dots)} dots")


def refusals(scratch):
    refused("no command", r"A subcommand is required")
    refused("no rate", r"--rate is required", "sweep")
    for rate, why in [("0.1", "FROM:TO:STEP"), ("0:1:0.1", "0 < FROM"), ("0.5:0.1:0.1", "FROM <= TO"),
                      ("0.1:0.5:0", "STEP above 0"), ("0.1:0.5:1e-9", "1000 points"), ("0.1:1.5:0.1", "TO <= 1"),
                      ("nan:1:0.1", "0 < FROM"), ("0.1:0.2:0.1x", "FROM:TO:STEP")]:
        refused(f"rate {rate}", re.escape(f"--rate {rate}: expected") + ".*" + re.escape(why), "sweep", "--rate", rate)
    refused("unknown pattern", r"unknown pattern 'spiral'; patterns are uniform, transpose",
            "sweep", "--pattern", "spiral", "--rate", "0.1:0.2:0.1")
    chip = scratch / "odd.toml"
    chip.write_text('base = "tiny"\n[grid]\nwidth = 5\n')
    refused("pattern that these cores cannot have", r"pattern bitcomp: 6 nodes, expected a power of two",
            "sweep", "--pattern", "bitcomp", "--rate", "0.1:0.2:0.1", "--chip", chip)
    refused("unknown chip", r"unknown chip 'xpu65'", "sweep", "--rate", "0.1:0.2:0.1", "--chip", "xpu65")
    refused("packet of no flits", r"--packet-flits", "sweep", "--rate", "0.1:0.2:0.1", "--packet-flits", "0")
    refused("negative seed", r"--seed", "sweep", "--rate", "0.1:0.2:0.1", "--seed", "-1")
    refused("CSV into no folder", r"c\.csv: cannot write: No such file",
            "sweep", "--rate", "0.1:0.2:0.1", "--csv", scratch / "no" / "c.csv")


def main():
    with tempfile.TemporaryDirectory() as scratch_name:
        sweeps(pathlib.Path(scratch_name))
        refusals(pathlib.Path(scratch_name))
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
