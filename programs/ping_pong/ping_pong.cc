// Two actors on two cores pass a number to and fro. Teaches spawn, addresses in messages, send and receive.
#include "troupe.hpp"

using namespace troupe;

#ifndef ROUND_TRIPS
#define ROUND_TRIPS 1000
#endif

struct Ball {
  int count;
  Address<int> back_to;
};

actor pong(Inbox<Ball> in) {
  for (;;) {
    const Ball ball = co_await in.receive();
    if (ball.count < 0) co_return;
    co_await ball.back_to.send(ball.count + 1);
  }
}
TROUPE_BEHAVIOUR(pong);

actor ping_pong(Inbox<int> in) {
  const Address<Ball> other = co_await spawn<pong>(on(1));
  int count = 0;
  while (count < ROUND_TRIPS) {
    co_await other.send({count, in.address()});
    count = co_await in.receive();
  }
  co_await other.send({-1, {}});
  print("{} round trips\n", count);
}
TROUPE_PROGRAM(ping_pong, requires_cores(2));
