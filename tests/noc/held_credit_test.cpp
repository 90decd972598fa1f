// Granted credits that stay in hand: they come back by themselves, are recalled when others wait, and leave
// when their row is wanted for another mailbox. Policies of mailboxes.
#include <doctest/doctest.h>

#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Address;
using abi::Status;
using CoreEvent = reg::EventKind;
using reg::DoorbellError;
using reg::MailboxPolicy;

struct CreditChip : TestChip {
  using TestChip::TestChip;

  // Asks and takes the credit's event.
  void grant(TileId tile, Address to) {
    REQUIRE(ask(tile, to) == reg::kCreditTransaction);
    settle();
    REQUIRE(reg::event_kind(event(tile)) == CoreEvent::credit);
  }
  // The core loads kEvent and finds nothing, so that promises are over.
  void idle(TileId tile) { REQUIRE(event(tile) == 0); }
  void free(TileId tile, std::uint32_t slot = 0) {
    store(tile, reg::kMailboxAdvance, slot);
    settle();
  }
  std::uint32_t credits(TileId tile, Address mailbox) { return fabric.niu(tile).credits(mailbox); }
  Address open(TileId tile, std::uint32_t slot, MailboxPolicy policy, std::uint32_t slots = 1) {
    REQUIRE(fabric.niu(tile).open_mailbox(slot, 0x40000 + slot * 0x8000, slots, 64, 1, 1, policy));
    return fabric.niu(tile).mailbox_address(slot);
  }
  void check_down(TileId tile, Address mailbox, Status status) {
    const std::uint64_t e = event(tile);
    CHECK(reg::event_kind(e) == CoreEvent::down);
    CHECK(reg::event_status(e) == static_cast<std::uint32_t>(status));
    CHECK(reg::event_transaction(e) == reg::kCreditTransaction);
    CHECK(load(tile, reg::kEventAddress) == mailbox.bits);
  }
  ~CreditChip() { fabric.check_invariants(); }
};

TEST_CASE("a granted credit comes back silently when its message is freed, and sends the next one") {
  CreditChip chip;
  for (const TileId from : {chip.core(0), chip.core(1)}) {  // of another tile, and of its own
    const TileId to = chip.core(1);
    const Address mailbox = chip.open(to, from, MailboxPolicy::block);
    chip.grant(from, mailbox);
    for (int i = 0; i < 5; ++i) {
      REQUIRE(chip.send(from, mailbox, 0) >= 0);
      chip.settle();
      CHECK(chip.credits(from, mailbox) == 0);
      CHECK(reg::event_kind(chip.event(to)) == CoreEvent::message);
      chip.free(to, from);
      CHECK(chip.credits(from, mailbox) == 1);
      CHECK(chip.event(from) == 0);
    }
  }
}

TEST_CASE("a sender that asks again while slots are free has that many messages under way at once") {
  CreditChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 3);
  for (int i = 0; i < 3; ++i) {
    chip.grant(from, mailbox);
    REQUIRE(chip.send(from, mailbox, 0) >= 0);
  }
  CHECK(chip.send(from, mailbox, 0) == as_value(DoorbellError::no_credit));
  chip.settle();
  for (int i = 0; i < 3; ++i) chip.free(to);
  CHECK(chip.credits(from, mailbox) == 3);
  CHECK(reg::event_credits(chip.event(from)) == 1);  // for the doorbell that was refused
}

TEST_CASE("a slot that lies idle at one tile goes to another that waits") {
  CreditChip chip;
  const TileId first = chip.core(0), second = chip.core(2), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 2);
  for (int i = 0; i < 2; ++i) chip.grant(first, mailbox);
  chip.idle(first);
  chip.grant(second, mailbox);
  CHECK(chip.credits(first, mailbox) == 1);
  CHECK(chip.credits(second, mailbox) == 1);
  chip.grant(second, mailbox);  // its own one is promised already
  CHECK(chip.credits(first, mailbox) == 0);
  CHECK(chip.credits(second, mailbox) == 2);
}

