#include "noc/fabric.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "noc/network.hpp"
#include "noc/niu_state.hpp"
#include "noc/shared.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

void require(bool holds, const char* what) {
  if (!holds)
    throw InputError(fmt::format("chip parameters: {}", what), "see noc/README.md for what the model covers");
}

// Throws for what the NIU cannot represent; the network checks its own part.
const ChipParams& checked(const ChipParams& p) {
  const std::uint64_t halves = p.noc.topology == Topology::torus ? 2 : 1;
  require(!p.noc.networks.empty() && p.noc.networks.size() <= 2, "there are one or two networks");
  require(p.noc.reply_channels >= halves &&
              p.noc.reply_channels + p.noc.multicast_channels + halves <= p.noc.virtual_channels,
          "requests and replies that share a virtual channel can deadlock: each needs one of its own, on a "
          "torus one before the dateline and one after it");
  require(p.noc.reply_channels % halves == 0 && p.noc.multicast_channels % halves == 0,
          "reply_channels and multicast_channels must be even on a torus: half of a class before the "
          "dateline, half "
          "after it, or a ring can deadlock");
  require(p.niu.inject.count > p.noc.niu_link.count,
          "niu.inject must be longer than noc.niu_link, which it includes");
  require(p.niu.eject.count >= 1, "niu.eject must be at least 1 cycle");
  require(p.niu.transactions >= 1 && p.niu.transactions <= kNoTransaction,
          "niu.transactions must be 1 to 255");
  require(p.niu.mailboxes >= 1 && p.niu.mailboxes <= 0x10000, "niu.mailboxes must be 1 to 65536");
  require(p.niu.credit_rows >= 1, "niu.credit_rows must be at least 1");
  require(p.niu.semaphores <= 256, "niu.semaphores must be at most 256");
  require(p.noc.flit.count >= 1, "noc.flit must be at least 1 byte");
  require(ceil_div(p.niu.packet_payload_max.count, p.noc.flit.count) < 0xffff,
          "a packet has at most 65534 data flits: niu.packet_payload_max / noc.flit");
  return p;
}

}  // namespace

struct Fabric::State {
  State(const ChipParams& params, TraceSink* sink, const RouterFactory& routers)
      : shared{.params = checked(params),
               .sink = sink,
               .packets = {},
               .offers = {},
               .deliveries = {},
               .woken = {}},
        classes{class_vcs(shared.params.noc, kRequests), class_vcs(shared.params.noc, kReplies),
                params.noc.multicast_channels == 0 ? VcRange{} : class_vcs(shared.params.noc, kMulticasts)} {
    for (std::size_t n = 0; n < params.noc.networks.size(); ++n)
      networks.push_back(std::make_unique<Network>(params.grid, params.noc, n, routers));
  }

  Shared shared;
  VcRange classes[kClasses];
  std::vector<std::unique_ptr<Network>> networks;
  std::vector<std::unique_ptr<Niu>> nius;
  Cycle now = 0;  // first cycle not yet stepped

  void offer(std::uint32_t index);
  void step();
  void deliver();
  bool idle() const {
    return std::all_of(networks.begin(), networks.end(), [](const auto& network) { return network->idle(); });
  }
  bool stopped() const { return shared.stop_requested || !shared.woken.empty(); }
};

Fabric::Fabric(const ChipParams& params, TraceSink* sink, const RouterFactory& routers)
    : state_(std::make_unique<State>(params, sink, routers)) {
  for (std::uint64_t tile = 0; tile < params.tiles(); ++tile)
    state_->nius.push_back(std::unique_ptr<Niu>(new Niu(state_->shared, static_cast<TileId>(tile))));
}
Fabric::~Fabric() = default;

Niu& Fabric::niu(TileId tile) {
  CHECK(tile < state_->nius.size(), "no tile {}", tile);
  return *state_->nius[tile];
}
const Niu& Fabric::niu(TileId tile) const {
  CHECK(tile < state_->nius.size(), "no tile {}", tile);
  return *state_->nius[tile];
}

void Fabric::attach(TileId tile, Memory* l1, LandingObserver* observer) {
  niu(tile).state_->l1 = l1;
  niu(tile).state_->observer = observer;
}
void Fabric::attach(TileId tile, Endpoint* endpoint) {
  niu(tile).state_->endpoint = endpoint;
}
void Fabric::attach(TileId tile, MessageConsumer* consumer) {
  niu(tile).state_->consumer = consumer;
}

