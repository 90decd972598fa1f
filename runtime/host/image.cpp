#include "runtime/host/image.hpp"

#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <memory>

#include "runtime/abi/message.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

// Reads tables and strings of the manifest section; every failure is an InputError that names the file.
class ManifestReader {
 public:
  ManifestReader(const std::string& path, std::span<const std::byte> bytes) : path_(path), bytes_(bytes) {
    if (bytes.size() < sizeof header_)
      fail("section .troupe has {} bytes, expected at least {}", bytes.size(), sizeof header_);
    std::memcpy(&header_, bytes.data(), sizeof header_);
    if (header_.magic != abi::kManifestMagic) fail("section .troupe does not begin with TROUPE");
    if (header_.version != abi::kManifestVersion)
      fail("manifest version {}, this troupe reads version {}", header_.version, abi::kManifestVersion);
    if (header_.bytes != bytes.size())
      fail("manifest says {} bytes, the section has {}", header_.bytes, bytes.size());
  }

  const abi::ManifestHeader& header() const { return header_; }

  template <class Record>
  std::vector<Record> table(abi::Table t, const char* what) const {
    if (t.offset % 8 != 0 || t.offset > bytes_.size() ||
        t.count > (bytes_.size() - t.offset) / sizeof(Record))
      fail("table of {} ({} at offset {}) lies outside the manifest of {} bytes", what, t.count, t.offset,
           bytes_.size());
    std::vector<Record> records(t.count);
    if (t.count > 0) std::memcpy(records.data(), bytes_.data() + t.offset, t.count * sizeof(Record));
    return records;
  }

  std::string string(std::uint32_t offset, const char* what) const {
    const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + offset;
    const void* end = offset < bytes_.size() ? std::memchr(begin, 0, bytes_.size() - offset) : nullptr;
    if (end == nullptr) fail("the name of {} at offset {} does not end inside the manifest", what, offset);
    return {begin, static_cast<const char*>(end)};
  }

  void require_index(std::uint64_t index, std::uint64_t count, const char* what) const {
    if (index >= count) fail("{} {} of {}", what, index, count);
  }

  template <class... T>
  [[noreturn]] void fail(fmt::format_string<T...> text, T&&... arguments) const {
    throw InputError(fmt::format("{}: {}", path_, fmt::format(text, std::forward<T>(arguments)...)),
                     "the image is damaged or from another version; compile the program again");
  }

 private:
  const std::string& path_;
  std::span<const std::byte> bytes_;
  abi::ManifestHeader header_;
};

void check_argument(const ManifestReader& in, const Image& image, const abi::ArgumentRecord& a) {
  switch (a.kind) {
    case abi::ArgumentKind::address:
      return in.require_index(a.value, image.actors.size(), "an argument names actor");
    case abi::ArgumentKind::segment:
      return in.require_index(a.value, image.segments.size(), "an argument names segment");
    case abi::ArgumentKind::inbox:
    case abi::ArgumentKind::integer:
    case abi::ArgumentKind::real:
      return;
  }
  in.fail("an argument of unknown kind {}", static_cast<std::uint32_t>(a.kind));
}

void read_actors(const ManifestReader& in, Image& image) {
  const auto arguments = in.table<abi::ArgumentRecord>(in.header().arguments, "arguments");
  for (const auto& r : in.table<abi::ActorRecord>(in.header().actors, "actors")) {
    ImageActor a{in.string(r.name, "an actor"), r.behaviour, r.core, r.slots, r.slot_bytes, r.line, {}};
    in.require_index(r.behaviour, image.behaviours.size(), "an actor has behaviour");
    in.require_index(r.core, image.cores_required, "an actor is on core");
    if (r.slots > 0 && (!std::has_single_bit(r.slot_bytes) || r.slot_bytes < abi::kSlotBytesMin ||
                        r.slot_bytes > abi::kSlotBytesMax || r.slots > 65536))
      in.fail("actor {} has a mailbox of {} x {} bytes, expected a power of two from {} to {}", a.name,
              r.slots, r.slot_bytes, abi::kSlotBytesMin, abi::kSlotBytesMax);
    if (r.first_argument > arguments.size() || r.argument_count > arguments.size() - r.first_argument)
      in.fail("actor {} has arguments {} to {} of {}", a.name, r.first_argument,
              std::uint64_t{r.first_argument} + r.argument_count, arguments.size());
    a.arguments.assign(arguments.begin() + r.first_argument,
                       arguments.begin() + r.first_argument + r.argument_count);
    image.actors.push_back(std::move(a));
  }
  for (const ImageActor& a : image.actors)
    for (const auto& argument : a.arguments) check_argument(in, image, argument);
}

void read_edges(const ManifestReader& in, Image& image) {
  image.edges = in.table<abi::EdgeRecord>(in.header().edges, "edges");
  std::vector<std::uint64_t> credits(image.actors.size());
  for (const auto& e : image.edges) {
    in.require_index(e.from, image.actors.size(), "an edge is from actor");
    in.require_index(e.to, image.actors.size(), "an edge is to actor");
    credits[e.to] += e.credits;
    const ImageActor& to = image.actors[e.to];
    if (credits[e.to] > to.slots)
      in.fail("the edges to {} have {} credits, its mailbox {} slots", to.name, credits[e.to], to.slots);
  }
}

void read_segments(const ManifestReader& in, Image& image) {
  const auto records = in.table<abi::SegmentRecord>(in.header().segments, "segments");
  const auto section = image.elf.section(abi::kDataSection);
  for (const auto& r : records) {
    const std::string name = in.string(r.name, "a segment");
    if (!section || r.file_offset > section->size() || r.bytes > section->size() - r.file_offset)
      in.fail("segment {} is {} bytes at {} of section .troupe.data, which has {}", name, r.bytes,
              r.file_offset, section ? section->size() : 0);
    image.segments.push_back({name, r.dram, r.dram_offset, section->subspan(r.file_offset, r.bytes)});
  }
}

}  // namespace

std::string Image::symbol_at(std::uint64_t pc) const {
  const auto* symbol = elf.symbol_at(pc);
  if (symbol == nullptr) return {};
  return fmt::format("{} + {:#x}", symbol->plain_name(), pc - symbol->address);
}

Image load_image(const std::string& path) {
  return parse_image(path, ElfFile::read(path));
}

Image parse_image(const std::string& path, ElfFile elf) {
  Image image;
  image.path = path;
  image.elf = std::move(elf);
  const auto section = image.elf.section(abi::kManifestSection);
  if (!section)
    throw InputError(fmt::format("{}: an ELF file without a section .troupe, expected a Troupe image", path),
                     "make one with `troupe compile`; run a bare program with `troupe run --bare`");
  const ManifestReader in(image.path, *section);
  image.name = in.string(in.header().name, "the program");
  image.cores_required = in.header().cores_required;
  if (image.cores_required == 0 || image.cores_required > 4096)
    in.fail("the program requires {} cores, expected 1 to 4096", image.cores_required);
  for (const auto& r : in.table<abi::BehaviourRecord>(in.header().behaviours, "behaviours"))
    image.behaviours.push_back(
        {in.string(r.name, "a behaviour"), in.string(r.signature, "a signature"), r.entry});
  read_segments(in, image);
  read_actors(in, image);
  read_edges(in, image);
  image.root_actor = in.header().root_actor;
  in.require_index(image.root_actor, image.actors.size(), "the root is actor");
  const auto* end = image.elf.symbol("__image_end");
  if (end == nullptr) in.fail("no symbol __image_end, which the device runtime's linker script defines");
  image.image_end = end->address;
  return image;
}

}  // namespace troupe