TEST_CASE("a request while a credit lies idle in hand is granted that one, and nothing is sent") {
  CreditChip chip;
  const TileId from = chip.core(0), to = chip.core(1), other = chip.core(2);
  const Address mailbox = chip.mailbox(to, 1);
  chip.grant(from, mailbox);
  chip.idle(from);
  const std::size_t sent = chip.recorder.count(EventKind::send);
  REQUIRE(chip.ask(from, mailbox) == reg::kCreditTransaction);
  REQUIRE(chip.ask(other, mailbox) == reg::kCreditTransaction);
  CHECK(chip.recorder.count(EventKind::send) == sent + 1);
  chip.settle();
  CHECK(chip.credits(from, mailbox) == 1);  // it is promised again
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);
  CHECK(chip.send(from, mailbox, 0) >= 0);
  chip.settle();
  chip.free(to);
  CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
}

TEST_CASE(
    "under contention recalls cost no packets: each message takes its request, its grant and its reply") {
  CreditChip chip;
  const TileId to = chip.core(0);
  const Address mailbox = chip.mailbox(to, 1);
  const std::vector<TileId> senders{chip.core(1), chip.core(2), chip.core(3)};
  for (const TileId tile : senders) REQUIRE(chip.ask(tile, mailbox) >= 0);
  constexpr std::uint64_t kMessages = 300;
  std::map<TileId, std::uint64_t> sent;
  for (std::uint64_t n = 0; n < kMessages;) {
    chip.run_to(chip.now + 10);
    if (reg::event_kind(chip.event(to)) == CoreEvent::message) chip.store(to, reg::kMailboxAdvance, 0);
    for (const TileId tile : senders) {
      if (reg::event_kind(chip.event(tile)) != CoreEvent::credit) continue;
      REQUIRE(chip.send(tile, mailbox, 0) >= 0);
      REQUIRE(chip.ask(tile, mailbox) >= 0);
      ++sent[tile];
      ++n;
    }
  }
  for (const TileId tile : senders) CHECK(sent[tile] == kMessages / 3);
  std::uint64_t packets = 0;
  for (const LinkCount& link : chip.fabric.link_counts())
    if (link.local && link.into_network) packets += link.flits;  // of one flit each
  CHECK(packets <= 4 * kMessages + 8);
}

TEST_CASE("a credit that an event told of stays until it is used or the core takes the next event") {
  CreditChip chip;
  const TileId first = chip.core(0), second = chip.core(2), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  REQUIRE(chip.ask(first, mailbox) >= 0);
  REQUIRE(chip.ask(second, mailbox) >= 0);
  chip.settle();
  TileId holder = chip.credits(first, mailbox) == 1 ? first : second, other = first + second - holder;
  chip.run_to(chip.now + 1000);
  CHECK(chip.credits(holder, mailbox) == 1);
  SUBCASE("used: the other one gets the slot when the message is freed") {
    CHECK(reg::event_kind(chip.event(holder)) == CoreEvent::credit);
    chip.run_to(chip.now + 1000);
    REQUIRE(chip.send(holder, mailbox, 0) >= 0);
    chip.settle();
    CHECK(chip.event(other) == 0);
    chip.free(to);
    CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
  }
  SUBCASE("not used: it goes at the next load of kEvent") {
    CHECK(reg::event_kind(chip.event(holder)) == CoreEvent::credit);
    chip.idle(holder);
    chip.settle();
    CHECK(chip.credits(holder, mailbox) == 0);
    CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
  }
  SUBCASE("not used: it goes when the core waits") {
    CHECK(reg::event_kind(chip.event(holder)) == CoreEvent::credit);
    chip.load(holder, reg::kWait);
    chip.settle();
    CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
  }
  SUBCASE("the core dies: it goes") {
    chip.fabric.niu(holder).kill(chip.now);
    chip.settle();
    CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
  }
}

