"""Wrong inputs of `troupe`: each ends with its exit code and one line that names the cause, never a crash.

usage: wrong_inputs_test.py BUILD_FOLDER, from the root of the repository
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import failures, finish

BUILD = pathlib.Path(sys.argv[1])
TROUPE = BUILD / "troupe"


def troupe(*arguments, timeout=120):
    return subprocess.run([TROUPE, *map(str, arguments)], capture_output=True, text=True, timeout=timeout)


def expect(what, result, exit_code, pattern):
    """The first line of standard error matches; nothing looks like a crash."""
    first = result.stderr.splitlines()[0] if result.stderr else ""
    if result.returncode != exit_code or not re.search(pattern, first):
        failures.append(f"{what}: exit {result.returncode} (expected {exit_code}), "
                        f"said: {first!r} (expected {pattern!r})")


def main():
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = pathlib.Path(scratch_name)
        image = scratch / "hello.xpu"
        made = troupe("compile", "programs/hello/hello.cc", "-o", image)
        assert made.returncode == 0, made.stderr
        eight = scratch / "fib.xpu"
        made = troupe("compile", "programs/fib/fib.cc", "-o", eight)
        assert made.returncode == 0, made.stderr

        expect("no command", troupe(), 2, r"troupe: A subcommand is required")
        expect("unknown command", troupe("fly"), 2, r"troupe: .*")
        expect("unknown flag", troupe("run", "--fast", image), 2, r"troupe: .*--fast")
        expect("flag without its value", troupe("run", image, "--chip"), 2, r"troupe: .*--chip")
        expect("no image", troupe("run"), 2, r"troupe: IMAGE is required")
        expect("image that is not there", troupe("run", scratch / "no.xpu"), 2,
               r"no\.xpu: cannot read: No such file or directory")
        expect("foreign ELF", troupe("run", "/bin/true"), 2, r"/bin/true: ELF machine \d+, expected 243 \(RISC-V\)")
        expect("text file", troupe("run", "README.md"), 2, r"README\.md: not an ELF file")
        expect("folder", troupe("run", "programs"), 2, r"programs: cannot read")

        whole = image.read_bytes()
        cut = scratch / "cut.xpu"
        for length in range(0, len(whole), max(1, len(whole) // 40)):
            cut.write_bytes(whole[:length])
            expect(f"image cut at {length}", troupe("run", cut), 2, r"cut\.xpu: ")
        damaged = bytearray(whole)
        at = whole.find(b"TROUPE\0\0")
        damaged[at + 8] = 9
        cut.write_bytes(damaged)
        expect("newer manifest", troupe("run", cut), 2, r"manifest version 9, this troupe reads version 1")

        expect("unknown chip", troupe("run", image, "--chip", "xpu65"), 2,
               r"unknown chip 'xpu65'; presets are tiny, xpu64, xpu1024, wormhole, blackhole")
        expect("unknown routers", troupe("run", image, "--noc", "booksim"), 2,
               r"troupe: --noc: booksim not in \{model,rtl,lockstep\}")
        expect("unknown core", troupe("run", image, "--core", "bay"), 2,
               r"unknown core 'bay'; cores are xpu, baby, cv32e40p, ibex")
        chip = scratch / "mine.toml"
        chip.write_text('base = "tiny"\n[core]\nmull = 3\n')
        expect("unknown TOML key", troupe("run", image, "--chip", chip), 2,
               r"mine\.toml:3:8: unknown key 'core\.mull'")
        chip.write_text('base = "tiny"\n[l1]\nsize = 70000\n')
        expect("impossible TOML value", troupe("run", image, "--chip", chip), 2, r"mine\.toml: l1\.size is 70000")
        chip.write_text('base = "tiny"\n[l1]\nsize = 65536\n')
        expect("too little L1", troupe("run", image, "--chip", chip), 2, r"L1")
        expect("chip with fewer cores", troupe("run", eight, "--chip", "tiny"), 3,
               r"this program requires 8 XPU cores; tiny has 4")

        expect("kill of no core", troupe("run", image, "--kill", "9,0@10"), 2, r"--kill 9,0@10: no core \(9,0\)")
        expect("kill that is none", troupe("run", image, "--kill", "soon"), 2, r"--kill soon: expected X,Y@CYCLE")
        expect("quantum 0", troupe("run", image, "--quantum", "0"), 2, r"--quantum 0: expected")
        expect("report into no folder", troupe("run", image, "--json", scratch / "no" / "r.json"), 2,
               r"r\.json: cannot write")
        expect("trace into no folder", troupe("run", image, "--trace", scratch / "no" / "t"), 2, r"cannot write")
        expect("bare program of another machine", troupe("run", "--bare", "/bin/true"), 2, r"ELF machine")

        expect("trace that is none", troupe("trace", "README.md"), 2, r"README\.md: not a trace")
        trace = scratch / "run.trace"
        assert troupe("run", image, "--trace", trace).returncode == 0
        trace.write_bytes(trace.read_bytes()[:-7])
        expect("truncated trace", troupe("trace", trace), 2, r"run\.trace: truncated chunk at offset \d+")

        expect("source that is not there", troupe("compile", scratch / "no.cc", "-o", cut), 2, r"no\.cc")
        expect("neither .mlir nor .cc", troupe("compile", "README.md", "-o", cut), 2, r"README\.md")
        graph = scratch / "graph.mlir"
        data = pathlib.Path("programs/fashion/fashion.mlir").read_text().replace("/usr/share/datasets", "/no/data")
        graph.write_text(data)
        expect("data set that is not there", troupe("compile", graph, "-o", cut), 2, r"graph\.mlir:\d+:\d+: .*")

    return finish()


if __name__ == "__main__":
    sys.exit(main())
