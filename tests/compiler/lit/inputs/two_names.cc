#include "standin.hpp"

BEHAVIOUR(count, "in", 8);
