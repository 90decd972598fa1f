// A bitonic sorting network as a pipeline: each step is an actor, through which the values flow in order. The
// step with distance d waits for d values, then exchanges each with the one d further on. Stresses a long
// pipeline.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef VALUES
#define VALUES 4'096
#endif
constexpr int kBlock = 64;  // values of a message
constexpr int kBlocks = VALUES / kBlock;
static_assert((VALUES & (VALUES - 1)) == 0 && kBlocks > 1);

using Block = std::array<std::uint32_t, kBlock>;

// Runs of `span` values become sorted, up and down in turn, after steps of distance span/2, span/4, .., 1.
struct Step {
  int span, distance;
};

// Both of a pair are in the block, the first of whose values has index `base`.
void exchange_within(Block& block, Step step, int base) {
  const int d = step.distance;
  for (int i = 0; i < kBlock; i += 2 * d) {
    const bool up = ((base + i) & step.span) == 0;
    for (int k = i; k < i + d; ++k) {
      const std::uint32_t low = block[k] < block[k + d] ? block[k] : block[k + d];
      const std::uint32_t high = block[k] < block[k + d] ? block[k + d] : block[k];
      block[k] = up ? low : high;
      block[k + d] = up ? high : low;
    }
  }
}
void exchange(Block& a, Block& b, bool up) {
  for (int k = 0; k < kBlock; ++k) {
    const std::uint32_t low = a[k] < b[k] ? a[k] : b[k];
    const std::uint32_t high = a[k] < b[k] ? b[k] : a[k];
    a[k] = up ? low : high;
    b[k] = up ? high : low;
  }
}

// Data flow one way only, so a full mailbox always empties.
actor step(Inbox<Block, 4> in, Step step, Address<Block> next) {
  if (step.distance < kBlock) {
    for (int b = 0; b < kBlocks; ++b) {
      Block block = co_await in.receive();
      exchange_within(block, step, b * kBlock);
      co_await next.send(block);
    }
    co_return;
  }
  const int apart = step.distance / kBlock;  // blocks between partners
  auto held = Buffer<std::array<Block, kBlocks / 2>>::make();
  require(static_cast<bool>(held), "no room for the values of a step");
  for (int first = 0; first < kBlocks; first += 2 * apart) {
    for (int b = 0; b < apart; ++b) (*held)[b] = co_await in.receive();
    const bool up = (first * kBlock & step.span) == 0;
    for (int b = 0; b < apart; ++b) {
      Block block = co_await in.receive();
      exchange((*held)[b], block, up);
      co_await next.send((*held)[b]);
      (*held)[b] = block;
    }
    for (int b = 0; b < apart; ++b) co_await next.send((*held)[b]);
  }
}
TROUPE_BEHAVIOUR(step);

std::uint32_t value(Random& random) {
  return random.next() >> 8;
}

actor source(Address<Block> next) {
  Random random(VALUES);
  Block block;
  for (int b = 0; b < kBlocks; ++b) {
    for (auto& v : block) v = value(random);
    co_await next.send(block);
  }
}
TROUPE_BEHAVIOUR(source);

// Of a set of values, whatever their order.
struct Fingerprint {
  std::uint64_t sum = 0, scrambled = 0;
  void add(std::uint32_t v) {
    sum += v;
    scrambled += Random(v).next();
  }
  bool operator==(const Fingerprint&) const = default;
};

actor bitonic_sort(Inbox<Block> in) {
  Address<Block> next = in.address();
  for (int span = VALUES; span >= 2; span /= 2) {
    for (int distance = 1; distance < span; distance *= 2)
      next = present(co_await spawn<step>(Step{span, distance}, next));
  }
  present(co_await spawn<source>(next));
  Fingerprint sorted, given;
  std::uint64_t hash = 0;
  std::uint32_t last = 0;
  for (int b = 0; b < kBlocks; ++b) {
    const Block block = co_await in.receive();
    for (const std::uint32_t v : block) {
      require(last <= v, "the order");
      last = v;
      hash = hash * 31 + v;
      sorted.add(v);
    }
  }
  Random random(VALUES);
  for (int i = 0; i < VALUES; ++i) given.add(value(random));
  require(sorted == given, "the values");
  print("{} values sorted, hash {:016x}\n", VALUES, hash);
}
TROUPE_PROGRAM(bitonic_sort, requires_cores(40));
