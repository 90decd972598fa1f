// The law of timing: blocks, variants and memoised costs give the cycles of a scheduler that looks at every
// instruction in every cycle. The reference below knows nothing of the engine's rows; it reads its own
// program.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <map>

#include "sim/base/rng.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

using test::Guest;

constexpr int kNone = -1, kDivUnit = 64, kFloatDivUnit = 65;

// One instruction as the reference sees it: registers 0-31 integer, 32-63 FP.
struct Line {
  std::string text;
  std::vector<int> reads;
  int writes = kNone;
  std::uint64_t latency = 1;
  int unit = kNone;         // not pipelined
  std::uint64_t after = 0;  // cycles the front end loses
  bool branch = false, divide = false, word = false, is_signed = false;
};

class Generator {
 public:
  Generator(std::uint64_t seed, const CoreParams& core) : rng_(seed), core_(core) {}

  // A loop of `length` random instructions with forward branches, run `rounds` times, ended by ebreak.
  std::vector<Line> program(int length, int rounds) {
    std::vector<Line> lines;
    lines.push_back({"li x31, " + std::to_string(rounds), {}, 31});
    lines.push_back({"lui x20, 0x20", {}, 20});
    for (int r = 5; r < 16; ++r)
      lines.push_back({fmt::format("addi x{}, x0, {}", r, rng_.below(2000)), {}, r});
    lines.push_back({"lui x30, 6", {}, 30});
    lines.push_back({"csrs mstatus, x30", {30}, kNone, 1, kNone, core_.csr.count - 1});
    for (int r = 0; r < 8; ++r)
      lines.push_back({fmt::format("fcvt.d.w f{}, x{}", r, 5 + r), {5 + r}, 32 + r, core_.fp.count});
    for (int i = 0; i < length; ++i) {
      Line line = any(length - i);
      if (i == 0) line.text = "loop: " + line.text;
      lines.push_back(line);
    }
    lines.push_back({"addi x31, x31, -1", {31}, 31});
    lines.push_back({"bnez x31, loop", {31}, kNone, 1, kNone, 0, true});
    lines.push_back({"ebreak", {}});
    return lines;
  }

 private:
  int x() { return 5 + static_cast<int>(rng_.below(11)); }
  int f() { return static_cast<int>(rng_.below(8)); }
  const char* pick(std::initializer_list<const char*> names) {
    return names.begin()[rng_.below(names.size())];
  }

  Line any(int left) {
    const int d = x(), a = x(), b = x(), fd = f(), fa = f(), fb = f(), fc = f();
    const auto offset = 8 * rng_.below(64);
    switch (rng_.below(14)) {
      case 0:
      case 1:
      case 2:
        return {fmt::format("{} x{}, x{}, x{}", pick({"add", "xor", "sub", "sltu"}), d, a, b), {a, b}, d};
      case 3:
        return {fmt::format("{} x{}, x{}, x{}", pick({"mul", "mulhu", "mulw"}), d, a, b),
                {a, b},
                d,
                core_.mul.count};
      case 4:
        return {fmt::format("ld x{}, {}(x20)", d, offset), {20}, d, core_.load_use.count};
      case 5:
        return {fmt::format("sd x{}, {}(x20)", a, offset), {a, 20}};
      case 6:
        return {fmt::format("fld f{}, {}(x20)", fd, offset), {20}, 32 + fd, core_.load_use.count};
      case 7:
        return {fmt::format("{} f{}, f{}, f{}", pick({"fadd.d", "fmul.d", "fmin.d"}), fd, fa, fb),
                {32 + fa, 32 + fb},
                32 + fd,
                core_.fp.count};
      case 8:
        return {fmt::format("fmadd.d f{}, f{}, f{}, f{}", fd, fa, fb, fc),
                {32 + fa, 32 + fb, 32 + fc},
                32 + fd,
                core_.fp.count};
      case 9:
        return {fmt::format("fdiv.d f{}, f{}, f{}", fd, fa, fb),
                {32 + fa, 32 + fb},
                32 + fd,
                core_.fp_div_double.count,
                kFloatDivUnit};
      case 10: {
        const bool is_signed = rng_.below(2) != 0, word = rng_.below(2) != 0;
        return {fmt::format("{}{}{} x{}, x{}, x{}", pick({"div", "rem"}), is_signed ? "" : "u",
                            word ? "w" : "", d, a, b),
                {a, b},
                d,
                0,
                kDivUnit,
                0,
                false,
                true,
                word,
                is_signed};
      }
      case 11:
        return {fmt::format("amoadd.d x{}, x{}, (x20)", d, a), {a, 20}, d, core_.amo.count};
      case 12:
        if (left < 2) return {"nop", {}};
        // Never to the next instruction: there the reference could not tell taken from not taken.
        return {fmt::format("{} x{}, x{}, .+{}", pick({"beq", "bltu", "bge"}), a, b,
                            8 + 4 * rng_.below(static_cast<std::uint64_t>(std::min(left - 1, 7)))),
                {a, b},
                kNone,
                1,
                kNone,
                0,
                true};
      default:
        return {fmt::format("csrr x{}, instret", d), {}, d, core_.csr.count, kNone, core_.csr.count - 1};
    }
  }

  Rng rng_;
  const CoreParams& core_;
};

