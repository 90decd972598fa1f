#include "noc/network.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "noc/bits.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

void require(bool holds, const char* what) {
  if (!holds)
    throw InputError(fmt::format("chip parameters: {}", what), "see noc/README.md for what the model covers");
}

// Throws for what the model cannot represent, and for what could deadlock.
Geometry checked(const GridParams& grid, const NocParams& noc, std::size_t number) {
  require(grid.width >= 1 && grid.height >= 1 && grid.width <= 256 && grid.height <= 256 &&
              grid.width * grid.height <= 4096,
          "the grid needs 1 to 4096 tiles, at most 256 in a row or column");
  require(number < noc.networks.size(), "there is no network of that number");
  require(noc.virtual_channels >= 1 && noc.virtual_channels <= kVcsMax, "virtual_channels must be 1 to 16");
  const bool torus = noc.topology == Topology::torus;
  require(!torus || (noc.virtual_channels % 2 == 0 && noc.multicast_channels % 2 == 0),
          "a torus needs even numbers of virtual_channels and multicast_channels: one half before the "
          "dateline, one after it");
  require(torus || !one_way(noc.networks[number]),
          "a mesh with links one way only has tiles out of reach: its routing must be xy or yx");
  require(noc.vc_depth.count >= 1 && (noc.vc_depth + noc.pool_per_vc).count <= 255,
          "vc_depth must be 1 to 255 flits, pool_per_vc included");
  require(noc.pool.count <= 0xffff && noc.pool_per_vc <= noc.pool &&
              (noc.pool_per_vc.count != 0) == (noc.pool.count != 0),
          "pool_per_vc must be a part of the pool");
  require(noc.multicast_channels <= kMulticastVcsMax && noc.multicast_channels < noc.virtual_channels,
          "multicast_channels must be at most 8, and fewer than virtual_channels");
  require(
      noc.multicast_channels == 0 || (noc.vc_depth + noc.pool_per_vc).count >= 2,
      "a multicast packet must fit the buffer of its virtual channel, header and one more flit: vc_depth and "
      "pool_per_vc are too small for multicast_channels");
  for (Cycles c : {noc.vc_alloc, noc.switch_alloc, noc.switch_traversal, noc.link, noc.niu_link, noc.credit})
    require(c.count >= 1 && c.count <= 64, "every router stage takes 1 to 64 cycles");
  return geometry_of(grid, noc, number);
}

}  // namespace

Network::Network(const GridParams& grid, const NocParams& noc, std::size_t number,
                 const RouterFactory& routers)
    : geometry_(checked(grid, noc, number)),
      params_(noc),
      tiles_(static_cast<std::uint16_t>(grid.width * grid.height)),
      injecting_(ceil_div(tiles_, 64), 0),
      injectors_(tiles_, Injector(params_)),
      arrived_(ceil_div(tiles_, 64), 0),
      arrived_flits_(tiles_) {
  flit_cycles_ = static_cast<unsigned>((noc.switch_alloc + noc.switch_traversal + noc.link).count);
  delivery_cycles_ = static_cast<unsigned>((noc.switch_alloc + noc.switch_traversal + noc.niu_link).count);
  credit_cycles_ = static_cast<unsigned>(noc.credit.count) + 2;
  injector_cycles_ = static_cast<unsigned>(noc.niu_link.count) + 1;
  injector_credit_cycles_ = static_cast<unsigned>(noc.credit.count) + 1;

  const std::size_t ports = tiles_ * std::size_t{kPorts};
  for (unsigned i = 0; i < std::bit_ceil(std::max({flit_cycles_, delivery_cycles_, injector_cycles_}) + 1);
       ++i) {
    flits_.emplace_back(ports);
    arrivals_.emplace_back(tiles_);
  }
  for (unsigned i = 0; i < std::bit_ceil(credit_cycles_ + 1); ++i) {
    credits_.emplace_back(ports);
    injector_credits_.emplace_back(ports);
  }
  if (params_.multicast_vcs != 0) multicasts_.resize(std::max(flits_.size(), credits_.size()));
  for (std::uint16_t t = 0; t < tiles_; ++t) positions_.push_back(position(geometry_, t));
  if (routers)
    routers_ = make_model_routers(params_, geometry_, routers, multicast_routes_);
  else if (params_.multicast_vcs == 0)
    routers_ = make_routers(params_, tiles_);
  else
    routers_ = make_multicast_routers(params_, geometry_, positions_, make_routers(params_, tiles_),
                                      multicast_routes_);
  const Registers registers = routers_->registers();
  inspected_ = registers.flit == 0;
  flit_cycles_ -= registers.flit;
  delivery_cycles_ -= registers.flit;
  credit_cycles_ -= registers.credit;
  injector_credit_cycles_ -= registers.credit;
  build_links();
  build_hops();
#ifdef TROUPE_DEBUG
  last_serial_.assign(std::size_t{tiles_} * tiles_ * params_.vcs, 0);
#endif
}

