// Totals over a stream of events: messages by flow with their latencies, cycles by actor. A pure function of
// the events, whether they come from a running chip or from a trace file.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/base/trace.hpp"

namespace troupe {

class Statistics {
 public:
  // Messages of one sender to one mailbox. A sender is an address, or ~tile when the message named none.
  struct Flow {
    std::uint64_t messages = 0, bytes = 0;
    std::vector<std::uint32_t> latencies;  // cycles, doorbell to arrival in the mailbox; none within a core
  };
  struct ActorTime {
    std::uint64_t entry = 0;       // of its behaviour
    std::uint64_t dispatches = 0;  // times it ran
    std::uint64_t cycles = 0;      // from dispatch to the next mark on its core
  };

  void add(const Event& e);

  const std::map<std::pair<std::uint64_t, std::uint64_t>, Flow>& flows() const { return flows_; }
  const std::map<std::uint64_t, ActorTime>& actors() const { return actors_; }
  // Over the network; within cores; those of both that no mailbox took.
  std::uint64_t messages() const { return messages_; }
  std::uint64_t local_messages() const { return local_messages_; }
  std::uint64_t dead_letters() const { return dead_letters_; }
  std::uint64_t message_bytes() const { return message_bytes_; }

 private:
  struct Running {
    std::uint64_t address = 0;
    Cycle since = 0;
  };
  struct Sent {
    std::uint64_t to = 0;
    Cycle cycle = 0;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Flow> flows_;
  std::map<std::uint64_t, ActorTime> actors_;
  std::vector<Running> running_;                       // by tile
  std::unordered_map<std::uint64_t, Sent> in_flight_;  // by packet; looked up, never iterated
  Flow& flow_of(std::uint64_t from, std::uint64_t to, std::uint64_t bytes);
  std::uint64_t messages_ = 0, message_bytes_ = 0, local_messages_ = 0, dead_letters_ = 0;
};

}  // namespace troupe
