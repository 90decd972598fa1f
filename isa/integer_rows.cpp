// Rows of RV64I, M, A, Zicsr, Zifencei, the machine-mode instructions, Zba, Zbb, Zbs and Zicond.
#include <bit>
#include <limits>

#include "isa/memory_ops.hpp"
#include "isa/row.hpp"
#include "isa/short_types.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

using u128 = unsigned __int128;
using i128 = __int128;

// rd = F(rs1, rs2), rd = F(rs1, imm), rd = imm.
template <auto F>
constexpr Handler rr =
    step<[](const Op& op, Hart& h) { h.x[op.rd] = static_cast<u64>(F(h.x[op.rs1], h.x[op.rs2])); }>;
template <auto F>
constexpr Handler ri = step<[](const Op& op, Hart& h) {
  h.x[op.rd] = static_cast<u64>(F(h.x[op.rs1], static_cast<u64>(op.imm)));
}>;
constexpr Handler constant = step<[](const Op& op, Hart& h) { h.x[op.rd] = static_cast<u64>(op.imm); }>;
constexpr Handler nothing = step<[](const Op&, Hart&) {}>;

constexpr u64 sext32(u64 v) {
  return static_cast<u64>(static_cast<i64>(static_cast<i32>(v)));
}

template <auto F>
TROUPE_THREADED void branch(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                            Session* session) {
  if (F(hart->x[op->rs1], hart->x[op->rs2])) {
    [[clang::musttail]] return follow<1>(op, hart, memory, variant, cycle, session);
  }
  [[clang::musttail]] return follow<0>(op, hart, memory, variant, cycle, session);
}

// imm of both jumps is the link address; jalr's offset is in the next op's imm.
TROUPE_THREADED void jal(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                         Session* session) {
  hart->x[op->rd] = static_cast<u64>(op->imm);
  [[clang::musttail]] return follow<0>(op, hart, memory, variant, cycle, session);
}
TROUPE_THREADED void jalr(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                          Session* session) {
  session->key = (hart->x[op->rs1] + static_cast<u64>(op[1].imm)) & ~u64{1};
  hart->x[op->rd] = static_cast<u64>(op->imm);
  [[clang::musttail]] return follow_dynamic(op, hart, memory, variant, cycle, session);
}

template <class S>
constexpr u64 magnitude(S v) {
  return v < 0 ? u64{0} - static_cast<u64>(static_cast<i64>(v)) : static_cast<u64>(v);
}

// T: the operand type. The block ends here, because what follows depends on the latency.
template <class T, auto F>
TROUPE_THREADED void divide(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                            Session* session) {
  const T a = static_cast<T>(hart->x[op->rs1]), b = static_cast<T>(hart->x[op->rs2]);
  constexpr int kWidth = std::numeric_limits<T>::digits + std::is_signed_v<T>;
  const bool overflow = std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == static_cast<T>(-1);
  session->key = session->divide.cycles(magnitude(a), magnitude(b), kWidth, b == 1 || overflow);
  if (session->divide.blocking) {
    cycle += session->key - 1;
    session->lanes[1 + static_cast<int>(Stall::divide)] += static_cast<std::uint32_t>(session->key - 1);
  }
  hart->x[op->rd] = static_cast<u64>(static_cast<i64>(static_cast<std::make_signed_t<T>>(F(a, b))));
  [[clang::musttail]] return follow_dynamic(op, hart, memory, variant, cycle, session);
}
// Division by zero gives all ones, the one overflow gives the dividend.
constexpr auto quotient = []<class T>(T a, T b) -> T {
  if (b == 0) return static_cast<T>(-1);
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return static_cast<T>(u64{0} - static_cast<u64>(a));
  return a / b;
};
constexpr auto remainder = []<class T>(T a, T b) -> T {
  if (b == 0) return a;
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
  return a % b;
};

// T: the type loaded; it decides the extension.
template <class T>
constexpr Handler integer_load =
    load<T, [](Hart& h, u8 rd, T v) { h.x[rd] = static_cast<u64>(static_cast<i64>(v)); }, true>;
