// The NIU register by register, law by law. The register contract is runtime/abi/niu_registers.hpp.
#include <doctest/doctest.h>

#include "sim/base/check.hpp"
#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Address;
using abi::Location;
using abi::Status;
using CoreEvent = reg::EventKind;
using reg::DoorbellError;

TEST_CASE("a message alone arrives after inject + 4 x routers + data flits + eject, and its reply likewise") {
#ifdef TROUPE_DEBUG
  constexpr int kEvery = 11;  // each cycle is checked: a part of the pairs, another one for each size
#else
  constexpr int kEvery = 1;
#endif
  int pair = 0;
  for (const char* name : {"tiny", "xpu64"}) {
    const auto cores = preset(name).tiles_of(TileKind::core);
    TestChip chip(name);
    std::map<TileId, std::uint64_t> sent;
    for (TileId to : cores) {
      const Address mailbox = chip.mailbox(to, static_cast<std::uint32_t>(cores.size()), 8192);
      for (TileId from : cores) REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
    }
    for (TileId from : cores)
      for (TileId to : cores)
        for (std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{33}, std::uint64_t{8176}}) {
          if (pair++ % kEvery != 0) continue;
          if (bytes == 8176 && from % 3 != to % 3) continue;  // a third of the pairs will do
          const Cycle t = chip.now;
          REQUIRE(chip.send(from, chip.fabric.niu(to).mailbox_address(0), bytes) >= 0);
          const std::uint64_t id = packet_id(from, ++sent[from]);
          chip.settle();
          const Cycle arrival = t + law(chip.params, from, to, bytes);
          REQUIRE(chip.recorder.cycle_of(EventKind::mailbox, id) == arrival);
          REQUIRE(chip.recorder.cycle_of(EventKind::reply, id) == arrival + law(chip.params, to, from, 0));
          if (from != to) REQUIRE(chip.recorder.cycle_of(EventKind::inject, id) == t + 5);
          chip.store(to, reg::kMailboxAdvance, 0);
          chip.settle();
          chip.recorder.events.clear();
        }
  }
}

TEST_CASE("a message is visible at its arrival, not one cycle before, and only at an access") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(3);
  const Address mailbox = chip.mailbox(to, 2);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  chip.memories.at(from).store64(0x10000, 0x1122334455667788);
  chip.store(from, reg::kSender, Address::make(0, from, 9, 4).bits);
  REQUIRE(chip.send(from, mailbox, 8, 77) >= 0);
  chip.memories.at(from).store64(0x10000, 0);  // after the doorbell: must not be sent
  const Cycle arrival = law(chip.params, from, to, 8);
  const Memory& l1 = chip.memories.at(to);

  chip.run_to(arrival - 1);
  CHECK(chip.event(to) == 0);
  CHECK(l1.load64(0x40010) == 0);
  chip.run_to(arrival);
  CHECK(l1.load64(0x40010) == 0);  // no access yet
  const std::uint64_t event = chip.event(to);
  CHECK(reg::event_kind(event) == CoreEvent::message);
  CHECK(reg::event_slot(event) == 0);
  CHECK(reg::event_count(event) == 1);
  CHECK(l1.load64(0x40000) == (8 | std::uint64_t{77} << 32));
  CHECK(l1.load64(0x40008) == Address::make(0, from, 9, 4).bits);
  CHECK(l1.load64(0x40010) == 0x1122334455667788);
  CHECK(chip.event(to) == 0);
}

