// The vector unit: the same results as scalar code at every VLEN, and its chimes, faults and reserved
// encodings.
#include <doctest/doctest.h>

#include "isa/bare.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;
using isa::Stop;
using test::Guest;

// Compiles tests/isa/loops.c for `march` and returns the ELF's path in a fresh folder.
class Loops {
 public:
  explicit Loops(const std::string& march) {
    const std::string command =
        "clang-19 --target=riscv64-unknown-elf -mabi=lp64d -mcmodel=medany -O3 -ffast-math "
        "-fno-finite-math-only "
        "-fno-reciprocal-math -fsigned-zeros -ffp-contract=off -ffreestanding -nostdlib -fuse-ld=lld "
        "-Wl,--image-base=0x80000000 -march=" +
        march + " tests/isa/loops.c -o " + path();
    if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
  }
  std::string path() const { return folder_.file("loops.elf"); }

 private:
  test::ScratchFolder folder_;
};

isa::BareResult run(const Loops& loops, Bits vlen, Cycle quantum) {
  CoreParams core = test::core();
  core.vlen = vlen;
  core.dlen = std::min(core.dlen, vlen);
  return isa::run_bare(loops.path(), core, {.cycles_max = 100'000'000, .quantum = quantum});
}

TEST_CASE("loops give the same lines in scalar code and in vector code, at every VLEN") {
  const isa::BareResult scalar = run(Loops("rv64gc"), 512_bits, kNever);
  REQUIRE(scalar.diagnosis.empty());
  REQUIRE(scalar.console.find("fflags") != std::string::npos);
  const Loops vector("rv64gcv");
  for (const Bits vlen : {128_bits, 256_bits, 512_bits, 1024_bits}) {
    CAPTURE(vlen.count);
    const isa::BareResult r = run(vector, vlen, kNever);
    CHECK_EQ(r.diagnosis, "");
    CHECK_EQ(r.console, scalar.console);
    CHECK_EQ(r.exit_code, 0);
    CHECK(r.instructions < scalar.instructions);
  }
}

TEST_CASE("vector programs take the same cycles at every quantum") {
  const Loops vector("rv64gcv");
  const isa::BareResult whole = run(vector, 512_bits, kNever);
  for (const Cycle quantum : {1, 7, 1000}) {
    const isa::BareResult pieces = run(vector, 512_bits, quantum);
    CHECK_EQ(pieces.cycles, whole.cycles);
    CHECK_EQ(pieces.instructions, whole.instructions);
    CHECK_EQ(pieces.console, whole.console);
  }
}

// Cycles from before `text` to after it; the vector unit is on and idle before.
std::uint64_t cycles_of(const std::string& vset, const std::string& text) {
  Guest guest(test::assemble(".option norvc\nli t0, 0x6600\ncsrs mstatus, t0\nlui a1, 0x20\n" + vset +
                             "\ncsrr s0, cycle\n" + text + "\ncsrr s1, cycle\nebreak"));
  REQUIRE(isa::make_engine(test::core())->run(guest.hart, kNever) == Stop::unhandled_trap);
  return guest.x(9) - guest.x(8) - test::core().csr.count;
}

TEST_CASE("a vector instruction occupies its unit for ceil(vl * SEW / DLEN) cycles") {
  // The second of two independent additions issues when the unit is free; rdcycle right behind it.
  const auto second_issues_after = [](const char* vset, const char* pair) {
    return cycles_of(vset, pair) - 1;
  };
  CHECK_EQ(
      second_issues_after("vsetivli x0, 16, e32, m1, ta, ma", "vadd.vv v8, v16, v16\nvadd.vv v24, v16, v16"),
      1);
  CHECK_EQ(
      second_issues_after("vsetvli t0, x0, e32, m8, ta, ma", "vadd.vv v8, v16, v16\nvadd.vv v24, v16, v16"),
      8);
  CHECK_EQ(second_issues_after("li t1, 17\nvsetvli t0, t1, e32, m8, ta, ma",
                               "vadd.vv v8, v16, v16\nvadd.vv v24, v16, v16"),
           2);
  CHECK_EQ(
      second_issues_after("vsetivli x0, 0, e32, m8, ta, ma", "vadd.vv v8, v16, v16\nvadd.vv v24, v16, v16"),
      1);
  CHECK_EQ(
      second_issues_after("vsetvli t0, x0, e32, m4, ta, ma", "vwadd.vv v8, v4, v4\nvadd.vv v24, v16, v16"),
      8);
  // Unit stride: 64 bytes a cycle; strided: one element a cycle.
  CHECK_EQ(second_issues_after("vsetvli t0, x0, e32, m4, ta, ma", "vle32.v v8, (a1)\nvle32.v v24, (a1)"), 4);
  CHECK_EQ(second_issues_after("vsetvli t0, x0, e32, m4, ta, ma", "vlse32.v v8, (a1), x0\nvle32.v v24, (a1)"),
           64);
}

