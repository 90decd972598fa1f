// A run: one program on one chip, from load to end. The face of sim/chip; SystemC stays behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "isa/observed_engine.hpp"
#include "noc/router_model.hpp"
#include "runtime/host/diagnosis.hpp"
#include "runtime/host/image.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/run_info.hpp"
#include "sim/base/trace.hpp"

namespace troupe {

// The core of a tile dies at a cycle: it runs no more, and every request to it is answered DEAD.
struct InjectedDeath {
  std::uint16_t tile;
  Cycle cycle;
};

// Sees what cores execute. A core may have run ahead of the end of the run: what counts is what it had done
// at the last counted(), and the wait that the end cut short.
class CoreObserver {
 public:
  virtual ~CoreObserver() = default;
  virtual bool wants(std::uint16_t tile) const = 0;  // the others run at full speed
  // Before an instruction, and after it: isa::StepObserver.
  virtual void about_to([[maybe_unused]] std::uint16_t tile, [[maybe_unused]] const isa::Hart& hart,
                        [[maybe_unused]] const isa::Step& step) {}
  virtual void step(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) = 0;
  // Inbound data became visible in the L1 of the tile; it had arrived at cycle `arrived`.
  virtual void landed([[maybe_unused]] std::uint16_t tile, [[maybe_unused]] std::uint64_t address,
                      [[maybe_unused]] std::uint64_t bytes, [[maybe_unused]] Cycle arrived) {}
  virtual void counted(std::uint16_t tile) = 0;  // all steps of the tile until now are in its counters
};

// A core in the middle of a run, for people: it may have run ahead of the others.
struct CoreSnapshot {
  enum class State : std::uint8_t { busy, waiting, dead };
  std::uint16_t tile;
  State state;
  std::uint64_t messages;           // in its mailboxes' slots
  std::vector<ActorStatus> actors;  // none of a dead one
};
using Snapshots = std::function<std::vector<CoreSnapshot>()>;

struct RunOptions {
  // How far a core may run ahead of global time before it gives the others a turn. Never changes a result.
  Cycle quantum = Cycle{1} << 20;
  Cycle cycles_max = kNever;  // the run ends there, if the program did not before
  std::vector<InjectedDeath> deaths;
  noc::RouterFactory routers;  // another implementation of the network's routers; never changes a result
  std::function<void(std::string_view)> print;  // text of the program
  std::function<void(std::string_view)> crash;  // a line about an actor that a trap ended, not the program
  CoreObserver* observer = nullptr;             // never changes a result
  // Now and then: cycle and instructions so far, and a way to look at the cores.
  std::function<void(Cycle, std::uint64_t, const Snapshots&)> progress;
};

// How a run ended; `diagnosis` says why in words when it did not end well.
struct RunResult {
  int exit_code = 0;              // of `troupe run` (ExitCode)
  std::int64_t program_code = 0;  // what the program gave to exit()
  std::string diagnosis;
  RunInfo info;
  std::uint64_t instructions = 0;
};

// Runs the image on the chip as planned. Deterministic: equal image, chip and deaths give equal events,
// cycles and counters, whatever the quantum.
RunResult simulate(const Image& image, const LoadPlan& plan, const ChipParams& chip,
                   const RunOptions& options, TraceSink& trace);

}  // namespace troupe
