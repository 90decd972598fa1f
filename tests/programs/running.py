"""Compiles and runs programs on the simulated chip, for the tests beside this file."""
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
# All programs share the runtime's sources: ccache compiles those once.
ENVIRONMENT = dict(os.environ, PATH="/usr/lib/ccache:" + os.environ["PATH"])


class Failed(Exception):
    pass


def require(truth, what):
    if not truth:
        raise Failed(what)


def troupe(*arguments):
    return subprocess.run([BUILD / "troupe", *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)


def compiled(source, folder):
    image = folder / (source.stem + ".xpu")
    made = troupe("compile", source, "-o", image, "--quiet")
    require(made.returncode == 0, f"{source} does not compile:\n{made.stdout}{made.stderr}")
    return image


def run(image, *flags):
    """What the program prints, and the report."""
    path = image.parent / "report.json"
    done = troupe("run", image, "--quiet", "--json", path, *flags)
    require(done.returncode == 0, f"{image.name}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout, json.loads(path.read_text())


def same_report(one, other):
    """But for the part that may vary between runs."""
    return {**one, "host": 0} == {**other, "host": 0}


def require_same_at(quanta, image, printed, report):
    """At each quantum the program prints the same and has the same report."""
    for quantum in quanta:
        other, other_report = run(image, "--quantum", quantum)
        require(other == printed and same_report(other_report, report), f"quantum {quantum} gives another report")


def measured(image):
    """What run() gives, and the user CPU seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    printed, report = run(image)
    return printed, report, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def figures(name, unit, units, cycles, report, seconds):
    """The lines of the bench."""
    instructions = sum(core["instructions"] for core in report["cores"])
    print(f"{name}.cycles {cycles} cycles")
    print(f"{name}.cycles_per_{unit} {cycles / units:.4g} cycles")
    print(f"{name}.host {seconds:.2f} s")
    print(f"{name}.speed {instructions / seconds / 1e6:.1f} MIPS", flush=True)


def for_each(names, function):
    """Calls it with each name and a folder of its own; returns an exit code."""
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(name, pathlib.Path(folder))
            except Failed as failure:
                failed += 1
                print(f"{name}: FAILED: {failure}", file=sys.stderr)
    return 1 if failed else 0
