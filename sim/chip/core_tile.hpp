// A leased core tile: hart, L1 and NIU, as one SystemC module that acts only when its core has something to
// do.
#pragma once

#include <functional>
#include <systemc>

#include "isa/engine.hpp"
#include "noc/fabric.hpp"
#include "sim/base/memory.hpp"
#include "sim/base/run_info.hpp"
#include "sim/chip/clock.hpp"
#include "sim/chip/simulation.hpp"

namespace troupe {

// What a tile tells its chip.
class TileListener {
 public:
  virtual ~TileListener() = default;
  virtual void niu_touched() = 0;                     // the fabric may have new work
  virtual void core_stopped(std::uint16_t tile) = 0;  // at a trap
  virtual void counted(std::uint16_t tile) = 0;       // its counters were taken
  // Inbound data became visible in L1; it had arrived before.
  virtual void landed(std::uint16_t tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) = 0;
};

class CoreTile : public sc_core::sc_module, public noc::LandingObserver {
 public:
  CoreTile(sc_core::sc_module_name name, std::uint16_t tile, const ChipParams& chip,
           const RunOptions& options, isa::Engine& engine, noc::Fabric& fabric, TraceSink& trace,
           TileListener& listener);

  Memory& l1() { return l1_; }
  isa::Hart& hart() { return hart_; }
  std::uint16_t tile() const { return tile_; }
  // The wait ended: the core goes on at `cycle`.
  void wake(Cycle cycle);
  bool dead() const { return state_ == State::dead; }
  bool waiting() const { return state_ == State::waiting || state_ == State::asleep; }
  Cycle waiting_since() const { return waiting_since_; }

  // Counters up to `end`, the end of the run: busy + stalled + waiting + idle = end. A core that was
  // computing then is counted up to its last NIU access; what it may have run ahead is not: that depends on
  // the quantum.
  CoreCounters counters(Cycle end) const;

  void landed(noc::TileId tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) override;

 private:
  enum class State : std::uint8_t { running, waiting, asleep, stopped, dead };  // asleep: in wfi

  void step();  // SC_METHOD: one turn of the core
  void die(Cycle now);
  bool access(Cycle now);   // performs hart_.pending; false: the core waits now
  void schedule(Cycle at);  // the next turn
  void count();             // takes counters_ at an NIU access

  const std::uint16_t tile_;
  const ChipParams& chip_;
  const RunOptions& options_;
  isa::Engine& engine_;
  noc::Niu& niu_;
  TraceSink& trace_;
  TileListener& listener_;

  Memory l1_;
  isa::Hart hart_;
  State state_ = State::running;
  Cycle waiting_since_ = 0;
  Cycle death_ = kNever;
  CoreCounters counters_;
  sc_core::sc_event turn_, death_turn_;
};

}  // namespace troupe
