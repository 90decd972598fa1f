// Three cores race: 1, 2 and 3 write into a landing zone of core 0 and flood its one mailbox; core 0 hashes
// what it happens to see at each NIU access. The answer depends on every cycle of the machine.
#include "tests/chip/programs/bare.hpp"

static volatile uint64_t zone[64];

extern "C" void core_main(const abi::BootBlock* boot) {
  constexpr unsigned kRounds = 200;
  const unsigned me = boot->core_index;
  if (me != 0) {
    uint64_t data[8];
    for (unsigned i = 0; i < kRounds; ++i) {
      for (unsigned w = 0; w < 8; ++w) data[w] = me * 1000003 + i * 8 + w;
      const unsigned at = (i * me) % 7 * 8;
      niu_store(niu::kTarget,
                abi::Location::make(0, core_tile(boot, 0), reinterpret_cast<uint64_t>(&zone[at])).bits);
      niu_store(niu::kLocal, reinterpret_cast<uint64_t>(data));
      niu_store(niu::kLength, sizeof data);
      while (niu_doorbell(niu::Command::write) < 0) {
      }
      if (i % 10 == 0) send_surely(actor_address(boot, 0), 1, data, 8 * me);
      for (volatile unsigned spin = 0; spin < (i * me * 7) % 50; spin = spin + 1) {
      }
    }
    return;
  }
  uint64_t hash = 14695981039346656037u;
  unsigned messages = 0;
  for (unsigned round = 0; messages < 3 * kRounds / 10; ++round) {
    const uint64_t e = niu_load(round % 5 == 0 ? niu::kWait : niu::kEvent);
    if (niu::event_kind(e) == niu::EventKind::message) {
      for (unsigned n = 0; n < niu::event_count(e); ++n) {
        const uint64_t slot = self(boot).ring + messages % self(boot).slots * self(boot).slot_bytes;
        hash = (hash ^ *reinterpret_cast<const volatile uint64_t*>(slot + 8)) * 1099511628211u;
        ++messages;
        niu_store(niu::kMailboxAdvance, abi::kFirstActorSlot);
      }
    }
    for (unsigned i = 0; i < 64; ++i) hash = (hash ^ zone[i]) * 1099511628211u;
    uint64_t cycle;
    asm volatile("rdcycle %0" : "=r"(cycle));
    hash ^= cycle;
  }
  print_number(boot, "hash ", hash);
  exit_program(boot, 0);
}
