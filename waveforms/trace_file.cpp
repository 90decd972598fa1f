#include "waveforms/trace_file.hpp"

#include <fmt/core.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr char kMagic[8] = {'T', 'R', 'P', 'T', 'R', 'A', 'C', 'E'};
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kEvents = 0x53545645;  // "EVTS"
constexpr std::uint32_t kInfo = 0x4f464e49;    // "INFO"
constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::uint32_t kChunkBytesMax = 64 << 20;

struct ChunkHeader {
  std::uint32_t kind, compressed, raw, events, check;
};

// FNV-1a over the header's other fields and the compressed bytes.
std::uint32_t checksum(const ChunkHeader& header, const std::string& data) {
  std::uint32_t h = 2166136261u;
  for (const std::uint32_t field : {header.kind, header.compressed, header.raw, header.events})
    h = (h ^ field) * 16777619u;
  for (const char byte : data) h = (h ^ static_cast<unsigned char>(byte)) * 16777619u;
  return h;
}

void put(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  out += static_cast<char>(v);
}

std::uint64_t zigzag(std::uint64_t now, std::uint64_t before) {
  const auto d = static_cast<std::int64_t>(now - before);
  return (static_cast<std::uint64_t>(d) << 1) ^ static_cast<std::uint64_t>(d >> 63);
}

std::uint64_t unzigzag(std::uint64_t z, std::uint64_t before) {
  return before + ((z >> 1) ^ (~(z & 1) + 1));
}

// Reads varints from a chunk; `ok` turns false where it would read past the end.
struct Cursor {
  const char* at;
  const char* end;
  bool ok = true;

  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) return ok = false, 0;
      const auto byte = static_cast<unsigned char>(*at++);
      v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return v;
    }
    return ok = false, 0;
  }
};

bool decode(const std::string& raw, std::uint32_t count, std::vector<Event>& into) {
  Cursor in{raw.data(), raw.data() + raw.size()};
  Event previous{};
  std::array<Event, 256> of_kind{};
  for (std::uint32_t i = 0; i < count; ++i) {
    Event e{};
    const auto kind = static_cast<std::uint8_t>(in.varint());
    Event& last = of_kind[kind];
    e.kind = static_cast<EventKind>(kind);
    e.tile = static_cast<std::uint16_t>(in.varint());
    e.cycle = unzigzag(in.varint(), previous.cycle);
    e.sequence = static_cast<std::uint32_t>(unzigzag(in.varint(), last.sequence));
    e.a = unzigzag(in.varint(), last.a);
    e.b = unzigzag(in.varint(), last.b);
    e.c = in.varint();
    if (!in.ok) return false;
    into.push_back(e);
    last = previous = e;
  }
  return in.at == in.end;
}

}  // namespace

TraceWriter::TraceWriter(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) throw InputError(fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
  std::fwrite(kMagic, 1, sizeof kMagic, file_.get());
  std::fwrite(&kVersion, 1, sizeof kVersion, file_.get());
}

void TraceWriter::add(const Event& e) {
  Event& last = previous_of_kind_[static_cast<std::uint8_t>(e.kind)];
  put(raw_, static_cast<std::uint8_t>(e.kind));
  put(raw_, e.tile);
  put(raw_, zigzag(e.cycle, previous_.cycle));
  put(raw_, zigzag(e.sequence, last.sequence));
  put(raw_, zigzag(e.a, last.a));
  put(raw_, zigzag(e.b, last.b));
  put(raw_, e.c);
  last = previous_ = e;
  ++events_;
  if (raw_.size() >= kChunkBytes) flush();
}

void TraceWriter::flush() {
  chunk(kEvents, raw_, events_);
  raw_.clear();
  events_ = 0;
  previous_ = {};
  previous_of_kind_ = {};
}

void TraceWriter::chunk(std::uint32_t kind, const std::string& raw, std::uint32_t events) {
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), 3);
  CHECK(!ZSTD_isError(size), "zstd: {}", ZSTD_getErrorName(size));
  packed.resize(size);
  ChunkHeader header{kind, static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(raw.size()), events,
                     0};
  header.check = checksum(header, packed);
  if (std::fwrite(&header, 1, sizeof header, file_.get()) != sizeof header ||
      std::fwrite(packed.data(), 1, size, file_.get()) != size || std::fflush(file_.get()) != 0)
    throw InputError(fmt::format("{}: cannot write the trace: {}", path_, std::strerror(errno)));
}

void TraceWriter::finish(const RunInfo& info) {
  if (events_ > 0) flush();
  chunk(kInfo, info.to_text(), 0);
}

TraceContents read_trace(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) throw InputError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  char magic[8] = {};
  std::uint32_t version = 0;
  const bool whole = std::fread(magic, 1, 8, file.get()) == 8 && std::fread(&version, 1, 4, file.get()) == 4;
  if (!whole || std::memcmp(magic, kMagic, 8) != 0)
    throw InputError(fmt::format("{}: not a trace: it does not begin with TRPTRACE", path),
                     "traces are written by `troupe run IMAGE --trace FILE`");
  if (version != kVersion)
    throw InputError(
        fmt::format("{}: trace version {}, this troupe reads version {}", path, version, kVersion));

  TraceContents contents;
  const auto damaged = [&](long offset, const char* what) {
    contents.damage = fmt::format("{} at offset {}; the rest is not read", what, offset);
    return contents;
  };
  for (;;) {
    const long offset = std::ftell(file.get());
    ChunkHeader h{};
    const std::size_t got = std::fread(&h, 1, sizeof h, file.get());
    if (got == 0) break;
    if (got != sizeof h) return damaged(offset, "truncated chunk header");
    if ((h.kind != kEvents && h.kind != kInfo) || h.raw > kChunkBytesMax || h.compressed > kChunkBytesMax)
      return damaged(offset, "corrupt chunk header");
    std::string packed(h.compressed, '\0'), raw(h.raw, '\0');
    if (std::fread(packed.data(), 1, packed.size(), file.get()) != packed.size())
      return damaged(offset, "truncated chunk");
    if (checksum(h, packed) != h.check) return damaged(offset, "corrupt chunk (checksum)");
    const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) || size != raw.size()) return damaged(offset, "corrupt chunk (zstd)");
    if (h.kind == kInfo) {
      contents.info = RunInfo::parse(raw, path);
      contents.complete = true;
    } else if (!decode(raw, h.events, contents.events)) {
      return damaged(offset, "corrupt events in the chunk");
    }
  }
  if (!contents.complete) contents.damage = "the run did not end in order: names and totals are missing";
  return contents;
}

}  // namespace troupe
