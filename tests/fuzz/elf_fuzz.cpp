// Any bytes as an ELF file: either an InputError, or a file whose every part can be read.
#include <cstdlib>
#include <vector>

#include "sim/base/check.hpp"
#include "sim/base/elf_file.hpp"
#include "sim/base/riscv_attributes.hpp"

namespace troupe {
namespace {

// Reads every byte, so that the address sanitizer sees a span that leaves the file.
std::uint64_t sum(std::span<const std::byte> bytes) {
  std::uint64_t total = 0;
  for (const std::byte b : bytes) total += static_cast<std::uint64_t>(b);
  return total;
}

std::uint64_t read_all(const ElfFile& elf) {
  std::uint64_t total = 0;
  for (const ElfSegment& s : elf.segments()) {
    if (s.bytes.size() > s.memory_bytes || s.address + s.memory_bytes < s.address) std::abort();
    total += sum(s.bytes);
    for (const std::uint64_t at : {s.address, s.address + s.memory_bytes - 1})
      if (const ElfSymbol* symbol = elf.symbol_at(at)) {
        if (symbol->address > at) std::abort();
        total += symbol->name.size() + (elf.symbol(symbol->name) == nullptr ? 0 : 1);
      }
  }
  for (const char* name : {".text", ".data", ".symtab", ".strtab", ".troupe", ".riscv.attributes", ""})
    if (const auto section = elf.section(name)) total += sum(*section);
  return total;
}

}  // namespace
}  // namespace troupe

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  try {
    const troupe::ElfFile elf = troupe::ElfFile::parse("fuzz", {bytes, bytes + size});
    volatile std::uint64_t total = troupe::read_all(elf) + troupe::compiled_for("fuzz", elf).size();
    static_cast<void>(total);
  } catch (const troupe::InputError&) {
    return 0;
  }
  return 0;
}
