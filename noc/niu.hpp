// The network interface (NIU) of a tile: registers for its core, mailboxes, credits and the guard for
// everything that comes in. runtime/abi/niu_registers.hpp is its specification.
#pragma once

#include <cstdint>
#include <memory>

#include "noc/endpoint.hpp"
#include "sim/base/memory.hpp"

namespace troupe::noc {

struct Shared;  // what all NIUs of a fabric share (noc/shared.hpp)

// Result of a register access.
struct Access {
  enum class Kind : std::uint8_t {
    done,   // `value` is what the load returns; the core goes on after niu.register_access cycles
    waits,  // kWait without an event: the core sleeps until Fabric::woken names its tile
    fault,  // no such register, wrong size or alignment: a precise access fault of the core
  };
  Kind kind = Kind::done;
  std::uint64_t value = 0;
};

struct NiuCounters {
  std::uint64_t requests = 0;  // sent, all kinds
  std::uint64_t messages_sent = 0;
  std::uint64_t message_bytes_sent = 0;
  std::uint64_t messages_received = 0;  // appended to a mailbox
  std::uint64_t message_bytes_received = 0;
};

class Niu {
 public:
  ~Niu();
  Niu(const Niu&) = delete;
  Niu& operator=(const Niu&) = delete;

  // Core side. `offset` counts from abi::kNiuBase; `now` is the issue cycle, never less than at the last
  // access. All that arrived up to `now` is in L1 when the call returns.
  Access load(std::uint64_t offset, unsigned bytes, Cycle now);
  Access store(std::uint64_t offset, unsigned bytes, std::uint64_t value, Cycle now);
  bool waiting() const;
  // Ends a wait that Fabric::woken reported: the value of the kWait load, as if issued at `now`.
  std::uint64_t finish_wait(Cycle now);
  Cycle timer_deadline() const;  // kNever = off

  // System side, untimed, for the loader.
  void set_tenant(std::uint32_t tenant);
  std::uint32_t tenant() const;
  // Opens a mailbox of the tile's tenant, or of `tenant`. False when the slot does not exist or is open,
  // the generation is 0, or the ring is not a legal one inside L1. A consumer's mailbox has no ring (base 0).
  bool open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                    std::uint32_t generation);
  bool open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                    std::uint32_t generation, std::uint32_t tenant);
  abi::Address mailbox_address(std::uint32_t slot) const;  // 0: not open
  // The core died: from now on every request here gets DEAD. What it sent before stays under way.
  void kill(Cycle now);
  bool killed() const;

  const NiuCounters& counters() const;
  // Messages in open mailboxes that their core has not freed, and credits held here for `mailbox`.
  std::uint64_t occupied_slots() const;
  std::uint32_t credits(abi::Address mailbox) const;

 private:
  friend class Fabric;
  Niu(Shared& shared, TileId tile);
  struct State;
  Shared& shared_;
  std::unique_ptr<State> state_;
};

}  // namespace troupe::noc
