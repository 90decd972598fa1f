#include "noc/transfers.hpp"

#include <algorithm>
#include <cmath>

#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

constexpr unsigned kFractionBits = 20;
// tt-metal's NOC_UNICAST_WRITE_VC, which its reads and writes name unless told otherwise.
constexpr unsigned kUsualVc = 1;

}  // namespace

Transfers::Transfers(const ChipParams& chip, bool contention)
    : chip_(chip),
      contention_(contention),
      fractions_per_byte_(static_cast<std::uint64_t>(
          std::llround(chip.clock_hz / (chip.dram.bytes_per_second_peak * chip.dram.efficiency) *
                       (std::uint64_t{1} << kFractionBits)))),
      channel_of_(chip.dram_channels()),
      initiators_(chip.noc.networks.size() * chip.tiles(), 0) {
  for (std::size_t n = 0; n < chip.noc.networks.size(); ++n)
    networks_.push_back(std::make_unique<Network>(chip.grid, chip.noc, n));
  offer_cycles_ = chip.niu.inject.count - networks_[0]->injector_cycles();
  std::uint16_t channels = 0;
  for (const std::uint16_t channel : channel_of_)
    if (channel != ChipParams::kNoChannel) channels = std::max<std::uint16_t>(channels, channel + 1);
  channel_free_.assign(channels, 0);
}

bool Transfers::can_start(std::uint16_t tile, std::uint8_t network) const {
  return !contention_ || initiators_[network * chip_.tiles() + tile] < chip_.niu.request_initiators;
}

std::uint32_t Transfers::start(const Transfer& transfer, Cycle now) {
  CHECK(transfer.network < networks_.size() && can_start(transfer.from, transfer.network),
        "tile {}, network {}", transfer.from, transfer.network);
  const auto number = static_cast<std::uint32_t>(transfers_.size());
  const std::vector<std::uint16_t> tiles = targets(transfer);
  CHECK(!tiles.empty(), "a multicast from tile {} to no tile", transfer.from);
  transfers_.push_back({transfer, 0, static_cast<unsigned>(tiles.size())});
  ++initiators(transfer);
  auto packet = static_cast<std::uint32_t>(packets_.size());
  add_packets(number, tiles);
  transfers_[number].entering = static_cast<unsigned>(packets_.size()) - packet;
  for (; packet < packets_.size(); ++packet) at(now + offer_cycles_, Action::offer, packet);
  return number;
}

// The requests of a transfer.
void Transfers::add_packets(std::uint32_t number, const std::vector<std::uint16_t>& tiles) {
  const Transfer& t = transfers_[number].transfer;
  const bool brings_data = t.kind == TransferKind::write || t.kind == TransferKind::multicast;
  if (t.kind != TransferKind::multicast || chip_.noc.multicast_channels == 0 || !contention_) {
    for (const std::uint16_t tile : tiles)
      packets_.push_back({number, brings_data ? t.bytes : 0, tile, Role::request});
    return;
  }
  const auto most = static_cast<std::uint32_t>(multicast_payload_max(chip_.noc));
  for (std::uint32_t left = t.bytes; left > most; left -= most)
    packets_.push_back({number, most, t.from, Role::part});
  const std::uint32_t rest = t.bytes % most == 0 ? most : t.bytes % most;
  packets_.push_back({number, rest, t.from, Role::last_part});
}

bool Transfers::receives(const Transfer& t, std::uint16_t tile) const {
  return tile != t.from && chip_.kind(tile) == TileKind::core;
}

std::vector<std::uint16_t> Transfers::targets(const Transfer& t) const {
  if (t.kind != TransferKind::multicast) return {t.to};
  std::vector<std::uint16_t> tiles;
  for (std::uint64_t y = chip_.y(t.to); y <= chip_.y(t.to_end); ++y)
    for (std::uint64_t x = chip_.x(t.to); x <= chip_.x(t.to_end); ++x) {
      const auto tile = static_cast<std::uint16_t>(y * chip_.grid.width + x);
      if (receives(t, tile)) tiles.push_back(tile);
    }
  return tiles;
}

Cycle Transfers::next(Cycle now) const {
  for (const auto& network : networks_)
    if (!network->idle()) return now;
  return due_.empty() ? kNever : std::max(now, due_.top().cycle);
}

void Transfers::at(Cycle cycle, Action action, std::uint32_t subject) {
  due_.push({cycle, serial_++, action, subject});
}

void Transfers::step(Cycle now) {
  sent_.clear();
  completed_.clear();
  const auto act_on_due = [&] {
    while (!due_.empty() && due_.top().cycle <= now) {
      const Due due = due_.top();
      due_.pop();
      act(due);
    }
  };
  act_on_due();
  for (std::uint8_t n = 0; n < networks_.size(); ++n) {
    if (networks_[n]->idle()) continue;
    networks_[n]->step(now);
    take_network(n, now);
  }
}