void Network::build_links() {
  links_.resize(tiles_ * std::size_t{8});
  upstream_.resize(tiles_ * std::size_t{8});
  for (std::uint16_t t = 0; t < tiles_; ++t) {
    const Position here = position(geometry_, t);
    for (Port port : {kEast, kWest, kSouth, kNorth, kLocal}) {
      if (!has_link(geometry_, here, port)) continue;
      const Position there = neighbour(geometry_, here, port);
      const std::uint16_t next = tile_at(geometry_, there);
      Link& link = links_[t * 8u + port];
      link.column = static_cast<std::uint16_t>(256u * there.x);
      link.row = static_cast<std::uint16_t>(256u * there.y);
      if (port == kLocal) continue;
      link.input = params_.channel(next, opposite(port), 0);
      upstream_[next * 8u + opposite(port)] = params_.channel(t, port, 0);
    }
    upstream_[t * 8u + kLocal] = params_.channel(t, kLocal, 0);  // the injector, of the same number
  }
}

// The hop depends on one coordinate while that one differs, so two small tables hold all routes. Where both
// are reached it is the way out, which has no axis: in both tables.
void Network::build_hops() {
  for (const bool along_y : {false, true}) {
    const unsigned size = along_y ? geometry_.height : geometry_.width;
    const unsigned axis = along_y == y_first(geometry_.routing) ? 0 : kSecondAxis;
    std::vector<std::uint8_t>& table = hop_tables_[along_y];
    table.assign(size * 256u, kThere);
    for (unsigned at = 0; at < size; ++at)
      for (unsigned to = 0; to < size; ++to) {
        const auto along = [&](unsigned n) {
          return along_y ? Position{0, static_cast<std::uint16_t>(n)}
                         : Position{static_cast<std::uint16_t>(n), 0};
        };
        const unsigned hop = packed(route(geometry_, along(at), along(to)));
        table[at * 256 + to] = static_cast<std::uint8_t>(hop | (at == to ? kThere : axis));
      }
  }
  hops_ = {hop_tables_[0].data(), hop_tables_[1].data()};
}

std::uint32_t Network::new_packet() {
  if (free_packet_ == kNone) {
    packets_.emplace_back();
    return static_cast<std::uint32_t>(packets_.size() - 1);
  }
  const std::uint32_t index = free_packet_;
  free_packet_ = packets_[index].next;
  return index;
}

void Network::queue(std::uint32_t index, TrafficClass traffic) {
  const std::uint16_t from = packets_[index].from;
  Injector& injector = injectors_[from];
  if (injector.first[traffic] == kNone)
    injector.first[traffic] = index;
  else
    packets_[injector.last[traffic]].next = index;
  injector.last[traffic] = index;
  injecting_[from / 64] |= bit_of_word(from);
}

void Network::offer(std::uint16_t from, std::uint16_t to, unsigned flits, VcRange vcs, TrafficClass traffic,
                    std::uint32_t tag) {
  CHECK(from < tiles_ && to < tiles_ && flits >= 1 && flits <= 0xffff && vcs.first <= vcs.last &&
            vcs.last < params_.range_end() && traffic != kMulticasts,
        "packet {} from {} to {}, {} flits, VCs {}..{}", tag, from, to, flits, +vcs.first, +vcs.last);
  const std::uint32_t index = new_packet();
  packets_[index] = {tag, kNone, ++serial_, from, to, static_cast<std::uint16_t>(flits), 0, vcs};
  queue(index, traffic);
  flits_pending_ += flits;
}

