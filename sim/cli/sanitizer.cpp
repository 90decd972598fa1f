#include "sim/cli/sanitizer.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "isa/decode.hpp"
#include "runtime/abi/memory_map.hpp"
#include "runtime/abi/niu_registers.hpp"

namespace troupe {
namespace {

namespace reg = abi::niu;

constexpr std::size_t kFindingsShown = 20;
constexpr std::uint64_t kAll = ~std::uint64_t{0};

// Major opcodes of the unprivileged specification, table 70.
enum Opcode : std::uint32_t {
  kLoad = 0x03,
  kLoadFp = 0x07,
  kOpImm = 0x13,
  kOpImm32 = 0x1b,
  kStore = 0x23,
  kStoreFp = 0x27,
  kAmo = 0x2f,
  kOp = 0x33,
  kOp32 = 0x3b,
  kMadd = 0x43,
  kNmadd = 0x4f,
  kOpFp = 0x53,
  kOpV = 0x57,
  kBranch = 0x63,
  kJalr = 0x67
};

std::int64_t immediate_i(std::uint32_t raw) {
  return static_cast<std::int32_t>(raw) >> 20;
}
std::int64_t immediate_s(std::uint32_t raw) {
  return (static_cast<std::int32_t>(raw) >> 25) * 32 + static_cast<std::int64_t>(isa::bits(raw, 11, 7));
}
bool in_niu(std::uint64_t address) {
  return address - abi::kNiuBase < abi::kNiuBytes;
}

// A sum's bits from the lowest doubtful one on are doubtful.
std::uint64_t carried(std::uint64_t doubtful) {
  return doubtful | -doubtful;
}
std::uint64_t sign_extended(std::uint64_t doubtful, unsigned width) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(doubtful << (64 - width)) >> (64 - width));
}

// The elements' bits of vtype.
unsigned element_bytes(std::uint64_t vtype) {
  return 1u << (vtype >> 3 & 7);
}
// Registers of a group, at least one.
unsigned group_registers(std::uint64_t vtype) {
  return (vtype & 4) != 0 ? 1 : 1u << (vtype & 3);
}

}  // namespace

Sanitizer::Sanitizer(const Image& image, const LoadPlan& plan, const ChipParams& chip, RunInfo names,
                     TraceSink& next)
    : image_(image), names_(std::move(names)), next_(next), code_(image.elf) {
  if (image.elf.section(".debug_line")) lines_ = LineTable::read(image.elf, image.name);
  for (const CoreLoad& load : plan.cores) {
    Core& core = cores_[load.tile];
    core.name = chip.tile_name(load.tile);
    core.written.resize(chip.l1.size.count);
    core.unwritten_v.resize(32 * isa::kVlenMax / 8);
    for (const ElfSegment& s : image.elf.segments()) store_bytes(core, s.address, s.bytes.size(), true);
    store_bytes(core, load.boot_address, load.boot_block.size(), true);
  }
  for (const MailboxOpening& m : plan.mailboxes)
    if (const auto core = cores_.find(m.tile); core != cores_.end())
      open_ring(core->second, m.slot, {m.base, m.slots, m.slot_bytes, 0, 0});
}

void Sanitizer::find(const Now& now, const std::string& what) {
  if (!seen_.emplace(now.pc, what.substr(0, what.find_first_of("0123456789"))).second) return;
  findings_[{now.cycle, now.core.name}] =
      fmt::format("sanitize: {} on {}: {}, at pc {:#x} in {}{}", now.core.actor, now.core.name, what, now.pc,
                  image_.symbol_at(now.pc), lines_ ? " (" + lines_->at(now.pc) + ")" : "");
}

std::vector<std::string> Sanitizer::report() const {
  std::vector<std::string> lines;
  for (const auto& [when, text] : findings_)
    if (lines.size() < kFindingsShown) lines.push_back(text);
  if (findings_.size() > kFindingsShown)
    lines.push_back(fmt::format("sanitize: {} more findings", findings_.size() - kFindingsShown));
  return lines;
}

void Sanitizer::record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
                       std::uint64_t c) {
  if (kind == EventKind::dispatch && wants(tile))
    cores_.at(tile).actor = a == 0 ? "the runtime" : names_.actor_name(a, b);
  next_.record(tile, kind, cycle, a, b, c);
}

// --- Memory.

