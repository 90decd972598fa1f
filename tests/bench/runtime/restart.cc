// What a restart costs: from the end of a supervised actor to the first instruction of its successor.
#include "supervisor.hpp"
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr int kRounds = 33;
std::uint64_t ended_at = 0;  // of the core on which supervisor and child live

}  // namespace

// Reports how long ago its predecessor ended, and ends when it is told to.
actor failing(Inbox<int, 1> in, Address<std::uint64_t> report) {
  const std::uint64_t now = cycles();
  co_await report.send(now - ended_at);
  co_await in.receive();
  ended_at = cycles();
  co_await quit(error(1));
}
TROUPE_BEHAVIOUR(failing);

actor overseer(Inbox<SupervisorRequest> in, Address<std::uint64_t> report) {
  Supervisor supervisor({.intensity = kRounds, .period_cycles = 1'000'000});
  supervisor.add(child<failing>("failing", report).at(on(core_index())));
  co_await supervisor.run(in);
}
TROUPE_BEHAVIOUR(overseer);

actor restart(Inbox<std::uint64_t> in) {
  const auto supervisor = co_await spawn_link<overseer>(in.address(), on(1));
  std::uint64_t times[kRounds];
  co_await in.receive();
  for (std::uint64_t& time : times) {
    const Address<int> child = co_await child_address<int>(supervisor, "failing");
    co_await child.send(0);
    time = co_await in.receive();
  }
  for (int i = 1; i < kRounds; ++i)
    for (int j = i; j > 0 && times[j] < times[j - 1]; --j) std::swap(times[j], times[j - 1]);
  print("runtime.restart {} cycles\n", times[kRounds / 2]);
}
TROUPE_PROGRAM(restart, requires_cores(2));
