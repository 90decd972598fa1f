// New contents, a longer name table and a new section header table go behind the old file; the ELF header
// then points at the new table. The old table and names stay as dead bytes: no offset of anything else
// changes.
#include "compiler/image/elf_append.hpp"

#include <elf.h>

#include <cstring>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr std::size_t kAlignment = 8;

std::size_t append(std::vector<std::byte>& file, const void* bytes, std::size_t count) {
  file.resize((file.size() + kAlignment - 1) / kAlignment * kAlignment);
  const std::size_t at = file.size();
  file.resize(at + count);
  if (count > 0) std::memcpy(file.data() + at, bytes, count);
  return at;
}

}  // namespace

std::vector<std::byte> append_sections(std::span<const std::byte> elf, std::span<const NewSection> sections) {
  std::vector<std::byte> file(elf.begin(), elf.end());
  Elf64_Ehdr header;
  CHECK(file.size() >= sizeof header, "{} bytes", file.size());
  std::memcpy(&header, file.data(), sizeof header);
  CHECK(header.e_shentsize == sizeof(Elf64_Shdr) && header.e_shstrndx < header.e_shnum &&
            header.e_shoff + header.e_shnum * sizeof(Elf64_Shdr) <= file.size(),
        "{} section headers at {}", header.e_shnum, header.e_shoff);
  std::vector<Elf64_Shdr> table(header.e_shnum);
  std::memcpy(table.data(), file.data() + header.e_shoff, table.size() * sizeof(Elf64_Shdr));

  Elf64_Shdr& names_header = table[header.e_shstrndx];
  const auto* old_names = reinterpret_cast<const char*>(file.data()) + names_header.sh_offset;
  std::string names(old_names, names_header.sh_size);
  std::vector<Elf64_Shdr> added;
  for (const NewSection& s : sections) {
    Elf64_Shdr h{};
    h.sh_name = static_cast<Elf64_Word>(names.size());
    h.sh_type = SHT_PROGBITS;
    h.sh_offset = append(file, s.bytes.data(), s.bytes.size());
    h.sh_size = s.bytes.size();
    h.sh_addralign = kAlignment;
    added.push_back(h);
    names += s.name;
    names += '\0';
  }
  names_header.sh_offset = append(file, names.data(), names.size());
  names_header.sh_size = names.size();
  table.insert(table.end(), added.begin(), added.end());
  header.e_shoff = append(file, table.data(), table.size() * sizeof(Elf64_Shdr));
  header.e_shnum = static_cast<Elf64_Half>(table.size());
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

}  // namespace troupe
