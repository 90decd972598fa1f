#include <fmt/core.h>

#include "compiler/diagnostics.hpp"
#include "compiler/passes/passes.hpp"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "mlir/Parser/Parser.h"
#include "sim/base/check.hpp"

namespace troupe {

mlir::OwningOpRef<mlir::ModuleOp> import_mlir(mlir::MLIRContext& context, const std::string& path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) throw InputError(fmt::format("{}: cannot read: {}", path, buffer.getError().message()));
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, mlir::ParserConfig(&context));
  if (!module) throw Reported();
  return module;
}

actor::ProgramOp program_of(mlir::ModuleOp module) {
  auto programs = module.getOps<actor::ProgramOp>();
  if (programs.empty()) report(module, "no actor.program", "an image holds one: actor.program @NAME { ... }");
  if (auto second = std::next(programs.begin()); second != programs.end())
    report(*second, "a second actor.program",
           "an image holds one program; put the other into a file of its own");
  return *programs.begin();
}

}  // namespace troupe
