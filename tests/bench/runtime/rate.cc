// How fast one receiver takes 64-byte messages that others send as fast as they can.
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr std::uint32_t kSenders = 15;
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

// Where the senders are more than one receiver can serve: its mailbox is never empty.
actor sink(Inbox<Block, 64> in, Address<std::uint64_t> done) {
  std::uint64_t sum = 0, start = 0;
  std::uint32_t taken = 0, before = 0;
  while (taken < kSenders * kMessages) {
    if (start == 0 && taken >= kMessages) start = cycles(), before = taken;
    for (const Block& block : co_await in.batch()) {
      sum += block.number;
      ++taken;
    }
  }
  const std::uint64_t each = (cycles() - start) * 10 / (taken - before);
  co_await done.send(sum == std::uint64_t{kSenders} * kMessages * (kMessages - 1) / 2 ? each : 0);
}
TROUPE_BEHAVIOUR(sink);

actor rate(Inbox<std::uint64_t> in) {
  const auto to = co_await spawn<sink>(in.address(), on(1));
  for (std::uint32_t i = 0; i < kSenders; ++i) co_await spawn<source>(to, on(2 + i));
  const std::uint64_t each = co_await in.receive();
  if (each == 0) exit(1);
  print("runtime.receive_interval {}.{} cycles\n", each / 10, each % 10);
}
TROUPE_PROGRAM(rate, requires_cores(2 + kSenders));
