// The `actor` dialect in C++ (operations from actor.td).
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"

namespace troupe::actor {
class ProgramOp;
class RequiresOp;
class RootOp;
class ActorOp;
class DataOp;
}  // namespace troupe::actor

#include "compiler/dialect/actor_dialect.h.inc"
#define GET_OP_CLASSES
#include "compiler/dialect/actor_ops.h.inc"
