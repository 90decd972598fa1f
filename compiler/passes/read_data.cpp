#include <fmt/core.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "compiler/diagnostics.hpp"
#include "compiler/passes/passes.hpp"

namespace troupe {
namespace {

constexpr std::uint64_t kAlignment = 64;  // of a segment, in DRAM and in the image
constexpr std::size_t kChunkBytes = 1 << 20;

using Contents = std::optional<std::vector<std::byte>>;

Contents read_plain(const std::string& path, std::string& error) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::byte> bytes(std::filesystem::file_size(path));
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (in) return bytes;
  error = fmt::format("cannot read: {}", std::strerror(errno));
  return std::nullopt;
}

Contents read_gz(const std::string& path, std::string& error) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return error = fmt::format("cannot read: {}", std::strerror(errno)), std::nullopt;
  gzbuffer(file, kChunkBytes);
  std::vector<std::byte> bytes;
  int got = 0;
  do {
    const std::size_t at = bytes.size();
    bytes.resize(at + kChunkBytes);
    got = gzread(file, bytes.data() + at, kChunkBytes);
    bytes.resize(at + static_cast<std::size_t>(got > 0 ? got : 0));
  } while (got > 0);
  int status = Z_OK;
  const char* text = gzerror(file, &status);
  // Z_BUF_ERROR at the end is how zlib says that the file stops in the middle of the stream.
  if (got < 0 || status != Z_OK) error = fmt::format("does not decompress: {}", text);
  // zlib hands a file that is not compressed through as it is: the name promised otherwise.
  if (gzdirect(file) != 0) error = "is not compressed, though its name ends in .gz";
  gzclose(file);
  if (!error.empty()) return std::nullopt;
  return bytes;
}

// The whole file, decompressed where its name ends in .gz. On failure `error` says why.
Contents read_file(const std::string& path, std::string& error) {
  if (!std::filesystem::is_regular_file(path)) return error = "no such file", std::nullopt;
  return path.ends_with(".gz") ? read_gz(path, error) : read_plain(path, error);
}

}  // namespace

Data read_data(actor::ProgramOp program, const std::string& folder, const ChipParams& chip) {
  Data data;
  const std::uint64_t dram_tiles = chip.tiles_of(TileKind::dram).size();
  // One counter for all DRAM tiles: two segments stay apart on a chip with fewer tiles, too.
  std::uint64_t dram_offset = 0;
  for (actor::DataOp op : program.getBody().getOps<actor::DataOp>()) {
    const std::string path = (std::filesystem::path(folder) / op.getPath().str()).string();
    std::string error;
    const auto file = read_file(path, error);
    if (!file)
      report(op, fmt::format("data @{}: {}: {}", op.getSymName().str(), path, error),
             "an absolute path, or one relative to the .mlir file; Debian's dataset packages are in "
             "/usr/share/datasets");
    const std::uint64_t offset = op.getOffset().value_or(0);
    if (offset >= file->size())
      report(op,
             fmt::format("data @{}: offset {} of a file of {} bytes: {}", op.getSymName().str(), offset,
                         file->size(), path),
             op.getPath().ends_with(".gz") ? "both count decompressed bytes"
                                           : "the offset lies inside the file");
    const std::uint64_t bytes = op.getBytes().value_or(file->size() - offset);
    if (bytes == 0 || bytes > file->size() - offset)
      report(op,
             fmt::format("data @{}: {} bytes from {} of a file of {} bytes: {}", op.getSymName().str(), bytes,
                         offset, file->size(), path),
             "leave `bytes` out to take the rest of the file");
    ManifestSegment segment{op.getSymName().str(), 0, data.bytes.size(), bytes, dram_offset};
    segment.dram = static_cast<std::uint32_t>(op.getDram().value_or(data.segments.size()));
    if (dram_tiles == 0 || dram_offset + bytes > chip.dram.size.count)
      report(op,
             fmt::format("data @{} ends at {} of a DRAM tile of {} bytes", op.getSymName().str(),
                         dram_offset + bytes, chip.dram.size.count),
             fmt::format("chip {} has {} DRAM tiles", chip.name, dram_tiles));
    data.bytes.insert(data.bytes.end(), file->begin() + static_cast<std::ptrdiff_t>(offset),
                      file->begin() + static_cast<std::ptrdiff_t>(offset + bytes));
    data.bytes.resize((data.bytes.size() + kAlignment - 1) / kAlignment * kAlignment);
    dram_offset = data.bytes.size();
    data.segments.push_back(std::move(segment));
  }
  return data;
}

}  // namespace troupe
