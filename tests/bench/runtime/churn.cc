// Many spawns and exits leave nothing behind. Waves of actors on all cores of the lease answer, and end; what a
// heap holds and which mailbox slots come out of a spawn is the same before and after.
#include "troupe.hpp"

using namespace troupe;

#ifndef CHURN_SPAWNS
#define CHURN_SPAWNS 10000
#endif

namespace {

constexpr std::uint32_t kCores = 8;
constexpr std::uint32_t kWave = 40;  // actors alive at a time, on each core
constexpr std::uint64_t kSpawns = CHURN_SPAWNS;

// Of one core, when nobody else lives there.
struct State {
  std::uint64_t heap_used, slot;
};

}  // namespace

// Answers, and ends without having received all that it could.
actor mayfly(Inbox<std::uint64_t, 2> in, Address<std::uint64_t> parent) {
  co_await parent.send(co_await in.receive());
}
TROUPE_BEHAVIOUR(mayfly);

// Spawns its part on its own core and on the next one. Its peers' mailboxes are new each time, and so are the rows
// that the NIUs have for them.
actor breeder(Inbox<std::uint64_t, 8> in, std::uint64_t spawns, Address<State> root) {
  for (std::uint64_t done = 0; done < spawns; done += kWave) {
    std::uint64_t expected = 0, sum = 0;
    for (std::uint32_t i = 0; i < kWave; ++i) {
      const std::uint32_t core = i % 4 == 0 ? (core_index() + 1) % kCores : core_index();
      const auto child = co_await spawn<mayfly>(in.address(), on(core));
      if (!child) exit(1);
      co_await child.send(done + i);
      expected += done + i;
      if (i % 4 == 3)
        for (int answers = 0; answers < 4; ++answers) sum += co_await in.receive();
    }
    if (sum != expected) exit(2);
  }
  co_await root.send(State{});
}
TROUPE_BEHAVIOUR(breeder);

// The only actor on its core, but for the root on core 0.
actor inspector(Inbox<std::uint64_t, 1> in, Address<State> root) {
  co_await sleep_for(20'000);  // for those that have answered and not ended
  const auto& r = device::runtime();
  co_await root.send({r.bytes_used(), in.address().raw.slot()});
}
TROUPE_BEHAVIOUR(inspector);

namespace {

task<> breed(Inbox<State, 16>& in, std::uint64_t spawns) {
  for (std::uint32_t core = 0; core < kCores; ++core)
    co_await spawn<breeder>(spawns / kCores, in.address(), on(core));
  for (std::uint32_t core = 0; core < kCores; ++core) co_await in.receive();
}
task<State> inspect(Inbox<State, 16>& in, std::uint32_t core) {
  co_await spawn<inspector>(in.address(), on(core));
  co_return co_await in.receive();
}

}  // namespace

actor churn(Inbox<State, 16> in) {
  // What is made once and stays is there after the first waves.
  co_await breed(in, kCores * kWave * 2);
  State before[kCores], after[kCores];
  for (std::uint32_t core = 0; core < kCores; ++core) before[core] = co_await inspect(in, core);
  const std::uint64_t start = cycles();
  co_await breed(in, kSpawns);
  const std::uint64_t took = cycles() - start;
  std::uint32_t same = 0;
  for (std::uint32_t core = 0; core < kCores; ++core) {
    after[core] = co_await inspect(in, core);
    same += before[core].heap_used == after[core].heap_used;
    if (after[core].slot >= abi::kFirstActorSlot + 3 * kWave) exit(3);
  }
  print("runtime.churn_spawns {} spawns\n", kSpawns);
  print("runtime.churn_interval {} cycles\n", took / kSpawns);
  print("runtime.churn_heap_before {} bytes\n", before[1].heap_used);
  print("runtime.churn_heap_after {} bytes\n", after[1].heap_used);
  print("runtime.churn_leaking_cores {} cores\n", kCores - same);
  if (same != kCores) exit(4);
}
TROUPE_PROGRAM(churn, requires_cores(8));