TEST_CASE(
    "a credit stays over a doorbell that returned busy, until `ready` was taken and the event after it") {
  ChipParams params = preset("tiny");
  params.niu.transactions = 1;
  CreditChip chip(params);
  const TileId from = chip.core(0), to = chip.core(1), other = chip.core(2);
  const Address mailbox = chip.mailbox(to, 1);
  chip.grant(from, mailbox);
  REQUIRE(chip.request(from, Command::write_acked, abi::Location::make(0, to, 0x2000), 8) >= 0);
  CHECK(chip.send(from, mailbox, 0) == as_value(DoorbellError::busy));
  REQUIRE(chip.ask(other, mailbox) >= 0);
  chip.settle();
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::done);
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::ready);
  chip.settle();
  CHECK(chip.credits(from, mailbox) == 1);
  CHECK(chip.event(other) == 0);
  chip.idle(from);
  chip.settle();
  CHECK(chip.credits(from, mailbox) == 0);
  CHECK(reg::event_kind(chip.event(other)) == CoreEvent::credit);
}

TEST_CASE("a credit that comes back while a request is under way is told of at once") {
  CreditChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  chip.grant(from, mailbox);
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  chip.settle();
  chip.store(to, reg::kMailboxAdvance, 0);
  REQUIRE(chip.ask(from, mailbox) == reg::kCreditTransaction);  // crosses the credit
  const Cycle back = chip.now + law(chip.params, to, from, 0);
  chip.run_to(back - 1);
  CHECK(chip.event(from) == 0);
  chip.run_to(back);
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);
  CHECK(chip.send(from, mailbox, 0) >= 0);
  chip.settle();
  chip.free(to);
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);  // the request's
}

TEST_CASE("a request does not wait for a credit that its own core was told of and did not use") {
  CreditChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  chip.grant(from, mailbox);
  REQUIRE(chip.ask(from, mailbox) == reg::kCreditTransaction);
  chip.settle();
  chip.idle(from);
  chip.settle();
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);
  CHECK(chip.credits(from, mailbox) == 1);
  CHECK(chip.event(from) == 0);
}

TEST_CASE("a tile that died gives back what was in its hand") {
  CreditChip chip;
  const TileId dead = chip.core(0), other = chip.core(2), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 2);
  chip.grant(dead, mailbox);
  chip.grant(dead, mailbox);
  REQUIRE(chip.send(dead, mailbox, 0) >= 0);
  chip.fabric.niu(dead).kill(chip.now);
  chip.settle();
  chip.free(to);
  for (int i = 0; i < 2; ++i) chip.grant(other, mailbox);
  CHECK(chip.credits(other, mailbox) == 2);
}

TEST_CASE("the slot that a message longer than a slot did not take goes to whoever waits") {
  CreditChip chip;
  const TileId from = chip.core(0), other = chip.core(2), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  chip.grant(from, mailbox);
  REQUIRE(chip.send(from, mailbox, 49) >= 0);
  chip.settle();
  CHECK(reg::event_status(chip.event(from)) == static_cast<std::uint32_t>(Status::range));
  CHECK(chip.credits(from, mailbox) == 1);
  REQUIRE(chip.send(from, mailbox, 49) >= 0);
  REQUIRE(chip.ask(other, mailbox) >= 0);
  chip.settle();
  CHECK(chip.credits(from, mailbox) == 0);
  CHECK(chip.credits(other, mailbox) == 1);
}

ChipParams with_rows(std::uint64_t rows) {
  ChipParams params = preset("tiny");
  params.niu.credit_rows = rows;
  return params;
}

TEST_CASE("the least recently used row leaves for a new one, and its credits go back to their mailbox") {
  CreditChip chip(with_rows(2));
  const TileId from = chip.core(0), to = chip.core(1), other = chip.core(2);
  Address mailboxes[3];
  for (std::uint32_t slot = 0; slot < 3; ++slot) mailboxes[slot] = chip.mailbox(to, 1, 64, slot);
  chip.grant(from, mailboxes[0]);
  chip.grant(from, mailboxes[1]);
  chip.idle(from);
  REQUIRE(chip.send(from, mailboxes[0], 0) >= 0);  // used after the other one
  chip.settle();
  chip.free(to, 0);
  chip.grant(from, mailboxes[2]);
  chip.idle(from);
  chip.settle();
  CHECK(chip.fabric.niu(from).credit_rows() == 2);
  CHECK(chip.credits(from, mailboxes[0]) == 1);
  CHECK(chip.credits(from, mailboxes[1]) == 0);
  chip.grant(other, mailboxes[1]);
  CHECK(chip.credits(from, mailboxes[2]) == 1);  // it was not recalled for that
}

