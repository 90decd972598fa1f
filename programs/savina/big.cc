// Every actor pings others at random, one after the other, and answers the pings of all. Stresses all-to-all
// traffic.
#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef PINGS
#define PINGS 20'000
#endif
constexpr int kActors = 120;

struct Note {
  enum { peer, ping, pong, end } kind;
  int sender;             // an index
  Address<Note> address;  // of the sender; peer: of that actor
};
struct Tally {
  std::int64_t pongs, answered;
};

// An actor has one ping under way, so that besides the peers at most 119 pings and a pong are on their way to
// a mailbox; only the root, for whom nobody waits yet, may find one full.
actor player(Inbox<Note, 128> in, int index, Address<Tally> sink) {
  Address<Note> peers[kActors];
  int known = 0;
  Random random(index);
  std::int64_t pongs = 0, answered = 0;
  bool awaits_pong = false;
  for (;;) {
    if (known == kActors && !awaits_pong && pongs < PINGS) {
      const int other = (index + 1 + random.below(kActors - 1)) % kActors;
      co_await peers[other].send({Note::ping, index, in.address()});
      awaits_pong = true;
    }
    const Note note = co_await in.receive();
    if (note.kind == Note::peer) {
      peers[note.sender] = note.address;
      ++known;
    } else if (note.kind == Note::ping) {
      co_await note.address.send({Note::pong, index, in.address()});
      ++answered;
    } else if (note.kind == Note::pong) {
      awaits_pong = false;
      if (++pongs == PINGS) co_await sink.send({pongs, 0});
    } else {
      co_await sink.send({0, answered});
      co_return;
    }
  }
}
TROUPE_BEHAVIOUR(player);

actor big(Inbox<Tally> in) {
  Address<Note> players[kActors];
  for (int i = 0; i < kActors; ++i) players[i] = present(co_await spawn<player>(i, in.address()));
  for (int i = 0; i < kActors; ++i) {
    for (const auto& p : players) co_await p.send({Note::peer, i, players[i]});
  }
  std::int64_t pongs = 0, answered = 0;
  for (int i = 0; i < kActors; ++i) pongs += (co_await in.receive()).pongs;
  for (const auto& p : players) co_await p.send({Note::end, 0, {}});
  for (int i = 0; i < kActors; ++i) answered += (co_await in.receive()).answered;
  require(pongs == std::int64_t{kActors} * PINGS && answered == pongs, "the number of pings");
  print("{} pings, {} answered\n", pongs, answered);
}
TROUPE_PROGRAM(big, requires_cores(40));
