// Integer, fixed-point, permutation, mask and reduction instructions against element-by-element references.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <bit>
#include <set>

#include "tests/isa/vector_reference.hpp"

using namespace troupe;
using namespace troupe::isa;
using namespace troupe::isa::test;

namespace {

u64 random_element(std::mt19937_64& rng, int width) {
  const u64 kCorners[] = {0, 1, ~u64{0}, u64{1} << (width - 1), (u64{1} << (width - 1)) - 1};
  return zext((rng() & 3) == 0 ? kCorners[rng() % 5] : rng(), width);
}

// One element: a, b, d as bits of their widths wa, wb, wd.
struct Operands {
  Expect& e;
  u64 a, b, d;
  int wa, wb, wd;
  bool carry = false;

  i64 sa() const { return sext(a, wa); }
  i64 sb() const { return sext(b, wb); }
};
using Element = std::function<u64(const Operands&)>;

// Widths of vd, vs2 and the second source as powers of two of SEW.
struct Scale {
  int d = 0, a = 0, b = 0;
};
int scaled(int sew, int log2) {
  return log2 < 0 ? sew >> -log2 : sew << log2;
}

Reference element_wise(Scale scale, Element f) {
  return [=](Expect& e) {
    const int wd = scaled(e.sew, scale.d), wa = scaled(e.sew, scale.a), wb = scaled(e.sew, scale.b);
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put(i, wd, f({e, e.a(i, wa), e.b(i, wb), e.element(e.vd(), i, wd), wa, wb, wd}));
  };
}
Reference compare(Element f) {
  return [=](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put_bit(i, f({e, e.a(i, e.sew), e.b(i, e.sew), 0, e.sew, e.sew, e.sew}) != 0);
  };
}
Reference with_carry(bool to_mask, Element f) {
  return [=](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i) {
      const u64 r =
          f({e, e.a(i, e.sew), e.b(i, e.sew), 0, e.sew, e.sew, e.sew, !e.unmasked() && e.mask_bit(0, i)});
      if (to_mask)
        e.put_bit(i, r != 0);
      else
        e.put(i, e.sew, r);
    }
  };
}

u64 divide(const Operands& o, bool is_signed, bool rest) {
  if (o.b == 0) return rest ? o.a : ~u64{0};
  const i128 a = is_signed ? i128{o.sa()} : i128{o.a}, b = is_signed ? i128{o.sb()} : i128{o.b};
  return static_cast<u64>(rest ? a % b : a / b);
}

i128 rounded_shift(i128 v, int n, u32 vxrm) {
  if (n == 0) return v;
  const i128 unit = i128{1} << n;
  i128 q = v / unit, rest = v % unit;
  if (rest < 0) rest += unit, --q;
  if (vxrm == 0 && rest * 2 >= unit) ++q;
  if (vxrm == 1 && (rest * 2 > unit || (rest * 2 == unit && q % 2 != 0))) ++q;
  if (vxrm == 3 && rest != 0 && q % 2 == 0) ++q;
  return q;
}
u64 clamp(const Operands& o, i128 v, bool is_signed) {
  const i128 high = is_signed ? (i128{1} << (o.wd - 1)) - 1 : (i128{1} << o.wd) - 1;
  const i128 low = is_signed ? -(i128{1} << (o.wd - 1)) : 0;
  if (v > high || v < low) o.e.vxsat = 1;
  return static_cast<u64>(v > high ? high : v < low ? low : v);
}
u32 vxrm(const Operands& o) {
  return o.e.m.hart->csr.vxrm;
}
int amount(const Operands& o, int width) {
  return static_cast<int>(o.b & static_cast<u64>(width - 1));
}

