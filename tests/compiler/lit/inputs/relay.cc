#include "standin.hpp"

BEHAVIOUR(source, "adnr", 0);
BEHAVIOUR(forward, "ia", 48);
BEHAVIOUR(count, "in", 48);
