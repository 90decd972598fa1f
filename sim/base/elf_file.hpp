// A RISC-V ELF64 file, read strictly: segments to load, sections by name, symbols by name and by address.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// What a loader must put into memory: `bytes`, then zeros up to `memory_bytes`.
struct ElfSegment {
  std::uint64_t address = 0;
  std::span<const std::byte> bytes;
  std::uint64_t memory_bytes = 0;
  bool executable = false, writable = false;
};

struct ElfSymbol {
  std::string name;
  std::uint64_t address = 0, size = 0;

  std::string plain_name() const;  // a C++ name as in the source
};

// Owns the file's bytes; the spans it hands out live as long as any copy of it.
class ElfFile {
 public:
  // Throws InputError (file, what was found, what was expected) for anything but a little-endian RISC-V ELF64
  // executable all of whose headers, segments, sections and symbols lie inside the file.
  static ElfFile read(const std::string& path);
  // The same from memory; `path` names it in errors.
  static ElfFile parse(const std::string& path, std::vector<std::byte> bytes);

  std::uint64_t entry() const { return entry_; }
  std::span<const std::byte> bytes() const { return *bytes_; }  // the whole file
  const std::vector<ElfSegment>& segments() const { return segments_; }
  // Contents of the first section of that name; absent for none and for sections without contents.
  std::optional<std::span<const std::byte>> section(std::string_view name) const;
  const ElfSymbol* symbol(std::string_view name) const;
  // The symbol that covers `address`: the last at or below it, unless it has a size and ends before; else
  // null.
  const ElfSymbol* symbol_at(std::uint64_t address) const;

 private:
  std::shared_ptr<const std::vector<std::byte>> bytes_;
  std::uint64_t entry_ = 0;
  std::vector<ElfSegment> segments_;
  std::vector<std::pair<std::string, std::span<const std::byte>>> sections_;
  std::vector<ElfSymbol> by_address_;  // code and data symbols, ascending
  std::map<std::string, ElfSymbol, std::less<>> by_name_;
};

}  // namespace troupe
