#include "tests/isa/timing_program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>

namespace troupe::test {
namespace {

class Generator {
 public:
  explicit Generator(Rng& rng) : rng_(rng) {}

  std::vector<Line> program() {
    preamble();
    const std::size_t loop = lines_.size();
    const int sections = 2 + static_cast<int>(rng_.below(3));
    for (int s = 0; s < sections; ++s) section(4 + static_cast<int>(rng_.below(28)));
    lines_[loop].text = "loop: " + lines_[loop].text;
    add({"addi x31, x31, -1", {31}, 31});
    Line back{"bnez x31, loop", {31}};
    back.cost = Cost::branch;
    back.backward = true;
    add(back);
    ending();
    return std::move(lines_);
  }

 private:
  void add(Line line) { lines_.push_back(std::move(line)); }
  Line& of(Cost cost, std::string text, std::vector<int> reads, int writes = -1) {
    lines_.push_back({std::move(text), std::move(reads), writes, cost});
    return lines_.back();
  }
  std::uint64_t below(std::uint64_t n) { return rng_.below(n); }
  bool coin() { return below(2) != 0; }
  const char* pick(std::initializer_list<const char*> names) { return names.begin()[below(names.size())]; }
  int x() { return 5 + static_cast<int>(below(11)); }
  int f() { return static_cast<int>(below(8)); }

  void preamble() {
    of(Cost::alu, fmt::format("li x31, {}", 3 + below(5)), {}, 31);
    of(Cost::alu, "lui x20, 0x20", {}, 20);     // memory
    of(Cost::alu, "lui x21, 0x40000", {}, 21);  // device window
    of(Cost::alu, "here: auipc x22, %pcrel_hi(handler)", {}, 22);
    of(Cost::alu, "addi x22, x22, %pcrel_lo(here)", {22}, 22);
    of(Cost::csr, "csrw mtvec, x22", {22});
    of(Cost::alu, "lui x30, 6", {}, 30);
    of(Cost::csr_status, "csrs mstatus, x30", {30});
    of(Cost::alu, "li x30, 0x600", {}, 30);
    of(Cost::csr_status, "csrs mstatus, x30", {30});
    of(Cost::alu, "li x30, 0x80", {}, 30);
    of(Cost::csr, "csrw mie, x30", {30});
    of(Cost::csr_status, "csrsi mstatus, 8", {});
    for (int r = 5; r < 16; ++r) of(Cost::alu, fmt::format("addi x{}, x0, {}", r, below(2000)), {}, r);
    for (int r = 16; r < 20; ++r)  // vector lengths
      of(Cost::alu, fmt::format("addi x{}, x0, {}", r, coin() ? below(9) : below(300)), {}, r);
    for (int r = 0; r < 8; ++r) of(Cost::fp, fmt::format("fcvt.d.w f{}, x{}", r, 5 + r), {5 + r}, 32 + r);
  }

  void ending() {
    of(Cost::csr_status, "csrci mstatus, 8", {});
    of(Cost::csr, "csrw mtvec, x0", {});
    of(Cost::end, "ebreak", {});
    of(Cost::csr, "handler: csrr x29, mcause", {}, 29);
    Line& interrupt = of(Cost::branch, "bltz x29, interrupt", {29});
    interrupt.backward = false;
    of(Cost::csr, "csrr x28, mepc", {}, 28);
    of(Cost::alu, "addi x28, x28, 4", {28}, 28);
    of(Cost::csr, "csrw mepc, x28", {28});
    of(Cost::jump_register, "mret", {});
    of(Cost::store, fmt::format("interrupt: sd x0, {}(x21)", kTimerRegister), {21});
    of(Cost::jump_register, "mret", {});
  }

