// Any bytes as a trace file: an InputError, or the chunks that are whole.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "sim/base/check.hpp"
#include "waveforms/trace_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = memfd_create("trace", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  try {
    const troupe::TraceContents contents = troupe::read_trace(path);
    if (!contents.complete && contents.damage.empty()) std::abort();
  } catch (const troupe::InputError&) {
    return 0;
  }
  return 0;
}
