// The fabric: the networks of a chip with an NIU at every tile, stepped together in global time.
//
// Order of a cycle: what arrives at cycle t is visible to an access at t; cores access at t; then the
// network steps t. So run(from, until) steps [from, until) and delivers everything that arrives up to and
// including `until`. A core may access its NIU at t once run has returned t, and not later than the call
// run(t, ...). How [from, until) is cut into calls never changes a result.
#pragma once

#include <memory>
#include <vector>

#include "noc/endpoint.hpp"
#include "noc/niu.hpp"
#include "noc/router_model.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/memory.hpp"
#include "sim/base/trace.hpp"

namespace troupe::noc {

struct LinkCount {
  std::uint8_t network;
  TileId from, to;
  bool local;           // between a tile and its own NIU
  bool into_network;    // local only: NIU to router
  std::uint64_t flits;  // since construction
};

struct Woken {
  TileId tile;
  Cycle cycle;
};

class Fabric {
 public:
  // Throws InputError for a chip the model cannot represent (more than 16 virtual channels, zero latencies),
  // and for one that could deadlock. `routers`: another implementation of the routers, which changes no
  // cycle.
  explicit Fabric(const ChipParams& params, TraceSink* sink = nullptr, const RouterFactory& routers = {});
  ~Fabric();
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  Niu& niu(TileId tile);
  const Niu& niu(TileId tile) const;

  // What stands behind a tile's NIU; at most one of the three kinds. All outlive the fabric.
  void attach(TileId tile, Memory* l1, LandingObserver* observer = nullptr);
  void attach(TileId tile, Endpoint* endpoint);
  void attach(TileId tile, MessageConsumer* consumer);

  // Untimed, by the loader: `sender` may have `credits` more messages in `mailbox` without asking. False,
  // and nothing changes, when there is no such mailbox or it has fewer slots left.
  bool grant_static(abi::Address mailbox, TileId sender, std::uint32_t credits);

  // Steps [from, until); `from` is what the last call returned (first: 0). Returns the first cycle not yet
  // stepped: `until`, or less when a waiting core woke or a stop was requested. Idle stretches cost nothing;
  // with `until` = kNever it also returns when nothing is left to do.
  Cycle run(Cycle from, Cycle until);

  // The next cycle at which anything happens by itself (flits, arrivals, armed timers); kNever = never:
  // if no core runs either, the chip is deadlocked or done.
  Cycle next_work() const;

  // Tiles whose wait ended in the last call of run, in tile order. Each needs Niu::finish_wait(cycle).
  const std::vector<Woken>& woken() const;

  // Makes the run under way return after this cycle. For consumers and endpoints.
  void request_stop();

  // Flits over each directed link that exists, in order of (network, from, to); local ports included.
  std::vector<LinkCount> link_counts() const;
  // Flits times routers traversed, since construction.
  std::uint64_t flit_hops() const;

  // What must hold between cycles (flits, link credits, mailbox credits); CHECKs it. The debug build calls it
  // after each cycle.
  void check_invariants() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace troupe::noc