void Sanitizer::store_bytes(Core& core, std::uint64_t address, std::uint64_t bytes, bool written) const {
  if (address > core.written.size() || bytes > core.written.size() - address) return;  // faults
  std::fill_n(core.written.begin() + static_cast<std::ptrdiff_t>(address), bytes, written);
}

bool Sanitizer::all_written(const Core& core, std::uint64_t address, std::uint64_t bytes) const {
  if (address > core.written.size() || bytes > core.written.size() - address) return true;  // faults
  const auto first = core.written.begin() + static_cast<std::ptrdiff_t>(address);
  return std::all_of(first, first + static_cast<std::ptrdiff_t>(bytes),
                     [](std::uint8_t w) { return w != 0; });
}

// Loads of what is on its way, as far as the core can know.
void Sanitizer::check_load(const Now& now, std::uint64_t address, std::uint64_t bytes) {
  Core& core = now.core;
  if (in_niu(address) || address >= core.written.size()) return;
  const std::uint64_t end = address + bytes;
  for (std::uint64_t word = address / 8; word * 8 < end; ++word) core.loads[word] = {now.cycle, now.pc};
  for (const auto& [id, range] : core.reads)
    if (address < range.end && range.begin < end)
      find(now, fmt::format("loads from {:#x} before its read of {:#x} to {:#x} is done", address,
                            range.begin, range.end));
  if (const std::uint32_t* slot = ring_around(core, address)) {
    const Ring& ring = core.rings.at(*slot);
    const std::uint64_t index = (address - ring.base) / ring.slot_bytes;
    const std::uint64_t behind = (index + ring.slots - ring.freed % ring.slots) % ring.slots;
    if (behind >= ring.observed - ring.freed)
      find(now, fmt::format("loads from {:#x}, mailbox {}, where no message is that the core was told of",
                            address, *slot));
  }
}

const std::uint32_t* Sanitizer::ring_around(const Core& core, std::uint64_t address) {
  auto at = core.ring_at.upper_bound(address);
  if (at == core.ring_at.begin()) return nullptr;
  --at;
  const Ring& ring = core.rings.at(at->second);
  return address < ring.base + ring.slots * ring.slot_bytes ? &at->second : nullptr;
}

void Sanitizer::open_ring(Core& core, std::uint32_t slot, const Ring& ring) {
  close_ring(core, slot);
  core.rings[slot] = ring;
  core.ring_at[ring.base] = slot;
}

void Sanitizer::close_ring(Core& core, std::uint32_t slot) {
  const auto ring = core.rings.find(slot);
  if (ring == core.rings.end()) return;
  core.ring_at.erase(ring->second.base);
  core.rings.erase(ring);
}

// A write of another tile: whoever loaded those bytes behind its arrival got the old ones.
void Sanitizer::landed(std::uint16_t tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) {
  Core& core = cores_.at(tile);
  store_bytes(core, address, bytes, true);
  const auto inside = [&](std::uint64_t begin, std::uint64_t end) {
    return begin <= address && address < end;
  };
  for (const auto& [id, range] : core.reads)
    if (inside(range.begin, range.end)) return;
  if (ring_around(core, address)) return;
  const isa::Hart none;
  for (std::uint64_t word = address / 8; word * 8 < address + bytes; ++word) {
    const auto load = core.loads.find(word);
    if (load == core.loads.end() || load->second.cycle <= arrived) continue;
    find(
        {core, none, load->second.pc, load->second.cycle, 0, 0, 0, 0, 0},
        fmt::format("loads from {:#x} what another tile has overwritten: no access to the NIU since cycle {}",
                    word * 8, arrived));
    return;
  }
}

// --- Instructions.

// Doubtful bits of an integer register decide something.
void Sanitizer::use(Now& now, unsigned x, const char* as) {
  Core& core = now.core;
  if (core.unwritten_x[x] == 0) return;
  find(now,
       fmt::format("uses as {} what it loaded from {:#x}, which nothing has written", as, core.origin[x]));
  core.unwritten_x[x] = 0;
}

