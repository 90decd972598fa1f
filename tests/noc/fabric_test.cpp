// Random programs against the fabric: whatever they do, everything gets one reply, FIFO holds, credits add
// up, the network drains, and how the run is cut into calls changes nothing. SEED=n replays a run.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <functional>
#include <memory>

#include "sim/base/rng.hpp"
#include "tests/environment.hpp"
#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Address;
using abi::Location;
using abi::Status;
using CoreEvent = reg::EventKind;

std::uint64_t seed_of_run() {
  const std::uint64_t seed = test::seed_or(1);
  fmt::print("SEED={}\n", seed);
  return seed;
}

constexpr std::uint32_t kMailboxes = 2;      // of each core
constexpr std::uint64_t kPayload = 0x60000;  // where an agent composes what it sends
constexpr std::uint64_t kLanding = 0x70000;  // where its reads land

struct World {
  TestChip& chip;
  std::vector<TileId> cores;
  std::vector<Address> mailboxes;
  std::map<std::pair<TileId, std::uint64_t>, std::uint64_t> sent, taken;  // by (sender, mailbox address)
};

// A core in a test: makes one access after the other, as its random program and what it reads decide.
class Agent {
 public:
  Agent(World& world, TileId tile, std::uint64_t seed, unsigned actions)
      : world_(world),
        niu_(world.chip.fabric.niu(tile)),
        tile_(tile),
        rng_(seed),
        actions_(actions),
        next_(1 + rng_.below(50)) {}

  Cycle next() const { return sleeping_ ? kNever : next_; }
  bool blocked() const { return !wanting_.empty() || !again_.empty() || actions_ != 0; }

  void wake(Cycle now) {
    sleeping_ = false;
    take(niu_.finish_wait(now), now);
    next_ = now + 7 + rng_.below(20);
  }

  // One step of the program at cycle `now`.
  void act(Cycle now) {
    next_ = now + 7 + rng_.below(30);
    if (!arrived_.empty() && rng_.below(3) == 0) return read_message(now);
    if (!again_.empty() && rng_.below(2) == 0) {  // a credit that is not used would be missing elsewhere
      const Address to = again_.back();
      again_.pop_back();
      return try_send(to, now);
    }
    if (actions_ == 0 || rng_.below(4) == 0) {
      const bool nothing_to_do = arrived_.empty() && again_.empty() && actions_ == 0;
      const Access a = niu_.load(nothing_to_do ? reg::kWait : reg::kEvent, 8, now);
      sleeping_ = a.kind == Access::Kind::waits;
      if (!sleeping_) take(a.value, now);
      return;
    }
    --actions_;
    rng_.below(2) == 0 ? send_message(now) : access_memory(now);
  }

  std::uint64_t events = 0;

 private:
  void store(std::uint64_t offset, std::uint64_t value, Cycle now) { niu_.store(offset, 8, value, now); }
  std::int64_t ring(Command command, Address target, std::uint64_t length, Cycle now) {
    store(reg::kTarget, target.bits, now);
    store(reg::kLocal, command == Command::read ? kLanding : kPayload, now);
    store(reg::kLength, length, now);
    return static_cast<std::int64_t>(
        niu_.load(reg::kDoorbell + 8 * static_cast<std::uint64_t>(command), 8, now).value);
  }
  Memory& l1() { return world_.chip.memories.at(tile_); }

  // A numbered message to some mailbox; without a credit, asks for one.
  void send_message(Cycle now) { try_send(world_.mailboxes[rng_.below(world_.mailboxes.size())], now); }
  void try_send(Address to, Cycle now) {
    std::uint64_t& number = world_.sent[{tile_, to.bits}];
    const std::uint64_t bytes = 16 + rng_.below(5) * 50;
    l1().store64(kPayload, tile_);
    l1().store64(kPayload + 8, number);
    const std::int64_t result = ring(Command::message, to, bytes | std::uint64_t{5} << 32, now);
    if (result == static_cast<std::int64_t>(reg::DoorbellError::no_credit)) {
      ++wanting_[to.bits];
      CHECK(ring(Command::credit, to, 0, now) >= 0);
    } else if (result >= 0) {
      ++number;
    } else {
      CHECK(result == static_cast<std::int64_t>(reg::DoorbellError::busy));
      again_.push_back(to);
    }
  }

  // A write, read or atomic, some of them to where they must be refused.
  void access_memory(Cycle now) {
    const auto& p = world_.chip.params;
    const auto command = static_cast<Command>(2 + rng_.below(6));
    const bool atomic = command >= Command::atomic_add;
    const auto drams = p.tiles_of(TileKind::dram);
    const std::uint64_t offset =
        atomic && rng_.below(2) == 0 ? Location::kSemaphore + 8 * rng_.below(257) : rng_.below(0x1800) * 8;
    const TileId to =
        rng_.below(2) == 0 ? drams[rng_.below(drams.size())] : world_.cores[rng_.below(world_.cores.size())];
    ring(command, Address{Location::make(0, to, offset).bits}, atomic ? 0 : rng_.below(300), now);
  }

