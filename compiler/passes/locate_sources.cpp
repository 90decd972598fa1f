#include <filesystem>

#include "compiler/diagnostics.hpp"
#include "compiler/passes/passes.hpp"

namespace troupe {

std::vector<std::string> locate_sources(actor::ProgramOp program, const std::string& folder) {
  std::vector<std::string> paths;
  for (actor::SourceOp source : program.getBody().getOps<actor::SourceOp>()) {
    const auto path = std::filesystem::path(folder) / source.getPath().str();
    if (!std::filesystem::is_regular_file(path))
      report(source, "no C++ source " + path.string(), "the path is relative to the .mlir file");
    paths.push_back(path.string());
  }
  if (paths.empty())
    report(program, "program @" + program.getSymName().str() + " has no actor.source",
           "behaviours are C++: actor.source \"FILE.cc\"");
  return paths;
}

}  // namespace troupe
