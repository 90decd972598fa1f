"""How programs end when they do not end well: exit code, and a diagnosis that names actor, tile, pc and symbol.

usage: endings_test.py BUILD_FOLDER, from the root of the repository
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
SOURCES = pathlib.Path("tests/programs/endings")

# program -> exit code, patterns of the lines of standard error
ENDINGS = {
    "deadlock.mlir": (4, [
        r"troupe: deadlock: no event is pending and 2 actors of ring wait",
        r"  a on \(0,0\) waits for a message from b, at pc 0x[0-9a-f]+ in left\(.*\).* \+ 0x[0-9a-f]+",
        r"  b on \(1,0\) waits for a message from a, at pc 0x[0-9a-f]+ in right\(.*\).* \+ 0x[0-9a-f]+",
        r"  wait-for cycle: a -> b -> a"]),
    "full.mlir": (4, [
        r"troupe: deadlock: no event is pending and 2 actors of flood wait",
        r"  a on \(0,0\) waits for room in the mailbox of b, at pc 0x[0-9a-f]+ in flood\(.*",
        r"  b on \(1,0\) waits for room in the mailbox of a, at pc 0x[0-9a-f]+ in flood\(.*",
        r"  wait-for cycle: a -> b -> a"]),
    "full_here.cc": (4, [
        r"troupe: deadlock: no event is pending and 2 actors of full_here wait",
        r"  full_here on \(0,0\) waits for room in the mailbox of floods_back\*, at pc 0x[0-9a-f]+ in full_here\(.*",
        r"  floods_back\* on \(0,0\) waits for room in the mailbox of full_here, at pc 0x[0-9a-f]+ in floods_back\(.*",
        r"  wait-for cycle: full_here -> floods_back\* -> full_here"]),
    "trap.cc": (4, [
        r"troupe: trap: crasher\* on \(1,0\): store access fault \(address or instruction 0x10\) at pc 0x[0-9a-f]+"
        r" in crasher\(.*\).* \+ 0x[0-9a-f]+"]),
    "overflow.cc": (4, [
        r"troupe: trap: root on \(0,0\): store access fault \(address or instruction 0xf[0-9a-f]{2}\) at pc"
        r" 0x[0-9a-f]+ in deep\(int, int volatile\*\) \+ 0x[0-9a-f]+"]),
    "exit_seven.cc": (1, [r"troupe: root exited with code 7"]),
}


def check(name, exit_code, patterns, folder):
    image = pathlib.Path(folder, "program.xpu")
    made = subprocess.run([BUILD / "troupe", "compile", SOURCES / name, "-o", image], capture_output=True, text=True)
    if made.returncode != 0:
        return f"does not compile:\n{made.stderr}"
    done = subprocess.run([BUILD / "troupe", "run", "--quiet", image], capture_output=True, text=True, timeout=60)
    if done.returncode != exit_code:
        return f"exit {done.returncode}, expected {exit_code}\n{done.stderr}"
    lines = done.stderr.splitlines()
    if len(lines) != len(patterns) or not all(re.fullmatch(p, line) for p, line in zip(patterns, lines)):
        return f"said\n{done.stderr}expected\n" + "\n".join(patterns)
    return None


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (exit_code, patterns) in ENDINGS.items():
            failure = check(name, exit_code, patterns, folder)
            failed += failure is not None
            print(f"{name}: {failure or 'as expected'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