  void section(int length) {
    sew_log2_ = 3 + static_cast<int>(below(4));
    // No LMUL below SEW / ELEN.
    do lmul_log2_ = static_cast<int>(below(7)) - 3;
    while (lmul_log2_ < sew_log2_ - 6);
    constexpr const char* kLmul[] = {"mf8", "mf4", "mf2", "m1", "m2", "m4", "m8"};
    const int avl = 16 + static_cast<int>(below(4));
    of(Cost::alu, fmt::format("vsetvli x0, x{}, e{}, {}, ta, ma", avl, 1 << sew_log2_, kLmul[lmul_log2_ + 3]),
       {avl});
    const bool vectors = below(4) != 0;
    for (const std::size_t end = lines_.size() + static_cast<std::size_t>(length); lines_.size() < end;) {
      const int left = static_cast<int>(end - lines_.size());
      if (vectors && coin()) {
        vector_line();
      } else {
        scalar_line(left);
      }
    }
  }

  void scalar_line(int left) {
    const int d = x(), a = x(), b = x();
    const std::uint64_t kind = below(21);
    if (kind < 3) {
      of(Cost::alu, fmt::format("{} x{}, x{}, x{}", pick({"add", "xor", "sub", "sltu"}), d, a, b), {a, b}, d);
    } else if (kind < 7) {
      multiply_or_divide(d, a, b);
    } else if (kind < 13) {
      access(d, a);
    } else if (kind < 16) {
      float_line();
    } else if (kind == 16) {
      system_line(d);
    } else if (kind == 17) {
      trapping_line(d);
    } else if (left >= 3) {
      transfer(left, d, a, b);
    }
  }

  void multiply_or_divide(int d, int a, int b) {
    switch (below(4)) {
      case 0:
      case 1:
        of(Cost::mul, fmt::format("{} x{}, x{}, x{}", pick({"mul", "mulw"}), d, a, b), {a, b}, d);
        return;
      case 2:
        of(Cost::mul_high, fmt::format("{} x{}, x{}, x{}", pick({"mulh", "mulhu", "mulhsu"}), d, a, b),
           {a, b}, d);
        return;
      default: {
        const bool is_signed = coin(), word = coin();
        Line& line = of(Cost::divide,
                        fmt::format("{}{}{} x{}, x{}, x{}", pick({"div", "rem"}), is_signed ? "" : "u",
                                    word ? "w" : "", d, a, b),
                        {a, b}, d);
        line.word = word;
        line.is_signed = is_signed;
        return;
      }
    }
  }

  void access(int d, int a) {
    const auto offset = 8 * below(64);
    const int fd = f();
    switch (below(7)) {
      case 0:
      case 1:
        of(Cost::load, fmt::format("{} x{}, {}(x20)", pick({"ld", "lw", "lbu"}), d, offset), {20}, d);
        return;
      case 2:
        of(Cost::store, fmt::format("{} x{}, {}(x20)", pick({"sd", "sw", "sb"}), a, offset), {a, 20});
        return;
      case 3:
        of(Cost::load, fmt::format("fld f{}, {}(x20)", fd, offset), {20}, 32 + fd);
        return;
      case 4:
        of(Cost::store, fmt::format("fsd f{}, {}(x20)", fd, offset), {32 + fd, 20});
        return;
      case 5:
        of(Cost::amo, fmt::format("amoadd.d x{}, x{}, (x20)", d, a), {a, 20}, d);
        return;
      default:  // device
        if (coin()) {
          of(Cost::load, fmt::format("ld x{}, {}(x21)", d, 0x200 + offset), {21}, d);
        } else {
          of(Cost::store, fmt::format("sd x{}, {}(x21)", a, 0x200 + offset), {a, 21});
        }
        return;
    }
  }