std::map<std::string, Reference> element_references() {
  std::map<std::string, Reference> t;
  const auto add = [&](std::string name, std::vector<std::string> suffixes, Reference r) {
    for (const std::string& s : suffixes) t[name + "." + s] = r;
  };
  const std::vector<std::string> vvxi = {"vv", "vx", "vi"}, vvx = {"vv", "vx"}, vxi = {"vx", "vi"},
                                 wvxi = {"wv", "wx", "wi"}, wvx = {"wv", "wx"};
  const auto same = [](Element f) { return element_wise({}, f); };
  add("vadd", vvxi, same([](auto& o) { return o.a + o.b; }));
  add("vsub", vvx, same([](auto& o) { return o.a - o.b; }));
  add("vrsub", vxi, same([](auto& o) { return o.b - o.a; }));
  add("vand", vvxi, same([](auto& o) { return o.a & o.b; }));
  add("vor", vvxi, same([](auto& o) { return o.a | o.b; }));
  add("vxor", vvxi, same([](auto& o) { return o.a ^ o.b; }));
  add("vminu", vvx, same([](auto& o) { return std::min(o.a, o.b); }));
  add("vmin", vvx, same([](auto& o) { return static_cast<u64>(std::min(o.sa(), o.sb())); }));
  add("vmaxu", vvx, same([](auto& o) { return std::max(o.a, o.b); }));
  add("vmax", vvx, same([](auto& o) { return static_cast<u64>(std::max(o.sa(), o.sb())); }));
  add("vsll", vvxi, same([](auto& o) { return o.a << amount(o, o.wa); }));
  add("vsrl", vvxi, same([](auto& o) { return o.a >> amount(o, o.wa); }));
  add("vsra", vvxi, same([](auto& o) { return static_cast<u64>(o.sa() >> amount(o, o.wa)); }));
  add("vnsrl", wvxi, element_wise({0, 1, 0}, [](auto& o) { return o.a >> amount(o, o.wa); }));
  add("vnsra", wvxi,
      element_wise({0, 1, 0}, [](auto& o) { return static_cast<u64>(o.sa() >> amount(o, o.wa)); }));
  add("vmseq", vvxi, compare([](auto& o) { return u64{o.a == o.b}; }));
  add("vmsne", vvxi, compare([](auto& o) { return u64{o.a != o.b}; }));
  add("vmsltu", vvx, compare([](auto& o) { return u64{o.a < o.b}; }));
  add("vmslt", vvx, compare([](auto& o) { return u64{o.sa() < o.sb()}; }));
  add("vmsleu", vvxi, compare([](auto& o) { return u64{o.a <= o.b}; }));
  add("vmsle", vvxi, compare([](auto& o) { return u64{o.sa() <= o.sb()}; }));
  add("vmsgtu", vxi, compare([](auto& o) { return u64{o.a > o.b}; }));
  add("vmsgt", vxi, compare([](auto& o) { return u64{o.sa() > o.sb()}; }));
  add("vdivu", vvx, same([](auto& o) { return divide(o, false, false); }));
  add("vdiv", vvx, same([](auto& o) { return divide(o, true, false); }));
  add("vremu", vvx, same([](auto& o) { return divide(o, false, true); }));
  add("vrem", vvx, same([](auto& o) { return divide(o, true, true); }));
  add("vmul", vvx, same([](auto& o) { return o.a * o.b; }));
  add("vmulhu", vvx,
      same([](auto& o) { return static_cast<u64>((static_cast<unsigned __int128>(o.a) * o.b) >> o.wa); }));
  add("vmulh", vvx, same([](auto& o) { return static_cast<u64>((i128{o.sa()} * o.sb()) >> o.wa); }));
  add("vmulhsu", vvx, same([](auto& o) { return static_cast<u64>((i128{o.sa()} * i128{o.b}) >> o.wa); }));
  add("vmadd", vvx, same([](auto& o) { return o.b * o.d + o.a; }));
  add("vnmsub", vvx, same([](auto& o) { return o.a - o.b * o.d; }));
  add("vmacc", vvx, same([](auto& o) { return o.a * o.b + o.d; }));
  add("vnmsac", vvx, same([](auto& o) { return o.d - o.a * o.b; }));
  const auto s = [](i64 v) { return static_cast<u64>(v); };
  const Scale wide{1, 0, 0}, wider{1, 1, 0};
  add("vwaddu", vvx, element_wise(wide, [](auto& o) { return o.a + o.b; }));
  add("vwadd", vvx, element_wise(wide, [=](auto& o) { return s(o.sa() + o.sb()); }));
  add("vwsubu", vvx, element_wise(wide, [](auto& o) { return o.a - o.b; }));
  add("vwsub", vvx, element_wise(wide, [=](auto& o) { return s(o.sa() - o.sb()); }));
  add("vwaddu", wvx, element_wise(wider, [](auto& o) { return o.a + o.b; }));
  add("vwadd", wvx, element_wise(wider, [=](auto& o) { return o.a + s(o.sb()); }));
  add("vwsubu", wvx, element_wise(wider, [](auto& o) { return o.a - o.b; }));
  add("vwsub", wvx, element_wise(wider, [=](auto& o) { return o.a - s(o.sb()); }));
  add("vwmulu", vvx, element_wise(wide, [](auto& o) { return o.a * o.b; }));
  add("vwmul", vvx, element_wise(wide, [=](auto& o) { return s(o.sa()) * s(o.sb()); }));
  add("vwmulsu", vvx, element_wise(wide, [=](auto& o) { return s(o.sa()) * o.b; }));
  add("vwmaccu", vvx, element_wise(wide, [](auto& o) { return o.a * o.b + o.d; }));
  add("vwmacc", vvx, element_wise(wide, [=](auto& o) { return s(o.sa()) * s(o.sb()) + o.d; }));
  add("vwmaccus", {"vx"}, element_wise(wide, [=](auto& o) { return s(o.sa()) * o.b + o.d; }));
  add("vwmaccsu", vvx, element_wise(wide, [=](auto& o) { return o.a * s(o.sb()) + o.d; }));
  for (int k = 1; k <= 3; ++k) {
    add("vzext", {fmt::format("vf{}", 1 << k)}, element_wise({0, -k, 0}, [](auto& o) { return o.a; }));
    add("vsext", {fmt::format("vf{}", 1 << k)}, element_wise({0, -k, 0}, [=](auto& o) { return s(o.sa()); }));
  }
  // Zvbb: bit by bit.
  const auto bit = [](u64 v, int i) { return v >> i & 1; };
  const auto permuted = [=](auto source) {  // bit i of the result is bit source(i, width) of vs2
    return same([=](auto& o) {
      u64 r = 0;
      for (int i = 0; i < o.wa; ++i) r |= bit(o.a, source(i, o.wa, o.b)) << i;
      return r;
    });
  };
  add("vandn", vvx, same([=](auto& o) { return o.a & (o.b ^ zext(~u64{0}, o.wa)); }));
  add("vrol", vvx, permuted([](int i, int w, u64 b) { return (i + w - static_cast<int>(b % w)) % w; }));
  add("vror", vvxi, permuted([](int i, int w, u64 b) { return (i + static_cast<int>(b % w)) % w; }));
  add("vbrev", {"v"}, permuted([](int i, int w, u64) { return w - 1 - i; }));
  add("vbrev8", {"v"}, permuted([](int i, int, u64) { return i / 8 * 8 + 7 - i % 8; }));
  add("vrev8", {"v"}, permuted([](int i, int w, u64) { return w - 8 - i / 8 * 8 + i % 8; }));
  add("vwsll", vvxi, element_wise({1, 0, 0}, [](auto& o) { return o.a << (o.b % static_cast<u64>(o.wd)); }));
  const auto zeros = [=](const Operands& o, bool from_top) {
    u64 n = 0;
    while (n < static_cast<u64>(o.wa) &&
           bit(o.a, from_top ? o.wa - 1 - static_cast<int>(n) : static_cast<int>(n)) == 0)
      ++n;
    return n;
  };
  add("vclz", {"v"}, same([=](auto& o) { return zeros(o, true); }));
  add("vctz", {"v"}, same([=](auto& o) { return zeros(o, false); }));
  add("vcpop", {"v"}, same([=](auto& o) {
        u64 n = 0;
        for (int i = 0; i < o.wa; ++i) n += bit(o.a, i);
        return n;
      }));
  const std::vector<std::string> m3 = {"vvm", "vxm", "vim"}, m2 = {"vvm", "vxm"};
  const Element carry_out = [](auto& o) { return u64{i128{o.a} + i128{o.b} + o.carry >= (i128{1} << o.wa)}; };
  const Element borrow_out = [](auto& o) { return u64{i128{o.a} - i128{o.b} - o.carry < 0}; };
  add("vadc", m3, with_carry(false, [](auto& o) { return o.a + o.b + o.carry; }));
  add("vsbc", m2, with_carry(false, [](auto& o) { return o.a - o.b - o.carry; }));
  add("vmadc", m3, with_carry(true, carry_out));
  add("vmadc", vvxi, with_carry(true, carry_out));
  add("vmsbc", m2, with_carry(true, borrow_out));
  add("vmsbc", vvx, with_carry(true, borrow_out));
  add("vmerge", m3, with_carry(false, [](auto& o) { return o.carry ? o.b : o.a; }));
  add("vmv", {"v.v", "v.x", "v.i"}, same([](auto& o) { return o.b; }));
  // fixed point
  add("vsaddu", vvxi, same([](auto& o) { return clamp(o, i128{o.a} + i128{o.b}, false); }));
  add("vsadd", vvxi, same([](auto& o) { return clamp(o, i128{o.sa()} + o.sb(), true); }));
  add("vssubu", vvx, same([](auto& o) { return clamp(o, i128{o.a} - i128{o.b}, false); }));
  add("vssub", vvx, same([](auto& o) { return clamp(o, i128{o.sa()} - o.sb(), true); }));
  const auto low = [](i128 v) { return static_cast<u64>(v); };
  add("vaaddu", vvx, same([=](auto& o) { return low(rounded_shift(i128{o.a} + i128{o.b}, 1, vxrm(o))); }));
  add("vaadd", vvx, same([=](auto& o) { return low(rounded_shift(i128{o.sa()} + o.sb(), 1, vxrm(o))); }));
  add("vasubu", vvx, same([=](auto& o) { return low(rounded_shift(i128{o.a} - i128{o.b}, 1, vxrm(o))); }));
  add("vasub", vvx, same([=](auto& o) { return low(rounded_shift(i128{o.sa()} - o.sb(), 1, vxrm(o))); }));
  add("vsmul", vvx,
      same([](auto& o) { return clamp(o, rounded_shift(i128{o.sa()} * o.sb(), o.wa - 1, vxrm(o)), true); }));
  add("vssrl", vvxi, same([=](auto& o) { return low(rounded_shift(i128{o.a}, amount(o, o.wa), vxrm(o))); }));
  add("vssra", vvxi,
      same([=](auto& o) { return low(rounded_shift(i128{o.sa()}, amount(o, o.wa), vxrm(o))); }));
  add("vnclipu", wvxi, element_wise({0, 1, 0}, [](auto& o) {
        return clamp(o, rounded_shift(i128{o.a}, amount(o, o.wa), vxrm(o)), false);
      }));
  add("vnclip", wvxi, element_wise({0, 1, 0}, [](auto& o) {
        return clamp(o, rounded_shift(i128{o.sa()}, amount(o, o.wa), vxrm(o)), true);
      }));
  return t;
}

