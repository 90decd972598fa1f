// Two actors that flood each other's mailbox of one slot and never read.
#include "troupe.hpp"

using namespace troupe;

actor flood(Inbox<long, 1>, Address<long> other) {
  for (;;) co_await other.send(1);
}
TROUPE_BEHAVIOUR(flood);
