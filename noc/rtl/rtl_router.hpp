// The router of router.sv, as Verilator compiled it, behind the seam of noc/router_model.hpp.
#pragma once

#include "noc/router_model.hpp"

namespace troupe::noc {

// Throws InputError, at the call for a router, for what the RTL was not elaborated for.
RouterFactory rtl_routers();

}  // namespace troupe::noc