TEST_CASE("a credit that comes back to a row that has left goes on to its mailbox") {
  CreditChip chip(with_rows(1));
  const TileId from = chip.core(0), to = chip.core(3), other = chip.core(2);
  const Address first = chip.mailbox(to, 1), second = chip.mailbox(to, 1, 64, 1);
  for (int late = 0; late < 60; ++late) {  // freed before, while and after the row leaves
    chip.grant(from, first);
    REQUIRE(chip.send(from, first, 0) >= 0);
    REQUIRE(chip.ask(from, second) >= 0);
    chip.settle();
    chip.event(from);
    const Cycle leaves = chip.now + 30;
    bool is_freed = false, has_left = false;
    while (!is_freed || !has_left) {
      if (!has_left && chip.now >= leaves) {
        chip.idle(from);
        has_left = true;
      }
      if (!is_freed && chip.now + 30 >= leaves + static_cast<Cycle>(late)) {
        chip.store(to, reg::kMailboxAdvance, 0);
        is_freed = true;
      }
      chip.run_to(chip.now + 1);
      chip.fabric.check_invariants();
    }
    chip.settle();
    CHECK(chip.credits(from, first) == 0);
    chip.grant(other, first);
    REQUIRE(chip.send(other, first, 0) >= 0);
    chip.settle();
    chip.free(to);
  }
}

TEST_CASE("ten thousand short-lived mailboxes leave nothing behind") {
  CreditChip chip(with_rows(4));
  const TileId from = chip.core(0), to = chip.core(1);
  chip.store(to, reg::kMailboxShape, reg::mailbox_shape(2, 64));
  chip.store(to, reg::kMailboxBase, 0x40000);
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(static_cast<std::int64_t>(chip.load(to, reg::kMailboxOpen)) > 0);
    const Address mailbox = chip.fabric.niu(to).mailbox_address(0);
    REQUIRE(chip.ask(from, mailbox) >= 0);
    chip.settle();
    chip.event(from);
    REQUIRE(chip.send(from, mailbox, 0) >= 0);
    chip.settle();
    chip.event(to);
    chip.store(to, reg::kMailboxAdvance, 0);
    if (i % 3 != 0) chip.settle();  // else the credit is on its way when the mailbox closes
    REQUIRE(chip.load(to, reg::kMailboxClose) == 0);
    chip.event(from);
    REQUIRE(chip.fabric.niu(from).credit_rows() <= 4);
  }
  chip.settle();
  CHECK(chip.ask(from, chip.mailbox(to, 1, 64, 1)) >= 0);
  CHECK(chip.recorder.count(EventKind::send) == chip.recorder.count(EventKind::reply) + 1);
}

TEST_CASE("a row goes when a reply says that its mailbox is no more") {
  CreditChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 2);
  chip.grant(from, mailbox);
  chip.grant(from, mailbox);
  chip.store(to, reg::kMailbox, 0);
  REQUIRE(chip.load(to, reg::kMailboxClose) == 0);
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  chip.settle();
  CHECK(chip.credits(from, mailbox) == 0);
  CHECK(reg::event_status(chip.event(from)) == static_cast<std::uint32_t>(Status::stale));
  CHECK(chip.fabric.niu(from).credit_rows() == 0);
}

TEST_CASE("with a request for each row of the table a further one is busy until one is answered") {
  ChipParams params = with_rows(1);
  params.niu.mailboxes = 2;
  CreditChip chip(params);
  const TileId from = chip.core(0);
  Address mailboxes[4];
  for (std::uint32_t n = 0; n < 4; ++n) {
    const TileId to = chip.core(1 + n / 2);
    mailboxes[n] = chip.open(to, n % 2, MailboxPolicy::watch);
    CHECK(chip.ask(from, mailboxes[n]) == (n < 3 ? reg::kCreditTransaction : as_value(DoorbellError::busy)));
  }
  chip.settle();
  CHECK(chip.event(from) == 0);
  chip.fabric.niu(chip.core(1)).kill(chip.now);
  chip.settle();
  chip.check_down(from, mailboxes[0], Status::dead);
  chip.check_down(from, mailboxes[1], Status::dead);
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::ready);
  CHECK(chip.ask(from, mailboxes[3]) == reg::kCreditTransaction);
}

