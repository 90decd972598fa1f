// What tests and benchmarks take from the environment.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace troupe::test {

// The number in the variable `name`, decimal or with its prefix.
inline std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 0);
}

// SEED= replays a random test with the seed that it printed.
inline std::uint64_t seed_or(std::uint64_t otherwise) {
  return number_from("SEED", otherwise);
}

// The reference data; it need not be there.
inline std::filesystem::path anchors() {
  const char* set = std::getenv("TROUPE_ANCHORS");
  return set != nullptr ? set : "../shared/anchors";
}

}  // namespace troupe::test
