// The smallest program: one actor prints, and the program ends with it.
#include "troupe.hpp"

using namespace troupe;

#ifndef HELLO_CORES
#define HELLO_CORES 1
#endif

actor hello() {
  print("hello from core {} of {}\n", core_index(), core_count());
  co_return;
}
TROUPE_PROGRAM(hello, requires_cores(HELLO_CORES));
