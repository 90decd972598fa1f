// Runs programs on both machines, and reduces a difference to the instructions that make it.
#pragma once

#include <optional>
#include <string>

#include "tests/isa/differential/machines.hpp"

namespace troupe::isa::differential {

struct Difference {
  Program minimised;
  std::string report;  // profile, seed, the minimised program and where the states differ
};

// The first difference, if any, of all programs from `rounds` initial states each.
std::optional<Difference> compare(Profile profile, std::uint64_t seed, const std::vector<Program>& programs,
                                  std::uint32_t rounds);

}  // namespace troupe::isa::differential