template <class T>
constexpr Handler integer_store = store<T, [](Hart& h, u8 rs2) { return h.x[rs2]; }, true>;

// True when an atomic of T may go on; otherwise the trap is raised. `store`: which pair of causes.
template <class T>
bool atomic_allowed(const Op* op, const Variant* variant, Cycle cycle, Session* session, u64 address,
                    bool store) {
  if (address % sizeof(T) != 0) {
    raise(op, variant, cycle, session, store ? Cause::store_misaligned : Cause::load_misaligned, address);
    return false;
  }
  if (address - session->low > session->room[std::countr_zero(sizeof(T))]) {
    raise(op, variant, cycle, session, store ? Cause::store_access : Cause::load_access, address);
    return false;
  }
  return true;
}

template <class T>
u64 sign_extended(T value) {
  return static_cast<u64>(static_cast<i64>(static_cast<std::make_signed_t<T>>(value)));
}

template <class T, auto F>
TROUPE_THREADED void amo(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                         Session* session) {
  const u64 address = hart->x[op->rs1];
  if (!atomic_allowed<T>(op, variant, cycle, session, address, true)) return;
  T old;
  std::memcpy(&old, at(memory, address), sizeof old);
  const T value = F(old, static_cast<T>(hart->x[op->rs2]));
  hart->x[op->rd] = sign_extended(old);
  if (session->page_flags[address >> 12] != 0) {
    if (!slow_store(op, hart, variant, cycle, session, address, value, sizeof(T), false)) return;
  } else {
    std::memcpy(at(memory, address), &value, sizeof value);
  }
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

template <class T>
TROUPE_THREADED void load_reserved(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                   Cycle cycle, Session* session) {
  const u64 address = hart->x[op->rs1];
  if (!atomic_allowed<T>(op, variant, cycle, session, address, false)) return;
  T value;
  std::memcpy(&value, at(memory, address), sizeof value);
  hart->reservation = address;
  hart->x[op->rd] = sign_extended(value);
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

template <class T>
TROUPE_THREADED void store_conditional(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                       Cycle cycle, Session* session) {
  const u64 address = hart->x[op->rs1];
  if (!atomic_allowed<T>(op, variant, cycle, session, address, true)) return;
  const bool held = hart->reservation == address;
  const T value = static_cast<T>(hart->x[op->rs2]);
  hart->reservation = ~u64{0};
  hart->x[op->rd] = held ? 0 : 1;
  if (held && session->page_flags[address >> 12] != 0) {
    if (!slow_store(op, hart, variant, cycle, session, address, value, sizeof(T), false)) return;
  } else if (held) {
    std::memcpy(at(memory, address), &value, sizeof value);
  }
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

constexpr auto amo_swap = [](auto, auto b) { return b; };
constexpr auto amo_add = [](auto a, auto b) { return static_cast<decltype(a)>(a + b); };
constexpr auto amo_xor = [](auto a, auto b) { return a ^ b; };
constexpr auto amo_and = [](auto a, auto b) { return a & b; };
constexpr auto amo_or = [](auto a, auto b) { return a | b; };
constexpr auto amo_min = [](auto a, auto b) { return a < b ? a : b; };
constexpr auto amo_max = [](auto a, auto b) { return a < b ? b : a; };

// Shift right filling with the sign.
constexpr u64 sra(u64 a, u64 n) {
  return static_cast<u64>(static_cast<i64>(a) >> (n & 63));
}
constexpr u64 sraw(u64 a, u64 n) {
  return static_cast<u64>(static_cast<i64>(static_cast<i32>(a) >> (n & 31)));
}

// clang-format off
constexpr Row kRows[] = {
  make_row("lui",    "imm20 rd 0110111", Unit::alu, constant),
  make_row("auipc",  "imm20 rd 0010111", Unit::alu, constant),
  make_row("jal",    "jump20 rd 1101111", Unit::jump, jal),
  make_row("jalr",   "imm12 rs1 000 rd 1100111", Unit::jump_register, jalr),
  make_row("beq",    "branch_high rs2 rs1 000 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return a == b; }>),
  make_row("bne",    "branch_high rs2 rs1 001 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return a != b; }>),
  make_row("blt",    "branch_high rs2 rs1 100 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b); }>),
  make_row("bge",    "branch_high rs2 rs1 101 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return static_cast<i64>(a) >= static_cast<i64>(b); }>),
  make_row("bltu",   "branch_high rs2 rs1 110 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return a < b; }>),
  make_row("bgeu",   "branch_high rs2 rs1 111 branch_low 1100011", Unit::branch, branch<[](u64 a, u64 b) { return a >= b; }>),
  make_row("lb",     "imm12 rs1 000 rd 0000011", Unit::load, integer_load<i8>),
  make_row("lh",     "imm12 rs1 001 rd 0000011", Unit::load, integer_load<i16>),
  make_row("lw",     "imm12 rs1 010 rd 0000011", Unit::load, integer_load<i32>),
  make_row("ld",     "imm12 rs1 011 rd 0000011", Unit::load, integer_load<u64>),
  make_row("lbu",    "imm12 rs1 100 rd 0000011", Unit::load, integer_load<u8>),
  make_row("lhu",    "imm12 rs1 101 rd 0000011", Unit::load, integer_load<u16>),
  make_row("lwu",    "imm12 rs1 110 rd 0000011", Unit::load, integer_load<u32>),
  make_row("sb",     "store_high rs2 rs1 000 store_low 0100011", Unit::store, integer_store<u8>),
  make_row("sh",     "store_high rs2 rs1 001 store_low 0100011", Unit::store, integer_store<u16>),
  make_row("sw",     "store_high rs2 rs1 010 store_low 0100011", Unit::store, integer_store<u32>),
  make_row("sd",     "store_high rs2 rs1 011 store_low 0100011", Unit::store, integer_store<u64>),
  make_row("addi",   "imm12 rs1 000 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a + b; }>),
  make_row("slti",   "imm12 rs1 010 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b); }>),
  make_row("sltiu",  "imm12 rs1 011 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a < b; }>),
  make_row("xori",   "imm12 rs1 100 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a ^ b; }>),
  make_row("ori",    "imm12 rs1 110 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a | b; }>),
  make_row("andi",   "imm12 rs1 111 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a & b; }>),
  make_row("slli",   "000000 shift6 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a << (b & 63); }>),
  make_row("srli",   "000000 shift6 rs1 101 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a >> (b & 63); }>),
  make_row("srai",   "010000 shift6 rs1 101 rd 0010011", Unit::alu, ri<sra>),
  make_row("add",    "0000000 rs2 rs1 000 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a + b; }>),
  make_row("sub",    "0100000 rs2 rs1 000 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a - b; }>),
  make_row("sll",    "0000000 rs2 rs1 001 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a << (b & 63); }>),
  make_row("slt",    "0000000 rs2 rs1 010 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b); }>),
  make_row("sltu",   "0000000 rs2 rs1 011 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a < b; }>),
  make_row("xor",    "0000000 rs2 rs1 100 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a ^ b; }>),
  make_row("srl",    "0000000 rs2 rs1 101 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a >> (b & 63); }>),
  make_row("sra",    "0100000 rs2 rs1 101 rd 0110011", Unit::alu, rr<sra>),
  make_row("or",     "0000000 rs2 rs1 110 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a | b; }>),
  make_row("and",    "0000000 rs2 rs1 111 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a & b; }>),
  make_row("addiw",  "imm12 rs1 000 rd 0011011", Unit::alu, ri<[](u64 a, u64 b) { return sext32(a + b); }>),
  make_row("slliw",  "0000000 shift5 rs1 001 rd 0011011", Unit::alu, ri<[](u64 a, u64 b) { return sext32(a << (b & 31)); }>),
  make_row("srliw",  "0000000 shift5 rs1 101 rd 0011011", Unit::alu, ri<[](u64 a, u64 b) { return sext32(static_cast<u32>(a) >> (b & 31)); }>),
  make_row("sraiw",  "0100000 shift5 rs1 101 rd 0011011", Unit::alu, ri<sraw>),
  make_row("addw",   "0000000 rs2 rs1 000 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(a + b); }>),
  make_row("subw",   "0100000 rs2 rs1 000 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(a - b); }>),
  make_row("sllw",   "0000000 rs2 rs1 001 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(a << (b & 31)); }>),
  make_row("srlw",   "0000000 rs2 rs1 101 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(static_cast<u32>(a) >> (b & 31)); }>),
  make_row("sraw",   "0100000 rs2 rs1 101 rd 0111011", Unit::alu, rr<sraw>),
  make_row("fence",  "fence12 rs1 000 rd 0001111", Unit::fence, nothing),
  make_row("fence.i", "imm12 rs1 001 rd 0001111", Unit::fence_i, hand_to_engine),
  make_row("ecall",  "000000000000 00000 000 00000 1110011", Unit::system, hand_to_engine),
  make_row("ebreak", "000000000001 00000 000 00000 1110011", Unit::system, hand_to_engine),
  make_row("mret",   "001100000010 00000 000 00000 1110011", Unit::system, hand_to_engine),
  make_row("wfi",    "000100000101 00000 000 00000 1110011", Unit::system, hand_to_engine),
  make_row("csrrw",  "csr rs1 001 rd 1110011", Unit::csr, hand_to_engine),
  make_row("csrrs",  "csr rs1 010 rd 1110011", Unit::csr, hand_to_engine),
  make_row("csrrc",  "csr rs1 011 rd 1110011", Unit::csr, hand_to_engine),
  make_row("csrrwi", "csr zimm5 101 rd 1110011", Unit::csr, hand_to_engine),
  make_row("csrrsi", "csr zimm5 110 rd 1110011", Unit::csr, hand_to_engine),
  make_row("csrrci", "csr zimm5 111 rd 1110011", Unit::csr, hand_to_engine),
  // M
  make_row("mul",    "0000001 rs2 rs1 000 rd 0110011", Unit::mul, rr<[](u64 a, u64 b) { return a * b; }>),
  make_row("mulh",   "0000001 rs2 rs1 001 rd 0110011", Unit::mul, rr<[](u64 a, u64 b) { return static_cast<u64>((static_cast<i128>(static_cast<i64>(a)) * static_cast<i64>(b)) >> 64); }>),
  make_row("mulhsu", "0000001 rs2 rs1 010 rd 0110011", Unit::mul, rr<[](u64 a, u64 b) { return static_cast<u64>((static_cast<i128>(static_cast<i64>(a)) * static_cast<i128>(b)) >> 64); }>),
  make_row("mulhu",  "0000001 rs2 rs1 011 rd 0110011", Unit::mul, rr<[](u64 a, u64 b) { return static_cast<u64>((static_cast<u128>(a) * b) >> 64); }>),
  make_row("mulw",   "0000001 rs2 rs1 000 rd 0111011", Unit::mul, rr<[](u64 a, u64 b) { return sext32(a * b); }>),
  make_row("div",    "0000001 rs2 rs1 100 rd 0110011", Unit::div, divide<i64, quotient>),
  make_row("divu",   "0000001 rs2 rs1 101 rd 0110011", Unit::div, divide<u64, quotient>),
  make_row("rem",    "0000001 rs2 rs1 110 rd 0110011", Unit::div, divide<i64, remainder>),
  make_row("remu",   "0000001 rs2 rs1 111 rd 0110011", Unit::div, divide<u64, remainder>),
  make_row("divw",   "0000001 rs2 rs1 100 rd 0111011", Unit::div, divide<i32, quotient>),
  make_row("divuw",  "0000001 rs2 rs1 101 rd 0111011", Unit::div, divide<u32, quotient>),
  make_row("remw",   "0000001 rs2 rs1 110 rd 0111011", Unit::div, divide<i32, remainder>),
  make_row("remuw",  "0000001 rs2 rs1 111 rd 0111011", Unit::div, divide<u32, remainder>),
  // A
  make_row("lr.w",      "00010 aqrl 00000 rs1 010 rd 0101111", Unit::amo, load_reserved<u32>),
  make_row("lr.d",      "00010 aqrl 00000 rs1 011 rd 0101111", Unit::amo, load_reserved<u64>),
  make_row("sc.w",      "00011 aqrl rs2 rs1 010 rd 0101111", Unit::amo, store_conditional<u32>),
  make_row("sc.d",      "00011 aqrl rs2 rs1 011 rd 0101111", Unit::amo, store_conditional<u64>),
  make_row("amoswap.w", "00001 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_swap>),
  make_row("amoswap.d", "00001 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_swap>),
  make_row("amoadd.w",  "00000 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_add>),
  make_row("amoadd.d",  "00000 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_add>),
  make_row("amoxor.w",  "00100 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_xor>),
  make_row("amoxor.d",  "00100 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_xor>),
  make_row("amoand.w",  "01100 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_and>),
  make_row("amoand.d",  "01100 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_and>),
  make_row("amoor.w",   "01000 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_or>),
  make_row("amoor.d",   "01000 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_or>),
  make_row("amomin.w",  "10000 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<i32, amo_min>),
  make_row("amomin.d",  "10000 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<i64, amo_min>),
  make_row("amomax.w",  "10100 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<i32, amo_max>),
  make_row("amomax.d",  "10100 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<i64, amo_max>),
  make_row("amominu.w", "11000 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_min>),
  make_row("amominu.d", "11000 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_min>),
  make_row("amomaxu.w", "11100 aqrl rs2 rs1 010 rd 0101111", Unit::amo, amo<u32, amo_max>),
  make_row("amomaxu.d", "11100 aqrl rs2 rs1 011 rd 0101111", Unit::amo, amo<u64, amo_max>),
  // Zba
  make_row("add.uw",    "0000100 rs2 rs1 000 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return static_cast<u32>(a) + b; }>),
  make_row("sh1add",    "0010000 rs2 rs1 010 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return (a << 1) + b; }>),
  make_row("sh2add",    "0010000 rs2 rs1 100 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return (a << 2) + b; }>),
  make_row("sh3add",    "0010000 rs2 rs1 110 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return (a << 3) + b; }>),
  make_row("sh1add.uw", "0010000 rs2 rs1 010 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return (u64{static_cast<u32>(a)} << 1) + b; }>),
  make_row("sh2add.uw", "0010000 rs2 rs1 100 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return (u64{static_cast<u32>(a)} << 2) + b; }>),
  make_row("sh3add.uw", "0010000 rs2 rs1 110 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return (u64{static_cast<u32>(a)} << 3) + b; }>),
  make_row("slli.uw",   "000010 shift6 rs1 001 rd 0011011", Unit::alu, ri<[](u64 a, u64 b) { return u64{static_cast<u32>(a)} << (b & 63); }>),
  // Zbb
  make_row("andn",   "0100000 rs2 rs1 111 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a & ~b; }>),
  make_row("orn",    "0100000 rs2 rs1 110 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a | ~b; }>),
  make_row("xnor",   "0100000 rs2 rs1 100 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return ~(a ^ b); }>),
  make_row("clz",    "0110000 00000 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return std::countl_zero(a); }>),
  make_row("ctz",    "0110000 00001 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return std::countr_zero(a); }>),
  make_row("cpop",   "0110000 00010 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return std::popcount(a); }>),
  make_row("clzw",   "0110000 00000 rs1 001 rd 0011011", Unit::alu, ri<[](u64 a, u64) { return std::countl_zero(static_cast<u32>(a)); }>),
  make_row("ctzw",   "0110000 00001 rs1 001 rd 0011011", Unit::alu, ri<[](u64 a, u64) { return std::countr_zero(static_cast<u32>(a)); }>),
  make_row("cpopw",  "0110000 00010 rs1 001 rd 0011011", Unit::alu, ri<[](u64 a, u64) { return std::popcount(static_cast<u32>(a)); }>),
  make_row("sext.b", "0110000 00100 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return i64{static_cast<i8>(a)}; }>),
  make_row("sext.h", "0110000 00101 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return i64{static_cast<i16>(a)}; }>),
  make_row("zext.h", "0000100 00000 rs1 100 rd 0111011", Unit::alu, ri<[](u64 a, u64) { return u64{static_cast<u16>(a)}; }>),
  make_row("max",    "0000101 rs2 rs1 110 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b) ? b : a; }>),
  make_row("maxu",   "0000101 rs2 rs1 111 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a < b ? b : a; }>),
  make_row("min",    "0000101 rs2 rs1 100 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return static_cast<i64>(a) < static_cast<i64>(b) ? a : b; }>),
  make_row("minu",   "0000101 rs2 rs1 101 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a < b ? a : b; }>),
  make_row("rol",    "0110000 rs2 rs1 001 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return std::rotl(a, static_cast<int>(b & 63)); }>),
  make_row("ror",    "0110000 rs2 rs1 101 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return std::rotr(a, static_cast<int>(b & 63)); }>),
  make_row("rori",   "011000 shift6 rs1 101 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return std::rotr(a, static_cast<int>(b & 63)); }>),
  make_row("rolw",   "0110000 rs2 rs1 001 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(std::rotl(static_cast<u32>(a), static_cast<int>(b & 31))); }>),
  make_row("rorw",   "0110000 rs2 rs1 101 rd 0111011", Unit::alu, rr<[](u64 a, u64 b) { return sext32(std::rotr(static_cast<u32>(a), static_cast<int>(b & 31))); }>),
  make_row("roriw",  "0110000 shift5 rs1 101 rd 0011011", Unit::alu, ri<[](u64 a, u64 b) { return sext32(std::rotr(static_cast<u32>(a), static_cast<int>(b & 31))); }>),
  make_row("orc.b",  "001010000111 rs1 101 rd 0010011", Unit::alu, ri<[](u64 a, u64) {
             u64 r = 0;
             for (int i = 0; i < 64; i += 8) r |= (a >> i & 0xff) != 0 ? u64{0xff} << i : 0;
             return r; }>),
  make_row("rev8",   "011010111000 rs1 101 rd 0010011", Unit::alu, ri<[](u64 a, u64) { return __builtin_bswap64(a); }>),
  // Zbs
  make_row("bclr",   "0100100 rs2 rs1 001 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a & ~(u64{1} << (b & 63)); }>),
  make_row("bclri",  "010010 shift6 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a & ~(u64{1} << (b & 63)); }>),
  make_row("bext",   "0100100 rs2 rs1 101 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a >> (b & 63) & 1; }>),
  make_row("bexti",  "010010 shift6 rs1 101 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a >> (b & 63) & 1; }>),
  make_row("binv",   "0110100 rs2 rs1 001 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a ^ u64{1} << (b & 63); }>),
  make_row("binvi",  "011010 shift6 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a ^ u64{1} << (b & 63); }>),
  make_row("bset",   "0010100 rs2 rs1 001 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return a | u64{1} << (b & 63); }>),
  make_row("bseti",  "001010 shift6 rs1 001 rd 0010011", Unit::alu, ri<[](u64 a, u64 b) { return a | u64{1} << (b & 63); }>),
  // Zicond
  make_row("czero.eqz", "0000111 rs2 rs1 101 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return b == 0 ? 0 : a; }>),
  make_row("czero.nez", "0000111 rs2 rs1 111 rd 0110011", Unit::alu, rr<[](u64 a, u64 b) { return b != 0 ? 0 : a; }>),
};
// clang-format on

}  // namespace

std::span<const Row> integer_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
