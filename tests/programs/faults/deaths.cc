// Actors on a core that dies (--kill 1,0@20000): their monitors and links learn of it, and a later spawn there
// fails or is told.
#include "troupe.hpp"

using namespace troupe;

actor idle(Inbox<int> in) {
  for (;;) co_await in.receive();
}
TROUPE_BEHAVIOUR(idle);

actor linked(Inbox<int> in) {
  co_await spawn_link<idle>(on(1));
  co_await in.receive();
}
TROUPE_BEHAVIOUR(linked);

actor root() {
  const auto far = co_await spawn_monitor<idle>(on(1));
  const auto near_one = co_await spawn_monitor<linked>(on(2));
  for (int i = 0; i < 2; ++i) {
    const auto down = co_await next_down();
    const char* name = down->reference == far.reference ? "far" : down->reference == near_one.reference ? "linked" : "?";
    print("{}: {}, code {}, pc {}\n", name, exit_kind_name(down->reason.kind), down->reason.code, down->reason.pc);
  }
  monitor(far.address);
  print("again: {}\n", exit_kind_name((co_await next_down())->reason.kind));
  const auto late = co_await spawn_monitor<idle>(on(1));
  print("spawn: {}\n", late.address ? exit_kind_name((co_await next_down())->reason.kind) : "refused");
}
TROUPE_PROGRAM(root, requires_cores(3));
