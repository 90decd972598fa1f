// A ring of actors whose links change 1,000 times while tokens run round it. Addresses are capabilities: they
// travel in messages, a directory actor gives them out by name, and nobody else knows the ring. Teaches
// topologies that change at run time. At the end the ring's order is that of a plain list that had the same
// changes, and no token is lost.
#include "troupe.hpp"

using namespace troupe;

#ifndef SEED
#define SEED 1
#endif

namespace {

constexpr int kNodes = 16, kTokens = 4, kRewirings = 1000;
constexpr std::uint64_t kPause = 400;  // cycles that a token rests at each node

struct Node;
struct Message {
  enum class Kind : int { token, set_next, probe, stop } kind;
  int value;                 // token: hops so far; probe: the place in the ring
  Address<Message> next;     // set_next: the new one
  Address<int> answer_to;    // set_next: its acknowledgement; probe, stop: what the node is and has
};

// The directory: names to addresses.
struct Entry {
  enum class Kind : int { enter, look_up, stop } kind;
  int name;
  Address<Message> node;
  Address<Address<Message>> answer_to;
};

struct Random {
  std::uint64_t state;
  int below(int n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(n));
  }
};

}  // namespace

actor directory(Inbox<Entry, 8> in) {
  Address<Message> nodes[kNodes] = {};
  for (;;) {
    const Entry e = co_await in.receive();
    if (e.kind == Entry::Kind::stop) co_return;
    if (e.kind == Entry::Kind::enter) nodes[e.name] = e.node;
    co_await e.answer_to.send(nodes[e.name]);
  }
}
TROUPE_BEHAVIOUR(directory);

// Passes tokens on to whoever is next just now. kTokens + 2 slots: whatever runs round has room here, so that
// no node ever waits for another one.
actor node(Inbox<Message, kTokens + 2> in, int name) {
  Address<Message> next;
  int hops = 0;
  for (;;) {
    Message m = co_await in.receive();
    switch (m.kind) {
      case Message::Kind::set_next:
        next = m.next;
        co_await m.answer_to.send(0);
        break;
      case Message::Kind::token:
        ++hops;
        ++m.value;
        co_await sleep_for(kPause);
        co_await next.send(m);
        break;
      case Message::Kind::probe:
        co_await m.answer_to.send(name);
        if (m.value == kNodes) break;
        ++m.value;
        co_await next.send(m);
        break;
      case Message::Kind::stop:
        co_await m.answer_to.send(hops);
        co_return;
    }
  }
}
TROUPE_BEHAVIOUR(node);

// Looks names up for the root, whose own mailbox takes numbers.
actor linker(Inbox<Address<Message>> found, Address<Entry> names, int from, int to, Address<int> done) {
  co_await names.send({Entry::Kind::look_up, from, {}, found.address()});
  const auto node = co_await found.receive();
  co_await names.send({Entry::Kind::look_up, to, {}, found.address()});
  const auto next = co_await found.receive();
  co_await node.send({Message::Kind::set_next, 0, next, done});
}
TROUPE_BEHAVIOUR(linker);

actor enterer(Inbox<Address<Message>> found, Address<Entry> names, int name, Address<Message> node,
              Address<int> done) {
  co_await names.send({Entry::Kind::enter, name, node, found.address()});
  co_await found.receive();
  co_await done.send(0);
}
TROUPE_BEHAVIOUR(enterer);

actor rewire(Inbox<int, 8> in) {
  const auto names = co_await spawn<directory>(on(0));
  Address<Message> nodes[kNodes];
  int next[kNodes];
  for (int i = 0; i < kNodes; ++i) {
    nodes[i] = co_await spawn<node>(i);
    co_await spawn<enterer>(names, i, nodes[i], in.address());
    co_await in.receive();
    next[i] = (i + 1) % kNodes;
  }
  for (int i = 0; i < kNodes; ++i) {
    co_await spawn<linker>(names, i, next[i], in.address());
    co_await in.receive();
  }
  for (int i = 0; i < kTokens; ++i) co_await nodes[4 * i].send({Message::Kind::token, 0, {}, {}});

  // Takes a node out of its place and puts it behind another one: three links change, each of which leaves a
  // way on for every token.
  Random random{SEED};
  for (int done = 0; done < kRewirings;) {
    const int moved = random.below(kNodes), behind = random.below(kNodes);
    int before = 0;
    while (next[before] != moved) ++before;
    if (moved == behind || before == behind) continue;
    const int changes[3][2] = {{before, next[moved]}, {moved, next[behind]}, {behind, moved}};
    for (const auto& [from, to] : changes) {
      next[from] = to;
      co_await spawn<linker>(names, from, to, in.address());
      co_await in.receive();
    }
    ++done;
  }

  // A probe goes round and meets the nodes in the order of the list.
  bool same = true;
  co_await nodes[0].send({Message::Kind::probe, 1, {}, in.address()});
  for (int i = 0, name = 0; i < kNodes; ++i, name = next[name]) same &= co_await in.receive() == name;
  print("the ring has the list's order: {}\n", same);
  int checksum = 0;
  for (int i = 0, name = 0; i < kNodes; ++i, name = next[name]) checksum = (31 * checksum + name) % 1000003;
  print("after {} rewirings it is {}\n", kRewirings, checksum);

  // Each node stops with a token in it, or none.
  long hops = 0;
  for (int i = 0; i < kNodes; ++i) {
    co_await nodes[i].send({Message::Kind::stop, 0, {}, in.address()});
    hops += co_await in.receive();
  }
  print("tokens ran on all the while: {}\n", hops > 10 * kRewirings);
  co_await names.send({Entry::Kind::stop, 0, {}, {}});
}
TROUPE_PROGRAM(rewire, requires_cores(8));