  void take(std::uint64_t event, Cycle now) {
    events += event != 0;
    if (reg::event_kind(event) == CoreEvent::message)
      arrived_.insert(arrived_.end(), reg::event_count(event), reg::event_slot(event));
    if (reg::event_kind(event) == CoreEvent::credit) {
      const Address to{niu_.load(reg::kEventAddress, 8, now).value};
      auto& wanted = wanting_[to.bits];
      const unsigned again = wanted;
      wanting_.erase(to.bits);
      for (unsigned i = 0; i < again; ++i) try_send(to, now);
    }
    if (reg::event_kind(event) == CoreEvent::down) FAIL("nothing here is ever down");
  }

  // The oldest message of a mailbox: its number must be the next of its sender. Slow, then frees the slot.
  void read_message(Cycle now) {
    const std::size_t which = rng_.below(arrived_.size());
    const std::uint32_t slot = arrived_[which];
    arrived_.erase(arrived_.begin() + static_cast<std::ptrdiff_t>(which));
    Ring& ring = rings_[slot];
    const std::uint64_t base = ring_base(slot) + ring.head * 256;
    ring.head = (ring.head + 1) % ring_slots(slot);
    const auto sender = static_cast<TileId>(l1().load64(base + 16));
    const std::uint64_t number = l1().load64(base + 24);
    CHECK(number == world_.taken[{sender, niu_.mailbox_address(slot).bits}]++);
    CHECK(niu_.store(reg::kMailboxAdvance, 8, slot, now).kind == Access::Kind::done);
  }

 public:
  // Mailbox 0 has one slot, mailbox 1 three; 256 bytes each.
  static std::uint64_t ring_base(std::uint32_t slot) { return 0x40000 + slot * 0x1000; }
  static std::uint32_t ring_slots(std::uint32_t slot) { return slot == 0 ? 1 : 3; }

 private:
  struct Ring {
    std::uint64_t head = 0;
  };
  World& world_;
  Niu& niu_;
  TileId tile_;
  Rng rng_;
  unsigned actions_;
  Cycle next_;
  bool sleeping_ = false;
  std::vector<std::uint32_t> arrived_;         // slots of messages not read yet
  std::map<std::uint64_t, unsigned> wanting_;  // messages put off for want of a credit, by mailbox
  std::vector<Address> again_;                 // messages put off because the NIU was busy
  std::map<std::uint32_t, Ring> rings_;
};

struct Outcome {
  std::vector<Event> events;
  Cycle end;
};

// Runs agents on every core until nothing happens any more. `cut` says how far one call of run may go.
Outcome run_agents(const ChipParams& params, std::uint64_t seed, unsigned actions,
                   const std::function<Cycle(Cycle)>& cut) {
  TestChip chip(params);
  World world{chip, params.tiles_of(TileKind::core), {}, {}, {}};
  for (TileId tile : world.cores)
    for (std::uint32_t slot = 0; slot < kMailboxes; ++slot) {
      chip.fabric.niu(tile).open_mailbox(slot, Agent::ring_base(slot), Agent::ring_slots(slot), 256,
                                         1 + slot);
      world.mailboxes.push_back(chip.fabric.niu(tile).mailbox_address(slot));
    }
  Rng rng(seed);
  // Where an edge holds every slot nobody else can ever send: only the larger mailboxes get one.
  for (Address mailbox : world.mailboxes)
    if (mailbox.slot() != 0 && rng.below(3) != 0)
      chip.fabric.grant_static(mailbox, world.cores[rng.below(world.cores.size())], 1);
  std::vector<std::unique_ptr<Agent>> agents;
  for (TileId tile : world.cores) agents.push_back(std::make_unique<Agent>(world, tile, rng.next(), actions));

  Cycle now = 0;
  for (;;) {
    Cycle next = kNever;
    for (const auto& agent : agents) next = std::min(next, agent->next());
    if (next == kNever && chip.fabric.next_work() == kNever) break;
    REQUIRE(now < 10'000'000);
    now = chip.fabric.run(now, std::min(next, cut(now)));
    for (const Woken& w : chip.fabric.woken())
      for (std::size_t i = 0; i < agents.size(); ++i)
        if (world.cores[i] == w.tile) agents[i]->wake(w.cycle);
    for (const auto& agent : agents)
      if (agent->next() == now) agent->act(now);
    if (now % 16 == 0) chip.fabric.check_invariants();
  }
  for (const auto& agent : agents) CHECK_FALSE(agent->blocked());
  CHECK(world.sent.size() > 0);
  std::erase_if(world.sent, [](const auto& entry) { return entry.second == 0; });
  CHECK(world.sent == world.taken);
  for (TileId tile : world.cores) CHECK(chip.fabric.niu(tile).occupied_slots() == 0);
  chip.fabric.check_invariants();
  return {chip.recorder.sorted(), now};
}

