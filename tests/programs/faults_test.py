"""Faults as exit reasons, on the chip: who monitors or is linked to an actor that a fault ends learns why, standard
error tells people, and the program goes on, alike at every quantum.

usage: faults_test.py BUILD_FOLDER, from the root of the repository
"""
import pathlib
import re
import sys

from running import compiled, for_each, require, troupe

QUANTA = ["1", "7", "1000", "unlimited"]
SOURCES = pathlib.Path("tests/programs/faults")

WAYS = ["illegal instruction on core {}: trap, code 2, pc known, value 0",
        "store on core {}: trap, code 7, pc known, value 2147483647",
        "load on core {}: trap, code 5, pc known, value 2415919104",
        "overflow on core {}: stack overflow, code 7, pc known, value 0",
        "budget on core {}: time budget, code 0, pc known, value 0",
        "runtime on core {}: time budget, code 0, pc known, value 0",
        "linked on core {}: trap, code 7, pc known, value 2147483647"]
CRASHES = [r"illegal instruction \(address or instruction 0x0\) at pc 0x[0-9a-f]+ in fail\(int\).*",
           r"store access fault \(address or instruction 0x7fffffff\) at pc 0x[0-9a-f]+ in fail\(int\).*",
           r"load access fault \(address or instruction 0x90000000\) at pc 0x[0-9a-f]+ in fail\(int\).*",
           r"store access fault \(address or instruction 0xf[0-9a-f]{2}\) at pc 0x[0-9a-f]+ in deep\(.*",
           r"time budget exceeded at pc 0x[0-9a-f]+ in spin\(\).*",
           r"time budget exceeded at pc 0x[0-9a-f]+ in fail\(int\).*"]
LINKED = r"troupe: crash: faulty\* on \({},0\): " + CRASHES[1]
CORE_DEATH = ["far: core death, code 0, pc 0", "linked: core death, code 0, pc 0", "again: core death",
              "spawn: refused"]

# program -> flags, lines printed, patterns of the crashes told; None: not looked at
PROGRAMS = {
    "faults": ([], [way.format(core) for core in (0, 1) for way in WAYS] + ["goes on"],
               [*(rf"troupe: crash: faulty\* on \(0,0\): {crash}" for crash in CRASHES), LINKED.format(1),
                *(rf"troupe: crash: faulty\* on \(1,0\): {crash}" for crash in CRASHES), LINKED.format(0)]),
    "budgets": ([], ["500 of 500 exceeded their budgets, 0 wrong or late", "0 bytes more, 0 actors more"], None),
    "leaks": ([], ["1000 crashes, 0 bytes more"], None),
    "deaths": (["--kill", "1,0@20000"], CORE_DEATH, []),
}


def check(name, folder):
    flags, printed, crashes = PROGRAMS[name]
    image = compiled(SOURCES / f"{name}.cc", folder)
    first = None
    for quantum in QUANTA:
        done = troupe("run", image, "--quantum", quantum, *flags)
        require(done.returncode == 0, f"quantum {quantum}: exit {done.returncode}\n{done.stderr}")
        hashed = re.search(r"^trace hash ([0-9a-f]{32})$", done.stdout, re.M)[1]
        first = first or (hashed, done.stderr)
        require((hashed, done.stderr) == first, f"quantum {quantum} differs from {QUANTA[0]}")
        require(done.stdout.split("\n\nprogram ")[0].splitlines()[1:] == printed, f"printed\n{done.stdout}")
    if crashes is not None:
        told = first[1].splitlines()
        require(len(told) == len(crashes) and all(map(re.fullmatch, crashes, told)), "told\n" + "\n".join(told))
    print(f"{name}: as expected, trace hash {first[0]}")


if __name__ == "__main__":
    sys.exit(for_each(PROGRAMS, check))