TEST_CASE("messages that arrive before the event is popped share one event, and fill the ring in order") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 3);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 3));
  for (std::uint64_t i = 0; i < 5; ++i) {
    chip.memories.at(from).store64(0x10000, 100 + i);
    REQUIRE(chip.send(from, mailbox, 8) >= 0);
    chip.settle();
    if (i == 2) {
      CHECK(reg::event_count(chip.event(to)) == 3);
      CHECK(chip.event(to) == 0);
    }
    if (i >= 2) chip.store(to, reg::kMailboxAdvance, 0);
    chip.settle();
  }
  CHECK(reg::event_count(chip.event(to)) == 2);
  CHECK(chip.memories.at(to).load64(0x40010) == 103);  // the ring has gone round
  CHECK(chip.memories.at(to).load64(0x40050) == 104);
  CHECK(chip.memories.at(to).load64(0x40090) == 102);
  // Two at once; not more than there are.
  CHECK(chip.fabric.niu(to).occupied_slots() == 2);
  CHECK(chip.fabric.niu(to).store(reg::kMailboxAdvance, 8, std::uint64_t{2} << 32, chip.now).kind ==
        Access::Kind::fault);
  chip.store(to, reg::kMailboxAdvance, std::uint64_t{1} << 32);
  CHECK(chip.fabric.niu(to).occupied_slots() == 0);
}

TEST_CASE("the guard refuses other tenants, stale generations, remote reads of L1 and bytes outside memory") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1), dram = chip.dram_tile(0), host = 0;
  const Address mailbox = chip.mailbox(to, 1);
  const auto credit_status = [&](Address a) {
    REQUIRE(chip.ask(from, a) >= 0);
    chip.settle();
    return static_cast<Status>(reg::event_status(chip.event(from)));
  };
  const auto status = [&](Command command, Location l, std::uint64_t bytes) {
    REQUIRE(chip.request(from, command, l, bytes) >= 0);
    chip.settle();
    const std::uint64_t event = chip.event(from);
    REQUIRE(reg::event_kind(event) == CoreEvent::done);
    return static_cast<Status>(reg::event_status(event));
  };
  const auto l1 = [&](std::uint64_t offset) { return Location::make(0, to, offset); };
  CHECK(credit_status(Address::make(0, to, 0, mailbox.generation() + 1)) == Status::stale);
  CHECK(credit_status(Address::make(0, to, 1, 1)) == Status::stale);
  CHECK(credit_status(Address::make(0, dram, 0, 1)) == Status::stale);
  CHECK(status(Command::write_acked, l1(0x2000), 8) == Status::ok);
  CHECK(status(Command::write_acked, l1(0x1000 - 8), 8) == Status::range);
  CHECK(status(Command::write_acked, l1((1 << 20) - 7), 8) == Status::range);
  CHECK(status(Command::write, l1(1 << 20), 8) == Status::range);  // posted: only failure is told
  CHECK(status(Command::read, l1(0x2000), 8) == Status::refused);
  CHECK(status(Command::atomic_add, l1(0x2000), 8) == Status::refused);
  CHECK(status(Command::write_acked, l1(Location::kSemaphore), 8) == Status::refused);
  CHECK(status(Command::atomic_add, l1(Location::kSemaphore + 8 * 255), 8) == Status::ok);
  CHECK(status(Command::atomic_add, l1(Location::kSemaphore + 8 * 256), 8) == Status::range);
  CHECK(status(Command::write_acked, Location::make(0, host, 0x2000), 8) == Status::refused);
  CHECK(status(Command::write_acked, Location::make(0, dram, 0), 8) == Status::ok);
  CHECK(status(Command::read, Location::make(0, dram, 65536), 8) == Status::range);
  CHECK(status(Command::atomic_add, Location::make(0, dram, Location::kSemaphore), 8) == Status::refused);
  chip.fabric.niu(from).set_tenant(2);
  CHECK(credit_status(mailbox) == Status::refused);
  CHECK(status(Command::write_acked, l1(0x2000), 8) == Status::refused);
  CHECK(status(Command::atomic_add, l1(Location::kSemaphore), 8) == Status::refused);
  chip.fabric.niu(to).kill(chip.now);
  CHECK(credit_status(mailbox) == Status::dead);
  CHECK(status(Command::write_acked, l1(0x2000), 8) == Status::dead);
}

