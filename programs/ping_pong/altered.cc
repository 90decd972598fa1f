// ping_pong with fewer round trips.
#define ROUND_TRIPS 10
#include "ping_pong.cc"
