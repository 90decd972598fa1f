// Recurses until the stack meets the fault page below it.
#include "troupe.hpp"

using namespace troupe;

__attribute__((noinline)) int deep(int n, volatile int* value) {
  volatile int frame[64];
  frame[n % 64] = *value;
  return n == 0 ? frame[1] : deep(n - 1, frame) + frame[n % 64];
}

actor root() {
  volatile int x = 3;
  print("{}\n", deep(100000, &x));
  co_return;
}
TROUPE_PROGRAM(root, requires_cores(1));
