#include "isa/block_engine.hpp"

#include <fmt/core.h>
#include <immintrin.h>

#include <algorithm>

#include "isa/decode.hpp"
#include "isa/vector_shape.hpp"
#include "sim/base/check.hpp"

namespace troupe::isa {
namespace {

// Lanes are 32 bits wide: threaded code is left at least this often.
constexpr Cycle kStayMax = Cycle{1} << 30;

// Host rounding to nearest, exceptions masked, flags clear, no flushing of subnormals.
constexpr unsigned kMxcsr = 0x1f80;

// FP handlers leave their exceptions in the host's sticky flags; this turns those into fflags.
std::uint32_t guest_flags(unsigned mxcsr) {
  const auto flag = [&](int host, int guest) { return (mxcsr >> host & 1) << guest; };
  return flag(5, 0) | flag(4, 1) | flag(3, 2) | flag(2, 3) | flag(0, 4);  // NX UF OF DZ NV
}

// Sets the host's FP state for guest code, and gives the caller's back.
class HostFloat {
 public:
  HostFloat() : saved_(_mm_getcsr()) { _mm_setcsr(kMxcsr); }
  ~HostFloat() { _mm_setcsr(saved_); }
  HostFloat(const HostFloat&) = delete;
  HostFloat& operator=(const HostFloat&) = delete;

  void collect(Hart& hart) {
    const unsigned now = _mm_getcsr();
    if (now == kMxcsr) return;
    hart.csr.fflags |= guest_flags(now);
    _mm_setcsr(kMxcsr);
  }

 private:
  unsigned saved_;
};

void account(Hart& hart, const Lanes& lanes) {
  hart.account.busy += lanes[0];
  for (std::size_t i = 0; i < kStalls; ++i) hart.account.stalled[i] += lanes[static_cast<int>(1 + i)];
}

DivideTime divide_time(const CoreParams& core) {
  return {.term = core.div_term,
          .blocking = core.div_blocking != 0,
          .base = core.div_base.count,
          .bits_per_cycle = core.div_bits_per_cycle,
          .min = core.div_min.count,
          .by_zero = core.div_by_zero.count,
          .by_one = core.div_by_one.count};
}

const Instruction& instruction_at(const Session& session) {
  return session.variant->block->instructions[session.op->index];
}

}  // namespace

BlockEngine::BlockEngine(const CoreParams& core, const EngineOptions& options)
    : core_(core),
      options_(options),
      level_(options.level.value_or(best_host_level())),
      resources_(options.timing ? resources_of(core) : kUntimed),
      divide_(options.timing ? divide_time(core) : DivideTime{}) {}

void BlockEngine::start(const Hart& hart, Session& session) {
  const MemoryView& m = hart.memory;
  session.low = m.base + m.fault_low;
  for (std::uint64_t n = 0; n < 4; ++n) session.room[n] = m.size - m.fault_low - (std::uint64_t{1} << n);
  session.page_flags = reinterpret_cast<const std::uint8_t*>(
      reinterpret_cast<std::uintptr_t>(hart.page_flags.data()) - m.base / kPageBytes);
}

Stop BlockEngine::run(Hart& hart, Cycle until) {
  if (hart.device_pending) return Stop::device;
  if (hart.cycle >= until && !hart.refused) return Stop::until;
  if (hart.code == nullptr) {
    hart.code =
        std::make_shared<CodeSpace>(false, std::map<std::uint64_t, std::shared_ptr<const CodeSpace::Page>>{});
    flag_pages(hart);
  }
  hart.vlen_bytes = static_cast<std::uint32_t>(core_.vlen.count / 8);
  CHECK(legal_vector_state(hart.csr, hart.vlen_bytes), "vtype {:#x} vl {} vstart {} at pc {:#x}",
        hart.csr.vtype, hart.csr.vl, hart.csr.vstart, hart.pc);
  HostFloat host_float;
  Session session;
  session.divide = divide_;
  const Variant* variant = nullptr;
  Stop stop = Stop::until;
  if (hart.refused) {
    hart.refused = false;
    Scheduler scheduler(hart.scoreboard, resources_);
    if (take_trap(hart, hart.trap, scheduler, stop) == Next::stop) return stop;
  }
  if (hart.at_wfi && interrupt_due(hart) && take_interrupt(hart, stop) == Next::stop) return stop;
  hart.at_wfi = false;
  while (hart.cycle < until) {
    if (variant == nullptr) variant = find_variant(hart);
    start(hart, session);
    session.jumps = hart.code->jumps();
    session.limit = std::min(until, hart.cycle + std::min(kStayMax, kNever - hart.cycle));
    if (interrupt_enabled(hart)) session.limit = std::min(session.limit, hart.timer_deadline);
    session.lanes = Lanes{};
    // Biased, so that handlers add the guest's address; only sums with valid addresses are used as pointers.
    auto* const biased =
        reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(hart.memory.data) - hart.memory.base);
    variant->ops->handler(variant->ops, &hart, biased, variant, hart.cycle, &session);
    host_float.collect(hart);
    account(hart, session.lanes);
    hart.cycle = session.cycle;
    if (session.event == Event::exit || session.event == Event::dynamic) {
      if (at_exit(hart, session, until, variant, stop) == Next::stop) return stop;
    } else {
      hart.pc = session.variant->block->pc;
      hart.scoreboard = session.variant->entry;
      if (handle(hart, session, stop) == Next::stop) return stop;
      variant = nullptr;
    }
  }
  return Stop::until;
}

