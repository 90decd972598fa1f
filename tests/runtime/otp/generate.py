"""Prints random scenarios of supervision, each a function of the seed: generate.py SEED COUNT > random.txt

A model of what runs is not needed: a step about an actor that is gone does nothing, and a question about it has an
answer. Left out is what Erlang itself leaves open: supervisors are not killed (their children and their own supervisor
then act at the same time), and times are far from where the window of an intensity ends.
"""
import random
import sys

STRATEGIES = ("one_for_one", "one_for_all", "rest_for_one")
RESTARTS = ("permanent", "permanent", "transient", "temporary")
SHUTDOWNS = ("50", "50", "20", "brutal", "infinity")
REASONS = ("normal", "shutdown", "error", "error")


def worker(rng, name):
    shutdown = rng.choice(SHUTDOWNS)
    manners = rng.choice(("plain", "traps") if shutdown == "infinity" else ("plain", "traps", "stubborn"))
    return f"{name} {rng.choice(RESTARTS)} {shutdown} {manners}"


class Scenario:
    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.workers = []      # names
        self.parents = []      # of all supervisors that are not simple
        self.children = {}     # of a supervisor
        self.simple = []
        self.names = iter("abcdefghijklmnopqrstuvwxyz")

    def flags(self):
        return f"{self.rng.choice((0, 1, 1, 2, 3, 5))} 10"

    def fill(self, name, depth):
        self.parents.append(name)
        self.children[name] = []
        for _ in range(self.rng.randint(1, 4 if depth == 0 else 3)):
            kind = self.rng.random()
            if depth < 2 and kind < 0.25:
                sub = f"s{len(self.parents) + len(self.simple)}"
                self.children[name].append(sub)
                restart = self.rng.choice(RESTARTS)
                self.lines.append(f"sub {name} {sub} {restart} {self.rng.choice(STRATEGIES)} {self.flags()}")
                self.fill(sub, depth + 1)
            elif depth == 1 and kind < 0.35:
                sub = f"s{len(self.parents) + len(self.simple)}"
                self.simple.append(sub)
                self.children[name].append(sub)
                self.lines.append(f"sub {name} {sub} permanent simple_one_for_one {self.flags()}")
                self.lines.append(f"child {sub} w {self.rng.choice(RESTARTS)} 50 plain")
            else:
                child = next(self.names)
                self.workers.append(child)
                self.children[name].append(child)
                self.lines.append(f"child {name} {worker(self.rng, child)}")

    def step(self):
        rng = self.rng
        kind = rng.random()
        parent = rng.choice(self.parents)
        child = rng.choice(self.children[parent])
        if self.workers and kind < 0.5:
            return f"exit {rng.choice(self.workers)} {rng.choice(REASONS)}"
        if self.workers and kind < 0.6:
            return f"{rng.choice(('kill', 'stop'))} {rng.choice(self.workers)}"
        if kind < 0.66:
            return f"wait {rng.choice((4, 12))}"
        if kind < 0.72:
            return f"terminate {parent} {child}"
        if kind < 0.78:
            return f"restart {parent} {child}"
        if kind < 0.82:
            return f"delete {parent} {child}"
        if kind < 0.88 and self.simple:
            name = next(self.names)
            self.workers.append(name)
            return f"start_dynamic {rng.choice(self.simple)} {name}"
        if kind < 0.92:
            name = rng.choice(self.workers + [next(self.names)])
            if name not in self.workers:
                self.workers.append(name)
                self.children[parent].append(name)
            return f"start {parent} {worker(rng, name)}"
        return f"{rng.choice(('which', 'count'))} {rng.choice(self.parents + self.simple)}"


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    print(f"# Made by generate.py {seed} {count}.\n")
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        scenario = Scenario(rng)
        scenario.lines.append(f"supervisor top {rng.choice(STRATEGIES)} {scenario.flags()}")
        scenario.fill("top", 0)
        scenario.lines += [scenario.step() for _ in range(rng.randint(4, 9))]
        waits = [i for i, line in enumerate(scenario.lines) if line.startswith("wait")]
        for i in reversed(waits[3:]):  # for the one who records
            del scenario.lines[i]
        print(f"scenario random {number}", *scenario.lines, "", sep="\n")


if __name__ == "__main__":
    main()
