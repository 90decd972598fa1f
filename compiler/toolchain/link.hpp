// Links object files into an executable for a core with lld as a library.
#pragma once

#include <span>
#include <string>

#include "compiler/toolchain/home.hpp"

namespace troupe {

// Throws InputError with lld's first message.
void link(const Home& home, std::span<const std::string> objects, const std::string& output);

}  // namespace troupe
