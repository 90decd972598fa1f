#include "standin.hpp"

char weights[1400000];
extern "C" void use() { weights[0] = 1; }
BEHAVIOUR(big, "i", 48);
[[gnu::used]] char* keep = weights;
