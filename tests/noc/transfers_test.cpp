// Transactions without cores: what they take alone, and what they share.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "noc/flows.hpp"
#include "noc/transfers.hpp"

namespace troupe::noc {
namespace {

// Cycle at which each of `list`, all begun at cycle 0, is complete.
std::vector<Cycle> completions(const ChipParams& chip, const std::vector<Transfer>& list,
                               bool contention = true) {
  Transfers transfers(chip, contention);
  std::vector<Cycle> done(list.size(), 0);
  for (const Transfer& t : list) transfers.start(t, 0);
  for (Cycle now = 0; now != kNever; now = transfers.next(now + 1)) {
    transfers.step(now);
    for (const TransferEvent& e : transfers.completed()) done[e.transfer] = e.cycle;
  }
  return done;
}

Transfer transfer(TransferKind kind, std::uint16_t from, std::uint16_t to, std::uint32_t bytes,
                  std::uint8_t network = 0) {
  Transfer t;
  t.kind = kind;
  t.network = network;
  t.from = from;
  t.to = t.to_end = to;
  t.bytes = bytes;
  return t;
}

std::uint16_t tile(const ChipParams& chip, unsigned x, unsigned y) {
  return static_cast<std::uint16_t>(y * chip.grid.width + x);
}

TEST_CASE(
    "on wormhole an NIU is 5 cycles from its router and 9 cycles lie between routers, on both networks") {
  const ChipParams chip = preset("wormhole");
  const std::uint16_t here = tile(chip, 4, 4);
  for (unsigned dx = 0; dx < 10; ++dx)
    for (unsigned dy = 0; dy < 12; ++dy) {
      const std::uint16_t there = tile(chip, (4 + dx) % 10, (4 + dy) % 12);
      if (chip.kind(there) == TileKind::dram) continue;
      // To there and back is once round each ring that has two different ends. The data flit adds a cycle.
      const Cycle rings = (dx != 0 ? 10 * 9 : 0) + (dy != 0 ? 12 * 9 : 0);
      for (const std::uint8_t network : {0, 1})
        CHECK(completions(chip, {transfer(TransferKind::write, here, there, 32, network)})[0] ==
              5 + 5 + 1 + 5 + 5 + rings);
    }
}

// Up to 16 flits, all of which fit a buffer: longer packets wait for credits even alone.
TEST_CASE("each kind of transfer has its data on the way that it takes") {
  const ChipParams chip = preset("wormhole");
  const std::uint16_t here = tile(chip, 1, 1), there = tile(chip, 3, 1), dram = tile(chip, 5, 1);
  const Cycle way = 4 * 5 + 10 * 9, read = chip.l1.niu_read.count;
  CHECK(completions(chip, {transfer(TransferKind::read, here, there, 480)})[0] == way + 15 + read);
  CHECK(completions(chip, {transfer(TransferKind::write, here, there, 480)})[0] == way + 15);
  CHECK(completions(chip, {transfer(TransferKind::atomic, here, there, 4)})[0] == way + read);
  // 24 GB/s x 0.92 is 22.08 bytes a cycle: 480 bytes take 22 cycles, longer than 16 flits.
  CHECK(completions(chip, {transfer(TransferKind::read, here, dram, 480)})[0] ==
        way + chip.dram.latency.count + 22 - 1);
}

TEST_CASE("without contention any number of transfers take what one takes") {
  const ChipParams chip = preset("wormhole");
  const Transfer one = transfer(TransferKind::read, tile(chip, 1, 1), tile(chip, 5, 1), 4096);
  const Cycle alone = completions(chip, {one}, false)[0];
  CHECK(completions(chip, std::vector<Transfer>(50, one), false) == std::vector<Cycle>(50, alone));
}

TEST_CASE("tiles of one DRAM channel share its rate, other channels have their own") {
  const ChipParams chip = preset("wormhole");
  const auto cycles = [&](std::uint16_t first, std::uint16_t second) {
    return static_cast<double>(
        run_flows(chip, {{transfer(TransferKind::read, tile(chip, 6, 0), first, 8192), 32},
                         {transfer(TransferKind::read, tile(chip, 6, 9), second, 8192), 32}})
            .cycles);
  };
  const std::uint16_t top = tile(chip, 5, 0), bottom = tile(chip, 5, 11), other = tile(chip, 5, 9);
  REQUIRE(chip.dram_channels()[top] == chip.dram_channels()[bottom]);
  REQUIRE(chip.dram_channels()[top] != chip.dram_channels()[other]);
  CHECK(cycles(top, bottom) == doctest::Approx(2 * 32 * 8192 / 22.08).epsilon(0.05));
  CHECK(cycles(top, other) == doctest::Approx(32 * 8192 / 22.08).epsilon(0.05));
}

TEST_CASE("an initiator is taken until its request enters the network") {
  const ChipParams chip = preset("wormhole");
  Transfers transfers(chip, true);
  const Transfer one = transfer(TransferKind::write, tile(chip, 1, 1), tile(chip, 2, 1), 8192);
  for (unsigned i = 0; i < chip.niu.request_initiators; ++i) {
    REQUIRE(transfers.can_start(one.from, 0));
    transfers.start(one, 0);
  }
  CHECK_FALSE(transfers.can_start(one.from, 0));
  CHECK(transfers.can_start(one.from, 1));
  CHECK(transfers.can_start(one.to, 0));
  Cycle now = 0;
  for (; !transfers.can_start(one.from, 0); ++now) transfers.step(now);
  CHECK(now == 4);  // the first head leaves 5 cycles ahead of its router, which are 2 of the link
}

TEST_CASE(
    "a multicast is complete when every core tile of its rectangle but the sender has acknowledged it") {
  const ChipParams chip = preset("wormhole");
  Transfer t = transfer(TransferKind::multicast, tile(chip, 4, 4), tile(chip, 4, 4), 64);
  t.to_end = tile(chip, 6, 5);  // cores of columns 4 and 6; column 5 is DRAM
  Cycle last = 0;
  for (const std::uint16_t to : {tile(chip, 6, 4), tile(chip, 4, 5), tile(chip, 6, 5)})
    last = std::max(last, completions(chip, {transfer(TransferKind::write, t.from, to, 64)})[0]);
  const Cycle done = completions(chip, {t})[0];
  CHECK(done >= last);
  CHECK(done <= last + 3 * 3);
}

}  // namespace
}  // namespace troupe::noc
