#include "compiler/image/declarations.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "runtime/abi/manifest.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr char kOldRuntime[] = "the runtime's headers and the compiler are from different versions";

std::string string_at(const ElfFile& elf, std::uint64_t address, const char* what) {
  for (const ElfSegment& s : elf.segments()) {
    if (address < s.address || address - s.address >= s.bytes.size()) continue;
    const auto* begin = reinterpret_cast<const char*>(s.bytes.data()) + (address - s.address);
    const std::size_t room = s.bytes.size() - (address - s.address);
    if (const void* end = std::memchr(begin, 0, room)) return {begin, static_cast<const char*>(end)};
  }
  throw InputError(fmt::format("{} points to {:#x}, where the image has no string", what, address),
                   kOldRuntime);
}

template <class Record>
std::vector<Record> records(const ElfFile& elf, const char* section) {
  const auto bytes = elf.section(section);
  if (!bytes) return {};
  if (bytes->size() % sizeof(Record) != 0)
    throw InputError(fmt::format("section {} has {} bytes, expected a multiple of {}", section, bytes->size(),
                                 sizeof(Record)),
                     kOldRuntime);
  std::vector<Record> all(bytes->size() / sizeof(Record));
  if (!all.empty()) std::memcpy(all.data(), bytes->data(), bytes->size());
  return all;
}

}  // namespace

const DeclaredBehaviour* Declarations::find(std::string_view name) const {
  const auto it =
      std::find_if(behaviours.begin(), behaviours.end(), [&](const auto& b) { return b.name == name; });
  return it == behaviours.end() ? nullptr : &*it;
}

Declarations read_declarations(const ElfFile& elf) {
  Declarations d;
  for (const auto& r : records<abi::BehaviourDeclaration>(elf, ".troupe.behaviours")) {
    DeclaredBehaviour b{string_at(elf, r.name, "a behaviour's name"),
                        string_at(elf, r.signature, "a behaviour's signature"), r.entry, r.message_bytes,
                        r.inbox_slots};
    if (b.signature.find_first_not_of("ianrdx") != std::string::npos ||
        std::ranges::count(b.signature, 'i') > 1)
      throw InputError(fmt::format("behaviour {} has signature \"{}\"", b.name, b.signature),
                       "letters of i (at most one), a, n, r, d and x");
    if (d.find(b.name) != nullptr)
      throw InputError(fmt::format("two behaviours are called {}", b.name), "give one of them another name");
    d.behaviours.push_back(std::move(b));
  }
  // The order of link is that of the sources; by name is easier to read.
  std::ranges::sort(d.behaviours, {}, &DeclaredBehaviour::name);
  const auto programs = records<abi::ProgramDeclaration>(elf, ".troupe.program");
  if (programs.size() > 1)
    throw InputError(fmt::format("{} TROUPE_PROGRAMs are linked into one image", programs.size()),
                     "keep one");
  for (const auto& r : programs)
    d.program = DeclaredProgram{string_at(elf, r.name, "the program's name"),
                                string_at(elf, r.root, "the program's root"), r.cores_required};
  const ElfSymbol* end = elf.symbol("__image_end");
  CHECK(end != nullptr, "the linker script of the device runtime defines __image_end");
  d.image_end = end->address;
  return d;
}

}  // namespace troupe
