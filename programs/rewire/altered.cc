// rewire with other changes.
#define SEED 2
#include "rewire.cc"
