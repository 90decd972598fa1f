// What the Savina programs share: numbers that look random, the end of a program that went wrong, and a sine.
#pragma once

#include <cstdint>

#include "troupe.hpp"

namespace troupe::savina {

// Knuth's linear congruential generator (MMIX), whose upper bits are used.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) { next(); }
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 32);
  }
  // 0 .. count - 1
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(std::uint64_t{next()} * count >> 32);
  }

 private:
  std::uint64_t state_;
};

// Ends the program with exit code 1 unless `truth`.
inline void require(bool truth, const char* what) {
  if (truth) return;
  print("wrong: {}\n", what);
  exit(1);
}

// What a spawn returned: an actor, or there was no room for one.
template <class T>
Address<T> present(Address<T> actor) {
  require(static_cast<bool>(actor), "no room for another actor");
  return actor;
}

// Within 1e-14 for |x| < 1e5. Without branches, so that loops over it become vector code: x is k pi + r with
// |r| <= pi/2, pi being subtracted in three parts of which the first two have trailing zeros.
inline double sine(double x) {
  constexpr double kRound = 0x1.8p52;  // adding it leaves the nearest whole number in the low bits
  const double shifted = x * 0.31830988618379067 + kRound;
  const double k = shifted - kRound;
  double r = __builtin_elementwise_fma(k, -0x1.921fb544p1, x);
  r = __builtin_elementwise_fma(k, -0x1.0b4611a6p-33, r);
  r = __builtin_elementwise_fma(k, -0x1.3198a2e037073p-68, r);
  const double s = r * r;
  double p = -1.0 / 121645100408832000;  // the Taylor series to r^19
  p = __builtin_elementwise_fma(p, s, 1.0 / 355687428096000);
  p = __builtin_elementwise_fma(p, s, -1.0 / 1307674368000);
  p = __builtin_elementwise_fma(p, s, 1.0 / 6227020800);
  p = __builtin_elementwise_fma(p, s, -1.0 / 39916800);
  p = __builtin_elementwise_fma(p, s, 1.0 / 362880);
  p = __builtin_elementwise_fma(p, s, -1.0 / 5040);
  p = __builtin_elementwise_fma(p, s, 1.0 / 120);
  p = __builtin_elementwise_fma(p, s, -1.0 / 6);
  const double sine = __builtin_elementwise_fma(r * s, p, r);
  return (__builtin_bit_cast(std::uint64_t, shifted) & 1) != 0 ? -sine : sine;
}

// A unit of work that a message asks for: true for every theta that is no multiple of pi.
inline bool compute(double theta) {
  const double s = sine(theta);
  return s * s > 0;
}

}  // namespace troupe::savina
