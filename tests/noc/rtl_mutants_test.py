"""Single-gate faults in the RTL router: lockstep must find each of them.

usage: rtl_mutants_test.py BUILD_FOLDER, from the root of the repository

Each mutant is one change in noc/rtl/*.sv. It is compiled by Verilator in the place of the right router and linked with the
lockstep test, which must then report a difference. The unchanged sources must report none.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
RTL = pathlib.Path("noc/rtl")
SOURCES = ["router_pkg.sv", "vc_allocator.sv", "switch_allocator.sv", "input_buffers.sv", "multicast_buffers.sv",
           "multicast_vc_allocator.sv", "multicasts.sv", "router.sv"]
VERILATOR = "/usr/share/verilator"
ROUTER_CYCLES = "400000"

# name, file, text, what stands there instead; the text must occur exactly once
MUTANTS = [
    ("the pointer of an output's switch arbiter moves without a grant", "switch_allocator.sv",
     "    out_pointer_next = out_pointer;",
     "    out_pointer_next = out_pointer;\n    out_pointer_next[2] = port_t'(after(port_vc_t'(out_pointer[2]), PORTS));"),
    ("an input's pointer over outputs never moves", "switch_allocator.sv",
     "in_pointer_next[winner] = port_t'(after(port_vc_t'(out), PORTS));", ""),
    ("an input's pointer over VCs moves with the pick, not with the grant", "switch_allocator.sv",
     "    vc_pointer_next = vc_pointer;",
     "    vc_pointer_next = vc_pointer;\n    for (int unsigned p = 0; p < PORTS; ++p)"
     "\n      if (sendable[p*VCS+:VCS] != '0) vc_pointer_next[p] = vc_t'(after(port_vc_t'(vc[p]), VCS));"),
    ("a pick does not go round", "router_pkg.sv", "if (behind == '0) behind = set;",
     "if (behind == '0) behind = port_vcs_t'(1) << (PORT_VCS - 1);"),
    ("the VA pointer of an input VC moves to the granted VC, not behind it", "vc_allocator.sv",
     "in_pointer_next[winner] = after(port_vc_t'(out), PORT_VCS);", "in_pointer_next[winner] = port_vc_t'(out);"),
    ("the VA pointer of an output VC never moves", "vc_allocator.sv",
     "out_pointer_next[out] = after(winner, PORT_VCS);", ""),
    ("a tail that takes the last credit does not free its output VC", "router.sv",
     "free_next[held_vc[leaving[port]]] = 1'b1;",
     "free_next[held_vc[leaving[port]]] = credits[held_vc[leaving[port]]] != count_t'(1);"),
    ("a flit may leave with no credit", "router.sv", "(credits[held_vc[vc]] != '0 && pool_left", "(pool_left"),
    ("credits of odd VCs go to the even ones", "router.sv", "paid = number(port_t'(port), credit_in_vc[port]);",
     "paid = number(port_t'(port), credit_in_vc[port] & ~vc_t'(1));"),
    ("a credit is given to the pool one place too early", "router.sv", "if (credits_next[paid] < pool_per_vc)",
     "if (credits_next[paid] <= pool_per_vc)"),
    ("the grant of an output VC takes effect a cycle late", "router.sv", "va_left_next[vc] = va_cycles - 1'b1;",
     "va_left_next[vc] = va_cycles;"),
    ("the ring of an input VC is half as long", "input_buffers.sv", "place == place_t'(DEPTH - 1)",
     "place == place_t'(DEPTH / 2 - 1)"),
    ("a head's next hop is that of this router", "router.sv", "beyond(here, st_to[port], geometry.last)", "here"),
    ("the tie of opposite tiles always goes up", "router_pkg.sv", "up < down : !at[0];", "up < down : 1'b1;"),
    ("the halves of the dateline are exchanged", "router_pkg.sv", "wraps ? UPPER : LOWER", "wraps ? LOWER : UPPER"),
    ("one-way routing is never y first", "router_pkg.sv",
     "return routing == YX || routing == SOUTH_EAST || routing == NORTH_WEST;", "return routing == YX;"),
    ("a place of a multicast comes free with its first branch", "multicasts.sv",
     "if (todo[n][port] && ahead[n][port] == '0 && !sends[n][port])",
     "if (todo[n][port] && ahead[n][port] == '0 && sends[n] == '0)"),
    ("multicasts always have the turn", "switch_allocator.sv",
     "multicast_ready[out] && !(contested[out] && unicast_first[out])", "multicast_ready[out]"),
    ("the SA pointer of multicasts never moves", "multicasts.sv",
     "sa_pointer_next[port] = multicast_t'(after(port_vc_t'(n), MULTICASTS));", ""),
    ("a branch's output VC is not free again", "multicasts.sv", "free_next[out] = 1'b1;", ""),
    ("a branch is before the dateline only if its next tile is beyond it", "router_pkg.sv",
     "distance_t'(at) + up_last - up_at >= size", "distance_t'(at) + 10'd1 >= size"),
    ("a tree turns one column too late", "router_pkg.sv", "return at >= first && at - first <= more;",
     "return at >= first && at - first < more;"),
]

def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)
    return done.returncode, done.stdout + done.stderr


def must(*command, **more):
    code, text = run(*command, **more)
    if code != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{text}")


def lockstep_program(folder):
    """Verilates the sources in `folder` and links the lockstep test with the result."""
    made = folder / "made"
    must("verilator", "--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--unroll-count", "8", "--no-timing",
         "-Wno-fatal", "--prefix", "Vrouter", "--top-module", "router", "--Mdir", made,
         *[folder / source for source in SOURCES])
    includes = [f"-I{made}", f"-isystem{VERILATOR}/include", f"-isystem{VERILATOR}/include/vltstd"]
    units = [*sorted(made.glob("*.cpp")), RTL / "rtl_router.cpp"]
    objects = []
    for unit in units:
        objects.append(folder / (unit.stem + ".o"))
        must("clang++-19", "-std=c++20", "-O1", "-w", "-I.", *includes, "-DFMT_SHARED", "-c", unit, "-o", objects[-1])
    tests = BUILD / "tests/CMakeFiles/troupe_doctest.dir/doctest_main.cpp.o"
    test = BUILD / "tests/noc/CMakeFiles/noc_lockstep_test.dir/lockstep_test.cpp.o"
    archives = [BUILD / "tests/noc/libnoc_router_driver.a", BUILD / "noc/libtroupe_noc.a",
                BUILD / "sim/base/libtroupe_base.a", BUILD / "noc/rtl/libtroupe_router_verilated.a"]
    program = folder / "lockstep"
    # The archive comes last: of it only Verilator's own runtime is taken.
    must("clang++-19", "-fuse-ld=lld-19", tests, test, *objects, *archives, "-lfmt", "-ltomlplusplus", "-pthread", "-o", program)
    return program


def check(name, sources, differs):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for source, text in sources.items():
            (folder / source).write_text(text)
        code, text = run("env", f"ROUTER_CYCLES={ROUTER_CYCLES}", lockstep_program(folder), "--test-case=*RTL router does*",
                         timeout=600)
    found = re.search(r"router \(\d+,\d+\) differs at its step \d+", text)
    good = (code != 0 and found) if differs else code == 0
    print(f"{'ok' if good else 'FAILED'}: {name}: {found[0] if found else f'no difference, exit {code}'}", flush=True)
    if not good:
        print(text[-3000:])
    return good


def main():
    right = {source: (RTL / source).read_text() for source in SOURCES}
    good = check("the right router", right, False)
    for name, source, there, instead in MUTANTS:
        if right[source].count(there) != 1:
            sys.exit(f"{source}: {right[source].count(there)} times {there!r}, expected 1: the mutant is out of date")
        good = check(name, {**right, source: right[source].replace(there, instead)}, True) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
