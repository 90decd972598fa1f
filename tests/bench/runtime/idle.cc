// What an idle actor takes of its core's L1, without the slots of its mailbox.
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr std::uint64_t kActors = 512;

}  // namespace

actor idler(Inbox<std::uint64_t, 1> in) { co_await in.receive(); }
TROUPE_BEHAVIOUR(idler);

actor idle(Inbox<std::uint64_t> in) {
  const auto& r = device::runtime();
  co_await in.receive_within(1);  // makes what is made once
  const std::uint64_t before = r.bytes_used();
  for (std::uint64_t i = 0; i < kActors; ++i)
    if (!co_await spawn<idler>(on(0))) exit(1);
  co_await sleep_for(100'000);
  const std::uint64_t each = (r.bytes_used() - before) / kActors;
  print("runtime.idle_actor {} bytes\n", each - device::slot_bytes<std::uint64_t>());
}
TROUPE_PROGRAM(idle, requires_cores(1));
