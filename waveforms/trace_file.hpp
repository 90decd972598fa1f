// run.trace: the events of a run and what is needed to read them, in compressed chunks.
//
// File: "TRPTRACE", u32 version, then chunks until the end: u32 kind ('EVTS' or 'INFO'), u32 compressed
// bytes, u32 raw bytes, u32 events, u32 check (FNV-1a of these words and the bytes), then the compressed
// bytes (zstd). All little-endian. A chunk stands by itself, so that what was written before a crash can be
// read. An event is: kind u8, tile varint, cycle (zigzag varint, difference to the chunk's previous event),
// sequence (zigzag varint, likewise), a, b, c (varints; a and b as zigzag differences to the previous of that
// kind).
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/run_info.hpp"
#include "sim/base/trace.hpp"

namespace troupe {

// Writes a trace as the run goes: memory holds one chunk. Throws InputError where the file cannot be written.
class TraceWriter {
 public:
  explicit TraceWriter(const std::string& path);
  void add(const Event& event);
  void finish(const RunInfo& info);  // the last chunk; nothing may follow

 private:
  void flush();
  void chunk(std::uint32_t kind, const std::string& raw, std::uint32_t events);

  struct Closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::string raw_;
  std::uint32_t events_ = 0;
  Event previous_{};
  std::array<Event, 256> previous_of_kind_{};
};

// What a trace file held.
struct TraceContents {
  RunInfo info;
  bool complete = false;      // has its RunInfo: the run ended in order
  std::string damage;         // what could not be read, and at which offset; empty = nothing
  std::vector<Event> events;  // in file order
};

// Reads a whole trace. A truncated or damaged file gives the chunks that are whole and names the rest in
// `damage`; a file that is no trace, or of a newer version, is an InputError.
TraceContents read_trace(const std::string& path);

}  // namespace troupe
