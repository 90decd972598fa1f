"""The programs of runtime/README.md, word for word: each prints what the README says it does.

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
        failed += failure is not None
        print(f"{name}: {failure or 'as the README says'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