// Every request sent has arrived once and was answered once; messages that were appended were freed.
void check_replies(const std::vector<Event>& events) {
  std::map<std::uint64_t, std::array<int, 32>> seen;
  for (const Event& e : events)
    if (e.kind == EventKind::send || e.kind == EventKind::arrive || e.kind == EventKind::reply ||
        e.kind == EventKind::mailbox || e.kind == EventKind::receive)
      ++seen[e.a][static_cast<std::size_t>(e.kind)];
  const auto count = [](const auto& of, EventKind kind) { return of[static_cast<std::size_t>(kind)]; };
  int wrong = 0;
  for (const auto& [id, of] : seen) {
    wrong += count(of, EventKind::send) != 1 || count(of, EventKind::arrive) != 1 ||
             count(of, EventKind::reply) != 1;
    wrong += count(of, EventKind::mailbox) != count(of, EventKind::receive);
  }
  CHECK(seen.size() > 1000);
  CHECK(wrong == 0);
}

bool same(const std::vector<Event>& a, const std::vector<Event>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Event& x, const Event& y) {
    return std::tie(x.cycle, x.tile, x.kind, x.sequence, x.a, x.b, x.c) ==
           std::tie(y.cycle, y.tile, y.kind, y.sequence, y.a, y.b, y.c);
  });
}

ChipParams tight(std::string_view name) {
  ChipParams p = preset(name);
  p.noc.vc_depth = 1_flits;
  p.noc.virtual_channels = 2;
  p.noc.multicast_channels = 0;
  p.noc.reply_channels = 1;
  p.niu.transactions = 3;
  return p;
}

TEST_CASE(
    "random programs with one-slot mailboxes, one-flit buffers and slow receivers lose nothing and drain") {
  const std::uint64_t seed = seed_of_run();
  for (std::uint64_t i = 0; i < 6; ++i) {
    const Outcome o = run_agents(tight("tiny"), seed * 100 + i, 300, [](Cycle) { return kNever; });
    check_replies(o.events);
  }
  const Outcome o = run_agents(tight("xpu64"), seed, 60, [](Cycle) { return kNever; });
  check_replies(o.events);
}

TEST_CASE("how a run is cut into calls changes no event") {
  const std::uint64_t seed = seed_of_run();
  for (const ChipParams& params : {preset("tiny"), tight("tiny")}) {
    const Outcome whole = run_agents(params, seed, 200, [](Cycle) { return kNever; });
    Rng rng(seed + 1);
    const Outcome steps = run_agents(params, seed, 200, [](Cycle now) { return now + 1; });
    const Outcome random = run_agents(params, seed, 200, [&](Cycle now) { return now + rng.below(40); });
    CHECK(whole.events.size() > 2000);
    CHECK(same(whole.events, steps.events));
    CHECK(same(whole.events, random.events));
  }
}

TEST_CASE("other seeds give other runs, so that the comparison means something") {
  const Outcome a = run_agents(preset("tiny"), 1, 50, [](Cycle) { return kNever; });
  const Outcome b = run_agents(preset("tiny"), 2, 50, [](Cycle) { return kNever; });
  CHECK_FALSE(same(a.events, b.events));
}

TEST_CASE("an idle fabric costs nothing and has no next work") {
  TestChip chip("xpu64");
  CHECK(chip.fabric.next_work() == kNever);
  CHECK(chip.fabric.run(0, 1'000'000'000'000) == 1'000'000'000'000);
}

TEST_CASE("link counts: a packet is counted once on each link of its path, local ports included") {
  TestChip chip("xpu64");
  const auto& p = chip.params;
  const TileId from = chip.core(0), to = chip.core(2 + 8);  // two columns and one row further
  REQUIRE(chip.request(from, Command::write, Location::make(0, to, 0x2000), 64) >= 0);  // 3 flits; reply 1
  chip.settle();
  std::uint64_t on_path = 0, others = 0;
  for (const LinkCount& link : chip.fabric.link_counts()) {
    const bool row = p.y(link.from) == p.y(from) && p.y(link.to) == p.y(from);
    const bool forth =
        !link.local && ((row && link.to == link.from + 1) || (link.to == to && p.x(link.from) == p.x(to)));
    const bool ends =
        link.local && ((link.from == from && link.into_network) || (link.from == to && !link.into_network));
    if ((forth || ends) && link.flits == 3)
      ++on_path;
    else if (link.flits != 0)
      others += link.flits;
  }
  CHECK(on_path == 5);  // NIU, two east, one south, NIU
  CHECK(others == 5);   // the reply's way back
  CHECK(chip.fabric.flit_hops() == 3 * 4 + 4);
}

}  // namespace
}  // namespace troupe::noc
