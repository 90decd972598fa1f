// A hart: the architectural state of one RV64 core as plain data, where its time went, and why it stopped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/base/units.hpp"

namespace troupe::isa {

class CodeSpace;    // decoded text, shared by the harts of an image (isa/code_space.hpp)
struct Scoreboard;  // results still on their way (isa/scoreboard.hpp)

inline constexpr std::uint64_t kVlenMax = 1024;  // bits

// Why a cycle passed in which no instruction issued.
enum class Stall : std::uint8_t {
  operand,  // waiting for a load, multiply, FP or CSR result
  branch,   // front end refills after a taken branch or a jump
  divide,   // integer or FP divide or square root: its result or its unit
  vector,   // vector unit busy, or a vector result
  niu,      // result of a device load
  csr,      // CSR access, fence.i
  trap,     // trap entry
};
inline constexpr std::size_t kStalls = 7;
const char* stall_name(Stall reason);

// Every cycle of a hart since reset is in exactly one of these.
struct Account {
  std::uint64_t busy = 0;  // an instruction issued; equals the instructions retired
  std::array<std::uint64_t, kStalls> stalled{};
  std::uint64_t waiting = 0;  // stopped at a device access or wfi until the outside answered

  std::uint64_t total() const {
    std::uint64_t sum = busy + waiting;
    for (const std::uint64_t s : stalled) sum += s;
    return sum;
  }
  Account& operator+=(const Account& a) {
    busy += a.busy;
    for (std::size_t i = 0; i < kStalls; ++i) stalled[i] += a.stalled[i];
    waiting += a.waiting;
    return *this;
  }
  // What was added since it was `a`.
  Account since(const Account& a) const {
    Account d = *this;
    d.busy -= a.busy;
    for (std::size_t i = 0; i < kStalls; ++i) d.stalled[i] -= a.stalled[i];
    d.waiting -= a.waiting;
    return d;
  }
  friend bool operator==(const Account&, const Account&) = default;
};

// mcause of the exceptions there are (privileged specification, table of machine cause values).
enum class Cause : std::uint64_t {
  fetch_misaligned = 0,
  fetch_access = 1,
  illegal_instruction = 2,
  breakpoint = 3,
  load_misaligned = 4,
  load_access = 5,
  store_misaligned = 6,
  store_access = 7,
  ecall_u = 8,
  ecall_m = 11,
  timer_interrupt = (std::uint64_t{1} << 63) | 7,
};

enum class Privilege : std::uint8_t { user = 0, machine = 3 };  // as in mstatus.MPP

struct TrapInfo {
  std::uint64_t cause = 0, pc = 0;
  std::uint64_t value = 0;  // mtval: the faulting address or the instruction
};

// A load or store in the device window, not performed yet.
struct DeviceAccess {
  std::uint64_t address = 0;
  std::uint64_t value = 0;  // to be stored
  std::uint8_t bytes = 0;   // 4 or 8, naturally aligned
  bool store = false;
};

// What a hart sees. Addresses in [base + fault_low, base + size) are `data`, those in the device window stop
// the hart, everything else faults.
struct MemoryView {
  std::byte* data = nullptr;
  std::uint64_t base = 0;
  std::uint64_t size = 0;       // bytes, a multiple of 4 KiB
  std::uint64_t fault_low = 0;  // bytes
  std::uint64_t device_begin = 0, device_end = 0;
  std::uint64_t tohost = 0;  // a store of 8 bytes or less to it stops the hart; 0 = none
};

// Control and status registers; what is not here is constant or derived.
struct Csrs {
  std::uint64_t mstatus = 0, mie = 0, mtvec = 0, mepc = 0, mcause = 0, mtval = 0, mscratch = 0;
  std::uint64_t mcounteren = 0, mcountinhibit = 0, menvcfg = 0;
  std::uint64_t hart_id = 0;
  // mcycle and minstret: what they are ahead of the count, or all of their value while inhibited.
  std::uint64_t cycle_offset = 0, instret_offset = 0;
  std::uint32_t fflags = 0, frm = 0;
  std::uint32_t vxrm = 0, vxsat = 0;
  std::uint64_t vtype = 0, vl = 0, vstart = 0;
};

// Marks of a page of memory.
enum PageFlag : std::uint8_t {
  kPageText = 1,      // fetched from
  kPageNextText = 2,  // the next page is: a store may reach over
  kPageTohost = 4,    // this page or the next holds tohost
};
inline constexpr std::uint64_t kPageBytes = 4096;

struct alignas(64) Hart {
  std::uint64_t x[33] = {};  // x[32] takes what is written to x0
  std::uint64_t pc = 0;
  std::uint64_t f[32] = {};  // NaN-boxed
  Cycle cycle = 0;           // earliest cycle at which the next instruction can issue
  Csrs csr;
  Privilege privilege = Privilege::machine;
  MemoryView memory;
  Cycle timer_deadline =
      kNever;  // MTIP = (cycle >= deadline); taken at the first control transfer from then on

  // Why it stopped.
  DeviceAccess pending;  // Stop::device
  TrapInfo trap;         // Stop::unhandled_trap

  // The engine's.
  std::shared_ptr<CodeSpace> code;
  const Scoreboard* scoreboard = nullptr;  // null: nothing on its way
  Account account;
  std::uint64_t reservation = ~std::uint64_t{0};  // of LR; none
  bool text_dirty = false;                        // text was written since the last fence.i
  bool device_pending = false;                    // stopped at `pending`
  bool refused = false;                           // the access at `pending` faults: `trap`
  bool at_wfi = false;                            // stopped after wfi: an interrupt may be taken here
  std::vector<std::uint8_t> page_flags;  // PageFlag bits of each 4 KiB of memory: what a store must look at

  std::uint32_t vlen_bytes = 0;
  alignas(64) std::byte v[32][kVlenMax / 8] = {};  // register r = the vlen bits from byte r * vlen / 8 on

  // Instructions retired since reset.
  std::uint64_t instructions() const { return account.busy; }
};

}  // namespace troupe::isa
