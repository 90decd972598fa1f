#include "isa/host_level.hpp"

#include "isa/host_code.hpp"
#include "sim/base/check.hpp"

namespace troupe::isa {

// Of host_code.cpp, compiled for each level.
namespace avx2 {
HostCode make_host_code();
}
namespace avx512 {
HostCode make_host_code();
}
inline namespace portable {
HostCode make_host_code();
}

std::string_view host_level_name(HostLevel level) {
  constexpr std::string_view kNames[] = {"portable", "avx2", "avx512"};
  return kNames[static_cast<std::size_t>(level)];
}

bool host_supports(HostLevel level) {
  switch (level) {
    case HostLevel::portable:
      return true;
    case HostLevel::avx2:
      return __builtin_cpu_supports("x86-64-v3") != 0;
    case HostLevel::avx512:
      return __builtin_cpu_supports("x86-64-v4") != 0;
  }
  CHECK(false, "host level {}", static_cast<int>(level));
}

HostLevel best_host_level() {
  HostLevel best = HostLevel::portable;
  for (const HostLevel level : kHostLevels)
    if (host_supports(level)) best = level;
  return best;
}

const HostCode& host_code(HostLevel level) {
  CHECK(host_supports(level), "this host lacks {}", host_level_name(level));
  // Each when it is first asked for: the functions behind them are compiled for their level.
  switch (level) {
    case HostLevel::portable: {
      static const HostCode code = portable::make_host_code();
      return code;
    }
    case HostLevel::avx2: {
      static const HostCode code = avx2::make_host_code();
      return code;
    }
    case HostLevel::avx512: {
      static const HostCode code = avx512::make_host_code();
      return code;
    }
  }
  CHECK(false, "host level {}", static_cast<int>(level));
}

}  // namespace troupe::isa
