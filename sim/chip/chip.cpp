#include "sim/chip/chip.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/abi/memory_map.hpp"
#include "runtime/host/diagnosis.hpp"
#include "sim/base/check.hpp"
#include "sim/base/trap_cause.hpp"

namespace troupe {
namespace {

constexpr std::uint64_t kTurnsPerProgress = 1 << 12;
constexpr std::uint32_t kTenant = 1;  // of the one program

std::uint64_t fnv1a(std::span<const std::byte> bytes) {
  std::uint64_t hash = 14695981039346656037u;
  for (const std::byte b : bytes) hash = (hash ^ static_cast<std::uint64_t>(b)) * 1099511628211u;
  return hash;
}

}  // namespace

Chip::Chip(sc_core::sc_module_name name, const Image& image, const LoadPlan& plan, const ChipParams& params,
           const RunOptions& options, TraceSink& trace)
    : sc_module(name),
      image_(image),
      plan_(plan),
      params_(params),
      options_(options),
      trace_(trace),
      fabric_(params, &trace, options.routers),
      engine_(isa::make_engine(params.core)),
      observed_engine_(isa::make_observed_engine(params.core, *this)),
      host_(
          [this](std::string_view text) {
            if (options_.print) options_.print(text);
          },
          [this](std::uint16_t tile, const abi::TrapPayload& trap) { crashed(tile, trap); }) {
  TileListener& listener = *this;
  for (std::size_t i = 0; i < plan.lease.tiles.size(); ++i) {
    const std::uint16_t tile = plan.lease.tiles[i];
    cores_.push_back(std::make_unique<CoreTile>(fmt::format("core{}", i).c_str(), tile, params, options,
                                                observed(tile) ? *observed_engine_ : *engine_, fabric_, trace,
                                                listener));
    core_at_[tile] = cores_.back().get();
    fabric_.attach(tile, &cores_.back()->l1(), cores_.back().get());
  }
  for (const std::uint16_t tile : params.tiles_of(TileKind::dram)) {
    drams_[tile] = std::make_unique<Dram>(params.dram, params.clock_hz);
    fabric_.attach(tile, drams_[tile].get());
  }
  fabric_.attach(params.tiles_of(TileKind::host).front(), static_cast<noc::MessageConsumer*>(this));
  load();

  SC_HAS_PROCESS(Chip);
  SC_METHOD(step_network);
  sensitive << network_turn_ << limit_turn_;
  dont_initialize();
  if (options.cycles_max < kCyclesMax) limit_turn_.notify(until(options.cycles_max, Phase::network));
}

// Carries out the plan, untimed: text, boot blocks, mailboxes, credits, DRAM contents.
void Chip::load() {
  for (std::uint64_t tile = 0; tile < params_.tiles(); ++tile)
    fabric_.niu(static_cast<noc::TileId>(tile)).set_tenant(kTenant);
  const auto code = isa::make_code_space(image_.elf), observed_code = isa::make_code_space(image_.elf);
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    CoreTile& core = *cores_[i];
    for (const ElfSegment& s : image_.elf.segments()) core.l1().write(s.address, s.bytes);
    core.l1().write(plan_.cores[i].boot_address, plan_.cores[i].boot_block);
    const isa::MemoryView view{core.l1().data(),
                               0,
                               core.l1().size(),
                               abi::kFaultEnd,
                               abi::kNiuBase,
                               abi::kNiuBase + abi::kNiuBytes,
                               0};
    isa::reset(core.hart(), view, observed(core.tile()) ? observed_code : code, plan_.entry,
               plan_.cores[i].boot_address, core.tile());
  }
  for (const MailboxOpening& m : plan_.mailboxes)
    CHECK(fabric_.niu(m.tile).open_mailbox(m.slot, m.base, m.slots, m.slot_bytes, 1), "mailbox {} of tile {}",
          m.slot, m.tile);
  for (const StaticGrant& g : plan_.grants)
    CHECK(fabric_.grant_static(g.mailbox, g.sender_tile, g.credits), "{} credits of {:#x} to tile {}",
          g.credits, g.mailbox.bits, g.sender_tile);
  for (const DramLoad& d : plan_.dram) drams_.at(d.tile)->memory().write(d.offset, d.bytes);
}

void Chip::niu_touched() {
  network_turn_.notify(until(cycle_now(), Phase::network));
}

void Chip::counted(std::uint16_t tile) {
  if (observed(tile)) options_.observer->counted(tile);
}

void Chip::about_to(const isa::Hart& hart, const isa::Step& step) {
  options_.observer->about_to(static_cast<std::uint16_t>(hart.csr.hart_id), hart, step);
}

void Chip::step(const isa::Hart& hart, const isa::Step& step) {
  options_.observer->step(static_cast<std::uint16_t>(hart.csr.hart_id), hart, step);
}