u64 offset(const Expect& e) {
  return e.row.has(Field::rs1) ? e.m.hart->x[e.vs1()] : static_cast<u64>(immediate_of(e.row, e.raw));
}
Reference gather(Element index) {
  return [=](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i) {
      const u64 at = index({e, i, 0, 0, e.sew, e.sew, e.sew});
      if (e.active(i)) e.put(i, e.sew, at < e.vlmax ? e.a(at, e.sew) : 0);
    }
  };
}
Reference reduce(int widen, bool is_signed, std::function<u64(u64, u64, int)> f) {
  return [=](Expect& e) {
    if (e.vl == 0) return;
    const int w = e.sew << widen;
    u64 sum = e.element(e.vs1(), 0, w);
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i))
        sum = zext(f(sum, is_signed ? static_cast<u64>(sext(e.a(i, e.sew), e.sew)) : e.a(i, e.sew), w), w);
    e.put(0, w, sum);
  };
}
Reference mask_logic(std::function<bool(bool, bool)> f) {
  return [=](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i) e.put_bit(i, f(e.mask_bit(e.vs2(), i), e.mask_bit(e.vs1(), i)));
  };
}
Reference mask_first(bool before, bool at) {
  return [=](Expect& e) {
    bool found = false;
    for (u64 i = 0; i < e.vl; ++i) {
      if (!e.active(i)) continue;
      const bool here = !found && e.mask_bit(e.vs2(), i);
      e.put_bit(i, (!found && !here && before) || (here && at));
      found |= here;
    }
  };
}

