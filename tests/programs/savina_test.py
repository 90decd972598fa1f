"""Runs the Savina benchmarks of programs/savina and compares what they print with programs/savina/sizes.toml.

usage: savina_test.py BUILD_FOLDER quick|full|altered|bench [PROGRAM...], from the root of the repository

altered: the small inputs, which must give the same report with every quantum. bench: the full size; prints cycles,
cycles a unit of work, host seconds and MIPS of each program that gave the right answer.
"""
import pathlib
import re
import sys
import tomllib

from running import compiled, figures, for_each, measured, require, run, require_same_at

MODE = sys.argv[2]
PROGRAMS = pathlib.Path("programs/savina").absolute()
SIZES = tomllib.loads((PROGRAMS / "sizes.toml").read_text())


def image_of(name, macros, folder):
    """A source beside the image sets the macros and includes the program."""
    source = folder / f"{name}.cc"
    lines = [f"#define {macro} {value}\n" for macro, value in macros.items()]
    source.write_text("".join(lines) + f'#include "{PROGRAMS / name}.cc"\n')
    return compiled(source, folder)


def check_answer(printed, size):
    """Returns the cycles that the program itself measured, if any: those leave out the check of the answer."""
    cycles = re.search(r"^cycles (\d+)\n", printed, re.M)
    answer = re.sub(r"^cycles \d+\n", "", printed, flags=re.M)
    require(answer == size["prints"] + "\n", f"printed\n{answer}expected\n{size['prints']}")
    return int(cycles.group(1)) if cycles else None


def check(name, folder):
    size = SIZES[name][MODE]
    image = image_of(name, size.get("set", {}), folder)
    printed, report = run(image)
    check_answer(printed, size)
    require_same_at(("1", "1000") if MODE == "altered" else (), image, printed, report)
    print(f"{name}: {size['prints']}", flush=True)


def bench(name, folder):
    size = SIZES[name]["full"]
    printed, report, seconds = measured(image_of(name, {}, folder))
    cycles = check_answer(printed, size) or report["cycles"]
    figures(f"savina.{name}", SIZES[name]["unit"], size["units"], cycles, report, seconds)


def main():
    on_disk = {path.stem for path in PROGRAMS.glob("*.cc")}
    if on_disk != set(SIZES):
        print(f"programs/savina holds {sorted(on_disk)}, sizes.toml {sorted(SIZES)}")
        return 1
    return for_each(sys.argv[3:] or SIZES, bench if MODE == "bench" else check)


if __name__ == "__main__":
    sys.exit(main())
