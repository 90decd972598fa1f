// Names of what a hart traps for.
#pragma once

#include <cstdint>
#include <string>

namespace troupe {

// "load access fault" for mcause 5, and so on (RISC-V privileged specification 1.12, table 3.6); "cause 0x18"
// for a number that has no name there.
std::string trap_cause_name(std::uint64_t mcause);

}  // namespace troupe
