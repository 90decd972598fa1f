// A chip for the runtime's tests: cores that run the real runtime natively over a fake NIU, in a random but
// repeatable order. Credits, transaction ids, events and replies follow runtime/abi/niu_registers.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/device/runtime.hpp"
#include "sim/base/rng.hpp"

namespace troupe::test {

struct FakeParams {
  std::uint32_t cores = 2;
  std::uint64_t heap_bytes = 1 << 20;
  std::uint32_t transactions = 16;
  std::uint32_t mailboxes = 4096;
  std::uint64_t spill_bytes = 1 << 20;  // a core, behind what dram() names
  std::uint64_t seed = 1;
};

class FakeChip {
 public:
  static constexpr std::uint32_t kHostTile = 100;
  static constexpr std::uint32_t kDramTile = 101;

  explicit FakeChip(const FakeParams& params);
  ~FakeChip();

  // The first actor, on core 0, with a mailbox of `slots` x 64 bytes; then run(). Its end is not the
  // program's unless it is the root.
  void start(device::Entry first, std::uint32_t slots, std::vector<abi::BootArgument> arguments = {},
             bool root = false);
  // Until nothing can move any more.
  void run();
  // No reply or message of core `core` from now on; requests to it get DEAD.
  void kill(std::uint32_t core);

  device::Runtime& runtime(std::uint32_t core) { return *cores_[core].runtime; }
  abi::Location dram() const { return abi::Location::make(0, kDramTile, 0); }

  static constexpr std::uint64_t kDramBytes = 1 << 20;
  std::vector<std::byte> dram_bytes;
  std::string printed;
  std::optional<std::int64_t> exit_code;
  std::uint64_t refused_busy = 0, refused_credit = 0;

  // The NIU of the core that runs.
  std::uint64_t load(std::uint64_t offset);
  void store(std::uint64_t offset, std::uint64_t value);
  std::uint64_t clock() const { return clock_; }
  device::Runtime& running() { return *cores_[running_].runtime; }

 private:
  struct Mailbox {
    bool open = false;
    std::uint32_t generation = 0, slots = 0, slot_bytes = 0;
    device::niu::MailboxPolicy policy = device::niu::MailboxPolicy::block;
    std::uint64_t base = 0;
    std::uint32_t tail = 0, occupied = 0, outstanding = 0, unseen = 0;
    std::deque<std::uint32_t> waiters;       // cores
    std::deque<std::uint32_t> origins = {};  // of the messages in it
  };
  // Credits of one mailbox in a core's hand.
  struct Held {
    std::uint32_t here = 0;
    bool refused = false;         // a doorbell found none: the next one has an event
    std::uint32_t announced = 0;  // in queued events
    std::uint32_t told = 0;       // by the last event; until the next one is taken
    bool asked = false;           // a request is under way
  };
  struct Event {
    device::niu::EventKind kind;
    std::uint64_t address = 0, value = 0;
    std::uint32_t transaction = 0, count = 0;
    abi::Status status = abi::Status::ok;
  };
  struct Core {
    std::unique_ptr<device::Runtime> runtime;
    std::vector<std::byte> heap, ring;
    abi::BootBlock boot{};
    std::map<std::uint64_t, std::uint64_t> registers;
    std::map<std::uint32_t, Mailbox> mailboxes;
    std::map<std::uint64_t, Held> credits;  // by mailbox
    std::deque<Event> events;
    std::vector<bool> transaction_used;
    bool refused_busy = false, dead = false;
    std::uint64_t event_address = 0, event_value = 0;
    std::uint64_t timer = 0;  // deadline; 0: off
  };
  struct Packet {
    device::niu::Command command;
    std::uint32_t from = 0, transaction = 0;
    std::uint64_t target = 0, local = 0, sender = 0, operand = 0, compare = 0;
    std::uint32_t type = 0;
    std::vector<std::byte> payload;
    std::uint64_t bytes = 0;
  };

  std::int64_t doorbell(device::niu::Command command);
  std::uint64_t pop_event(Core& core);
  std::int64_t open(Core& core);
  void close(Core& core);
  void advance(Core& core, std::uint32_t slot);
  void deliver(const Packet& packet);
  abi::Status serve_message(const Packet& packet);
  void serve_dram(const Packet& packet);
  void reply(const Packet& packet, abi::Status status, std::uint64_t value = 0);
  void free_transaction(Core& core, std::uint32_t transaction);
  void grant(Core& owner, std::uint32_t slot);
  bool recall(std::uint64_t mailbox, std::uint32_t for_core);
  void credit(Core& to, std::uint64_t mailbox, bool granted);
  void announce(Core& to, std::uint64_t mailbox);
  void end_promises(Core& core);
  Mailbox* find(abi::Address address);
  void step_network();
  bool pass_time();

  FakeParams params_;
  Rng rng_;
  std::vector<Core> cores_;
  std::uint32_t running_ = 0;
  std::uint64_t clock_ = 0;
  std::vector<std::uint16_t> tiles_;
  std::vector<std::deque<Packet>> network_;  // one queue a core, in order
  abi::BootActor root_{};
  std::vector<abi::BootArgument> arguments_;
  std::vector<std::byte> root_ring_;
};

}  // namespace troupe::test
