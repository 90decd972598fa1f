// Laws of the on-core runtime: order, delivery, waiting, spawning, the end of actors.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "runtime/device/troupe.hpp"
#include "tests/environment.hpp"
#include "tests/runtime/device/fake_chip.hpp"

using namespace troupe;
using troupe::test::FakeChip;
using troupe::test::FakeParams;

namespace {

FakeChip* world = nullptr;

std::uint64_t seed() {
  return troupe::test::seed_or(1);
}

// Runs `first` on a fake chip for several orders of events; `check` looks at the end.
template <auto First, class Check>
void run(FakeParams params, std::uint32_t slots, Check check, std::vector<abi::BootArgument> arguments = {}) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    params.seed = seed() + i;
    CAPTURE(params.seed);
    FakeChip chip(params);
    world = &chip;
    chip.start(&Behaviour<First>::entry, slots, arguments);
    check(chip);
  }
}

std::uint32_t live(FakeChip& chip, std::uint32_t cores) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < cores; ++i) sum += chip.runtime(i).live_actors();
  return sum;
}

struct Ball {
  int count;
  Address<int> back_to;
};
actor pong(Inbox<Ball> in) {
  for (;;) {
    const Ball ball = co_await in.receive();
    if (ball.count < 0) co_return;
    co_await ball.back_to.send(ball.count + 1);
  }
}
actor ping(Inbox<int> in) {
  const Address<Ball> other = co_await spawn<pong>(on(1));
  int count = 0;
  while (count < 100) {
    co_await other.send({count, in.address()});
    count = co_await in.receive();
  }
  co_await other.send({-1, {}});
  print("{} round trips", count);
}

actor fib(Inbox<long, 2> in, int n, Address<long> parent) {
  long result = n;
  if (n >= 2) {
    for (int smaller = n - 2; smaller < n; ++smaller) {
      if (!co_await spawn<fib>(smaller, in.address())) device::fault("no room for fib");
    }
    result = co_await in.receive();
    result += co_await in.receive();
  }
  co_await parent.send(result);
}
std::vector<std::uint64_t> used_after;
// The tree twice, and what each core's heap holds once it is gone.
actor fib_twice(Inbox<long> in) {
  used_after.clear();
  for (int round = 0; round < 2; ++round) {
    co_await spawn<fib>(12, in.address());
    print("{} ", co_await in.receive());
    while (live(*world, 3) != 1) co_await yield();
    for (std::uint32_t i = 0; i < 3; ++i) used_after.push_back(world->runtime(i).bytes_used());
  }
}

struct Numbered {
  int sender, number;
};
constexpr int kSenders = 6, kMessages = 40;
std::vector<int> next_number;
actor count_up(int sender, Address<Numbered> to) {
  for (int i = 0; i < kMessages; ++i) co_await to.send({sender, i});
}
actor narrow_sink(Inbox<Numbered, 1> in, Address<int> done) {
  next_number.assign(kSenders, 0);
  bool in_order = true;
  for (int i = 0; i < kSenders * kMessages; ++i) {
    const Numbered m = co_await in.receive();
    in_order &= m.number == next_number[static_cast<std::size_t>(m.sender)]++;
  }
  co_await done.send(in_order);
}
actor flood(Inbox<int> in) {
  const auto sink = co_await spawn<narrow_sink>(in.address(), on(1));
  for (int i = 0; i < kSenders; ++i) co_await spawn<count_up>(i, sink, any);
  print("{}", co_await in.receive());
}

}  // namespace

TEST_CASE("two actors on two cores pass a message to and fro as often as they say") {
  run<ping>({.cores = 2}, 4, [](FakeChip& chip) {
    CHECK(chip.printed == "100 round trips");
    CHECK(live(chip, 2) == 0);
  });
}

TEST_CASE("a tree of spawns over three cores gives its sum and leaves nothing on any heap") {
  run<fib_twice>({.cores = 3, .transactions = 3}, 4, [](FakeChip& chip) {
    CHECK(chip.printed == "144 144 ");
    REQUIRE(used_after.size() == 6);
    for (std::size_t core = 0; core < 3; ++core) CHECK(used_after[core] == used_after[3 + core]);
    CHECK(chip.refused_busy > 0);
    CHECK(chip.refused_credit > 0);
  });
}

