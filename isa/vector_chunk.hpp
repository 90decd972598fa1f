// Element-wise work in chunks of 64 bytes: a VLEN-512 register at a time.
//
// A chunk is an array of a fixed number of lanes, and what is done to it is a plain loop over the lanes,
// which the compiler turns into the host's SIMD instructions at each level; a masked or last chunk blends
// instead of branching. Lanes that are not active compute with a harmless input, so that the host raises no
// exception for them.
//
// Chunks read and write up to 63 bytes beyond vl; what is not active is written as it was. Hart::v has room
// for it. A chunk is read as a whole before it is written, and chunks go upwards, as RVV's rules of overlap
// assume (5.2).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#include "isa/exec.hpp"
#include "isa/float_bits.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

inline constexpr std::uint64_t kChunkBytes = 64;

template <class E>
inline constexpr bool kFloating = std::is_floating_point_v<E> || std::is_class_v<E>;

template <class E>
E* elements(Hart& hart, std::uint8_t r) {
  return reinterpret_cast<E*>(&hart.v[0][0] + std::size_t{r} * hart.vlen_bytes);
}

// The same value in all elements: x[rs1], an immediate, f[rs1].
template <class E>
struct Splat {
  E value;
  E operator[](std::uint64_t) const { return value; }
};

template <class E, std::uint64_t kLanes>
struct Chunk {
  E lane[kLanes];
};

// One bit for each lane.
template <std::uint64_t kLanes>
using LaneBits =
    std::conditional_t<kLanes == 8, std::uint8_t,
                       std::conditional_t<kLanes == 16, std::uint16_t,
                                          std::conditional_t<kLanes == 32, std::uint32_t, std::uint64_t>>>;
template <std::uint64_t kLanes>
inline constexpr auto kAllLanes = static_cast<LaneBits<kLanes>>(~LaneBits<kLanes>{0});

// The compiler's vector types, which convert between bits and lanes. (Not by std::bit_cast: a function cannot
// return them without a calling convention for them.)
template <class E>
using UnsignedOf = std::conditional_t<sizeof(E) == 1, std::uint8_t, BitsOf<E>>;
template <class E, std::uint64_t kLanes>
struct VectorOf {
  typedef UnsignedOf<E> type __attribute__((vector_size(kLanes * sizeof(E))));
};
template <std::uint64_t kLanes>
struct BoolsOf {
  typedef bool type __attribute__((ext_vector_type(kLanes)));
};

// bits ? a : b
template <class E, std::uint64_t kLanes>
[[gnu::always_inline]] inline Chunk<E, kLanes> select(LaneBits<kLanes> bits, const Chunk<E, kLanes>& a,
                                                      const Chunk<E, kLanes>& b) {
  using V = typename VectorOf<E, kLanes>::type;
  using Result = Chunk<E, kLanes>;
  typename BoolsOf<kLanes>::type bools;
  std::memcpy(&bools, &bits, sizeof bits);
  const V chosen =
      __builtin_convertvector(bools, V) != 0 ? __builtin_bit_cast(V, a) : __builtin_bit_cast(V, b);
  return __builtin_bit_cast(Result, chosen);
}

// The lanes that are not zero.
template <class E, std::uint64_t kLanes>
[[gnu::always_inline]] inline LaneBits<kLanes> nonzero_lanes(const Chunk<E, kLanes>& chunk) {
  using V = typename VectorOf<E, kLanes>::type;
  const V v = __builtin_bit_cast(V, chunk);
  const auto bools = __builtin_convertvector(v != 0, typename BoolsOf<kLanes>::type);
  LaneBits<kLanes> bits;
  std::memcpy(&bits, &bools, sizeof bits);
  return bits;
}

// Something the compiler knows nothing of. It would otherwise undo a blend whose other lanes are not used.
template <class T>
[[gnu::always_inline]] inline T opaque(T v) {
  __asm__ volatile("" : "+m"(v));
  return v;
}

