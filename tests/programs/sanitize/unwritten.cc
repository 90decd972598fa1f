// Decides by memory that nothing has written.
#include "troupe.hpp"

using namespace troupe;

actor root() {
  struct Block {
    int values[1000];
  };
  const auto block = Buffer<Block>::make();
  const auto copy = Buffer<Block>::make();
  *copy = *block;  // no use yet
  const volatile int* value = &copy->values[500];
  if (*value == 7) print("lucky\n");
  co_return;
}
TROUPE_PROGRAM(root, requires_cores(1));
