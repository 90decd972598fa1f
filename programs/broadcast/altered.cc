// broadcast of another table.
#define FACTOR 5
#include "broadcast.cc"