TEST_CASE("DRAM reads land, writes and atomics do what they say, and a reply waits for the controller") {
  TestChip chip;
  const TileId core = chip.core(0), dram = chip.dram_tile(0);
  const auto done = [&] {
    chip.settle();
    const std::uint64_t event = chip.event(core);
    REQUIRE(reg::event_kind(event) == CoreEvent::done);
    REQUIRE(reg::event_status(event) == 0);
    return chip.load(core, reg::kEventValue);
  };
  Memory& l1 = chip.memories.at(core);
  for (std::uint64_t i = 0; i < 8; ++i) l1.store64(0x10000 + 8 * i, i * 7);
  chip.request(core, Command::write_acked, Location::make(0, dram, 0x100), 64);
  done();
  CHECK(chip.dram.at(dram).memory.load64(0x138) == 49);
  CHECK(chip.request(core, Command::read, Location::make(0, dram, 0x120), 40) >= 0);
  const Cycle start = chip.now,
              back = start + law(chip.params, core, dram, 0) + 100 + law(chip.params, dram, core, 40);
  chip.run_to(back - 1);
  CHECK(chip.event(core) == 0);
  CHECK(l1.load64(0x10000) == 0);
  chip.run_to(back);
  done();
  CHECK(l1.load64(0x10000) == 28);
  CHECK(l1.load64(0x10018) == 49);
  const Location word = Location::make(0, dram, 0x138);
  chip.request(core, Command::atomic_add, word, 0, 5);
  CHECK(done() == 49);
  chip.request(core, Command::compare_swap, word, 0, 9, 53);
  CHECK(done() == 54);
  chip.request(core, Command::compare_swap, word, 0, 9, 54);
  CHECK(done() == 54);
  chip.request(core, Command::atomic_swap, word, 0, 11);
  CHECK(done() == 9);
  CHECK(chip.dram.at(dram).memory.load64(0x138) == 11);
}

TEST_CASE("semaphores: other tiles' atomics and the own core's loads and stores see one word") {
  TestChip chip;
  const TileId a = chip.core(0), b = chip.core(1);
  const Location word = Location::make(0, b, Location::kSemaphore + 8 * 3);
  chip.store(b, reg::kSemaphore + 24, 40);
  chip.request(a, Command::atomic_add, word, 0, 2);
  const Cycle arrival = law(chip.params, a, b, 0);
  chip.run_to(arrival - 1);
  CHECK(chip.load(b, reg::kSemaphore + 24) == 40);
  chip.run_to(arrival);
  CHECK(chip.load(b, reg::kSemaphore + 24) == 42);
  chip.settle();
  CHECK(reg::event_kind(chip.event(a)) == CoreEvent::done);
  CHECK(chip.load(a, reg::kEventValue) == 40);
  CHECK(chip.load(b, reg::kSemaphore + 16) == 0);
}

TEST_CASE("sixteen requests may be under way; the next is busy, and a ready event says when to try again") {
  TestChip chip;
  const TileId core = chip.core(0), dram = chip.dram_tile(0);
  for (std::int64_t i = 0; i < 16; ++i)
    CHECK(chip.request(core, Command::read, Location::make(0, dram, 0), 8) == i);
  CHECK(chip.request(core, Command::write, Location::make(0, dram, 0), 8) == as_value(DoorbellError::busy));
  CHECK(chip.ask(core, Address::make(0, dram, 0, 1)) == reg::kCreditTransaction);  // needs no id
  chip.settle();
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint64_t event = chip.event(core);
    if (reg::event_kind(event) == CoreEvent::down) continue;
    CHECK(reg::event_kind(event) == CoreEvent::done);
  }
  CHECK(reg::event_kind(chip.event(core)) == CoreEvent::done);
  CHECK(reg::event_kind(chip.event(core)) == CoreEvent::ready);
  CHECK(chip.event(core) == 0);
}

