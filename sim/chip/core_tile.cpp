#include "sim/chip/core_tile.hpp"

#include <algorithm>

#include "runtime/abi/memory_map.hpp"
#include "sim/base/check.hpp"

namespace troupe {

CoreTile::CoreTile(sc_core::sc_module_name name, std::uint16_t tile, const ChipParams& chip,
                   const RunOptions& options, isa::Engine& engine, noc::Fabric& fabric, TraceSink& trace,
                   TileListener& listener)
    : sc_module(name),
      tile_(tile),
      chip_(chip),
      options_(options),
      engine_(engine),
      niu_(fabric.niu(tile)),
      trace_(trace),
      listener_(listener),
      l1_(chip.l1.size) {
  counters_.tile = tile;
  SC_HAS_PROCESS(CoreTile);
  SC_METHOD(step);
  sensitive << turn_ << death_turn_;
  for (const InjectedDeath& d : options.deaths)
    if (d.tile == tile) death_ = std::min(death_, d.cycle);
  if (death_ != kNever) death_turn_.notify(until(death_, Phase::cores));
}

// One turn: ends a wait, performs the access that is due, then runs ahead to the next access or deadline.
void CoreTile::step() {
  const Cycle now = cycle_now();
  if (state_ == State::dead || state_ == State::stopped || now >= options_.cycles_max) return;
  if (now >= death_) return die(now);
  if (state_ == State::waiting) {
    engine_.complete(hart_, niu_.finish_wait(now), now, chip_.niu.register_access.count);
    state_ = State::running;
    count();
  } else if (state_ == State::asleep) {
    engine_.wait(hart_, now);
    state_ = State::running;
  }
  const Cycle limit = std::min({now + options_.quantum, death_, options_.cycles_max});
  for (;;) {
    switch (engine_.run(hart_, limit)) {
      case isa::Stop::until:
        return schedule(std::max(hart_.cycle, now));
      case isa::Stop::device:
        if (hart_.cycle > now) return schedule(hart_.cycle);
        if (!access(now)) return;
        continue;
      case isa::Stop::wait_for_interrupt:
        // Only the timer interrupts; without one armed the core sleeps for good.
        state_ = State::asleep;
        waiting_since_ = hart_.cycle;
        if (hart_.timer_deadline != kNever) schedule(std::max(hart_.timer_deadline, hart_.cycle));
        return;
      case isa::Stop::unhandled_trap:
        if (hart_.cycle > now) return schedule(hart_.cycle);
        state_ = State::stopped;
        return listener_.core_stopped(tile_);
      case isa::Stop::tohost:
        CHECK(false, "tile {}: tohost exists in bare mode only", tile_);
    }
  }
}

bool CoreTile::access(Cycle now) {
  const auto& a = hart_.pending;
  const std::uint64_t offset = a.address - abi::kNiuBase;
  const noc::Access result =
      a.store ? niu_.store(offset, a.bytes, a.value, now) : niu_.load(offset, a.bytes, now);
  listener_.niu_touched();
  switch (result.kind) {
    case noc::Access::Kind::waits:
      state_ = State::waiting;
      waiting_since_ = now;
      count();
      return false;
    case noc::Access::Kind::fault:
      engine_.fault(hart_);
      break;
    case noc::Access::Kind::done:
      engine_.complete(hart_, result.value, now, a.store ? 0 : chip_.niu.register_access.count);
      break;
  }
  hart_.timer_deadline = niu_.timer_deadline();
  count();
  return true;
}

void CoreTile::schedule(Cycle at) {
  turn_.notify(until(std::min(at, death_), Phase::cores));
}

void CoreTile::wake(Cycle cycle) {
  schedule(cycle);
}

void CoreTile::count() {
  counters_.busy = hart_.account.busy;
  counters_.instructions = hart_.instructions();
  counters_.stalled = hart_.account.stalled;
  counters_.waiting = hart_.account.waiting;
  listener_.counted(tile_);
}

void CoreTile::die(Cycle now) {
  if (waiting()) counters_.waiting += now - waiting_since_;
  state_ = State::dead;
  niu_.kill(now);
  trace_.record(tile_, EventKind::kill, now, 0, 0, 0);
  listener_.niu_touched();
}

CoreCounters CoreTile::counters(Cycle end) const {
  CoreCounters c = counters_;
  if (waiting() && waiting_since_ < end) c.waiting += end - waiting_since_;
  std::uint64_t sum = c.busy + c.waiting;
  for (const auto s : c.stalled) sum += s;
  CHECK(sum <= end, "tile {}: {} cycles accounted of {}", tile_, sum, end);
  c.idle = end - sum;
  return c;
}

void CoreTile::landed(noc::TileId, std::uint64_t address, std::uint64_t bytes, Cycle arrived) {
  listener_.landed(tile_, address, bytes, arrived);
  engine_.external_write(hart_, address, bytes);
}

}  // namespace troupe
