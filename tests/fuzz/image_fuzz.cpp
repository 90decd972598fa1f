// Any bytes as the manifest of an image: either an InputError or LeaseRefused, or a plan to load it on a
// chip.
#include <elf.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/abi/memory_map.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

std::string bytes_of(const auto& record) {
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

// An ELF around `manifest`: one segment at the image's base, symbol __image_end, some data.
std::vector<std::byte> make_elf(const std::string& manifest) {
  const std::string names{"\0.troupe\0.troupe.data\0.symtab\0.strtab\0", 38}, strings{"\0__image_end\0", 13};
  const std::string data(256, 'd'), text(64, '\0');
  const Elf64_Sym none{}, end{.st_name = 1,
                              .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE),
                              .st_other = 0,
                              .st_shndx = SHN_ABS,
                              .st_value = abi::kImageBase + 64,
                              .st_size = 0};
  std::string file(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), '\0');
  std::vector<Elf64_Shdr> sections(1);
  const auto place = [&](std::uint32_t name, std::uint32_t type, const std::string& contents) {
    Elf64_Shdr s{};
    s.sh_name = name;
    s.sh_type = type;
    s.sh_offset = file.size();
    s.sh_size = contents.size();
    s.sh_link = 4;
    file += contents;
    sections.push_back(s);
  };
  const std::uint64_t text_at = file.size();
  file += text;
  place(1, SHT_PROGBITS, manifest);
  place(9, SHT_PROGBITS, data);
  place(22, SHT_SYMTAB, bytes_of(none) + bytes_of(end));
  place(30, SHT_STRTAB, strings);
  place(0, SHT_STRTAB, names);
  Elf64_Ehdr h{};
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_type = ET_EXEC;
  h.e_machine = EM_RISCV;
  h.e_entry = abi::kImageBase;
  h.e_phoff = sizeof h;
  h.e_phnum = 1;
  h.e_phentsize = sizeof(Elf64_Phdr);
  h.e_shoff = file.size();
  h.e_shnum = static_cast<std::uint16_t>(sections.size());
  h.e_shentsize = sizeof(Elf64_Shdr);
  h.e_shstrndx = 5;
  Elf64_Phdr p{};
  p.p_type = PT_LOAD;
  p.p_flags = PF_R | PF_X;
  p.p_offset = text_at;
  p.p_vaddr = abi::kImageBase;
  p.p_filesz = p.p_memsz = text.size();
  for (const Elf64_Shdr& s : sections) file += bytes_of(s);
  file.replace(0, sizeof h, bytes_of(h));
  file.replace(sizeof h, sizeof p, bytes_of(p));
  const auto* begin = reinterpret_cast<const std::byte*>(file.data());
  return {begin, begin + file.size()};
}

}  // namespace
}  // namespace troupe

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace troupe;
  std::string manifest(reinterpret_cast<const char*>(data), size);
  // What the first checks look at is right, so that the others are reached.
  if (size >= sizeof(abi::ManifestHeader)) {
    abi::ManifestHeader header;
    std::memcpy(&header, data, sizeof header);
    header.magic = abi::kManifestMagic;
    header.version = abi::kManifestVersion;
    header.bytes = static_cast<std::uint32_t>(size);
    manifest.replace(0, sizeof header, bytes_of(header));
  }
  try {
    const Image image = parse_image("fuzz", ElfFile::parse("fuzz", make_elf(manifest)));
    for (const char* chip : {"tiny", "xpu64"}) {
      try {
        const LoadPlan plan = plan_load(image, preset(chip));
        if (plan.cores.size() != image.cores_required) std::abort();
      } catch (const LeaseRefused&) {
        continue;
      }
    }
  } catch (const InputError&) {
    return 0;
  }
  return 0;
}
