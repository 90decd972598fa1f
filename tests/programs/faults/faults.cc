// Actors that end in every way hardware can end them, near and on another core: those that monitor them or
// are linked to them learn why, and nobody else notices.
#include "troupe.hpp"

using namespace troupe;

enum Fault : int { kIllegal, kStore, kLoad, kOverflow, kBudget, kBudgetInRuntime, kFaults };

constexpr std::uint64_t kBudgetCycles = 3000;

__attribute__((noinline)) int deep(int n, volatile int* value) {
  volatile int frame[64];
  frame[n % 64] = *value;
  return n == 0 ? frame[1] : deep(n - 1, frame) + frame[n % 64];
}

__attribute__((noinline)) void spin() {
  for (volatile int i = 0;; i = i + 1) {
  }
}

task<> fail(int fault) {
  volatile int x = 3;
  switch (fault) {
    case kIllegal:
      asm volatile("unimp");
      break;
    case kStore:
      *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(x) + 0x7ffffffc) = 1;
      break;
    case kLoad:
      x = *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(x) + 0x8ffffffd);
      break;
    case kOverflow:
      x = deep(100000, &x);
      break;
    case kBudget:
      time_budget(kBudgetCycles);
      co_await yield();
      spin();
      break;
    default:
      time_budget(kBudgetCycles);
      co_await yield();
      for (;;) auto block = Buffer<long>::make();
  }
}

// Owns memory, a place in its mailbox and a task when it fails.
actor faulty(Inbox<int> in) {
  const auto kept = Buffer<int>::make();
  co_await fail(co_await in.receive());
}
TROUPE_BEHAVIOUR(faulty);

// Ends with the actor that it is linked to.
actor follower(Inbox<int> in, int core) {
  const auto leader = co_await spawn_link<faulty>(on(static_cast<std::uint32_t>(core)));
  co_await leader.send(kStore);
  co_await in.receive();
}
TROUPE_BEHAVIOUR(follower);

void tell(const char* what, int core, const ExitReason& reason) {
  print("{} on core {}: {}, code {}, pc {}, value {}\n", what, core, exit_kind_name(reason.kind), reason.code,
        reason.pc != 0 ? "known" : "none", reason.kind == ExitKind::stack_overflow ? 0 : reason.value);
}

actor root() {
  const char* const names[kFaults] = {"illegal instruction", "store", "load", "overflow", "budget", "runtime"};
  for (int core = 0; core < 2; ++core) {
    const on where{static_cast<std::uint32_t>(core)};
    for (int fault = 0; fault < kFaults; ++fault) {
      const auto child = co_await spawn_monitor<faulty>(where);
      co_await child.address.send(fault);
      const auto down = co_await next_down();
      tell(names[fault], core, down->reason);
      if (down->reference != child.reference) exit(7);
    }
    co_await spawn_monitor<follower>(1 - core, where);
    tell("linked", core, (co_await next_down())->reason);
  }
  print("goes on\n");
}
TROUPE_PROGRAM(root, requires_cores(2));