TEST_CASE("a doorbell that can never be served says why, and sends nothing") {
  TestChip chip;
  const TileId core = chip.core(0);
  const Location here = Location::make(0, chip.core(1), 0x2000);
  CHECK(chip.request(core, Command::write, Location{0}, 8) == as_value(DoorbellError::invalid));
  CHECK(chip.request(core, Command::write, Location::make(1, 1, 0), 8) == as_value(DoorbellError::invalid));
  CHECK(chip.request(core, Command::write, Location::make(0, 8, 0), 8) == as_value(DoorbellError::invalid));
  CHECK(chip.request(core, Command::write, here, 8193) == as_value(DoorbellError::range));
  CHECK(chip.request(core, Command::atomic_add, here.plus(4), 0) == as_value(DoorbellError::range));
  chip.store(core, reg::kTarget, here.bits);
  for (std::uint64_t local : {std::uint64_t{0xff8}, std::uint64_t{(1 << 20) - 7}, ~std::uint64_t{0} - 3}) {
    chip.store(core, reg::kLocal, local);
    chip.store(core, reg::kLength, 8);
    CHECK(chip.ring(core, Command::write) == as_value(DoorbellError::range));
    CHECK(chip.ring(core, Command::read) == as_value(DoorbellError::range));
  }
  chip.store(core, reg::kSender, Address::make(0, chip.core(1), 0, 1).bits);
  CHECK(chip.send(core, Address::make(0, chip.core(1), 0, 1), 8) == as_value(DoorbellError::invalid));
  CHECK(chip.recorder.events.empty());
  CHECK(chip.fabric.next_work() == kNever);
}

TEST_CASE("registers that are not there, of the wrong size or misaligned fault") {
  TestChip chip;
  Niu& niu = chip.fabric.niu(chip.core(0));
  const auto faults = [](Access a) { return a.kind == Access::Kind::fault; };
  CHECK(faults(niu.load(reg::kTile, 4, 0)));
  CHECK(faults(niu.load(reg::kTile + 4, 8, 0)));
  CHECK(faults(niu.load(0x010, 8, 0)));
  CHECK(faults(niu.load(reg::kDoorbell + 8 * (static_cast<std::uint64_t>(reg::kCommandLast) + 1), 8, 0)));
  CHECK(faults(niu.load(reg::kMailboxAdvance, 8, 0)));
  CHECK(faults(niu.load(reg::kSemaphore + 8 * 256, 8, 0)));
  CHECK(faults(niu.store(reg::kTile, 8, 0, 0)));
  CHECK(faults(niu.store(reg::kDoorbell, 8, 0, 0)));
  CHECK(faults(niu.store(reg::kEvent, 8, 0, 0)));
  CHECK(faults(niu.store(reg::kMailboxAdvance, 8, 0, 0)));  // nothing to free
  CHECK(niu.load(reg::kTile, 8, 0).value == chip.core(0));
  CHECK(niu.load(reg::kTenant, 8, 0).value == 1);
}

TEST_CASE("a core opens and closes its own mailboxes; each opening has a new generation") {
  TestChip chip;
  const TileId core = chip.core(0);
  const auto open = [&](std::uint64_t slot, std::uint64_t base, std::uint64_t slots,
                        std::uint64_t slot_bytes) {
    chip.store(core, reg::kMailbox, slot);
    chip.store(core, reg::kMailboxBase, base);
    chip.store(core, reg::kMailboxShape, slots | slot_bytes << 32);
    return static_cast<std::int64_t>(chip.load(core, reg::kMailboxOpen));
  };
  CHECK(open(5, 0x20000, 4, 64) == 1);
  CHECK(open(5, 0x20000, 4, 64) == as_value(DoorbellError::invalid));  // is open
  CHECK(static_cast<std::int64_t>(chip.load(core, reg::kMailboxClose)) == 0);
  CHECK(static_cast<std::int64_t>(chip.load(core, reg::kMailboxClose)) == as_value(DoorbellError::invalid));
  CHECK(open(5, 0x20000, 4, 64) == 2);
  CHECK(open(6, 0x20000, 0, 64) == as_value(DoorbellError::invalid));
  CHECK(open(6, 0x20000, 4, 96) == as_value(DoorbellError::invalid));
  CHECK(open(6, 0x20008, 4, 64) == as_value(DoorbellError::invalid));
  CHECK(open(4096, 0x20000, 4, 64) == as_value(DoorbellError::invalid));
  CHECK(open(~std::uint64_t{0}, 0x20000, 4, 64) == as_value(DoorbellError::invalid));
  CHECK(open(6, 0x800, 4, 64) == as_value(DoorbellError::range));
  CHECK(open(6, (1 << 20) - 64, 2, 64) == as_value(DoorbellError::range));
}

