"""`troupe run --watch` draws cores and actors on a terminal, and needs one.

usage: watch_test.py BUILD_FOLDER, from the root of the repository
"""
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

from checks import check, finish

TROUPE = pathlib.Path(sys.argv[1]) / "troupe"


def on_terminal(*arguments):
    """Standard output, and what the terminal at standard error gets."""
    master, slave = pty.openpty()
    process = subprocess.Popen([TROUPE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=slave, text=True)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    return process.communicate(timeout=120)[0], shown.decode().replace("\r\n", "\n"), process.returncode


def main():
    with tempfile.TemporaryDirectory() as name:
        image = pathlib.Path(name) / "fib.xpu"
        subprocess.run([TROUPE, "compile", "programs/fib/fib.cc", "-o", image, "--quiet"], check=True)
        printed, shown, code = on_terminal("run", image, "--watch", "--quiet")
        pictures = re.split(r"\x1b\[\d+A\x1b\[J", shown)
        check("the answer", code == 0 and printed == "fib(20) = 6765\n", printed)
        check("totals", re.match(r"\d+\.\d\d M cycles, \d+ MIPS\n", pictures[0]), shown[:200])
        check("cores", re.search(r"^  \(0,0\) +(busy|waiting) +\d+ +\d+ +\d+ +\d+$", pictures[0], re.M), shown[:400])
        check("actors by name", re.search(r"^  fib\*? x \d+: \d+ ready$", pictures[0], re.M), shown[:3000])
        plain = subprocess.run([TROUPE, "run", image, "--watch"], capture_output=True, text=True)
        check("no terminal", plain.returncode == 2 and "--watch: standard error is no terminal" in plain.stderr
              and "--trace" in plain.stderr, plain.stderr)
    return finish()


if __name__ == "__main__":
    sys.exit(main())
