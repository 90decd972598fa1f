#include "tests/noc/router_driver.hpp"

#include <doctest/doctest.h>

namespace troupe::noc::testing {

NocParams random_network(Rng& rng) {
  NocParams noc = preset("xpu64").noc;
  const bool torus = rng.below(2) == 0;
  noc.topology = torus ? Topology::torus : Topology::mesh;
  noc.networks = {static_cast<Routing>(rng.below(torus ? 6 : 2))};
  noc.virtual_channels = torus ? 2 + 2 * rng.below(2) : 1 + rng.below(4);
  noc.vc_depth.count = 1 + rng.below(8);
  if (rng.below(3) == 0) {
    noc.pool_per_vc.count = 1 + rng.below(8);
    noc.pool.count = noc.pool_per_vc.count + rng.below(20);
  }
  for (Cycles* stage : {&noc.vc_alloc, &noc.switch_alloc, &noc.switch_traversal, &noc.link, &noc.credit})
    stage->count = rng.below(3) == 0 ? 1 + rng.below(3) : 1;
  return noc;
}

RandomRouter random_router(std::uint64_t seed, double drain_min) {
  Rng rng(seed);
  const NocParams noc = random_network(rng);
  const auto width = static_cast<std::uint16_t>(1 + rng.below(12)),
             height = static_cast<std::uint16_t>(2 + rng.below(11));
  const Geometry geometry{width, height, noc.topology, noc.networks[0]};
  const Position here =
      position(geometry, static_cast<std::uint16_t>(rng.below(std::uint64_t{width} * height)));
  const DriverParams traffic{.load = rng.uniform(),
                             .drain = drain_min + (1 - drain_min) * rng.uniform(),
                             .flits_max = static_cast<unsigned>(1 + rng.below(12)),
                             .seed = seed};
  return {noc, RouterParams(noc), geometry, here, traffic};
}

RouterDriver::RouterDriver(const RouterParams& router, const Geometry& geometry, Position here,
                           const DriverParams& params)
    : router_(router),
      geometry_(geometry),
      here_(here),
      params_(params),
      rng_(params.seed),
      sending_(kPorts * router.vcs, -1),
      arriving_(kPorts * router.vcs, -1),
      order_(kPorts * router.vcs),
      places_(kPorts, LinkCredits(router)),
      beyond_(kPorts, LinkCredits(router)) {}

RouterDriver::Packet RouterDriver::make_packet(unsigned in_vc) {
  Packet p;
  p.to = position(geometry_, static_cast<std::uint16_t>(rng_.below(geometry_.width * geometry_.height)));
  const auto last = static_cast<unsigned>(rng_.below(router_.range_end()));
  p.range.first = rng_.below(last + 1) & 15;
  p.range.last = last & 15;
  p.hop = route(geometry_, here_, p.to);
  p.hop_beyond = route(geometry_, neighbour(geometry_, here_, p.hop.port), p.to);
  p.flits = static_cast<unsigned>(1 + rng_.below(params_.flits_max));
  p.in_vc = in_vc;
  return p;
}

RouterPorts RouterDriver::next(bool sending) {
  RouterPorts in;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (rng_.uniform() < params_.load) {
      const auto vc = static_cast<unsigned>(rng_.below(router_.vcs)), in_vc = port * router_.vcs + vc;
      if (sending_[in_vc] < 0 && sending) {
        sending_[in_vc] = next_packet_;
        order_[in_vc].push_back(next_packet_);
        packets_.emplace(next_packet_++, make_packet(in_vc));
      }
      if (sending_[in_vc] >= 0 && places_[port].any(router_, vc)) {
        const auto index = static_cast<std::uint32_t>(sending_[in_vc]);
        Packet& p = packets_.at(index);
        const unsigned number = p.sent++;
        const bool tail = p.sent == p.flits;
        const Flit flit = number == 0 ? Flit::of_head(index, p.to, p.range, packed(p.hop), tail)
                                      : Flit::of_body(index, number, tail);
        if (tail) sending_[in_vc] = -1;
        places_[port].take(router_, vc);
        ++in_;
        in.put_flit(port, {flit, static_cast<std::uint8_t>(vc)});
      }
    }
    if (port == kLocal) continue;  // gets no credits
    const auto vc = static_cast<unsigned>(rng_.below(router_.vcs));
    if (beyond_[port].left[vc] == router_.depth || rng_.uniform() >= params_.drain) continue;
    beyond_[port].give(router_, vc);
    in.put_credit(port, vc);
  }
  return in;
}

void RouterDriver::take(const RouterPorts& out) {
  for (unsigned port = 0; port < kPorts; ++port) {
    if (out.has_credit(port)) {
      const unsigned vc = out.credit_vc[port];
      REQUIRE(vc < router_.vcs);
      REQUIRE(places_[port].left[vc] < router_.depth);
      places_[port].give(router_, vc);
    }
    if (!out.has_flit(port)) continue;
    ++out_;
    const LinkFlit& f = out.flit[port];
    REQUIRE(f.vc < router_.vcs);
    const unsigned out_vc = port * router_.vcs + f.vc;
    const auto found = packets_.find(f.flit.packet());
    REQUIRE(found != packets_.end());
    Packet& p = found->second;
    REQUIRE(order_[p.in_vc].front() == f.flit.packet());
    REQUIRE(f.flit.number() == p.received);
    REQUIRE(p.received < p.sent);
    ++p.received;
    REQUIRE(f.flit.head() == (p.received == 1));
    REQUIRE(f.flit.tail() == (p.received == p.flits));
    if (f.flit.head()) {
      REQUIRE(port == p.hop.port);
      REQUIRE(arriving_[out_vc] == -1);
      REQUIRE((router_.wanted(p.range, p.hop.half) >> f.vc & 1) != 0);
      REQUIRE(f.flit.range() == p.range);
      REQUIRE(f.flit.to() == p.to);
      REQUIRE(f.flit.port() == p.hop_beyond.port);
      REQUIRE(f.flit.half() == p.hop_beyond.half);
      p.out_vc = out_vc;
      arriving_[out_vc] = f.flit.packet();
    }
    REQUIRE(p.out_vc == out_vc);
    REQUIRE(arriving_[out_vc] == f.flit.packet());
    if (port != kLocal) {
      REQUIRE(beyond_[port].any(router_, f.vc));
      beyond_[port].take(router_, f.vc);
    }
    if (!f.flit.tail()) continue;
    arriving_[out_vc] = -1;
    order_[p.in_vc].pop_front();
    packets_.erase(found);
  }
}

}  // namespace troupe::noc::testing
