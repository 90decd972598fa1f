"""What the actor runtime costs on the simulated chip: the programs of tests/bench/runtime, which check their answers.

usage: runtime_figures_test.py BUILD_FOLDER quick|bench [PROGRAM...], from the root of the repository
quick: each figure must be at most what it was when it was last written down here. bench: a million spawns; the figures
beside their targets and what others need.
"""
import pathlib
import sys

from running import compiled, for_each, require, run

PROGRAMS = pathlib.Path("tests/bench/runtime")

# figure -> target, bound: a little above what is measured now, so that nobody makes it slower unnoticed
FIGURES = {
    "runtime.same_core_send": (50, 155),
    "runtime.same_core_round_trip": (None, 318),
    "runtime.neighbour_one_way": (80, 178),
    "runtime.neighbour_round_trip": (160, 378),
    "runtime.spawn_local": (200, 200),
    "runtime.spawn_local_started": (None, 290),
    "runtime.spawn_remote": (500, 670),
    "runtime.spawn_remote_started": (None, 550),
    "runtime.receive_interval": (30, 30),
    "runtime.restart": (1500, 1500),
    "runtime.idle_actor": (256, 240),
    "runtime.bystander_slowdown": (5, 0.5),
    "runtime.churn_leaking_cores": (0, 0),
}
# Wall time at 1 GHz, from ../shared/anchors/savina.md
ANCHORS = {
    "runtime.same_core_send": "J-Machine: task created and dispatched < 1 us",
    "runtime.neighbour_one_way": "J-Machine: message to any node < 2 us",
    "runtime.spawn_local": "J-Machine: task created and dispatched < 1 us",
    "runtime.idle_actor": "Erlang: 2,616 B a process",
}
SPAWNS = 1_000_000


def figures(image):
    """The lines that it prints, by name: value as printed, unit."""
    printed, _ = run(image)
    return {name: (value, unit) for name, value, unit in (line.split() for line in printed.splitlines())}


def source_of(name, size, folder):
    if name != "churn" or size == "quick":
        return PROGRAMS / f"{name}.cc"
    source = folder / f"{name}.cc"
    source.write_text(f'#define CHURN_SPAWNS {SPAWNS}\n#include "{(PROGRAMS / name).resolve()}.cc"\n')
    return source


def main():
    size, names = sys.argv[2], sys.argv[3:] or sorted(path.stem for path in PROGRAMS.glob("*.cc"))

    def check(name, folder):
        for figure, (value, unit) in figures(compiled(source_of(name, size, folder), folder)).items():
            target, bound = FIGURES.get(figure, (None, None))
            if size == "bench":
                print(figure, value, unit, flush=True)
                beside = [f"target <= {target}"] if target is not None else []
                beside += [ANCHORS[figure]] if figure in ANCHORS else []
                if beside:
                    print(f"  {figure}: " + "; ".join(beside), file=sys.stderr)
            if size == "quick" and bound is not None:
                require(float(value) <= bound, f"{figure} is {value} {unit}, was at most {bound}")

    return for_each(names, check)


if __name__ == "__main__":
    sys.exit(main())