TEST_CASE("messages of each sender arrive once and in order through a mailbox of one slot") {
  for (const std::uint32_t transactions : {1u, 2u, 16u}) {
    run<flood>({.cores = 3, .transactions = transactions}, 4, [](FakeChip& chip) {
      CHECK(chip.printed == "1");
      CHECK(next_number == std::vector<int>(kSenders, kMessages));
      CHECK(live(chip, 3) == 0);
    });
  }
}

namespace {

actor mayfly(Inbox<int, 1>) {
  co_return;
}
// Sends until it learns that nobody is there.
actor to_the_dead() {
  const Address<int> gone = co_await spawn<mayfly>(on(1));
  int sent = 0;
  Status status = Status::ok;
  while (status == Status::ok && sent < 100) {
    status = co_await gone.send(sent++);
    co_await yield();
  }
  print("{}", status == Status::stale ? "stale" : "?");
}

actor silent(Inbox<int, 2> in) {
  co_await in.receive();
  for (;;) co_await yield();
}
actor to_the_killed() {
  const Address<int> victim = co_await spawn<silent>(on(1));
  co_await victim.send(0);
  for (int i = 0; i < 200; ++i) co_await yield();
  world->kill(1);
  Status status = Status::ok;
  for (int i = 0; i < 10 && status == Status::ok; ++i) {
    status = co_await victim.send(i);
    for (int j = 0; j < 200; ++j) co_await yield();
  }
  print("{} {}", status == Status::dead ? "dead" : "?", static_cast<bool>(co_await spawn<mayfly>(on(1))));
}

}  // namespace

TEST_CASE("a send to an actor that ended reports stale, and never hangs") {
  run<to_the_dead>({.cores = 2}, 0, [](FakeChip& chip) {
    CHECK(chip.printed == "stale");
    CHECK(chip.runtime(0).down_count() > 0);
    CHECK(live(chip, 2) == 0);
  });
}

TEST_CASE("a send to a killed core reports dead, and a spawn there fails") {
  run<to_the_killed>({.cores = 2}, 0, [](FakeChip& chip) {
    CHECK(chip.printed == "dead false");
    CHECK(chip.runtime(0).live_actors() == 0);
  });
}

namespace {

struct Big {
  int value;
  std::byte rest[5000];
};
actor keeper(Inbox<Big, 3> in, Address<int> done) {
  int sum = 0;
  {
    auto first = co_await in.borrow();
    auto second = co_await in.borrow();
    {
      auto third = co_await in.borrow();
      sum = first->value + 10 * second->value + 100 * third->value;
    }  // released before the older two
  }
  for (int i = 0; i < 3; ++i) sum += (co_await in.borrow())->value * 1000;
  co_await done.send(sum);
}
actor giver(Inbox<int> in) {
  const auto to = co_await spawn<keeper>(in.address(), on(1));
  for (int i = 1; i <= 6; ++i) {
    auto big = Buffer<Big>::make();
    big->value = i;
    co_await to.send(std::move(big));
    if (big) device::fault("the sender still has it");
  }
  print("{}", co_await in.receive());
}

task<int> receive_two(Inbox<int>& in) {
  const int first = co_await in.receive();
  co_return 10 * first + co_await in.receive();
}
actor say(int n, Address<int> to) {
  co_await to.send(n);
}
actor asks_by_task(Inbox<int> in) {
  co_await spawn<say>(4, in.address(), near(self()));
  co_await spawn<say>(2, in.address(), near(self()));
  print("{}", co_await receive_two(in));
}

}  // namespace

TEST_CASE("borrowed messages may be released in any order, and moved buffers leave their sender") {
  run<giver>({.cores = 2}, 4, [](FakeChip& chip) { CHECK(chip.printed == std::to_string(321 + 15000)); });
}

TEST_CASE("a behaviour may wait inside a task that it awaits") {
  run<asks_by_task>({.cores = 1}, 4, [](FakeChip& chip) { CHECK(chip.printed == "42"); });
}