void Transfers::act(const Due& due) {
  switch (due.action) {
    case Action::offer:
      return offer(due.subject, due.cycle);
    case Action::serve:
      return serve(due.subject, due.cycle);
    case Action::sent:
      sent_.push_back({due.subject, due.cycle});
      return;
    case Action::complete: {
      const std::uint32_t transfer = packets_[due.subject].transfer;
      if (--transfers_[transfer].replies == 0) completed_.push_back({transfer, due.cycle});
      return;
    }
  }
}

void Transfers::offer(std::uint32_t number, Cycle now) {
  const Packet& p = packets_[number];
  const Transfer& t = transfers_[p.transfer].transfer;
  const bool reply = p.role == Role::reply;
  const std::uint16_t from = reply ? p.target : t.from, to = reply ? t.from : p.target;
  Network& network = *networks_[t.network];
  const Geometry& g = network.geometry();
  if (p.role == Role::part || p.role == Role::last_part) {
    const Position first = position(g, t.to), last = position(g, t.to_end);
    const Rectangle rectangle{first, static_cast<std::uint16_t>(last.x - first.x + 1),
                              static_cast<std::uint16_t>(last.y - first.y + 1)};
    network.offer_multicast(from, rectangle, packet_flits(chip_.noc, p.bytes), channels(p), number);
    return;
  }
  if (contention_) {
    network.offer(from, to, packet_flits(chip_.noc, p.bytes), channels(p), reply ? kReplies : kRequests,
                  number);
    return;
  }
  enter(number, now);
  const unsigned routers = routers_traversed(g, position(g, from), position(g, to));
  at(now + network.alone_cycles(routers, packet_flits(chip_.noc, p.bytes)) + chip_.niu.eject.count,
     reply ? Action::complete : Action::serve, number);
}

// A packet's head has entered the network.
void Transfers::enter(std::uint32_t number, Cycle now) {
  const Packet& p = packets_[number];
  State& state = transfers_[p.transfer];
  if (p.role == Role::reply || --state.entering != 0) return;
  --initiators(state.transfer);
  at(now + packet_flits(chip_.noc, p.bytes), Action::sent, p.transfer);
}

// A request has arrived with its last flit.
void Transfers::serve(std::uint32_t number, Cycle now) {
  const Packet p = packets_[number];
  const Transfer& t = transfers_[p.transfer].transfer;
  const std::uint32_t answer = t.kind == TransferKind::read ? t.bytes : 0;
  const bool brings_data = t.kind == TransferKind::write || t.kind == TransferKind::multicast;
  Cycle ready = now + (brings_data ? 0 : chip_.l1.niu_read.count);
  if (const std::uint16_t channel = channel_of_[p.target]; channel != ChipParams::kNoChannel) {
    std::uint64_t begin = (now + chip_.dram.latency.count) << kFractionBits;
    if (contention_) begin = std::max(begin, channel_free_[channel]);
    const std::uint64_t end = begin + t.bytes * fractions_per_byte_;
    channel_free_[channel] = end;
    // The last flit leaves when the channel has delivered, or taken, the last byte.
    const Cycle ended = ceil_div(end, std::uint64_t{1} << kFractionBits);
    ready = std::max<Cycle>(begin >> kFractionBits,
                            ended - std::min<Cycle>(ended, packet_flits(chip_.noc, answer)));
  }
  packets_.push_back({p.transfer, answer, p.target, Role::reply});
  at(ready + offer_cycles_, Action::offer, static_cast<std::uint32_t>(packets_.size() - 1));
}

void Transfers::take_network(std::uint8_t n, Cycle now) {
  for (const Delivery& d : networks_[n]->entered()) enter(d.tag, now);
  for (const Delivery& d : networks_[n]->delivered()) {
    const Packet p = packets_[d.tag];
    std::uint32_t arrived = d.tag;
    // Of a multicast each receiver takes a packet of its own; tiles that are no cores opt out.
    if (p.role == Role::part || p.role == Role::last_part) {
      if (p.role == Role::part || !receives(transfers_[p.transfer].transfer, d.tile)) continue;
      arrived = static_cast<std::uint32_t>(packets_.size());
      packets_.push_back({p.transfer, p.bytes, d.tile, Role::request});
    }
    at(now + chip_.niu.eject.count, p.role == Role::reply ? Action::complete : Action::serve, arrived);
  }
}

VcRange Transfers::channels(const Packet& p) const {
  const Transfer& t = transfers_[p.transfer].transfer;
  if (p.role == Role::reply) return class_vcs(chip_.noc, kReplies);
  if (p.role != Role::request) {
    VcRange range = class_vcs(chip_.noc, kMulticasts);
    range.last = range.first;  // one VC, so that the parts arrive in order
    return range;
  }
  VcRange range = class_vcs(chip_.noc, kRequests);
  if (t.dynamic_vc) return range;
  const unsigned usual = std::min<unsigned>(range.first + kUsualVc, range.last);
  range.first = range.last = (t.vc == kNocTraceNoVc ? usual : range.first + static_cast<unsigned>(t.vc)) & 15;
  return range;
}

std::uint8_t& Transfers::initiators(const Transfer& t) {
  return initiators_[t.network * chip_.tiles() + t.from];
}

}  // namespace troupe::noc
