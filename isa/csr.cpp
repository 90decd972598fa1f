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
  kMcountinhibit = 0x320,
  kMscratch = 0x340,
  kMepc = 0x341,
  kMcause = 0x342,
  kMtval = 0x343,
  kMip = 0x344,
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
                               letter('D') | letter('F') | letter('I') | letter('M') | letter('V');

bool is_float(std::uint32_t n) {
  return n == kFflags || n == kFrm || n == kFcsr;
}
bool is_vector(std::uint32_t n) {
  return n == kVstart || n == kVxsat || n == kVxrm || n == kVcsr || n == kVl || n == kVtype || n == kVlenb;
}
bool unit_on(const Hart& hart, std::uint32_t n) {
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
  return csr.mstatus | kStatusMpp | std::uint64_t{dirty} << 63;
}

// FS and VS are off or dirty: the specification lets an implementation always report dirty.
std::uint64_t legal_mstatus(std::uint64_t value) {
  std::uint64_t status = value & (kStatusMie | kStatusMpie);
  if ((value & kStatusFs) != 0) status |= kStatusFs;
  if ((value & kStatusVs) != 0) status |= kStatusVs;
  return status;
}

}  // namespace

bool read_csr(const Hart& hart, std::uint32_t number, const CsrContext& context, std::uint64_t& value) {
  const Csrs& csr = hart.csr;
  if (!unit_on(hart, number)) return false;
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
      value = context.now + csr.cycle_offset;
      return true;
    case kCycle:
      value = context.now + csr.cycle_offset;
      return true;
    case kTime:
      value = context.now;
      return true;
    case kMinstret:
    case kInstret:
      value = context.retired + csr.instret_offset;
      return true;
    case kMhartid:
      value = csr.hart_id;
      return true;
    case kMcountinhibit:
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
  if ((number >> 10) == 3 || !unit_on(hart, number)) return false;
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
    // The write counts instead of the access's own increment.
    case kMcycle:
      csr.cycle_offset = value - context.now - 1;
      return true;
    case kMinstret:
      csr.instret_offset = value - context.retired - 1;
      return true;
    case kMisa:
    case kMip:
    case kMcountinhibit:
      return true;
    default:
      return is_idle_counter(number);
  }
}

}  // namespace troupe::isa