TEST_CASE("a mailbox that refuses answers FULL when every slot is taken, and grants one that lies idle") {
  CreditChip chip;
  const TileId to = chip.core(1), first = chip.core(0), second = chip.core(2), third = chip.core(3);
  const Address mailbox = chip.open(to, 0, MailboxPolicy::refuse, 2);
  chip.grant(first, mailbox);
  chip.grant(second, mailbox);
  REQUIRE(chip.ask(third, mailbox) >= 0);  // both are promised
  chip.settle();
  chip.check_down(third, mailbox, Status::full);
  CHECK(chip.event(third) == 0);
  chip.idle(first);
  chip.grant(third, mailbox);  // now one is idle
  CHECK(chip.credits(first, mailbox) == 0);
  for (const TileId tile : {second, third}) REQUIRE(chip.send(tile, mailbox, 0) >= 0);
  REQUIRE(chip.ask(third, mailbox) >= 0);
  chip.settle();
  chip.check_down(third, mailbox, Status::full);
  chip.free(to);
  chip.free(to);
  CHECK(chip.credits(second, mailbox) + chip.credits(third, mailbox) == 2);
}

TEST_CASE("a static edge's tile is told FULL while its credits are in messages") {
  CreditChip chip;
  const TileId to = chip.core(1), from = chip.core(0);
  const Address mailbox = chip.open(to, 0, MailboxPolicy::refuse, 2);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  REQUIRE(chip.ask(from, mailbox) >= 0);
  chip.settle();
  chip.check_down(from, mailbox, Status::full);
  chip.free(to);
  CHECK(chip.credits(from, mailbox) == 1);
}

TEST_CASE("a watch has no slots; its requests are answered when it closes or its core dies") {
  CreditChip chip;
  const TileId watched = chip.core(0), here = chip.core(1), there = chip.core(2);
  const auto watch = [&](std::uint32_t slot) {
    chip.store(watched, reg::kMailbox, slot);
    chip.store(watched, reg::kMailboxBase, 3);  // ignored
    chip.store(watched, reg::kMailboxShape, reg::mailbox_shape(5, 7, MailboxPolicy::watch));
    REQUIRE(static_cast<std::int64_t>(chip.load(watched, reg::kMailboxOpen)) > 0);
    return chip.fabric.niu(watched).mailbox_address(slot);
  };
  const Address closes = watch(0), dies = watch(1);
  CHECK_FALSE(chip.fabric.grant_static(closes, here, 1));
  for (const TileId tile : {here, there})
    for (const Address a : {closes, dies}) REQUIRE(chip.ask(tile, a) == reg::kCreditTransaction);
  chip.run_to(100'000);
  chip.idle(here);
  chip.idle(there);
  chip.store(watched, reg::kMailbox, 0);
  REQUIRE(chip.load(watched, reg::kMailboxClose) == 0);
  chip.settle();
  for (const TileId tile : {here, there}) chip.check_down(tile, closes, Status::stale);
  chip.fabric.niu(watched).kill(chip.now);
  chip.settle();
  for (const TileId tile : {here, there}) chip.check_down(tile, dies, Status::dead);
  REQUIRE(chip.ask(here, dies) >= 0);
  chip.settle();
  chip.check_down(here, dies, Status::dead);
}

TEST_CASE("a mailbox of a policy that there is not does not open") {
  CreditChip chip;
  const TileId core = chip.core(0);
  chip.store(core, reg::kMailboxBase, 0x40000);
  chip.store(core, reg::kMailboxShape, reg::mailbox_shape(1, 64) | std::uint64_t{3} << 56);
  CHECK(chip.load(core, reg::kMailboxOpen) == static_cast<std::uint64_t>(as_value(DoorbellError::invalid)));
}

}  // namespace
}  // namespace troupe::noc