void Network::offer_multicast(std::uint16_t from, const Rectangle& to, unsigned flits, VcRange vcs,
                              std::uint32_t tag) {
  const Position source = position(geometry_, from);
  const unsigned copies = to.tiles_but(source);
  CHECK(from < tiles_ && to.inside(geometry_.width, geometry_.height) && copies != 0 && flits >= 1 &&
            flits <= params_.depth && vcs.first <= vcs.last && vcs.last < params_.multicast_range_end(),
        "multicast {} from {} to {} tiles, {} flits, VCs {}..{}", tag, from, copies, flits, +vcs.first,
        +vcs.last);
  const std::uint32_t index = new_packet();
  packets_[index] = {tag,
                     kNone,
                     ++serial_,
                     from,
                     tile_at(geometry_, to.corner),
                     static_cast<std::uint16_t>(flits),
                     static_cast<std::uint16_t>(copies),
                     vcs};
  if (multicast_routes_.size() <= index) multicast_routes_.resize(packets_.size());
  multicast_routes_[index] = {source, to};
  queue(index, kMulticasts);
  multicasts_pending_ += std::uint64_t{flits} * copies;
}

void Network::step(Cycle now) {
  entered_.clear();
  delivered_.clear();
  if (idle()) return;
  take_arrivals(now);
  List<FlitAt>& flits = at(flits_, now + injector_cycles_);
  auto sent = flits.writer();
  for_each_bit(injecting_, [&](std::uint16_t tile) { inject(tile, now, sent); });
  flits.close(sent);
  const Departures departures = routers_->step(now);
  if (params_.vc_bits == 2)
    send_on<2>(departures, now);
  else if (params_.vc_bits == 3)
    send_on<3>(departures, now);
  else
    send_on<4>(departures, now);
#ifdef TROUPE_DEBUG
  check_invariants();
#endif
}

// What was sent some cycles ago and is here now.
void Network::take_arrivals(Cycle now) {
  List<Channel>& credits = at(credits_, now);
  routers_->receive_credits(credits.span());
  List<Channel>& places = at(injector_credits_, now);
  for (const Channel c : places.span()) {
    Injector& injector = injectors_[params_.router_of(c)];
    injector.credits.give(params_, params_.vc_of(c));
    injector.refresh_credited(params_, params_.vc_of(c));
  }
  credits_flying_ -= credits.size() + places.size();
  credits.clear();
  places.clear();

  List<FlitAt>& flits = at(flits_, now);
  routers_->receive_flits(flits.span());
  flits.clear();
  if (!multicasts_.empty()) take_multicasts(now);

  List<FlitAt>& arrivals = at(arrivals_, now);
  for (const FlitAt& f : arrivals.span()) {
    const std::uint32_t tile = f.flit.multicast() ? RouterParams::multicast_router_port(f.channel) / 8
                                                  : params_.router_of(f.channel);
    arrived_[tile / 64] |= bit_of_word(tile);
    arrived_flits_[tile] = f;
  }
  arrivals.clear();
  for_each_bit(arrived_, [&](std::uint16_t tile) { take_delivery(tile, arrived_flits_[tile]); });
  std::fill(arrived_.begin(), arrived_.end(), 0);
}

void Network::take_multicasts(Cycle now) {
  Multicasts& due = at(multicasts_, now);
  routers_->receive_multicasts(due.credits, due.flits);
  for (const Channel c : due.injector_credits)
    injectors_[RouterParams::multicast_router_port(c) / 8].give_multicast_credit(
        RouterParams::multicast_vc_of(c));
  credits_flying_ -= due.credits.size() + due.injector_credits.size();
  due.flits.clear();
  due.credits.clear();
  due.injector_credits.clear();
}

void Network::take_delivery(std::uint16_t tile, const FlitAt& f) {
  const bool multicast = f.flit.multicast();
  --(multicast ? multicasts_pending_ : flits_pending_);
  if (!f.flit.tail()) return;
  Packet& packet = packets_[f.flit.packet()];
  if (multicast) {
    CHECK(packet.copies != 0 && multicast_routes_[f.flit.packet()].to.has(positions_[tile]),
          "tile {}: multicast {} is not for it", tile, packet.tag);
    delivered_.push_back({packet.tag, tile});
    if (--packet.copies == 0) free(f.flit.packet());
    return;
  }
  CHECK(f.flit.number() + 1 == packet.flits && tile == packet.to,
        "tile {}: flit {} of packet {} is the last of {}", tile, f.flit.number(), packet.tag, packet.flits);
  check_order(packet, tile, params_.vc_of(f.channel));
  delivered_.push_back({packet.tag, tile});
  free(f.flit.packet());
}

