"""The programs of runtime/README.md, word for word: each prints what the README says it does. The supervised one goes on
when a core dies.

usage: readme_test.py BUILD_FOLDER, from the root of the repository
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
# All programs share the runtime's sources: ccache compiles those once.
ENVIRONMENT = dict(os.environ, PATH="/usr/lib/ccache:" + os.environ["PATH"])


def troupe(*arguments):
    return subprocess.run([BUILD / "troupe", *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)


def failure_of(program, promised, folder):
    source, image = folder / "program.cc", folder / "program.xpu"
    source.write_text(program)
    made = troupe("compile", source, "-o", image, "--quiet")
    if made.returncode != 0:
        return f"does not compile:\n{made.stdout}{made.stderr}"
    done = troupe("run", "--quiet", image)
    if done.returncode != 0 or done.stdout != promised + "\n":
        return f"exit {done.returncode}, printed {done.stdout!r}, the README says {promised!r}: {done.stderr}"
    return None


def failure_of_kills(program, promised, folder):
    """Whenever the core of the right till dies, its successor sells on; what the dead one had sold is forgotten."""
    source, image = folder / "program.cc", folder / "program.xpu"
    source.write_text(program)
    troupe("compile", source, "-o", image, "--quiet")
    forgetful = promised.replace("211", "206")
    seen = set()
    for cycle in range(5_000, 50_000, 3_000):
        done = troupe("run", "--quiet", image, "--kill", f"2,0@{cycle}")
        if done.returncode != 0 or done.stdout.rstrip("\n") not in (promised, forgetful):
            return f"killed at {cycle}: exit {done.returncode}, printed {done.stdout!r}: {done.stderr}"
        seen.add(done.stdout)
    return None if len(seen) == 2 else f"no death between the sales: {seen}"


def main():
    text = pathlib.Path("runtime/README.md").read_text()
    examples = re.findall(r"```cpp\n(.*?)```\s+It prints `([^`]+)`", text, re.S)
    failed = int(len(examples) != text.count("```cpp"))
    if failed:
        print("a program of runtime/README.md is not followed by what it prints")
    for program, promised in examples:
        name = re.search(r"TROUPE_PROGRAM\((\w+)", program).group(1)
        with tempfile.TemporaryDirectory() as folder:
            failure = failure_of(program, promised, pathlib.Path(folder))
            if name == "town" and failure is None:
                failure = failure_of_kills(program, promised, pathlib.Path(folder))
        failed += failure is not None
        print(f"{name}: {failure or 'as the README says'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
