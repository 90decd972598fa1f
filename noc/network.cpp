#include "noc/network.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

void require(bool holds, const char* what) {
  if (!holds)
    throw InputError(fmt::format("chip parameters: {}", what), "see noc/README.md for what the model covers");
}

// The router's part of the parameters; throws for what the model cannot represent.
RouterParams checked(const GridParams& grid, const NocParams& noc) {
  require(grid.width >= 1 && grid.height >= 1 && grid.width * grid.height <= 4096,
          "the grid needs 1 to 4096 tiles");
  require(noc.topology == Topology::mesh && noc.networks == std::vector{Routing::xy} && noc.pool.count == 0,
          "this network is a mesh with XY routing and private buffers");
  require(noc.virtual_channels >= 1 && noc.virtual_channels <= kVcsMax, "virtual_channels must be 1 to 12");
  require(noc.vc_depth.count >= 1 && noc.vc_depth.count <= 255, "vc_depth must be 1 to 255 flits");
  for (Cycles c : {noc.vc_alloc, noc.switch_alloc, noc.switch_traversal, noc.link, noc.credit})
    require(c.count >= 1 && c.count <= 64, "every router stage takes 1 to 64 cycles");
  return {static_cast<unsigned>(noc.virtual_channels), static_cast<unsigned>(noc.vc_depth.count),
          static_cast<unsigned>(noc.vc_alloc.count)};
}

template <class F>
void for_each_bit(const std::vector<std::uint64_t>& words, F&& f) {
  for (std::size_t i = 0; i < words.size(); ++i)
    for (std::uint64_t m = words[i]; m != 0; m &= m - 1)
      f(static_cast<std::uint16_t>(i * 64 + std::countr_zero(m)));
}

void set_bit(std::vector<std::uint64_t>& words, unsigned n, bool value) {
  const std::uint64_t bit = std::uint64_t{1} << (n & 63);
  words[n >> 6] = value ? words[n >> 6] | bit : words[n >> 6] & ~bit;
}

}  // namespace

Network::Network(const GridParams& grid, const NocParams& noc, const RouterFactory& routers)
    : grid_(grid), params_(checked(grid, noc)) {
  flit_cycles_ = static_cast<unsigned>((noc.switch_alloc + noc.switch_traversal + noc.link).count);
  credit_cycles_ = static_cast<unsigned>(noc.credit.count) + 2;
  injector_cycles_ = static_cast<unsigned>(noc.link.count) + 1;
  injector_credit_cycles_ = static_cast<unsigned>(noc.credit.count) + 1;

  const std::size_t tiles = grid.width * grid.height;
  for (std::size_t t = 0; t < tiles; ++t)
    positions_.push_back(
        {static_cast<std::uint16_t>(t % grid.width), static_cast<std::uint16_t>(t / grid.width)});
  if (routers) {
    for (const Position& here : positions_) models_.push_back({routers(params_, here), {}});
  } else {
    routers_.assign(tiles, reset_router(params_));
    flits_.resize(tiles * kPorts * params_.vcs * params_.depth);
  }
  busy_.assign(ceil_div(tiles, 64), 0);
  injecting_ = busy_;
  injectors_.resize(tiles);
  for (Injector& i : injectors_)
    std::fill_n(i.credits, params_.vcs, static_cast<std::uint8_t>(params_.depth));
  beyond_.assign(tiles * kPorts, kNoTile);
  for (std::uint16_t t = 0; t < tiles; ++t)
    for (Port port : {kEast, kWest, kSouth, kNorth, kLocal}) {
      const Position p = neighbour(positions_[t], port);
      if (p.x < grid.width && p.y < grid.height) beyond_[t * kPorts + port] = tile(p);
    }
  flit_wheel_.resize(flit_cycles_);
  delivery_wheel_.resize(flit_cycles_);
  credit_wheel_.resize(credit_cycles_);
  activation_wheel_.resize(params_.va_cycles);
  flits_out_.assign(tiles * kPorts, 0);
#ifdef TROUPE_DEBUG
  last_serial_.assign(tiles * tiles * params_.vcs, 0);
#endif
}

