// Disassembly against llvm-objdump: every row of the tables, with random operands.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <set>
#include <vector>

#include "isa/decode.hpp"
#include "isa/host_code.hpp"
#include "sim/base/rng.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

using isa::Field;
using isa::Row;

constexpr int kEncodingsPerRow = 8;
// Every extension that rows are of or will be.
constexpr const char* kFeatures =
    "+m,+a,+f,+d,+c,+v,+zba,+zbb,+zbs,+zicond,+zicsr,+zifencei,+zfh,+zvfh,+zvbb,+zfbfmin,+zvfbfmin,+zvfbfwma";

// Encodings of `row` that objdump accepts, too: reserved ones read as "<unknown>" there.
std::uint32_t random_encoding(const Row& row, Rng& rng) {
  auto raw = (static_cast<std::uint32_t>(rng.next()) & ~row.mask) | row.match;
  const auto put = [&](int low, int width, std::uint32_t value) {
    const std::uint32_t mask = ((1u << width) - 1) << low & ~row.mask;
    raw = (raw & ~mask) | (value << low & mask);
  };
  const auto pick = [&](std::initializer_list<std::uint32_t> values) {
    return values.begin()[rng.next() % values.size()];
  };
  if (row.has(Field::rm)) put(12, 3, pick({0, 1, 2, 3, 4, 7}));
  if (row.has(Field::csr))
    put(20, 12, pick({0x1,   0x2,   0x3,   0x8,   0x9,   0xa,   0xf,   0x300, 0x301, 0x304, 0x305, 0x320,
                      0x340, 0x341, 0x342, 0x343, 0x344, 0xb00, 0xb02, 0xb03, 0xb1f, 0x323, 0xc00, 0xc01,
                      0xc02, 0xc05, 0xc20, 0xc21, 0xc22, 0xf11, 0xf12, 0xf13, 0xf14, 0xf15, 0x7c5, 0x5c0}));
  // fence: fm, rd and rs1 are reserved for other fences; fence.i: all operands.
  if (row.unit == isa::Unit::fence) raw &= 0x0ff0707f;
  if (row.unit == isa::Unit::fence_i) raw = row.match;
  const std::string_view name = row.name;
  if (name.find("<nr>") != name.npos) {
    const std::uint32_t count = pick({0, 1, 3, 7});
    if (row.has(Field::nf3))
      put(29, 3, count);
    else
      put(15, 5, count);
    put(7, 5, raw >> 7 & 0x18);  // groups stand at multiples of their size
    if (!row.has(Field::nf3)) put(20, 5, raw >> 20 & 0x18);
  }
  // An operand that is written may not be the mask.
  if (row.has(Field::vm) && (raw >> 25 & 1) == 0 && (raw >> 7 & 31) == 0) put(7, 5, 8);
  return raw;
}

std::string normal(std::string text) {
  std::string out;
  for (const char c : text.substr(0, text.find(" <."))) {
    const bool space = c == ' ' || c == '\t' || c == '\n';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// What objdump says of each word, in order.
std::vector<std::string> objdump(const std::vector<std::uint32_t>& words) {
  const test::ScratchFolder folder;
  std::ofstream source(folder.file("a.s"));
  for (const std::uint32_t word : words) source << fmt::format(".insn 4, {:#x}\n", word);
  source.close();
  const std::string object = folder.file("a.o");
  REQUIRE(
      std::system(fmt::format("clang-19 --target=riscv64-unknown-elf -march=rv64gcv -mno-relax -c -o {} {}",
                              object, folder.file("a.s"))
                      .c_str()) == 0);
  std::FILE* pipe = popen(
      fmt::format("llvm-objdump-19 -d -M no-aliases --no-show-raw-insn --mattr={} {}", kFeatures, object)
          .c_str(),
      "r");
  REQUIRE(pipe != nullptr);
  std::vector<std::string> lines;
  std::array<char, 1024> line;
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    const std::string text = line.data();
    const std::size_t colon = text.find(':');
    if (text.starts_with(' ') && colon != text.npos) lines.push_back(normal(text.substr(colon + 1)));
  }
  CHECK(pclose(pipe) == 0);
  return lines;
}

TEST_CASE("disassembly of every row agrees with llvm-objdump") {
  const std::uint64_t seed = test::seed_or(1);
  fmt::print("disassembly: SEED={}\n", seed);
  Rng rng(seed);
  std::vector<std::uint32_t> words;
  std::vector<const Row*> rows;
  for (const auto& table : isa::host_code(isa::HostLevel::portable).tables)
    for (const Row& row : table)
      for (int i = 0; i < kEncodingsPerRow; ++i) {
        words.push_back(random_encoding(row, rng));
        rows.push_back(&row);
      }
  const std::vector<std::string> expected = objdump(words);
  REQUIRE(expected.size() == words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string ours = isa::disassemble(words[i], 4 * i);
    CHECK_MESSAGE(ours == expected[i], rows[i]->name << " " << fmt::format("{:#010x}", words[i]) << ": ours '"
                                                     << ours << "', objdump '" << expected[i] << "'");
  }
  fmt::print("disassembly: {} rows, {} encodings\n", words.size() / kEncodingsPerRow, words.size());
}

}  // namespace
}  // namespace troupe
