// Writes the manifest (runtime/abi/manifest.hpp) from its contents. Knows neither MLIR nor files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/abi/manifest.hpp"

namespace troupe {

struct ManifestBehaviour {
  std::string name, signature;
  std::uint64_t entry = 0;
};
struct ManifestActor {
  std::string name;
  std::uint32_t behaviour = 0, core = 0, slots = 0, slot_bytes = 0, line = 0;
  std::vector<abi::ArgumentRecord> arguments;
};
struct ManifestSegment {
  std::string name;
  std::uint32_t dram = 0;
  std::uint64_t file_offset = 0, bytes = 0, dram_offset = 0;
};
struct ManifestContents {
  std::string name;
  std::uint32_t cores_required = 0, root_actor = 0;
  std::vector<ManifestBehaviour> behaviours;
  std::vector<ManifestActor> actors;
  std::vector<abi::EdgeRecord> edges;
  std::vector<ManifestSegment> segments;
};

std::vector<std::byte> write_manifest(const ManifestContents& contents);

}  // namespace troupe
