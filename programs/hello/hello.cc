// The smallest program: one actor prints, and the program ends with it.
#include "troupe.hpp"

using namespace troupe;

actor hello() {
  print("hello from core {} of {}\n", core_index(), core_count());
  co_return;
}
TROUPE_PROGRAM(hello, requires_cores(1));