void Network::free(std::uint32_t index) {
  packets_[index].next = free_packet_;
  free_packet_ = index;
}

// Debug build: packets of one (source, destination) on a static VC arrive in the order of their offers.
void Network::check_order([[maybe_unused]] const Packet& packet, [[maybe_unused]] std::uint16_t tile,
                          [[maybe_unused]] unsigned vc) {
#ifdef TROUPE_DEBUG
  if (packet.vcs.first != packet.vcs.last) return;
  std::uint32_t& last = last_serial_[(std::size_t{packet.from} * tiles_ + tile) * params_.vcs + vc];
  CHECK(packet.serial > last, "tile {} got packet {} from {} out of order on VC {}", tile, packet.tag,
        packet.from, vc);
  last = packet.serial;
#endif
}

Network::Injector::Injector(const RouterParams& p) : credits(p) {
  credited[0] = static_cast<std::uint16_t>((1u << p.vcs) - 1);
  credited[1] = static_cast<std::uint16_t>((1u << p.multicast_vcs) - 1);
  multicast_credits.fill(static_cast<std::uint8_t>(p.depth));
}

void Network::Injector::take_credit(const RouterParams& p, unsigned traffic, unsigned vc) {
  if (traffic == kMulticasts) {
    if (--multicast_credits[vc] == 0) credited[1] = static_cast<std::uint16_t>(credited[1] & ~(1u << vc));
    return;
  }
  credits.take(p, vc);
  refresh_credited(p, vc);
}

void Network::Injector::give_multicast_credit(unsigned vc) {
  ++multicast_credits[vc];
  credited[1] = static_cast<std::uint16_t>(credited[1] | 1u << vc);
}

void Network::Injector::refresh_credited(const RouterParams& p, unsigned vc) {
  const auto refresh = [&](unsigned v) {
    credited[0] = static_cast<std::uint16_t>((credited[0] & ~(1u << v)) | unsigned{credits.any(p, v)} << v);
  };
  if (p.pool == 0) return refresh(vc);
  for (unsigned v = 0; v < p.vcs; ++v) refresh(v);  // a pool touches all
}

// One flit a cycle from a tile's NIU: the classes take turns. A packet takes the next VC it may, round robin,
// that is not held and has a credit.
void Network::inject(std::uint16_t tile, Cycle now, Writer<FlitAt>& sent) {
  Injector& injector = injectors_[tile];
  for (unsigned i = 1; i <= kClasses; ++i) {
    const unsigned traffic = (injector.last_class + i) % kClasses;
    if (injector.first[traffic] == kNone) continue;
    const unsigned kind = traffic == kMulticasts;
    unsigned vcs = 1u << injector.vc[traffic];
    if (injector.sent[traffic] == 0) {
      if (injector.wanted[traffic] == 0) {
        const VcRange range = packets_[injector.first[traffic]].vcs;
        injector.wanted[traffic] =
            static_cast<std::uint16_t>(kind != 0 ? range.mask() : params_.wanted(range, Half::any));
      }
      vcs = injector.wanted[traffic] & ~injector.held[kind];
    }
    vcs &= injector.credited[kind];
    if (vcs == 0) continue;
    const unsigned behind = vcs & (~1u << injector.vc[traffic]);
    injector.vc[traffic] = static_cast<std::uint8_t>(std::countr_zero(behind != 0 ? behind : vcs));
    send(tile, traffic, now, sent);
    return;
  }
}

