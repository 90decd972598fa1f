#include "standin.hpp"

[[gnu::used, gnu::retain]] char weights[1400000];
BEHAVIOUR(big, "i", 48);
