#include "waveforms/statistics.hpp"

#include <limits>

namespace troupe {

void Statistics::add(const Event& e) {
  if (e.tile >= running_.size()) running_.resize(e.tile + std::size_t{1});
  switch (e.kind) {
    case EventKind::dispatch: {
      Running& now = running_[e.tile];
      if (now.address != 0) actors_[now.address].cycles += e.cycle - now.since;
      now = {e.a, e.cycle};
      if (e.a != 0) {
        ActorTime& actor = actors_[e.a];
        actor.entry = e.b;
        ++actor.dispatches;
      }
      break;
    }
    case EventKind::send: {
      if (e.c >> 32 == 0) in_flight_[e.a] = {e.b, e.cycle};  // a message, not another request
      break;
    }
    case EventKind::mailbox: {
      const auto sent = in_flight_.find(e.a);
      if (sent == in_flight_.end()) break;
      const std::uint64_t bytes = e.c & 0xffffff, source_tile = e.a >> 40;
      const bool named = e.c >> 24 != 0;
      Flow& flow = flow_of(named ? source_tile << 40 | e.c >> 24 : ~source_tile, sent->second.to, bytes);
      flow.latencies.push_back(static_cast<std::uint32_t>(
          std::min<Cycle>(e.cycle - sent->second.cycle, std::numeric_limits<std::uint32_t>::max())));
      ++messages_;
      message_bytes_ += bytes;
      in_flight_.erase(sent);
      break;
    }
    case EventKind::reply:
      if (e.b != 0 && in_flight_.erase(e.a) != 0) ++dead_letters_;
      break;
    case EventKind::pass:
      if (e.c >> 32 != 0) {
        ++dead_letters_;
        break;
      }
      flow_of(e.a != 0 ? e.a : ~std::uint64_t{e.tile}, e.b, e.c);
      ++local_messages_;
      break;
    default:
      break;
  }
}

Statistics::Flow& Statistics::flow_of(std::uint64_t from, std::uint64_t to, std::uint64_t bytes) {
  Flow& flow = flows_[{from, to}];
  ++flow.messages;
  flow.bytes += bytes;
  return flow;
}

}  // namespace troupe