void Sanitizer::about_to(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) {
  Core& core = cores_.at(tile);
  const std::uint32_t raw = step.expanded;
  Now now{core,
          hart,
          step.pc,
          step.cycle,
          raw,
          isa::bits(raw, 11, 7),
          isa::bits(raw, 19, 15),
          isa::bits(raw, 24, 20),
          isa::bits(raw, 14, 12)};
  const bool vector_width = now.funct3 == 0 || now.funct3 > 4;
  core.access.reset();
  switch (const std::uint32_t opcode = raw & 0x7f) {
    case kLoad:
      integer_load(now);
      break;
    case kStore:
      integer_store(now);
      break;
    case kAmo:
      atomic(now);
      break;
    case kLoadFp:
    case kStoreFp:
      if (vector_width) {
        vector_memory(now, opcode == kStoreFp);
      } else {
        use(now, now.rs1, "an address");
        const std::uint64_t bytes = 1u << now.funct3;
        const auto offset = opcode == kLoadFp ? immediate_i(raw) : immediate_s(raw);
        const std::uint64_t address = hart.x[now.rs1] + static_cast<std::uint64_t>(offset);
        if (opcode == kLoadFp) {
          check_load(now, address, bytes);
          core.unwritten_f[now.rd] = !all_written(core, address, bytes);
          core.origin[now.rd] = address;
        } else {
          store_bytes(core, address, bytes, !core.unwritten_f[now.rs2]);
        }
      }
      break;
    case kBranch:
      use(now, now.rs1, "a condition");
      use(now, now.rs2, "a condition");
      break;
    case kOpV:
      vector_compute(now);
      break;
    default:
      if ((opcode >= kMadd && opcode <= kNmadd) || opcode == kOpFp) {
        floating(now, opcode);
      } else {
        if (opcode == kJalr) use(now, now.rs1, "an address");
        compute(now, opcode);
      }
  }
  core.unwritten_x[0] = 0;
}

void Sanitizer::integer_load(Now& now) {
  Core& core = now.core;
  use(now, now.rs1, "an address");
  const std::uint64_t address = now.hart.x[now.rs1] + static_cast<std::uint64_t>(immediate_i(now.raw));
  const unsigned bytes = 1u << (now.funct3 & 3);
  core.unwritten_x[now.rd] = 0;
  if (in_niu(address)) {
    core.access = {address - abi::kNiuBase, now.rd, false};
    return;
  }
  check_load(now, address, bytes);
  if (all_written(core, address, bytes)) return;
  std::uint64_t doubtful = 0;
  for (unsigned i = 0; i < bytes; ++i)
    if (core.written[address + i] == 0) doubtful |= std::uint64_t{0xff} << 8 * i;
  core.unwritten_x[now.rd] = (now.funct3 & 4) != 0 ? doubtful : sign_extended(doubtful, 8 * bytes);
  core.origin[now.rd] = address;
}

void Sanitizer::integer_store(Now& now) {
  Core& core = now.core;
  use(now, now.rs1, "an address");
  const std::uint64_t address = now.hart.x[now.rs1] + static_cast<std::uint64_t>(immediate_s(now.raw));
  const unsigned bytes = 1u << now.funct3;
  if (in_niu(address)) {
    use(now, now.rs2, "a value for the NIU");
    core.access = {address - abi::kNiuBase, now.hart.x[now.rs2], true};
    return;
  }
  store_bytes(core, address, bytes, true);
  for (unsigned i = 0; i < bytes; ++i)
    if ((core.unwritten_x[now.rs2] >> 8 * i & 0xff) != 0) store_bytes(core, address + i, 1, false);
}

void Sanitizer::atomic(Now& now) {
  use(now, now.rs1, "an address");
  const std::uint64_t address = now.hart.x[now.rs1], bytes = 1u << now.funct3;
  constexpr std::uint32_t kStoreConditional = 3;
  if (now.raw >> 27 != kStoreConditional) {
    check_load(now, address, bytes);
    if (!all_written(now.core, address, bytes))
      find(now,
           fmt::format("uses in an atomic what it loads from {:#x}, which nothing has written", address));
  }
  store_bytes(now.core, address, bytes, true);
  now.core.unwritten_x[now.rd] = 0;
}