TEST_CASE(
    "a dependent vector instruction chains after the latency, one after a permutation waits for all of it") {
  const CoreParams core = test::core();
  const auto dependent = [](const char* first) {
    return cycles_of("vsetvli t0, x0, e32, m8, ta, ma", std::string(first) + "\nvse32.v v8, (a1)") - 1;
  };
  CHECK_EQ(dependent("vadd.vv v8, v16, v16"), core.fp.count);
  CHECK_EQ(dependent("vrgather.vv v8, v16, v24"), core.fp.count + 7);
}

Guest vector_guest(const std::string& text) {
  return Guest(test::assemble("li t0, 0x6600\ncsrs mstatus, t0\n" + text + "\nebreak"));
}
Stop finish(Guest& guest) {
  return isa::make_engine(test::core())->run(guest.hart, kNever);
}

TEST_CASE("a vector load that faults says where, and goes on from vstart after the handler") {
  // Memory ends at 0x100000: elements 0 to 3 are inside. The handler moves the base down by 16 bytes.
  Guest guest = vector_guest(R"(
      la t0, handler
      csrw mtvec, t0
      lui a1, 0x100
      addi a1, a1, -16
      li t1, 77
      sw t1, 8(a1)
      vsetivli x0, 8, e32, m1, ta, ma
      vle32.v v8, (a1)
      csrr s3, vstart
      vmv.x.s s4, v8
      vslidedown.vi v9, v8, 6
      vmv.x.s s5, v9
      csrw mtvec, zero
      ebreak
      .balign 4
      handler: csrr s0, mcause
      csrr s1, mtval
      csrr s2, vstart
      addi a1, a1, -16
      mret)");
  CHECK(finish(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(8), static_cast<std::uint64_t>(isa::Cause::load_access));
  CHECK_EQ(guest.x(9), 0x100000);
  CHECK_EQ(guest.x(18), 4);
  CHECK_EQ(guest.x(19), 0);
  CHECK_EQ(guest.x(21), 77);  // element 6, loaded after the fault from the new base
}

TEST_CASE("tail and masked-off elements stay as they were") {
  Guest guest = vector_guest(R"(
      vsetvli t0, x0, e32, m1, ta, ma
      vmv.v.i v8, 9
      vid.v v16
      vsetivli x0, 6, e32, m1, ta, ma
      vmsgtu.vi v0, v16, 3
      vadd.vi v8, v16, 1, v0.t
      vsetvli t0, x0, e32, m1, ta, ma
      vslidedown.vi v9, v8, 3
      vmv.x.s s0, v9
      vslidedown.vi v9, v8, 5
      vmv.x.s s1, v9
      vslidedown.vi v9, v8, 6
      vmv.x.s s2, v9)");
  CHECK(finish(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(8), 9);
  CHECK_EQ(guest.x(9), 6);
  CHECK_EQ(guest.x(18), 9);
}

TEST_CASE("reserved vector encodings and a unit that is off are illegal") {
  const char* const cases[] = {
      "vsetivli x0, 4, e32, m2, ta, ma\n.insn r 0x57, 0, 1, x1, x2, x2",  // vadd.vv v1: not aligned to m2
      ".insn r 0x57, 0, 1, x1, x2, x2",                                   // vill after reset
      "vsetivli x0, 4, e64, m1, ta, ma\nvwadd.vv v2, v4, v5",             // 128-bit elements
      "vsetivli x0, 4, e32, m1, ta, ma\nli t0, 0x600\ncsrc mstatus, t0\nvadd.vv v1, v2, v3"};
  for (const char* text : cases) {
    CAPTURE(text);
    Guest guest = vector_guest(text);
    CHECK(finish(guest) == Stop::unhandled_trap);
    CHECK_EQ(guest.hart.trap.cause, static_cast<std::uint64_t>(isa::Cause::illegal_instruction));
  }
}

TEST_CASE("half-precision vectors widen, sum and go back to scalars in a program") {
  Guest guest = vector_guest(R"(
      vsetivli x0, 4, e16, m1, ta, ma
      vid.v v1
      vfcvt.f.x.v v2, v1
      vfwmul.vv v4, v2, v2
      vfredusum.vs v3, v2, v1
      vfmv.f.s f1, v3
      vsetivli x0, 4, e32, m2, ta, ma
      vslidedown.vi v6, v4, 3
      vmv.x.s s1, v6
      fmv.x.w s0, f1)");
  CHECK(finish(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(8), 0xffffffffffff4600);  // 0 + 1 + 2 + 3, NaN-boxed
  CHECK_EQ(guest.x(9), 0x41100000);          // 3 * 3 as a single
}

TEST_CASE("infinity times zero plus a NaN is invalid, in scalar and vector fused multiply-add") {
  Guest guest = vector_guest(R"(
      li t0, 0x7f800000
      fmv.w.x f1, t0
      fmv.w.x f2, zero
      li t0, 0x7fc00000
      fmv.w.x f3, t0
      fmadd.s f4, f1, f2, f3
      csrrwi s0, fflags, 0
      vsetivli x0, 5, e32, m1, ta, ma
      vfmv.v.f v1, f1
      vfmv.v.f v3, f3
      vfmacc.vf v3, f2, v1
      csrrwi s1, fflags, 0)");
  CHECK(finish(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(8), 16);
  CHECK_EQ(guest.x(9), 16);
}

}  // namespace
}  // namespace troupe
