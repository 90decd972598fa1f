// Rows of V: mask registers, carries as masks, slides, gathers, compress, whole-register moves.
#include <algorithm>
#include <bit>
#include <tuple>

#include "isa/short_types.hpp"
#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

// Mask logic, bit by bit below vl.
template <auto F>
void mask_logic(const Op& op, Hart& hart) {
  u8* d = elements<u8>(hart, op.rd);
  const u8 *a = elements<u8>(hart, op.rs2), *b = elements<u8>(hart, op.rs1);
  const u64 vl = hart.csr.vl;
  for (u64 i = 0; i < vl / 8; ++i) d[i] = static_cast<u8>(F(a[i], b[i]));
  if (vl % 8 == 0) return;
  const u64 last = vl / 8;
  const auto below = static_cast<u8>((1u << vl % 8) - 1);
  d[last] = static_cast<u8>((d[last] & ~below) | (F(a[last], b[last]) & below));
}

// 64 bits of a mask below vl, from bit 64 * n on; of all ones where `mask` is null.
u64 word_of(const u8* mask, u64 n, u64 vl) {
  u64 word = ~u64{0};
  if (mask != nullptr) std::memcpy(&word, mask + 8 * n, sizeof word);
  return vl - 64 * n >= 64 ? word : word & ((u64{1} << (vl - 64 * n)) - 1);
}
void count_mask(const Op& op, Hart& hart) {
  const Active active = active_of(op, hart);
  const u8* a = elements<u8>(hart, op.rs2);
  u64 count = 0;
  for (u64 n = 0; 64 * n < active.vl; ++n)
    count += static_cast<u64>(std::popcount(word_of(a, n, active.vl) & word_of(active.mask, n, active.vl)));
  hart.x[op.rd] = count;
}
// The first active bit of vs2; all ones where there is none.
u64 first_bit(const Op& op, Hart& hart) {
  const Active active = active_of(op, hart);
  const u8* a = elements<u8>(hart, op.rs2);
  for (u64 n = 0; 64 * n < active.vl; ++n) {
    const u64 word = word_of(a, n, active.vl) & word_of(active.mask, n, active.vl);
    if (word != 0) return 64 * n + static_cast<u64>(std::countr_zero(word));
  }
  return ~u64{0};
}
void first_of_mask(const Op& op, Hart& hart) {
  hart.x[op.rd] = first_bit(op, hart);
}

// vmsbf, vmsif, vmsof: F(before the first set bit, at it).
template <auto F>
void mask_up_to_first(const Op& op, Hart& hart) {
  const u64 first = first_bit(op, hart);
  u8* d = elements<u8>(hart, op.rd);
  for_active(op, hart, [&](u64 i) { set_mask_bit(d, i, F(i < first, i == first)); });
}

// A struct of static functions per element type, and Behaviours made of one of them.
template <class E>
struct Permute {
  static void index(const Op& op, Hart& hart) {  // vid
    static constexpr auto kIndices = [] {
      std::array<E, kVlenMax> all{};
      for (u64 i = 0; i < all.size(); ++i) all[i] = static_cast<E>(i);
      return all;
    }();
    write_active(op, hart, kIndices.data());
  }
  static void prefix_count(const Op& op, Hart& hart) {  // viota
    E* d = elements<E>(hart, op.rd);
    const u8* a = elements<u8>(hart, op.rs2);
    u64 count = 0;
    for_active(op, hart, [&](u64 i) {
      d[i] = static_cast<E>(count);
      count += mask_bit(a, i) ? 1 : 0;
    });
  }
  template <bool kImmediate>
  static u64 offset(const Op& op, const Hart& hart) {
    return kImmediate ? static_cast<u64>(op.imm) : hart.x[op.rs1];
  }