// Integer operations, and all that only write an integer register. Exact where compilers take values apart
// and put them together; elsewhere one doubtful bit makes all of the result doubtful.
void Sanitizer::compute(Now& now, std::uint32_t opcode) {
  auto& doubtful = now.core.unwritten_x;
  const bool immediate = opcode == kOpImm || opcode == kOpImm32,
             is_register = opcode == kOp || opcode == kOp32;
  const bool narrow = opcode == kOpImm32 || opcode == kOp32;
  if (!immediate && !is_register) {
    if (opcode != kBranch) doubtful[now.rd] = 0;  // jumps, lui, auipc, CSRs
    return;
  }
  const std::uint64_t a = doubtful[now.rs1], b = is_register ? doubtful[now.rs2] : 0;
  if ((a | b) == 0) {
    doubtful[now.rd] = 0;
    return;
  }
  const std::uint64_t va = now.hart.x[now.rs1];
  const std::uint64_t vb =
      is_register ? now.hart.x[now.rs2] : static_cast<std::uint64_t>(immediate_i(now.raw));
  const std::uint32_t funct7 = now.raw >> 25;
  const bool base = immediate || funct7 == 0 || funct7 == 0x20;
  const unsigned amount = vb & (narrow ? 31 : 63);
  const std::uint64_t from = narrow ? a & 0xffffffff : a;
  std::uint64_t result = kAll;
  switch (now.funct3) {
    case 0:
      if (base) result = is_register || vb != 0 ? carried(a | b) : a;
      break;
    case 1:
      if (b == 0 && (is_register ? funct7 == 0 : funct7 >> 1 == 0)) result = from << amount;
      break;
    case 4:
      if (base) result = a | b;
      break;
    case 5:
      if (b == 0 && (is_register ? base : funct7 >> 1 == 0 || funct7 >> 1 == 0x10))
        result = (now.raw >> 30 & 1) != 0 && narrow ? sign_extended(from, 32) >> amount
                 : (now.raw >> 30 & 1) != 0
                     ? static_cast<std::uint64_t>(static_cast<std::int64_t>(a) >> amount)
                     : from >> amount;
      break;
    case 6:
      if (base) result = (a | b) & (~va | a) & (~vb | b);
      break;
    case 7:
      if (base) result = (a | b) & (va | a) & (vb | b);
      break;
    default:
      break;
  }
  now.core.origin[now.rd] = now.core.origin[a != 0 ? now.rs1 : now.rs2];
  doubtful[now.rd] = narrow ? sign_extended(result, 32) : result;
}

void Sanitizer::floating(Now& now, std::uint32_t opcode) {
  Core& core = now.core;
  const std::uint32_t function = now.raw >> 27;
  constexpr std::uint32_t kSignInject = 0x04, kMoveToInteger = 0x1c, kMoveFromInteger = 0x1e,
                          kToInteger = 0x18, kFromInteger = 0x1a, kCompare = 0x14;
  if (opcode == kOpFp && (function == kMoveFromInteger || function == kFromInteger)) {
    core.unwritten_f[now.rd] = core.unwritten_x[now.rs1] != 0;
    return;
  }
  if (opcode == kOpFp && function == kSignInject) {
    core.unwritten_f[now.rd] = core.unwritten_f[now.rs1] || core.unwritten_f[now.rs2];
    return;
  }
  if (opcode == kOpFp && function == kMoveToInteger) {
    core.unwritten_x[now.rd] = core.unwritten_f[now.rs1] ? kAll : 0;
    return;
  }
  constexpr std::uint32_t kTwoSources = 0x05 /* min, max */;
  const bool two = opcode != kOpFp || function < 4 || function == kTwoSources || function == kCompare;
  if (core.unwritten_f[now.rs1] || (two && core.unwritten_f[now.rs2]) ||
      (opcode != kOpFp && core.unwritten_f[function]))
    find(now, "uses in floating point what it loaded from bytes that nothing has written");
  if (opcode == kOpFp && (function == kCompare || function == kToInteger))
    core.unwritten_x[now.rd] = 0;
  else
    core.unwritten_f[now.rd] = false;
}

