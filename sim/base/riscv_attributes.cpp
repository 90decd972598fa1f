#include "sim/base/riscv_attributes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr std::uint64_t kTagFile = 1, kTagArch = 5;

[[noreturn]] void damaged(const std::string& path, const std::string& what) {
  throw InputError(fmt::format("{}: section .riscv.attributes: {}", path, what), "the file is damaged");
}

// Takes values off the front of a section.
class Cursor {
 public:
  Cursor(const std::string& path, std::string_view rest) : path_(path), rest_(rest) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::uint32_t word() {
    const std::string_view bytes = take(4);
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i)
      value = value << 8 | static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(i)]);
    return value;
  }
  std::uint64_t uleb() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const std::uint8_t b = byte();
      if (shift > 56) damaged(path_, "a number of more than 63 bits");
      value |= std::uint64_t{b & 127u} << shift;
      if (b < 128) return value;
    }
  }
  std::string_view text() {
    const std::size_t end = rest_.find('\0');
    if (end == rest_.npos) damaged(path_, "a text without its end");
    return take(end + 1).substr(0, end);
  }
  // The part that begins `before` bytes back and is `bytes` long in total.
  Cursor part(std::uint64_t bytes, std::uint64_t before) {
    if (bytes < before) damaged(path_, "a length that is too small");
    return {path_, take(bytes - before)};
  }

 private:
  std::string_view take(std::uint64_t bytes) {
    if (bytes > rest_.size()) damaged(path_, "it ends too early");
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  const std::string& path_;
  std::string_view rest_;
};

// Tag_RISCV_arch of the whole file; empty for none.
std::string arch_of(const std::string& path, std::string_view section) {
  Cursor in(path, section);
  if (in.byte() != 'A') damaged(path, "its format is not 'A'");
  while (!in.empty()) {
    Cursor vendor = in.part(in.word(), 4);
    if (vendor.text() != "riscv") continue;
    while (!vendor.empty()) {
      const std::uint64_t scope = vendor.uleb();
      Cursor attributes = vendor.part(vendor.word(), 5);
      while (scope == kTagFile && !attributes.empty()) {
        // Odd tags have texts, even ones numbers.
        const std::uint64_t tag = attributes.uleb();
        if (tag == kTagArch) return std::string(attributes.text());
        if (tag % 2 != 0)
          attributes.text();
        else
          attributes.uleb();
      }
    }
  }
  return {};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Bytes of a version, "2p1" or "2", at the front of `text`.
std::size_t version_bytes(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  if (n == 0 || n + 1 >= text.size() || text[n] != 'p' || !is_digit(text[n + 1])) return n;
  for (++n; n < text.size() && is_digit(text[n]);) ++n;
  return n;
}

// A name of several letters without its version: "zve64d1p0" -> "zve64d".
std::string_view without_version(std::string_view name) {
  std::string_view rest = name;
  const auto drop_digits = [&] {
    while (!rest.empty() && is_digit(rest.back())) rest.remove_suffix(1);
  };
  drop_digits();
  if (rest.size() == name.size() || rest.size() < 2 || rest.back() != 'p' || !is_digit(rest[rest.size() - 2]))
    return name;
  rest.remove_suffix(1);
  drop_digits();
  return rest;
}

}  // namespace

std::vector<std::string> compiled_for(const std::string& path, const ElfFile& elf) {
  const auto section = elf.section(".riscv.attributes");
  if (!section || section->empty()) return {};
  const std::string arch = arch_of(path, {reinterpret_cast<const char*>(section->data()), section->size()});
  if (arch.empty()) return {};
  std::string_view rest = arch;
  if (!rest.starts_with("rv32") && !rest.starts_with("rv64"))
    damaged(path, fmt::format("architecture '{}', expected rv32... or rv64...", arch));
  std::vector<std::string> names{std::string(rest.substr(0, 4))};
  rest.remove_prefix(4);
  while (!rest.empty()) {
    if (rest[0] == '_') {
      rest.remove_prefix(1);
    } else if (rest[0] == 'z' || rest[0] == 's' || rest[0] == 'x') {
      const std::string_view name = rest.substr(0, rest.find('_'));
      names.emplace_back(without_version(name));
      rest.remove_prefix(name.size());
    } else {
      for (const char c : rest[0] == 'g' ? std::string("imafd") : std::string(1, rest[0]))
        names.emplace_back(1, c);
      rest.remove_prefix(1);
      rest.remove_prefix(version_bytes(rest));
    }
  }
  return names;
}

}  // namespace troupe
