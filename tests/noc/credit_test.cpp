// Mailboxes and credits: who may send, who waits, in what order, and what comes back.
#include <doctest/doctest.h>

#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Address;
using abi::Status;
using CoreEvent = reg::EventKind;
using reg::DoorbellError;

TEST_CASE("a doorbell without a credit sends nothing; a request brings one from the pool") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  CHECK(chip.send(from, mailbox, 8) == as_value(DoorbellError::no_credit));
  CHECK(chip.recorder.count(EventKind::send) == 0);
  CHECK(chip.ask(from, mailbox) == reg::kCreditTransaction);
  chip.settle();
  const std::uint64_t event = chip.event(from);
  CHECK(reg::event_kind(event) == CoreEvent::credit);
  CHECK(reg::event_credits(event) == 1);
  CHECK(chip.load(from, reg::kEventAddress) == mailbox.bits);
  CHECK(chip.send(from, mailbox, 8) >= 0);
  CHECK(chip.send(from, mailbox, 8) == as_value(DoorbellError::no_credit));
}

TEST_CASE("waiting tiles get freed slots round robin, and a closed mailbox tells those left STALE") {
  TestChip chip;
  const TileId to = chip.core(0);
  const Address mailbox = chip.mailbox(to, 1);
  REQUIRE(chip.ask(chip.core(1), mailbox) >= 0);
  chip.settle();
  for (std::size_t n : {3u, 0u, 2u}) REQUIRE(chip.ask(chip.core(n), mailbox) >= 0);
  chip.settle();
  std::vector<TileId> order;
  TileId holder = chip.core(1);
  for (int i = 0; i < 2; ++i) {
    REQUIRE(chip.send(holder, mailbox, 0) >= 0);
    chip.settle();
    chip.store(to, reg::kMailboxAdvance, 0);
    chip.settle();
    for (std::size_t n : {0u, 2u, 3u})
      if (chip.fabric.niu(chip.core(n)).credits(mailbox) != 0) holder = chip.core(n);
    order.push_back(holder);
  }
  CHECK(order == std::vector<TileId>{chip.core(2), chip.core(3)});
  chip.store(to, reg::kMailbox, 0);
  CHECK(chip.load(to, reg::kMailboxClose) == 0);
  chip.settle();
  const std::uint64_t event = chip.event(chip.core(0));
  CHECK(reg::event_kind(event) == CoreEvent::down);
  CHECK(reg::event_status(event) == static_cast<std::uint32_t>(Status::stale));
  CHECK(chip.load(chip.core(0), reg::kEventAddress) == mailbox.bits);
  // The credit that core 3 still holds leads nowhere, and says so.
  REQUIRE(chip.send(chip.core(3), mailbox, 0) >= 0);
  chip.settle();
  CHECK(reg::event_kind(chip.event(chip.core(3))) == CoreEvent::credit);
  CHECK(reg::event_status(chip.event(chip.core(3))) == static_cast<std::uint32_t>(Status::stale));
}

TEST_CASE("a static credit comes back when its message is freed; silently, unless a doorbell missed it") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  CHECK_FALSE(chip.fabric.grant_static(mailbox, from, 2));
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  chip.settle();
  chip.store(to, reg::kMailboxAdvance, 0);
  chip.settle();
  CHECK(chip.fabric.niu(from).credits(mailbox) == 1);
  CHECK(chip.event(from) == 0);

  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  CHECK(chip.send(from, mailbox, 0) == as_value(DoorbellError::no_credit));
  chip.settle();
  chip.store(to, reg::kMailboxAdvance, 0);
  chip.settle();
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);
  CHECK(chip.fabric.niu(from).credits(mailbox) == 1);
}

TEST_CASE("a request that waits for a slot is answered with the tile's own static credit") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  CHECK(chip.send(from, mailbox, 0) == as_value(DoorbellError::no_credit));
  REQUIRE(chip.ask(from, mailbox) >= 0);
  REQUIRE(chip.ask(from, mailbox) >= 0);  // joins the first
  chip.settle();
  chip.store(to, reg::kMailboxAdvance, 0);
  chip.settle();
  CHECK(reg::event_credits(chip.event(from)) == 1);
  CHECK(chip.event(from) == 0);
  CHECK(chip.recorder.count(EventKind::send) == 2);
  CHECK(chip.recorder.count(EventKind::reply) == 2);
  chip.fabric.check_invariants();
}