// Unit-stride ones copy; of the others each active element is a use.
void Sanitizer::vector_memory(Now& now, bool store) {
  Core& core = now.core;
  const isa::Hart& hart = now.hart;
  use(now, now.rs1, "an address");
  constexpr unsigned kWidth[] = {1, 0, 0, 0, 0, 2, 4, 8};
  const unsigned mode = isa::bits(now.raw, 27, 26), fields = isa::bits(now.raw, 31, 29) + 1;
  const bool masked = isa::bits(now.raw, 25, 25) == 0, whole = mode == 0 && now.rs2 == 8,
             mask = now.rs2 == 11;
  const unsigned width = kWidth[now.funct3], element = mode % 2 == 0 ? width : element_bytes(hart.csr.vtype);
  const std::uint64_t base = hart.x[now.rs1];
  const std::uint64_t count = whole               ? fields * hart.vlen_bytes / width
                              : mode == 0 && mask ? (hart.csr.vl + 7) / 8
                                                  : hart.csr.vl;
  const unsigned each = whole ? 1 : fields;
  const std::byte* const v = &hart.v[0][0];
  const auto active = [&](std::uint64_t i) {
    return !masked || (std::to_integer<unsigned>(v[i / 8]) >> i % 8 & 1) != 0;
  };
  const auto address_of = [&](std::uint64_t i) {
    if (mode == 0) return base + i * element * each;
    if (mode == 2) return base + i * hart.x[now.rs2];
    std::uint64_t index = 0;
    std::memcpy(&index, v + now.rs2 * hart.vlen_bytes + i * width, width);
    return base + index;
  };
  const bool copies = mode == 0 && each == 1;
  const std::uint64_t first = std::uint64_t{now.rd} * hart.vlen_bytes;
  for (std::uint64_t i = whole ? 0 : hart.csr.vstart; i < count; ++i) {
    if (!active(i)) continue;
    const std::uint64_t address = address_of(i), bytes = std::uint64_t{element} * each;
    if (in_niu(address) || address + bytes > core.written.size()) return;  // faults
    if (!store) check_load(now, address, bytes);
    for (std::uint64_t k = 0; k < bytes; ++k) {
      const std::uint64_t at = first + i * element + k;
      if (!copies && !store && core.written[address + k] == 0) {
        find(now, fmt::format("loads from {:#x} into a vector what nothing has written", address + k));
        break;
      }
      if (copies && at >= core.unwritten_v.size()) return;
      if (store)
        core.written[address + k] = !copies || core.unwritten_v[at] == 0;
      else if (copies)
        core.unwritten_v[at] = core.written[address + k] == 0;
    }
  }
}

// Active elements of the sources are uses. Bounds are those of the narrowest shape, so that a wide or
// widening operation may be missed, but none reported wrongly.
void Sanitizer::vector_compute(Now& now) {
  Core& core = now.core;
  const isa::Hart& hart = now.hart;
  constexpr unsigned kConfigure = 7, kMaskLogic = 3;
  if (now.funct3 == kConfigure) {
    core.unwritten_x[now.rd] = 0;
    return;
  }
  const std::uint32_t function = now.raw >> 26;
  const bool vector_vector = now.funct3 <= 2, other = now.funct3 == 1 || now.funct3 == 2 || now.funct3 >= 5;
  const bool reduction = other && vector_vector && function < 8 && (now.funct3 == 2 || function % 2 == 1);
  const bool unary = other && function >= 0x10 && function <= 0x14;                 // rs1 or vs1 says which
  const bool move = !other && function == 0x17 && isa::bits(now.raw, 25, 25) == 1;  // vmv.v.*: no vs2
  const bool masks = other && function >> 3 == kMaskLogic;
  const bool masked = isa::bits(now.raw, 25, 25) == 0;
  const auto doubtful = [&](unsigned r, std::uint64_t elements) {
    const std::uint64_t width = element_bytes(hart.csr.vtype), first = std::uint64_t{r} * hart.vlen_bytes;
    const auto* mask = &hart.v[0][0];
    for (std::uint64_t i = 0; i < elements; ++i) {
      if (masked && (std::to_integer<unsigned>(mask[i / 8]) >> i % 8 & 1) == 0) continue;
      for (std::uint64_t k = 0; k < width; ++k)
        if (first + i * width + k < core.unwritten_v.size() && core.unwritten_v[first + i * width + k] != 0)
          return true;
    }
    return false;
  };
  const std::uint64_t vl = hart.csr.vl;
  const bool moves_scalar = other && function == 0x10;
  if (!masks &&
      ((!move && !(moves_scalar && now.funct3 >= 5) && doubtful(now.rs2, moves_scalar ? 1 : vl)) ||
       (vector_vector && !unary && doubtful(now.rs1, reduction ? std::min<std::uint64_t>(vl, 1) : vl))))
    find(now, "uses in a vector operation what it loaded from bytes that nothing has written");
  if (moves_scalar && now.funct3 <= 2) {  // vmv.x.s, vfmv.f.s, vcpop, vfirst
    if (now.funct3 == 2)
      core.unwritten_x[now.rd] = 0;
    else
      core.unwritten_f[now.rd] = false;
    return;
  }
  const std::uint64_t begin = std::uint64_t{now.rd} * hart.vlen_bytes;
  const std::uint64_t end = std::min<std::uint64_t>(
      core.unwritten_v.size(), begin + 2ull * group_registers(hart.csr.vtype) * hart.vlen_bytes);
  std::fill(core.unwritten_v.begin() + static_cast<std::ptrdiff_t>(begin),
            core.unwritten_v.begin() + static_cast<std::ptrdiff_t>(end), 0);
}

