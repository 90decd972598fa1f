// What sends, dispatches and spawns cost, in cycles of the chip. Prints one figure a line.
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr int kRounds = 64;

// The median of what was measured, so that a first round with cold credits does not count.
struct Samples {
  std::uint64_t value[kRounds];
  int count = 0;

  void add(std::uint64_t v) { value[count++] = v; }
  std::uint64_t median() {
    for (int i = 1; i < count; ++i)
      for (int j = i; j > 0 && value[j] < value[j - 1]; --j) std::swap(value[j], value[j - 1]);
    return value[count / 2];
  }
};

struct Stamp {
  std::uint64_t sent;
  Address<std::uint64_t> back_to;
  std::uint64_t padding[2];
};
static_assert(sizeof(Stamp) == 32);

}  // namespace

// Answers with the time from the send to its first instruction; 0 ends it.
actor stamped(Inbox<Stamp> in) {
  for (;;) {
    const Stamp stamp = co_await in.receive();
    const std::uint64_t now = cycles();
    if (stamp.sent == 0) co_return;
    co_await stamp.back_to.send(now - stamp.sent);
  }
}
TROUPE_BEHAVIOUR(stamped);

actor quick(Address<std::uint64_t> back_to, std::uint64_t asked) { co_await back_to.send(cycles() - asked); }
TROUPE_BEHAVIOUR(quick);

actor idle(Inbox<std::uint64_t, 1> in) { co_await in.receive(); }
TROUPE_BEHAVIOUR(idle);

namespace {

task<> measure(Inbox<std::uint64_t>& in, const char* name, const char* way, std::uint32_t core) {
  Samples there, round;
  const Address<Stamp> other = co_await spawn<stamped>(on(core));
  for (int i = 0; i < kRounds; ++i) {
    const std::uint64_t start = cycles();
    co_await other.send({start, in.address(), {}});
    there.add(co_await in.receive());
    round.add(cycles() - start);
  }
  co_await other.send(Stamp{});
  print("runtime.{}_{} {} cycles\n", name, way, there.median());
  print("runtime.{}_round_trip {} cycles\n", name, round.median());
}

task<> measure_spawn(Inbox<std::uint64_t>& in, const char* name, std::uint32_t core) {
  Samples returned, started;
  for (int i = 0; i < kRounds; ++i) {
    const std::uint64_t start = cycles();
    co_await spawn<quick>(in.address(), start, on(core));
    returned.add(cycles() - start);
    started.add(co_await in.receive());
  }
  print("runtime.spawn_{} {} cycles\n", name, returned.median());
  print("runtime.spawn_{}_started {} cycles\n", name, started.median());
}

}  // namespace

actor latency(Inbox<std::uint64_t> in) {
  co_await measure(in, "same_core", "send", 0);
  co_await measure(in, "neighbour", "one_way", 1);
  co_await measure_spawn(in, "local", 0);
  co_await measure_spawn(in, "remote", 1);
}
TROUPE_PROGRAM(latency, requires_cores(2));
