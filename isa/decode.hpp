// From bits to rows and operands.
#pragma once

#include <cstdint>

#include "isa/host_level.hpp"
#include "isa/row.hpp"

namespace troupe::isa {

// The row of a 32-bit encoding, or null. Rows of the levels differ in their handlers only.
const Row* find_row(std::uint32_t raw, HostLevel level = HostLevel::portable);

// The 32-bit form of a compressed instruction; 0 where the encoding is reserved.
std::uint32_t expand_compressed(std::uint16_t raw);
// The name of a compressed instruction's form, "c.addi"; null where the encoding is reserved.
const char* compressed_name(std::uint16_t raw);

// Immediate of an instruction, sign-extended, as its fields say; 0 when it has none.
std::int64_t immediate_of(const Row& row, std::uint32_t raw);

constexpr std::uint32_t bits(std::uint32_t raw, int high, int low) {
  return raw >> low & ((std::uint32_t{2} << (high - low)) - 1);
}

}  // namespace troupe::isa
