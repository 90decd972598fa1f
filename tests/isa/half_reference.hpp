// Exact half-precision results on integers, for tests.
#pragma once

#include <cstdint>
#include <functional>

namespace troupe::isa::test {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
using u128 = unsigned __int128;

enum HalfFlag : u32 { kNx = 1, kUf = 2, kOf = 4, kDz = 8, kNv = 16 };

struct Rounded {
  u16 bits;
  u32 fflags;
};
struct IntegerResult {
  u64 value;
  u32 fflags;
};

inline bool is_nan_half(u16 v) {
  return (v & 0x7fff) > 0x7c00;
}
inline bool is_signaling_half(u16 v) {
  return is_nan_half(v) && (v & 0x200) == 0;
}
double half_value(u16 v);
u64 class_of_half(u16 v);

Rounded product(u16 a, u16 b, u32 rm);
Rounded fused(u16 a, u16 b, u16 c, u32 rm);  // a * b + c
Rounded quotient(u16 a, u16 b, u32 rm);
Rounded square_root(u16 a, u32 rm);
Rounded from_double_reference(double v, u32 rm);
Rounded integer_reference(bool negative, u64 magnitude, u32 rm);
// Sign-extended from 32 bits, as in a register.
IntegerResult to_integer_reference(u16 v, int bits, bool is_signed, u32 rm);

}  // namespace troupe::isa::test
