"""Runs programs on the network compiled from noc/rtl: cycles, trace and text are those of the model.

usage: noc_rtl_test.py BUILD_FOLDER PROGRAM..., from the root of the repository

Each program runs on three chips with --noc model, rtl and lockstep (both, compared in each cycle), one of them a torus
with as many virtual channels as the RTL has. A chip that the RTL was not made for is refused.
"""
import json
import pathlib
import re
import sys
import tempfile

from programs_test import Failed, compiled, require, source_of, troupe


def run(image, chip, noc, folder):
    """(trace hash, text of the program, report without what the host took)"""
    path = folder / "report.json"
    done = troupe("run", image, "--chip", chip, "--noc", noc, "--json", path)
    require(done.returncode == 0, f"{image.stem} on {chip} with --noc {noc}: exit {done.returncode}\n{done.stderr}")
    report = json.loads(path.read_text())
    del report["host"]
    trace_hash = re.search(r"^trace hash ([0-9a-f]{32})$", done.stdout, re.M).group(1)
    return trace_hash, done.stdout.split("\nprogram ")[0], report


WIDE = 'base = "tiny"\n[noc]\ntopology = "torus"\nvirtual_channels = 10\nmulticast_channels = 2\nreply_channels = 4\n'


def check(name, folder):
    image = compiled(source_of(name, name), folder)
    wide = folder / "wide.toml"
    wide.write_text(WIDE)
    for chip in ("xpu64", "tiny", wide):
        model, rtl, both = (run(image, chip, noc, folder) for noc in ("model", "rtl", "lockstep"))
        for what, *values in zip(("trace hash", "text", "report"), model, rtl, both):
            require(values == values[:1] * 3, f"{name} on {chip}: {what} by model, rtl, lockstep:\n{values}")
        print(f"{name} on {chip}: {model[2]['cycles']} cycles, trace hash {model[0]}")


def check_refused(name, folder):
    image = compiled(source_of(name, name), folder)
    chip = folder / "beyond.toml"
    for noc, reason in (
        ("vc_depth = 64", "vc_depth + pool_per_vc up to 16, this chip has 64"),
        ("virtual_channels = 10\nmulticast_channels = 1", "virtual_channels for unicasts up to 8, this chip has 9"),
        ("virtual_channels = 7\nmulticast_channels = 3", "multicast_channels up to 2, this chip has 3"),
    ):
        chip.write_text(f'base = "xpu64"\n[noc]\n{noc}\n')
        done = troupe("run", image, "--chip", chip, "--noc", "rtl")
        require(done.returncode == 2 and reason in done.stderr, f"{noc}: exit {done.returncode}\n{done.stderr}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            for name in sys.argv[2:]:
                check(name, pathlib.Path(folder))
            check_refused(sys.argv[2], pathlib.Path(folder))
        except Failed as failure:
            print(f"FAILED: {failure}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
