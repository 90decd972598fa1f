#include "noc/router_params.hpp"

namespace troupe::noc {

RouterParams::RouterParams(const NocParams& noc)
    : vcs(static_cast<unsigned>(noc.virtual_channels - noc.multicast_channels)),
      multicast_vcs(static_cast<unsigned>(noc.multicast_channels)),
      vc_bits(vcs <= 4   ? 2
              : vcs <= 8 ? 3
                         : 4),
      depth(static_cast<unsigned>((noc.vc_depth + noc.pool_per_vc).count)),
      pool(static_cast<unsigned>(noc.pool.count)),
      pool_per_vc(static_cast<unsigned>(noc.pool_per_vc.count)),
      va_cycles(static_cast<unsigned>(noc.vc_alloc.count)) {
  if (noc.topology == Topology::torus)
    halves = {1, 1u << (vcs / 2), 1 | 1u << (vcs / 2)};
  else
    halves = {1, 1, 1};
}

VcRange class_vcs(const NocParams& noc, TrafficClass traffic) {
  const std::uint64_t count = traffic == kReplies      ? noc.reply_channels
                              : traffic == kMulticasts ? noc.multicast_channels
                                                       : noc.request_channels();
  const std::uint64_t first = traffic == kReplies ? noc.request_channels() : 0;
  const std::uint64_t halves = noc.topology == Topology::torus ? 2 : 1;
  VcRange range;
  range.first = first / halves & 15;
  range.last = ((first + count) / halves - 1) & 15;
  return range;
}

unsigned packet_flits(const NocParams& noc, std::uint64_t payload_bytes) {
  return 1 + static_cast<unsigned>(ceil_div(payload_bytes, noc.flit.count));
}

std::uint64_t multicast_payload_max(const NocParams& noc) {
  return ((noc.vc_depth + noc.pool_per_vc).count - 1) * noc.flit.count;
}

}  // namespace troupe::noc
