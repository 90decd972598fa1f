"""Bare programs of `troupe`: --itrace and --profile see every instruction and cycle and change none; extensions
that the core lacks are refused by name.

usage: bare_test.py BUILD_FOLDER
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

from checks import check, finish

BUILD = pathlib.Path(sys.argv[1])
TROUPE = BUILD / "troupe"

# Calls, a tail call, a loop, compressed code, a trap and its handler.
PROGRAM = """
.globl _start, outer, inner, tail, handler, tohost
.type _start, @function
.type outer, @function
.type inner, @function
.type tail, @function
.type handler, @function
_start:
  la t0, handler
  csrw mtvec, t0
  call outer
  ecall
  call inner
  li t0, 1
  la t1, tohost
  sd t0, 0(t1)
1: j 1b
outer:
  addi sp, sp, -16
  mv s0, ra
  call inner
  call inner
  mv ra, s0
  j tail
inner:
  li a0, 10
2: mul a1, a0, a0
  add a2, a2, a1
  addi a0, a0, -1
  bnez a0, 2b
  ret
tail:
  li a3, 7
  div a2, a2, a3
  ret
.balign 4
handler:
  csrr a4, mepc
  addi a4, a4, 4
  csrw mepc, a4
  mret
.section .tohost, "aw"
.balign 8
tohost: .dword 0
"""


def troupe(*arguments):
    return subprocess.run([TROUPE, "run", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def build(scratch, name, march, text=PROGRAM):
    source = scratch / f"{name}.s"
    source.write_text(text)
    subprocess.run(["clang-19", "--target=riscv64-unknown-elf", f"-march={march}", "-menable-experimental-extensions",
                    "-mno-relax", "-nostdlib", "-fuse-ld=lld", "-Wl,--omagic,-Ttext=0x80000000", "-o", scratch / name, source],
                   check=True)
    return scratch / name


def seen(scratch):
    program = build(scratch, "calls", "rv64gcv")
    plain = troupe("--bare", program)
    counts = re.search(r"instructions (\d+) cycles (\d+)", plain.stdout)
    check("plain run", plain.returncode == 0 and counts, plain.stdout + plain.stderr)
    instructions, cycles = map(int, counts.groups())

    trace, profile = scratch / "itrace", scratch / "folded"
    observed = troupe("--bare", program, "--itrace", trace, "--profile", profile)
    check("same output when observed", observed.stdout == plain.stdout, observed.stdout + observed.stderr)

    lines = trace.read_text().splitlines()
    traps = [line for line in lines if line.endswith("# trap")]
    check("one line an instruction", len(lines) - len(traps) == instructions, f"{len(lines)} for {instructions}")
    check("the trap is marked", len(traps) == 1 and "ecall" in traps[0], traps)
    starts = [int(line.split()[0]) for line in lines]
    check("cycles ascend from 0", starts[0] == 0 and starts == sorted(set(starts)) and starts[-1] < cycles, starts)
    check("line with a symbol", any(re.search(r"inner\+0x2 +mul a1, a0, a0$", line) for line in lines), lines[:20])

    # Text and addresses against objdump; compressed instructions differ in their spelling only.
    dump = subprocess.run(["llvm-objdump-19", "-d", "-M", "no-aliases", "--mattr=+m,+a,+f,+d,+c,+v", program],
                          capture_output=True, text=True, check=True).stdout
    known = {}
    for match in re.finditer(r"^([0-9a-f]+): ([0-9a-f]{4,8}) +\t(.*)$", dump, re.M):
        known[int(match[1], 16)] = (match[2], " ".join(match[3].split("<")[0].split()))
    for line in lines:
        _, pc, raw, _, text = line.removesuffix("  # trap").split(None, 4)
        if known.get(int(pc, 16), ("?", "?"))[0] != raw:
            check("encoding as in objdump", False, f"{line}: {known.get(int(pc, 16))}")
        elif len(raw) == 8 and known[int(pc, 16)][1] != text:
            check("text as in objdump", False, f"{line}: {known[int(pc, 16)]}")

    paths = {}
    for line in profile.read_text().splitlines():
        path, count = line.rsplit(" ", 1)
        path = re.sub(r";\[\w+\]$", "", path)  # the frame that says why cycles stalled
        paths[path] = paths.get(path, 0) + int(count)
    check("every cycle is in the profile", sum(paths.values()) == cycles, f"{sum(paths.values())} of {cycles}")
    check("call paths", set(paths) == {"_start", "_start;outer", "_start;outer;inner", "_start;tail", "_start;inner",
                                       "handler"}, sorted(paths))
    check("two calls cost more than one", paths["_start;outer;inner"] > 1.5 * paths["_start;inner"], paths)

    few = troupe("--bare", program, "--itrace", "-", "--itrace-lines", 3)
    check("first lines only", few.stdout == plain.stdout and few.stderr.splitlines() == lines[:3], few.stderr)
    no_folder = troupe("--bare", program, "--itrace", scratch / "no" / "file")
    check("trace into no folder", no_folder.returncode == 2 and "cannot write" in no_folder.stderr, no_folder.stderr)


def refused(scratch):
    def expect(what, result, pattern):
        check(what, result.returncode == 2 and re.search(pattern, result.stderr), f"{result.returncode} {result.stderr}")

    base = "rv64gcv_zba_zbb_zbs_zicond_zicntr_zihpm"
    accepted = troupe("--bare", build(scratch, "ours", base))
    check("our own extensions", accepted.returncode == 0, accepted.stderr)
    expect("one that we lack", troupe("--bare", build(scratch, "crypto", base + "_zknd_zkne")),
           r"crypto: compiled for an extension that the core lacks: zknd, zkne\n")
    expect("the cache blocks", troupe("--bare", build(scratch, "cbo", base + "_zicbom")), r"lacks: zicbom\n")
    expect("longer vectors", troupe("--bare", build(scratch, "long", base + "_zvl4096b")),
           r"compiled for vectors of at least \d+ bits \(zvl\d+b\), core.vlen is 512")

    whole = build(scratch, "whole", base).read_bytes()
    arch = whole.index(b"rv64i2p1")
    damaged = scratch / "damaged"
    damaged.write_bytes(whole[:arch] + b"rv99" + whole[arch + 4:])
    expect("unknown base", troupe("--bare", damaged), r"architecture 'rv99i2p1.*', expected rv32\.\.\. or rv64")
    damaged.write_bytes(whole[:arch] + b"rv32" + whole[arch + 4:])
    expect("another width", troupe("--bare", damaged), r"compiled for RV32, the core is RV64")
    start = whole.rindex(b"riscv\0", 0, arch) - 5
    check("attributes found", whole[start:start + 1] == b"A", whole[start:start + 8])
    damaged.write_bytes(whole[:start + 1] + struct.pack("<I", 0xffffff) + whole[start + 5:])
    expect("attributes longer than their section", troupe("--bare", damaged), r"\.riscv\.attributes: it ends too early")

    image = scratch / "hello.xpu"
    made = subprocess.run([TROUPE, "compile", "programs/hello/hello.cc", "-o", image], capture_output=True, text=True)
    check("image", made.returncode == 0, made.stderr)
    if made.returncode == 0:
        whole = image.read_bytes()
        image.write_bytes(whole.replace(b"_zmmul1p0", b"_zfoob1p0"))
        expect("an image for others", troupe(image), r"hello\.xpu: compiled for an extension that the core lacks: zfoob\n")


def main():
    with tempfile.TemporaryDirectory() as scratch_name:
        seen(pathlib.Path(scratch_name))
        refused(pathlib.Path(scratch_name))
    return finish()


if __name__ == "__main__":
    sys.exit(main())
