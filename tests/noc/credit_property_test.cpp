// Credits in hand under random traffic: small mailboxes of all policies that open and close, cores of any
// speed, few rows and ids, actors that die with a credit promised, cores that die. In each case no credit is
// lost or doubled, nobody waits for ever, and what was sent arrives once and in order. SEED=n starts there,
// SEEDS=n runs as many.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/base/rng.hpp"
#include "tests/environment.hpp"
#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Address;
using abi::Status;
using reg::DoorbellError;

ChipParams random_chip(Rng& rng) {
  ChipParams p = preset(rng.below(4) == 0 ? "xpu64" : "tiny");
  if (rng.below(3) == 0) {
    p.noc.topology = Topology::torus;
    p.noc.networks = {Routing::east_south, Routing::north_west};
    p.noc.virtual_channels = 6;  // each class has one before the dateline and one after it
    p.noc.multicast_channels = 2;
  }
  p.niu.credit_rows = rng.below(4) == 0 ? 64 : 1 + rng.below(3);
  p.niu.transactions = rng.below(3) == 0 ? 16 : 1 + rng.below(4);
  return p;
}

struct Totals {
  std::uint64_t sent = 0, received = 0, full = 0, given_back = 0, dropped = 0, refused = 0;
};

// The software of all cores: lines of messages to each mailbox, as the runtime keeps them.
class Traffic {
 public:
  explicit Traffic(std::uint64_t seed) : rng_(seed), params_(random_chip(rng_)), chip_(params_) {
    const std::size_t count = std::min<std::size_t>(params_.tiles_of(TileKind::core).size(), 6);
    for (std::size_t n = 0; n < count; ++n) {
      Core core;
      core.tile = chip_.core(params_.tiles_of(TileKind::core).size() == count ? n : 5 * n);
      core.turns = rng_.below(3) == 0 ? 0.002 + 0.01 * rng_.uniform() : 0.05 + 0.5 * rng_.uniform();
      if (params_.noc.networks.size() == 2) chip_.store(core.tile, reg::kNetwork, rng_.below(2));
      cores_.push_back(core);
    }
    for (std::uint32_t n = 0; n < cores_.size(); ++n)
      for (std::uint32_t slot = 0, slots = static_cast<std::uint32_t>(1 + rng_.below(3)); slot < slots;
           ++slot)
        open(n, slot);
  }

