// A master sends messages to its workers in turn; each costs a little computing. Stresses one sender with
// many receivers.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef MESSAGES
#define MESSAGES 10'000
#endif
constexpr int kActors = 60;

// Sends only once everything has arrived, so the master never waits for one that waits for it.
actor worker(Inbox<double, 16> in, Address<int> master) {
  int done = 0;
  for (int i = 0; i < MESSAGES; ++i) done += compute(co_await in.receive());
  co_await master.send(done);
}
TROUPE_BEHAVIOUR(worker);

actor fork_join_throughput(Inbox<int> in) {
  Address<double> workers[kActors];
  for (auto& w : workers) w = present(co_await spawn<worker>(in.address()));
  for (int i = 0; i < MESSAGES; ++i) {
    for (const auto& w : workers) co_await w.send(37.2);
  }
  int done = 0;
  for (int i = 0; i < kActors; ++i) done += co_await in.receive();
  require(done == kActors * MESSAGES, "the number of messages");
  print("{} actors did {} messages\n", kActors, done);
}
TROUPE_PROGRAM(fork_join_throughput, requires_cores(16));
