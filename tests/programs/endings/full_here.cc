// The same on one core, where messages do not go through the NIU.
#include "troupe.hpp"

using namespace troupe;

actor floods_back(Inbox<long, 1>, Address<long> other) {
  for (;;) co_await other.send(1);
}
TROUPE_BEHAVIOUR(floods_back);

actor full_here(Inbox<long, 1> in) {
  const Address<long> other = co_await spawn<floods_back>(in.address(), on(0));
  for (;;) co_await other.send(1);
}
TROUPE_PROGRAM(full_here, requires_cores(1));
