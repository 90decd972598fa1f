// Looks at a borrowed message after it has given it back.
#include "troupe.hpp"

using namespace troupe;

actor sender(Inbox<int> in, Address<long> to) {
  co_await to.send(41);
}
TROUPE_BEHAVIOUR(sender);

actor root(Inbox<long> in) {
  co_await spawn<sender>(in.address(), on(1));
  const volatile long* kept = nullptr;
  {
    const auto message = co_await in.borrow();
    kept = &*message;
  }
  exit(*kept == 41 ? 0 : 1);
}
TROUPE_PROGRAM(root, requires_cores(2));
