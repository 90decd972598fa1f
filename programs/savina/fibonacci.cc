// A tree of actors, one a call: programs/fib at Savina's size, 242,785 of them on all cores. Stresses spawn.
#ifndef FIB_OF
#define FIB_OF 25
#endif
#define FIB_CORES 64
#include "programs/fib/fib.cc"
