// Two actors that each wait for the other to begin.
#include "troupe.hpp"

using namespace troupe;

actor left(Inbox<int> in, Address<int> out) {
  for (;;) co_await out.send(co_await in.receive());
}
TROUPE_BEHAVIOUR(left);

actor right(Inbox<int> in, Address<int> out) {
  for (;;) co_await out.send(co_await in.receive());
}
TROUPE_BEHAVIOUR(right);
