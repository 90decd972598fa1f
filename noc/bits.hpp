// Sets as bits of words: what routers and injectors choose from.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::noc {

__extension__ using Mask128 = unsigned __int128;

inline unsigned first_bit(std::uint32_t mask) {
  return static_cast<unsigned>(std::countr_zero(mask));
}
inline unsigned first_bit(std::uint64_t mask) {
  return static_cast<unsigned>(std::countr_zero(mask));
}
inline unsigned first_bit(Mask128 mask) {
  const auto low = static_cast<std::uint64_t>(mask);
  return low != 0 ? first_bit(low) : 64 + first_bit(static_cast<std::uint64_t>(mask >> 64));
}

// First set bit at or after `pointer`, going round. `mask` is not 0.
template <class M>
unsigned pick(M mask, unsigned pointer) {
  const M behind = mask & (~M{0} << pointer);
  return first_bit(behind != 0 ? behind : mask);
}

// f(number) for each bit of a row of words, in order; f may change words.
template <class F>
void for_each_bit(const std::vector<std::uint64_t>& words, F&& f) {
  for (std::size_t i = 0; i < words.size(); ++i)
    for (std::uint64_t m = words[i]; m != 0; m &= m - 1) f(static_cast<std::uint16_t>(i * 64 + first_bit(m)));
}
// Within its word of such a row.
constexpr std::uint64_t bit_of_word(unsigned n) {
  return std::uint64_t{1} << (n & 63);
}

}  // namespace troupe::noc
