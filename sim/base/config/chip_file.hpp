// Chips by name or by TOML file: `load_chip("xpu64")`, `load_chip("mine.toml")`.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/chip_params.hpp"

namespace troupe {

// A preset by its name, or a file that ends in .toml. Such a file names a preset as its `base` and overrides
// values of it:
//
//     base = "xpu64"
//     name = "small-l1"
//     [l1]
//     size = 262144
//     [core]
//     base = "baby"
//     mul = 4
//
// [core] may name a core of its own as `base`.
// Throws InputError (file, line, what was found, what was expected) for an unknown key, a wrong type or a
// value that no chip can have.
ChipParams load_chip(const std::string& name_or_file);

// The chip as TOML: every key, so that `load_chip` of it gives the same chip.
std::string chip_toml(const ChipParams& chip);

// Throws InputError that starts with `where` when the values contradict each other.
void validate(const ChipParams& chip, std::string_view where);

}  // namespace troupe
