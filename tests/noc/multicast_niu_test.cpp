// The multicast command of the NIU (runtime/abi/niu_registers.hpp).
#include <doctest/doctest.h>

#include <algorithm>

#include "sim/base/check.hpp"
#include "tests/noc/test_chip.hpp"

namespace troupe::noc {
namespace {

using namespace testing;
using abi::Location;
using abi::Status;
using CoreEvent = reg::EventKind;
using reg::DoorbellError;

constexpr std::uint64_t kAt = 0x20000;

std::int64_t multicast(TestChip& chip, TileId from, TileId corner, std::uint64_t columns, std::uint64_t rows,
                       std::uint64_t bytes) {
  chip.store(from, reg::kRectangle, columns | rows << 32);
  return chip.request(from, Command::multicast, Location::make(0, corner, kAt), bytes);
}

void fill(TestChip& chip, TileId tile, std::uint64_t bytes) {
  for (std::uint64_t i = 0; i < bytes; i += 8)
    chip.memories.at(tile).store64(0x10000 + i, i * 0x9e3779b97f4a7c15 + tile);
}

bool has_landed(TestChip& chip, TileId from, TileId to, std::uint64_t bytes) {
  chip.event(to);  // an access makes it visible
  const auto sent = chip.memories.at(from).view(0x10000, bytes), got = chip.memories.at(to).view(kAt, bytes);
  return std::equal(sent.begin(), sent.end(), got.begin());
}

Status done_status(std::uint64_t event) {
  REQUIRE(reg::event_kind(event) == CoreEvent::done);
  return static_cast<Status>(reg::event_status(event));
}

TEST_CASE("a multicast lands in every tile of its rectangle but the sender, and is done once") {
  for (const std::uint64_t bytes :
       {std::uint64_t{8}, std::uint64_t{224}, std::uint64_t{232}, std::uint64_t{8192}}) {
    TestChip chip("xpu64");
    const TileId from = chip.core(9);  // (1,1), inside
    fill(chip, from, bytes);
    REQUIRE(multicast(chip, from, chip.core(0), 4, 3, bytes) >= 0);
    chip.memories.at(from).store64(0x10000, 0);  // after the doorbell: must not be sent
    chip.settle();
    chip.memories.at(from).store64(0x10000, from);
    CHECK(done_status(chip.event(from)) == Status::ok);
    CHECK(chip.event(from) == 0);
    for (std::uint64_t n = 0; n < 64; ++n) {
      const bool inside = n % 8 < 4 && n / 8 < 3 && n != 9;
      CHECK(has_landed(chip, from, chip.core(n), bytes) == inside);
    }
    const std::uint64_t packets = ceil_div(bytes, 224);  // a VC is 8 flits deep, one is the header
    CHECK(chip.recorder.count(EventKind::send) == packets);
    CHECK(chip.recorder.count(EventKind::arrive) == packets * 11);
  }
}

TEST_CASE("a multicast reaches each tile when a write would, and is done with the last answer") {
  TestChip chip("xpu64");
  const TileId from = chip.core(0);
  REQUIRE(multicast(chip, from, chip.core(19), 3, 2, 64) >= 0);
  chip.settle();
  Cycle last = 0;
  for (const Event& e : chip.recorder.events) {
    if (e.kind == EventKind::arrive) CHECK(e.cycle == law(chip.params, from, e.tile, 64));
    if (e.kind == EventKind::reply) last = std::max(last, e.cycle);
  }
  CHECK(chip.recorder.count(EventKind::arrive) == 6);
  const TileId farthest = chip.core(29);
  CHECK(last >= law(chip.params, from, farthest, 64) + law(chip.params, farthest, from, 0));
}

TEST_CASE("a multicast is done with the highest status, and the other tiles have the bytes") {
  TestChip chip("tiny");
  const TileId from = chip.core(0);
  fill(chip, from, 64);
  chip.fabric.niu(chip.core(1)).set_tenant(2);
  REQUIRE(multicast(chip, from, from, 2, 2, 64) >= 0);
  chip.settle();
  CHECK(done_status(chip.event(from)) == Status::refused);
  CHECK_FALSE(has_landed(chip, from, chip.core(1), 64));
  CHECK(has_landed(chip, from, chip.core(2), 64));
  CHECK(has_landed(chip, from, chip.core(3), 64));

  chip.fabric.niu(chip.core(2)).kill(chip.now);
  REQUIRE(multicast(chip, from, from, 2, 2, 64) >= 0);
  chip.settle();
  CHECK(done_status(chip.event(from)) == Status::dead);

  // DRAM tiles take no multicasts; neither does L1 where there is none.
  REQUIRE(multicast(chip, from, chip.dram_tile(0), 1, 2, 64) >= 0);
  chip.settle();
  CHECK(done_status(chip.event(from)) == Status::refused);
  chip.store(from, reg::kRectangle, 1 | std::uint64_t{1} << 32);
  REQUIRE(chip.request(from, Command::multicast, Location::make(0, chip.core(3), 0xffff0000), 64) >= 0);
  chip.settle();
  CHECK(done_status(chip.event(from)) == Status::range);
}

TEST_CASE("a rectangle that leaves the grid, holds no other tile, or a chip without multicasts is invalid") {
  TestChip chip("tiny");
  const TileId from = chip.core(0);
  for (const auto [columns, rows] : {std::pair{0, 1}, {1, 0}, {4, 1}, {1, 3}, {1, 1}, {0x1000, 1}}) {
    CHECK(multicast(chip, from, from, static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows),
                    8) == as_value(DoorbellError::invalid));
  }
  CHECK(multicast(chip, from, from, 2, 1, 8200) == as_value(DoorbellError::range));
  ChipParams params = preset("tiny");
  params.noc.virtual_channels = 4;
  params.noc.multicast_channels = 0;
  TestChip without(params);
  CHECK(multicast(without, from, from, 2, 2, 8) == as_value(DoorbellError::invalid));
}

TEST_CASE("as many multicasts as there are transaction ids are under way at once, from every tile") {
  TestChip chip("xpu64");
  for (std::size_t n = 0; n < 64; ++n)
    for (std::uint64_t i = 0; i < chip.params.niu.transactions; ++i)
      REQUIRE(multicast(chip, chip.core(n), chip.core(0), 8, 8, 500) >= 0);
  CHECK(multicast(chip, chip.core(5), chip.core(0), 8, 8, 500) == as_value(DoorbellError::busy));
  chip.settle();
  CHECK(reg::event_kind(chip.event(chip.core(5))) == CoreEvent::done);
  std::uint64_t done = 1;
  for (std::size_t n = 0; n < 64; ++n)
    while (const std::uint64_t event = chip.event(chip.core(n)))
      if (reg::event_kind(event) == CoreEvent::done) {
        CHECK(done_status(event) == Status::ok);
        ++done;
      }
  CHECK(done == 64 * chip.params.niu.transactions);
}

}  // namespace
}  // namespace troupe::noc
