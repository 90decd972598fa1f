// Creates an actor for each piece of work, which ends with it. Stresses the creation and end of actors.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef ACTORS
#define ACTORS 40'000
#endif

// Its last message may wait for room; the master takes what has come after each spawn, so it does not for
// long.
actor worker(Inbox<double, 1> in, Address<bool> master) {
  const bool done = compute(co_await in.receive());
  co_await master.send(done);
}
TROUPE_BEHAVIOUR(worker);

actor fork_join_create(Inbox<bool> in) {
  int created = 0, ended = 0;
  while (created < ACTORS) {
    const auto to = present(co_await spawn<worker>(in.address()));
    co_await to.send(37.2);
    ++created;
    while (in.ready()) ended += co_await in.receive();
  }
  while (ended < created) {
    require(co_await in.receive(), "what an actor computed");
    ++ended;
  }
  print("{} actors created, {} ended\n", created, ended);
}
TROUPE_PROGRAM(fork_join_create, requires_cores(16));
