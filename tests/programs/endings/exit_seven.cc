// Ends with a code of its own.
#include "troupe.hpp"

using namespace troupe;

actor root() {
  exit(7);
  co_return;
}
TROUPE_PROGRAM(root, requires_cores(1));
