#include "tests/isa/differential/program.hpp"

#include <algorithm>
#include <map>

#include "isa/code_space.hpp"
#include "isa/csr.hpp"
#include "isa/decode.hpp"
#include "isa/host_code.hpp"
#include "isa/vector_shape.hpp"
#include "sim/base/check.hpp"
#include "tests/isa/differential/quirks.hpp"

namespace troupe::isa::differential {
namespace {

using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u32 kCsrs[] = {0x001, 0x002, 0x003, 0x009, 0x00a, 0x00f};  // fflags, frm, fcsr, vxsat, vxrm, vcsr
constexpr u32 kReadOnlyCsrs[] = {0xc20, 0xc21, 0xc22};               // vl, vtype, vlenb

bool is_memory(Unit unit) {
  return unit == Unit::load || unit == Unit::store || unit == Unit::amo || unit == Unit::fp_load ||
         unit == Unit::fp_store || unit >= Unit::v_load;
}
bool is_branch(Unit unit) {
  return unit == Unit::branch || unit == Unit::jump;
}
bool is_indexed(const Row& row) {
  return row.unit >= Unit::v_load && row.has(Field::vs2);
}

// Puts `value(field)` where the row's pattern has the field.
template <class Value>
u32 encode(const Row& row, Value value) {
  u32 raw = row.match;
  int bit = 32;
  for (const Field f : row.fields) {
    if (f == Field::none) break;
    while ((row.mask >> (bit - 1) & 1) != 0) --bit;
    int width = 0;
    for (const FieldName& name : kFieldNames)
      if (name.field == f) width = name.bits;
    bit -= width;
    raw |= (value(f) & ((1u << width) - 1)) << bit;
  }
  return raw;
}

const Row& row_of(std::string_view name) {
  for (const Row* row : all_rows())
    if (row->name == name) return *row;
  CHECK(false, "no row {}", name);
  std::abort();
}

// B and J immediates.
u32 branch_bits(u32 offset) {
  return bits(offset, 12, 12) << 31 | bits(offset, 10, 5) << 25 | bits(offset, 4, 1) << 8 |
         bits(offset, 11, 11) << 7;
}
u32 jump_bits(u32 offset) {
  return bits(offset, 20, 20) << 31 | bits(offset, 10, 1) << 21 | bits(offset, 11, 11) << 20 |
         bits(offset, 19, 12) << 12;
}

// The profiles whose programs take their instructions from this row; the first is its own.
std::vector<Profile> profiles_of(const Row& row, std::span<const Row> table) {
  if (not_compared(row.name) != nullptr || row.unit == Unit::v_set) return {};
  if (table.data() == half_rows().data()) return {Profile::half_float};
  if (table.data() == vector_memory_rows().data()) return {Profile::vector_memory};
  if (is_vector(row.unit))
    return {table.data() == vector_float_rows().data() ? Profile::vector_float : Profile::vector_integer};
  if (row.unit == Unit::csr) return {Profile::csr};
  if (row.unit == Unit::amo) return {Profile::atomic};
  if (row.unit == Unit::mul || row.unit == Unit::div) return {Profile::multiply_divide};
  if (row.unit >= Unit::fp && row.unit <= Unit::fp_store)
    return is_memory(row.unit) ? std::vector{Profile::scalar_float}
                               : std::vector{Profile::scalar_float, Profile::csr};
  return {Profile::integer};
}

}  // namespace

const char* profile_name(Profile profile) {
  constexpr const char* kNames[] = {"I Zba Zbb Zbs", "M",         "A",    "F D",      "Zfh",         "C",
                                    "Zicsr",         "V integer", "V FP", "V memory", "M and U mode"};
  return kNames[static_cast<std::size_t>(profile)];
}

std::vector<const Row*> all_rows() {
  std::vector<const Row*> rows;
  for (const auto& table : host_code(HostLevel::portable).tables)
    for (const Row& row : table) rows.push_back(&row);
  return rows;
}

u32 Item::expanded() const {
  return bytes == 2 ? expand_compressed(static_cast<u16>(raw)) : raw;
}

std::vector<u16> layout(const std::vector<Item>& items) {
  std::vector<u16> parcels;
  for (std::size_t i = 0; i < items.size(); ++i) {
    u32 raw = items[i].raw, offset = items[i].bytes;
    for (std::size_t j = i + 1; j < items.size() && j <= i + items[i].skip; ++j) offset += items[j].bytes;
    if (items[i].skip != 0 && items[i].bytes == 4)
      raw |= bits(raw, 6, 0) == 0x6f ? jump_bits(offset) : branch_bits(offset);
    // A compressed branch keeps its offset: where the item behind has another size, it becomes c.nop.
    if (items[i].skip != 0 && items[i].bytes == 2) {
      const u32 expanded = items[i].expanded();
      if (immediate_of(*find_row(expanded), expanded) != static_cast<std::int64_t>(offset)) raw = 0x0001;
    }
    parcels.push_back(static_cast<u16>(raw));
    if (items[i].bytes == 4) parcels.push_back(static_cast<u16>(raw >> 16));
  }
  return parcels;
}

Generator::Generator(u64 seed, u32 first_reserved)
    : rng_(seed), first_reserved_(first_reserved), rows_(std::size(kProfiles)) {
  for (const auto& table : host_code(HostLevel::portable).tables)
    for (const Row& row : table)
      for (const Profile p : profiles_of(row, table)) rows_[static_cast<std::size_t>(p)].push_back(&row);
  // Parcels by what they expand to, so that each kind of compressed instruction is as frequent.
  std::map<std::pair<std::string, u32>, std::vector<u16>> kinds;
  for (u32 parcel = 0; parcel < 0x10000; ++parcel) {
    if ((parcel & 3) == 3) continue;
    const u32 raw = expand_compressed(static_cast<u16>(parcel));
    const Row* row = raw == 0 ? nullptr : find_row(raw);
    if (row == nullptr || not_compared(row->name) != nullptr) continue;
    if (row->has(Field::rd) && is_reserved(bits(raw, 11, 7)) && bits(raw, 11, 7) != 0) continue;
    if (is_memory(row->unit) && bits(raw, 19, 15) != kScratchBase && bits(raw, 19, 15) != kOtherScratchBase)
      continue;
    const std::int64_t offset = immediate_of(*row, raw);
    if (is_branch(row->unit) && offset != 4 && offset != 6) continue;
    kinds[{row->name, (parcel & 3) << 3 | parcel >> 13}].push_back(static_cast<u16>(parcel));
  }
  for (auto& [kind, parcels] : kinds) compressed_.push_back(std::move(parcels));
}

u32 Generator::operand(Field field, const Row& row, Profile profile) {
  switch (field) {
    case Field::rd:
      for (;;)
        if (const u32 r = pick(32); !is_reserved(r)) return r;
    case Field::rs1:
      if (is_memory(row.unit)) return pick(2) == 0 ? kScratchBase : kOtherScratchBase;
      return pick(32);
    case Field::rs2:
      return row.unit >= Unit::v_load ? kStride : pick(32);
    case Field::rm: {
      const u32 rm = pick(6);
      if (rm == 5 && profile != Profile::csr) return 7;  // dynamic
      return rm % 5;
    }
    case Field::vs2:
      if (is_indexed(row)) return kFirstIndexRegister + pick(8);
      [[fallthrough]];
    case Field::vd:
    case Field::vdx:
    case Field::vs1:
    case Field::vs3:
      return pick(32) & ~((1u << pick(4)) - 1);
    case Field::nf3:
      return pick(2) == 0 ? 0 : pick(8);
    case Field::branch_high:
    case Field::branch_low:
    case Field::jump20:
      return 0;  // layout() fills them in
    case Field::zimm5:
      return pick(2) == 0 ? pick(4) : pick(32);
    case Field::csr:
      return pick(4) == 0 ? kReadOnlyCsrs[pick(3)] : kCsrs[pick(6)];
    default:
      return static_cast<u32>(rng_());
  }
}

// Legal, and within what a program may do.
bool Generator::usable(const Row& row, u32 raw, const Program& program) const {
  if (row.has(Field::csr) && bits(raw, 31, 20) >= 0xc00) {
    const bool writes = (bits(raw, 14, 12) & 3) == 1 || bits(raw, 19, 15) != 0;
    if (writes) return false;
  }
  for (const Quirk& quirk : kQuirks)
    if (quirk.applies(row, raw, vtype_)) return false;
  if (!is_vector(row.unit)) return true;
  if (program.profile == Profile::vector_memory) {
    const bool load = row.has(Field::vd) || row.has(Field::vdx);
    if (load && bits(raw, 11, 7) + 8 > kFirstIndexRegister) return false;
    const u32 width = bits(raw, 14, 12), index_log2 = width == 0 ? 0 : width - 4;
    if (is_indexed(row) && index_log2 > program.index_class) return false;
  }
  Csrs csr;
  csr.mstatus = kStatusFs | kStatusVs;
  csr.vtype = vtype_;
  return vector_behaviour({&row, 0, raw, 4}, Mode::of(csr)) != nullptr;
}

Item Generator::of_row(const Row& row, const Program& program) {
  for (int attempt = 0; attempt < 50; ++attempt) {
    const u32 raw = encode(row, [&](Field f) { return operand(f, row, program.profile); });
    if (find_row(raw) != &row || !usable(row, raw, program)) continue;
    return {raw, 4, static_cast<std::uint8_t>(is_branch(row.unit) ? 1 + pick(4) : 0)};
  }
  return {};
}

Item Generator::compressed_item() {
  const std::vector<u16>& parcels = compressed_[pick(static_cast<u32>(compressed_.size()))];
  Item item{parcels[pick(static_cast<u32>(parcels.size()))], 2, 0};
  item.skip = is_branch(find_row(item.expanded())->unit) ? 1 : 0;
  return item;
}

Item Generator::random_item(Program& program) {
  if (program.profile == Profile::compressed && pick(8) != 0) return compressed_item();
  Profile from = program.profile;
  if (from == Profile::compressed) from = Profile::integer;
  if ((from == Profile::multiply_divide || from == Profile::atomic) && pick(3) == 0) from = Profile::integer;
  const auto& rows = rows_[static_cast<std::size_t>(from)];
  for (;;) {
    const Row& row = *rows[pick(static_cast<u32>(rows.size()))];
    // multiply_divide has no scratch area.
    if (program.profile == Profile::multiply_divide && is_memory(row.unit)) continue;
    if (from == Profile::csr && row.unit != Unit::csr && pick(10) != 0) continue;
    const Item item = of_row(row, program);
    if (item.raw != 0) return item;
  }
}

Item Generator::item(Profile profile, u32 index_class) {
  Program program{profile, index_class, {}};
  const Item item = random_item(program);
  covered_.insert(find_row(item.expanded())->name);
  return item;
}

void Generator::add(Program& program, Item item) {
  covered_.insert(find_row(item.expanded())->name);
  program.items.push_back(item);
}

// A legal vtype by one of the three vset instructions. A vsetvl of anything may come before, seen in vl and
// vtype.
void Generator::add_vtype(Program& program) {
  do vtype_ = pick(256);
  while (vlmax_of(vtype_, kVlenBytes) == 0 ||
         (program.profile == Profile::vector_float && bits(vtype_, 5, 3) < 2));
  const auto writable = [&] {
    for (;;)
      if (const u32 r = operand(Field::rd, row_of("add"), program.profile); r != 0) return r;
  };
  const u32 kind = pick(8);
  if (kind == 0) {
    add(program,
        {encode(row_of("vsetvl"), [&](Field f) { return f == Field::rd ? writable() : pick(32); }), 4, 0});
    add(program, {encode(row_of("csrrs"),
                         [&](Field f) { return f == Field::rd    ? writable()
                                               : f == Field::csr ? 0xc21
                                                                 : 0; }),
                  4, 0});
  }
  if (kind < 3) {
    add(program, {encode(row_of("vsetivli"),
                         [&](Field f) {
                           return f == Field::rd ? writable() : f == Field::avl5 ? pick(32) : vtype_;
                         }),
                  4, 0});
  } else if (kind == 3) {
    const u32 holder = writable();
    add(program, {encode(row_of("addi"),
                         [&](Field f) { return f == Field::rd    ? holder
                                               : f == Field::rs1 ? 0
                                                                 : vtype_; }),
                  4, 0});
    add(program, {encode(row_of("vsetvl"),
                         [&](Field f) {
                           return f == Field::rd ? writable() : f == Field::rs2 ? holder : pick(32);
                         }),
                  4, 0});
  } else {
    add(program, {encode(row_of("vsetvli"),
                         [&](Field f) {
                           return f == Field::rd ? writable() : f == Field::rs1 ? pick(32) : vtype_;
                         }),
                  4, 0});
  }
}

// LR and SC on one address, and an SC that must fail.
void Generator::add_atomic(Program& program) {
  const bool wide = pick(2) != 0;
  const u32 base = pick(2) == 0 ? kScratchBase : kOtherScratchBase;
  const Row &lr = row_of(wide ? "lr.d" : "lr.w"), &sc = row_of(wide ? "sc.d" : "sc.w");
  for (const Row* row : {&lr, &sc, &sc})
    add(program,
        {encode(*row, [&](Field f) { return f == Field::rs1 ? base : operand(f, *row, program.profile); }), 4,
         0});
}

Program Generator::program(Profile profile, std::size_t items) {
  Program program{profile, pick(4), {}};
  while (program.items.size() < items) {
    if (is_vector(profile) && (program.items.empty() || pick(6) == 0)) add_vtype(program);
    if (profile == Profile::atomic && pick(6) == 0) add_atomic(program);
    Item item = random_item(program);
    const Unit unit = find_row(item.expanded())->unit;
    const std::string name = find_row(item.expanded())->name;
    // LR and SC come only in pairs: what other stores do to a reservation is left to an implementation.
    if (unit == Unit::amo && (name.starts_with("lr") || name.starts_with("sc"))) continue;
    if (profile == Profile::atomic && is_branch(unit)) continue;
    if (needs_dynamic_rounding_before(name)) {
      Item dynamic = of_row(row_of("vfcvt.x.f.v"), program);
      if (dynamic.raw == 0) continue;
      add(program, dynamic);
    }
    add(program, item);
  }
  return program;
}

}  // namespace troupe::isa::differential
