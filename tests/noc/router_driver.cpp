#include "tests/noc/router_driver.hpp"

#include <doctest/doctest.h>

namespace troupe::noc::testing {

RouterDriver::RouterDriver(const RouterParams& router, Position here, const DriverParams& params)
    : router_(router),
      here_(here),
      params_(params),
      rng_(params.seed),
      sending_(router.port_vcs, -1),
      arriving_(router.port_vcs, -1),
      order_(router.port_vcs),
      places_(router.port_vcs, router.depth),
      owed_(router.port_vcs, 0) {}

RouterDriver::Packet RouterDriver::make_packet(unsigned in_vc) {
  Packet p;
  p.to = {static_cast<std::uint16_t>(here_.x - 2 + rng_.below(5)),
          static_cast<std::uint16_t>(here_.y - 2 + rng_.below(5))};
  p.range.first = static_cast<std::uint8_t>(rng_.below(router_.vcs));
  p.range.last = static_cast<std::uint8_t>(p.range.first + rng_.below(router_.vcs - p.range.first));
  p.route = route_xy(here_, p.to);
  p.route_beyond = route_xy(neighbour(here_, p.route), p.to);
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
      if (sending_[in_vc] >= 0 && places_[in_vc] != 0) {
        Packet& p = packets_.at(static_cast<std::uint32_t>(sending_[in_vc]));
        LinkFlit f;
        f.flit.packet = static_cast<std::uint32_t>(sending_[in_vc]);
        f.flit.sequence = static_cast<std::uint16_t>(p.sent++);
        f.flit.head = f.flit.sequence == 0;
        f.flit.tail = p.sent == p.flits;
        f.flit.route = p.route;
        f.flit.range = p.range;
        f.to = p.to;
        f.vc = static_cast<std::uint8_t>(vc);
        if (f.flit.tail) sending_[in_vc] = -1;
        --places_[in_vc];
        ++in_;
        in.put_flit(port, f);
      }
    }
    if (port == kLocal) continue;  // gets no credits
    const auto vc = static_cast<unsigned>(rng_.below(router_.vcs));
    unsigned& owed = owed_[port * router_.vcs + vc];
    if (owed == 0 || rng_.uniform() >= params_.drain) continue;
    --owed;
    in.put_credit(port, vc);
  }
  return in;
}

void RouterDriver::take(const RouterPorts& out) {
  for (unsigned port = 0; port < kPorts; ++port) {
    if ((out.credits >> port & 1) != 0) {
      REQUIRE(out.credit_vc[port] < router_.vcs);
      unsigned& places = places_[port * router_.vcs + out.credit_vc[port]];
      REQUIRE(places < router_.depth);
      ++places;
    }
    if ((out.flits >> port & 1) == 0) continue;
    ++out_;
    const LinkFlit& f = out.flit[port];
    REQUIRE(f.vc < router_.vcs);
    const unsigned out_vc = port * router_.vcs + f.vc;
    const auto found = packets_.find(f.flit.packet);
    REQUIRE(found != packets_.end());
    Packet& p = found->second;
    REQUIRE(order_[p.in_vc].front() == f.flit.packet);
    REQUIRE(f.flit.sequence == p.received);
    REQUIRE(p.received < p.sent);
    ++p.received;
    REQUIRE(f.flit.head == (p.received == 1));
    REQUIRE(f.flit.tail == (p.received == p.flits));
    if (f.flit.head) {
      REQUIRE(port == p.route);
      REQUIRE(arriving_[out_vc] == -1);
      REQUIRE((p.range.first <= f.vc && f.vc <= p.range.last));
      REQUIRE(f.flit.range == p.range);
      REQUIRE(f.to == p.to);
      REQUIRE(f.flit.route == p.route_beyond);
      p.out_vc = out_vc;
      arriving_[out_vc] = f.flit.packet;
    }
    REQUIRE(p.out_vc == out_vc);
    REQUIRE(arriving_[out_vc] == f.flit.packet);
    if (port != kLocal) REQUIRE(++owed_[out_vc] <= router_.depth);
    if (!f.flit.tail) continue;
    arriving_[out_vc] = -1;
    order_[p.in_vc].pop_front();
    packets_.erase(found);
  }
}

}  // namespace troupe::noc::testing