  // Slides move the whole group and then write its active elements.
  template <bool kImmediate>
  static void slide_up(const Op& op, Hart& hart) {
    const u64 by = std::min(offset<kImmediate>(op, hart), hart.csr.vl);
    Group<E> moved(elements<E>(hart, op.rd), by);
    std::memcpy(moved.data + by, elements<E>(hart, op.rs2), (hart.csr.vl - by) * sizeof(E));
    write_active(op, hart, moved.data);
  }
  template <bool kImmediate>
  static void slide_down(const Op& op, Hart& hart) {
    const u64 count = vlmax(hart), by = std::min(offset<kImmediate>(op, hart), count);
    Group<E> moved(elements<E>(hart, op.rs2) + by, count - by);
    std::memset(moved.data + (count - by), 0, by * sizeof(E));
    write_active(op, hart, moved.data);
  }
  template <bool kFloat, bool kUp>
  static void slide_one(const Op& op, Hart& hart) {
    const u64 vl = hart.csr.vl;
    if (vl == 0) return;
    const E entering = second_operand<E, kFloat ? Second::fp : Second::scalar>(op, hart)[0];
    const E* a = elements<E>(hart, op.rs2);
    Group<E> moved(a + (kUp ? 0 : 1), kUp ? 0 : vl - 1);
    if (kUp) std::memcpy(moved.data + 1, a, (vl - 1) * sizeof(E));
    moved.data[kUp ? 0 : vl - 1] = entering;
    write_active(op, hart, moved.data);
  }
  template <class I>
  static void gather(const Op& op, Hart& hart) {
    E* d = elements<E>(hart, op.rd);
    const E* a = elements<E>(hart, op.rs2);
    const I* index = elements<I>(hart, op.rs1);
    const u64 count = vlmax(hart);
    for_active(op, hart, [&](u64 i) { d[i] = index[i] < count ? a[index[i]] : E{0}; });
  }
  template <bool kImmediate>
  static void broadcast(const Op& op, Hart& hart) {
    const u64 i = offset<kImmediate>(op, hart);
    const E value = i < vlmax(hart) ? elements<E>(hart, op.rs2)[i] : E{0};
    map_elements(active_of(op, hart), elements<E>(hart, op.rd), same, Splat<E>{value});
  }
  static void compress(const Op& op, Hart& hart) {
    E* d = elements<E>(hart, op.rd);
    const E* a = elements<E>(hart, op.rs2);
    const u8* keep = elements<u8>(hart, op.rs1);
    u64 to = 0;
    for (u64 i = 0; i < hart.csr.vl; ++i)
      if (mask_bit(keep, i)) d[to++] = a[i];
  }

 private:
  static constexpr auto same = [](E v) { return v; };
  static void write_active(const Op& op, Hart& hart, const E* values) {
    map_elements(active_of(op, hart), elements<E>(hart, op.rd), same, values);
  }
  static u64 vlmax(const Hart& hart) { return vlmax_of(hart.csr.vtype & 0xff, hart.vlen_bytes); }
};

// vmadc, vmsbc: the carry or borrow out, as a mask.
template <class E, Second kSecond, bool kAdd, bool kCarryIn>
void carry_out(const Op& op, Hart& hart) {
  const auto f = [](E a, E b, E in) {
    const E sum = static_cast<E>(kAdd ? a + b : a - b);
    return kAdd ? sum < a || (in != 0 && sum == static_cast<E>(~E{0})) : a < b || (in != 0 && sum == 0);
  };
  const E* a = elements<E>(hart, op.rs2);
  const auto b = second_operand<E, kSecond>(op, hart);
  const Active all{nullptr, hart.csr.vl};
  u8* d = elements<u8>(hart, op.rd);
  if constexpr (kCarryIn)
    map_to_mask(all, d, f, a, b, MaskOnes<E>{elements<u8>(hart, 0)});
  else
    map_to_mask(all, d, f, a, b, Splat<E>{0});
}
template <Second kSecond, bool kAdd, bool kCarryIn>
constexpr Behaviours carry_mask = {
    step<&carry_out<u8, kSecond, kAdd, kCarryIn>>, step<&carry_out<u16, kSecond, kAdd, kCarryIn>>,
    step<&carry_out<u32, kSecond, kAdd, kCarryIn>>, step<&carry_out<u64, kSecond, kAdd, kCarryIn>>};

void move_registers(const Op& op, Hart& hart) {
  std::memmove(elements<u8>(hart, op.rd), elements<u8>(hart, op.rs2), (op.imm + 1ull) * hart.vlen_bytes);
}

constexpr Behaviours every(Handler h) {
  return {h, h, h, h};
}
template <auto F>
constexpr Behaviours logic = every(step<&mask_logic<F>>);
template <auto F>
constexpr Behaviours up_to_first = every(step<&mask_up_to_first<F>>);
template <bool kImmediate>
constexpr Behaviours slide_up = {
    step<&Permute<u8>::slide_up<kImmediate>>, step<&Permute<u16>::slide_up<kImmediate>>,
    step<&Permute<u32>::slide_up<kImmediate>>, step<&Permute<u64>::slide_up<kImmediate>>};