void Chip::landed(std::uint16_t tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) {
  if (observed(tile)) options_.observer->landed(tile, address, bytes, arrived);
}

void Chip::core_stopped(std::uint16_t tile) {
  stopped_ = std::min(stopped_.value_or(tile), tile);  // of those of one cycle the lowest tile
  niu_touched();
}

// Steps the fabric up to the next turn of a core: no core can touch its NIU before that.
void Chip::step_network() {
  const Cycle now = cycle_now();
  if (stopped_) return finish(Outcome::stopped, now + 1);
  if (now >= options_.cycles_max) return finish(Outcome::limit, options_.cycles_max);
  if (options_.progress && ++turns_ % kTurnsPerProgress == 0) {
    std::uint64_t instructions = 0;
    for (const auto& core : cores_) instructions += core->hart().instructions();
    options_.progress(now, instructions, [this] { return snapshots(); });
  }
  Cycle horizon = std::min(options_.cycles_max, kCyclesMax);
  if (sc_core::sc_pending_activity_at_future_time())
    horizon =
        std::min<Cycle>(horizon, (half_cycles_now() + sc_core::sc_time_to_pending_activity().value()) / 2);
  position_ = fabric_.run(position_, horizon);
  if (host_.end()) return;  // consume() has finished the run
  for (const noc::Woken& w : fabric_.woken()) core_at_.at(w.tile)->wake(w.cycle);
  if (const Cycle next = fabric_.next_work(); next != kNever)
    network_turn_.notify(until(std::max(position_, now + 1), Phase::network));
}

void Chip::consume(noc::TileId, std::uint32_t slot, const abi::MessageHeader& header,
                   std::span<const std::byte> payload, Cycle now) {
  CHECK(slot == plan_.host.slot(), "message to slot {} of the host tile", slot);
  const auto from = static_cast<std::uint16_t>(abi::Address{header.sender}.tile());
  if (header.type == static_cast<std::uint32_t>(abi::SystemType::print) && !host_.end())
    trace_.record(static_cast<std::uint16_t>(plan_.host.tile()), EventKind::print, now, payload.size(),
                  fnv1a(payload), 0);
  message_cycle_ = now;
  host_.message(from, header.type, payload);
  if (host_.end() && outcome_ == Outcome::running) {
    fabric_.request_stop();
    finish(Outcome::ended, now);
  }
}

// An actor's own trap: those that watch it know, the program goes on.
void Chip::crashed(std::uint16_t tile, const abi::TrapPayload& trap) {
  trace_.record(tile, EventKind::trap, message_cycle_, trap.cause, trap.pc, trap.value);
  if (options_.crash) options_.crash(trap_text("crash", tile, trap));
}

std::vector<CoreSnapshot> Chip::snapshots() {
  std::vector<CoreSnapshot> all;
  for (const auto& core : cores_) {
    using State = CoreSnapshot::State;
    const State state = core->dead() ? State::dead : core->waiting() ? State::waiting : State::busy;
    all.push_back({core->tile(), state, fabric_.niu(core->tile()).occupied_slots(), {}});
    if (state != State::dead) all.back().actors = read_actors(image_, plan_, core->tile(), core->l1());
  }
  return all;
}

void Chip::finish(Outcome outcome, Cycle at) {
  outcome_ = outcome;
  end_ = at;
  sc_core::sc_stop();
}

RunResult Chip::run() {
  sc_core::sc_start();
  RunResult result;
  judge(result);
  result.info = info(result.exit_code);
  for (const CoreCounters& c : result.info.cores) result.instructions += c.instructions;
  return result;
}

// What the end of the run means: exit code and diagnosis.
void Chip::judge(RunResult& result) {
  const auto host_tile = static_cast<std::uint16_t>(plan_.host.tile());
  switch (outcome_) {
    case Outcome::ended:
      judge_end(result, *host_.end());
      break;
    case Outcome::stopped: {
      const isa::TrapInfo& t = core_at_.at(*stopped_)->hart().trap;
      result.exit_code = kExitTrap;
      result.diagnosis = trap_text("trap", *stopped_, {t.cause, t.pc, t.value, 0});
      trace_.record(*stopped_, EventKind::trap, end_, t.cause, t.pc, t.value);
      break;
    }
    case Outcome::limit:
      result.exit_code = kExitTrap;
      result.diagnosis = fmt::format("the run was stopped at its limit of {} cycles", options_.cycles_max);
      break;
    case Outcome::running: {  // no event is left
      std::vector<ActorStatus> actors;
      std::vector<std::uint16_t> dead;
      for (const auto& core : cores_) {
        if (core->waiting()) end_ = std::max(end_, core->waiting_since());
        if (core->dead()) {
          dead.push_back(core->tile());
          continue;
        }
        const auto here = read_actors(image_, plan_, core->tile(), core->l1());
        actors.insert(actors.end(), here.begin(), here.end());
      }
      result.exit_code = kExitTrap;
      result.diagnosis = deadlock_text(image_, plan_, params_, actors, dead);
      break;
    }
  }
  trace_.record(host_tile, EventKind::exit, end_, static_cast<std::uint64_t>(result.exit_code), 0, 0);
}

