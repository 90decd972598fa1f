// Primes by a pipeline of filters: each holds up to a thousand primes, lets through what none of them divides
// and keeps such numbers while it has room; the last filter appends the next. Stresses a pipeline that grows.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef LIMIT
#define LIMIT 100'000
#endif
constexpr std::uint32_t kPrimes = 1'000;  // of one filter

struct Found {
  std::uint64_t primes, sum;
};
// A number to test, or the end with what the filters so far have found.
struct Candidate {
  std::uint32_t number;  // 0: the end
  Found found;
};

// Odd numbers, by Granlund and Montgomery: n is a multiple of d if and only if n times the inverse of d
// modulo 2^32 is at most (2^32 - 1) / d. That takes no division, and the loop becomes vector code.
struct Primes {
  std::array<std::uint32_t, kPrimes> inverse, at_most;
  std::uint32_t count = 0;

  void add(std::uint32_t prime) {
    std::uint32_t x = prime;  // right in 3 bits, then in 6, 12, 24, 48
    for (int i = 0; i < 4; ++i) x *= 2 - prime * x;
    inverse[count] = x;
    at_most[count] = 0xffffffff / prime;
    ++count;
  }
  bool divide(std::uint32_t number) const {
    std::uint32_t multiples = 0;
    for (std::uint32_t i = 0; i < count; ++i) multiples += number * inverse[i] <= at_most[i];
    return multiples != 0;
  }
};

// Candidates flow one way only, so a full mailbox always empties.
actor filter(Inbox<Candidate, 16> in, Address<Found> root) {
  auto primes = Buffer<Primes>::make();
  require(static_cast<bool>(primes), "no room for primes");
  primes->count = 0;
  Found own = {0, 0};
  Address<Candidate> next;
  for (;;) {
    Candidate c = co_await in.receive();
    if (c.number == 0) {
      c.found.primes += own.primes;
      c.found.sum += own.sum;
      if (!next) {
        co_await root.send(c.found);
      } else {
        co_await next.send(c);
      }
      co_return;
    }
    if (primes->divide(c.number)) continue;
    if (primes->count < kPrimes) {
      primes->add(c.number);
      ++own.primes;
      own.sum += c.number;
      continue;
    }
    if (!next) next = present(co_await spawn<filter>(root, on((core_index() + 1) % core_count())));
    co_await next.send(c);
  }
}
TROUPE_BEHAVIOUR(filter);

actor sieve(Inbox<Found> in) {
  const auto first = present(co_await spawn<filter>(in.address(), on(1)));
  for (std::uint32_t n = 3; n <= LIMIT; n += 2) co_await first.send({n, {}});
  co_await first.send({0, {1, 2}});  // the prime 2
  const Found found = co_await in.receive();
  print("{} primes up to {}, their sum is {}\n", found.primes, LIMIT, found.sum);
}
TROUPE_PROGRAM(sieve, requires_cores(11));