void Network::offer(std::uint16_t from, std::uint16_t to, unsigned flits, VcRange vcs, TrafficClass traffic,
                    std::uint32_t tag) {
  CHECK(from < positions_.size() && to < positions_.size() && flits >= 1 && flits <= 0xffff &&
            vcs.first <= vcs.last && vcs.last < params_.vcs,
        "packet {} from {} to {}, {} flits, VCs {}..{}", tag, from, to, flits, +vcs.first, +vcs.last);
  std::uint32_t index = free_packet_;
  if (index != kNone) {
    free_packet_ = packets_[index].next;
  } else {
    index = static_cast<std::uint32_t>(packets_.size());
    packets_.emplace_back();
  }
  packets_[index] = {positions_[to], from, static_cast<std::uint16_t>(flits), vcs, tag, kNone, ++serial_, 0};
  Injector& injector = injectors_[from];
  if (injector.first[traffic] == kNone)
    injector.first[traffic] = index;
  else
    packets_[injector.last[traffic]].next = index;
  injector.last[traffic] = index;
  set_bit(injecting_, from, true);
  flits_pending_ += flits;
}

void Network::step(Cycle now) {
  entered_.clear();
  delivered_.clear();
  take_arrivals(now);
  for_each_bit(injecting_, [&](std::uint16_t tile) { inject(tile, now); });
  if (models_.empty())
    for_each_bit(busy_, [&](std::uint16_t tile) { step_router(tile, now); });
  else
    for_each_bit(busy_, [&](std::uint16_t tile) { step_model(tile, now); });
#ifdef TROUPE_DEBUG
  check_invariants();
#endif
}

// What was sent some cycles ago and is here now: credits, flits, VA grants that take effect.
void Network::take_arrivals(Cycle now) {
  auto& credits = credit_wheel_.at(now);
  for (const CreditOnLink& c : credits) {
    const unsigned local = kLocal * params_.vcs;
    if (c.out_vc >= local)
      ++injectors_[c.router].credits[c.out_vc - local];
    else if (models_.empty())
      receive_credit(routers_[c.router], c.out_vc);
    else
      wires_into(c.router).put_credit(params_.port_of[c.out_vc], vc_of(c.out_vc));
  }
  credits_flying_ -= credits.size();
  credits.clear();

  auto& flits = flit_wheel_.at(now);
  for (const FlitOnLink& f : flits) {
    if (models_.empty())
      receive_flit(routers_[f.router], params_, buffers(f.router), f.in_vc, f.flit);
    else
      wires_into(f.router).put_flit(params_.port_of[f.in_vc], {f.flit, packets_[f.flit.packet].to,
                                                               static_cast<std::uint8_t>(vc_of(f.in_vc))});
    set_bit(busy_, f.router, true);
  }
  flits.clear();

  auto& deliveries = delivery_wheel_.at(now);
  flits_pending_ -= deliveries.size();
  for (const FlitOnLink& f : deliveries) take_delivery(f.router, f.flit, f.in_vc);
  deliveries.clear();

  if (params_.va_cycles == 1 || !models_.empty()) return;
  auto& activations = activation_wheel_.at(now);
  for (const Activation& a : activations) {
    routers_[a.router].active |= a.granted;
    set_bit(busy_, a.router, true);
  }
  activations.clear();
}

void Network::take_delivery(std::uint16_t tile, const Flit& flit, unsigned vc) {
  Packet& packet = packets_[flit.packet];
  CHECK(packet.received == flit.sequence && positions_[tile] == packet.to,
        "tile {}: flit {} of packet {}, expected {}", tile, flit.sequence, packet.tag, packet.received);
  ++packet.received;
  if (!flit.tail) return;
  check_order(packet, tile, vc);
  delivered_.push_back({packet.tag, tile});
  packet.next = free_packet_;
  free_packet_ = flit.packet;
}

// Debug build: packets of one (source, destination) on a static VC arrive in the order of their offers.
void Network::check_order([[maybe_unused]] const Packet& packet, [[maybe_unused]] std::uint16_t tile,
                          [[maybe_unused]] unsigned vc) {
#ifdef TROUPE_DEBUG
  if (packet.vcs.first != packet.vcs.last) return;
  std::uint32_t& last = last_serial_[(packet.from * positions_.size() + tile) * params_.vcs + vc];
  CHECK(packet.serial > last, "tile {} got packet {} from {} out of order on VC {}", tile, packet.tag,
        packet.from, vc);
  last = packet.serial;
#endif
}

