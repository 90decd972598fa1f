// fib of a smaller number.
#define FIB_OF 12
#include "fib.cc"