namespace {

actor reads(Data<int> data, Data<int> counter) {
  static std::vector<int> values;
  values.assign(50'000, 0);
  print("{} ", co_await data.read(0, values) == Status::ok);
  long sum = 0;
  for (const int v : values) sum += v;
  print("{} ", sum);
  print("{} ", co_await data.read(1, values) == Status::range);
  const int seven = 7;
  co_await counter.write(1, std::span(&seven, 1));
  int back[2] = {};
  co_await counter.read(0, back);
  print("{} ", back[1]);
  const std::uint64_t before = co_await atomic_add(world->dram(), 5);
  print("{} {}", before, co_await atomic_add(world->dram(), 0));
}

}  // namespace

TEST_CASE("a read longer than a packet arrives whole, a read past the end is refused") {
  run<reads>(
      {.cores = 1, .transactions = 4}, 0,
      [](FakeChip& chip) {
        CHECK(chip.printed == "true 0 true 7 30064771072 30064771077");
        CHECK(chip.refused_busy > 0);
      },
      {{abi::ArgumentKind::segment, 0, abi::Location::make(0, FakeChip::kDramTile, 4096).bits, 200'000},
       {abi::ArgumentKind::segment, 0, abi::Location::make(0, FakeChip::kDramTile, 0).bits, 8}});
}

TEST_CASE("arguments of a graph reach the parameters they stand for") {
  static std::string seen;
  struct Local {
    static actor takes(Inbox<int>, std::uint8_t a, double b, float c, Address<int> d, Data<int> e) {
      seen = std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c) + " " +
             std::to_string(d.raw.bits) + " " + std::to_string(e.size());
      co_return;
    }
  };
  CHECK(std::string(Behaviour<&Local::takes>::Shape::kSignature) == "inrrad");
  CHECK(Behaviour<&Local::takes>::Mailbox::kMessageBytes == 4);
  using enum abi::ArgumentKind;
  FakeChip chip({.cores = 1});
  chip.start(&Behaviour<&Local::takes>::entry, 1,
             {{inbox, 0, 0, 0},
              {integer, 0, 7, 0},
              {real, 0, std::bit_cast<std::uint64_t>(0.5), 0},
              {real, 0, std::bit_cast<std::uint64_t>(-2.0), 0},
              {address, 0, 99, 0},
              {segment, 0, 0x1000, 40}});
  CHECK(seen == "7 0.500000 -2.000000 99 10");
}

namespace {

std::uint32_t spawned = 0;
actor hermit(Inbox<int, 1> in) {
  co_await in.receive();
}
// Fills core `where` until a spawn fails.
template <int Where>
actor crowd() {
  spawned = 0;
  while (co_await spawn<hermit>(on(Where))) ++spawned;
  print("full");
}
actor hermits_of_64(Inbox<int> in) {
  for (int i = 0; i < 64; ++i) co_await spawn<hermit>(near(self()));
  co_await in.receive();
}

}  // namespace

TEST_CASE("a spawn reports failure when memory or mailboxes run out, here and on another core") {
  run<crowd<0>>({.cores = 2, .heap_bytes = 60'000}, 0, [](FakeChip& chip) {
    CHECK(chip.printed == "full");
    CHECK(spawned > 100);
    CHECK(chip.runtime(0).live_actors() == spawned);
  });
  run<crowd<1>>({.cores = 2, .heap_bytes = 60'000}, 0, [](FakeChip& chip) {
    CHECK(chip.printed == "full");
    CHECK(chip.runtime(1).live_actors() == spawned);
  });
  run<crowd<1>>({.cores = 2, .mailboxes = 34}, 0, [](FakeChip& chip) {
    CHECK(chip.printed == "full");
    CHECK(spawned == 32);
    CHECK(chip.runtime(1).live_actors() == 32);
  });
}

TEST_CASE("an idle actor costs at most 256 bytes beside its ring") {
  std::uint64_t fixed;
  {
    FakeChip chip({.cores = 1});
    chip.start(&Behaviour<&mayfly>::entry, 1);
    fixed = chip.runtime(0).bytes_used();
  }
  FakeChip chip({.cores = 1});
  chip.start(&Behaviour<&hermits_of_64>::entry, 4);
  const std::uint64_t with_64 = chip.runtime(0).bytes_used();
  CHECK(chip.runtime(0).live_actors() == 65);
  CHECK((with_64 - fixed - 64 * 64) / 65 <= 256);
}

TEST_CASE("the root's return ends the program with exit code 0") {
  FakeChip chip({.cores = 2});
  chip.start(&Behaviour<&ping>::entry, 4, {}, true);
  REQUIRE(chip.exit_code.has_value());
  CHECK(*chip.exit_code == 0);
}
