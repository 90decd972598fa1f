// Time budgets that run out anywhere: in an actor's own code, in the runtime's, while it puts the actor to wait
// or makes another one. Nothing leaks, sleepers wake in time, and who stays within a budget notices nothing.
#include <riscv_vector.h>

#include <cstring>

#include "troupe.hpp"

using namespace troupe;

constexpr int kWorkers = 500, kTicks = 100;
constexpr std::uint64_t kTickCycles = 2000;

actor idler() {
  co_return;
}
TROUPE_BEHAVIOUR(idler);

actor sink(Inbox<std::uint64_t, 64, Overflow::drop_new> in) {
  for (;;) co_await in.receive();
}
TROUPE_BEHAVIOUR(sink);

// Does more and more in a turn, until its budget is over.
actor worker(Inbox<int> in, std::uint64_t budget, Address<std::uint64_t> to) {
  struct Block {
    char bytes[200];
  };
  time_budget(budget);
  for (int round = 0;; ++round) {
    co_await yield();
    auto kept = Buffer<Block>::make();
    for (int i = 0; i < round; ++i) {
      auto block = Buffer<Block>::make();
      std::memcpy(block.get(), kept.get(), sizeof(Block));
      co_await to.send(cycles());
      if (i % 8 == 0) co_await spawn<idler>(near(self()));
    }
    if (round % 4 == 0) co_await sleep_for(50);
  }
}
TROUPE_BEHAVIOUR(worker);

actor sleeper(Inbox<int> in, Address<int> report) {
  int late = 0;
  for (int tick = 0; tick < kTicks; ++tick) {
    const std::uint64_t begin = cycles();
    co_await sleep_for(kTickCycles);
    const std::uint64_t slept = cycles() - begin;
    if (slept < kTickCycles) exit(5);
    late += slept > 30 * kTickCycles;  // events are looked for after 16 turns
  }
  co_await report.send(late);
}
TROUPE_BEHAVIOUR(sleeper);

__attribute__((noinline)) std::uint64_t mixed(std::uint64_t seed, bool disturbed) {
  constexpr std::uint64_t kInterval = 37;
  vuint64m8_t sum = __riscv_vmv_v_x_u64m8(seed, 64);
  std::uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed ^ 11, f = seed ^ 13;
  double x = static_cast<double>(seed % 1000), y = 1.5;
  for (int i = 0; i < 20; ++i) {
    if (disturbed && i % 8 == 0) device::niu_store(device::niu::kTimer, cycles() + kInterval);
    sum = __riscv_vadd_vx_u64m8(__riscv_vmul_vx_u64m8(sum, 0x9e3779b97f4a7c15, 64), a, 64);
    a += b ^ (c << 3), b += c ^ (d >> 5), c += d ^ (e << 7), d += e ^ (f >> 3), e += f ^ (a << 1), f += a ^ b;
    x = x * y + 1, y = 1 / (1 + y);
  }
  const vuint64m1_t zero = __riscv_vmv_s_x_u64m1(0, 1);
  const vuint64m1_t all = __riscv_vredxor_vs_u64m8_u64m1(sum, zero, 64);
  return __riscv_vmv_x_s_u64m1_u64(all) ^ a ^ b ^ c ^ d ^ e ^ f ^ static_cast<std::uint64_t>(x * 1000);
}

// The timer interrupts it over and over, and its budget is never over.
actor steady(Inbox<int> in, Address<int> report) {
  int wrong = 0;
  time_budget(1'000'000);
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    co_await yield();
    wrong += mixed(seed, true) != mixed(seed, false);
  }
  co_await report.send(wrong);
}
TROUPE_BEHAVIOUR(steady);

actor root(Inbox<int> in) {
  const auto to = co_await spawn<sink>(near(self()));
  const auto work = [&](int n) {
    return spawn_monitor<worker>(150 + static_cast<std::uint64_t>(n) * 13 % 1700, to, near(self()));
  };
  // What the heap keeps in its lists for good is there after the first.
  for (int n = 0; n < 20; ++n) {
    co_await work(n);
    co_await next_down();
  }
  co_await sleep_for(100);
  const std::uint64_t used = device::runtime().bytes_used();
  const std::uint32_t live = device::runtime().live_actors();
  co_await spawn<sleeper>(in.address(), near(self()));
  co_await spawn<steady>(in.address(), near(self()));
  int exceeded = 0;
  for (int n = 0; n < kWorkers; ++n) {
    co_await work(n);
    exceeded += (co_await next_down())->reason.kind == ExitKind::time_budget;
  }
  const int first = co_await in.receive(), second = co_await in.receive();
  co_await sleep_for(100);
  print("{} of {} exceeded their budgets, {} wrong or late\n", exceeded, kWorkers, first + second);
  print("{} bytes more, {} actors more\n", device::runtime().bytes_used() - used,
        device::runtime().live_actors() - live);
}
TROUPE_PROGRAM(root, requires_cores(1));
