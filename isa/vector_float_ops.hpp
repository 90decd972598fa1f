// What the files of vector FP rows share: rounding modes, behaviours by SEW, exceptions of elements.
//
// Chunks of singles and doubles are computed by the host's SIMD unit in the ordinary FP mode, which raises
// the exceptions of the elements it computes: those that are not active compute with 1
// (isa/vector_chunk.hpp).
#pragma once

#include <bit>
#include <tuple>

#include "isa/float_bits.hpp"
#include "isa/float_convert.hpp"
#include "isa/short_types.hpp"
#include "isa/vector_half.hpp"
#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

// A body in the rounding mode of its op. The body stays a call, so that no arithmetic moves out of the mode.
template <auto Body>
[[gnu::noinline]] void out_of_line(const Op& op, Hart& hart) {
  Body(op, hart);
}
// TiesAway is the body for rounding to nearest with ties away, for which the host has no mode; Body itself
// where it rounds nothing or looks at the mode of its op, as those of half precision do.
template <auto Body, auto TiesAway = Body>
void rounded(const Op& op, Hart& hart) {
  if (op.rm == kNearestEven) [[likely]]
    [[clang::always_inline]] return Body(op, hart);
  if (op.rm == kNearestMax) return out_of_line<TiesAway>(op, hart);
  round_as(op.rm);
  out_of_line<Body>(op, hart);
  round_to_nearest();
}
template <auto OfHalf, auto Single, auto Double, auto SingleTiesAway = Single, auto DoubleTiesAway = Double>
constexpr Behaviours each = {nullptr, step<&rounded<OfHalf>>, step<&rounded<Single, SingleTiesAway>>,
                             step<&rounded<Double, DoubleTiesAway>>};
// Widening and narrowing: SEW is that of the narrower.
template <auto OfHalf, auto Single, auto HalfTiesAway = OfHalf, auto SingleTiesAway = Single>
constexpr Behaviours narrower = {nullptr, step<&rounded<OfHalf, HalfTiesAway>>,
                                 step<&rounded<Single, SingleTiesAway>>, nullptr};

// Zvfbfmin, Zvfbfwma: SEW 16 only.
template <auto Body, auto TiesAway = Body>
constexpr Behaviours bfloat_only = {nullptr, step<&rounded<Body, TiesAway>>, nullptr, nullptr};

template <class T>
constexpr T with_sign(T magnitude, BitsOf<T> sign) {
  return from_bits<T>(static_cast<BitsOf<T>>((to_bits(magnitude) & ~kSignBit<T>) | (sign & kSignBit<T>)));
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