  void run(Cycle offering) {
    for (offering_ = true; chip_.now < offering;) step();
    offering_ = false;
    for (Core& core : cores_) core.turns = std::max(core.turns, 0.05);  // the slow ones catch up
    for (const Cycle limit = chip_.now + 400'000; waiting();) {
      REQUIRE_MESSAGE(chip_.now < limit, "cycle ", chip_.now, ": a message waits for ever");
      step();
    }
    for (const Cycle limit = chip_.now + 200'000; chip_.now < limit && lacking() != 0;) step();
    CHECK(lacking() == 0);
    for (const Event& e : chip_.recorder.events)
      totals.given_back += e.kind == EventKind::credit && e.tile == Address{e.b}.tile() ? e.c : 0;
    for (const Core& core : cores_) CHECK(chip_.fabric.niu(core.tile).credit_rows() <= rows_max());
  }
  Totals totals;

 private:
  struct Message {
    std::uint32_t from;
    Address to;
    std::uint64_t bytes;
    enum { waits, sent, received, failed } state = waits;
  };
  struct Inbox {
    Address address;
    std::uint32_t slots = 0;
    std::uint64_t base = 0;
    std::uint32_t next = 0, available = 0;
  };
  struct Core {
    TileId tile = 0;
    double turns = 0;  // chance of one per step
    bool dead = false;
    std::map<std::uint64_t, std::deque<std::uint32_t>> lines;  // by mailbox
    std::set<std::uint64_t> retry;                             // lines to look at when `ready` comes
    std::map<std::uint64_t, std::uint32_t> by_transaction;
    std::map<std::uint32_t, Inbox> inboxes;
  };

  std::uint64_t rows_max() const { return params_.niu.credit_rows + params_.niu.mailboxes; }

  void open(std::uint32_t n, std::uint32_t slot) {
    Core& core = cores_[n];
    const auto slots = static_cast<std::uint32_t>(1 + rng_.below(3));
    const std::uint64_t base = 0x40000 + slot * 0x8000;
    const auto policy = rng_.below(3) == 0 ? reg::MailboxPolicy::refuse : reg::MailboxPolicy::block;
    chip_.store(core.tile, reg::kMailbox, slot);
    chip_.store(core.tile, reg::kMailboxBase, base);
    chip_.store(core.tile, reg::kMailboxShape, reg::mailbox_shape(slots, 64, policy));
    REQUIRE(static_cast<std::int64_t>(chip_.load(core.tile, reg::kMailboxOpen)) > 0);
    const Address address = chip_.fabric.niu(core.tile).mailbox_address(slot);
    core.inboxes[slot] = {address, slots, base};
    known_.push_back(address);
  }

  void step() {
    chip_.run_to(chip_.now + 1 + rng_.below(12));
    chip_.fabric.check_invariants();
    for (std::uint32_t n = 0; n < cores_.size(); ++n)
      if (!cores_[n].dead && rng_.uniform() < cores_[n].turns) turn(n);
    if (offering_ && rng_.below(20'000) == 0) kill(static_cast<std::uint32_t>(rng_.below(cores_.size())));
  }

  void turn(std::uint32_t n) {
    Core& core = cores_[n];
    handle(n, chip_.event(core.tile));
    for (auto& [slot, inbox] : core.inboxes)
      if (inbox.available != 0 && rng_.below(2) == 0) receive(core, slot, inbox);
    if (!offering_) return;
    if (rng_.below(3) == 0) {
      const Address to = known_[rng_.below(2) == 0 ? known_.size() - 1 -
                                                         rng_.below(std::min<std::uint64_t>(known_.size(), 3))
                                                   : rng_.below(known_.size())];
      const std::uint64_t bytes = rng_.below(40) == 0 ? 100 : 8 * rng_.below(7);
      for (std::uint64_t i = 0, burst = 1 + rng_.below(4); i < burst; ++i) {
        messages_.push_back({.from = n, .to = to, .bytes = bytes});
        auto& line = core.lines[to.bits];
        line.push_back(static_cast<std::uint32_t>(messages_.size() - 1));
        if (line.size() == 1) attempt(n, to.bits);
      }
    }
    if (rng_.below(300) == 0) {
      const auto slot = static_cast<std::uint32_t>(rng_.below(core.inboxes.size()));
      chip_.store(core.tile, reg::kMailbox, slot);
      REQUIRE(chip_.load(core.tile, reg::kMailboxClose) == 0);
      open(n, slot);
    }
  }

  // Sends what it can of a line, and asks for a credit for the rest.
  void attempt(std::uint32_t n, std::uint64_t mailbox) {
    Core& core = cores_[n];
    auto& line = core.lines[mailbox];
    while (!line.empty()) {
      const Message& message = messages_[line.front()];
      const std::int64_t id = chip_.send(core.tile, message.to, message.bytes, line.front());
      if (id == as_value(DoorbellError::no_credit)) {
        ++totals.refused;
        if (chip_.ask(core.tile, message.to) == as_value(DoorbellError::busy)) core.retry.insert(mailbox);
        return;
      }
      if (id == as_value(DoorbellError::busy)) {
        core.retry.insert(mailbox);
        return;
      }
      REQUIRE(id >= 0);
      ++totals.sent;
      messages_[line.front()].state = Message::sent;
      core.by_transaction[static_cast<std::uint64_t>(id)] = line.front();
      line.pop_front();
    }
  }

  void handle(std::uint32_t n, std::uint64_t event) {
    Core& core = cores_[n];
    const std::uint64_t mailbox = chip_.load(core.tile, reg::kEventAddress);
    switch (reg::event_kind(event)) {
      case reg::EventKind::message:
        core.inboxes[reg::event_slot(event)].available += reg::event_count(event);
        return;
      case reg::EventKind::credit:
        if (rng_.below(20) == 0) {  // whoever waited is dead, and the credit not used
          totals.dropped += core.lines[mailbox].size();
          fail(core, mailbox, core.lines[mailbox].size());
        }
        return attempt(n, mailbox);
      case reg::EventKind::down:
        return down(n, mailbox, static_cast<Status>(reg::event_status(event)), reg::event_transaction(event));
      case reg::EventKind::ready:
        for (const std::uint64_t line : std::exchange(core.retry, {})) attempt(n, line);
        return;
      default:
        return;
    }
  }

  void down(std::uint32_t n, std::uint64_t mailbox, Status status, std::uint32_t transaction) {
    Core& core = cores_[n];
    if (transaction != reg::kCreditTransaction) {
      Message& message = messages_[core.by_transaction.at(transaction)];
      REQUIRE(message.to.bits == mailbox);
      REQUIRE((status == Status::stale || status == Status::dead ||
               (status == Status::range && message.bytes > 48)));
      REQUIRE(message.state == Message::sent);
      message.state = Message::failed;
      return;
    }
    auto& line = core.lines[mailbox];
    totals.full += status == Status::full ? 1 : 0;
    fail(core, mailbox, status == Status::full ? std::min<std::size_t>(1, line.size()) : line.size());
    attempt(n, mailbox);
  }

  void fail(Core& core, std::uint64_t mailbox, std::size_t count) {
    auto& line = core.lines[mailbox];
    for (; count != 0; --count, line.pop_front()) messages_[line.front()].state = Message::failed;
  }

  void receive(Core& core, std::uint32_t slot, Inbox& inbox) {
    const std::uint64_t at = inbox.base + inbox.next * 64;
    const auto number = static_cast<std::uint32_t>(chip_.memories.at(core.tile).load64(at) >> 32);
    Message& message = messages_.at(number);
    REQUIRE(message.to == inbox.address);
    REQUIRE(message.state == Message::sent);  // once
    message.state = Message::received;
    std::uint32_t& last = last_[{message.from, inbox.address.bits}];
    REQUIRE(number + 1 > last);  // in order
    last = number + 1;
    ++totals.received;
    inbox.next = (inbox.next + 1) % inbox.slots;
    --inbox.available;
    chip_.store(core.tile, reg::kMailboxAdvance, slot);
  }

  void kill(std::uint32_t n) {
    Core& core = cores_[n];
    chip_.fabric.niu(core.tile).kill(chip_.now);
    core.dead = true;
    for (auto& [mailbox, line] : core.lines) fail(core, mailbox, line.size());
  }

  bool waiting() const {
    for (const Core& core : cores_)
      for (const auto& [mailbox, line] : core.lines)
        if (!core.dead && !line.empty()) return true;
    return false;
  }
  // Messages that are under way to a mailbox that is still open. A dead core is not told of a longer one's
  // RANGE.
  std::uint64_t lacking() const {
    std::set<std::uint64_t> live;
    for (const Core& core : cores_)
      for (const auto& [slot, inbox] : core.inboxes)
        if (!core.dead) live.insert(inbox.address.bits);
    std::uint64_t count = 0;
    for (const Message& m : messages_)
      if (m.state == Message::sent && live.contains(m.to.bits) && !(m.bytes > 48 && cores_[m.from].dead))
        ++count;
    return count;
  }

  Rng rng_;
  ChipParams params_;
  TestChip chip_;
  std::vector<Core> cores_;
  std::vector<Address> known_;
  std::vector<Message> messages_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> last_;
  bool offering_ = true;
};

TEST_CASE("no credit is lost or doubled and nobody waits for ever, whoever sends, closes or dies") {
  const std::uint64_t first = test::seed_or(1), count = test::number_from("SEEDS", 6);
  Totals sum;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    INFO("SEED=" << seed);
    Traffic traffic(seed);
    traffic.run(15'000);
    const Totals& t = traffic.totals;
    sum = {sum.sent + t.sent,       sum.received + t.received,
           sum.full + t.full,       sum.given_back + t.given_back,
           sum.dropped + t.dropped, sum.refused + t.refused};
  }
  fmt::print(
      "seeds {} to {}: {} sent, {} received, {} doorbells without a credit, {} full, {} credits given back, "
      "{} dropped\n",
      first, first + count - 1, sum.sent, sum.received, sum.refused, sum.full, sum.given_back, sum.dropped);
  CHECK(sum.received > 50 * count);
  CHECK(sum.given_back > 10 * count);
  CHECK(sum.full != 0);
}

}  // namespace
}  // namespace troupe::noc
