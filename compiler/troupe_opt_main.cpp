// `troupe-opt`: reads, verifies, transforms and prints programs in the actor dialect; for tests and for
// looking.
#include "compiler/dialect/actor.hpp"
#include "compiler/passes/passes.hpp"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char** argv) {
  mlir::DialectRegistry registry;
  registry.insert<troupe::actor::ActorDialect>();
  troupe::register_place_pass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "troupe-opt: the actor dialect\n", registry));
}