// The hart stands at an exit of a block: takes a due interrupt, otherwise links the exit to what follows.
// `next` is the variant to go on with, null when it must be looked up.
BlockEngine::Next BlockEngine::at_exit(Hart& hart, Session& session, Cycle until, const Variant*& next,
                                       Stop& stop) {
  next = nullptr;
  const Block& block = *session.variant->block;
  const std::uint64_t index = session.event == Event::exit ? session.exit : 0;
  const Exit& exit = session.variant->exits[index];
  hart.scoreboard = exit.scoreboard;
  hart.pc = block.exit_pc[index];
  if (session.event == Event::dynamic && block.ending == Unit::div) {
    Scheduler scheduler(exit.scoreboard, resources_);
    const auto rd = static_cast<Resource>(bits(block.instructions.back().raw, 11, 7));
    if (session.divide.blocking) {
      scheduler.pass(session.key - 1, Stall::divide);  // the handler has counted it
    } else {
      if (rd != 0) scheduler.set(rd, session.key - 1, Stall::divide);
      scheduler.set(kDivider, session.key - 1, Stall::divide);
    }
    hart.scoreboard = scoreboards_.intern(scheduler.pending());
  } else if (session.event == Event::dynamic && block.ending == Unit::jump_register) {
    hart.pc = session.key;
  }
  if (block.transfer() && interrupt_due(hart)) return take_interrupt(hart, stop);
  if (hart.cycle >= until) return Next::look_up;
  const CodeSpace* space = hart.code.get();
  next = find_variant(hart);
  if (hart.code.get() != space) return Next::look_up;  // the exit's own space may be gone
  if (session.event == Event::exit) {
    exit.next = next;
  } else if (exit.next == nullptr) {
    exit.next = next;
    exit.key = session.key;
  } else if (exit.key != session.key) {
    session.jumps[jump_slot(&exit, session.key)] = {&exit, session.key, next};
  }
  return Next::look_up;
}

const Variant* BlockEngine::find_variant(Hart& hart) {
  const Mode mode = Mode::of(hart.csr);
  Block* block = hart.code->find(hart.pc, mode);
  if (block == nullptr) block = decode_block(hart, mode, level_, options_);
  const std::uint64_t vl = block->vector ? hart.csr.vl : 0;
  for (const auto& v : block->variants)
    if (v->entry == hart.scoreboard && v->vl == vl) return v.get();
  block->variants.push_back(make_variant(*block, hart.scoreboard, vl));
  return block->variants.back().get();
}

std::unique_ptr<Variant> BlockEngine::make_variant(Block& block, const Scoreboard* entry, std::uint64_t vl) {
  auto variant = std::make_unique<Variant>();
  variant->ops = block.ops.data();
  variant->block = &block;
  variant->entry = entry;
  variant->vl = vl;
  Scheduler scheduler(entry, resources_);
  for (const Instruction& instruction : block.instructions)
    scheduler.issue(use_of(instruction, core_, block.mode.vtype(), vl));
  const auto fill = [&](Exit& exit, Cycles extra) {
    Scheduler at_exit = scheduler;
    at_exit.pass(extra.count, Stall::branch);
    exit.lanes = at_exit.lanes();
    exit.cost = at_exit.now();
    exit.scoreboard = scoreboards_.intern(at_exit.pending());
  };
  const Instruction& last = block.instructions.back();
  if (last.row != nullptr && last.row->unit == Unit::branch) {
    fill(variant->exits[0], branch_cost(last, false));
    fill(variant->exits[1], branch_cost(last, true));
  } else {
    fill(variant->exits[0], {});
  }
  return variant;
}

Cycles BlockEngine::branch_cost(const Instruction& branch, bool taken) const {
  const bool backward = immediate_of(*branch.row, branch.raw) < 0;
  const bool predicted_taken = core_.branch_prediction == BranchPrediction::backward_taken && backward;
  if (predicted_taken != taken) return core_.branch_mispredicted;
  return taken ? core_.branch_taken : Cycles{};
}