std::uint64_t divide_latency(const Line& line, std::uint64_t a, std::uint64_t b, const CoreParams& core) {
  const auto magnitude = [&](std::uint64_t v) -> std::uint64_t {
    if (line.word && line.is_signed)
      return static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(v))));
    if (line.word) return static_cast<std::uint32_t>(v);
    return line.is_signed && static_cast<std::int64_t>(v) < 0 ? 0 - v : v;
  };
  const auto width = [](std::uint64_t v) {
    std::uint64_t n = 0;
    for (; v != 0; v >>= 1) ++n;
    return n;
  };
  const std::uint64_t wa = width(magnitude(a)), wb = width(magnitude(b));
  const std::uint64_t bits = wb == 0 || magnitude(a) < magnitude(b) ? 0 : wa - wb + 1;
  return core.div_base.count + ceil_div(bits, core.div_bits_per_cycle);
}

// Cycle by cycle: in every cycle, can the next instruction issue?
Cycle reference_cycles(const std::vector<Line>& lines, const ElfFile& elf, const CoreParams& core) {
  Guest guest(elf);
  const auto engine = isa::make_engine(core, {.block_instructions_max = 1});
  std::map<int, Cycle> ready;
  Cycle cycle = 0, front_end = 0;
  for (;;) {
    const std::uint64_t pc = guest.hart.pc;
    const Line& line = lines.at((pc - elf.entry()) / 4);
    const auto can_issue = [&] {
      if (cycle < front_end || (line.unit != kNone && ready[line.unit] > cycle)) return false;
      for (const int r : line.reads)
        if (ready[r] > cycle) return false;
      return true;
    };
    while (!can_issue()) ++cycle;
    if (line.text == "ebreak") return cycle;
    std::uint64_t latency = line.latency;
    if (line.divide) latency = divide_latency(line, guest.x(line.reads[0]), guest.x(line.reads[1]), core);
    REQUIRE(engine->run(guest.hart, guest.hart.cycle + 1) == isa::Stop::until);
    if (line.writes != kNone) ready[line.writes] = cycle + latency;
    if (line.unit != kNone) ready[line.unit] = cycle + latency;
    front_end =
        cycle + 1 + line.after + (line.branch && guest.hart.pc != pc + 4 ? core.branch_taken.count : 0);
  }
}

TEST_CASE(
    "cycles equal those of a scheduler that looks at every instruction in every cycle, for random programs "
    "and quanta") {
  const std::uint64_t seed = test::seed_or(20240607);
  MESSAGE("SEED=" << seed);
  const CoreParams core = test::core();
  Rng rng(seed);
  for (int n = 0; n < 25; ++n) {
    CAPTURE(n);
    const std::vector<Line> lines =
        Generator(rng.next(), core).program(10 + static_cast<int>(rng.below(120)), 20);
    std::string text = ".option norvc\n";
    for (const Line& line : lines) text += line.text + "\n";
    const ElfFile elf = test::assemble(text);
    const Cycle expected = reference_cycles(lines, elf, core);
    const auto engine = isa::make_engine(core);
    Guest whole(elf);
    REQUIRE(engine->run(whole.hart, kNever) == isa::Stop::unhandled_trap);
    CHECK_EQ(whole.hart.cycle, expected);
    CHECK_EQ(whole.hart.account.total(), whole.hart.cycle);
    for (const std::uint64_t quantum : {1ul, 7ul, 1000ul, 0ul}) {  // 0: random quanta
      Guest pieces(elf);
      isa::Stop stop = isa::Stop::until;
      while (stop == isa::Stop::until)
        stop = engine->run(pieces.hart, pieces.hart.cycle + (quantum == 0 ? 1 + rng.below(60) : quantum));
      CHECK(test::same_state(whole.hart, pieces.hart));
    }
  }
}

TEST_CASE("a load's result is waited for until the cycle it is ready and not one longer") {
  const CoreParams core = test::core();
  for (std::uint64_t gap = 0; gap < core.load_use.count + 2; ++gap) {
    std::string text = ".option norvc\nlui x20, 0x20\nld x5, 0(x20)\n";
    for (std::uint64_t i = 0; i < gap; ++i) text += "nop\n";
    const ElfFile elf = test::assemble(text + "addi x6, x5, 1\nebreak\n");
    Guest guest(elf);
    CHECK(isa::make_engine(core)->run(guest.hart, kNever) == isa::Stop::unhandled_trap);
    CHECK_EQ(guest.hart.cycle, 3 + std::max(gap, core.load_use.count - 1));
    CHECK_EQ(guest.hart.account.stalled[static_cast<std::size_t>(isa::Stall::operand)],
             gap < core.load_use.count - 1 ? core.load_use.count - 1 - gap : 0);
  }
}

TEST_CASE("a divide takes longer for a longer quotient") {
  const CoreParams core = test::core();
  const auto cycles = [&](std::uint64_t a, std::uint64_t b) {
    Guest guest(
        test::assemble(fmt::format("li a0, {}\nli a1, {}\nfence\ncsrr s0, cycle\ndivu a2, a0, a1\naddi a2, "
                                   "a2, 0\ncsrr s1, cycle\nebreak",
                                   a, b)));
    CHECK(isa::make_engine(core)->run(guest.hart, kNever) == isa::Stop::unhandled_trap);
    return guest.x(9) - guest.x(8);
  };
  CHECK_EQ(cycles(1, 2), core.csr.count + core.div_base.count + 1);
  CHECK_EQ(cycles(~std::uint64_t{0}, 1),
           core.csr.count + core.div_base.count + 64 / core.div_bits_per_cycle + 1);
}

}  // namespace
}  // namespace troupe