  void float_line() {
    const int d = f(), a = f(), b = f(), c = f();
    switch (below(4)) {
      case 0:
        of(Cost::fp, fmt::format("{} f{}, f{}, f{}", pick({"fadd.d", "fmul.d", "fmin.d"}), d, a, b),
           {32 + a, 32 + b}, 32 + d);
        return;
      case 1:
        of(Cost::fp, fmt::format("fmadd.d f{}, f{}, f{}, f{}", d, a, b, c), {32 + a, 32 + b, 32 + c}, 32 + d);
        return;
      case 2:
        of(Cost::fp_div_double, fmt::format("fdiv.d f{}, f{}, f{}", d, a, b), {32 + a, 32 + b}, 32 + d);
        return;
      default:
        of(Cost::fp_div_single, fmt::format("fsqrt.s f{}, f{}", d, a), {32 + a}, 32 + d);
        return;
    }
  }

  // Within the section; a branch never to the next instruction: there the reference could not tell taken from
  // not taken.
  void transfer(int left, int d, int a, int b) {
    if (below(3) == 0) {
      of(Cost::jump, fmt::format("jal x{}, .+{}", d, 4 + 4 * below(2)), {}, d);
    } else {
      of(Cost::branch,
         fmt::format("{} x{}, x{}, .+{}", pick({"beq", "bltu", "bge"}), a, b,
                     8 + 4 * below(static_cast<std::uint64_t>(std::min(left - 1, 7)))),
         {a, b});
    }
  }

  void system_line(int d) {
    switch (below(5)) {
      case 0:
        of(Cost::csr, fmt::format("csrr x{}, instret", d), {}, d);
        return;
      case 3:
        of(Cost::csr_status, fmt::format("{} mstatus, 8", pick({"csrsi", "csrci"})), {});
        return;
      case 1: {
        const int source = x();
        of(Cost::csr, fmt::format("csrrw x{}, mscratch, x{}", d, source), {source}, d);
        return;
      }
      case 2:
        of(Cost::read_cycle, fmt::format("rdcycle x{}", d), {}, d);
        return;
      default:
        of(Cost::fence_i, "fence.i", {});
        return;
    }
  }
  void trapping_line(int d) {
    switch (below(4)) {
      case 0:
        of(Cost::alu, "ecall", {});
        return;
      case 1:
        of(Cost::alu, ".word 0", {});
        return;
      case 2:
        of(Cost::load, fmt::format("ld x{}, 0(x0)", d), {}, d);
        return;
      default:  // misaligned or in the first page
        of(Cost::amo, fmt::format("amoadd.d x{}, x{}, (x31)", d, d), {d, 31}, d);
        return;
    }
  }

  // --- vectors

  int sew() const { return 1 << sew_log2_; }
  // Registers of a group whose elements are 2^`wider` times SEW wide.
  int registers(int wider) const { return 1 << std::max(lmul_log2_ + wider, 0); }
  bool group_fits(int wider) const { return lmul_log2_ + wider <= 3 && lmul_log2_ + wider >= -3; }
  int group(int wider) {
    const int n = registers(wider);
    return n * (1 + static_cast<int>(below(static_cast<std::uint64_t>(32 / n - 1))));
  }
  // One that shares no register with the groups `taken` {first, count}.
  int group_apart(int wider, std::initializer_list<std::pair<int, int>> taken) {
    for (;;) {
      const int first = group(wider), end = first + registers(wider);
      bool apart = true;
      for (const auto& [r, n] : taken) apart = apart && (end <= r || r + n <= first);
      if (apart) return first;
    }
  }
  VectorOperand read(int reg, int width, Pass pass = Pass::along) { return {reg, width, pass, false}; }
  VectorOperand write(int reg, int width, Pass pass = Pass::along) { return {reg, width, pass, true}; }

  Line& vector(std::string text, int width, std::vector<VectorOperand> operands, std::vector<int> reads = {},
               int writes = -1) {
    Line& line = of(Cost::vector, std::move(text), std::move(reads), writes);
    line.vector.width = width;
    line.vector.sew = sew();
    line.vector.operands = std::move(operands);
    return line;
  }
  // Adds ", v0.t" to half of the instructions that may have it.
  void maybe_masked() {
    if (coin()) return;
    Line& line = lines_.back();
    const bool at_once = line.vector.operands[0].pass == Pass::at_once;
    line.text += ", v0.t";
    line.vector.operands.push_back(read(0, 1, at_once ? Pass::at_once : Pass::along));
  }

