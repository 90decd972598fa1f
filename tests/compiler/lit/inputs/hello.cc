#include "standin.hpp"

BEHAVIOUR(hello, "i", 100);
PROGRAM(greeting, 3, hello);
