#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "runtime/abi/core_layout.hpp"
#include "runtime/host/diagnosis.hpp"
#include "runtime/host/loader.hpp"
#include "runtime/host/program_host.hpp"
#include "sim/base/check.hpp"
#include "sim/base/lease_shape.hpp"

using namespace troupe;

namespace {

// Two actors on two cores: `ping` (root) sends to `pong` with 2 static credits, and has a data segment.
Image two_actors() {
  Image image;
  image.path = "two.xpu";
  image.name = "two";
  image.cores_required = 2;
  image.image_end = 0xc010;
  image.behaviours = {{"pinger", "ad", 0xa100}, {"ponger", "i", 0xa200}};
  image.segments = {{"weights", 9, 0x400, {}}};
  image.actors = {
      {"ping", 0, 0, 0, 64, 3, {{abi::ArgumentKind::address, 0, 1}, {abi::ArgumentKind::segment, 0, 0}}},
      {"pong", 1, 1, 4, 128, 4, {{abi::ArgumentKind::inbox, 0, 0}}}};
  image.edges = {{0, 1, 2, 0}};
  return image;
}

template <class T>
T at(const CoreLoad& load, std::uint64_t address) {
  T value;
  REQUIRE(address >= load.boot_address);
  REQUIRE(address + sizeof value <= load.boot_address + load.boot_block.size());
  std::memcpy(&value, load.boot_block.data() + (address - load.boot_address), sizeof value);
  return value;
}

}  // namespace

TEST_CASE("a lease is the near-square rectangle, or full rows where that does not fit") {
  const auto shape = [](std::uint64_t n) {
    const LeaseShape s = lease_shape(n, 8, 8);
    return std::pair(s.width, s.height);
  };
  using P = std::pair<std::uint64_t, std::uint64_t>;
  CHECK(shape(1) == P{1, 1});
  CHECK(shape(2) == P{2, 1});
  CHECK(shape(7) == P{4, 2});
  CHECK(shape(8) == P{4, 2});
  CHECK(shape(9) == P{3, 3});
  CHECK(shape(63) == P{8, 8});
  CHECK(shape(64) == P{8, 8});
  for (std::uint64_t n = 1; n <= 64; ++n) CHECK(shape(n).first * shape(n).second >= n);
}

TEST_CASE("eight cores of xpu64 are (0,0) to (3,1)") {
  const Lease lease = grant_lease(preset("xpu64"), 8);
  CHECK(lease.first == "(0,0)");
  CHECK(lease.last == "(3,1)");
  CHECK(lease.tiles == std::vector<std::uint16_t>{1, 2, 3, 4, 11, 12, 13, 14});
}

TEST_CASE("a lease of more cores than there are is refused with both numbers") {
  try {
    grant_lease(preset("tiny"), 8);
    FAIL("granted");
  } catch (const LeaseRefused& r) {
    CHECK(r.required == 8);
    CHECK(r.available == 4);
  }
}

TEST_CASE("the plan resolves addresses, segments and rings of every actor") {
  const Image image = two_actors();
  const ChipParams chip = preset("tiny");
  const LoadPlan plan = plan_load(image, chip);
  REQUIRE(plan.cores.size() == 2);
  const auto ping_block = at<abi::BootBlock>(plan.cores[0], plan.cores[0].boot_address);
  CHECK(plan.cores[0].boot_address == 0xc040);  // the 64-byte boundary behind the image
  CHECK(ping_block.core_count == 2);
  CHECK(ping_block.actor_count == 1);
  CHECK(ping_block.first_free_slot == abi::kFirstActorSlot + 1);
  CHECK(ping_block.heap_end == chip.l1.size.count);
  CHECK(at<std::uint16_t>(plan.cores[0], ping_block.core_tiles + 2) == 2);

  const auto ping = at<abi::BootActor>(plan.cores[0], ping_block.actors);
  CHECK(ping.entry == 0xa100);
  CHECK(ping.root == 1);
  const auto pong_address = abi::Address::make(0, 2, abi::kFirstActorSlot, 1);
  CHECK(at<abi::BootArgument>(plan.cores[0], ping.arguments).value == pong_address.bits);
  const auto weights = at<abi::BootArgument>(plan.cores[0], ping.arguments + sizeof(abi::BootArgument));
  CHECK(weights.value == abi::Location::make(0, 7, 0x400).bits);  // DRAM 9 modulo 2 = 1: tile 7

  const auto pong_block = at<abi::BootBlock>(plan.cores[1], plan.cores[1].boot_address);
  const auto pong = at<abi::BootActor>(plan.cores[1], pong_block.actors);
  CHECK(pong.root == 0);
  CHECK(pong.ring == pong_block.runtime_ring + abi::kRuntimeRingBytes);
  CHECK(pong.ring + 4 * 128 <= pong_block.heap);
  CHECK(plan.actor_names.at(pong_address.bits) == "pong");

  bool granted = false;
  for (const StaticGrant& g : plan.grants)
    if (g.mailbox == pong_address) granted = g.sender_tile == 1 && g.credits == 2;
  CHECK(granted);
}

