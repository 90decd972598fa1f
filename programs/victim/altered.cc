// victim with fewer messages.
#define MESSAGES 10
#include "victim.cc"