TEST_CASE("closing a mailbox takes its pending message event along") {
  TestChip chip;
  const TileId core = chip.core(0);
  const Address mailbox = chip.mailbox(core, 2);
  REQUIRE(chip.fabric.grant_static(mailbox, core, 1));
  REQUIRE(chip.send(core, mailbox, 8) >= 0);
  chip.settle();
  chip.store(core, reg::kMailbox, 0);
  CHECK(chip.load(core, reg::kMailboxClose) == 0);
  CHECK(chip.event(core) == 0);
}

TEST_CASE("a wait ends at the cycle its event becomes visible, and the fabric stops there") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(3);
  const Address mailbox = chip.mailbox(to, 1);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  Niu& niu = chip.fabric.niu(to);
  CHECK(niu.load(reg::kWait, 8, 0).kind == Access::Kind::waits);
  CHECK(niu.waiting());
  chip.run_to(20);
  REQUIRE(chip.send(from, mailbox, 8) >= 0);
  const Cycle arrival = 20 + law(chip.params, from, to, 8);
  chip.now = chip.fabric.run(chip.now, 100000);
  CHECK(chip.now == arrival);
  REQUIRE(chip.fabric.woken().size() == 1);
  CHECK(chip.fabric.woken()[0].tile == to);
  CHECK(chip.fabric.woken()[0].cycle == arrival);
  CHECK(reg::event_kind(niu.finish_wait(arrival)) == CoreEvent::message);
  CHECK_FALSE(niu.waiting());
  REQUIRE(chip.recorder.count(EventKind::wait) == 1);
  CHECK(chip.recorder.cycle_of(EventKind::wait, 0) == arrival);
  chip.now = chip.fabric.run(chip.now, 100000);
  CHECK(chip.fabric.woken().empty());
}

TEST_CASE("the timer ends a wait at its deadline, can be moved and turned off, and is off once it fired") {
  TestChip chip;
  const TileId core = chip.core(0);
  Niu& niu = chip.fabric.niu(core);
  chip.store(core, reg::kTimer, 500);
  chip.store(core, reg::kTimer, 70);
  CHECK(niu.timer_deadline() == 70);
  CHECK(niu.load(reg::kWait, 8, 0).kind == Access::Kind::waits);
  chip.now = chip.fabric.run(0, 100000);
  CHECK(chip.now == 70);
  CHECK(reg::event_kind(niu.finish_wait(70)) == CoreEvent::timer);
  CHECK(niu.timer_deadline() == kNever);
  chip.store(core, reg::kTimer, 300);
  chip.store(core, reg::kTimer, 0);
  chip.run_to(1000);
  CHECK(chip.event(core) == 0);
  chip.store(core, reg::kTimer, 999);  // already past
  CHECK(reg::event_kind(chip.event(core)) == CoreEvent::timer);
}

TEST_CASE("events come in the order of their cycles, a timer among them") {
  TestChip chip;
  const TileId core = chip.core(0);
  const Address mailbox = chip.mailbox(core, 1);
  REQUIRE(chip.fabric.grant_static(mailbox, core, 1));
  REQUIRE(chip.send(core, mailbox, 0) >= 0);  // loops back: arrives at 10
  chip.store(core, reg::kTimer, 9);
  chip.run_to(100);
  CHECK(reg::event_kind(chip.event(core)) == CoreEvent::timer);
  CHECK(reg::event_kind(chip.event(core)) == CoreEvent::message);
}