void Network::send(std::uint16_t tile, unsigned traffic, Cycle now, Writer<FlitAt>& sent) {
  Injector& injector = injectors_[tile];
  const std::uint32_t index = injector.first[traffic];
  const Packet& packet = packets_[index];
  const unsigned vc = injector.vc[traffic], sequence = injector.sent[traffic];
  const bool head = sequence == 0, tail = sequence + 1 == packet.flits;
  Flit flit = Flit::of_body(index, sequence, tail);
  if (head) {
    flit = Flit::of_head(index, positions_[packet.to], packet.vcs, 0, tail);
    if (traffic != kMulticasts) flit = flit.with_hop(hops_.at(links_[tile * 8u + kLocal], flit.detail()));
    entered_.push_back({packet.tag, tile});
  }
  const unsigned kind = traffic == kMulticasts;
  if (kind != 0)
    at(multicasts_, now + injector_cycles_)
        .flits.push_back({RouterParams::multicast_channel(tile * 8u + kLocal, vc), flit.of_multicast()});
  else
    sent.add({params_.channel(tile, kLocal, vc), flit});
  injector.take_credit(params_, traffic, vc);
  ++injector.flits;
  injector.last_class = static_cast<std::uint8_t>(traffic);
  const unsigned held = injector.held[kind] & ~(1u << vc);
  injector.held[kind] = static_cast<std::uint16_t>(tail ? held : held | 1u << vc);
  injector.sent[traffic] = static_cast<std::uint16_t>(tail ? 0 : sequence + 1);
  if (!tail) return;
  injector.first[traffic] = packet.next;
  injector.wanted[traffic] = 0;
  if (packet.next != kNone) __builtin_prefetch(&packets_[packet.next]);
  if (std::all_of(std::begin(injector.first), std::end(injector.first), [](auto p) { return p == kNone; }))
    injecting_[tile / 64] &= ~bit_of_word(tile);
}

// What won the switch goes over the links; the places it left go back to whoever sends into them.
template <unsigned kVcBits>
void Network::send_on(const Departures& departures, Cycle now) {
  constexpr unsigned kVcMask = (1u << kVcBits) - 1;
  const Hops hops = hops_;  // copies: see Writer
  Link* const links = links_.data();
  auto flits = at(flits_, now + flit_cycles_).writer();
  auto arrivals = at(arrivals_, now + delivery_cycles_).writer();
  for (const FlitAt& f : departures.flits) {
    const std::uint32_t port = f.channel >> kVcBits;
    Link& link = links[port];
    ++link.flits;
    const Flit flit = f.flit.with_hop(hops.at(link, f.flit.detail()));
    flits.add({link.input + (f.channel & kVcMask), flit}, port % 8 != kLocal);
    arrivals.add({f.channel, f.flit}, port % 8 == kLocal);
  }
  at(flits_, now + flit_cycles_).close(flits);
  at(arrivals_, now + delivery_cycles_).close(arrivals);

  const Channel* const upstream = upstream_.data();
  auto credits = at(credits_, now + credit_cycles_).writer();
  auto places = at(injector_credits_, now + injector_credit_cycles_).writer();
  for (const Channel c : departures.places) {
    const std::uint32_t port = c >> kVcBits;
    credits.add(upstream[port] + (c & kVcMask), port % 8 != kLocal);
    places.add(c, port % 8 == kLocal);
  }
  at(credits_, now + credit_cycles_).close(credits);
  at(injector_credits_, now + injector_credit_cycles_).close(places);
  credits_flying_ += departures.places.size();
  if (!multicasts_.empty()) send_multicasts_on(departures, now);
}

void Network::send_multicasts_on(const Departures& departures, Cycle now) {
  auto arrivals = at(arrivals_, now + delivery_cycles_).writer();
  std::vector<FlitAt>& flits = at(multicasts_, now + flit_cycles_).flits;
  for (const FlitAt& f : departures.multicast_flits) {
    const std::uint32_t port = RouterParams::multicast_router_port(f.channel);
    ++links_[port].flits;
    if (port % 8 == kLocal) {
      arrivals.add(f);
      continue;
    }
    const std::uint32_t next = params_.router_port(links_[port].input);
    flits.push_back(
        {RouterParams::multicast_channel(next, RouterParams::multicast_vc_of(f.channel)), f.flit});
  }
  at(arrivals_, now + delivery_cycles_).close(arrivals);
  std::vector<Channel>& credits = at(multicasts_, now + credit_cycles_).credits;
  std::vector<Channel>& places = at(multicasts_, now + injector_credit_cycles_).injector_credits;
  for (const Channel c : departures.multicast_places) {
    const std::uint32_t port = RouterParams::multicast_router_port(c);
    if (port % 8 == kLocal)
      places.push_back(c);
    else
      credits.push_back(RouterParams::multicast_channel(params_.router_port(upstream_[port]),
                                                        RouterParams::multicast_vc_of(c)));
  }
  credits_flying_ += departures.multicast_places.size();
}

std::uint64_t Network::flit_hops() const {
  std::uint64_t sum = 0;
  for (const Link& link : links_) sum += link.flits;
  return sum;
}

}  // namespace troupe::noc
