#include "isa/host_code.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

// First op of a block whose timing depends on vl.
TROUPE_THREADED void check_vl(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                              Cycle cycle, Session* session) {
  if (hart->csr.vl != variant->vl) [[unlikely]]
    return leave(session, Event::vl, op, variant, cycle);
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

// The next block follows without a jump.
TROUPE_THREADED void end_of_block(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                  Cycle cycle, Session* session) {
  [[clang::musttail]] return follow<0>(op, hart, memory, variant, cycle, session);
}

}  // namespace

HostCode make_host_code() {
  return {{integer_rows(), float_rows(), half_rows(), vector_integer_rows(), vector_widening_rows(),
           vector_fixed_point_rows(), vector_float_rows(), vector_convert_rows(), vector_bitmanip_rows(),
           vector_mask_rows(), vector_memory_rows()},
          check_vl,
          end_of_block};
}

}  // namespace troupe::isa::inline TROUPE_LEVEL