template <std::uint64_t kLanes, class E>
[[gnu::always_inline]] inline Chunk<E, kLanes> load_chunk(const E* from, std::uint64_t first) {
  Chunk<E, kLanes> chunk;
  std::memcpy(&chunk, from + first, sizeof chunk);
  return chunk;
}
template <std::uint64_t kLanes, class E>
[[gnu::always_inline]] inline Chunk<E, kLanes> load_chunk(const Splat<E>& from, std::uint64_t) {
  using Result = Chunk<E, kLanes>;
  // As integers: bits that were chosen there need not go through a floating-point register.
  Chunk<UnsignedOf<E>, kLanes> bits;
  for (UnsignedOf<E>& lane : bits.lane) lane = std::bit_cast<UnsignedOf<E>>(from.value);
  return __builtin_bit_cast(Result, bits);
}

// A mask as a source: 1 where it has bits, else 0.
template <class E>
struct MaskOnes {
  const std::uint8_t* mask;
  E operator[](std::uint64_t i) const { return static_cast<E>(mask[i / 8] >> (i % 8) & 1); }
};
template <std::uint64_t kLanes, class E>
[[gnu::always_inline]] inline Chunk<E, kLanes> load_chunk(const MaskOnes<E>& from, std::uint64_t first) {
  LaneBits<kLanes> bits;
  std::memcpy(&bits, from.mask + first / 8, sizeof bits);
  return select(bits, load_chunk<kLanes>(Splat<E>{1}, 0), load_chunk<kLanes>(Splat<E>{0}, 0));
}

// 1 for floating point, whose arithmetic and conversions are exact; 0 for integers.
// kComputes: exceptions may come of it.
template <bool kComputes, class E, std::uint64_t kLanes>
[[gnu::always_inline]] inline Chunk<E, kLanes> harmless_outside(LaneBits<kLanes> active,
                                                                const Chunk<E, kLanes>& chunk) {
  E value{};
  if constexpr (kFloating<E>)
    value = from_bits<E>(static_cast<BitsOf<E>>((kInfinity<E> >> 1) & kInfinity<E>));
  const Chunk<E, kLanes> blended = select(active, chunk, load_chunk<kLanes>(Splat<E>{value}, 0));
  return kComputes ? opaque(blended) : blended;
}

// The elements that an instruction works on: below vl, and where `mask` has bits, if it is not null.
struct Active {
  const std::uint8_t* mask;
  std::uint64_t vl;

  // Of the lanes from element `first` < vl on.
  template <std::uint64_t kLanes>
  [[gnu::always_inline]] LaneBits<kLanes> lanes(std::uint64_t first) const {
    LaneBits<kLanes> bits = kAllLanes<kLanes>;
    if (mask != nullptr) std::memcpy(&bits, mask + first / 8, sizeof bits);
    if (vl - first < kLanes) bits &= static_cast<LaneBits<kLanes>>((LaneBits<kLanes>{1} << (vl - first)) - 1);
    return bits;
  }
};
inline Active active_of(const Op& op, Hart& hart) {
  return {op.vm != 0 ? nullptr : elements<std::uint8_t>(hart, 0), hart.csr.vl};
}

template <class E, std::uint64_t kLanes>
[[gnu::always_inline]] inline void store_active(E* to, std::uint64_t first, LaneBits<kLanes> active,
                                                const Chunk<E, kLanes>& chunk) {
  const Chunk<E, kLanes> blended =
      select(active, chunk, load_chunk<kLanes>(static_cast<const E*>(to), first));
  std::memcpy(to + first, &blended, sizeof blended);
}

template <class S>
using ElementOf = std::remove_cvref_t<decltype(std::declval<const S&>()[0])>;
template <class... E>
inline constexpr std::uint64_t kLanesOf = kChunkBytes / std::max({sizeof(E)...});

// The rest of map_chunks() from element `first` on: masked chunks and the last. Out of line, so that handlers
// stay short.
template <class D, class F, class... S>
[[gnu::noinline]] void map_partial_chunks(Active active, std::uint64_t first, D* d, F f, S... sources) {
  constexpr std::uint64_t kLanes = kLanesOf<D, ElementOf<S>...>;
  constexpr bool kComputes = kFloating<D> || (kFloating<ElementOf<S>> || ...);
  for (; first < active.vl; first += kLanes) {
    const LaneBits<kLanes> lanes = active.lanes<kLanes>(first);
    if (lanes == 0) continue;
    store_active<D, kLanes>(d, first, lanes,
                            f(harmless_outside<kComputes>(lanes, load_chunk<kLanes>(sources, first))...));
  }
}

