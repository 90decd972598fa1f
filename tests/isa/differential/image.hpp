// A guest ELF that runs programs one after the other: each starts from a record of initial state and ends by
// writing its final state, so the same bytes run in our engine and in QEMU.
#pragma once

#include <span>
#include <vector>

#include "tests/isa/differential/program.hpp"

namespace troupe::isa::differential {

inline constexpr std::uint64_t kImageBase = 0x10000000;

// A state, initial or final: x, f, CSRs, the scratch area, v. Byte offsets.
struct StateLayout {
  explicit StateLayout(Profile profile);
  static constexpr std::uint32_t kX = 0, kF = 256, kCsr = 512, kScratch = 576;
  std::uint32_t scratch_bytes;  // 0 for profiles without memory accesses
  std::uint32_t v;              // offset of v0
  std::uint32_t machine;        // of what trap programs have besides (trap_image.hpp)
  std::uint32_t bytes;
};
// What stands at kCsr, 8 bytes each. The vl of an initial state is the AVL of its vsetvl.
inline constexpr const char* kCsrNames[] = {"fcsr", "vcsr", "vl", "vtype"};

// One run of a program.
struct Call {
  std::size_t program = 0;
  std::uint32_t round = 0;  // which initial state
};

struct Image {
  std::vector<std::byte> elf;
  std::vector<std::byte> memory;  // from kImageBase, a multiple of 4 KiB
  std::uint64_t dump = 0;         // address of the state that a program writes
};

// Initial state of `round` for programs of `index_class`: the same for the same arguments.
std::vector<std::byte> initial_state(Profile profile, std::uint64_t seed, std::uint32_t index_class,
                                     std::uint32_t round, std::uint64_t dump);

// Precondition: all programs are of `profile`, and the text stays below 1 MiB.
Image make_image(Profile profile, std::uint64_t seed, const std::vector<Program>& programs,
                 const std::vector<Call>& calls);

}  // namespace troupe::isa::differential
