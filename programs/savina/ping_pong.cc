// Two actors pass a message to and fro: programs/ping_pong at Savina's size. Stresses latency.
#ifndef ROUND_TRIPS
#define ROUND_TRIPS 40'000
#endif
#include "programs/ping_pong/ping_pong.cc"
