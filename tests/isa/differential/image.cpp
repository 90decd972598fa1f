#include "tests/isa/differential/image.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include "sim/base/check.hpp"
#include "tests/isa/differential/trap_image.hpp"

namespace troupe::isa::differential {
namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 kPage = 4096;

u64 page_up(u64 bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}

// Text under construction. Registers by number.
class Text {
 public:
  u64 here() const { return kImageBase + bytes.size(); }
  void parcel(u16 p) {
    bytes.push_back(static_cast<std::byte>(p));
    bytes.push_back(static_cast<std::byte>(p >> 8));
  }
  void word(u32 w) {
    parcel(static_cast<u16>(w));
    parcel(static_cast<u16>(w >> 16));
  }
  void addi(u32 rd, u32 rs1, u32 imm) { word((imm & 0xfff) << 20 | rs1 << 15 | rd << 7 | 0x13); }
  // Precondition: value < 2^31 - 2048.
  void li(u32 rd, u64 value) {
    const u32 v = static_cast<u32>(value);
    word(((v + 0x800) & 0xfffff000) | rd << 7 | 0x37);
    addi(rd, rd, v);
  }
  void add(u32 rd, u32 rs1, u32 rs2) { word(rs2 << 20 | rs1 << 15 | rd << 7 | 0x33); }
  void load(u32 opcode, u32 rd, u32 rs1, u32 offset) {
    word((offset & 0xfff) << 20 | rs1 << 15 | 3u << 12 | rd << 7 | opcode);
  }
  void store(u32 opcode, u32 rs2, u32 rs1, u32 offset) {
    word((offset >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 | 3u << 12 | (offset & 31) << 7 | opcode);
  }
  void ld(u32 rd, u32 rs1, u32 offset) { load(0x03, rd, rs1, offset); }
  void sd(u32 rs2, u32 rs1, u32 offset) { store(0x23, rs2, rs1, offset); }
  void fld(u32 rd, u32 rs1, u32 offset) { load(0x07, rd, rs1, offset); }
  void fsd(u32 rs2, u32 rs1, u32 offset) { store(0x27, rs2, rs1, offset); }
  void write_csr(u32 csr, u32 rs1) { word(csr << 20 | rs1 << 15 | 0x1073); }
  void read_csr(u32 rd, u32 csr) { word(csr << 20 | rd << 7 | 0x2073); }
  void call(u64 target) {
    const u64 offset = target - here();
    CHECK(static_cast<std::int64_t>(offset) < (1 << 20) && static_cast<std::int64_t>(offset) >= -(1 << 20),
          "text of more than 1 MiB");
    const u32 o = static_cast<u32>(offset);
    word((o >> 20 & 1) << 31 | (o >> 1 & 0x3ff) << 21 | (o >> 11 & 1) << 20 | (o >> 12 & 0xff) << 12 |
         kLink << 7 | 0x6f);
  }
  void ret() { word(kLink << 15 | 0x67); }
  void ecall() { word(0x73); }
  // v0-v31 from or to the address in `rs1`, which moves.
  void whole_registers(u32 instruction, u32 rs1) {
    for (u32 r = 0; r < 32; r += 8) {
      word(instruction | rs1 << 15 | r << 7);
      addi(rs1, rs1, 8 * kVlenBytes);
    }
  }

  std::vector<std::byte> bytes;
};

constexpr u32 kVl8re8 = 0xe2800007, kVs8r = 0xe2800027, kVsetvl = 0x80007057;
constexpr u32 kRecord = 5;  // the record's address, for load_state

// Sets the state from the record that x5 points to; the scratch area is copied.
void load_state(Text& t, const StateLayout& layout, u64 dump) {
  t.li(kDumpPointer, dump);
  if (layout.scratch_bytes != 0) {
    t.addi(6, kRecord, StateLayout::kScratch);
    t.addi(7, kDumpPointer, StateLayout::kScratch);
    t.li(10, layout.scratch_bytes);
    t.add(10, 10, 7);
    for (u32 i = 0; i < 8; ++i) t.ld(11 + i, 6, 8 * i);
    for (u32 i = 0; i < 8; ++i) t.sd(11 + i, 7, 8 * i);
    t.addi(6, 6, 64);
    t.addi(7, 7, 64);
    const u32 offset = static_cast<u32>(-18 * 4);  // to the first load, until x7 = x10
    const u32 bne = (offset >> 12 & 1) << 31 | (offset >> 5 & 0x3f) << 25 | 10u << 20 | 7u << 15 | 1u << 12 |
                    (offset >> 1 & 15) << 8 | (offset >> 11 & 1) << 7 | 0x63;
    t.word(bne);
  }
  if (layout.bytes > layout.v) {
    t.li(6, layout.v);
    t.add(6, 6, kRecord);
    t.whole_registers(kVl8re8, 6);
  }
  t.ld(6, kRecord, StateLayout::kCsr);
  t.write_csr(0x003, 6);
  t.ld(6, kRecord, StateLayout::kCsr + 8);
  t.write_csr(0x00f, 6);
  t.ld(6, kRecord, StateLayout::kCsr + 16);
  t.ld(7, kRecord, StateLayout::kCsr + 24);
  t.word(kVsetvl | 7u << 20 | 6u << 15);
  for (u32 r = 0; r < 32; ++r) t.fld(r, kRecord, StateLayout::kF + 8 * r);
  for (u32 r = 1; r < kLink; ++r)
    if (r != kRecord) t.ld(r, kRecord, StateLayout::kX + 8 * r);
  t.ld(kRecord, kRecord, StateLayout::kX + 8 * kRecord);
  t.ret();
}

void write_state(Text& t, const StateLayout& layout) {
  constexpr u32 kCsrs[] = {0x003, 0x00f, 0xc20, 0xc21};
  for (u32 r = 0; r < 32; ++r) t.sd(r, kDumpPointer, StateLayout::kX + 8 * r);
  for (u32 i = 0; i < 4; ++i) {
    t.read_csr(5, kCsrs[i]);
    t.sd(5, kDumpPointer, StateLayout::kCsr + 8 * i);
  }
  for (u32 r = 0; r < 32; ++r) t.fsd(r, kDumpPointer, StateLayout::kF + 8 * r);
  if (layout.bytes > layout.v) {
    t.li(6, layout.v);
    t.add(6, 6, kDumpPointer);
    t.whole_registers(kVs8r, 6);
  }
  t.li(10, 1);
  t.addi(11, kDumpPointer, 0);
  t.li(12, layout.bytes);
  t.li(17, 64);  // write
  t.ecall();
  t.ret();
}

// An ELF64 executable with one segment, readable, writable and executable.
std::vector<std::byte> make_elf(const std::vector<std::byte>& memory) {
  std::vector<std::byte> elf(kPage + memory.size());
  const auto put = [&](std::size_t at, u64 value, std::size_t bytes) {
    std::memcpy(&elf[at], &value, bytes);
  };
  put(0, 0x00010102464c457f, 8);  // magic, 64 bits, little-endian, version 1
  put(16, 2, 2);                  // executable
  put(18, 243, 2);                // RISC-V
  put(20, 1, 4);
  put(24, kImageBase, 8);
  put(32, 64, 8);   // program headers
  put(48, 0x5, 4);  // RVC, double-float ABI
  put(52, 64, 2);
  put(54, 56, 2);
  put(56, 1, 2);
  put(58, 64, 2);
  put(64, 1, 4);  // PT_LOAD
  put(68, 7, 4);
  put(72, kPage, 8);
  put(80, kImageBase, 8);
  put(88, kImageBase, 8);
  put(96, memory.size(), 8);
  put(104, memory.size(), 8);
  put(112, kPage, 8);
  std::memcpy(&elf[kPage], memory.data(), memory.size());
  return elf;
}

u64 random_integer(std::mt19937_64& rng) {
  const u64 kCorners[] = {
      0,         1, ~u64{0}, u64{1} << 63, (u64{1} << 63) - 1, 0x7fffffff, 0x80000000, 0xffffffff80000000,
      0xffffffff};
  switch (rng() % 4) {
    case 0:
      return kCorners[rng() % std::size(kCorners)];
    case 1:
      return rng() % 600;
    case 2:
      return rng() >> (rng() % 64);
    default:
      return rng();
  }
}

// Bits of a number with `exponent_bits`, `fraction_bits`: specials, numbers near 1, of any size, any bits.
u64 random_float(std::mt19937_64& rng, int exponent_bits, int fraction_bits) {
  const u64 one = (u64{1} << (exponent_bits - 1)) - 1, infinity = (u64{1} << exponent_bits) - 1;
  const u64 sign = (rng() & 1) << (exponent_bits + fraction_bits),
            fraction_mask = (u64{1} << fraction_bits) - 1;
  u64 fraction = rng() & fraction_mask;
  if (rng() % 3 == 0) fraction &= ~u64{0} << (rng() % static_cast<u64>(fraction_bits)) & fraction_mask;
  const auto make = [&](u64 exponent, u64 f) { return sign | exponent << fraction_bits | f; };
  switch (rng() % 10) {
    case 0: {
      const u64 kSpecials[] = {make(0, 0),
                               make(infinity, 0),
                               make(infinity, u64{1} << (fraction_bits - 1)),
                               make(infinity, 1),
                               make(infinity - 1, fraction_mask),
                               make(0, 1),
                               make(1, 0)};
      return kSpecials[rng() % std::size(kSpecials)];
    }
    case 1:
      return make(0, fraction);  // subnormal
    case 2:
      return make(rng() % (infinity + 1), fraction);
    case 3:  // about the limits of integers
      return make(std::min(one + 28 + rng() % 40, infinity), fraction);
    default:
      return make(one - 4 + rng() % 9, fraction);
  }
}
u64 random_double(std::mt19937_64& rng) {
  return random_float(rng, 11, 52);
}
u64 random_half(std::mt19937_64& rng) {
  return random_float(rng, 5, 10);
}
u64 random_single(std::mt19937_64& rng) {
  return random_float(rng, 8, 23);
}

}  // namespace

StateLayout::StateLayout(Profile profile) {
  switch (profile) {
    case Profile::multiply_divide:
    case Profile::csr:
    case Profile::vector_integer:
    case Profile::vector_float:
      scratch_bytes = 0;
      break;
    case Profile::vector_memory:
      scratch_bytes = 12288;
      break;
    case Profile::traps:
      scratch_bytes = kTrapScratchBytes + kWindowBytes;
      break;
    default:
      scratch_bytes = 4608;
  }
  v = kScratch + scratch_bytes;
  machine = v + (is_vector(profile) ? 32 * kVlenBytes : 0);
  bytes = profile == Profile::traps ? kTrapStateBytes : machine;
}

std::vector<std::byte> initial_state(Profile profile, u64 seed, u32 index_class, u32 round, u64 dump) {
  std::mt19937_64 rng(seed ^ (u64{round} * 4 + index_class + 1) * 0x9e3779b97f4a7c15);
  const StateLayout layout(profile);
  std::vector<std::byte> state(layout.bytes);
  const auto put = [&](std::size_t at, u64 value) { std::memcpy(&state[at], &value, 8); };
  for (u32 r = 1; r < kLink; ++r) put(StateLayout::kX + 8 * r, random_integer(rng));
  const u64 middle = dump + StateLayout::kScratch + layout.scratch_bytes / 2;
  put(StateLayout::kX + 8 * kScratchBase, middle);
  put(StateLayout::kX + 8 * kOtherScratchBase, middle + 8);
  put(StateLayout::kX + 8 * kStride, rng() % 17 - 8);
  for (u32 r = 0; r < 32; ++r) {
    // Mostly doubles and NaN-boxed singles; what is not boxed reads as a NaN.
    const u64 value = rng() % 8 == 0 ? rng()
                      : rng() % 8 < (profile == Profile::half_float ? 6u : 1u)
                          ? ~u64{0} << 16 | random_half(rng)
                      : rng() % 2 == 0 ? random_double(rng)
                                       : ~u64{0} << 32 | random_single(rng);
    put(StateLayout::kF + 8 * r, value);
  }
  put(StateLayout::kCsr, (rng() % (is_vector(profile) ? 4 : 5)) << 5);
  put(StateLayout::kCsr + 8, rng() % 4 << 1);
  put(StateLayout::kCsr + 16, rng() % 65);
  put(StateLayout::kCsr + 24, (profile == Profile::vector_float ? 2 + rng() % 2 : rng() % 4) << 3);
  for (u32 i = 0; i < layout.scratch_bytes; i += 8)
    put(StateLayout::kScratch + i, rng() % 2 == 0 ? random_double(rng) : random_integer(rng));
  for (u32 i = 0; layout.v + i < layout.machine; i += 8) {
    u64 value = rng() % 2 == 0 ? rng() : random_integer(rng);
    if (profile == Profile::vector_float)
      value = rng() % 2 == 0 ? random_double(rng) : random_single(rng) << 32 | random_single(rng);
    if (profile == Profile::vector_memory && i >= kFirstIndexRegister * kVlenBytes) {
      constexpr u64 kOffsets[] = {0xffffffffffffffff, 0x07ff07ff07ff07ff, 0x000007ff000007ff, 0x7ff};
      value = rng() & kOffsets[index_class];
    }
    if (profile == Profile::traps && i >= kFirstIndexRegister * kVlenBytes) {
      constexpr u64 kOffsets[] = {0xffffffffffffffff, 0x01ff01ff01ff01ff, 0x000001ff000001ff, 0x1ff};
      value = rng() & kOffsets[index_class];
    }
    put(layout.v + i, value);
  }
  return state;
}

Image make_image(Profile profile, u64 seed, const std::vector<Program>& programs,
                 const std::vector<Call>& calls) {
  const StateLayout layout(profile);
  u32 rounds = 0;
  for (const Call& call : calls) rounds = std::max(rounds, call.round + 1);
  u64 text_bytes = kPage + (calls.size() + 1) * 20;
  std::vector<std::vector<u16>> bodies;
  for (const Program& p : programs) {
    bodies.push_back(differential::layout(p.items));
    text_bytes += bodies.back().size() * 2 + 8;
  }
  text_bytes += text_bytes / 16;  // what the ends of pages leave unused
  // Text, records by round and index class, the state that programs write.
  const u64 record_bytes = (layout.bytes + 63) / 64 * 64;
  const u64 records = kImageBase + page_up(text_bytes), dump = records + page_up(rounds * 4 * record_bytes);
  Text t;
  t.call(kImageBase + kPage);  // the calls; the two routines come before them
  const u64 load = t.here();
  load_state(t, layout, dump);
  const u64 write = t.here();
  write_state(t, layout);
  CHECK(t.bytes.size() <= kPage, "routines of {} bytes", t.bytes.size());
  t.bytes.resize(kPage);
  u64 body = kImageBase + kPage + (calls.size() + 1) * 20;  // five instructions a call, and for the exit
  std::vector<u64> addresses;
  for (const auto& parcels : bodies) {
    const u64 size = (parcels.size() * 2 + 3) / 4 * 4 + 4;  // with the return
    if (body % kPage + size > kPage) body = page_up(body);  // see needs_dynamic_rounding_before()
    addresses.push_back(body);
    body += size;
  }
  for (const Call& call : calls) {
    t.li(kRecord, records + (call.round * 4 + programs[call.program].index_class) * record_bytes);
    t.call(load);
    t.call(addresses[call.program]);
    t.call(write);
  }
  t.li(10, 0);
  t.li(17, 93);  // exit
  t.ecall();
  for (std::size_t p = 0; p < bodies.size(); ++p) {
    while (t.here() < addresses[p]) t.parcel(0x0001);  // c.nop
    CHECK(t.here() == addresses[p], "text layout");
    for (const u16 parcel : bodies[p]) t.parcel(parcel);
    if (bodies[p].size() % 2 != 0) t.parcel(0x0001);
    t.ret();
  }
  CHECK(t.here() <= records, "text of {} bytes", t.bytes.size());
  Image image;
  image.dump = dump;
  image.memory.resize(page_up(dump - kImageBase + layout.bytes));
  std::memcpy(image.memory.data(), t.bytes.data(), t.bytes.size());
  for (u32 round = 0; round < rounds; ++round)
    for (u32 c = 0; c < 4; ++c) {
      const auto state = initial_state(profile, seed, c, round, dump);
      std::memcpy(&image.memory[records - kImageBase + (round * 4 + c) * record_bytes], state.data(),
                  state.size());
    }
  image.elf = make_elf(image.memory);
  return image;
}

}  // namespace troupe::isa::differential