template <bool kImmediate>
constexpr Behaviours slide_down = {
    step<&Permute<u8>::slide_down<kImmediate>>, step<&Permute<u16>::slide_down<kImmediate>>,
    step<&Permute<u32>::slide_down<kImmediate>>, step<&Permute<u64>::slide_down<kImmediate>>};
template <bool kUp>
constexpr Behaviours slide_one = {
    step<&Permute<u8>::slide_one<false, kUp>>, step<&Permute<u16>::slide_one<false, kUp>>,
    step<&Permute<u32>::slide_one<false, kUp>>, step<&Permute<u64>::slide_one<false, kUp>>};
template <bool kUp>
constexpr Behaviours float_slide_one = {nullptr, step<&Permute<u16>::slide_one<true, kUp>>,
                                        step<&Permute<u32>::slide_one<true, kUp>>,
                                        step<&Permute<u64>::slide_one<true, kUp>>};
template <bool kImmediate>
constexpr Behaviours broadcast = {
    step<&Permute<u8>::broadcast<kImmediate>>, step<&Permute<u16>::broadcast<kImmediate>>,
    step<&Permute<u32>::broadcast<kImmediate>>, step<&Permute<u64>::broadcast<kImmediate>>};
constexpr Behaviours kGather = {step<&Permute<u8>::gather<u8>>, step<&Permute<u16>::gather<u16>>,
                                step<&Permute<u32>::gather<u32>>, step<&Permute<u64>::gather<u64>>};
constexpr Behaviours kGather16 = {step<&Permute<u8>::gather<u16>>, step<&Permute<u16>::gather<u16>>,
                                  step<&Permute<u32>::gather<u16>>, step<&Permute<u64>::gather<u16>>};
constexpr Behaviours kCompress = {step<&Permute<u8>::compress>, step<&Permute<u16>::compress>,
                                  step<&Permute<u32>::compress>, step<&Permute<u64>::compress>};
constexpr Behaviours kIndex = {step<&Permute<u8>::index>, step<&Permute<u16>::index>,
                               step<&Permute<u32>::index>, step<&Permute<u64>::index>};
constexpr Behaviours kPrefixCount = {step<&Permute<u8>::prefix_count>, step<&Permute<u16>::prefix_count>,
                                     step<&Permute<u32>::prefix_count>, step<&Permute<u64>::prefix_count>};

constexpr std::uint16_t kLogic = shape(Width::mask, Width::mask, Width::mask),
                        kSame2 = shape(Width::same, Width::same),
                        kSame3 = shape(Width::same, Width::same, Width::same),
                        kToMask2 = shape(Width::mask, Width::same),
                        kToMask3 = shape(Width::mask, Width::same, Width::same);

