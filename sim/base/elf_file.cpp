#include "sim/base/elf_file.hpp"

#include <cxxabi.h>
#include <elf.h>
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

// Reads headers out of the file; each read is checked against its size.
class Reader {
 public:
  Reader(const std::string& path, std::span<const std::byte> file) : path_(path), file_(file) {}

  std::span<const std::byte> range(std::uint64_t offset, std::uint64_t bytes, const char* what) const {
    if (offset > file_.size() || bytes > file_.size() - offset)
      fail(fmt::format("{} at offset {} with {} bytes lies outside the file of {} bytes", what, offset, bytes,
                       file_.size()),
           "the file is truncated or damaged");
    return file_.subspan(offset, bytes);
  }
  template <class T>
  T get(std::uint64_t offset, const char* what) const {
    T value;
    std::memcpy(&value, range(offset, sizeof(T), what).data(), sizeof(T));
    return value;
  }
  [[noreturn]] void fail(const std::string& cause, const std::string& hint) const {
    throw InputError(path_ + ": " + cause, hint);
  }

 private:
  const std::string& path_;
  std::span<const std::byte> file_;
};

std::string string_in(std::span<const std::byte> table, std::uint64_t offset) {
  if (offset >= table.size()) return {};
  const auto* begin = reinterpret_cast<const char*>(table.data()) + offset;
  return {begin, strnlen(begin, table.size() - offset)};
}

Elf64_Ehdr read_header(const Reader& in) {
  const auto identity = in.range(0, EI_NIDENT, "the ELF identification");
  if (std::memcmp(identity.data(), ELFMAG, SELFMAG) != 0)
    in.fail("not an ELF file", "expected a RISC-V ELF64 executable");
  const auto h = in.get<Elf64_Ehdr>(0, "the ELF header");
  if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_ident[EI_DATA] != ELFDATA2LSB)
    in.fail("not a 64-bit little-endian ELF file", "expected a RISC-V ELF64 executable");
  if (h.e_machine != EM_RISCV)
    in.fail(fmt::format("ELF machine {}, expected {} (RISC-V)", h.e_machine, EM_RISCV),
            "compile it for riscv64, or with `troupe compile`");
  if (h.e_type != ET_EXEC)
    in.fail(fmt::format("ELF type {}, expected {} (an executable at fixed addresses)", h.e_type, ET_EXEC),
            "link it without -r, -shared or -pie");
  if (h.e_phnum > 0 && h.e_phentsize != sizeof(Elf64_Phdr))
    in.fail("program headers of a wrong size", "the file is damaged");
  if (h.e_shnum > 0 && h.e_shentsize != sizeof(Elf64_Shdr))
    in.fail("section headers of a wrong size", "the file is damaged");
  return h;
}

}  // namespace

std::string ElfSymbol::plain_name() const {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> plain(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? plain.get() : name;
}

ElfFile ElfFile::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  if (!std::filesystem::is_regular_file(path))
    throw InputError(fmt::format("{}: cannot read: not a regular file", path));
  std::vector<std::byte> bytes(std::filesystem::file_size(path));
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw InputError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  return parse(path, std::move(bytes));
}

ElfFile ElfFile::parse(const std::string& path, std::vector<std::byte> bytes) {
  ElfFile elf;
  elf.bytes_ = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const Reader in(path, *elf.bytes_);
  const Elf64_Ehdr header = read_header(in);
  elf.entry_ = header.e_entry;

  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const auto p = in.get<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr), "a program header");
    if (p.p_type != PT_LOAD || p.p_memsz == 0) continue;
    if (p.p_filesz > p.p_memsz || p.p_vaddr + p.p_memsz < p.p_vaddr)
      in.fail(fmt::format("segment {} has {} bytes in the file and {} in memory at {:#x}", i, p.p_filesz,
                          p.p_memsz, p.p_vaddr),
              "the file is damaged");
    elf.segments_.push_back({p.p_vaddr, in.range(p.p_offset, p.p_filesz, "a segment"), p.p_memsz,
                             (p.p_flags & PF_X) != 0, (p.p_flags & PF_W) != 0});
  }
  if (elf.segments_.empty()) in.fail("no segment to load", "expected an executable");

  std::vector<Elf64_Shdr> headers;
  for (unsigned i = 0; i < header.e_shnum; ++i)
    headers.push_back(in.get<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr), "a section header"));
  const auto contents = [&](const Elf64_Shdr& s) {
    return s.sh_type == SHT_NOBITS ? std::span<const std::byte>{}
                                   : in.range(s.sh_offset, s.sh_size, "a section");
  };
  if (!headers.empty()) {
    if (header.e_shstrndx >= headers.size())
      in.fail("the section name table is missing", "the file is damaged");
    const auto names = contents(headers[header.e_shstrndx]);
    for (const Elf64_Shdr& s : headers)
      if (s.sh_type != SHT_NOBITS && s.sh_type != SHT_NULL)
        elf.sections_.emplace_back(string_in(names, s.sh_name), contents(s));
  }
  for (const Elf64_Shdr& s : headers) {
    if (s.sh_type != SHT_SYMTAB) continue;
    if (s.sh_link >= headers.size()) in.fail("the symbol name table is missing", "the file is damaged");
    const auto table = contents(s), names = contents(headers[s.sh_link]);
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.size(); at += sizeof(Elf64_Sym)) {
      Elf64_Sym raw;
      std::memcpy(&raw, table.data() + at, sizeof raw);
      const ElfSymbol symbol{string_in(names, raw.st_name), raw.st_value, raw.st_size};
      const int type = ELF64_ST_TYPE(raw.st_info);
      // Mapping symbols ($x, $d) and the assembler's local labels name no thing of the program.
      if (symbol.name.empty() || symbol.name[0] == '$' || symbol.name.starts_with(".L") ||
          raw.st_shndx == SHN_UNDEF || type == STT_FILE || type == STT_SECTION)
        continue;
      elf.by_name_.emplace(symbol.name, symbol);
      if (raw.st_shndx != SHN_ABS) elf.by_address_.push_back(symbol);
    }
  }
  std::stable_sort(elf.by_address_.begin(), elf.by_address_.end(),
                   [](const ElfSymbol& a, const ElfSymbol& b) { return a.address < b.address; });
  return elf;
}

std::optional<std::span<const std::byte>> ElfFile::section(std::string_view name) const {
  for (const auto& [section, bytes] : sections_)
    if (section == name) return bytes;
  return std::nullopt;
}

const ElfSymbol* ElfFile::symbol(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &it->second;
}

const ElfSymbol* ElfFile::symbol_at(std::uint64_t address) const {
  auto it = std::upper_bound(by_address_.begin(), by_address_.end(), address,
                             [](std::uint64_t a, const ElfSymbol& s) { return a < s.address; });
  if (it == by_address_.begin()) return nullptr;
  const ElfSymbol& symbol = *--it;
  return symbol.size != 0 && address >= symbol.address + symbol.size ? nullptr : &symbol;
}

}  // namespace troupe