// f(chunk of each source) -> chunk of d, for all chunks with active elements.
template <class D, class F, class... S>
[[gnu::always_inline]] inline void map_chunks(Active active, D* d, F f, const S&... sources) {
  constexpr std::uint64_t kLanes = kLanesOf<D, ElementOf<S>...>;
  std::uint64_t first = 0;
  if (active.mask == nullptr) [[likely]] {
    for (; first + kLanes <= active.vl; first += kLanes) {
      const Chunk<D, kLanes> result = f(load_chunk<kLanes>(sources, first)...);
      std::memcpy(d + first, &result, sizeof result);
    }
  }
  if (first < active.vl) [[unlikely]]
    map_partial_chunks(active, first, d, f, sources...);
}

template <class D, std::uint64_t kLanes, class F, class... E>
[[gnu::always_inline]] inline Chunk<D, kLanes> each_lane(F f, const Chunk<E, kLanes>&... chunks) {
  Chunk<D, kLanes> result;
  for (std::uint64_t i = 0; i < kLanes; ++i) result.lane[i] = static_cast<D>(f(chunks.lane[i]...));
  return result;
}

// d[i] = f(source[i]...) for the active elements.
template <class D, class F, class... S>
[[gnu::always_inline]] inline void map_elements(Active active, D* d, F f, const S&... sources) {
  map_chunks(
      active, d,
      [f](const auto&... chunks) __attribute__((always_inline)) { return each_lane<D>(f, chunks...); },
      sources...);
}

// Is f(source[i]...) for any active element from `first` on? To be asked before d, which may be a source, is
// written.
template <class F, class S, class... More>
[[gnu::always_inline]] inline bool any_element(Active active, std::uint64_t first, F f, const S& source,
                                               const More&... more) {
  constexpr std::uint64_t kLanes = kLanesOf<ElementOf<S>, ElementOf<More>...>;
  bool any = false;
  for (; first < active.vl; first += kLanes) {
    const auto flags = each_lane<UnsignedOf<ElementOf<S>>>(f, load_chunk<kLanes>(source, first),
                                                           load_chunk<kLanes>(more, first)...);
    any |= (nonzero_lanes(flags) & active.lanes<kLanes>(first)) != 0;
  }
  return any;
}

// The bit of d for element i = f(source[i]...), a bool, for the active elements. The first source is as wide
// as any.
template <class F, class S, class... More>
[[gnu::always_inline]] inline void map_to_mask(Active active, std::uint8_t* d, F f, const S& source,
                                               const More&... more) {
  constexpr std::uint64_t kLanes = kLanesOf<ElementOf<S>>;
  const auto bits_of = [&](const auto&... chunks) {
    return nonzero_lanes(each_lane<UnsignedOf<ElementOf<S>>>(f, chunks...));
  };
  for (std::uint64_t first = 0; first < active.vl; first += kLanes) {
    const LaneBits<kLanes> lanes = active.lanes<kLanes>(first);
    if (lanes == 0) continue;
    LaneBits<kLanes> bits;
    if (lanes == kAllLanes<kLanes>) {
      bits = bits_of(load_chunk<kLanes>(source, first), load_chunk<kLanes>(more, first)...);
    } else {
      LaneBits<kLanes> old;
      std::memcpy(&old, d + first / 8, sizeof old);
      bits = bits_of(harmless_outside<false>(lanes, load_chunk<kLanes>(source, first)),
                     harmless_outside<false>(lanes, load_chunk<kLanes>(more, first))...);
      bits = static_cast<LaneBits<kLanes>>((old & ~lanes) | (bits & lanes));
    }
    std::memcpy(d + first / 8, &bits, sizeof bits);
  }
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
