#include "noc/flows.hpp"

#include <algorithm>
#include <map>

#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

// The flows of one tile on one network, in turns.
struct Sender {
  std::vector<Flow> left;
  std::size_t turn = 0;
};

}  // namespace

FlowsResult run_flows(const ChipParams& chip, const std::vector<Flow>& flows) {
  std::map<std::pair<std::uint16_t, std::uint8_t>, Sender> senders;
  std::uint64_t waiting = 0;
  FlowsResult result;
  for (const Flow& f : flows) {
    CHECK(f.count > 0, "a flow of nothing");
    senders[{f.transfer.from, f.transfer.network}].left.push_back(f);
    waiting += f.count;
    result.bytes += std::uint64_t{f.count} * f.transfer.bytes;
  }
  Transfers transfers(chip, true);
  for (Cycle now = 0; waiting != 0; ++now) {
    for (auto& [key, sender] : senders)
      while (!sender.left.empty() && transfers.can_start(key.first, key.second)) {
        Flow& flow = sender.left[sender.turn];
        transfers.start(flow.transfer, now);
        if (--flow.count == 0)
          sender.left.erase(sender.left.begin() + static_cast<std::ptrdiff_t>(sender.turn));
        else
          ++sender.turn;
        if (sender.turn >= sender.left.size()) sender.turn = 0;
      }
    transfers.step(now);
    waiting -= transfers.completed().size();
    result.cycles = now;
  }
  return result;
}

}  // namespace troupe::noc
