// What the block engine carries out itself: traps, interrupts, CSR access, fence.i, mret, wfi.
#include "isa/block_engine.hpp"
#include "isa/decode.hpp"
#include "isa/vector_shape.hpp"
#include "sim/base/check.hpp"

namespace troupe::isa {

bool BlockEngine::interrupt_enabled(const Hart& hart) {
  const bool on = hart.privilege == Privilege::user || (hart.csr.mstatus & kStatusMie) != 0;
  return on && (hart.csr.mie & kTimerInterrupt) != 0;
}

bool BlockEngine::interrupt_due(const Hart& hart) {
  return interrupt_enabled(hart) && hart.cycle >= hart.timer_deadline;
}

// The scheduler stands at the cycle of the trap. An exception takes the place of its instruction's issue.
BlockEngine::Next BlockEngine::take_trap(Hart& hart, const TrapInfo& trap, Scheduler& scheduler, Stop& stop) {
  Csrs& csr = hart.csr;
  const bool interrupt = trap.cause >> 63 != 0;
  if (csr.mtvec >> 2 == 0) {
    apply(hart, scheduler);
    hart.trap = trap;
    stop = Stop::unhandled_trap;
    return Next::stop;
  }
  csr.mepc = trap.pc;
  csr.mcause = trap.cause;
  csr.mtval = trap.value;
  const bool enabled = (csr.mstatus & kStatusMie) != 0;
  csr.mstatus &= ~(kStatusMie | kStatusMpie | kStatusMpp);
  csr.mstatus |= (enabled ? kStatusMpie : 0) | (hart.privilege == Privilege::machine ? kStatusMpp : 0);
  hart.privilege = Privilege::machine;
  const bool vectored = (csr.mtvec & 1) != 0;
  hart.pc = (csr.mtvec & ~std::uint64_t{3}) + (interrupt && vectored ? 4 * (trap.cause & 63) : 0);
  hart.reservation = ~std::uint64_t{0};
  scheduler.pass(core_.trap.count + (interrupt ? 0 : 1), Stall::trap);
  apply(hart, scheduler);
  return Next::look_up;
}

BlockEngine::Next BlockEngine::take_interrupt(Hart& hart, Stop& stop) {
  Scheduler scheduler(hart.scoreboard, resources_);
  return take_trap(hart, {static_cast<std::uint64_t>(Cause::timer_interrupt), hart.pc, 0}, scheduler, stop);
}

// mret: to the mode in MPP, which is left at the least there is.
void BlockEngine::return_from_trap(Hart& hart) {
  Csrs& csr = hart.csr;
  const bool machine = (csr.mstatus & kStatusMpp) == kStatusMpp, enable = (csr.mstatus & kStatusMpie) != 0;
  hart.privilege = machine ? Privilege::machine : Privilege::user;
  csr.mstatus &= ~(kStatusMie | kStatusMpp | (machine ? 0 : kStatusMprv));
  csr.mstatus |= kStatusMpie | (enable ? kStatusMie : 0);
  hart.pc = csr.mepc;
}

// Before an instruction that ends its block and is the engine's own, or one that cannot execute at all.
BlockEngine::Next BlockEngine::system(Hart& hart, Session& session, Stop& stop) {
  const Instruction instruction = session.variant->block->instructions[session.op->index];
  Scheduler scheduler = before(session);
  hart.pc = instruction.pc;
  if (instruction.row == nullptr) return not_an_instruction(hart, instruction, scheduler, stop);
  const Use use = use_of(instruction, core_, 0, 0);
  const auto trap = [&](Cause cause, std::uint64_t value) {
    return take_trap(hart, {static_cast<std::uint64_t>(cause), hart.pc, value}, scheduler, stop);
  };
  if (instruction.row->unit == Unit::csr) {
    if (!csr_access(hart, instruction, scheduler)) return trap(Cause::illegal_instruction, instruction.raw);
    const bool interrupts = enables_interrupts(bits(instruction.raw, 31, 20)) && interrupt_due(hart);
    return interrupts ? take_interrupt(hart, stop) : Next::look_up;
  }
  switch (instruction.raw) {
    case 0x00000073:
      return trap(hart.privilege == Privilege::user ? Cause::ecall_u : Cause::ecall_m, 0);
    case 0x00100073:
      return trap(Cause::breakpoint, hart.pc);
    case 0x30200073:  // mret
      if (hart.privilege == Privilege::user) return trap(Cause::illegal_instruction, instruction.raw);
      scheduler.issue(use);
      scheduler.pass(core_.jump_register.count, Stall::branch);
      apply(hart, scheduler);
      return_from_trap(hart);
      return interrupt_due(hart) ? take_interrupt(hart, stop) : Next::look_up;
    case 0x10500073:  // wfi
      if (hart.privilege == Privilege::user && (hart.csr.mstatus & kStatusTw) != 0)
        return trap(Cause::illegal_instruction, instruction.raw);
      scheduler.issue(use);
      apply(hart, scheduler);
      hart.pc += instruction.bytes;
      if (interrupt_due(hart)) return take_interrupt(hart, stop);
      if ((hart.csr.mie & kTimerInterrupt) != 0 && hart.cycle >= hart.timer_deadline) return Next::look_up;
      hart.at_wfi = true;
      stop = Stop::wait_for_interrupt;
      return Next::stop;
    default:
      break;
  }
  CHECK(instruction.row->unit == Unit::fence_i, "{} at pc {:#x}", instruction.row->name, hart.pc);
  scheduler.issue(use);
  apply(hart, scheduler);
  hart.pc += instruction.bytes;
  if (hart.text_dirty) {
    hart.text_dirty = false;
    hart.code =
        std::make_shared<CodeSpace>(false, std::map<std::uint64_t, std::shared_ptr<const CodeSpace::Page>>{});
    flag_pages(hart);
  }
  return Next::look_up;
}

BlockEngine::Next BlockEngine::not_an_instruction(Hart& hart, const Instruction& instruction,
                                                  Scheduler& scheduler, Stop& stop) {
  if (instruction.bytes == 0) {  // `raw` is its first half where only the second cannot be fetched
    const std::uint64_t missing = hart.pc + (instruction.raw == 0 ? 0 : 2);
    return take_trap(hart, {static_cast<std::uint64_t>(Cause::fetch_access), hart.pc, missing}, scheduler,
                     stop);
  }
  TrapInfo trap{static_cast<std::uint64_t>(Cause::illegal_instruction), hart.pc, instruction.raw};
  if (instruction.bytes == 2) {  // mtval shows what stands there, not its 32-bit form
    std::uint16_t parcel = 0;
    CHECK(fetch(hart, hart.pc, parcel), "pc {:#x} was fetched and is not there", hart.pc);
    trap.value = parcel;
  }
  return take_trap(hart, trap, scheduler, stop);
}

// False: illegal.
bool BlockEngine::csr_access(Hart& hart, const Instruction& instruction, Scheduler& scheduler) {
  const std::uint32_t raw = instruction.raw, operation = bits(raw, 13, 12), rs1 = bits(raw, 19, 15);
  const std::uint64_t operand = bits(raw, 14, 14) != 0 ? rs1 : hart.x[rs1];
  const CsrContext context{hart.cycle + scheduler.now(), hart.account.busy + scheduler.lanes()[0],
                           static_cast<std::uint32_t>(core_.vlen.count / 8)};
  const std::uint32_t number = bits(raw, 31, 20);
  std::uint64_t old = 0;
  if (!read_csr(hart, number, context, old)) return false;
  const std::uint64_t value = operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand;
  const bool writes = operation == 1 || rs1 != 0;
  if (writes && !write_csr(hart, number, context, value)) return false;
  if (bits(raw, 11, 7) != 0) hart.x[bits(raw, 11, 7)] = old;
  scheduler.issue(use_of(instruction, core_, 0, 0));
  apply(hart, scheduler);
  hart.pc += instruction.bytes;
  return true;
}

}  // namespace troupe::isa
