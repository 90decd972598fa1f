// Fashion-MNIST as Debian ships it: gzipped IDX files of unsigned bytes (LeCun, "The MNIST database", file
// formats).
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/check.hpp"

namespace troupe::fashion {

inline constexpr char kDataSet[] = "/usr/share/datasets/fashion-mnist/";

struct IdxFile {
  std::vector<std::uint32_t> dimensions;
  std::vector<std::uint8_t> bytes;
};

// Throws InputError when the file is missing, cut, or no IDX file of unsigned bytes with `rank` dimensions.
inline IdxFile read_idx(const std::string& path, std::size_t rank) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr)
    throw InputError(path + ": cannot read", "install Debian's package dataset-fashion-mnist");
  std::vector<std::uint8_t> raw;
  std::uint8_t chunk[1 << 16];
  int got = 0;
  while ((got = gzread(file, chunk, sizeof chunk)) > 0) raw.insert(raw.end(), chunk, chunk + got);
  const bool whole = got == 0 && gzclose(file) == Z_OK;
  if (!whole || raw.size() < 4 + 4 * rank || raw[0] != 0 || raw[1] != 0 || raw[2] != 8 || raw[3] != rank)
    throw InputError(
        fmt::format("{}: not a whole IDX file of unsigned bytes with {} dimensions", path, rank));
  IdxFile idx;
  std::uint64_t expected = 1;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::uint8_t* at = &raw[4 + 4 * d];
    idx.dimensions.push_back(std::uint32_t{at[0]} << 24 | at[1] << 16 | at[2] << 8 | at[3]);
    expected *= idx.dimensions.back();
  }
  idx.bytes.assign(raw.begin() + static_cast<long>(4 + 4 * rank), raw.end());
  if (idx.bytes.size() != expected)
    throw InputError(fmt::format("{}: {} bytes of data, expected {}", path, idx.bytes.size(), expected));
  return idx;
}

}  // namespace troupe::fashion
