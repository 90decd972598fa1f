// Any bytes as a program in any state of the CSRs: the engine neither crashes nor hangs, touches nothing but
// its hart and its memory, and a hart that is observed instruction by instruction ends in the state, and at
// the cycle, of one that ran freely at any level of the host. Every word has a text.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "isa/csr.hpp"
#include "isa/host_code.hpp"
#include "isa/observed_engine.hpp"
#include "isa/vector_shape.hpp"
#include "sim/base/rng.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace troupe {
namespace {

constexpr std::uint64_t kText = 0x2000, kMemory = 0x10000, kDevice = 0x40000000;
// The first bytes of an input: units, modes and host level, vlen and rounding, seed of the registers,
// quantum, then vtype, vl and vstart with two bytes each.
constexpr std::size_t kHeader = 10;
constexpr Cycle kCycles = 4000;
constexpr int kStopsMax = 4000;

std::uint64_t header16(const std::uint8_t* data, std::size_t at) {
  return data[at] | std::uint64_t{data[at + 1]} << 8;
}

// Hart and memory are allocations of their own, so that the address sanitizer sees what leaves them: the
// vector registers are the last of a hart.
struct Machine : isa::StepObserver {
  std::unique_ptr<std::byte, void (*)(void*)> memory{
      static_cast<std::byte*>(std::aligned_alloc(isa::kPageBytes, kMemory)), std::free};
  const std::unique_ptr<isa::Hart> own_hart = std::make_unique<isa::Hart>();
  isa::Hart& hart = *own_hart;
  std::unique_ptr<isa::Engine> engine;
  isa::Account observed;  // what the steps spent

  Machine(const std::uint8_t* data, std::size_t size, bool stepped) {
    CoreParams core = preset("xpu64").core;
    core.vlen = Bits{std::uint64_t{128} << (data[1] & 3)};
    core.dlen = std::min(core.dlen, core.vlen);
    const isa::HostLevel level = isa::kHostLevels[std::min(data[0] >> 6, 2)];
    if (stepped)
      engine = isa::make_observed_engine(core, *this, {.level = isa::HostLevel::portable});
    else
      engine = isa::make_engine(core, {.level = isa::host_supports(level) ? level : isa::best_host_level()});
    std::memset(memory.get(), 0, kMemory);
    std::memcpy(memory.get() + kText, data + kHeader, size - kHeader);
    static const ElfFile* const empty = new ElfFile();
    isa::reset(hart,
               {.data = memory.get(),
                .size = kMemory,
                .fault_low = 0x1000,
                .device_begin = kDevice,
                .device_end = kDevice + 0x1000,
                .tohost = 0x8000},
               isa::make_code_space(*empty), kText, 0, 0);
    hart.csr.mstatus = (data[0] & 1 ? isa::kStatusFs : 0) | (data[0] & 2 ? isa::kStatusVs : 0);
    if ((data[0] & 4) != 0) hart.csr.mtvec = kText;
    if ((data[0] & 8) != 0) hart.timer_deadline = 1000;
    if ((data[0] & 16) != 0) hart.csr.mie = isa::kTimerInterrupt;
    if ((data[0] & 32) != 0) hart.privilege = isa::Privilege::user;
    hart.csr.frm = data[1] >> 2 & 7;
    hart.csr.vxrm = data[1] >> 5 & 3;
    set_vector_state(data, static_cast<std::uint32_t>(core.vlen.count / 8));
    Rng rng(data[2]);
    // Numbers, and addresses of text, of memory, of its ends and of devices.
    constexpr std::uint64_t kBases[] = {0, kText, 0x8000, 0x1000, kMemory, kDevice};
    for (int r = 1; r < 32; ++r)
      hart.x[r] =
          kBases[rng.below(6)] + (rng.below(4) == 0 ? rng.next() >> rng.below(64) : rng.below(64) * 8) - 64;
    for (auto& f : hart.f) f = rng.next() | (rng.below(2) == 0 ? 0xffffffff00000000 : 0);
    for (std::uint64_t i = 0; i < 32 * core.vlen.count / 8; ++i)
      (&hart.v[0][0])[i] = static_cast<std::byte>(rng.next());
  }

  // Any state that instructions can bring about; the others must be known as what they are.
  void set_vector_state(const std::uint8_t* data, std::uint32_t vlen_bytes) {
    isa::Csrs& csr = hart.csr;
    csr.vtype = header16(data, 4) | (data[5] & std::uint64_t{0x80}) << 56;
    csr.vl = header16(data, 6);
    csr.vstart = header16(data, 8);
    if (isa::legal_vector_state(csr, vlen_bytes)) return;
    const std::uint64_t vlmax = isa::vlmax_of(csr.vtype, vlen_bytes);
    if (vlmax == 0) csr.vtype = std::uint64_t{1} << 63;
    csr.vl %= vlmax + 1;
    csr.vstart %= isa::kVlenMax;
    if (!isa::legal_vector_state(csr, vlen_bytes)) std::abort();
  }

