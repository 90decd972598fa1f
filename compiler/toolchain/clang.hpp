// Compiles C++ and assembly for the cores with a clang subprocess each, as many at a time as there are
// processors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/toolchain/home.hpp"
#include "compiler/toolchain/temp_folder.hpp"

namespace troupe {

// Object files, in the order of `sources`. What clang says goes to stderr; throws InputError when it refuses.
std::vector<std::string> compile_sources(const Home& home, std::span<const std::string> sources,
                                         const TempFolder& temp);

}  // namespace troupe
