// The loader's plan: where a program's cores stand and everything that must be in place before its first
// instruction. Pure: it changes no machine; sim/chip carries it out.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "runtime/abi/address.hpp"
#include "runtime/host/image.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe {

// The chip has not the cores that a program requires (exit code 3).
struct LeaseRefused {
  std::uint64_t required, available;
  std::string reason;
};

// The core tiles granted to a program; tiles[i] is its core i.
struct Lease {
  std::vector<std::uint16_t> tiles;
  std::string first, last;  // logical coordinates of the rectangle's corners, for people
};

// Grants the rectangle lease_shape(cores) at the chip's first core. Throws LeaseRefused.
Lease grant_lease(const ChipParams& chip, std::uint64_t cores);

struct MailboxOpening {
  std::uint16_t tile;
  std::uint32_t slot;
  std::uint64_t base;  // L1 address of the ring; on the host tile 0
  std::uint32_t slots, slot_bytes;
};
struct StaticGrant {
  abi::Address mailbox;
  std::uint16_t sender_tile;
  std::uint32_t credits;
};
struct CoreLoad {
  std::uint16_t tile;
  std::uint64_t boot_address;         // a0 at the entry point
  std::vector<std::byte> boot_block;  // at boot_address
};
struct DramLoad {
  std::uint16_t tile;
  std::uint64_t offset;
  std::span<const std::byte> bytes;  // into the image
};

struct LoadPlan {
  Lease lease;
  std::uint64_t entry = 0;
  abi::Address host;  // mailbox of the host tile for print, exit and trap
  std::vector<CoreLoad> cores;
  std::vector<MailboxOpening> mailboxes;  // generation 1
  std::vector<StaticGrant> grants;
  std::vector<DramLoad> dram;
  std::map<std::uint64_t, std::string> actor_names;      // by address
  std::map<std::uint64_t, std::string> behaviour_names;  // by entry
};

// Throws LeaseRefused, or InputError where the program does not fit this chip's L1 or DRAM.
LoadPlan plan_load(const Image& image, const ChipParams& chip);

}  // namespace troupe