// clang-format off
constexpr Row kRows[] = {
  make_row("vmandn.mm", "011000 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return a & ~b; }>, kLogic),
  make_row("vmand.mm",  "011001 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return a & b; }>, kLogic),
  make_row("vmor.mm",   "011010 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return a | b; }>, kLogic),
  make_row("vmxor.mm",  "011011 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return a ^ b; }>, kLogic),
  make_row("vmorn.mm",  "011100 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return a | ~b; }>, kLogic),
  make_row("vmnand.mm", "011101 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return ~(a & b); }>, kLogic),
  make_row("vmnor.mm",  "011110 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return ~(a | b); }>, kLogic),
  make_row("vmxnor.mm", "011111 1 vs2 vs1 010 vdx 1010111", Unit::v_alu, logic<[](u32 a, u32 b) { return ~(a ^ b); }>, kLogic),
  make_row("vcpop.m",   "010000 vm vs2 10000 010 rd 1010111", Unit::v_reduce, every(step<&count_mask>), shape(Width::none, Width::mask)),
  make_row("vfirst.m",  "010000 vm vs2 10001 010 rd 1010111", Unit::v_reduce, every(step<&first_of_mask>), shape(Width::none, Width::mask)),
  make_row("vmsbf.m",   "010100 vm vs2 00001 010 vdx 1010111", Unit::v_permute, up_to_first<[](bool before, bool) { return before; }>, shape(Width::mask, Width::mask) | kApart),
  make_row("vmsof.m",   "010100 vm vs2 00010 010 vdx 1010111", Unit::v_permute, up_to_first<[](bool, bool at) { return at; }>, shape(Width::mask, Width::mask) | kApart),
  make_row("vmsif.m",   "010100 vm vs2 00011 010 vdx 1010111", Unit::v_permute, up_to_first<[](bool before, bool at) { return before || at; }>, shape(Width::mask, Width::mask) | kApart),
  make_row("viota.m",   "010100 vm vs2 10000 010 vd 1010111", Unit::v_permute, kPrefixCount, shape(Width::same, Width::mask) | kApart),
  make_row("vid.v",     "010100 vm 00000 10001 010 vd 1010111", Unit::v_alu, kIndex, shape(Width::same, Width::none)),
  make_row("vmadc.vvm", "010001 0 vs2 vs1 000 vdx 1010111", Unit::v_alu, carry_mask<Second::vector, true, true>, kToMask3),
  make_row("vmadc.vxm", "010001 0 vs2 rs1 100 vdx 1010111", Unit::v_alu, carry_mask<Second::scalar, true, true>, kToMask2),
  make_row("vmadc.vim", "010001 0 vs2 simm5 011 vdx 1010111", Unit::v_alu, carry_mask<Second::immediate, true, true>, kToMask2),
  make_row("vmadc.vv",  "010001 1 vs2 vs1 000 vdx 1010111", Unit::v_alu, carry_mask<Second::vector, true, false>, kToMask3),
  make_row("vmadc.vx",  "010001 1 vs2 rs1 100 vdx 1010111", Unit::v_alu, carry_mask<Second::scalar, true, false>, kToMask2),
  make_row("vmadc.vi",  "010001 1 vs2 simm5 011 vdx 1010111", Unit::v_alu, carry_mask<Second::immediate, true, false>, kToMask2),
  make_row("vmsbc.vvm", "010011 0 vs2 vs1 000 vdx 1010111", Unit::v_alu, carry_mask<Second::vector, false, true>, kToMask3),
  make_row("vmsbc.vxm", "010011 0 vs2 rs1 100 vdx 1010111", Unit::v_alu, carry_mask<Second::scalar, false, true>, kToMask2),
  make_row("vmsbc.vv",  "010011 1 vs2 vs1 000 vdx 1010111", Unit::v_alu, carry_mask<Second::vector, false, false>, kToMask3),
  make_row("vmsbc.vx",  "010011 1 vs2 rs1 100 vdx 1010111", Unit::v_alu, carry_mask<Second::scalar, false, false>, kToMask2),
  make_row("vslideup.vx",   "001110 vm vs2 rs1 100 vdx 1010111", Unit::v_permute, slide_up<false>, kSame2 | kApart),
  make_row("vslideup.vi",   "001110 vm vs2 uimm5 011 vdx 1010111", Unit::v_permute, slide_up<true>, kSame2 | kApart),
  make_row("vslidedown.vx", "001111 vm vs2 rs1 100 vd 1010111", Unit::v_permute, slide_down<false>, kSame2),
  make_row("vslidedown.vi", "001111 vm vs2 uimm5 011 vd 1010111", Unit::v_permute, slide_down<true>, kSame2),
  make_row("vslide1up.vx",    "001110 vm vs2 rs1 110 vd 1010111", Unit::v_permute, slide_one<true>, kSame2 | kApart),
  make_row("vslide1down.vx",  "001111 vm vs2 rs1 110 vd 1010111", Unit::v_permute, slide_one<false>, kSame2),
  make_row("vfslide1up.vf",   "001110 vm vs2 fs1 101 vd 1010111", Unit::v_permute, float_slide_one<true>, kSame2 | kApart),
  make_row("vfslide1down.vf", "001111 vm vs2 fs1 101 vd 1010111", Unit::v_permute, float_slide_one<false>, kSame2),
  make_row("vrgather.vv",     "001100 vm vs2 vs1 000 vd 1010111", Unit::v_permute, kGather, kSame3 | kApart),
  make_row("vrgather.vx",     "001100 vm vs2 rs1 100 vd 1010111", Unit::v_permute, broadcast<false>, kSame2 | kApart),
  make_row("vrgather.vi",     "001100 vm vs2 uimm5 011 vd 1010111", Unit::v_permute, broadcast<true>, kSame2 | kApart),
  make_row("vrgatherei16.vv", "001110 vm vs2 vs1 000 vd 1010111", Unit::v_permute, kGather16, shape(Width::same, Width::same, Width::index16) | kApart),
  make_row("vcompress.vm",    "010111 1 vs2 vs1 010 vdx 1010111", Unit::v_permute, kCompress, shape(Width::same, Width::same, Width::mask) | kApart),
  make_row("vmv<nr>r.v",      "100111 1 vs2 simm5 011 vd 1010111", Unit::v_alu, every(step<&move_registers>), kSame2),
};
// clang-format on

}  // namespace

std::span<const Row> vector_mask_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
