// One core has a table that all others need. A multicast brings it to a rectangle of cores at once; beside it,
// the same by a write to each. Teaches multicast, and landing zones: static storage lies at the same address
// on every core, and a core sees what landed there when it has been told by a message.
#include "troupe.hpp"

using namespace troupe;

#ifndef FACTOR
#define FACTOR 3
#endif

namespace {

constexpr std::uint32_t kColumns = 4, kRows = 4, kCores = kColumns * kRows;

struct Table {
  std::uint64_t value[1024];
};
alignas(64) Table table;

struct Told {
  Address<std::uint64_t> answer_to;
};

}  // namespace

actor reader(Inbox<Told> in) {
  for (;;) {
    const Told told = co_await in.receive();
    if (!told.answer_to) co_return;
    std::uint64_t sum = 0;
    for (const std::uint64_t v : table.value) sum += v;
    co_await told.answer_to.send(sum);
  }
}
TROUPE_BEHAVIOUR(reader);

namespace {

void fill(std::uint64_t factor) {
  for (std::uint64_t i = 0; i < 1024; ++i) table.value[i] = factor * i;
}

task<bool> all_have_it(Inbox<std::uint64_t, 16>& in, std::span<const Address<Told>> readers) {
  std::uint64_t expected = 0;
  for (const std::uint64_t v : table.value) expected += v;
  co_await send_all(readers, Told{in.address()});
  bool right = true;
  for (std::size_t i = 0; i < readers.size(); ++i) right &= co_await in.receive() == expected;
  co_return right;
}

}  // namespace

actor broadcast(Inbox<std::uint64_t, 16> in) {
  Address<Told> readers[kCores - 1];
  for (std::uint32_t core = 1; core < kCores; ++core) readers[core - 1] = co_await spawn<reader>(on(core));
  const auto bytes = std::as_bytes(std::span(&table, 1));

  fill(FACTOR);
  std::uint64_t start = cycles();
  if (co_await multicast(on_core(0, &table), kColumns, kRows, bytes) != Status::ok) {
    print("this chip has no multicasts\n");
    exit(1);
  }
  const std::uint64_t multicast_cycles = cycles() - start;
  print("by multicast: {}\n", co_await all_have_it(in, readers));

  fill(FACTOR + 1);
  start = cycles();
  for (std::uint32_t core = 1; core < kCores; ++core) co_await write(on_core(core, &table), bytes);
  const std::uint64_t write_cycles = cycles() - start;
  print("by {} writes: {}\n", kCores - 1, co_await all_have_it(in, readers));
  print("the multicast took less than a fifth of the time: {}\n", 5 * multicast_cycles < write_cycles);
  print("the last value is {}\n", table.value[1023]);
  co_await send_all(std::span<const Address<Told>>(readers), Told{});
}
TROUPE_PROGRAM(broadcast, requires_cores(16));
