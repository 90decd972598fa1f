// 63 senders flood one slow mailbox without a bound: nothing may be lost, the order of each sender kept, and a
// pair of actors beside it talk as if it were not there.
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr std::uint32_t kCores = 64, kSinkCore = 27;
// Beside and behind the sink: what goes to it from the east of their row takes the pair's link.
constexpr std::uint32_t kPingCore = 35, kPongCore = 36;
constexpr std::uint32_t kSenders = 63, kMessages = 400;
constexpr int kRounds = 264, kFirst = 8;  // those before kFirst find no credits yet
constexpr std::uint64_t kPause = 1000;  // of the sink between two messages, while it is slow
constexpr std::uint32_t kSlow = 200;    // messages

struct Numbered {
  std::uint32_t sender, number;
  std::uint64_t rest[6];
};

// To the root: of a sender's end, of the pair's round trip, or of what the sink took.
struct Report {
  enum class Kind { sender, pair, sink } kind;
  std::uint64_t cycle, value, spilled;
};

}  // namespace

actor flooder(std::uint32_t sender, Address<Numbered> to, Address<Report> root) {
  for (std::uint32_t i = 0; i < kMessages; ++i) co_await to.send({sender, i, {}});
  co_await root.send({Report::Kind::sender, cycles(), 0, 0});
}
TROUPE_BEHAVIOUR(flooder);

// Says how many messages came once and in order.
actor sink(Inbox<Numbered, 8, Overflow::spill> in, Address<Report> root) {
  std::uint32_t next[kSenders] = {};
  std::uint64_t right = 0;
  for (std::uint32_t i = 0; i < kSenders * kMessages; ++i) {
    if (i < kSlow) co_await sleep_for(kPause);
    const Numbered m = co_await in.receive();
    right += m.number == next[m.sender]++;
  }
  co_await root.send({Report::Kind::sink, cycles(), right, in.spilled()});
}
TROUPE_BEHAVIOUR(sink);

actor ponger(Inbox<Address<std::uint64_t>> in) {
  for (;;) {
    const Address<std::uint64_t> back_to = co_await in.receive();
    if (!back_to) co_return;
    co_await back_to.send(0);
  }
}
TROUPE_BEHAVIOUR(ponger);

actor pinger(Inbox<std::uint64_t> in, Address<Report> root) {
  const auto other = co_await spawn<ponger>(on(kPongCore));
  std::uint64_t sum = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::uint64_t start = cycles();
    co_await other.send(in.address());
    co_await in.receive();
    if (i >= kFirst) sum += cycles() - start;
  }
  co_await other.send(Address<std::uint64_t>{});
  co_await root.send({Report::Kind::pair, cycles(), sum, 0});
}
TROUPE_BEHAVIOUR(pinger);

actor flood(Inbox<Report> in) {
  co_await spawn<pinger>(in.address(), on(kPingCore));
  const Report alone = co_await in.receive();

  const auto to = co_await spawn<sink>(in.address(), on(kSinkCore));
  std::uint32_t core = 0;
  for (std::uint32_t i = 0; i < kSenders; ++i, core = (core + 1) % kCores) {
    while (core == kSinkCore || core == kPingCore || core == kPongCore) ++core;
    co_await spawn<flooder>(i, to, in.address(), on(core));
  }
  co_await spawn<pinger>(in.address(), on(kPingCore));
  Report flooded{}, taken{};
  std::uint64_t first_end = kForever;
  for (std::uint32_t i = 0; i < kSenders + 2; ++i) {
    const Report report = co_await in.receive();
    if (report.kind == Report::Kind::pair) flooded = report;
    if (report.kind == Report::Kind::sink) taken = report;
    if (report.kind == Report::Kind::sender && report.cycle < first_end) first_end = report.cycle;
  }
  if (taken.value != kSenders * kMessages || taken.spilled == 0) exit(1);
  if (first_end < flooded.cycle) exit(2);  // the flood was over before the pair
  const std::uint64_t tenths = flooded.value > alone.value ? (flooded.value - alone.value) * 1000 / alone.value : 0;
  print("runtime.flood_spilled {} messages\n", taken.spilled);
  print("runtime.bystander_round_trip {} cycles\n", alone.value / (kRounds - kFirst));
  print("runtime.bystander_slowdown {}.{} percent\n", tenths / 10, tenths % 10);
}
TROUPE_PROGRAM(flood, requires_cores(64));
