// Chameneos meet in pairs at a mall and change their colours. Stresses one hot mailbox with many senders.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef MEETINGS
#define MEETINGS 200'000
#endif
constexpr int kChameneos = 100;

enum class Colour : std::uint8_t { blue, red, yellow };

// The colour of one of `a` that met `b`: its own if both are alike, otherwise the third.
constexpr Colour complement(Colour a, Colour b) {
  return a == b ? a : static_cast<Colour>(3 - static_cast<int>(a) - static_cast<int>(b));
}

struct Meet {
  enum { meet, change, end } kind;  // between chameneos: meet, change; from the mall: meet, end
  Colour colour;
  Address<Meet> other;  // meet: who comes
};
struct Visit {
  Colour colour;
  bool leaves;  // after `meetings`
  int meetings;
  Address<Meet> visitor;
};

// A chameneos has one message under way and then waits for one, so there is always room for what the mall or
// a partner sends it: neither ever waits for somebody who waits for it.
actor creature(Inbox<Meet, 2> in, Colour colour, Address<Visit> mall) {
  for (int meetings = 0;;) {
    co_await mall.send({colour, false, 0, in.address()});
    const Meet m = co_await in.receive();
    if (m.kind == Meet::end) {
      co_await mall.send({colour, true, meetings, {}});
      co_return;
    }
    if (m.kind == Meet::meet) {
      colour = complement(colour, m.colour);
      co_await m.other.send({Meet::change, colour, {}});
    } else {
      colour = m.colour;
    }
    ++meetings;
  }
}
TROUPE_BEHAVIOUR(creature);

// The mall, on a core of its own. As the root it has 16 slots.
actor chameneos(Inbox<Visit> in) {
  for (int i = 0; i < kChameneos; ++i) {
    const auto core = 1 + i % (core_count() - 1);
    present(co_await spawn<creature>(static_cast<Colour>(i % 3), in.address(), on(core)));
  }
  Address<Meet> waiting;
  int pairs = 0, sum = 0;
  for (int left = kChameneos; left != 0;) {
    const Visit v = co_await in.receive();
    if (v.leaves) {
      sum += v.meetings;
      --left;
    } else if (pairs == MEETINGS) {
      co_await v.visitor.send({Meet::end, {}, {}});
    } else if (!waiting) {
      waiting = v.visitor;
    } else {
      co_await waiting.send({Meet::meet, v.colour, v.visitor});
      waiting = {};
      ++pairs;
    }
  }
  require(sum == 2 * MEETINGS, "the sum of meetings");
  print("{} pairs met, sum of meetings {}\n", pairs, sum);
}
TROUPE_PROGRAM(chameneos, requires_cores(16));