  void vector_line() {
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        return element_wise();
      case 3:
        return masks_and_moves();
      case 4:
        return reductions_and_permutations();
      case 5:
        return divides();
      case 6:
        return unit_stride();
      default:
        return strided();
    }
  }

  void element_wise() {
    const int d = group(0), a = group(0), b = group(0), s = x(), w = sew();
    switch (below(7)) {
      case 0:
        vector(fmt::format("vadd.vx v{}, v{}, x{}", d, a, s), w, {read(a, w), write(d, w)}, {s});
        return maybe_masked();
      case 1:
        vector(fmt::format("vmacc.vv v{}, v{}, v{}", d, a, b), w,
               {read(a, w), read(b, w), read(d, w), write(d, w)});
        return maybe_masked();
      case 2: {
        if (w == 64 || !group_fits(1)) return element_wise();
        const int wide = group_apart(1, {{a, registers(0)}, {b, registers(0)}});
        vector(fmt::format("vwaddu.vv v{}, v{}, v{}", wide, a, b), 2 * w,
               {read(a, w), read(b, w), write(wide, 2 * w)});
        return maybe_masked();
      }
      case 3: {
        if (w == 64 || !group_fits(1)) return element_wise();
        const int wide = group_apart(1, {{d, registers(0)}});
        vector(fmt::format("vnsrl.wi v{}, v{}, 3", d, wide), 2 * w, {read(wide, 2 * w), write(d, w)});
        return maybe_masked();
      }
      case 4: {
        if (w == 8 || !group_fits(-1)) return element_wise();
        const int half = group_apart(-1, {{d, registers(0)}});
        vector(fmt::format("vzext.vf2 v{}, v{}", d, half), w, {read(half, w / 2), write(d, w)});
        return maybe_masked();
      }
      case 5:
        if (w < 32) return element_wise();
        vector(fmt::format("vfmul.vf v{}, v{}, f{}", d, a, s - 5 & 7), w, {read(a, w), write(d, w)},
               {32 + ((s - 5) & 7)});
        return maybe_masked();
      default:
        vector(fmt::format("vxor.vv v{}, v{}, v{}", d, a, b), w, {read(a, w), read(b, w), write(d, w)});
        return maybe_masked();
    }
  }

  void masks_and_moves() {
    const int a = group(0), b = group(0), d = group(0), w = sew(), n = 1 + static_cast<int>(below(31));
    switch (below(8)) {
      case 0: {  // into v0 or a register of neither source
        int m = coin() ? 0 : n;
        while (m != 0 && ((m >= a && m < a + registers(0)) || (m >= b && m < b + registers(0))))
          m = (m + 1) % 32;
        vector(fmt::format("vmseq.vv v{}, v{}, v{}", m, a, b), w,
               {read(a, w), read(b, w), read(m, 1), write(m, 1)});
        return maybe_masked();
      }
      case 1: {
        const int m1 = static_cast<int>(below(32)), m2 = static_cast<int>(below(32)), m = coin() ? 0 : n;
        vector(fmt::format("vmand.mm v{}, v{}, v{}", m, m1, m2), 1,
               {read(m1, 1), read(m2, 1), read(m, 1), write(m, 1)});
        return;
      }
      case 2:
        vector(fmt::format("vmerge.vvm v{}, v{}, v{}, v0", d, a, b), w,
               {read(a, w), read(b, w), read(0, 1), write(d, w)});
        return;
      case 3: {
        const int r = x();
        vector(fmt::format("vmv.x.s x{}, v{}", r, n), w, {read(n, w, Pass::first)}, {}, r);
        return;
      }
      case 4: {
        const int r = x();
        vector(fmt::format("vmv.s.x v{}, x{}", n, r), w, {read(n, w, Pass::first), write(n, w, Pass::first)},
               {r});
        return;
      }
      case 5: {
        const int count = 1 << below(4),
                  from = count * static_cast<int>(below(static_cast<std::uint64_t>(32 / count))),
                  to = count * static_cast<int>(below(static_cast<std::uint64_t>(32 / count)));
        vector(fmt::format("vmv{}r.v v{}, v{}", count, to, from), 8, {read(from, 8), write(to, 8)});
        lines_.back().vector.whole_registers = count;
        return;
      }
      case 6: {
        const int r = x();
        vector(fmt::format("{} x{}, v{}", pick({"vcpop.m", "vfirst.m"}), r, n), 1, {read(n, 1)}, {}, r);
        lines_.back().vector.time = VectorTime::reduce;
        return maybe_masked();
      }
      default:
        vector(fmt::format("vid.v v{}", d), w, {write(d, w)});
        return maybe_masked();
    }
  }

