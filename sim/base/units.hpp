// A quantity is a count with its unit in its type: `9_cycles + 2_bytes` does not compile.
#pragma once

#include <compare>
#include <cstdint>

namespace troupe {

// A point in global time, in clock cycles since reset. Durations are `Cycles`.
using Cycle = std::uint64_t;
inline constexpr Cycle kNever = ~Cycle{0};

// A duration, size or amount; `Tag` names the unit.
template <class Tag>
struct Quantity {
  std::uint64_t count = 0;

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.count + b.count}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.count - b.count}; }
  friend constexpr Quantity operator*(Quantity a, std::uint64_t k) { return {a.count * k}; }
  friend constexpr std::uint64_t operator/(Quantity a, Quantity b) { return a.count / b.count; }
  constexpr Quantity& operator+=(Quantity b) { return count += b.count, *this; }
};

using Cycles = Quantity<struct CyclesTag>;
using Bytes = Quantity<struct BytesTag>;
using Flits = Quantity<struct FlitsTag>;
using Bits = Quantity<struct BitsTag>;

inline namespace literals {
constexpr Cycles operator""_cycles(unsigned long long n) {
  return {n};
}
constexpr Bytes operator""_bytes(unsigned long long n) {
  return {n};
}
constexpr Flits operator""_flits(unsigned long long n) {
  return {n};
}
constexpr Bits operator""_bits(unsigned long long n) {
  return {n};
}
}  // namespace literals

// Smallest n with n * b >= a.
constexpr std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

}  // namespace troupe
