// A spawned actor stores to address 16, which faults.
#include "troupe.hpp"

using namespace troupe;

actor crasher(Inbox<long> in) {
  const long address = co_await in.receive();
  *reinterpret_cast<volatile int*>(address) = 1;
}
TROUPE_BEHAVIOUR(crasher);

actor root(Inbox<int> in) {
  const auto child = co_await spawn<crasher>(on(1));
  co_await child.send(16);
  co_await in.receive();
}
TROUPE_PROGRAM(root, requires_cores(2));
