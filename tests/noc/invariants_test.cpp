// What must hold in each cycle of any network, under random configurations: topology, routing, virtual
// channels, buffers private and pooled, delays, packet sizes, classes. SEED=n starts there, SEEDS=n runs as
// many.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "noc/network.hpp"
#include "sim/base/check.hpp"
#include "sim/base/rng.hpp"
#include "tests/environment.hpp"

namespace troupe::noc {
namespace {

struct Configuration {
  GridParams grid;
  NocParams noc;
  std::size_t network;  // which of noc.networks
  double load;          // packets per tile and cycle
  unsigned flits_max;
  bool hotspot;  // half of the packets go to one tile

  std::string text() const {
    return fmt::format(
        "{}x{} {}, routing {}, {} VCs of {} flits + {} of a pool of {}, stages {}/{}/{}/{}, credit {}, load "
        "{:.3f} "
        "of up to {} flits{}",
        grid.width, grid.height, noc.topology == Topology::torus ? "torus" : "mesh",
        static_cast<int>(noc.networks[network]), noc.virtual_channels, noc.vc_depth.count,
        noc.pool_per_vc.count, noc.pool.count, noc.vc_alloc.count, noc.switch_alloc.count,
        noc.switch_traversal.count, noc.link.count, noc.credit.count, load, flits_max,
        hotspot ? ", hotspot" : "");
  }
};

Configuration random_configuration(Rng& rng) {
  Configuration c;
  c.grid = {1 + rng.below(7), 1 + rng.below(7)};
  c.noc = preset("xpu64").noc;
  const bool torus = rng.below(2) == 0;
  c.noc.topology = torus ? Topology::torus : Topology::mesh;
  c.noc.networks = {static_cast<Routing>(rng.below(torus ? 6 : 2)),
                    static_cast<Routing>(rng.below(torus ? 6 : 2))};
  c.network = rng.below(2);
  const std::uint64_t halves = torus ? 2 : 1, vcs_of_half = 2 + rng.below(16 / halves - 1);
  c.noc.virtual_channels = halves * vcs_of_half;
  c.noc.multicast_channels = 0;  // multicast_test.cpp has them
  c.noc.reply_channels = halves * (1 + rng.below(vcs_of_half - 1));
  c.noc.vc_depth.count = 1 + rng.below(rng.below(2) == 0 ? 2 : 10);
  if (rng.below(2) == 0) {
    c.noc.pool.count = 1 + rng.below(20);
    c.noc.pool_per_vc.count = 1 + rng.below(c.noc.pool.count);
  }
  for (Cycles* stage : {&c.noc.vc_alloc, &c.noc.switch_alloc, &c.noc.switch_traversal, &c.noc.link,
                        &c.noc.niu_link, &c.noc.credit})
    stage->count = rng.below(3) == 0 ? 1 + rng.below(6) : 1;
  c.load = 0.01 + 0.4 * rng.uniform() * rng.uniform();
  c.flits_max = static_cast<unsigned>(1 + rng.below(rng.below(2) == 0 ? 4 : 40));
  c.hotspot = rng.below(4) == 0;
  return c;
}

// A network under traffic of both classes, each packet on a static VC of its class or free to choose there.
class Run {
 public:
  Run(const Configuration& c, Rng& rng) : c_(c), rng_(rng), network_(c.grid, c.noc, c.network) {}

  void run(Cycle offering) {
    const auto tiles = static_cast<std::uint16_t>(c_.grid.width * c_.grid.height);
    const auto hot = static_cast<std::uint16_t>(rng_.below(tiles));
    for (Cycle now = 0; now < offering || !network_.idle(); ++now) {
      REQUIRE(now < offering + 1'000'000);  // it drains
      for (std::uint16_t from = 0; now < offering && from < tiles; ++from)
        if (rng_.uniform() < c_.load)
          offer(from, c_.hotspot && rng_.below(2) == 0 ? hot : static_cast<std::uint16_t>(rng_.below(tiles)),
                now);
      network_.step(now);
      network_.check_invariants();
      for (const Delivery& d : network_.delivered()) take(d, now);
    }
    REQUIRE(delivered_ == packets_.size());
    REQUIRE(network_.flit_hops() == hops_);
  }
  std::uint64_t flit_hops() const { return hops_; }

 private:
  struct Packet {
    std::uint16_t from, to;
    unsigned flits;
    bool is_static;
    std::uint8_t vc;
    TrafficClass traffic;
    Cycle offered;
  };

  void offer(std::uint16_t from, std::uint16_t to, Cycle now) {
    const TrafficClass traffic = rng_.below(2) == 0 ? kRequests : kReplies;
    VcRange vcs = class_vcs(c_.noc, traffic);
    const bool is_static = rng_.below(2) == 0;
    if (is_static)
      vcs.first = vcs.last =
          static_cast<std::uint8_t>(vcs.first + rng_.below(vcs.last - vcs.first + 1u)) & 15;
    const auto flits = static_cast<unsigned>(1 + rng_.below(c_.flits_max));
    network_.offer(from, to, flits, vcs, traffic, static_cast<std::uint32_t>(packets_.size()));
    packets_.push_back({from, to, flits, is_static, vcs.first, traffic, now});
    hops_ += std::uint64_t{flits} * routers(packets_.back());
  }

  void take(const Delivery& d, Cycle now) {
    ++delivered_;
    const Packet& p = packets_[d.tag];
    REQUIRE(d.tile == p.to);
    REQUIRE(now - p.offered >= network_.alone_cycles(routers(p), p.flits));
    if (!p.is_static) return;
    // Tags count up with the offers.
    std::uint32_t& last = last_[{p.from, p.to, p.vc, p.traffic}];
    REQUIRE(d.tag + 1 > last);
    last = d.tag + 1;
  }

  unsigned routers(const Packet& p) const {
    const Geometry& g = network_.geometry();
    return routers_traversed(g, position(g, p.from), position(g, p.to));
  }

  const Configuration& c_;
  Rng& rng_;
  Network network_;
  std::vector<Packet> packets_;
  std::map<std::tuple<std::uint16_t, std::uint16_t, std::uint8_t, TrafficClass>, std::uint32_t> last_;
  std::uint64_t delivered_ = 0, hops_ = 0;
};

TEST_CASE("in each cycle of any network no flit, place or order is lost, and it drains") {
  const std::uint64_t first = test::seed_or(1), count = test::number_from("SEEDS", 50);
  std::uint64_t flit_hops = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Rng rng(seed);
    const Configuration c = random_configuration(rng);
    INFO("SEED=" << seed << ": " << c.text());
    Run run(c, rng);
    run.run(200);
    flit_hops += run.flit_hops();
  }
  fmt::print("seeds {} to {}: {} flit-hops\n", first, first + count - 1, flit_hops);
  CHECK(flit_hops > 1000 * count);
}

}  // namespace
}  // namespace troupe::noc
