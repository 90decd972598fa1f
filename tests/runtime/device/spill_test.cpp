// Laws of mailboxes without a bound: what does not fit into L1 goes through DRAM, and nobody can tell.
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "runtime/device/troupe.hpp"
#include "tests/environment.hpp"
#include "tests/runtime/device/fake_chip.hpp"

using namespace troupe;
using troupe::test::FakeChip;
using troupe::test::FakeParams;

namespace {

FakeChip* world = nullptr;

template <auto First, class Check>
void run(FakeParams params, Check check) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    params.seed = troupe::test::seed_or(1) + i;
    CAPTURE(params.seed);
    FakeChip chip(params);
    world = &chip;
    chip.start(&Behaviour<First>::entry, 4);
    check(chip);
  }
}

// A slot of it has 512 bytes, a page of DRAM so 128 of them.
struct Wide {
  int sender, number;
  std::byte rest[300];
};
constexpr int kSenders = 6, kMessages = 120;
template <std::uint32_t Slots>
using Unbounded = Inbox<Wide, Slots, Overflow::spill>;

actor wide_sender(int sender, int count, Address<Wide> to) {
  Wide message{};
  for (int i = 0; i < count; ++i) {
    message.sender = sender;
    message.number = i;
    message.rest[299] = static_cast<std::byte>(sender ^ i);
    if (sender % 2 == 0) {
      co_await to.send(message);
    } else {
      auto buffer = Buffer<Wide>::make();
      if (!buffer) device::fault("no memory for a buffer");
      *buffer = message;
      co_await to.send(std::move(buffer));
    }
    if (i % 8 == sender) co_await yield();
  }
}

struct Taken {
  std::vector<int> next = std::vector<int>(kSenders, 0);
  bool in_order = true;

  void take(const Wide& m) {
    in_order &= m.number == next[static_cast<std::size_t>(m.sender)]++;
    in_order &= m.rest[299] == static_cast<std::byte>(m.sender ^ m.number);
  }
  bool is_complete(int messages) const { return in_order && next == std::vector<int>(kSenders, messages); }
};

std::uint64_t spilled = 0, full = 0;
std::vector<std::uint64_t> used_after;

// Senders of its own core and of others; takes one message for each few turns of theirs.
template <std::uint32_t Slots>
actor slow_sink(Unbounded<Slots> in, Address<int> done) {
  for (int i = 0; i < kSenders; ++i)
    co_await spawn<wide_sender>(i, kMessages, in.address(), on(static_cast<std::uint32_t>(i) % 3));
  Taken taken;
  for (int i = 0; i < kSenders * kMessages; ++i) {
    for (int turns = i < 100 ? 40 : 0; turns != 0; --turns) co_await yield();
    taken.take(co_await in.receive());
  }
  spilled = in.spilled();
  full = in.spill_full();
  co_await done.send(taken.is_complete(kMessages));
}
template <std::uint32_t Slots>
actor floods(Inbox<int> in) {
  used_after.clear();
  for (int round = 0; round < 2; ++round) {
    co_await spawn<slow_sink<Slots>>(in.address(), on(1));
    print("{} ", co_await in.receive());
    co_await sleep_for(100'000);
    used_after.push_back(world->runtime(1).bytes_used());
  }
}

}  // namespace

TEST_CASE("an unbounded mailbox gives each sender's messages once and in order, through DRAM") {
  for (const std::uint32_t transactions : {1u, 2u, 16u}) {
    run<floods<1>>({.cores = 3, .transactions = transactions}, [](FakeChip& chip) {
      CHECK(chip.printed == "1 1 ");
      CHECK(spilled > 100);
      CHECK(full == 0);
      CHECK(used_after[0] == used_after[1]);
    });
    run<floods<8>>({.cores = 3, .transactions = transactions}, [](FakeChip& chip) {
      CHECK(chip.printed == "1 1 ");
      CHECK(spilled > 20);
    });
  }
}

