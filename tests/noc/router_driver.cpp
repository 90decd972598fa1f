#include "tests/noc/router_driver.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>

namespace troupe::noc::testing {

NocParams random_network(Rng& rng) {
  NocParams noc = preset("xpu64").noc;
  const bool torus = rng.below(2) == 0;
  noc.topology = torus ? Topology::torus : Topology::mesh;
  noc.networks = {static_cast<Routing>(rng.below(torus ? 6 : 2))};
  const std::uint64_t half_max = rng.below(4) == 0 ? 4 : 2;
  noc.virtual_channels = torus ? 2 + 2 * rng.below(half_max) : 1 + rng.below(2 * half_max);
  noc.vc_depth.count = 1 + rng.below(8);
  noc.multicast_channels = 0;
  if (rng.below(3) != 0) {
    noc.multicast_channels = torus ? 2 : 1 + rng.below(2);
    noc.vc_depth.count = 2 + rng.below(7);
  }
  noc.virtual_channels += noc.multicast_channels;
  if (rng.below(2) == 0) {
    noc.pool_per_vc.count = 1 + rng.below(8);
    noc.pool.count = noc.pool_per_vc.count + rng.below(rng.below(2) == 0 ? 4 : 20);
  }
  for (Cycles* stage : {&noc.vc_alloc, &noc.switch_alloc, &noc.switch_traversal, &noc.link, &noc.credit})
    stage->count = rng.below(3) == 0 ? 1 + rng.below(3) : 1;
  return noc;
}

RandomRouter random_router(std::uint64_t seed, double drain_min) {
  Rng rng(seed);
  const NocParams noc = random_network(rng);
  const bool large = rng.below(4) == 0;
  const auto width = static_cast<std::uint16_t>(1 + rng.below(large ? 256 : 12)),
             height = static_cast<std::uint16_t>(2 + rng.below(large ? std::min(255, 4096 / width - 1) : 11));
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
      sending_(kPorts * vcs(), -1),
      arriving_(kPorts * vcs(), -1),
      order_(kPorts * vcs()),
      places_(kPorts, LinkCredits(router)),
      beyond_(kPorts, LinkCredits(router)),
      multicast_places_(kPorts * vcs(), router.depth),
      multicast_beyond_(kPorts * vcs(), router.depth) {}

// Of a multicast that comes by here.
MulticastRoute RouterDriver::make_route() {
  const auto below = [&](unsigned n) { return static_cast<std::uint16_t>(rng_.below(n)); };
  for (;;) {
    MulticastRoute route{
        .source = {below(geometry_.width), below(geometry_.height)},
        .to = {.corner = {below(geometry_.width), below(geometry_.height)}, .columns = 1, .rows = 1}};
    if (rng_.below(2) == 0) route.source.x = here_.x;
    if (rng_.below(2) == 0) route.source.y = here_.y;
    route.to.columns = static_cast<std::uint16_t>(1 + below(geometry_.width - route.to.corner.x));
    route.to.rows = static_cast<std::uint16_t>(1 + below(geometry_.height - route.to.corner.y));
    if (branches(geometry_, here_, route.source, route.to).ports != 0) return route;
  }
}

RouterDriver::Packet RouterDriver::make_packet(unsigned in_vc) {
  Packet p{};
  p.in_vc = in_vc;
  p.multicast = in_vc % vcs() >= router_.vcs;
  const unsigned end = p.multicast ? router_.multicast_range_end() : router_.range_end();
  const auto last = static_cast<unsigned>(rng_.below(end));
  p.range.first = rng_.below(last + 1) & 15;
  p.range.last = last & 15;
  if (p.multicast) {
    p.route = make_route();
    p.branches = branches(geometry_, here_, p.route.source, p.route.to);
    p.flits = static_cast<unsigned>(1 + rng_.below(std::min(params_.flits_max, router_.depth)));
  } else {
    const auto to = static_cast<std::uint16_t>(rng_.below(geometry_.width * geometry_.height));
    p.route = {.source = {}, .to = {position(geometry_, to), 1, 1}};
    p.branches.add(route(geometry_, here_, p.route.to.corner));
    p.flits = static_cast<unsigned>(1 + rng_.below(params_.flits_max));
  }
  p.branches_left = static_cast<unsigned>(std::popcount(p.branches.ports));
  return p;
}

bool RouterDriver::has_place(unsigned in_vc) const {
  const unsigned vc = in_vc % vcs();
  return vc < router_.vcs ? places_[in_vc / vcs()].any(router_, vc) : multicast_places_[in_vc] != 0;
}

LinkFlit RouterDriver::send(unsigned in_vc) {
  const auto index = static_cast<std::uint32_t>(sending_[in_vc]);
  Packet& p = packets_.at(index);
  const unsigned number = p.sent++, vc = in_vc % vcs();
  const bool tail = p.sent == p.flits;
  LinkFlit f{.flit = Flit::of_body(index, number, tail), .vc = static_cast<std::uint8_t>(vc)};
  const auto port = static_cast<Port>(std::countr_zero(p.branches.ports));  // of a unicast its only branch
  if (number == 0)
    f.flit = Flit::of_head(index, p.route.to.corner, p.range, packed({port, p.branches.half[port]}), tail);
  if (tail) sending_[in_vc] = -1;
  in_ += static_cast<unsigned>(std::popcount(p.branches.ports));
  if (!p.multicast) {
    places_[in_vc / vcs()].take(router_, vc);
    return f;
  }
  --multicast_places_[in_vc];
  f.vc = static_cast<std::uint8_t>(vc - router_.vcs);
  f.flit = f.flit.with_hop(0).of_multicast();
  if (number == 0) {
    f.route = p.route;
    f.branches = p.branches;
  }
  return f;
}

void RouterDriver::give_credits(unsigned port, RouterPorts& in) {
  const auto vc = static_cast<unsigned>(rng_.below(router_.vcs));
  if (beyond_[port].left[vc] != router_.depth && rng_.uniform() < params_.drain) {
    beyond_[port].give(router_, vc);
    in.put_credit(port, vc);
  }
  for (unsigned v = 0; v < router_.multicast_vcs; ++v) {
    unsigned& beyond = multicast_beyond_[port * vcs() + router_.vcs + v];
    if (beyond == router_.depth || rng_.uniform() >= params_.drain) continue;
    ++beyond;
    in.put_multicast_credit(port, v);
  }
}

RouterPorts RouterDriver::next(bool sending) {
  RouterPorts in;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (rng_.uniform() < params_.load) {
      const unsigned in_vc = port * vcs() + static_cast<unsigned>(rng_.below(vcs()));
      if (sending_[in_vc] < 0 && sending) {
        sending_[in_vc] = next_packet_;
        order_[in_vc].push_back(next_packet_);
        packets_.emplace(next_packet_++, make_packet(in_vc));
      }
      if (sending_[in_vc] >= 0 && has_place(in_vc)) in.put_flit(port, send(in_vc));
    }
    if (port != kLocal) give_credits(port, in);
  }
  return in;
}

void RouterDriver::take_credits(unsigned port, const RouterPorts& out) {
  if (out.has_credit(port)) {
    const unsigned vc = out.credit_vc[port];
    REQUIRE(vc < router_.vcs);
    REQUIRE(places_[port].left[vc] < router_.depth);
    places_[port].give(router_, vc);
  }
  for (unsigned vcs_left = out.multicast_credits[port]; vcs_left != 0; vcs_left &= vcs_left - 1) {
    const auto vc = static_cast<unsigned>(std::countr_zero(vcs_left));
    REQUIRE(vc < router_.multicast_vcs);
    unsigned& places = multicast_places_[port * vcs() + router_.vcs + vc];
    REQUIRE(places < router_.depth);
    ++places;
  }
}

void RouterDriver::take_head(unsigned port, const LinkFlit& f, const Packet& p) {
  const Half half = p.branches.half[port];
  const Position beyond = neighbour(geometry_, here_, static_cast<Port>(port));
  REQUIRE(p.branches.has(static_cast<Port>(port)));
  REQUIRE(f.flit.range() == p.range);
  REQUIRE(f.flit.to() == p.route.to.corner);
  if (p.multicast) {
    REQUIRE((router_.multicast_wanted(half) >> f.vc & 1) != 0);
    REQUIRE(f.route == p.route);
    REQUIRE(f.branches == branches(geometry_, beyond, p.route.source, p.route.to));
  } else {
    REQUIRE((router_.wanted(p.range, half) >> f.vc & 1) != 0);
    const Hop hop = route(geometry_, beyond, p.route.to.corner);
    REQUIRE(f.flit.port() == hop.port);
    REQUIRE(f.flit.half() == hop.half);
  }
}

void RouterDriver::take(const RouterPorts& out) {
  for (unsigned port = 0; port < kPorts; ++port) {
    take_credits(port, out);
    if (!out.has_flit(port)) continue;
    const LinkFlit& f = out.flit[port];
    ++out_;
    multicast_out_ += f.flit.multicast();
    REQUIRE(f.vc < (f.flit.multicast() ? router_.multicast_vcs : router_.vcs));
    const unsigned out_vc = number(port, f);
    const auto found = packets_.find(f.flit.packet());
    REQUIRE(found != packets_.end());
    Packet& p = found->second;
    REQUIRE(p.multicast == f.flit.multicast());
    REQUIRE(order_[p.in_vc].front() == f.flit.packet());
    REQUIRE(f.flit.number() == p.received[port]);
    REQUIRE(p.received[port] < p.sent);
    ++p.received[port];
    REQUIRE(f.flit.head() == (p.received[port] == 1));
    REQUIRE(f.flit.tail() == (p.received[port] == p.flits));
    if (f.flit.head()) {
      take_head(port, f, p);
      REQUIRE(arriving_[out_vc] == -1);
      p.out_vc[port] = out_vc;
      arriving_[out_vc] = f.flit.packet();
    }
    REQUIRE(p.out_vc[port] == out_vc);
    REQUIRE(arriving_[out_vc] == f.flit.packet());
    if (port != kLocal && p.multicast) {
      REQUIRE(multicast_beyond_[out_vc] != 0);
      --multicast_beyond_[out_vc];
    } else if (port != kLocal) {
      REQUIRE(beyond_[port].any(router_, f.vc));
      beyond_[port].take(router_, f.vc);
    }
    if (!f.flit.tail()) continue;
    arriving_[out_vc] = -1;
    if (--p.branches_left != 0) continue;
    order_[p.in_vc].pop_front();
    packets_.erase(found);
  }
}

}  // namespace troupe::noc::testing
