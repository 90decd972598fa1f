#include "waveforms/recorder.hpp"

#include <fmt/core.h>

namespace troupe {
namespace {

// Finaliser of MurmurHash3 (Appleby): every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t h) {
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

}  // namespace

void TraceHash::add(const Event& e) {
  std::uint64_t h = mix(e.cycle + 0x9e3779b97f4a7c15);
  for (const std::uint64_t word :
       {std::uint64_t{e.tile} << 40 | std::uint64_t{static_cast<std::uint8_t>(e.kind)} << 32 | e.sequence,
        e.a, e.b, e.c})
    h = mix(h * 0x2545f4914f6cdd1d + word);
  low_ += h;
  high_ += mix(h ^ 0x94d049bb133111eb);
  ++events_;
}

std::string TraceHash::text() const {
  return fmt::format("{:016x}{:016x}", mix(high_ + events_), mix(low_));
}

Recorder::Recorder(const std::string& trace_path) {
  if (!trace_path.empty()) writer_ = std::make_unique<TraceWriter>(trace_path);
}

void Recorder::record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
                      std::uint64_t c) {
  constexpr std::size_t kKinds = 16;
  const std::size_t index = tile * kKinds + static_cast<std::uint8_t>(kind);
  if (index >= last_.size()) last_.resize((tile + std::size_t{1}) * kKinds);
  Last& last = last_[index];
  last.sequence = last.cycle == cycle ? last.sequence + 1 : 0;
  last.cycle = cycle;
  const Event e{cycle, a, b, c, last.sequence, tile, kind};
  hash_.add(e);
  statistics_.add(e);
  if (writer_) writer_->add(e);
}

void Recorder::finish(const RunInfo& info) {
  if (writer_) writer_->finish(info);
}

}  // namespace troupe
