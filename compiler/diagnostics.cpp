#include "compiler/diagnostics.hpp"

#include <fmt/core.h>

#include <cstdio>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace troupe {
namespace {

// "relay.mlir:4:3: "; without a line where there is none.
std::string place(mlir::Location location) {
  const auto file = location->findInstanceOf<mlir::FileLineColLoc>();
  if (!file) return {};
  if (file.getLine() == 0) return file.getFilename().str() + ": ";
  return fmt::format("{}:{}:{}: ", file.getFilename().str(), file.getLine(), file.getColumn());
}

void print(mlir::Diagnostic& diagnostic) {
  const char* severity = diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error ? "error" : "warning";
  fmt::print(stderr, "{}{}: {}\n", place(diagnostic.getLocation()), severity, diagnostic.str());
  bool hinted = false;
  for (mlir::Diagnostic& note : diagnostic.getNotes()) {
    hinted = true;
    const bool elsewhere = note.getLocation() != diagnostic.getLocation();
    fmt::print(stderr, "  hint: {}{}\n", elsewhere ? place(note.getLocation()) : "", note.str());
  }
  // What MLIR's own parser and verifiers say comes without one.
  if (!hinted) fmt::print(stderr, "  hint: compiler/README.md shows the syntax of the actor dialect\n");
}

}  // namespace

DiagnosticPrinter::DiagnosticPrinter(mlir::MLIRContext* context)
    : ScopedDiagnosticHandler(context, [](mlir::Diagnostic& diagnostic) { print(diagnostic); }) {}

void report(mlir::Operation* op, const std::string& cause, const std::string& hint) {
  {
    mlir::InFlightDiagnostic error = op->emitError(cause);
    error.attachNote() << hint;
  }
  throw Reported();
}

}  // namespace troupe
