// A run of BookSim2 as a process of its own: what it measured, and its user CPU time.
#pragma once

#include <fmt/core.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "sim/base/check.hpp"

namespace troupe::bench {

struct Booksim {
  double latency = 0;  // mean, of packets, cycles
  double hops = 0;     // mean, routers traversed
  double cycles = 0;   // simulated
  double seconds = 0;
};

inline double children_user_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

// Throws InputError when the program says something else than a result.
inline Booksim run_booksim(const std::string& binary, const std::string& config, double rate) {
  const std::string command = fmt::format("'{}' '{}' injection_rate={} 2>&1", binary, config, rate);
  const double begin = children_user_seconds();
  std::FILE* output = popen(command.c_str(), "r");
  CHECK(output != nullptr, "{}", command);
  Booksim run;
  char line[512];
  while (std::fgets(line, sizeof line, output) != nullptr) {  // later lines are of longer samples
    std::sscanf(line, "Packet latency average = %lf", &run.latency);
    std::sscanf(line, "Hops average = %lf", &run.hops);
    std::sscanf(line, "Time taken is %lf", &run.cycles);
  }
  const int status = pclose(output);
  run.seconds = children_user_seconds() - begin;
  if (run.latency == 0 || run.hops == 0 || run.cycles == 0)
    throw InputError(fmt::format("{}: no result, status {}", command, status),
                     "expected lines with packet latency, hops and the time taken");
  return run;
}

}  // namespace troupe::bench
