#include "noc/traffic.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

// How many packets took how long.
struct Histogram {
  void add(Cycle cycles) {
    if (cycles >= packets.size()) packets.resize(2 * cycles + 64);
    ++packets[cycles];
    ++count;
    sum += cycles;
  }
  // The latency that this share of the packets does not exceed.
  Cycle percentile(double share) const {
    auto left = static_cast<std::uint64_t>(share * static_cast<double>(count));
    Cycle cycles = 0;
    while (packets[cycles] <= left) left -= packets[cycles++];
    return cycles;
  }
  std::vector<std::uint64_t> packets;
  std::uint64_t count = 0, sum = 0;
};

// Log2 of the number of nodes, for patterns on the bits of a node's number.
unsigned node_bits(std::string_view pattern, std::uint64_t nodes, bool even) {
  const auto bits = static_cast<unsigned>(std::bit_width(nodes) - 1);
  if (!std::has_single_bit(nodes) || (even && bits % 2 != 0))
    throw InputError(fmt::format("pattern {}: {} nodes, expected {}", pattern, nodes,
                                 even ? "a power of four" : "a power of two"),
                     "uniform, tornado and hotspot are defined for every number of nodes");
  return bits;
}

// All VCs of unicasts: one class of traffic, which is alone in the network.
VcRange unicast_vcs(const RouterParams& params) {
  return {0, static_cast<std::uint8_t>(params.range_end() - 1)};
}

}  // namespace

Nodes all_tiles(const GridParams& grid) {
  Nodes nodes{std::vector<std::uint16_t>(grid.width * grid.height), grid.width, grid.height};
  std::iota(nodes.tiles.begin(), nodes.tiles.end(), std::uint16_t{0});
  return nodes;
}

Nodes core_tiles(const ChipParams& chip) {
  return {chip.tiles_of(TileKind::core), chip.core_columns(), chip.core_rows()};
}

Pattern make_pattern(std::string_view name, const Nodes& nodes, std::uint64_t seed) {
  const auto count = static_cast<std::uint32_t>(nodes.tiles.size());
  if (name == "uniform")
    return [count](std::uint32_t, Rng& rng) { return static_cast<std::uint32_t>(rng.below(count)); };
  if (name == "tornado")  // half-way round each dimension, as on a torus
    return [w = static_cast<std::uint32_t>(nodes.columns), h = static_cast<std::uint32_t>(nodes.rows)](
               std::uint32_t node, Rng&) {
      const std::uint32_t x = (node % w + (w + 1) / 2 - 1) % w, y = (node / w + (h + 1) / 2 - 1) % h;
      return y * w + x;
    };
  if (name == "transpose") {  // the upper half of the bits changes places with the lower half
    const unsigned half = node_bits(name, count, true) / 2;
    return [half, mask = (1u << half) - 1](std::uint32_t node, Rng&) {
      return (node >> half & mask) | (node & mask) << half;
    };
  }
  if (name == "bitcomp") {
    node_bits(name, count, false);
    return [count](std::uint32_t node, Rng&) { return ~node & (count - 1); };
  }
  if (name == "shuffle") {  // bits rotated left by one
    const unsigned bits = node_bits(name, count, false);
    return [count, bits](std::uint32_t node, Rng&) {
      return bits == 0 ? node : (node << 1 & (count - 1)) | (node >> (bits - 1) & 1);
    };
  }
  if (name == "hotspot") {  // every packet to one node
    const auto target = static_cast<std::uint32_t>(Rng(seed).below(count));
    return [target](std::uint32_t, Rng&) { return target; };
  }
  throw InputError(fmt::format("unknown pattern '{}'; patterns are {}", name, fmt::join(kPatterns, ", ")));
}

TrafficResult run_traffic(Network& network, const Nodes& nodes, const Pattern& pattern,
                          const TrafficParams& p) {
  Rng rng(p.seed);
  const Geometry& grid = network.geometry();
  const std::uint64_t count = nodes.tiles.size();
  const VcRange any = unicast_vcs(network.router_params());
  const Cycle end = p.warmup + p.measured;
  CHECK(p.rate > 0 && p.rate <= p.packet_flits, "{} flits a cycle in packets of {}", p.rate, p.packet_flits);
  // Bernoulli trials, node by node and cycle by cycle, drawn as the gaps between those that succeed.
  const double gap_scale = 1 / std::log1p(-p.rate / p.packet_flits);
  const auto gap = [&] { return static_cast<std::uint64_t>(std::log(1 - rng.uniform()) * gap_scale); };
  std::uint64_t node = gap();  // the next one that offers a packet, counted from node 0 in this cycle
  std::uint64_t offered = 0, delivered = 0, hops = 0, alone_cycles = 0, window_flits = 0, hops_expected = 0;
  Histogram latencies;
  const std::uint64_t hops_before = network.flit_hops();
  for (Cycle now = 0; now < end || !network.idle(); ++now) {
    const bool measuring = now >= p.warmup && now < end;
    for (; now < end && node < count; node += 1 + gap()) {
      const std::uint16_t from = nodes.tiles[node];
      const std::uint16_t to = nodes.tiles[pattern(static_cast<std::uint32_t>(node), rng)];
      network.offer(from, to, p.packet_flits, any, kRequests, static_cast<std::uint32_t>(now));
      ++offered;
      const unsigned routers = routers_traversed(grid, network.position_of(from), network.position_of(to));
      hops_expected += std::uint64_t{routers} * p.packet_flits;
      if (!measuring) continue;
      hops += routers;
      alone_cycles += network.alone_cycles(routers, p.packet_flits);
    }
    node -= std::min(node, count);
    network.step(now);
    for (const Delivery& d : network.delivered()) {
      ++delivered;
      if (measuring) window_flits += p.packet_flits;
      if (d.tag >= p.warmup) latencies.add(now - d.tag);
    }
  }
  TrafficResult result;
  result.flit_hops = network.flit_hops() - hops_before;
  CHECK(offered == delivered, "{} packets offered, {} delivered", offered, delivered);
  CHECK(result.flit_hops == hops_expected, "{} flit-hops, {} expected", result.flit_hops, hops_expected);
  result.accepted =
      static_cast<double>(window_flits) / static_cast<double>(p.measured) / static_cast<double>(count);
  result.packets = latencies.count;
  if (latencies.count == 0) return result;
  const auto packets = static_cast<double>(latencies.count);
  result.mean_latency = static_cast<double>(latencies.sum) / packets;
  result.p50 = latencies.percentile(0.5);
  result.p99 = latencies.percentile(0.99);
  result.mean_hops = static_cast<double>(hops) / packets;
  result.zero_load = static_cast<double>(alone_cycles) / packets;
  return result;
}

}  // namespace troupe::noc
