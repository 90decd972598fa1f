// Philosophers ask an arbitrator for both forks beside them; it grants or denies, and who was denied asks
// again. Stresses one mailbox with short requests and answers.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef MEALS
#define MEALS 10'000
#endif
constexpr int kPhilosophers = 20;

struct Request {
  enum { hungry, done, leaving } kind;
  int seat;
  int meals;                  // leaving: eaten
  Address<bool> philosopher;  // hungry: takes the answer
};

// After `hungry` a philosopher waits for the answer, so the arbitrator's sends always find room.
actor philosopher(Inbox<bool, 1> in, int seat, Address<Request> arbitrator) {
  int meals = 0;
  while (meals < MEALS) {
    co_await arbitrator.send({Request::hungry, seat, 0, in.address()});
    if (!co_await in.receive()) continue;
    ++meals;
    co_await arbitrator.send({Request::done, seat, 0, {}});
  }
  co_await arbitrator.send({Request::leaving, seat, meals, {}});
}
TROUPE_BEHAVIOUR(philosopher);

actor philosophers(Inbox<Request> in) {
  for (int seat = 0; seat < kPhilosophers; ++seat) {
    const auto core = 1 + seat % (core_count() - 1);
    present(co_await spawn<philosopher>(seat, in.address(), on(core)));
  }
  std::array<int, kPhilosophers> used = {};  // by fork: how many eat with it
  int meals = 0;
  for (int left = kPhilosophers; left != 0;) {
    const Request r = co_await in.receive();
    int& fork = used[r.seat];
    int& other = used[(r.seat + 1) % kPhilosophers];
    if (r.kind == Request::hungry) {
      const bool granted = fork == 0 && other == 0;
      fork += granted;
      other += granted;
      co_await r.philosopher.send(granted);
    } else if (r.kind == Request::done) {
      --fork;
      --other;
    } else {
      meals += r.meals;
      --left;
    }
  }
  for (const int n : used) require(n == 0, "a fork is still in use");
  require(meals == kPhilosophers * MEALS, "the number of meals");
  print("{} philosophers had {} meals\n", kPhilosophers, meals);
}
TROUPE_PROGRAM(philosophers, requires_cores(6));