void Chip::judge_end(RunResult& result, const ProgramEnd& end) {
  switch (end.kind) {
    case ProgramEnd::Kind::exited:
      result.program_code = end.code;
      result.exit_code = end.code == 0 ? kExitOk : kExitProgram;
      if (end.code != 0) result.diagnosis = fmt::format("{} exited with code {}", image_.name, end.code);
      break;
    case ProgramEnd::Kind::trapped:
      result.exit_code = kExitTrap;
      result.diagnosis = trap_text("trap", end.tile, end.trap);
      trace_.record(end.tile, EventKind::trap, end_, end.trap.cause, end.trap.pc, end.trap.value);
      break;
    case ProgramEnd::Kind::malformed:
      result.exit_code = kExitTrap;
      result.diagnosis = fmt::format("{}: {}", params_.tile_name(end.tile), end.detail);
      break;
  }
}

std::string Chip::trap_text(std::string_view what, std::uint16_t tile, const abi::TrapPayload& trap) const {
  std::string actor = "the runtime";
  if (trap.mark != 0) {
    const auto address = abi::Address::make(0, tile, trap.mark >> 24, trap.mark);
    if (const auto it = plan_.actor_names.find(address.bits); it != plan_.actor_names.end())
      actor = it->second;
    else if (const auto b = plan_.behaviour_names.find(trap.mark >> 40); b != plan_.behaviour_names.end())
      actor = b->second + "*";
    else
      actor = fmt::format("actor {:#x}", address.bits);
  }
  const std::string symbol = image_.symbol_at(trap.pc);
  const std::string cause =
      trap.cause == abi::kTimeBudgetCause
          ? "time budget exceeded"
          : fmt::format("{} (address or instruction {:#x})", trap_cause_name(trap.cause), trap.value);
  return fmt::format("{}: {} on {}: {} at pc {:#x}{}", what, actor, params_.tile_name(tile), cause, trap.pc,
                     symbol.empty() ? "" : " in " + symbol);
}

RunInfo Chip::info(int exit_code) const {
  RunInfo info;
  info.chip = params_.name;
  info.program = image_.name;
  info.clock_hz = params_.clock_hz;
  info.width = params_.grid.width;
  info.height = params_.grid.height;
  for (std::uint64_t t = 0; t < params_.tiles(); ++t) info.tiles.push_back(params_.tile_name(t));
  info.cycles = end_;
  info.exit_code = exit_code;
  info.actors = plan_.actor_names;
  info.actors[plan_.host.bits] = "host";
  for (const auto& core : cores_)
    info.actors[abi::Address::make(0, core->tile(), abi::kRuntimeSlot, 1).bits] =
        "runtime" + params_.tile_name(core->tile());
  info.behaviours = plan_.behaviour_names;
  for (const std::uint16_t tile : params_.tiles_of(TileKind::core)) {
    const auto core = core_at_.find(tile);
    CoreCounters unused;
    unused.tile = tile;
    unused.idle = end_;
    info.cores.push_back(core == core_at_.end() ? unused : core->second->counters(end_));
  }
  for (const noc::LinkCount& l : fabric_.link_counts()) {
    if (l.flits == 0) continue;
    const std::string network = l.network == 0 ? "" : fmt::format("noc{}:", l.network);
    const std::string from = network + info.tiles[l.from], to = network + info.tiles[l.to];
    if (!l.local)
      info.links.push_back({from, to, l.flits});
    else
      info.links.push_back(l.into_network ? LinkCounters{"niu" + from, from, l.flits}
                                          : LinkCounters{from, "niu" + from, l.flits});
  }
  return info;
}

RunResult simulate(const Image& image, const LoadPlan& plan, const ChipParams& params,
                   const RunOptions& options, TraceSink& trace) {
  // Each run has a kernel of its own: SystemC's simulation context cannot start twice.
  auto context = std::make_unique<sc_core::sc_simcontext>();
  sc_core::sc_curr_simcontext = context.get();
  sc_core::sc_default_global_context = context.get();
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  Chip chip("chip", image, plan, params, options, trace);
  return chip.run();
}

}  // namespace troupe

// libsystemc wants this symbol; our mains are ordinary ones.
extern "C" int sc_main(int, char**) {
  return 0;
}
