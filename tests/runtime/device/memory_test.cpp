// The heap and the formatting of the on-core runtime.
#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "runtime/device/heap.hpp"
#include "runtime/device/print.hpp"
#include "sim/base/rng.hpp"
#include "tests/environment.hpp"

using troupe::device::Heap;

TEST_CASE("blocks of the heap never overlap, are aligned, and what is released is used again") {
  const std::uint64_t seed = troupe::test::seed_or(1);
  CAPTURE(seed);
  troupe::Rng rng(seed);
  std::vector<std::byte> region(1 << 20);
  const auto begin = reinterpret_cast<std::uint64_t>(region.data());
  Heap heap;
  heap.start(begin, begin + region.size());
  std::map<std::uint64_t, std::uint64_t> blocks;  // address -> bytes
  for (int i = 0; i < 20'000; ++i) {
    if (blocks.size() < 100 || rng.below(2) == 0) {
      const std::uint64_t bytes = rng.below(10) == 0 ? rng.below(9000) : rng.below(600);
      void* block = heap.allocate(bytes);
      if (!block) continue;
      const auto at = reinterpret_cast<std::uint64_t>(block);
      REQUIRE(at % 16 == 0);
      REQUIRE(at >= begin);
      REQUIRE(at + bytes <= begin + region.size());
      const auto next = blocks.lower_bound(at);
      if (next != blocks.end()) REQUIRE(at + bytes <= next->first);
      if (next != blocks.begin()) REQUIRE(std::prev(next)->first + std::prev(next)->second <= at);
      std::memset(block, 0xaa, bytes);
      blocks[at] = bytes;
    } else {
      auto victim = blocks.lower_bound(begin + rng.below(region.size()));
      if (victim == blocks.end()) victim = blocks.begin();
      heap.release(reinterpret_cast<void*>(victim->first), victim->second);
      blocks.erase(victim);
    }
  }
  for (const auto& [at, bytes] : blocks) heap.release(reinterpret_cast<void*>(at), bytes);
  CHECK(heap.bytes_used() == 0);

  void* first = heap.allocate(48);
  heap.release(first, 48);
  CHECK(heap.allocate(40) == first);
  CHECK(heap.allocate(std::size_t{1} << 40) == nullptr);
}

namespace {

template <class... Values>
std::string formatted(const char* pattern, Values... values) {
  char out[200];
  const troupe::device::Printed list[] = {troupe::device::printed(values)..., troupe::device::printed(0)};
  return {out, troupe::device::format(out, sizeof out, pattern, list, sizeof...(values))};
}

}  // namespace

TEST_CASE("print writes numbers, text and braces as asked") {
  CHECK(formatted("plain") == "plain");
  CHECK(formatted("{} {} {}", 0, -1, 18446744073709551615u) == "0 -1 18446744073709551615");
  CHECK(formatted("{}", std::int64_t{-9223372036854775807 - 1}) == "-9223372036854775808");
  CHECK(formatted("{:x} {:x}", 255u, 0x0123456789abcdefu) == "ff 123456789abcdef");
  CHECK(formatted("{:016x} {:04}", 0xabcu, -7) == "0000000000000abc -0007");
  CHECK(formatted("{:.2}% {}", 87.125, 0.5f) == "87.13% 0.500000");
  CHECK(formatted("{:.0} {:.1}", 2.5, 9.96) == "3 10.0");
  CHECK(formatted("{} {}", -0.25, 1e300) == "-0.250000 1.000000e300");
  CHECK(formatted("{} {}", 0.0 / 0.0, -1.0 / 0.0) == "nan -inf");
  CHECK(formatted("{}{}{}", 'a', "b", true) == "abtrue");
  CHECK(formatted("{{{}}}", 1) == "{1}");
}
