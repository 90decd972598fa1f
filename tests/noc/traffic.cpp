#include "tests/noc/traffic.hpp"

#include "sim/base/check.hpp"

namespace troupe::noc::testing {

TrafficResult run_traffic(Network& network, const Pattern& pattern, const TrafficParams& p) {
  Rng rng(p.seed);
  const auto tiles = static_cast<std::uint16_t>(network.grid().width * network.grid().height);
  const auto width = static_cast<std::uint16_t>(network.grid().width);
  const VcRange any{0, static_cast<std::uint8_t>(network.router_params().vcs - 1)};
  const double chance = p.rate / p.packet_flits;
  std::uint64_t offered = 0, delivered = 0, latency = 0, hops = 0, window_flits = 0;
  TrafficResult result;
  const std::uint64_t hops_before = network.flit_hops();
  std::uint64_t hops_expected = 0;
  for (Cycle now = 0; now < p.warmup + p.measured || !network.idle(); ++now) {
    const bool measuring = now >= p.warmup && now < p.warmup + p.measured;
    if (now < p.warmup + p.measured) {
      for (std::uint16_t from = 0; from < tiles; ++from) {
        if (rng.uniform() >= chance) continue;
        const std::uint16_t to = pattern(from, rng);
        const Position a{static_cast<std::uint16_t>(from % width), static_cast<std::uint16_t>(from / width)};
        const Position b{static_cast<std::uint16_t>(to % width), static_cast<std::uint16_t>(to / width)};
        network.offer(from, to, p.packet_flits, any, kRequests, static_cast<std::uint32_t>(now));
        ++offered;
        hops_expected += routers_traversed(a, b) * p.packet_flits;
        if (measuring) hops += routers_traversed(a, b);
        result.packets += measuring;
      }
    }
    network.step(now);
    for (const Delivery& d : network.delivered()) {
      ++delivered;
      if (measuring) window_flits += p.packet_flits;
      if (d.tag >= p.warmup) latency += now - d.tag;
    }
  }
  result.flit_hops = network.flit_hops() - hops_before;
  CHECK(offered == delivered, "{} packets offered, {} delivered", offered, delivered);
  CHECK(result.flit_hops == hops_expected, "{} flit-hops, {} expected", result.flit_hops, hops_expected);
  result.mean_latency = static_cast<double>(latency) / static_cast<double>(result.packets);
  result.mean_hops = static_cast<double>(hops) / static_cast<double>(result.packets);
  result.accepted = static_cast<double>(window_flits) / static_cast<double>(p.measured) / tiles;
  return result;
}

}  // namespace troupe::noc::testing