struct Consumed : MessageConsumer {
  void consume(TileId tile, std::uint32_t slot, const abi::MessageHeader& header,
               std::span<const std::byte> payload, Cycle now) override {
    seen.push_back({tile, slot, header.type, payload.size(), now});
    if (stop != nullptr) stop->request_stop();
  }
  std::vector<std::tuple<TileId, std::uint32_t, std::uint32_t, std::size_t, Cycle>> seen;
  Fabric* stop = nullptr;
};

TEST_CASE("a consumer takes messages at their arrival, frees the slot at once, and may stop the run") {
  TestChip chip;
  Consumed host;
  chip.fabric.attach(0, &host);
  REQUIRE(chip.fabric.niu(0).open_mailbox(0, 0, 2, 256, 1, /*tenant=*/1));
  const Address mailbox = chip.fabric.niu(0).mailbox_address(0);
  const TileId core = chip.core(0);
  REQUIRE(chip.fabric.grant_static(mailbox, core, 1));
  host.stop = &chip.fabric;
  REQUIRE(chip.send(core, mailbox, 20, 5) >= 0);
  const Cycle arrival = law(chip.params, core, 0, 20);
  chip.now = chip.fabric.run(0, 100000);
  CHECK(chip.now == arrival);
  REQUIRE(host.seen.size() == 1);
  CHECK(host.seen[0] == std::tuple{TileId{0}, 0u, 5u, std::size_t{20}, arrival});
  chip.settle();
  CHECK(chip.fabric.niu(core).credits(mailbox) == 1);
}

TEST_CASE("a killed tile answers DEAD, tells its waiters, and what it sent still arrives") {
  TestChip chip;
  const TileId victim = chip.core(0), other = chip.core(1), third = chip.core(2);
  const Address theirs = chip.mailbox(other, 1), ours = chip.mailbox(victim, 1);
  REQUIRE(chip.fabric.grant_static(theirs, victim, 1));
  REQUIRE(chip.ask(third, ours) >= 0);
  chip.settle();
  chip.event(third);
  REQUIRE(chip.ask(other, ours) >= 0);  // waits
  chip.settle();
  REQUIRE(chip.send(victim, theirs, 64 - 16) >= 0);
  chip.fabric.niu(victim).kill(chip.now);
  REQUIRE(chip.send(third, ours, 8) >= 0);
  chip.settle();
  std::uint64_t event = chip.event(other);
  CHECK(reg::event_kind(event) == CoreEvent::down);
  CHECK(reg::event_status(event) == static_cast<std::uint32_t>(Status::dead));
  CHECK(reg::event_kind(chip.event(other)) == CoreEvent::message);
  event = chip.event(third);
  CHECK(reg::event_status(event) == static_cast<std::uint32_t>(Status::dead));
  CHECK(chip.recorder.count(EventKind::send) == chip.recorder.count(EventKind::reply));
  CHECK(chip.recorder.count(EventKind::kill) == 1);
}

struct Landings : LandingObserver {
  void landed(TileId, std::uint64_t address, std::uint64_t bytes, Cycle) override {
    seen.push_back({address, bytes});
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
};

TEST_CASE("whoever watches a tile is told of landed bytes at the access that shows them") {
  TestChip chip;
  Landings landings;
  const TileId from = chip.core(0), to = chip.core(1);
  chip.fabric.attach(to, &chip.memories.at(to), &landings);
  chip.request(from, Command::write, Location::make(0, to, 0x3000), 40);
  chip.settle();
  CHECK(landings.seen.empty());
  chip.event(to);
  CHECK(landings.seen == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0x3000, 40}});
}