bool Fabric::grant_static(abi::Address mailbox, TileId sender, std::uint32_t credits) {
  if (mailbox.chip() != 0 || mailbox.tile() >= state_->nius.size() || sender >= state_->nius.size())
    return false;
  Niu::State& receiver = *state_->nius[mailbox.tile()]->state_;
  Mailbox* row = receiver.open_mailbox(mailbox.slot());
  if (row == nullptr || row->generation() != mailbox.generation()) return false;
  const auto asker = state_->nius[sender]->state_->held.find(mailbox.bits);
  if (asker != state_->nius[sender]->state_->held.end() && asker->second.edges == 0) return false;
  if (!row->reserve(credits)) return false;
  if (credits == 0) return true;
  HeldCredits& held = state_->nius[sender]->state_->held[mailbox.bits];
  held.edges += credits;
  held.from_edges += credits;
  return true;
}

// Hands a packet to its network. The VC is a function of source and destination: requests, and replies, from
// one tile to another never overtake each other on one network.
void Fabric::State::offer(std::uint32_t index) {
  const Packet& p = shared.packets[index];
  const ChipParams& params = shared.params;
  if (p.copies != 0)
    return networks[p.network]->offer_multicast(
        p.source, p.rectangle, packet_flits(params.noc, p.payload.size()), classes[kMulticasts], index);
  const TrafficClass traffic = p.reply ? kReplies : kRequests;
  const VcRange vcs = classes[traffic];
  const auto spread =
      params.x(p.source) + params.y(p.source) + params.x(p.destination) + params.y(p.destination);
  const std::uint8_t vc = (vcs.first + spread % (vcs.last - vcs.first + 1u)) & 15;
  networks[p.network]->offer(p.source, p.destination, packet_flits(params.noc, p.payload.size()), {vc, vc},
                             traffic, index);
}

// Steps cycle `now`: what is due enters the injectors, the networks move, tails on time become arrivals.
void Fabric::State::step() {
  while (shared.offers.next() <= now) offer(shared.offers.take().packet);
  for (const auto& network : networks) {
    if (network->idle()) continue;
    network->step(now);
    if (shared.sink != nullptr)
      for (const Delivery& entered : network->entered()) {
        const Packet& p = shared.packets[entered.tag];
        if (!p.reply)
          shared.record(p.source, EventKind::inject, now + network->injector_cycles(), p.id, p.destination,
                        packet_flits(shared.params.noc, p.payload.size()));
      }
    for (const Delivery& d : network->delivered())
      shared.deliveries.add(now + shared.params.niu.eject.count, d.tile, d.tag);
  }
  ++now;
}

// Everything that arrives at `now` arrives before a core's access at `now`.
void Fabric::State::deliver() {
  while (shared.deliveries.next() <= now) {
    const Due due = shared.deliveries.take();
    CHECK(due.cycle == now, "tile {}: due at {}, now {}", due.tile, due.cycle, now);
    if (due.timer)
      nius[due.tile]->timer_due(now);
    else
      nius[due.tile]->arrive(due.packet, now);
  }
}

Cycle Fabric::run(Cycle from, Cycle until) {
  State& s = *state_;
  CHECK(from == s.now, "the fabric stands at cycle {}, not {}", s.now, from);
  s.shared.woken.clear();
  s.shared.stop_requested = false;
  while (s.now < until && !s.stopped()) {
    const Cycle due = std::min(s.shared.offers.next(), s.shared.deliveries.next());
    const bool idle = s.idle();
    if (idle && due == kNever && until == kNever) break;
    if (idle && due > s.now)
      s.now = std::min(due, until);
    else
      s.step();
    s.deliver();
#ifdef TROUPE_DEBUG
    check_invariants();
#endif
  }
  std::sort(s.shared.woken.begin(), s.shared.woken.end(),
            [](const Woken& a, const Woken& b) { return a.tile < b.tile; });
  return s.now;
}

Cycle Fabric::next_work() const {
  const State& s = *state_;
  if (!s.idle()) return s.now;
  return std::min(s.shared.offers.next(), s.shared.deliveries.next());
}

