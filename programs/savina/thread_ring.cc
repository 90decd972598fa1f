// A token goes round a ring of actors and loses one at each hop. Stresses a chain of dispatches.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef HOPS
#define HOPS 100'000
#endif
constexpr int kActors = 100;

struct Hop {
  enum { link, token, end } kind;
  int value;              // token: hops left; end: actors that have not ended yet
  std::int64_t received;  // end: tokens that the ended ones have received
  Address<Hop> next;      // link: who comes next
};
struct Outcome {
  bool ended;           // the ring has, otherwise: the token reached 0
  int at;               // at this actor
  std::int64_t tokens;  // ended: received by all
};

// At most one message is under way once the ring is closed, so no mailbox fills up.
actor member(Inbox<Hop, 2> in, int index, Address<Outcome> root) {
  const Address<Hop> next = (co_await in.receive()).next;
  for (std::int64_t received = 0;;) {
    Hop hop = co_await in.receive();
    if (hop.kind == Hop::token) {
      ++received;
      if (hop.value > 0) {
        --hop.value;
      } else {
        co_await root.send({false, index, 0});
        hop.kind = Hop::end;
        hop.value = kActors;
      }
      co_await next.send(hop);
      continue;
    }
    hop.received += received;
    if (--hop.value == 0) {
      co_await root.send({true, index, hop.received});
    } else {
      co_await next.send(hop);
    }
    co_return;
  }
}
TROUPE_BEHAVIOUR(member);

actor thread_ring(Inbox<Outcome> in) {
  const auto first = present(co_await spawn<member>(0, in.address()));
  auto last = first;
  for (int i = 1; i < kActors; ++i) {
    const auto next = present(co_await spawn<member>(i, in.address()));
    co_await last.send({Hop::link, 0, 0, next});
    last = next;
  }
  co_await last.send({Hop::link, 0, 0, first});
  co_await first.send({Hop::token, HOPS, 0, {}});
  const Outcome zero = co_await in.receive();
  const Outcome ended = co_await in.receive();
  require(!zero.ended && zero.at == HOPS % kActors, "where the token ended");
  require(ended.ended && ended.tokens == HOPS + 1, "how many hops there were");
  print("the token ended at actor {} after {} hops\n", zero.at, ended.tokens - 1);
}
TROUPE_PROGRAM(thread_ring, requires_cores(8));
