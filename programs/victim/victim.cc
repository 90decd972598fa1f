// Keeps two workers on other cores busy and survives the death of either: `troupe run --kill X,Y@cycle` kills
// a core from outside, and the sends to it report that.
#include "troupe.hpp"

using namespace troupe;

#ifndef MESSAGES
#define MESSAGES 1000
#endif

constexpr int kLast = -1;

actor worker(Inbox<int> in, Address<int> report) {
  int count = 0;
  while (co_await in.receive() != kLast) ++count;
  co_await report.send(count);
}
TROUPE_BEHAVIOUR(worker);

// Sends everything to the worker of one core, and the outcome to `report`: its count, or kLast.
actor driver(Inbox<int> in, std::uint32_t core, Address<int> report) {
  const Address<int> to = co_await spawn<worker>(in.address(), on(core));
  Status status = to ? Status::ok : Status::dead;
  for (int i = 0; i <= MESSAGES && status == Status::ok; ++i) {
    status = co_await to.send(i < MESSAGES ? i : kLast);
  }
  co_await report.send(status == Status::ok ? co_await in.receive() : kLast);
}
TROUPE_BEHAVIOUR(driver);

actor victim(Inbox<int> in) {
  int down = 0;
  for (std::uint32_t core = 1; core <= 2; ++core) co_await spawn<driver>(core, in.address(), near(self()));
  for (int i = 0; i < 2; ++i) {
    const int count = co_await in.receive();
    if (count == kLast) {
      ++down;
    } else {
      print("a worker took {} messages\n", count);
    }
  }
  print("{} workers down\n", down);
}
TROUPE_PROGRAM(victim, requires_cores(3));