const std::vector<Woken>& Fabric::woken() const {
  return state_->shared.woken;
}
void Fabric::request_stop() {
  state_->shared.stop_requested = true;
}

std::vector<LinkCount> Fabric::link_counts() const {
  std::vector<LinkCount> counts;
  for (std::size_t n = 0; n < state_->networks.size(); ++n) {
    const Network& network = *state_->networks[n];
    const Geometry& grid = network.geometry();
    const auto number = static_cast<std::uint8_t>(n);
    for (TileId tile = 0; tile < state_->nius.size(); ++tile) {
      counts.push_back({number, tile, tile, true, true, network.flits_injected(tile)});
      counts.push_back({number, tile, tile, true, false, network.flits_out(tile, kLocal)});
      const Position at = position(grid, tile);
      for (Port port : {kNorth, kWest, kEast, kSouth})  // on a mesh in order of the neighbour's number
        if (has_link(grid, at, port))
          counts.push_back({number, tile, tile_at(grid, neighbour(grid, at, port)), false, false,
                            network.flits_out(tile, port)});
    }
  }
  std::stable_sort(counts.begin(), counts.end(), [](const LinkCount& a, const LinkCount& b) {
    return std::tie(a.network, a.from, a.to) < std::tie(b.network, b.from, b.to);
  });
  return counts;
}

std::uint64_t Fabric::flit_hops() const {
  std::uint64_t hops = 0;
  for (const auto& network : state_->networks) hops += network->flit_hops();
  return hops;
}

// Credits of each open mailbox: what it counts as outstanding is held by senders or under way, and with the
// free and occupied slots makes up all of them; likewise for each of its holders. A waiter has a recall under
// way, or there is nobody to recall.
void Fabric::check_invariants() const {
  const State& s = *state_;
  std::map<std::pair<std::uint64_t, TileId>, std::uint64_t> pool;  // by mailbox and sender
  std::unordered_map<std::uint64_t, std::uint64_t> found;
  const auto count = [&](std::uint64_t mailbox, TileId sender, std::uint64_t credits, bool is_static) {
    if (credits == 0) return;
    found[mailbox] += credits;
    if (!is_static) pool[{mailbox, sender}] += credits;
  };
  for (const auto& niu : s.nius) {
    for (const auto& [mailbox, held] : niu->state_->held) {
      count(mailbox, niu->state_->tile, held.from_edges, true);
      count(mailbox, niu->state_->tile, held.from_pool, false);
    }
    for (const Transaction& t : niu->state_->transactions)
      count(t.target, niu->state_->tile, t.credits, false);
  }
  for (std::uint32_t i = 0; i < s.shared.packets.size(); ++i) {
    const Packet& p = s.shared.packets[i];
    if (!p.live) continue;
    const bool range = p.reply && p.status == abi::Status::range && p.static_credit;
    if (p.command == Command::message && (!p.reply || range)) count(p.target, p.source, 1, p.static_credit);
    if (p.command == Command::credit)
      count(p.target, p.source == abi::Address{p.target}.tile() ? p.destination : p.source, p.credits,
            p.static_credit);
  }
  for (const auto& niu : s.nius)
    for (std::uint32_t slot = 0; slot < niu->state_->mailboxes.size(); ++slot) {
      const Mailbox* m = niu->state_->open_mailbox(slot);
      if (m == nullptr) continue;
      const std::uint64_t address = niu->mailbox_address(slot).bits;
      CHECK(m->free() + m->outstanding() + m->occupied() == m->slots() && found[address] == m->outstanding(),
            "cycle {} tile {} slot {}: {} free, {} outstanding ({} found), {} occupied of {}", s.now,
            niu->state_->tile, slot, m->free(), m->outstanding(), found[address], m->occupied(), m->slots());
      for (const Holder& h : m->holders())
        CHECK((pool[{address, h.tile}] == h.credits),
              "cycle {} tile {} slot {}: tile {} has {} credits, not {}", s.now, niu->state_->tile, slot,
              h.tile, (pool[{address, h.tile}]), h.credits);
      TileId idle;
      CHECK(!Mailbox(*m).recall(idle), "cycle {} tile {} slot {}: tile {} should be recalled", s.now,
            niu->state_->tile, slot, idle);
    }
  for (const auto& network : s.networks) network->check_invariants();
}

}  // namespace troupe::noc
