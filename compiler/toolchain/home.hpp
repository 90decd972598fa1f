// Where the device runtime is: its sources, its flags and its linker script (runtime/device of the
// repository).
#pragma once

#include <string>
#include <vector>

namespace troupe {

struct Home {
  std::string root;                  // of the repository
  std::vector<std::string> flags;    // for every C++ and assembly file of an image
  std::vector<std::string> runtime;  // sources that every image links, sorted
  std::string linker_script;

  // $TROUPE_HOME, else the tree this compiler was built from. Throws InputError when there is no runtime.
  static Home find();
};

}  // namespace troupe
