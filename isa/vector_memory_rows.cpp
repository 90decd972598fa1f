// Rows of V: vsetvl and the loads and stores: unit stride, strided, indexed, segments, masks, whole
// registers.
#include <algorithm>
#include <bit>
#include <tuple>

#include "isa/short_types.hpp"
#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

// vl = min(AVL, VLMAX), always.
void set_vl(Hart& hart, u64 vtype, u64 avl) {
  const u64 vlmax = vlmax_of(vtype, hart.vlen_bytes);
  hart.csr.vtype = vlmax == 0 ? u64{1} << 63 : vtype;
  hart.csr.vl = std::min(avl, vlmax);
  hart.csr.vstart = 0;
}

// Where vtype and AVL come from: vsetvli, vsetvl, vsetivli.
enum class Source { immediate, registers, immediates };

template <Source kSource>
TROUPE_THREADED void set_vector_length(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                       Cycle cycle, Session* session) {
  const u64 vtype = kSource == Source::registers ? hart->x[op->rs2] : static_cast<u64>(op->imm);
  u64 avl = op->rs1;
  if constexpr (kSource != Source::immediates) {
    // x0 asks for VLMAX; with rd = x0 too it keeps vl.
    avl = op->rs1 != 0 ? hart->x[op->rs1] : op->rd != 32 ? ~u64{0} : hart->csr.vl;
  }
  set_vl(*hart, vtype, avl);
  hart->x[op->rd] = hart->csr.vl;
  session->key = hart->csr.vl << 16 | (hart->csr.vtype >> 63) << 15 | (hart->csr.vtype & 0xff);
  [[clang::musttail]] return follow_dynamic(op, hart, memory, variant, cycle, session);
}

// Element `i` of field `f` of a segment: its address, and its register.
enum class Addressing { unit, strided, indexed };

struct Access {
  u64 address;
  Addressing addressing;
  i64 stride;  // bytes between segments
  u64 fields, first, count;
  bool masked;
  bool first_fault = false;  // a fault behind element 0 shortens vl instead
};

// One element after the other, checked each. False: threaded code is left, at a fault, where vstart and the
// trap say which element, or after a store to tohost.
template <bool kStore, class E, class Index>
bool by_element(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                Session* session, const Access& access, const Index* index) {
  const u8* mask = elements<u8>(*hart, 0);
  // Registers of one field: EMUL, at least one.
  const u64 per_register = hart->vlen_bytes / sizeof(E);
  const u64 vlmax = vlmax_of(hart->csr.vtype & 0xff, hart->vlen_bytes);
  const u64 step_registers = std::max<u64>(vlmax / per_register, 1);
  const auto outside = [&](u64 address) {
    return address - session->low > session->room[std::countr_zero(sizeof(E))];
  };
  bool reached_tohost = false;
  for (u64 i = access.first; i < access.count; ++i) {
    if (access.masked && !mask_bit(mask, i)) continue;
    if (access.first_fault && i > 0) {  // before any field of the segment is loaded
      const u64 first = access.address + i * static_cast<u64>(access.stride);
      if (outside(first) || outside(first + (access.fields - 1) * sizeof(E))) {
        hart->csr.vl = i;
        break;
      }
    }
    for (u64 f = 0; f < access.fields; ++f) {
      u64 address = access.address + f * sizeof(E);
      address += access.addressing == Addressing::indexed ? static_cast<u64>(index[i])
                                                          : i * static_cast<u64>(access.stride);
      E* element = elements<E>(*hart, static_cast<u8>(op->rd + f * step_registers)) + i;
      if (outside(address)) {
        hart->csr.vstart = i;
        raise(op, variant, cycle, session, kStore ? Cause::store_access : Cause::load_access,
              faulting_address(hart->memory, address));
        return false;
      }
      if constexpr (kStore) {
        if (session->page_flags[address >> 12] != 0) {
          note_text_write(*hart, address, sizeof(E));
          const u64 tohost = hart->memory.tohost;
          reached_tohost |= tohost != 0 && address < tohost + 8 && tohost < address + sizeof(E);
        }
        std::memcpy(at(memory, address), element, sizeof(E));
      } else {
        std::memcpy(element, at(memory, address), sizeof(E));
      }
    }
  }
  hart->csr.vstart = 0;
  if (reached_tohost) leave(session, Event::tohost, op, variant, cycle);
  return !reached_tohost;
}