TEST_CASE("a tile with a static edge gets no credit of the pool on top") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 3);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  REQUIRE(chip.ask(from, mailbox) >= 0);  // its credit is here
  chip.settle();
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);  // try again, it says
  CHECK(chip.fabric.niu(from).credits(mailbox) == 1);
  REQUIRE(chip.send(from, mailbox, 0) >= 0);
  REQUIRE(chip.ask(from, mailbox) >= 0);  // its credit is in a message: the reply waits for that
  chip.settle();
  CHECK(chip.event(from) == 0);
  CHECK(chip.fabric.niu(from).credits(mailbox) == 0);
  chip.store(to, reg::kMailboxAdvance, 0);
  chip.settle();
  CHECK(reg::event_kind(chip.event(from)) == CoreEvent::credit);
  CHECK(chip.fabric.niu(from).credits(mailbox) == 1);
}

TEST_CASE("a tile that was just served waits behind the others when it asks again") {
  TestChip chip;
  const TileId to = chip.core(0), first = chip.core(1), second = chip.core(2);
  const Address mailbox = chip.mailbox(to, 1);
  for (TileId tile : {first, second}) REQUIRE(chip.ask(tile, mailbox) >= 0);
  chip.settle();
  std::vector<TileId> order;
  for (int i = 0; i < 6; ++i) {
    const TileId holder = chip.fabric.niu(first).credits(mailbox) != 0 ? first : second;
    order.push_back(holder);
    REQUIRE(chip.send(holder, mailbox, 0) >= 0);
    REQUIRE(chip.ask(holder, mailbox) >= 0);
    chip.settle();
    chip.store(to, reg::kMailboxAdvance, 0);
    chip.settle();
  }
  for (std::size_t i = 1; i < order.size(); ++i) CHECK(order[i] != order[i - 1]);
}

TEST_CASE("long and short messages of one sender to one mailbox arrive in the order of their doorbells") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(3);
  const Address mailbox = chip.mailbox(to, 16, 1024);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 16));
  // Long messages of another sender share the last link and hold up whoever is on their VC.
  const TileId other = chip.core(1);
  const Address crowded = chip.mailbox(to, 16, 1024, 1);
  REQUIRE(chip.fabric.grant_static(crowded, other, 16));
  for (std::uint32_t i = 0; i < 16; ++i) REQUIRE(chip.send(other, crowded, 1000) >= 0);
  for (std::uint32_t i = 0; i < 16; ++i) REQUIRE(chip.send(from, mailbox, i % 2 == 0 ? 1000 : 0, i) >= 0);
  chip.run_to(2000);
  chip.event(to);
  for (std::uint32_t i = 0; i < 16; ++i) CHECK((chip.memories.at(to).load64(0x40000 + i * 1024) >> 32) == i);
  std::uint32_t in_order = 0;
  for (const Event& e : chip.recorder.sorted())
    if (e.kind == EventKind::mailbox && e.b == mailbox.bits)
      in_order += e.a == packet_id(from, in_order + 1) ? 1 : 0;
  CHECK(in_order == 16);
}

TEST_CASE("a message longer than its slot is RANGE, and its credit is not lost") {
  TestChip chip;
  const TileId from = chip.core(0), to = chip.core(1);
  const Address mailbox = chip.mailbox(to, 1, 64);
  REQUIRE(chip.fabric.grant_static(mailbox, from, 1));
  REQUIRE(chip.send(from, mailbox, 49) >= 0);
  chip.settle();
  const std::uint64_t event = chip.event(from);
  CHECK(reg::event_kind(event) == CoreEvent::down);
  CHECK(reg::event_status(event) == static_cast<std::uint32_t>(Status::range));
  CHECK(chip.fabric.niu(from).credits(mailbox) == 1);
  CHECK(chip.send(from, mailbox, 48) >= 0);
  chip.settle();
  CHECK(chip.fabric.niu(to).occupied_slots() == 1);
}

}  // namespace
}  // namespace troupe::noc
