// A thousand crashes, of actors that own memory and wait in tasks, one after the other: the core has as much
// memory as before.
#include "troupe.hpp"

using namespace troupe;

constexpr int kWarm = 10, kCrashes = 1000;

struct Block {
  char bytes[300];
};

task<int> inner(volatile int* at) {
  *at = 1;
  co_return *at;
}
task<int> outer(std::uintptr_t at) {
  const auto block = Buffer<Block>::make();
  co_return co_await inner(reinterpret_cast<volatile int*>(at));
}

actor crasher(Inbox<std::uintptr_t> in) {
  const auto block = Buffer<Block>::make();
  auto* owned = new int[100];
  co_await in.receive();
  owned[0] = co_await outer(co_await in.receive());
}
TROUPE_BEHAVIOUR(crasher);

actor root() {
  std::uint64_t used = 0;
  int crashes = 0;
  for (int n = 0; n < kWarm + kCrashes; ++n) {
    if (n == kWarm) used = device::runtime().bytes_used();
    const auto child = co_await spawn_monitor<crasher>(near(self()));
    for (std::uintptr_t at = 16; at < 19; ++at) co_await child.address.send(at);  // one stays behind
    const auto down = co_await next_down();
    crashes += n >= kWarm && down->reason.kind == ExitKind::trap;
  }
  print("{} crashes, {} bytes more\n", crashes, device::runtime().bytes_used() - used);
}
TROUPE_PROGRAM(root, requires_cores(1));
