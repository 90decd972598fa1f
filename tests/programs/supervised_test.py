"""Programs whose cores are killed at seeded cycles end with the right answer, or with a diagnosis; never in a wrong
answer, never not at all.

usage: supervised_test.py BUILD_FOLDER fashion|pool|pool_long, from the root of the repository
fashion: programs/supervised gives the answer of programs/fashion under deaths of some seeds, at every quantum alike.
pool, pool_long: 200 and 2,000 runs of a supervised map, each with 1 to 7 of its 8 cores dying. SEED= runs one alone.
"""
import os
import pathlib
import random
import re
import sys

from running import compiled, for_each, require, troupe

CYCLES_MAX = 20_000_000  # what a run that hangs ends with


def killed(image, seed, count, before, *flags):
    return troupe("run", image, "--kill-random", f"{seed},{count},{before}", "--cycles", CYCLES_MAX * 10, *flags)


def fashion(folder):
    image = compiled(pathlib.Path("programs/supervised/supervised.mlir"), folder)
    answer = pathlib.Path("programs/fashion/expected.txt").read_text()
    for seed, count in ((1, 3), (2, 7), (3, 5)):
        done = killed(image, seed, count, 12_000_000, "--quiet")
        require(done.returncode == 0 and done.stdout == answer, f"seed {seed}: exit {done.returncode}, printed\n"
                f"{done.stdout}{done.stderr}")
        print(f"fashion: {count} cores die, seed {seed}: the same answers")
    hashes = set()
    for quantum in ("1000", "unlimited"):
        done = killed(image, 4, 4, 12_000_000, "--quantum", quantum)
        hashes.add(re.search(r"^trace hash (\w+)$", done.stdout, re.M)[1])
    require(len(hashes) == 1, "the trace depends on the quantum")


def pool(folder, runs):
    image = compiled(pathlib.Path("tests/programs/faults/pool.cc"), folder)
    seeds = [int(os.environ["SEED"])] if "SEED" in os.environ else range(1, runs + 1)
    right, diagnosed = 0, 0
    for seed in seeds:
        rng = random.Random(seed)
        count, before = rng.randint(1, 7), rng.choice([5_000, 40_000, 200_000])
        done = troupe("run", image, "--quiet", "--kill-random", f"{seed},{count},{before}", "--cycles", CYCLES_MAX)
        what = f"SEED={seed}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        if done.returncode == 0:
            require(done.stdout == "64 told, 64 right, 0 given up\n", what)
            right += 1
        else:
            require("limit of" not in done.stderr, f"hangs, {what}")
            # Given up, and said so; or a deadlock or trap with its reason.
            given_up = re.fullmatch(r"64 told, (\d+) right, (\d+) given up\n", done.stdout)
            require((given_up and int(given_up[1]) + int(given_up[2]) == 64 and done.returncode == 1)
                    or (done.returncode == 4 and re.search(r"^troupe: (deadlock|trap): ", done.stderr, re.M)), what)
            diagnosed += 1
    print(f"pool: {right} right answers, {diagnosed} reported failures")
    require(right >= 0.9 * len(seeds), "too few right answers")


RUNS = {"fashion": fashion, "pool": lambda folder: pool(folder, 200), "pool_long": lambda folder: pool(folder, 2000)}

if __name__ == "__main__":
    sys.exit(for_each(sys.argv[2:], lambda name, folder: RUNS[name](folder)))
