#include <doctest/doctest.h>
#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "sim/base/check.hpp"
#include "sim/base/elf_file.hpp"

using namespace troupe;

namespace {

// A minimal image: one executable segment of 16 bytes at 0x1000, sections .text, .symtab, .strtab, .shstrtab.
std::vector<std::byte> small_elf() {
  const char names[] = "\0.text\0.symtab\0.strtab\0.shstrtab";
  const char strings[] = "\0main\0$x";
  Elf64_Sym symbols[3] = {};
  symbols[1] = {1, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, 0x1004, 8};
  symbols[2] = {6, ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), 0, 1, 0x1008, 0};
  Elf64_Ehdr h = {};
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_type = ET_EXEC;
  h.e_machine = EM_RISCV;
  h.e_entry = 0x1004;
  h.e_phoff = sizeof h;
  h.e_phnum = 1;
  h.e_phentsize = sizeof(Elf64_Phdr);
  h.e_shnum = 5;
  h.e_shentsize = sizeof(Elf64_Shdr);
  h.e_shstrndx = 4;
  const std::uint64_t text = sizeof h + sizeof(Elf64_Phdr), symtab = text + 16,
                      strtab = symtab + sizeof symbols, shstrtab = strtab + sizeof strings;
  h.e_shoff = shstrtab + sizeof names;
  const Elf64_Phdr p = {PT_LOAD, PF_R | PF_X, text, 0x1000, 0x1000, 16, 32, 16};
  Elf64_Shdr s[5] = {};
  s[1] = {1, SHT_PROGBITS, 0, 0x1000, text, 16, 0, 0, 4, 0};
  s[2] = {7, SHT_SYMTAB, 0, 0, symtab, sizeof symbols, 3, 0, 8, sizeof(Elf64_Sym)};
  s[3] = {15, SHT_STRTAB, 0, 0, strtab, sizeof strings, 0, 0, 1, 0};
  s[4] = {23, SHT_STRTAB, 0, 0, shstrtab, sizeof names, 0, 0, 1, 0};
  std::vector<std::byte> file;
  const auto put = [&](const void* data, std::size_t bytes) {
    const auto* b = static_cast<const std::byte*>(data);
    file.insert(file.end(), b, b + bytes);
  };
  put(&h, sizeof h), put(&p, sizeof p), put("0123456789abcdef", 16), put(symbols, sizeof symbols);
  put(strings, sizeof strings), put(names, sizeof names), put(s, sizeof s);
  return file;
}

}  // namespace

TEST_CASE("segments, sections and symbols are found") {
  const ElfFile elf = ElfFile::parse("a.elf", small_elf());
  CHECK(elf.entry() == 0x1004);
  REQUIRE(elf.segments().size() == 1);
  CHECK(elf.segments()[0].memory_bytes == 32);
  CHECK(elf.segments()[0].executable);
  CHECK(elf.section(".text")->size() == 16);
  CHECK(!elf.section(".data"));
  CHECK(elf.symbol("main")->address == 0x1004);
  CHECK(elf.symbol_at(0x100b)->name == "main");  // the mapping symbol $x at 0x1008 is no name
  CHECK(elf.symbol_at(0x100c) == nullptr);
  CHECK(elf.symbol_at(0x1003) == nullptr);
}

TEST_CASE("an ELF file cut anywhere is refused, never read past its end") {
  const auto whole = small_elf();
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THROWS_AS(ElfFile::parse("a.elf", {whole.begin(), whole.begin() + static_cast<long>(length)}),
                    InputError);
}

TEST_CASE("flipped bytes are refused or read, never a crash") {
  const auto whole = small_elf();
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int value : {0x00, 0x7f, 0xff}) {
      auto bad = whole;
      bad[at] = static_cast<std::byte>(value);
      try {
        const ElfFile elf = ElfFile::parse("a.elf", std::move(bad));
        CHECK(elf.segments().size() == 1);
      } catch (const InputError&) {
      }
    }
}

TEST_CASE("files of other kinds are named for what they are") {
  auto other = small_elf();
  other[18] = std::byte{62};
  CHECK_THROWS_WITH_AS(ElfFile::parse("a.elf", other), "a.elf: ELF machine 62, expected 243 (RISC-V)",
                       InputError);
  CHECK_THROWS_WITH_AS(ElfFile::parse("a.txt", std::vector<std::byte>(100)), "a.txt: not an ELF file",
                       InputError);
  CHECK_THROWS_WITH_AS(ElfFile::read("no/such"), "no/such: cannot read: No such file or directory",
                       InputError);
}
