// Any bytes as a NoC trace: an InputError, or streams that are in order and inside the chip's grid.
#include <cstdlib>
#include <string_view>

#include "sim/base/check.hpp"
#include "sim/base/config/noc_trace_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const troupe::ChipParams chip = troupe::preset("wormhole");
  try {
    const troupe::NocTrace trace =
        troupe::parse_noc_trace({reinterpret_cast<const char*>(data), size}, "fuzz", chip);
    for (const troupe::NocTraceStream& stream : trace.streams) {
      if (stream.tile >= chip.tiles() || stream.events.empty()) std::abort();
      troupe::Cycle before = trace.first;
      for (const troupe::NocTraceEvent& e : stream.events) {
        if (e.timestamp < before || e.timestamp > trace.last || e.to > e.to_end || e.to_end >= chip.tiles() ||
            e.bytes > chip.niu.packet_payload_max.count)
          std::abort();
        before = e.timestamp;
      }
    }
  } catch (const troupe::InputError&) {
    return 0;
  }
  return 0;
}
