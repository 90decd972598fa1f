// The clock of the benchmarks: user CPU time of this process.
#pragma once

#include <sys/resource.h>

namespace troupe::bench {

inline double user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

}  // namespace troupe::bench