  void reductions_and_permutations() {
    const int a = group(0), w = sew(), n = 1 + static_cast<int>(below(31)),
              m = 1 + static_cast<int>(below(31)), s = x();
    switch (below(6)) {
      case 0:
        vector(fmt::format("vredsum.vs v{}, v{}, v{}", n, a, m), w,
               {read(a, w), read(m, w, Pass::first), read(n, w, Pass::first), write(n, w, Pass::last)});
        lines_.back().vector.time = VectorTime::reduce;
        return maybe_masked();
      case 1:
        if (w < 32) return;
        vector(fmt::format("vfredosum.vs v{}, v{}, v{}", n, a, m), w,
               {read(a, w), read(m, w, Pass::first), read(n, w, Pass::first), write(n, w, Pass::last)});
        lines_.back().vector.time = VectorTime::reduce_ordered;
        return maybe_masked();
      case 2: {
        if (lmul_log2_ > 2) return;
        const int b = group(0), d = group_apart(0, {{a, registers(0)}, {b, registers(0)}});
        vector(fmt::format("vrgather.vv v{}, v{}, v{}", d, a, b), w,
               {read(a, w, Pass::at_once), read(b, w, Pass::at_once), write(d, w, Pass::at_end)});
        return maybe_masked();
      }
      case 3: {
        if (lmul_log2_ > 2) return;
        const int d = group_apart(0, {{a, registers(0)}});
        vector(fmt::format("vslideup.vx v{}, v{}, x{}", d, a, s), w,
               {read(a, w, Pass::at_once), read(d, w, Pass::at_once), write(d, w, Pass::at_end)}, {s});
        return maybe_masked();
      }
      case 4: {
        if (lmul_log2_ > 2) return;
        const int d = group_apart(0, {{a, registers(0)}, {m, 1}});
        vector(fmt::format("vcompress.vm v{}, v{}, v{}", d, a, m), w,
               {read(a, w, Pass::at_once), read(m, 1, Pass::at_once), read(d, w, Pass::at_once),
                write(d, w, Pass::at_end)});
        return;
      }
      default: {
        const int d = group_apart(0, {{m, 1}});
        vector(fmt::format("viota.m v{}, v{}", d, m), w,
               {read(m, 1, Pass::at_once), write(d, w, Pass::at_end)});
        return maybe_masked();
      }
    }
  }

  void divides() {
    const int a = group(0), b = group(0), d = group(0), w = sew();
    if (w < 32 || coin()) {
      vector(fmt::format("{} v{}, v{}, v{}", pick({"vdivu.vv", "vrem.vv"}), d, a, b), w,
             {read(a, w), read(b, w), write(d, w)});
      lines_.back().vector.time = VectorTime::divide;
    } else {
      vector(fmt::format("vfdiv.vv v{}, v{}, v{}", d, a, b), w, {read(a, w), read(b, w), write(d, w)});
      lines_.back().vector.time = VectorTime::float_divide;
    }
    maybe_masked();
  }