void add_permutations(std::map<std::string, Reference>& t) {
  t["vslideup.vx"] = t["vslideup.vi"] = [](Expect& e) {
    for (u64 i = offset(e); i < e.vl; ++i)
      if (e.active(i)) e.put(i, e.sew, e.a(i - offset(e), e.sew));
  };
  t["vslidedown.vx"] = t["vslidedown.vi"] = [](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i))
        e.put(i, e.sew, offset(e) < e.vlmax && i + offset(e) < e.vlmax ? e.a(i + offset(e), e.sew) : 0);
  };
  t["vslide1up.vx"] = t["vfslide1up.vf"] = [](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put(i, e.sew, i == 0 ? e.b(0, e.sew) : e.a(i - 1, e.sew));
  };
  t["vslide1down.vx"] = t["vfslide1down.vf"] = [](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put(i, e.sew, i + 1 == e.vl ? e.b(0, e.sew) : e.a(i + 1, e.sew));
  };
  t["vrgather.vv"] = gather([](auto& o) { return o.e.element(o.e.vs1(), o.a, o.e.sew); });
  t["vrgatherei16.vv"] = gather([](auto& o) { return o.e.element(o.e.vs1(), o.a, 16); });
  t["vrgather.vx"] = t["vrgather.vi"] = gather([](auto& o) { return offset(o.e); });
  t["vcompress.vm"] = [](Expect& e) {
    u64 n = 0;
    for (u64 i = 0; i < e.vl; ++i)
      if (e.mask_bit(e.vs1(), i)) e.put(n++, e.sew, e.a(i, e.sew));
  };
  t["vid.v"] = [](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put(i, e.sew, i);
  };
  t["viota.m"] = [](Expect& e) {
    u64 n = 0;
    for (u64 i = 0; i < e.vl; ++i) {
      if (!e.active(i)) continue;
      e.put(i, e.sew, n);
      n += e.mask_bit(e.vs2(), i);
    }
  };
  t["vmv.x.s"] = [](Expect& e) {
    const u32 rd = e.vd() == 0 ? 32 : e.vd();
    e.x_after[rd] = static_cast<u64>(sext(e.a(0, e.sew), e.sew));
  };
  t["vmv.s.x"] = t["vfmv.s.f"] = [](Expect& e) {
    if (e.vl != 0) e.put(0, e.sew, e.b(0, e.sew));
  };
  t["vfmv.f.s"] = [](Expect& e) {
    e.f_after[e.vd()] = e.sew == 64   ? e.a(0, 64)
                        : e.sew == 16 ? 0xffffffffffff0000 | e.a(0, 16)
                                      : 0xffffffff00000000 | e.a(0, 32);
  };
  t["vmv<nr>r.v"] = [](Expect& e) {
    for (u64 i = 0; i < (e.vs1() + 1) * e.m.vlen_bytes; ++i) e.put(i, 8, e.a(i, 8));
  };
}

