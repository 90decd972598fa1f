#include "noc/replay.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <queue>

#include "noc/transfers.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

using Kind = NocTraceKind;

// One stream's place in its events, and what it has under way.
struct Stream {
  struct Outstanding {
    unsigned reads = 0, writes = 0, atomics = 0, unsent = 0;
  };
  const std::vector<NocTraceEvent>* events = nullptr;
  std::size_t next = 0;                     // event
  Cycle at = 0;                             // of the event before it
  bool blocked = false;                     // `next` waits for transactions
  std::array<Outstanding, 2> outstanding;   // by network
  std::vector<unsigned> group_reads = {0};  // outstanding, by transaction id in the order of use
  std::size_t awaited_group = 0;
  Cycle last_done = 0;  // when last something under way came to its end
  std::map<std::pair<std::uint8_t, std::uint8_t>, Cycle> barriers;  // begun: by network and what they await

  const NocTraceEvent& event() const { return (*events)[next]; }
  const NocTraceEvent& before() const { return (*events)[next - 1]; }

  bool done(std::uint8_t awaits, std::uint8_t network) const {
    const Outstanding& o = outstanding[network];
    return ((awaits & kAwaitReads) == 0 || o.reads == 0) && ((awaits & kAwaitWrites) == 0 || o.writes == 0) &&
           ((awaits & kAwaitAtomics) == 0 || o.atomics == 0) &&
           ((awaits & kAwaitWritesSent) == 0 || o.unsent == 0) &&
           ((awaits & kAwaitOldestReadGroup) == 0 || group_reads[awaited_group] == 0);
  }
};

class Replay {
 public:
  Replay(const NocTrace& trace, const ChipParams& chip, bool contention)
      : trace_(trace), params_(chip.replay), transfers_(chip, contention) {
    for (const NocTraceStream& s : trace.streams) {
      Stream& stream = streams_.emplace_back();
      stream.events = &s.events;
      turns_.push({s.events.front().timestamp - trace.first, streams_.size() - 1});
    }
  }

  // The cycle of the last event, counted from the first.
  Cycle run() {
    for (Cycle now = 0;; ++now) {
      now = std::min(turns_.empty() ? kNever : turns_.top().first, transfers_.next(now));
      if (now == kNever) break;
      while (!turns_.empty() && turns_.top().first == now) {
        const std::size_t stream = turns_.top().second;
        turns_.pop();
        turn(stream, now);
      }
      transfers_.step(now);
      for (const TransferEvent& e : transfers_.sent()) take(e, true);
      for (const TransferEvent& e : transfers_.completed()) take(e, false);
    }
    for (const Stream& s : streams_)
      CHECK(s.next == s.events->size(), "event {} of {} never came", s.event().number, trace_.file);
    return last_;
  }

 private:
  struct Owner {
    std::size_t stream;
    Kind kind;
    std::uint8_t network;
    std::size_t group;
  };

  // Events of a stream that are due.
  void turn(std::size_t index, Cycle now) {
    Stream& s = streams_[index];
    for (;;) {
      const NocTraceEvent& e = s.event();
      if (is_transaction(e) && !issue(index, e, now)) {
        turns_.push({now + 1, index});
        return;
      }
      if (e.kind == Kind::barrier_start) s.barriers[{e.network, e.awaits}] = now;
      if (e.kind == Kind::read_group) s.group_reads.push_back(0);
      if (e.kind == Kind::wait) s.awaited_group = oldest_group(s);
      last_ = std::max(last_, now);
      s.at = now;
      if (++s.next == s.events->size()) return;
      if (!s.done(awaited(s).awaits, awaited(s).network)) {
        s.blocked = true;
        return;
      }
      const Cycle when = time_of_next(s);
      if (when > now) {
        turns_.push({when, index});
        return;
      }
    }
  }

  static bool is_transaction(const NocTraceEvent& e) {
    return e.kind == Kind::read || e.kind == Kind::write || e.kind == Kind::multicast ||
           e.kind == Kind::atomic;
  }

  static std::size_t oldest_group(const Stream& s) {
    const auto found =
        std::find_if(s.group_reads.begin(), s.group_reads.end(), [](unsigned n) { return n != 0; });
    return found == s.group_reads.end() ? 0 : static_cast<std::size_t>(found - s.group_reads.begin());
  }

  // The event that says what the stream's next event waits for: itself, or the wait before it.
  static const NocTraceEvent& awaited(const Stream& s) {
    static constexpr NocTraceEvent kNothing;
    if (s.event().kind == Kind::barrier_end) return s.event();
    return s.before().kind == Kind::wait ? s.before() : kNothing;
  }

  // Of the next event, once what it awaits is done.
  Cycle time_of_next(const Stream& s) const {
    const NocTraceEvent& e = s.event();
    if (e.kind == Kind::barrier_end)
      return std::max({s.at, s.barriers.at({e.network, e.awaits}) + params_.barrier.count,
                       s.last_done + params_.notice.count});
    const Cycle kept = s.at + (e.timestamp - s.before().timestamp);
    return s.before().kind == Kind::wait ? std::max(kept, s.last_done + params_.notice.count) : kept;
  }

