"""Runs the Savina benchmarks of programs/savina and compares what they print with programs/savina/sizes.toml.

usage: savina_test.py BUILD_FOLDER quick|full|altered|bench [PROGRAM...], from the root of the repository

altered: the small inputs, which must give the same report with every quantum. bench: the full size; prints cycles,
cycles a unit of work, host seconds and MIPS of each program that gave the right answer.
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import tomllib

BUILD, MODE = pathlib.Path(sys.argv[1]), sys.argv[2]
PROGRAMS = pathlib.Path("programs/savina").absolute()
# 17 programs share the runtime's sources: ccache compiles those once.
ENVIRONMENT = dict(os.environ, PATH="/usr/lib/ccache:" + os.environ["PATH"])


class Failed(Exception):
    pass


def troupe(*arguments):
    done = subprocess.run([BUILD / "troupe", *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        raise Failed(f"troupe {arguments[0]}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def compiled(name, macros, folder):
    """A source beside the image sets the macros and includes the program."""
    source = folder / f"{name}.cc"
    lines = [f"#define {macro} {value}\n" for macro, value in macros.items()]
    source.write_text("".join(lines) + f'#include "{PROGRAMS / name}.cc"\n')
    image = folder / f"{name}.xpu"
    troupe("compile", source, "-o", image, "--quiet")
    return image


def run(image, size, folder, *flags):
    """The report of a run that printed what it should, with the cycles that the program itself measured, if any:
    those leave out the check of the answer."""
    path = folder / "report.json"
    printed = troupe("run", image, "--quiet", "--json", path, *flags)
    measured = re.search(r"^cycles (\d+)\n", printed, re.M)
    answer = re.sub(r"^cycles \d+\n", "", printed, flags=re.M)
    if answer != size["prints"] + "\n":
        raise Failed(f"printed\n{answer}expected\n{size['prints']}")
    report = json.loads(path.read_text())
    return report, int(measured.group(1)) if measured else report["cycles"]


def check(name, program, folder):
    size = program[MODE]
    image = compiled(name, size["set"] if MODE != "full" else {}, folder)
    report, _ = run(image, size, folder)
    if MODE == "altered":
        for quantum in ("1", "1000"):
            other, _ = run(image, size, folder, "--quantum", quantum)
            if {**other, "host": 0} != {**report, "host": 0}:
                raise Failed(f"quantum {quantum} gives another report")
    print(f"{name}: {size['prints']}")


def bench(name, program, folder):
    image = compiled(name, {}, folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    report, cycles = run(image, program["full"], folder)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    instructions = sum(core["instructions"] for core in report["cores"])
    print(f"savina.{name}.cycles {cycles} cycles")
    print(f"savina.{name}.cycles_per_{program['unit']} {cycles / program['full']['units']:.4g} cycles")
    print(f"savina.{name}.host {seconds:.2f} s")
    print(f"savina.{name}.speed {instructions / seconds / 1e6:.1f} MIPS", flush=True)


def main():
    programs = tomllib.loads((PROGRAMS / "sizes.toml").read_text())
    on_disk = {path.stem for path in PROGRAMS.glob("*.cc")}
    if on_disk != set(programs):
        print(f"programs/savina holds {sorted(on_disk)}, sizes.toml {sorted(programs)}")
        return 1
    failed = 0
    for name in sys.argv[3:] or programs:
        with tempfile.TemporaryDirectory() as folder:
            try:
                (bench if MODE == "bench" else check)(name, programs[name], pathlib.Path(folder))
            except Failed as failure:
                failed += 1
                print(f"{name}: FAILED: {failure}", file=sys.stderr if MODE == "bench" else sys.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
