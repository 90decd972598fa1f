#include "compiler/image/manifest_writer.hpp"

#include <bit>
#include <cstring>
#include <map>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

static_assert(std::endian::native == std::endian::little, "records are written as they lie in memory");

// Collects tables one after the other behind the header, then the strings.
class Writer {
 public:
  template <class Record>
  abi::Table table(const std::vector<Record>& records) {
    static_assert(sizeof(Record) % 8 == 0, "tables stay 8-byte aligned");
    const abi::Table t{static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(records.size())};
    put(records.data(), records.size() * sizeof(Record));
    return t;
  }
  // Offset of the string behind the tables, relative until `finish` knows where they begin.
  std::uint32_t string(const std::string& text) {
    const auto [it, fresh] = offsets_.try_emplace(text, static_cast<std::uint32_t>(strings_.size()));
    if (fresh) strings_ += text + '\0';
    return it->second;
  }
  std::uint32_t strings_size() const { return static_cast<std::uint32_t>(strings_.size()); }

  std::vector<std::byte> finish(abi::ManifestHeader header, std::uint32_t strings_at) {
    CHECK(strings_at == bytes_.size(), "strings were promised at {}, the tables end at {}", strings_at,
          bytes_.size());
    header.strings = {static_cast<std::uint32_t>(bytes_.size()), strings_size()};
    put(strings_.data(), strings_.size());
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    header.bytes = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &header, sizeof header);
    return std::move(bytes_);
  }

 private:
  void put(const void* from, std::size_t count) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + count);
    if (count > 0) std::memcpy(bytes_.data() + at, from, count);
  }

  std::vector<std::byte> bytes_ = std::vector<std::byte>(sizeof(abi::ManifestHeader));
  std::string strings_;
  std::map<std::string, std::uint32_t> offsets_;
};

}  // namespace

std::vector<std::byte> write_manifest(const ManifestContents& c) {
  Writer out;
  // Records hold offsets of strings from the start of the section: the tables' sizes say where those begin.
  std::size_t argument_count = 0;
  for (const auto& a : c.actors) argument_count += a.arguments.size();
  const auto base = static_cast<std::uint32_t>(
      sizeof(abi::ManifestHeader) + c.behaviours.size() * sizeof(abi::BehaviourRecord) +
      c.actors.size() * sizeof(abi::ActorRecord) + c.edges.size() * sizeof(abi::EdgeRecord) +
      c.segments.size() * sizeof(abi::SegmentRecord) + argument_count * sizeof(abi::ArgumentRecord));
  const auto name = [&](const std::string& text) { return base + out.string(text); };

  std::vector<abi::BehaviourRecord> behaviours;
  for (const auto& b : c.behaviours) behaviours.push_back({name(b.name), name(b.signature), b.entry});
  std::vector<abi::ActorRecord> actors;
  std::vector<abi::ArgumentRecord> arguments;
  for (const auto& a : c.actors) {
    actors.push_back({name(a.name), a.behaviour, a.core, a.slots, a.slot_bytes,
                      static_cast<std::uint32_t>(arguments.size()),
                      static_cast<std::uint32_t>(a.arguments.size()), a.line});
    arguments.insert(arguments.end(), a.arguments.begin(), a.arguments.end());
  }
  std::vector<abi::SegmentRecord> segments;
  for (const auto& s : c.segments)
    segments.push_back({name(s.name), s.dram, s.file_offset, s.bytes, s.dram_offset});

  abi::ManifestHeader header{};
  header.magic = abi::kManifestMagic;
  header.version = abi::kManifestVersion;
  header.name = name(c.name);
  header.cores_required = c.cores_required;
  header.root_actor = c.root_actor;
  header.behaviours = out.table(behaviours);
  header.actors = out.table(actors);
  header.edges = out.table(c.edges);
  header.segments = out.table(segments);
  header.arguments = out.table(arguments);
  return out.finish(header, base);
}

}  // namespace troupe