void add_masks_and_reductions(std::map<std::string, Reference>& t) {
  t["vmandn.mm"] = mask_logic([](bool a, bool b) { return a && !b; });
  t["vmand.mm"] = mask_logic([](bool a, bool b) { return a && b; });
  t["vmor.mm"] = mask_logic([](bool a, bool b) { return a || b; });
  t["vmxor.mm"] = mask_logic([](bool a, bool b) { return a != b; });
  t["vmorn.mm"] = mask_logic([](bool a, bool b) { return a || !b; });
  t["vmnand.mm"] = mask_logic([](bool a, bool b) { return !(a && b); });
  t["vmnor.mm"] = mask_logic([](bool a, bool b) { return !(a || b); });
  t["vmxnor.mm"] = mask_logic([](bool a, bool b) { return a == b; });
  t["vmsbf.m"] = mask_first(true, false);
  t["vmsof.m"] = mask_first(false, true);
  t["vmsif.m"] = mask_first(true, true);
  t["vcpop.m"] = [](Expect& e) {
    u64 n = 0;
    for (u64 i = 0; i < e.vl; ++i) n += e.active(i) && e.mask_bit(e.vs2(), i);
    e.x_after[e.vd() == 0 ? 32 : e.vd()] = n;
  };
  t["vfirst.m"] = [](Expect& e) {
    u64 at = ~u64{0};
    for (u64 i = e.vl; i-- > 0;)
      if (e.active(i) && e.mask_bit(e.vs2(), i)) at = i;
    e.x_after[e.vd() == 0 ? 32 : e.vd()] = at;
  };
  t["vredsum.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return a + b; });
  t["vredand.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return a & b; });
  t["vredor.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return a | b; });
  t["vredxor.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return a ^ b; });
  t["vredminu.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return std::min(a, b); });
  t["vredmaxu.vs"] = reduce(0, false, [](u64 a, u64 b, int) { return std::max(a, b); });
  t["vredmin.vs"] = reduce(0, true, [](u64 a, u64 b, int w) {
    return static_cast<u64>(std::min(sext(a, w), static_cast<i64>(b)));
  });
  t["vredmax.vs"] = reduce(0, true, [](u64 a, u64 b, int w) {
    return static_cast<u64>(std::max(sext(a, w), static_cast<i64>(b)));
  });
  t["vwredsumu.vs"] = reduce(1, false, [](u64 a, u64 b, int) { return a + b; });
  t["vwredsum.vs"] = reduce(1, true, [](u64 a, u64 b, int) { return a + b; });
}

}  // namespace

TEST_CASE(
    "every integer, fixed-point, mask and permutation row does to each element what its reference does") {
  std::map<std::string, Reference> references = element_references();
  add_permutations(references);
  add_masks_and_reductions(references);
  const u64 seed = seed_from_environment();
  INFO("SEED=", seed);
  for (const HostLevel level : levels())
    for (const u32 vlen : {128u, 512u, 1024u}) {
      VectorMachine m(vlen, level);
      for (const auto& [name, reference] : references) {
        if (!m.has(name)) {
          CHECK_MESSAGE(false, name, " has no row");
          continue;
        }
        const std::string text = check_row(m, m.row(name), reference, seed, 40, random_element, true);
        CHECK_MESSAGE(text.empty(), host_level_name(level), " ", text);
      }
      write_executed("reference", "vector_integer", m.executed);
    }
}

TEST_CASE("every row that does not compute with floating point or access memory has a reference") {
  std::map<std::string, Reference> references = element_references();
  add_permutations(references);
  add_masks_and_reductions(references);
  std::set<std::string> names;
  for (const Row& row : vector_rows()) {
    CHECK_MESSAGE(names.insert(row.name).second, row.name, " stands twice");
    const bool memory = row.unit >= Unit::v_load;
    if (memory || computes_with_floats(row)) continue;
    CHECK_MESSAGE(references.count(row.name) == 1, row.name);
  }
}

TEST_CASE("no two rows match the same encoding") {
  const auto& rows = vector_rows();
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = i + 1; j < rows.size(); ++j)
      CHECK_MESSAGE(((rows[i].match ^ rows[j].match) & rows[i].mask & rows[j].mask) != 0, rows[i].name, " ",
                    rows[j].name);
}