  void step(const isa::Hart&, const isa::Step& s) override { observed += s.spent; }

  // Nothing behind the last of the 32 registers was written.
  bool in_registers() const {
    const auto *begin = &hart.v[0][0] + std::size_t{32} * hart.vlen_bytes,
               *end = &hart.v[0][0] + sizeof hart.v;
    return std::all_of(begin, end, [](std::byte b) { return b == std::byte{0}; });
  }

  // Runs until the end, the first reason to stop that nothing answers, or a number of answered ones.
  isa::Stop run(Cycle quantum) {
    isa::Stop stop = isa::Stop::until;
    for (int stops = 0; hart.cycle < kCycles && stops < kStopsMax;) {
      stop = engine->run(hart, std::min(kCycles, hart.cycle + quantum));
      if (stop == isa::Stop::until) continue;
      ++stops;
      if (stop == isa::Stop::device && (hart.pending.address & 64) != 0)
        engine->fault(hart);
      else if (stop == isa::Stop::device)
        engine->complete(hart, hart.pending.address * 0x9e3779b97f4a7c15, hart.cycle + 3, 5);
      else if (stop != isa::Stop::tohost)
        break;
    }
    return stop;
  }
};

bool same(const Machine& a, const Machine& b) {
  const isa::Hart &x = a.hart, &y = b.hart;
  return std::equal(x.x, x.x + 32, y.x) && std::equal(x.f, x.f + 32, y.f) && x.pc == y.pc &&
         x.cycle == y.cycle && x.account == y.account && x.csr.fflags == y.csr.fflags &&
         x.csr.frm == y.csr.frm && x.csr.mstatus == y.csr.mstatus && x.privilege == y.privilege &&
         x.csr.mepc == y.csr.mepc && x.csr.mcause == y.csr.mcause && x.csr.mtval == y.csr.mtval &&
         x.csr.vl == y.csr.vl && x.csr.vtype == y.csr.vtype && x.csr.vstart == y.csr.vstart &&
         x.csr.vxsat == y.csr.vxsat && std::memcmp(x.v, y.v, sizeof x.v) == 0 &&
         std::memcmp(x.memory.data, y.memory.data, kMemory) == 0;
}

// Encodings by table, for the mutator.
const std::vector<const isa::Row*>& all_rows() {
  static const auto* const rows = [] {
    auto* all = new std::vector<const isa::Row*>();
    for (const auto& table : isa::host_code(isa::HostLevel::portable).tables)
      for (const isa::Row& row : table) all->push_back(&row);
    return all;
  }();
  return *rows;
}

}  // namespace
}  // namespace troupe

// Random bytes are seldom instructions: half of the mutations put one of a random row.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max,
                                               unsigned seed) {
  troupe::Rng rng(seed);
  if (rng.below(2) == 0) return LLVMFuzzerMutate(data, size, size_max);
  const std::size_t words = (size < troupe::kHeader ? 0 : (size - troupe::kHeader) / 4) + 1;
  const std::size_t at = troupe::kHeader + 4 * rng.below(words);
  if (at + 4 > size_max) return size;
  const troupe::isa::Row& row = *troupe::all_rows()[rng.below(troupe::all_rows().size())];
  const auto raw = (static_cast<std::uint32_t>(rng.next()) & ~row.mask) | row.match;
  if (size < at) std::memset(data + size, 0, at - size);
  std::memcpy(data + at, &raw, 4);
  return std::max(size, at + 4);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace troupe;
  if (size < kHeader || size > kHeader + 4096) return 0;
  for (std::size_t at = kHeader; at + 4 <= size; at += 4) {
    std::uint32_t raw;
    std::memcpy(&raw, data + at, sizeof raw);
    if (isa::disassemble(raw, kText + at).empty()) std::abort();
  }
  Machine freely(data, size, false), stepped(data, size, true);
  const isa::Stop a = freely.run(1 + data[3] * Cycle{16});
  const isa::Stop b = stepped.run(1);
  if (!freely.in_registers() || !stepped.in_registers() || stepped.observed != stepped.hart.account)
    std::abort();
  // A run that ends at the last cycle may overshoot it by a block: only then may the two differ.
  const bool ended = a != isa::Stop::until && a != isa::Stop::device && a != isa::Stop::tohost;
  if (ended && (a != b || !same(freely, stepped))) {
    std::fprintf(stderr, "stop %d at pc %#llx cycle %llu, stepped: stop %d at pc %#llx cycle %llu\n",
                 static_cast<int>(a), static_cast<unsigned long long>(freely.hart.pc),
                 static_cast<unsigned long long>(freely.hart.cycle), static_cast<int>(b),
                 static_cast<unsigned long long>(stepped.hart.pc),
                 static_cast<unsigned long long>(stepped.hart.cycle));
    std::abort();
  }
  return 0;
}
