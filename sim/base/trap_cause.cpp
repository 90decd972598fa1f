#include "sim/base/trap_cause.hpp"

#include <fmt/core.h>

namespace troupe {
namespace {

struct Name {
  std::uint64_t mcause;
  const char* text;
};
constexpr std::uint64_t kInterrupt = std::uint64_t{1} << 63;
constexpr Name kNames[] = {
    {0, "instruction address misaligned"},
    {1, "instruction access fault"},
    {2, "illegal instruction"},
    {3, "breakpoint"},
    {4, "load address misaligned"},
    {5, "load access fault"},
    {6, "store address misaligned"},
    {7, "store access fault"},
    {8, "environment call from U-mode"},
    {9, "environment call from S-mode"},
    {11, "environment call from M-mode"},
    {12, "instruction page fault"},
    {13, "load page fault"},
    {15, "store page fault"},
    {kInterrupt | 3, "machine software interrupt"},
    {kInterrupt | 7, "machine timer interrupt"},
    {kInterrupt | 11, "machine external interrupt"},
};

}  // namespace

std::string trap_cause_name(std::uint64_t mcause) {
  for (const Name& name : kNames)
    if (name.mcause == mcause) return name.text;
  return fmt::format("cause {:#x}", mcause);
}

}  // namespace troupe
