// hello on two cores.
#define HELLO_CORES 2
#include "hello.cc"
