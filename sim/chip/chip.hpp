// The chip: core tiles, DRAM tiles and the host tile around one fabric, under SystemC's kernel.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "isa/engine.hpp"
#include "noc/fabric.hpp"
#include "runtime/host/program_host.hpp"
#include "sim/chip/core_tile.hpp"
#include "sim/chip/dram.hpp"
#include "sim/chip/simulation.hpp"

namespace troupe {

class Chip : public sc_core::sc_module,
             private TileListener,
             private isa::StepObserver,
             private noc::MessageConsumer {
 public:
  Chip(sc_core::sc_module_name name, const Image& image, const LoadPlan& plan, const ChipParams& params,
       const RunOptions& options, TraceSink& trace);

  // Runs until the program ends, traps, deadlocks or meets options.cycles_max.
  RunResult run();

 private:
  enum class Outcome { running, ended, stopped, limit };

  void load();
  void step_network();  // SC_METHOD: everything between two turns of cores
  void niu_touched() override;
  void core_stopped(std::uint16_t tile) override;
  void counted(std::uint16_t tile) override;
  void about_to(const isa::Hart& hart, const isa::Step& step) override;
  void step(const isa::Hart& hart, const isa::Step& step) override;
  void landed(std::uint16_t tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) override;
  bool observed(std::uint16_t tile) const {
    return options_.observer != nullptr && options_.observer->wants(tile);
  }
  void consume(noc::TileId tile, std::uint32_t slot, const abi::MessageHeader& header,
               std::span<const std::byte> payload, Cycle now) override;
  std::vector<CoreSnapshot> snapshots();
  void finish(Outcome outcome, Cycle at);

  void judge(RunResult& result);
  void judge_end(RunResult& result, const ProgramEnd& end);
  std::string trap_text(std::string_view what, std::uint16_t tile, const abi::TrapPayload& trap) const;
  void crashed(std::uint16_t tile, const abi::TrapPayload& trap);
  RunInfo info(int exit_code) const;

  const Image& image_;
  const LoadPlan& plan_;
  const ChipParams& params_;
  const RunOptions& options_;
  TraceSink& trace_;
  noc::Fabric fabric_;
  std::unique_ptr<isa::Engine> engine_, observed_engine_;  // the second one runs the observed cores
  std::vector<std::unique_ptr<CoreTile>> cores_;           // by core of the lease
  std::map<std::uint16_t, CoreTile*> core_at_;             // by tile
  std::map<std::uint16_t, std::unique_ptr<Dram>> drams_;
  ProgramHost host_;
  Cycle message_cycle_ = 0;  // of the message that host_ takes

  sc_core::sc_event network_turn_, limit_turn_;
  Cycle position_ = 0;  // the fabric has stepped all cycles before
  Outcome outcome_ = Outcome::running;
  Cycle end_ = 0;
  std::optional<std::uint16_t> stopped_;
  std::uint64_t turns_ = 0;
};

}  // namespace troupe
