// Polls a word that another core writes, and never looks at its NIU.
#include "troupe.hpp"

using namespace troupe;

std::uint64_t word = 0;

actor writer(Inbox<int> in, abi::Location to) {
  const std::uint64_t one = 1;
  co_await sleep_for(5000);
  co_await write(to, std::as_bytes(std::span(&one, 1)));
}
TROUPE_BEHAVIOUR(writer);

actor root() {
  co_await spawn<writer>(landing_zone(&word), on(1));
  const volatile std::uint64_t* seen = &word;
  for (int i = 0; i < 5000 && *seen == 0; ++i) {
  }
  co_await sleep_for(10);
}
TROUPE_PROGRAM(root, requires_cores(2));
