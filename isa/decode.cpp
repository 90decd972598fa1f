#include "isa/decode.hpp"

#include <array>
#include <vector>

#include "isa/host_code.hpp"

namespace troupe::isa {
namespace {

// Rows by major opcode (bits 6:2) and funct3 (bits 14:12); a row without fixed funct3 is in all eight.
struct Index {
  std::array<std::vector<const Row*>, 256> buckets;

  explicit Index(HostLevel level) {
    for (const auto& rows : host_code(level).tables)
      for (const Row& row : rows)
        for (std::uint32_t f = 0; f < 8; ++f)
          if (((f << 12 ^ row.match) & row.mask & 0x7000) == 0)
            buckets[(row.match >> 2 & 31) << 3 | f].push_back(&row);
  }
};

template <HostLevel kLevel>
const Index& index_at() {
  static const Index index(kLevel);
  return index;
}
const Index& index_of(HostLevel level) {
  switch (level) {
    case HostLevel::avx512:
      return index_at<HostLevel::avx512>();
    case HostLevel::avx2:
      return index_at<HostLevel::avx2>();
    default:
      return index_at<HostLevel::portable>();
  }
}

std::int64_t sign_extend(std::uint32_t value, int width) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << (64 - width)) >> (64 - width);
}

}  // namespace

const Row* find_row(std::uint32_t raw, HostLevel level) {
  if ((raw & 3) != 3) return nullptr;
  for (const Row* row : index_of(level).buckets[bits(raw, 6, 2) << 3 | bits(raw, 14, 12)])
    if ((raw & row->mask) == row->match) return row;
  return nullptr;
}

std::int64_t immediate_of(const Row& row, std::uint32_t raw) {
  for (const Field f : row.fields) {
    switch (f) {
      case Field::imm12:
        return sign_extend(bits(raw, 31, 20), 12);
      case Field::store_high:
        return sign_extend(bits(raw, 31, 25) << 5 | bits(raw, 11, 7), 12);
      case Field::branch_high:
        return sign_extend(
            bits(raw, 31, 31) << 12 | bits(raw, 7, 7) << 11 | bits(raw, 30, 25) << 5 | bits(raw, 11, 8) << 1,
            13);
      case Field::imm20:
        return sign_extend(raw & 0xfffff000, 32);
      case Field::jump20:
        return sign_extend(bits(raw, 31, 31) << 20 | bits(raw, 19, 12) << 12 | bits(raw, 20, 20) << 11 |
                               bits(raw, 30, 21) << 1,
                           21);
      case Field::shift6:
        return bits(raw, 25, 20);
      case Field::shift5:
        return bits(raw, 24, 20);
      case Field::csr:
        return bits(raw, 31, 20);
      case Field::simm5:
        return sign_extend(bits(raw, 19, 15), 5);
      case Field::uimm5:
        return bits(raw, 19, 15);
      case Field::uimm_high:  // stands before uimm5
        return bits(raw, 26, 26) << 5 | bits(raw, 19, 15);
      case Field::vtype11:
        return bits(raw, 30, 20);
      case Field::vtype10:
        return bits(raw, 29, 20);
      default:
        break;
    }
  }
  return 0;
}

}  // namespace troupe::isa
