// A program with a race, on purpose: two cores write the same word of a third core's L1 with raw NIU writes
// while that core reads it. What it sees depends on the cycle of every access, so its hash of values and
// times tells whether two runs were the same to the cycle. A test compares runs with different quanta.
#include "troupe.hpp"

using namespace troupe;

constexpr int kWrites = 200;

actor writer(abi::Location zone, std::uint64_t seed, Address<int> done) {
  std::uint64_t value = seed;
  for (int i = 0; i < kWrites; ++i) {
    value = value * 6364136223846793005u + 1442695040888963407u;  // Knuth's linear congruential generator
    for (std::uint64_t pause = value >> 58; pause != 0; --pause) asm volatile("");
    co_await write(zone, std::as_bytes(std::span(&value, 1)));
  }
  co_await done.send(0);
}
TROUPE_BEHAVIOUR(writer);

actor racy(Inbox<int> in) {
  volatile std::uint64_t word = 0;
  const abi::Location zone = landing_zone(const_cast<const std::uint64_t*>(&word));
  co_await spawn<writer>(zone, 1, in.address(), on(1));
  co_await spawn<writer>(zone, 2, in.address(), on(2));
  std::uint64_t hash = 14695981039346656037u, changes = 0, last = 0;
  for (int running = 2; running != 0;) {
    if (in.ready()) {
      co_await in.receive();
      --running;
    }
    const std::uint64_t seen = word;
    changes += seen != last;
    last = seen;
    for (const std::uint64_t part : {seen, cycles()}) hash = (hash ^ part) * 1099511628211u;
    co_await yield();  // an NIU access: what has arrived becomes visible
  }
  print("{} changes seen, hash {:016x}\n", changes, hash);
}
TROUPE_PROGRAM(racy, requires_cores(3));
