#include "isa/extensions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "isa/decode.hpp"
#include "sim/base/check.hpp"
#include "sim/base/riscv_attributes.hpp"

namespace troupe::isa {
namespace {

// Here whatever the tables hold. The hints (zihint*, zicbop) are instructions that write x0.
constexpr std::string_view kAlways[] = {"i",      "m",      "a",           "f",         "d",      "c",
                                        "v",      "b",      "zicsr",       "zifencei",  "zicntr", "zihpm",
                                        "zmmul",  "zaamo",  "zalrsc",      "zca",       "zcd",    "zba",
                                        "zbb",    "zbs",    "zicond",      "zve32x",    "zve32f", "zve64x",
                                        "zve64f", "zve64d", "zihintpause", "zihintntl", "zicbop"};

// Here when an instruction of theirs has a row; vector ones that share their encoding also need a behaviour
// at SEW 16.
struct Witness {
  std::string_view name;
  std::uint32_t raw;
  bool at_sew16;
};
constexpr Witness kWitnesses[] = {
    {"zfhmin", 0x00001007, false},    // flh
    {"zfh", 0x04000053, false},       // fadd.h
    {"zvfhmin", 0x4a061057, true},    // vfwcvt.f.f.v
    {"zvfh", 0x02001057, true},       // vfadd.vv
    {"zvbb", 0x4a052057, false},      // vbrev.v
    {"zvkb", 0x4a042057, false},      // vbrev8.v
    {"zfbfmin", 0x44800053, false},   // fcvt.bf16.s
    {"zvfbfmin", 0x4a0e9057, false},  // vfncvtbf16.f.f.w
    {"zvfbfwma", 0xee001057, false},  // vfwmaccbf16.vv
};

bool has_extension(std::string_view name) {
  if (std::find(std::begin(kAlways), std::end(kAlways), name) != std::end(kAlways)) return true;
  for (const Witness& w : kWitnesses)
    if (w.name == name) {
      const Row* row = find_row(w.raw);
      return row != nullptr && (!w.at_sew16 || row->behaviours[1] != nullptr);
    }
  return false;
}

// N of "zvl<N>b"; 0 for other names.
std::uint64_t vector_length(std::string_view name) {
  if (!name.starts_with("zvl") || !name.ends_with('b')) return 0;
  std::uint64_t bits = 0;
  const char* end = name.data() + name.size() - 1;
  return std::from_chars(name.data() + 3, end, bits).ptr == end ? bits : 0;
}

}  // namespace

void require_extensions(const std::string& path, const ElfFile& elf, const CoreParams& core) {
  std::string lacking;
  for (const std::string& name : compiled_for(path, elf)) {
    if (name == "rv64") continue;
    if (name == "rv32")
      throw InputError(path + ": compiled for RV32, the core is RV64", "compile it with -march=rv64gcv");
    if (const std::uint64_t bits = vector_length(name); bits != 0) {
      if (bits > core.vlen.count)
        throw InputError(fmt::format("{}: compiled for vectors of at least {} bits ({}), core.vlen is {}",
                                     path, bits, name, core.vlen.count),
                         "choose a chip with a larger core.vlen, or compile it for a smaller one");
    } else if (!has_extension(name)) {
      lacking += (lacking.empty() ? "" : ", ") + name;
    }
  }
  if (!lacking.empty())
    throw InputError(fmt::format("{}: compiled for an extension that the core lacks: {}", path, lacking),
                     "compile it with -march=rv64gcv_zba_zbb_zbs_zicond, or less");
}

}  // namespace troupe::isa
