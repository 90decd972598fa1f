// Element loops of half-precision vectors: computed in double and rounded once (isa/half.hpp).
//
// Bodies that compute run in the host's rounding mode of the op (to nearest for RMM), as `rounded` sets it;
// round_to reads the mode from the op.
#pragma once

#include "isa/float_convert.hpp"
#include "isa/half.hpp"
#include "isa/vector_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

// Rounds results and collects their exceptions until it is gone.
template <class T = Half>
class HalfRounder {
 public:
  explicit HalfRounder(std::uint8_t rm) : rm_(rm) {}
  ~HalfRounder() {
    if (flags_ != 0) raise_flags(flags_);
  }
  HalfRounder(const HalfRounder&) = delete;
  HalfRounder& operator=(const HalfRounder&) = delete;
  T operator()(double v) { return round_to<T>(v, rm_, flags_); }

 private:
  std::uint8_t rm_;
  unsigned flags_ = 0;
};

// vd[i] = F(vs2[i], second[i]), F on doubles
template <Second kSecond, auto F>
void half_binary_elements(const Op& op, Hart& hart) {
  Half* d = elements<Half>(hart, op.rd);
  const Half* a = elements<Half>(hart, op.rs2);
  const auto b = second_operand<Half, kSecond>(op, hart);
  HalfRounder<> round(op.rm);
  for_active(op, hart, [&](std::uint64_t i) { d[i] = round(F(exact_double(a[i]), exact_double(b[i]))); });
}

// vd[i] = F(A vs2[i]), F to double
template <class A, auto F, class D = Half>
void half_convert_elements(const Op& op, Hart& hart) {
  D* d = elements<D>(hart, op.rd);
  const Group<A> a(elements<A>(hart, op.rs2), hart.csr.vl);
  HalfRounder<D> round(op.rm);
  for_active(op, hart, [&](std::uint64_t i) { d[i] = round(F(a.data[i])); });
}

// As fma_elements: vd = +-(x * y) +- z.
template <Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
void half_fma_elements(const Op& op, Hart& hart) {
  Half* d = elements<Half>(hart, op.rd);
  const Half* a = elements<Half>(hart, op.rs2);
  const auto b = second_operand<Half, kSecond>(op, hart);
  HalfRounder<> round(op.rm);
  bool invalid = false;
  for_active(op, hart, [&](std::uint64_t i) {
    const double x = exact_double(kMultiplyD ? d[i] : a[i]), z = exact_double(kMultiplyD ? a[i] : d[i]);
    const double y = exact_double(b[i]);
    const double r = __builtin_fma(kNegateProduct ? negate(x) : x, y, kNegateAddend ? negate(z) : z);
    invalid |= is_nan(r) && is_invalid_product(x, y);
    d[i] = round(r);
  });
  if (invalid) raise_invalid();
}

// vd[0] = vs1[0] + active vs2[i], in element order, each sum rounded
inline void half_sum_elements(const Op& op, Hart& hart) {
  if (hart.csr.vl == 0) return;
  Half sum = elements<Half>(hart, op.rs1)[0];
  const Half* a = elements<Half>(hart, op.rs2);
  HalfRounder<> round(op.rm);
  for_active(op, hart, [&](std::uint64_t i) { sum = round(exact_double(sum) + exact_double(a[i])); });
  elements<Half>(hart, op.rd)[0] = sum;
}

// FP to integer
template <class I, bool kTruncate>
void half_to_integer_elements(const Op& op, Hart& hart) {
  I* d = elements<I>(hart, op.rd);
  const Group<Half> a(elements<Half>(hart, op.rs2), hart.csr.vl);
  for_active(op, hart, [&](std::uint64_t i) {
    d[i] = convert_to_integer<I>(static_cast<float>(a.data[i]), kTruncate ? kTowardZero : op.rm);
  });
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