// One flit a cycle from a tile's NIU: the classes take turns.
void Network::inject(std::uint16_t tile, Cycle now) {
  Injector& injector = injectors_[tile];
  for (unsigned i = 1; i <= kClasses; ++i) {
    const unsigned traffic = (injector.last_class + i) % kClasses;
    if (injector.first[traffic] == kNone) continue;
    if (injector.sent[traffic] == 0 && !choose_vc(injector, traffic, packets_[injector.first[traffic]]))
      continue;
    if (injector.credits[injector.vc[traffic]] == 0) continue;
    send(tile, traffic, now);
    return;
  }
}

// The next VC of the packet's range, round robin, that is not held and has a credit.
bool Network::choose_vc(Injector& injector, unsigned traffic, const Packet& packet) {
  const unsigned first = packet.vcs.first, count = packet.vcs.last - packet.vcs.first + 1u;
  const unsigned last = injector.vc[traffic];
  for (unsigned i = 1; i <= count; ++i) {
    const unsigned vc =
        last < first || last > packet.vcs.last ? first + i - 1 : first + (last - first + i) % count;
    if ((injector.held >> vc & 1) != 0 || injector.credits[vc] == 0) continue;
    injector.vc[traffic] = static_cast<std::uint8_t>(vc);
    return true;
  }
  return false;
}

void Network::send(std::uint16_t tile, unsigned traffic, Cycle now) {
  Injector& injector = injectors_[tile];
  const std::uint32_t index = injector.first[traffic];
  const Packet& packet = packets_[index];
  const unsigned vc = injector.vc[traffic];
  Flit flit;
  flit.packet = index;
  flit.sequence = injector.sent[traffic];
  flit.head = flit.sequence == 0;
  flit.tail = flit.sequence + 1 == packet.flits;
  flit.route = route_xy(positions_[tile], packet.to);
  flit.range = packet.vcs;
  flit_wheel_.at(now + injector_cycles_)
      .push_back({tile, static_cast<std::uint8_t>(kLocal * params_.vcs + vc), flit});
  --injector.credits[vc];
  ++injector.flits;
  injector.last_class = static_cast<std::uint8_t>(traffic);
  if (flit.head) entered_.push_back({packet.tag, tile});
  injector.held =
      static_cast<std::uint16_t>(flit.tail ? injector.held & ~(1u << vc) : injector.held | 1u << vc);
  injector.sent[traffic] = static_cast<std::uint16_t>(flit.sequence + 1);
  if (!flit.tail) return;
  injector.sent[traffic] = 0;
  injector.first[traffic] = packet.next;
  if (injector.first[kRequests] == kNone && injector.first[kReplies] == kNone)
    set_bit(injecting_, tile, false);
}

void Network::step_router(std::uint16_t tile, Cycle now) {
  RouterState& router = routers_[tile];
  Departures out;
  std::uint64_t granted;
  noc::step(router, params_, buffers(tile), out, granted);
  if (params_.va_cycles > 1 && granted != 0)
    activation_wheel_.at(now + params_.va_cycles).push_back({tile, granted});
  set_bit(busy_, tile, router.has_work());

  for (unsigned i = 0; i < out.count; ++i) {
    Departure& d = out.list[i];
    if (d.flit.head && d.out_port != kLocal)
      d.flit.route = route_xy(positions_[beyond_[tile * kPorts + d.out_port]], packets_[d.flit.packet].to);
    put_on_link(tile, static_cast<Port>(d.out_port), vc_of(d.out_vc), d.flit, now + flit_cycles_);
    return_place(tile, static_cast<Port>(params_.port_of[d.in_vc]), vc_of(d.in_vc), now);
  }
}

// A router of another implementation: what it gives has its own registers behind it.
void Network::step_model(std::uint16_t tile, Cycle now) {
  Model& model = models_[tile];
  RouterPorts out;
  model.router->step(model.in, out);
  model.in.clear();
  set_bit(busy_, tile, model.router->busy());
  for (unsigned port = 0; port < kPorts; ++port) {
    if ((out.flits >> port & 1) != 0)
      put_on_link(tile, static_cast<Port>(port), out.flit[port].vc, out.flit[port].flit,
                  now + flit_cycles_ - kFlitRegisters);
    if ((out.credits >> port & 1) != 0)
      return_place(tile, static_cast<Port>(port), out.credit_vc[port], now - kCreditRegisters);
  }
}

