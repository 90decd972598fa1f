// Seeded random programs of one extension each, encoded from the rows of the instruction tables.
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "isa/row.hpp"

namespace troupe::isa::differential {

inline constexpr std::uint32_t kVlenBytes = 64;

enum class Profile : std::uint8_t {
  integer,  // I, Zba, Zbb, Zbs, with short forward branches
  multiply_divide,
  atomic,
  scalar_float,  // F and D
  half_float,    // Zfh
  compressed,
  csr,  // fcsr and vcsr, mixed with FP of static rounding mode
  vector_integer,
  vector_float,
  vector_memory,
  traps,  // machine and user mode, CSRs and faults among instructions of other profiles: trap_program.hpp
};
// What programs at user level are of.
inline constexpr Profile kProfiles[] = {
    Profile::integer,      Profile::multiply_divide, Profile::atomic, Profile::scalar_float,
    Profile::half_float,   Profile::compressed,      Profile::csr,    Profile::vector_integer,
    Profile::vector_float, Profile::vector_memory,
};
const char* profile_name(Profile profile);
constexpr bool is_vector(Profile profile) {
  return profile >= Profile::vector_integer;
}

// Registers that no program writes.
inline constexpr std::uint32_t kScratchBase = 2, kOtherScratchBase = 8;  // the middle of the scratch area
inline constexpr std::uint32_t kStride = 9;                              // -8 to 8
inline constexpr std::uint32_t kLink = 30, kDumpPointer = 31;
// vector_memory: v24 and up hold offsets below 2048 of up to 8 << index_class bits.
inline constexpr std::uint32_t kFirstIndexRegister = 24;

struct Item {
  std::uint32_t raw = 0;  // as it stands in memory
  std::uint8_t bytes = 4;
  std::uint8_t skip = 0;  // a forward branch or jump over this many items
  std::uint8_t tied = 0;  // this many items behind it make sense only with it

  std::uint32_t expanded() const;  // the 32-bit form
};

struct Program {
  Profile profile = Profile::integer;
  std::uint32_t index_class = 0;
  std::vector<Item> items;
};

// The bits of `items` with the branches' offsets filled in; 16-bit parcels.
std::vector<std::uint16_t> layout(const std::vector<Item>& items);

// Writes programs; every item is legal in our engine.
class Generator {
 public:
  // No program writes a register from `first_reserved` on.
  explicit Generator(std::uint64_t seed, std::uint32_t first_reserved = kLink);
  Program program(Profile profile, std::size_t items);

  // One instruction of a profile at user level, for the vtype last set.
  Item item(Profile profile, std::uint32_t index_class);
  void set_vtype(std::uint32_t vtype) { vtype_ = vtype; }

  // Names of the rows of which an instruction was generated.
  const std::set<std::string>& covered() const { return covered_; }

 private:
  Item random_item(Program& program);
  Item of_row(const Row& row, const Program& program);
  bool usable(const Row& row, std::uint32_t raw, const Program& program) const;
  std::uint32_t operand(Field field, const Row& row, Profile profile);
  void add_vtype(Program& program);
  void add_atomic(Program& program);
  Item compressed_item();
  bool is_reserved(std::uint32_t x) const {
    return x == kScratchBase || x == kOtherScratchBase || x == kStride || x >= first_reserved_;
  }
  std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(rng_() % below); }
  void add(Program& program, Item item);

  std::mt19937_64 rng_;
  std::uint32_t first_reserved_;
  std::set<std::string> covered_;
  std::uint32_t vtype_ = 0;
  std::vector<std::vector<const Row*>> rows_;           // by profile
  std::vector<std::vector<std::uint16_t>> compressed_;  // parcels by kind
};

// Every row of the tables.
std::vector<const Row*> all_rows();

}  // namespace troupe::isa::differential
