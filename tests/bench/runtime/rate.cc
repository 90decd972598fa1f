// How fast one receiver takes 64-byte messages that others send as fast as they can.
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr std::uint32_t kSenders = 7;
constexpr int kMessages = 2000;

struct Block {
  std::uint64_t number, rest[7];
};
static_assert(sizeof(Block) == 64);

}  // namespace

actor source(Address<Block> to) {
  for (int i = 0; i < kMessages; ++i) co_await to.send({static_cast<std::uint64_t>(i), {}});
}
TROUPE_BEHAVIOUR(source);

actor rate(Inbox<Block, 64> in) {
  for (std::uint32_t i = 1; i <= kSenders; ++i) co_await spawn<source>(in.address(), on(i));
  std::uint64_t sum = 0, start = 0;
  std::uint32_t taken = 0, before = 0;
  while (taken < kSenders * kMessages) {
    if (start == 0 && taken >= kMessages) start = cycles(), before = taken;
    for (const Block& block : co_await in.batch()) {
      sum += block.number + block.rest[6];
      ++taken;
    }
  }
  const std::uint64_t each = (cycles() - start) * 10 / (taken - before);
  if (sum != std::uint64_t{kSenders} * kMessages * (kMessages - 1) / 2) exit(1);
  print("runtime.receive_interval {}.{} cycles\n", each / 10, each % 10);
}
TROUPE_PROGRAM(rate, requires_cores(8));