TEST_CASE("each core has DRAM to spill to, behind the data segments and apart from the other cores") {
  Image image = two_actors();
  ChipParams chip = preset("tiny");
  image.cores_required = 4;
  const std::vector<std::byte> weights(100);
  image.segments[0].bytes = weights;
  chip.dram.size = {40 << 20};
  std::map<std::uint32_t, std::uint64_t> end = {{3, 0},
                                                {7, 0x400 + 100}};  // of what lies there, by DRAM tile
  const LoadPlan plan = plan_load(image, chip);
  for (const CoreLoad& core : plan.cores) {
    const auto block = at<abi::BootBlock>(core, core.boot_address);
    const abi::Location spill{block.spill};
    REQUIRE(end.contains(spill.tile()));
    CHECK(spill.offset() >= end[spill.tile()]);
    CHECK(block.spill_bytes == (16 << 20));
    end[spill.tile()] = spill.offset() + block.spill_bytes;
    CHECK(end[spill.tile()] <= chip.dram.size.count);
  }
  // A tile without room has none for it, the other one keeps its own.
  image.segments[0].dram_offset = chip.dram.size.count - 100;
  const LoadPlan full = plan_load(image, chip);
  CHECK(at<abi::BootBlock>(full.cores[0], full.cores[0].boot_address).spill_bytes == (16 << 20));
  CHECK(at<abi::BootBlock>(full.cores[1], full.cores[1].boot_address).spill_bytes == 0);
}

TEST_CASE("a core whose rings do not fit L1 is an error with both sizes") {
  Image image = two_actors();
  image.actors[1].slots = 256;
  image.actors[1].slot_bytes = 8192;
  try {
    plan_load(image, preset("tiny"));
    FAIL("planned");
  } catch (const InputError& e) {
    CHECK(std::string(e.what()).find("core 1 needs") != std::string::npos);
    CHECK(std::string(e.what()).find("the chip has 1572864") != std::string::npos);
  }
}

TEST_CASE("the host prints text, tells of crashes and keeps the first end of the program") {
  std::string printed;
  std::vector<std::pair<std::uint16_t, std::uint64_t>> crashes;
  ProgramHost host(
      [&](std::string_view text) { printed += text; },
      [&](std::uint16_t tile, const abi::TrapPayload& trap) { crashes.push_back({tile, trap.pc}); });
  const auto type = [](abi::SystemType t) { return static_cast<std::uint32_t>(t); };
  host.message(1, type(abi::SystemType::print), std::as_bytes(std::span("hello", 5)));
  CHECK(printed == "hello");
  const abi::TrapPayload trap{2, 0xa104, 0, 0};
  host.message(3, type(abi::SystemType::crash), std::as_bytes(std::span(&trap, 1)));
  CHECK(crashes == std::vector<std::pair<std::uint16_t, std::uint64_t>>{{3, 0xa104}});
  CHECK(!host.end());
  const abi::ExitPayload seven{7}, eight{8};
  host.message(1, type(abi::SystemType::exit), std::as_bytes(std::span(&seven, 1)));
  host.message(2, type(abi::SystemType::exit), std::as_bytes(std::span(&eight, 1)));
  REQUIRE(host.end());
  CHECK(host.end()->code == 7);
}

TEST_CASE("a message to the host that the abi does not define ends the program") {
  for (const auto& [type, bytes] : {std::pair{7u, 5u},
                                    {static_cast<std::uint32_t>(abi::SystemType::exit), 3u},
                                    {static_cast<std::uint32_t>(abi::SystemType::crash), 3u}}) {
    ProgramHost host([](std::string_view) {}, [](std::uint16_t, const abi::TrapPayload&) {});
    const std::vector<std::byte> payload(bytes);
    host.message(4, type, payload);
    REQUIRE(host.end());
    CHECK(host.end()->kind == ProgramEnd::Kind::malformed);
    CHECK(host.end()->tile == 4);
  }
}

TEST_CASE("a deadlock names who waits for whom and the cycle") {
  const Image base = two_actors();
  Image image = base;
  image.edges = {{0, 1, 2, 0}, {1, 0, 0, 0}};
  const ChipParams chip = preset("tiny");
  const LoadPlan plan = plan_load(image, chip);
  const auto address = [&](std::size_t tile) { return abi::Address::make(0, tile, 1, 1).bits; };
  std::vector<ActorStatus> actors(2);
  actors[0] = {
      1, {address(1), 0xa100, abi::ActorState::credit, 0, address(2), 0xa104}, "ping", "pinger + 0x4"};
  actors[1] = {2, {address(2), 0xa200, abi::ActorState::receive, 0, 0, 0xa208}, "pong", ""};
  const std::string text = deadlock_text(image, plan, chip, actors);
  CHECK(text ==
        "deadlock: no event is pending and 2 actors of two wait\n"
        "  ping on (0,0) waits for room in the mailbox of pong, at pc 0xa104 in pinger + 0x4\n"
        "  pong on (1,0) waits for a message from ping, at pc 0xa208\n"
        "  wait-for cycle: ping -> pong -> ping");
}
