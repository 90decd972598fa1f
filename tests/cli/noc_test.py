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

from checks import check, finish

TROUPE = pathlib.Path(sys.argv[1]) / "troupe"
GOLDEN = pathlib.Path("tests/cli/golden")


def noc(*arguments):
    return subprocess.run([TROUPE, "noc", *map(str, arguments)], capture_output=True, text=True, timeout=300)


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


def replays(scratch):
    trace = "tests/noc/traces/mixed.json"
    table = noc("replay", trace)
    check("replay", table.returncode == 0 and "mixed.json" in table.stdout and "p90" in table.stdout, table)
    csv = noc("replay", trace, trace, "--csv", "-")
    golden("replay.csv", csv.stdout)
    check("with --csv - the table goes to standard error", csv.stderr.splitlines()[1] == table.stdout.splitlines()[1],
          csv.stderr)

    whole = pathlib.Path(trace).read_bytes()
    cut = scratch / "cut.json"
    for length in range(0, len(whole) - 3, len(whole) // 20):
        cut.write_bytes(whole[:length])
        refused(f"trace cut at {length}", r"cut\.json: byte \d+, behind event \d+: ", "replay", cut)

    def altered(what, old, new, pattern, *flags):
        assert old.encode() in whole, old
        cut.write_bytes(whole.replace(old.encode(), new.encode(), 1))
        refused(what, r"cut\.json: event \d+: " + pattern, "replay", cut, *flags)

    altered("unknown type", '"WRITE_FLUSH"', '"WRITE_FLASH"', r'unknown event type "WRITE_FLASH"')
    altered("tile outside the grid", '"dx": 3', '"dx": 10', r'"dx" is 10, expected 0 to 9')
    altered("packet over the limit", '"num_bytes": 4096', '"num_bytes": 9000', r"READ of 9000 bytes, a packet carries 8192")
    altered("rectangle outside the grid", '"mcast_end_y": 2', '"mcast_end_y": 12', r'"mcast_end_y" is 12, expected 0 to 11')
    altered("chip with one network", '"dx": 3', '"dx": 2', r"NOC_1, but xpu64 has one network", "--chip", "xpu64")
    refused("no trace", r"TRACE is required", "replay")
    refused("trace that is not there", r"no\.json: cannot read: No such file", "replay", scratch / "no.json")
    refused("text that is none", r"README\.md: byte 1, behind event 0: ", "replay", "README.md")
    refused("folder", r"cannot read", "replay", "programs")
    refused("CSV into no folder", r"c\.csv: cannot write", "replay", trace, "--csv", scratch / "no" / "c.csv")


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
        replays(pathlib.Path(scratch_name))
        refusals(pathlib.Path(scratch_name))
    return finish()


if __name__ == "__main__":
    sys.exit(main())