// True when [address, address + bytes) is inside memory and, for a store, holds nothing to look at.
bool plain(const Session& session, u64 address, u64 bytes, bool store) {
  const u64 room = session.room[0] + 1;  // bytes of memory
  const u64 offset = address - session.low;
  if (offset >= room || bytes > room - offset) return false;
  if (!store) return true;
  for (u64 page = address >> 12; page <= (address + bytes - 1) >> 12; ++page)
    if (session.page_flags[page] != 0) return false;
  return true;
}

// Whole chunks inline, because calls cost more than they copy at the usual sizes.
void copy_bytes(void* to, const void* from, u64 bytes) {
  auto* d = static_cast<std::byte*>(to);
  const auto* s = static_cast<const std::byte*>(from);
  for (; bytes >= 64; bytes -= 64, d += 64, s += 64) std::memcpy(d, s, 64);
  if (bytes != 0) std::memcpy(d, s, bytes);
}

// Unit stride. Fields from bits 31:29 of the instruction, in rs3.
template <bool kStore, bool kFirstFault, class E>
TROUPE_THREADED void unit_stride(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                 Cycle cycle, Session* session) {
  const u64 address = hart->x[op->rs1], vl = hart->csr.vl, fields = (op->rs3 >> 2 & 7) + 1u;
  if (op->vm != 0 && fields == 1 && hart->csr.vstart == 0 && vl != 0 &&
      plain(*session, address, vl * sizeof(E), kStore)) [[likely]] {
    E* registers = elements<E>(*hart, op->rd);
    if constexpr (kStore)
      copy_bytes(at(memory, address), registers, vl * sizeof(E));
    else
      copy_bytes(registers, at(memory, address), vl * sizeof(E));
  } else if (op->vm == 0 && fields == 1 && hart->csr.vstart == 0 && vl != 0 &&
             plain(*session, address, vl * sizeof(E), kStore)) {
    // Nothing of it could fault, active or not.
    E* const registers = elements<E>(*hart, op->rd);
    const auto same = [](E v) { return v; };
    Group<E> there;
    copy_bytes(there.data, at(memory, address), vl * sizeof(E));
    if constexpr (kStore) {
      map_elements(active_of(*op, *hart), there.data, same, static_cast<const E*>(registers));
      copy_bytes(at(memory, address), there.data, vl * sizeof(E));
    } else {
      map_elements(active_of(*op, *hart), registers, same, static_cast<const E*>(there.data));
    }
  } else {
    const Access access{address,     Addressing::unit, static_cast<i64>(fields * sizeof(E)),
                        fields,      hart->csr.vstart, vl,
                        op->vm == 0, kFirstFault};
    if (!by_element<kStore, E, u8>(op, hart, memory, variant, cycle, session, access, nullptr)) return;
  }
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

template <bool kStore, class E>
TROUPE_THREADED void strided(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                             Session* session) {
  const Access access{hart->x[op->rs1],
                      Addressing::strided,
                      static_cast<i64>(hart->x[op->rs2]),
                      (op->rs3 >> 2 & 7) + 1u,
                      hart->csr.vstart,
                      hart->csr.vl,
                      op->vm == 0};
  if (!by_element<kStore, E, u8>(op, hart, memory, variant, cycle, session, access, nullptr)) return;
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

template <bool kStore, class E, class Index>
TROUPE_THREADED void indexed(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                             Session* session) {
  const Access access{hart->x[op->rs1], Addressing::indexed, 0,          (op->rs3 >> 2 & 7) + 1u,
                      hart->csr.vstart, hart->csr.vl,        op->vm == 0};
  const Group<Index> index(elements<Index>(*hart, op->rs2), hart->csr.vl);
  if (!by_element<kStore, E, Index>(op, hart, memory, variant, cycle, session, access, index.data)) return;
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

// `bytes` of registers from vd on, whatever vl and vtype are. E: what vstart counts.
template <bool kStore, bool kMask, class E = u8>
TROUPE_THREADED void whole(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                           Session* session) {
  const u64 bytes = kMask ? (hart->csr.vl + 7) / 8 : ((op->rs3 >> 2 & 7) + 1ull) * hart->vlen_bytes;
  const u64 address = hart->x[op->rs1];
  if (hart->csr.vstart == 0 && bytes != 0 && plain(*session, address, bytes, kStore)) [[likely]] {
    u8* registers = elements<u8>(*hart, op->rd);
    if constexpr (kStore)
      copy_bytes(at(memory, address), registers, bytes);
    else
      copy_bytes(registers, at(memory, address), bytes);
  } else {
    const Access access{address, Addressing::unit, sizeof(E), 1, hart->csr.vstart, bytes / sizeof(E), false};
    if (!by_element<kStore, E, u8>(op, hart, memory, variant, cycle, session, access, nullptr)) return;
  }
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

constexpr Behaviours every(Handler h) {
  return {h, h, h, h};
}
template <bool kStore, bool kFirstFault = false>
constexpr Behaviours unit_strides = {
    unit_stride<kStore, kFirstFault, u8>, unit_stride<kStore, kFirstFault, u16>,
    unit_stride<kStore, kFirstFault, u32>, unit_stride<kStore, kFirstFault, u64>};
template <bool kStore>
constexpr Behaviours strides = {strided<kStore, u8>, strided<kStore, u16>, strided<kStore, u32>,
                                strided<kStore, u64>};
template <bool kStore, class Index>
constexpr Behaviours indices = {indexed<kStore, u8, Index>, indexed<kStore, u16, Index>,
                                indexed<kStore, u32, Index>, indexed<kStore, u64, Index>};

constexpr std::uint16_t kData = shape(Width::encoded, Width::none),
                        kIndexed = shape(Width::same, Width::encoded),
                        kWhole = shape(Width::encoded, Width::none);

// clang-format off
constexpr Row kRows[] = {
  make_row("vsetvli",  "0 vtype11 rs1 111 rd 1010111", Unit::v_set, set_vector_length<Source::immediate>),
  make_row("vsetivli", "11 vtype10 avl5 111 rd 1010111", Unit::v_set, set_vector_length<Source::immediates>),
  make_row("vsetvl",   "1000000 rs2 rs1 111 rd 1010111", Unit::v_set, set_vector_length<Source::registers>),
  // Whole registers and masks stand before the unit strides that they are special cases of.
  make_row("vl<nr>re8.v", "nf3 0 00 1 01000 rs1 000 vd 0000111", Unit::v_load, every(whole<false, false>), kWhole),
  make_row("vl<nr>re16.v", "nf3 0 00 1 01000 rs1 101 vd 0000111", Unit::v_load, every(whole<false, false, u16>), kWhole),
  make_row("vl<nr>re32.v", "nf3 0 00 1 01000 rs1 110 vd 0000111", Unit::v_load, every(whole<false, false, u32>), kWhole),
  make_row("vl<nr>re64.v", "nf3 0 00 1 01000 rs1 111 vd 0000111", Unit::v_load, every(whole<false, false, u64>), kWhole),
  make_row("vs<nr>r.v", "nf3 0 00 1 01000 rs1 000 vs3 0100111", Unit::v_store, every(whole<true, false>), kWhole),
  make_row("vlm.v", "000 0 00 1 01011 rs1 000 vd 0000111", Unit::v_load, every(whole<false, true>), kData),
  make_row("vsm.v", "000 0 00 1 01011 rs1 000 vs3 0100111", Unit::v_store, every(whole<true, true>), kData),
  make_row("vle8.v", "nf3 0 00 vm 00000 rs1 000 vd 0000111", Unit::v_load, unit_strides<false>, kData),
  make_row("vse8.v", "nf3 0 00 vm 00000 rs1 000 vs3 0100111", Unit::v_store, unit_strides<true>, kData),
  make_row("vle8ff.v", "nf3 0 00 vm 10000 rs1 000 vd 0000111", Unit::v_load, unit_strides<false, true>, kData),
  make_row("vlse8.v", "nf3 0 10 vm rs2 rs1 000 vd 0000111", Unit::v_load_strided, strides<false>, kData),
  make_row("vsse8.v", "nf3 0 10 vm rs2 rs1 000 vs3 0100111", Unit::v_store_strided, strides<true>, kData),
  make_row("vluxei8.v", "nf3 0 01 vm vs2 rs1 000 vd 0000111", Unit::v_load_strided, indices<false, u8>, kIndexed),
  make_row("vsuxei8.v", "nf3 0 01 vm vs2 rs1 000 vs3 0100111", Unit::v_store_strided, indices<true, u8>, kIndexed),
  make_row("vloxei8.v", "nf3 0 11 vm vs2 rs1 000 vd 0000111", Unit::v_load_strided, indices<false, u8>, kIndexed),
  make_row("vsoxei8.v", "nf3 0 11 vm vs2 rs1 000 vs3 0100111", Unit::v_store_strided, indices<true, u8>, kIndexed),
  make_row("vle16.v", "nf3 0 00 vm 00000 rs1 101 vd 0000111", Unit::v_load, unit_strides<false>, kData),
  make_row("vse16.v", "nf3 0 00 vm 00000 rs1 101 vs3 0100111", Unit::v_store, unit_strides<true>, kData),
  make_row("vle16ff.v", "nf3 0 00 vm 10000 rs1 101 vd 0000111", Unit::v_load, unit_strides<false, true>, kData),
  make_row("vlse16.v", "nf3 0 10 vm rs2 rs1 101 vd 0000111", Unit::v_load_strided, strides<false>, kData),
  make_row("vsse16.v", "nf3 0 10 vm rs2 rs1 101 vs3 0100111", Unit::v_store_strided, strides<true>, kData),
  make_row("vluxei16.v", "nf3 0 01 vm vs2 rs1 101 vd 0000111", Unit::v_load_strided, indices<false, u16>, kIndexed),
  make_row("vsuxei16.v", "nf3 0 01 vm vs2 rs1 101 vs3 0100111", Unit::v_store_strided, indices<true, u16>, kIndexed),
  make_row("vloxei16.v", "nf3 0 11 vm vs2 rs1 101 vd 0000111", Unit::v_load_strided, indices<false, u16>, kIndexed),
  make_row("vsoxei16.v", "nf3 0 11 vm vs2 rs1 101 vs3 0100111", Unit::v_store_strided, indices<true, u16>, kIndexed),
  make_row("vle32.v", "nf3 0 00 vm 00000 rs1 110 vd 0000111", Unit::v_load, unit_strides<false>, kData),
  make_row("vse32.v", "nf3 0 00 vm 00000 rs1 110 vs3 0100111", Unit::v_store, unit_strides<true>, kData),
  make_row("vle32ff.v", "nf3 0 00 vm 10000 rs1 110 vd 0000111", Unit::v_load, unit_strides<false, true>, kData),
  make_row("vlse32.v", "nf3 0 10 vm rs2 rs1 110 vd 0000111", Unit::v_load_strided, strides<false>, kData),
  make_row("vsse32.v", "nf3 0 10 vm rs2 rs1 110 vs3 0100111", Unit::v_store_strided, strides<true>, kData),
  make_row("vluxei32.v", "nf3 0 01 vm vs2 rs1 110 vd 0000111", Unit::v_load_strided, indices<false, u32>, kIndexed),
  make_row("vsuxei32.v", "nf3 0 01 vm vs2 rs1 110 vs3 0100111", Unit::v_store_strided, indices<true, u32>, kIndexed),
  make_row("vloxei32.v", "nf3 0 11 vm vs2 rs1 110 vd 0000111", Unit::v_load_strided, indices<false, u32>, kIndexed),
  make_row("vsoxei32.v", "nf3 0 11 vm vs2 rs1 110 vs3 0100111", Unit::v_store_strided, indices<true, u32>, kIndexed),
  make_row("vle64.v", "nf3 0 00 vm 00000 rs1 111 vd 0000111", Unit::v_load, unit_strides<false>, kData),
  make_row("vse64.v", "nf3 0 00 vm 00000 rs1 111 vs3 0100111", Unit::v_store, unit_strides<true>, kData),
  make_row("vle64ff.v", "nf3 0 00 vm 10000 rs1 111 vd 0000111", Unit::v_load, unit_strides<false, true>, kData),
  make_row("vlse64.v", "nf3 0 10 vm rs2 rs1 111 vd 0000111", Unit::v_load_strided, strides<false>, kData),
  make_row("vsse64.v", "nf3 0 10 vm rs2 rs1 111 vs3 0100111", Unit::v_store_strided, strides<true>, kData),
  make_row("vluxei64.v", "nf3 0 01 vm vs2 rs1 111 vd 0000111", Unit::v_load_strided, indices<false, u64>, kIndexed),
  make_row("vsuxei64.v", "nf3 0 01 vm vs2 rs1 111 vs3 0100111", Unit::v_store_strided, indices<true, u64>, kIndexed),
  make_row("vloxei64.v", "nf3 0 11 vm vs2 rs1 111 vd 0000111", Unit::v_load_strided, indices<false, u64>, kIndexed),
  make_row("vsoxei64.v", "nf3 0 11 vm vs2 rs1 111 vs3 0100111", Unit::v_store_strided, indices<true, u64>, kIndexed),
};
// clang-format on

}  // namespace

std::span<const Row> vector_memory_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