TEST_CASE("a mark names the actor in the trace") {
  TestChip chip;
  const TileId core = chip.core(0);
  chip.store(core, reg::kMark, reg::mark(0xa400, 3, 7));
  chip.store(core, reg::kMark, 0);
  REQUIRE(chip.recorder.events.size() == 2);
  CHECK(chip.recorder.events[0].a == Address::make(0, core, 3, 7).bits);
  CHECK(chip.recorder.events[0].b == 0xa400);
  CHECK(chip.recorder.events[1].a == 0);
}

TEST_CASE("a message within a core stands in the trace, between the actor that runs and a mailbox") {
  TestChip chip;
  const TileId core = chip.core(0);
  const Address mailbox = chip.mailbox(core, 3);
  chip.store(core, reg::kMark, reg::mark(0xa400, 5, 7));
  chip.store(core, reg::kPass, reg::pass(mailbox.slot(), 24, Status::ok));
  chip.store(core, reg::kPass, reg::pass(9, 8, Status::stale));
  REQUIRE(chip.recorder.events.size() == 3);
  CHECK(chip.recorder.events[1].kind == EventKind::pass);
  CHECK(chip.recorder.events[1].a == Address::make(0, core, 5, 7).bits);
  CHECK(chip.recorder.events[1].b == mailbox.bits);
  CHECK(chip.recorder.events[1].c == 24);
  CHECK(chip.recorder.events[2].b == Address::make(0, core, 9, 0).bits);
  CHECK(chip.recorder.events[2].c == (8 | std::uint64_t{1} << 32));
}

TEST_CASE("parameters the NIU cannot represent are the user's error") {
  for (auto change : std::vector<void (*)(ChipParams&)>{
           [](ChipParams& p) { p.noc.virtual_channels = 1; }, [](ChipParams& p) { p.niu.inject.count = 1; },
           [](ChipParams& p) { p.niu.eject.count = 0; }, [](ChipParams& p) { p.niu.transactions = 256; },
           [](ChipParams& p) { p.niu.credit_rows = 0; }, [](ChipParams& p) { p.noc.flit.count = 0; },
           [](ChipParams& p) { p.niu.semaphores = 257; }}) {
    ChipParams p = preset("tiny");
    change(p);
    CHECK_THROWS_AS(Fabric{p}, InputError);
  }
}

TEST_CASE(
    "a requester picks one of two opposite tori, and the reply comes back on the same one, all the way "
    "round") {
  ChipParams params = preset("xpu64");
  params.noc.topology = Topology::torus;
  params.noc.virtual_channels = 4;
  params.noc.multicast_channels = 0;
  params.noc.networks = {Routing::east_south, Routing::north_west};
  TestChip chip(params);
  const TileId from = chip.core(0),
               to = chip.core(2);  // two columns to the east: two links there, eight back
  for (const std::uint64_t network : {0u, 1u}) {
    chip.store(from, reg::kNetwork, network);
    CHECK(chip.load(from, reg::kNetwork) == network);
    const Cycle start = chip.now;
    REQUIRE(chip.request(from, Command::write_acked, Location::make(0, to, 0x2000), 64) >= 0);
    chip.settle();
    const unsigned there = routers(params, from, to, network), back = routers(params, to, from, network);
    CHECK(there == (network == 0 ? 3 : 9));
    CHECK(back == (network == 0 ? 9 : 3));
    const auto done = chip.event(from);
    CHECK(reg::event_kind(done) == reg::EventKind::done);
    Cycle reply = 0;
    for (const Event& e : chip.recorder.events)
      if (e.kind == EventKind::reply) reply = e.cycle;
    CHECK(reply - start == 2 * 10 + 4 * (there + back) + 2);  // two data flits there
    std::uint64_t flits = 0;
    for (const LinkCount& link : chip.fabric.link_counts())
      if (link.network == network && !link.local) flits += link.flits;
    CHECK(flits == 3 * (there - 1) + (back - 1));
  }
  CHECK(chip.fabric.niu(from).store(reg::kNetwork, 8, 2, chip.now).kind == Access::Kind::fault);
}

}  // namespace
}  // namespace troupe::noc