  Line& memory(std::string text, int width, std::vector<VectorOperand> operands, std::vector<int> reads) {
    Line& line = vector(std::move(text), width, std::move(operands), std::move(reads));
    line.vector.memory = true;
    return line;
  }

  void unit_stride() {
    const int wider = static_cast<int>(below(3)) - 1, width_log2 = sew_log2_ + wider;
    if (width_log2 < 3 || width_log2 > 6 || !group_fits(wider)) return;
    const int w = 1 << width_log2, r = group(wider), n = 1 + static_cast<int>(below(31)),
              count = 1 << below(4),
              whole = count * static_cast<int>(below(static_cast<std::uint64_t>(32 / count)));
    switch (below(7)) {
      case 0:
      case 1:
        memory(fmt::format("vle{}.v v{}, (x20)", w, r), w, {write(r, w)}, {20});
        return maybe_masked();
      case 2:
      case 3:
        memory(fmt::format("vse{}.v v{}, (x20)", w, r), w, {read(r, w)}, {20});
        return maybe_masked();
      case 4: {
        const bool load = coin();
        memory(fmt::format("{} v{}, (x20)", load ? "vlm.v" : "vsm.v", n), 8,
               {load ? write(n, 8) : read(n, 8)}, {20});
        lines_.back().vector.mask_bits = true;
        return;
      }
      case 5:
        memory(fmt::format("vl{}re8.v v{}, (x20)", count, whole), 8, {write(whole, 8)}, {20});
        lines_.back().vector.whole_registers = count;
        return;
      default:
        memory(fmt::format("vs{}r.v v{}, (x20)", count, whole), 8, {read(whole, 8)}, {20});
        lines_.back().vector.whole_registers = count;
        return;
    }
  }

  void strided() {
    const int w = sew(), r = group(0);
    switch (below(4)) {
      case 0:
        memory(fmt::format("vlse{}.v v{}, (x20), x0", w, r), w, {write(r, w)}, {20});
        lines_.back().vector.element_a_beat = true;
        return maybe_masked();
      case 1:
        memory(fmt::format("vsse{}.v v{}, (x20), x0", w, r), w, {read(r, w)}, {20});
        lines_.back().vector.element_a_beat = true;
        return maybe_masked();
      case 2: {  // indices of 8 bits stay within 256 bytes
        const int wider = 3 - sew_log2_;
        if (!group_fits(wider)) return;
        const int index = group(wider), d = group_apart(0, {{index, registers(wider)}});
        const bool load = coin();
        memory(fmt::format("{}ei8.v v{}, (x20), v{}", load ? "vlux" : "vsux", d, index), w,
               {read(index, 8), load ? write(d, w) : read(d, w)}, {20});
        lines_.back().vector.element_a_beat = true;
        return maybe_masked();
      }
      default: {  // segments
        const int fields = 2 + static_cast<int>(below(3)), size = registers(0);
        if (fields * size > 8) return;
        const int first = 1 + static_cast<int>(below(24 / static_cast<std::uint64_t>(size))) * size;
        if (first % size != 0) return;
        const bool load = coin();
        std::vector<VectorOperand> operands;
        for (int field = 0; field < fields; ++field)
          operands.push_back({first + field * size, w, Pass::along, load});
        memory(fmt::format("{}seg{}e{}.v v{}, (x20)", load ? "vl" : "vs", fields, w, first), w, operands,
               {20});
        lines_.back().vector.element_a_beat = true;
        return;
      }
    }
  }

  Rng& rng_;
  std::vector<Line> lines_;
  int sew_log2_ = 3, lmul_log2_ = 0;
};

}  // namespace

std::vector<Line> random_program(Rng& rng) {
  return Generator(rng).program();
}

std::string program_text(const std::vector<Line>& lines) {
  std::string text = ".option norvc\n";
  for (const Line& line : lines) text += line.text + "\n";
  return text;
}

}  // namespace troupe::test
