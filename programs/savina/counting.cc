// A producer sends increments to a counter, then asks it for the count. Stresses one mailbox with one sender.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef MESSAGES
#define MESSAGES 1'000'000
#endif

struct Request {
  bool increment;  // otherwise: answer
  Address<long> answer_to;
};

actor counter(Inbox<Request, 64> in) {
  for (long count = 0;;) {
    const Request request = co_await in.receive();
    if (!request.increment) {
      co_await request.answer_to.send(count);
      co_return;
    }
    ++count;
  }
}
TROUPE_BEHAVIOUR(counter);

actor counting(Inbox<long> in) {
  const Address<Request> to = present(co_await spawn<counter>(on(1)));
  for (int i = 0; i < MESSAGES; ++i) co_await to.send({true, {}});
  co_await to.send({false, in.address()});
  const long count = co_await in.receive();
  require(count == MESSAGES, "the count");
  print("counted to {}\n", count);
}
TROUPE_PROGRAM(counting, requires_cores(2));
