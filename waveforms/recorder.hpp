// The one recorder: takes every event of a run, keeps its hash and totals, and writes run.trace if asked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/trace.hpp"
#include "waveforms/statistics.hpp"
#include "waveforms/trace_file.hpp"

namespace troupe {

// The trace hash: equal for equal sets of (cycle, tile, kind, sequence, a, b, c), whatever the order in which
// the models ran. It is the sum of the mixed hashes of the events, so nothing needs sorting: since the four
// keys order events uniquely, equal sets are equal sorted lists.
class TraceHash {
 public:
  void add(const Event& e);
  std::string text() const;  // 32 hex digits
  friend bool operator==(const TraceHash&, const TraceHash&) = default;

 private:
  std::uint64_t low_ = 0, high_ = 0, events_ = 0;
};

class Recorder : public TraceSink {
 public:
  // Empty path: no file.
  explicit Recorder(const std::string& trace_path);
  void record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
              std::uint64_t c) override;
  // The run is over: closes the file with its information.
  void finish(const RunInfo& info);

  const TraceHash& hash() const { return hash_; }
  const Statistics& statistics() const { return statistics_; }

 private:
  struct Last {
    Cycle cycle = kNever;
    std::uint32_t sequence = 0;
  };
  std::unique_ptr<TraceWriter> writer_;
  TraceHash hash_;
  Statistics statistics_;
  std::vector<Last> last_;  // by tile and kind
};

}  // namespace troupe