// The wires into a modelled router, which is going to be stepped in this cycle.
RouterPorts& Network::wires_into(std::uint16_t tile) {
  set_bit(busy_, tile, true);
  return models_[tile].in;
}

// A flit leaves through `port` on one of its VCs and is behind the link at `at`.
void Network::put_on_link(std::uint16_t tile, Port port, unsigned vc, const Flit& flit, Cycle at) {
  ++flits_out_[tile * kPorts + port];
  if (port == kLocal)
    delivery_wheel_.at(at).push_back({tile, static_cast<std::uint8_t>(vc), flit});
  else
    flit_wheel_.at(at).push_back(
        {beyond_[tile * kPorts + port], static_cast<std::uint8_t>(opposite(port) * params_.vcs + vc), flit});
}

// The place that a flit left in cycle `left` goes back to whoever sends into this input VC.
void Network::return_place(std::uint16_t tile, Port port, unsigned vc, Cycle left) {
  if (port == kLocal)
    credit_wheel_.at(left + injector_credit_cycles_)
        .push_back({tile, static_cast<std::uint8_t>(kLocal * params_.vcs + vc)});
  else
    credit_wheel_.at(left + credit_cycles_)
        .push_back(
            {beyond_[tile * kPorts + port], static_cast<std::uint8_t>(opposite(port) * params_.vcs + vc)});
  ++credits_flying_;
}

std::uint64_t Network::flit_hops() const {
  std::uint64_t sum = 0;
  for (std::uint64_t flits : flits_out_) sum += flits;
  return sum;
}

void Network::check_invariants() const {
  if (!models_.empty()) return;  // what is inside is not seen here; lockstep compares it
  std::uint64_t flits = 0;
  for (std::size_t t = 0; t < routers_.size(); ++t) {
    for (unsigned vc = 0; vc < kPorts * params_.vcs; ++vc) flits += routers_[t].in[vc].count;
    const Injector& injector = injectors_[t];
    for (unsigned traffic = 0; traffic < kClasses; ++traffic) {
      for (std::uint32_t p = injector.first[traffic]; p != kNone; p = packets_[p].next)
        flits += packets_[p].flits;
      flits -= injector.sent[traffic];
    }
  }
  for (const auto& bucket : flit_wheel_.buckets) flits += bucket.size();
  for (const auto& bucket : delivery_wheel_.buckets) flits += bucket.size();
  CHECK(flits == flits_pending_, "{} flits in the network, {} offered and not delivered", flits,
        flits_pending_);
  check_credits();
}

// Credits + buffered + flits and credits on the link = depth, for each link and VC.
void Network::check_credits() const {
  const unsigned vcs = params_.vcs, size = kPorts * vcs;
  on_link_.assign(routers_.size() * size, 0);  // by receiving router and input VC
  for (const auto& bucket : flit_wheel_.buckets)
    for (const FlitOnLink& f : bucket) ++on_link_[f.router * size + f.in_vc];
  for (const auto& bucket : credit_wheel_.buckets)
    for (const CreditOnLink& c : bucket) {
      const auto port = static_cast<Port>(c.out_vc / vcs);
      ++on_link_[port == kLocal
                     ? c.router * size + c.out_vc
                     : beyond_[c.router * kPorts + port] * size + opposite(port) * vcs + c.out_vc % vcs];
    }
  for (std::size_t t = 0; t < routers_.size(); ++t)
    for (unsigned port = 0; port < kPorts; ++port) {
      const std::uint16_t from = beyond_[t * kPorts + port];
      if (from == kNoTile) continue;
      const std::uint8_t* credits = port == kLocal
                                        ? injectors_[t].credits
                                        : &routers_[from].credits[opposite(static_cast<Port>(port)) * vcs];
      for (unsigned vc = 0; vc < vcs; ++vc) {
        const unsigned in_vc = port * vcs + vc;
        const unsigned places = credits[vc] + routers_[t].in[in_vc].count + on_link_[t * size + in_vc];
        CHECK(places == params_.depth, "router {} input VC {}: {} places of {}", t, in_vc, places,
              params_.depth);
      }
    }
}

}  // namespace troupe::noc