TEST_CASE(
    "an unbounded mailbox holds its senders up where its core's part of DRAM is full, and loses nothing") {
  run<floods<2>>({.cores = 3, .spill_bytes = 64 * 1024}, [](FakeChip& chip) {
    CHECK(chip.printed == "1 1 ");
    CHECK(spilled > 100);
    CHECK(full > 0);
  });
  run<floods<2>>({.cores = 3, .spill_bytes = 0}, [](FakeChip& chip) {
    CHECK(chip.printed == "1 1 ");
    CHECK(spilled == 0);
    CHECK(full > 0);
  });
}

TEST_CASE("an unbounded mailbox goes through DRAM also where L1 is short, and waits for memory") {
  run<floods<4>>({.cores = 3, .heap_bytes = 36'000}, [](FakeChip& chip) {
    CHECK(chip.printed == "1 1 ");
    CHECK(used_after[0] == used_after[1]);
  });
}

namespace {

actor never_receives(Unbounded<1> in) {
  co_await in.receive();
  co_await sleep_for(1'000'000'000);
}
// Takes some, so that batches are under way when it is killed.
actor receives_some(Unbounded<1> in) {
  for (int i = 0; i < 40; ++i) co_await in.receive();
  co_await sleep_for(1'000'000'000);
}
template <int Core, auto Victim>
actor kills_sinks(Inbox<int> in) {
  used_after.clear();
  for (int round = 0; round < 6; ++round) {
    const Address<Wide> victim = co_await spawn<Victim>(on(Core));
    co_await spawn_monitor<wide_sender>(0, 200, victim, on(0));
    for (int turns = round * 37; turns != 0; --turns) co_await yield();
    if (round % 2 == 0) co_await next_down();
    kill(victim);
    if (round % 2 != 0) co_await next_down();
    co_await sleep_for(100'000);
    used_after.push_back(world->runtime(Core).bytes_used());
  }
  // All pages are there for another one.
  co_await spawn<slow_sink<2>>(in.address(), on(Core));
  print("{}", co_await in.receive());
}

}  // namespace

TEST_CASE("an unbounded mailbox whose actor is killed gives back its memory and its pages") {
  const auto check = [](FakeChip& chip) {
    CHECK(chip.printed == "1");
    CHECK(used_after == std::vector<std::uint64_t>(6, used_after[0]));
    CHECK(chip.runtime(1).live_actors() == 0);
  };
  const FakeParams params{.cores = 3, .transactions = 4, .spill_bytes = 256 * 1024};
  run<kills_sinks<0, never_receives>>(params, check);
  run<kills_sinks<1, never_receives>>(params, check);
  run<kills_sinks<0, receives_some>>(params, check);
  run<kills_sinks<1, receives_some>>(params, check);
}

namespace {

// The last message first, though all others lie before it, most of them in DRAM; then the others, then word
// of the sender's end.
template <int Core>
actor chooses(Unbounded<2> in, Address<int> done) {
  co_await spawn_monitor<wide_sender>(0, kMessages, in.address(), on(Core));
  const auto last = co_await in.receive_if([](const Wide& m) { return m.number == kMessages - 1; });
  bool right = last->number == kMessages - 1;
  for (int i = 0; i < kMessages - 1; ++i) {
    const auto next = co_await in.next();
    right &= next.message && next.message->number == i;
  }
  const auto next = co_await in.next();
  co_await done.send(right && next.down);
}
// Word of the end comes behind the messages, also of those in DRAM.
template <int Core>
actor hears(Unbounded<2> in, Address<int> done) {
  co_await spawn_monitor<wide_sender>(0, kMessages, in.address(), on(Core));
  co_await sleep_for(100'000);
  int messages = 0;
  for (;;) {
    const auto next = co_await in.next();
    if (next.down) break;
    messages += next.message->number == messages;
  }
  co_await done.send(messages);
}
template <int Core>
actor choosers(Inbox<int> in) {
  co_await spawn<chooses<Core>>(in.address(), on(0));
  print("{} ", co_await in.receive());
  co_await spawn<hears<Core>>(in.address(), on(0));
  print("{}", co_await in.receive());
}

}  // namespace

TEST_CASE("receives that choose, and words of ends, see messages in DRAM as any other") {
  const auto check = [](FakeChip& chip) { CHECK(chip.printed == "1 120"); };
  run<choosers<0>>({}, check);
  run<choosers<1>>({}, check);
}
