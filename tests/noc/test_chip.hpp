// A chip for tests of the fabric: memories behind core tiles, a simple DRAM, a recorder of events, and short
// ways to ring a doorbell. No cores: tests make the accesses.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "noc/fabric.hpp"
#include "noc/routing.hpp"
#include "runtime/abi/memory_map.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::noc::testing {

namespace reg = abi::niu;

// Keeps every event; sorted() is in the order of the trace hash.
class Recorder : public TraceSink {
 public:
  void record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
              std::uint64_t c) override {
    const std::uint32_t sequence = next_[{cycle, tile, kind}]++;
    events.push_back({cycle, a, b, c, sequence, tile, kind});
  }
  std::vector<Event> sorted() const {
    std::vector<Event> copy = events;
    std::sort(copy.begin(), copy.end(), [](const Event& x, const Event& y) {
      return std::tie(x.cycle, x.tile, x.kind, x.sequence) < std::tie(y.cycle, y.tile, y.kind, y.sequence);
    });
    return copy;
  }
  // Cycle of the only event of this kind and `a` (a packet id); kNever if there is none.
  Cycle cycle_of(EventKind kind, std::uint64_t a) const {
    for (const Event& e : events)
      if (e.kind == kind && e.a == a) return e.cycle;
    return kNever;
  }
  std::size_t count(EventKind kind) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const Event& e) { return e.kind == kind; }));
  }
  std::vector<Event> events;

 private:
  std::map<std::tuple<Cycle, std::uint16_t, EventKind>, std::uint32_t> next_;
};

// A DRAM of 64 KiB: every request takes 100 cycles.
class FakeDram : public Endpoint {
 public:
  Served serve(const Request& r, Cycle now, std::vector<std::byte>& reply) override {
    if (!memory.contains(r.location.offset(), r.bytes)) return {abi::Status::range, now};
    const std::uint64_t at = r.location.offset();
    if (r.command == Command::write || r.command == Command::write_acked) {
      memory.write(at, r.payload);
    } else {
      const auto bytes = memory.view(at, r.bytes);
      reply.assign(bytes.begin(), bytes.end());
    }
    if (r.command >= Command::atomic_add) {
      const std::uint64_t old = memory.load64(at);
      if (r.command == Command::atomic_add) memory.store64(at, old + r.operand);
      if (r.command == Command::atomic_swap) memory.store64(at, r.operand);
      if (r.command == Command::compare_swap && old == r.compare) memory.store64(at, r.operand);
    }
    return {abi::Status::ok, now + 100};
  }
  Memory memory{Bytes{65536}};
};

struct TestChip {
  explicit TestChip(std::string_view name = "tiny") : TestChip(preset(name)) {}
  explicit TestChip(const ChipParams& p) : params(p), fabric(params, &recorder) {
    for (TileId tile : params.tiles_of(TileKind::core)) {
      memories.emplace(tile, Memory(Bytes{1 << 20}));
      fabric.attach(tile, &memories.at(tile));
      fabric.niu(tile).set_tenant(1);
    }
    for (TileId tile : params.tiles_of(TileKind::dram)) fabric.attach(tile, &dram[tile]);
  }

  // Runs until cycle `t`, through all wakes.
  void run_to(Cycle t) {
    while (now < t) now = fabric.run(now, t);
  }
  // Runs until nothing happens by itself any more.
  void settle() {
    while (fabric.next_work() != kNever) now = fabric.run(now, now + 100000);
  }

  std::uint64_t load(TileId tile, std::uint64_t offset) {
    return fabric.niu(tile).load(offset, 8, now).value;
  }
  void store(TileId tile, std::uint64_t offset, std::uint64_t value) {
    fabric.niu(tile).store(offset, 8, value, now);
  }
  std::int64_t ring(TileId tile, Command command) {
    return static_cast<std::int64_t>(load(tile, reg::kDoorbell + 8 * static_cast<std::uint64_t>(command)));
  }
  std::int64_t send(TileId from, abi::Address to, std::uint64_t bytes, std::uint32_t type = 0) {
    store(from, reg::kTarget, to.bits);
    store(from, reg::kLocal, 0x10000);
    store(from, reg::kLength, bytes | std::uint64_t{type} << 32);
    return ring(from, Command::message);
  }
  std::int64_t ask(TileId from, abi::Address mailbox) {
    store(from, reg::kTarget, mailbox.bits);
    return ring(from, Command::credit);
  }
  std::int64_t request(TileId from, Command command, abi::Location to, std::uint64_t bytes,
                       std::uint64_t operand = 0, std::uint64_t compare = 0) {
    store(from, reg::kTarget, to.bits);
    store(from, reg::kLocal, 0x10000);
    store(from, reg::kLength, bytes);
    store(from, reg::kOperand, operand);
    store(from, reg::kCompare, compare);
    return ring(from, command);
  }
  std::uint64_t event(TileId tile) { return load(tile, reg::kEvent); }

  // A mailbox of `slots` x 64 bytes (or more) at 0x40000, opened as the loader does.
  abi::Address mailbox(TileId tile, std::uint32_t slots, std::uint32_t slot_bytes = 64,
                       std::uint32_t slot = 0) {
    fabric.niu(tile).open_mailbox(slot, 0x40000 + slot * 0x8000, slots, slot_bytes, 1);
    return fabric.niu(tile).mailbox_address(slot);
  }
  TileId core(std::size_t n) const { return params.tiles_of(TileKind::core)[n]; }
  TileId dram_tile(std::size_t n) const { return params.tiles_of(TileKind::dram)[n]; }

  ChipParams params;
  Recorder recorder;
  std::map<TileId, Memory> memories;
  std::map<TileId, FakeDram> dram;
  Fabric fabric;  // last: the memories outlive it
  Cycle now = 0;
};

// Packet id of the n-th request (from 1) of a tile.
constexpr std::uint64_t packet_id(TileId tile, std::uint64_t n) {
  return std::uint64_t{tile} << 40 | n;
}

constexpr std::int64_t as_value(reg::DoorbellError e) {
  return static_cast<std::int64_t>(e);
}

inline unsigned routers(const ChipParams& p, TileId a, TileId b, std::size_t network = 0) {
  const Geometry g = geometry_of(p.grid, p.noc, network);
  return routers_traversed(g, position(g, a), position(g, b));
}

// noc/README.md, "Time": what a packet of `bytes` of payload takes from cause to arrival.
inline Cycle law(const ChipParams& p, TileId a, TileId b, std::uint64_t bytes) {
  if (a == b) return (p.niu.inject + p.niu.eject).count;
  return (p.niu.inject + p.niu.eject).count + 4 * routers(p, a, b) + ceil_div(bytes, p.noc.flit.count);
}

}  // namespace troupe::noc::testing
