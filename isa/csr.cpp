#include "isa/csr.hpp"

namespace troupe::isa {
namespace {

enum Number : std::uint32_t {
  kFflags = 0x001,
  kFrm = 0x002,
  kFcsr = 0x003,
  kVstart = 0x008,
  kVxsat = 0x009,
  kVxrm = 0x00a,
  kVcsr = 0x00f,
  kMstatus = 0x300,
  kMisa = 0x301,
  kMie = 0x304,
  kMtvec = 0x305,
  kMcounteren = 0x306,
  kMenvcfg = 0x30a,
  kMcountinhibit = 0x320,
  kMscratch = 0x340,
  kMepc = 0x341,
  kMcause = 0x342,
  kMtval = 0x343,
  kMip = 0x344,
  kTselect = 0x7a0,
  kTdata1 = 0x7a1,
  kTdata2 = 0x7a2,
  kTdata3 = 0x7a3,
  kMcycle = 0xb00,
  kMinstret = 0xb02,
  kCycle = 0xc00,
  kTime = 0xc01,
  kInstret = 0xc02,
  kVl = 0xc20,
  kVtype = 0xc21,
  kVlenb = 0xc22,
  kMvendorid = 0xf11,
  kMarchid = 0xf12,
  kMimpid = 0xf13,
  kMhartid = 0xf14,
  kMconfigptr = 0xf15,
};

constexpr std::uint64_t letter(char c) {
  return std::uint64_t{1} << (c - 'A');
}
constexpr std::uint64_t kIsa = std::uint64_t{2} << 62 | letter('A') | letter('B') | letter('C') |
                               letter('D') | letter('F') | letter('I') | letter('M') | letter('U') |
                               letter('V');
constexpr std::uint64_t kUxl64 = std::uint64_t{2} << 32;

// Bits of the counters in mcounteren and mcountinhibit; the others are always 0.
constexpr std::uint64_t kCycleBit = 1, kTimeBit = 2, kInstretBit = 4;
constexpr std::uint64_t kFenceOfIo = 1;  // menvcfg.FIOM: without effect here, every fence orders everything

bool is_float(std::uint32_t n) {
  return n == kFflags || n == kFrm || n == kFcsr;
}
bool is_vector(std::uint32_t n) {
  return n == kVstart || n == kVxsat || n == kVxrm || n == kVcsr || n == kVl || n == kVtype || n == kVlenb;
}
// Bits 9:8 of a number are the least privilege that may access it; mcounteren lets user mode see counters.
bool permitted(const Hart& hart, std::uint32_t n) {
  if (hart.privilege == Privilege::machine) return true;
  if ((n >> 8 & 3) != 0) return false;
  const bool counter = n >= kCycle && n < kCycle + 32;
  return !counter || (hart.csr.mcounteren >> (n - kCycle) & 1) != 0;
}
bool accessible(const Hart& hart, std::uint32_t n) {
  if (!permitted(hart, n)) return false;
  if (is_float(n)) return (hart.csr.mstatus & kStatusFs) != 0;
  if (is_vector(n)) return (hart.csr.mstatus & kStatusVs) != 0;
  return true;
}

// hpmcounter3-31, mhpmcounter3-31, mhpmevent3-31: there, and always 0.
bool is_idle_counter(std::uint32_t n) {
  return (n >= 0xc03 && n <= 0xc1f) || (n >= 0xb03 && n <= 0xb1f) || (n >= 0x323 && n <= 0x33f);
}

std::uint64_t read_mstatus(const Csrs& csr) {
  const bool dirty = (csr.mstatus & kStatusFs) == kStatusFs || (csr.mstatus & kStatusVs) == kStatusVs;
  return csr.mstatus | kUxl64 | std::uint64_t{dirty} << 63;
}

// MPP holds machine or user: the modes that are not there become user, the lesser.
std::uint64_t legal_mstatus(std::uint64_t value) {
  std::uint64_t status = value & (kStatusMie | kStatusMpie | kStatusMprv | kStatusTw | kStatusFs | kStatusVs);
  if ((value & kStatusMpp) == kStatusMpp) status |= kStatusMpp;
  return status;
}

// A counter of `count` so far, whose register is ahead of it by `offset` or stands still at `offset`.
std::uint64_t counter(std::uint64_t count, std::uint64_t offset, bool inhibited) {
  return inhibited ? offset : count + offset;
}
// The offset after the access in progress, which counts itself, so that the register goes on from `value`.
std::uint64_t offset_for(std::uint64_t value, std::uint64_t count, bool inhibited) {
  return inhibited ? value : value - count - 1;
}

void write_mcountinhibit(Csrs& csr, const CsrContext& context, std::uint64_t value) {
  value &= kCycleBit | kInstretBit;
  const auto change = [&](std::uint64_t bit, std::uint64_t count, std::uint64_t& offset) {
    const bool before = (csr.mcountinhibit & bit) != 0, after = (value & bit) != 0;
    if (before != after) offset = offset_for(counter(count + 1, offset, before), count, after);
  };
  change(kCycleBit, context.now, csr.cycle_offset);
  change(kInstretBit, context.retired, csr.instret_offset);
  csr.mcountinhibit = value;
}

}  // namespace

bool read_csr(const Hart& hart, std::uint32_t number, const CsrContext& context, std::uint64_t& value) {
  const Csrs& csr = hart.csr;
  if (!accessible(hart, number)) return false;
  switch (number) {
    case kFflags:
      value = csr.fflags;
      return true;
    case kFrm:
      value = csr.frm;
      return true;
    case kFcsr:
      value = csr.frm << 5 | csr.fflags;
      return true;
    case kVstart:
      value = csr.vstart;
      return true;
    case kVxsat:
      value = csr.vxsat;
      return true;
    case kVxrm:
      value = csr.vxrm;
      return true;
    case kVcsr:
      value = csr.vxrm << 1 | csr.vxsat;
      return true;
    case kVl:
      value = csr.vl;
      return true;
    case kVtype:
      value = csr.vtype;
      return true;
    case kVlenb:
      value = context.vlen_bytes;
      return true;
    case kMstatus:
      value = read_mstatus(csr);
      return true;
    case kMisa:
      value = kIsa;
      return true;
    case kMie:
      value = csr.mie;
      return true;
    case kMtvec:
      value = csr.mtvec;
      return true;
    case kMcounteren:
      value = csr.mcounteren;
      return true;
    case kMenvcfg:
      value = csr.menvcfg;
      return true;
    case kMcountinhibit:
      value = csr.mcountinhibit;
      return true;
    case kMscratch:
      value = csr.mscratch;
      return true;
    case kMepc:
      value = csr.mepc;
      return true;
    case kMcause:
      value = csr.mcause;
      return true;
    case kMtval:
      value = csr.mtval;
      return true;
    case kMip:
      value = context.now >= hart.timer_deadline ? kTimerInterrupt : 0;
      return true;
    case kMcycle:
    case kCycle:
      value = counter(context.now, csr.cycle_offset, (csr.mcountinhibit & kCycleBit) != 0);
      return true;
    case kTime:
      value = context.now;
      return true;
    case kMinstret:
    case kInstret:
      value = counter(context.retired, csr.instret_offset, (csr.mcountinhibit & kInstretBit) != 0);
      return true;
    case kMhartid:
      value = csr.hart_id;
      return true;
    // Debug triggers: one is selected, and its type says that it is not there.
    case kTselect:
    case kTdata1:
    case kTdata2:
    case kTdata3:
    case kMvendorid:
    case kMarchid:
    case kMimpid:
    case kMconfigptr:
      value = 0;
      return true;
    default:
      value = 0;
      return is_idle_counter(number);
  }
}

bool write_csr(Hart& hart, std::uint32_t number, const CsrContext& context, std::uint64_t value) {
  Csrs& csr = hart.csr;
  if ((number >> 10) == 3 || !accessible(hart, number)) return false;
  if (is_float(number)) csr.mstatus |= kStatusFs;
  if (is_vector(number)) csr.mstatus |= kStatusVs;
  switch (number) {
    case kFflags:
      csr.fflags = value & 31;
      return true;
    case kFrm:
      csr.frm = value & 7;
      return true;
    case kFcsr:
      csr.fflags = value & 31;
      csr.frm = value >> 5 & 7;
      return true;
    case kVstart:
      csr.vstart = value & (kVlenMax - 1);
      return true;
    case kVxsat:
      csr.vxsat = value & 1;
      return true;
    case kVxrm:
      csr.vxrm = value & 3;
      return true;
    case kVcsr:
      csr.vxsat = value & 1;
      csr.vxrm = value >> 1 & 3;
      return true;
    case kMstatus:
      csr.mstatus = legal_mstatus(value);
      return true;
    case kMie:
      csr.mie = value & kTimerInterrupt;
      return true;
    case kMtvec:
      csr.mtvec = value & ~std::uint64_t{2};
      return true;
    case kMscratch:
      csr.mscratch = value;
      return true;
    case kMepc:
      csr.mepc = value & ~std::uint64_t{1};
      return true;
    case kMcause:
      csr.mcause = value;
      return true;
    case kMtval:
      csr.mtval = value;
      return true;
    case kMcounteren:
      csr.mcounteren = value & (kCycleBit | kTimeBit | kInstretBit);
      return true;
    case kMenvcfg:
      csr.menvcfg = value & kFenceOfIo;
      return true;
    case kMcountinhibit:
      write_mcountinhibit(csr, context, value);
      return true;
    // The write counts instead of the access's own increment.
    case kMcycle:
      csr.cycle_offset = offset_for(value, context.now, (csr.mcountinhibit & kCycleBit) != 0);
      return true;
    case kMinstret:
      csr.instret_offset = offset_for(value, context.retired, (csr.mcountinhibit & kInstretBit) != 0);
      return true;
    case kMisa:
    case kMip:
    case kTselect:
    case kTdata1:
    case kTdata2:
    case kTdata3:
      return true;
    default:
      return is_idle_counter(number);
  }
}

bool enables_interrupts(std::uint32_t number) {
  return number == kMstatus || number == kMie;
}

}  // namespace troupe::isa