Scheduler BlockEngine::before(const Session& session) const {
  Scheduler scheduler(session.variant->entry, resources_);
  const Block& block = *session.variant->block;
  for (std::size_t i = 0; i < session.op->index; ++i)
    scheduler.issue(use_of(block.instructions[i], core_, block.mode.vtype(), session.variant->vl));
  scheduler.ready(
      use_of(block.instructions[session.op->index], core_, block.mode.vtype(), session.variant->vl));
  return scheduler;
}

void BlockEngine::apply(Hart& hart, const Scheduler& scheduler) {
  hart.cycle += scheduler.now();
  account(hart, scheduler.lanes());
  hart.scoreboard = scoreboards_.intern(scheduler.pending());
}

// Events within a block. On entry the hart's cycle and scoreboard are those of the block's entry.
BlockEngine::Next BlockEngine::handle(Hart& hart, Session& session, Stop& stop) {
  if (session.event == Event::vl) return Next::look_up;
  if (session.event == Event::system) return system(hart, session, stop);
  Scheduler scheduler = before(session);
  const Instruction& instruction = instruction_at(session);
  hart.pc = instruction.pc;
  switch (session.event) {
    case Event::trap: {
      TrapInfo trap = session.trap;
      trap.pc = hart.pc;
      return take_trap(hart, trap, scheduler, stop);
    }
    case Event::device:
      apply(hart, scheduler);
      hart.device_pending = true;
      stop = Stop::device;
      return Next::stop;
    case Event::tohost:
      scheduler.issue(use_of(instruction, core_, session.variant->block->mode.vtype(), session.variant->vl));
      apply(hart, scheduler);
      hart.pc += instruction.bytes;
      stop = Stop::tohost;
      return Next::stop;
    default:
      CHECK(false, "event {} at pc {:#x}", static_cast<int>(session.event), hart.pc);
  }
}

void BlockEngine::complete(Hart& hart, std::uint64_t value, Cycle at, std::uint64_t latency) {
  CHECK(hart.device_pending, "pc {:#x} waits for no device", hart.pc);
  CHECK(at >= hart.cycle, "access at {} before its issue at {}", at, hart.cycle);
  wait(hart, at);
  const Mode mode = Mode::of(hart.csr);
  Block* block = hart.code->find(hart.pc, mode);
  if (block == nullptr) block = decode_block(hart, mode, level_, options_);
  const Instruction& instruction = block->instructions.front();
  const Op& op = block->ops[block->vector ? 1 : 0];  // after check_vl
  Scheduler scheduler(hart.scoreboard, resources_);
  Use use = use_of(instruction, core_, mode.vtype(), 0);
  use.unit = 0;  // the queue of stores to L1 has let it through, and is not where it waits
  use.load_slot_cycles = latency == 0 ? 0 : static_cast<std::uint32_t>(latency - 1);
  const std::uint64_t issued = scheduler.issue(use);
  if (!hart.pending.store) {
    const std::uint32_t width = bits(instruction.raw, 14, 12);  // lw 2, ld 3, lwu 6
    if (width == 2)
      value = static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
    if (width == 6) value = static_cast<std::uint32_t>(value);
    hart.x[op.rd] = value;
    if (op.rd != 32) scheduler.set(op.rd, issued + latency, Stall::niu);
  }
  apply(hart, scheduler);
  hart.pc += instruction.bytes;
  hart.device_pending = false;
}

void BlockEngine::fault(Hart& hart) {
  CHECK(hart.device_pending, "pc {:#x} waits for no device", hart.pc);
  hart.device_pending = false;
  const Cause cause = hart.pending.store ? Cause::store_access : Cause::load_access;
  hart.refused = true;
  hart.trap = {static_cast<std::uint64_t>(cause), hart.pc, hart.pending.address};
}

void BlockEngine::wait(Hart& hart, Cycle cycle) {
  CHECK(cycle >= hart.cycle, "wait until {} at {}", cycle, hart.cycle);
  if (cycle == hart.cycle) return;
  Scheduler scheduler(hart.scoreboard, resources_);
  hart.account.waiting += cycle - hart.cycle;
  // Only the aging matters here; the cycles are counted above.
  scheduler.pass(cycle - hart.cycle, Stall::operand);
  hart.cycle = cycle;
  hart.scoreboard = scoreboards_.intern(scheduler.pending());
}

void BlockEngine::external_write(Hart& hart, std::uint64_t address, std::uint64_t bytes) {
  if (bytes == 0) return;
  const MemoryView& m = hart.memory;
  const std::uint64_t offset = address - m.base;
  CHECK(offset <= m.size && bytes <= m.size - offset, "write of {} bytes at {:#x}", bytes, address);
  note_text_write(hart, address, bytes);
  if (hart.reservation - address < bytes || address - hart.reservation < 8)
    hart.reservation = ~std::uint64_t{0};
}

}  // namespace troupe::isa