// --- The NIU.

void Sanitizer::step(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) {
  Core& core = cores_.at(tile);
  if (!core.access || step.end != isa::Step::End::retired) return;
  const Now now{core, hart, step.pc, step.cycle, step.expanded, isa::bits(step.expanded, 11, 7), 0, 0, 0};
  niu_access(now, core.access->store ? 0 : hart.x[core.access->value]);
  core.access.reset();
  core.loads.clear();
}

void Sanitizer::niu_access(const Now& now, std::uint64_t result) {
  Core& core = now.core;
  const auto [offset, value, store] = *core.access;
  if (offset >= reg::kDoorbell &&
      offset <= reg::kDoorbell + 8 * static_cast<std::uint64_t>(reg::kCommandLast))
    return doorbell(now, (offset - reg::kDoorbell) / 8, static_cast<std::int64_t>(result));
  switch (offset) {
    case reg::kLocal:
      core.niu_local = value;
      break;
    case reg::kLength:
      core.niu_length = value & 0xffffffff;
      break;
    case reg::kMailbox:
      core.mailbox = value;
      break;
    case reg::kMailboxBase:
      core.ring_base = value;
      break;
    case reg::kMailboxShape:
      core.ring_shape = value;
      break;
    case reg::kMailboxOpen:
      if (const std::uint64_t slots = core.ring_shape & 0xffffffff;
          static_cast<std::int64_t>(result) >= 0 && slots)
        open_ring(core, static_cast<std::uint32_t>(core.mailbox),
                  {core.ring_base, slots, core.ring_shape >> 32 & 0xffffff, 0, 0});
      break;
    case reg::kMailboxClose:
      close_ring(core, static_cast<std::uint32_t>(core.mailbox));
      break;
    case reg::kMailboxAdvance:
      if (const auto ring = core.rings.find(static_cast<std::uint32_t>(value)); ring != core.rings.end())
        ring->second.freed += (value >> 32) + 1;
      break;
    case reg::kEvent:
    case reg::kWait:
      if (reg::event_kind(result) == reg::EventKind::done) core.reads.erase(reg::event_transaction(result));
      if (reg::event_kind(result) == reg::EventKind::message)
        if (const auto ring = core.rings.find(reg::event_slot(result)); ring != core.rings.end())
          ring->second.observed += reg::event_count(result);
      break;
    default:
      break;
  }
}

void Sanitizer::doorbell(const Now& now, std::uint64_t command, std::int64_t result) {
  Core& core = now.core;
  switch (static_cast<reg::Command>(command)) {
    case reg::Command::read:
      if (result >= 0)
        core.reads[static_cast<std::uint32_t>(result)] = {core.niu_local, core.niu_local + core.niu_length};
      break;
    case reg::Command::message:
    case reg::Command::write:
    case reg::Command::write_acked:
    case reg::Command::multicast:
      if (result >= 0 || result == static_cast<std::int64_t>(reg::DoorbellError::range)) check_payload(now);
      break;
    default:
      break;
  }
}

// Whole words that nothing has written are no padding.
void Sanitizer::check_payload(const Now& now) {
  const Core& core = now.core;
  const std::uint64_t begin = core.niu_local, bytes = core.niu_length, end = begin + bytes;
  if (bytes == 0) return;
  if (begin < abi::kFaultEnd || end < begin || end > core.written.size())
    return find(now, fmt::format("sends a payload out of L1: {:#x} to {:#x}", begin, end));
  constexpr std::uint64_t kWord = 8;
  const auto unwritten = [&](std::uint64_t from, std::uint64_t to) {
    return std::none_of(core.written.begin() + static_cast<std::ptrdiff_t>(from),
                        core.written.begin() + static_cast<std::ptrdiff_t>(to),
                        [](std::uint8_t w) { return w; });
  };
  if (bytes < kWord && unwritten(begin, end))
    return find(now, fmt::format("sends a payload that nothing has written: {:#x} to {:#x}", begin, end));
  for (std::uint64_t at = (begin + kWord - 1) / kWord * kWord; at + kWord <= end; at += kWord)
    if (unwritten(at, at + kWord))
      return find(now,
                  fmt::format("sends a payload of {} bytes of which {:#x} was never written", bytes, at));
}

}  // namespace troupe
