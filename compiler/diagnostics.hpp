// Prints MLIR's diagnostics as every tool of ours prints errors: `file:line:col: error: cause`, then `hint:
// ...`.
#pragma once

#include <exception>

#include "mlir/IR/Diagnostics.h"

namespace troupe {

// A step has failed and its diagnostics are on stderr: exit code 2 is all that is left to do.
struct Reported : std::exception {
  const char* what() const noexcept override { return "diagnostics were printed"; }
};

class DiagnosticPrinter : public mlir::ScopedDiagnosticHandler {
 public:
  explicit DiagnosticPrinter(mlir::MLIRContext* context);
};

// Emits `cause` at `op` with `hint`, and throws Reported.
[[noreturn]] void report(mlir::Operation* op, const std::string& cause, const std::string& hint);

}  // namespace troupe