  bool issue(std::size_t index, const NocTraceEvent& e, Cycle now) {
    Stream& s = streams_[index];
    const std::uint16_t tile = trace_.streams[index].tile;
    if (!transfers_.can_start(tile, e.network)) return false;
    Transfer t{
        .network = e.network, .vc = e.vc, .from = tile, .to = e.to, .to_end = e.to_end, .bytes = e.bytes};
    Stream::Outstanding& o = s.outstanding[e.network];
    if (e.kind == Kind::read) {
      t.kind = TransferKind::read;
      ++o.reads;
      ++s.group_reads.back();
    } else if (e.kind == Kind::atomic) {
      t.kind = TransferKind::atomic;
      ++o.atomics;
    } else {
      t.kind = e.kind == Kind::write ? TransferKind::write : TransferKind::multicast;
      ++o.writes;
      ++o.unsent;
    }
    transfers_.start(t, now);
    owners_.push_back({index, e.kind, e.network, s.group_reads.size() - 1});
    return true;
  }

  void take(const TransferEvent& event, bool sent) {
    const Owner& owner = owners_[event.transfer];
    Stream& s = streams_[owner.stream];
    Stream::Outstanding& o = s.outstanding[owner.network];
    if (sent) {
      if (owner.kind != Kind::write && owner.kind != Kind::multicast) return;
      --o.unsent;
    } else if (owner.kind == Kind::read) {
      --o.reads;
      --s.group_reads[owner.group];
    } else {
      --(owner.kind == Kind::atomic ? o.atomics : o.writes);
    }
    s.last_done = event.cycle;
    if (!s.blocked || !s.done(awaited(s).awaits, awaited(s).network)) return;
    s.blocked = false;
    turns_.push({std::max(event.cycle + 1, time_of_next(s)), owner.stream});
  }

  const NocTrace& trace_;
  const ReplayParams params_;
  Transfers transfers_;
  std::vector<Stream> streams_;
  std::vector<Owner> owners_;  // by transfer
  std::priority_queue<std::pair<Cycle, std::size_t>, std::vector<std::pair<Cycle, std::size_t>>,
                      std::greater<>>
      turns_;  // cycle and stream
  Cycle last_ = 0;
};

}  // namespace

Cycle replay_span(const NocTrace& trace, const ChipParams& chip, bool contention) {
  const Cycle last = Replay(trace, chip, contention).run();
  return last - std::min(last, NocTrace::kEndCycles);
}

ReplayRow replay(const NocTrace& trace, const ChipParams& chip) {
  if (trace.span() == 0)
    throw InputError(fmt::format("{}: all events within {} cycles", trace.file, NocTrace::kEndCycles),
                     "nothing to compare a replay with");
  return {trace.file, replay_span(trace, chip, true), trace.span(), replay_span(trace, chip, false)};
}

ErrorSummary summarize(std::vector<double> errors) {
  for (double& e : errors) e = std::abs(e);
  std::sort(errors.begin(), errors.end());
  const auto count = static_cast<double>(errors.size());
  // Nearest rank.
  const auto percentile = [&](double share) {
    return errors[static_cast<std::size_t>(std::max(1.0, std::ceil(share * count))) - 1];
  };
  return {std::accumulate(errors.begin(), errors.end(), 0.0) / count, percentile(0.5), percentile(0.9),
          errors.back()};
}

std::string replay_table(const std::vector<ReplayRow>& rows, const std::string& chip) {
  std::size_t width = 4;
  for (const ReplayRow& r : rows) width = std::max(width, r.file.size());
  std::string text =
      fmt::format("{:{}}     trace  {:>9}   error  contention-free   error\n", "file", width, chip);
  std::vector<double> errors, free_errors;
  for (const ReplayRow& r : rows) {
    text += fmt::format("{:{}}  {:8}  {:9}  {:+5.1f}%  {:15}  {:+5.1f}%\n", r.file, width, r.trace_span,
                        r.span, r.error(), r.contention_free_span, r.contention_free_error());
    errors.push_back(r.error());
    free_errors.push_back(r.contention_free_error());
  }
  text += fmt::format("spans in cycles; absolute errors over {} file{}:\n", rows.size(),
                      rows.size() == 1 ? "" : "s");
  for (const auto& [name, list] : {std::pair{chip, errors}, {"contention-free", free_errors}}) {
    const ErrorSummary e = summarize(list);
    text += fmt::format("  {:16} mean {:5.2f}%  p50 {:5.2f}%  p90 {:5.2f}%  max {:5.2f}%\n", name, e.mean,
                        e.p50, e.p90, e.max);
  }
  return text;
}

std::string replay_csv(const std::vector<ReplayRow>& rows) {
  std::string text = "file,span_cycles,trace_span_cycles\n";
  for (const ReplayRow& r : rows) text += fmt::format("{},{},{}\n", r.file, r.span, r.trace_span);
  return text;
}

}  // namespace troupe::noc
