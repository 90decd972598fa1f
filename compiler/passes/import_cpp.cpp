#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "compiler/passes/passes.hpp"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"
#include "runtime/abi/message.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

// A root has no spawner that could give its mailbox more room: at least so much, and what its Inbox asks for.
constexpr std::int64_t kRootSlotsMin = 16;

// The smallest slot that takes the behaviour's messages.
std::int64_t slot_bytes_for(const DeclaredBehaviour& b) {
  return static_cast<std::int64_t>(std::max<std::uint64_t>(
      std::bit_ceil(b.message_bytes + sizeof(abi::MessageHeader)), abi::kSlotBytesMin));
}

const DeclaredBehaviour& root_of(const std::string& path, const Declarations& d) {
  if (!d.program)
    throw InputError(
        fmt::format("{}: no TROUPE_PROGRAM", path),
        "declare the program once in the file, or compile an .mlir that names it as actor.source");
  if (d.program->cores_required < 1 || d.program->cores_required > 4096)
    throw InputError(fmt::format("{}: TROUPE_PROGRAM requires {} cores", path, d.program->cores_required),
                     "from 1 to 4096");
  const DeclaredBehaviour* root = d.find(d.program->root);
  if (root == nullptr)
    throw InputError(fmt::format("{}: TROUPE_PROGRAM's root {} is not a behaviour", path, d.program->root),
                     "declare it as a behaviour in the same program");
  if (root->signature != "" && root->signature != "i")
    throw InputError(
        fmt::format("{}: root behaviour {} takes arguments (\"{}\")", path, root->name, root->signature),
        "the root of a C++ program takes none but its inbox; an .mlir can give it some");
  if (root->has_inbox() && slot_bytes_for(*root) > abi::kSlotBytesMax)
    throw InputError(fmt::format("{}: messages of {} bytes to root {} are bigger than the biggest slot, {}",
                                 path, root->message_bytes, root->name, abi::kSlotBytesMax),
                     "16 bytes of a slot are the message's header");
  return *root;
}

}  // namespace

mlir::OwningOpRef<mlir::ModuleOp> import_cpp(mlir::MLIRContext& context, const std::string& path,
                                             const Declarations& declarations) {
  const DeclaredBehaviour& root = root_of(path, declarations);
  const auto location = mlir::FileLineColLoc::get(&context, path, 0, 0);
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(location);
  mlir::OpBuilder builder(module->getBodyRegion());
  auto program = builder.create<actor::ProgramOp>(location, declarations.program->name);
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  builder.create<actor::RequiresOp>(location,
                                    static_cast<std::int64_t>(declarations.program->cores_required));
  mlir::IntegerAttr slots, slot_bytes;
  if (root.has_inbox()) {
    slots = builder.getI64IntegerAttr(std::max(kRootSlotsMin, static_cast<std::int64_t>(root.inbox_slots)));
    slot_bytes = builder.getI64IntegerAttr(slot_bytes_for(root));
  }
  const auto name = mlir::FlatSymbolRefAttr::get(&context, root.name);
  builder.create<actor::ActorOp>(location, builder.getStringAttr(root.name), name, slots, slot_bytes,
                                 builder.getArrayAttr({}), builder.getI64IntegerAttr(0));
  builder.create<actor::RootOp>(location, name);
  CHECK(succeeded(mlir::verify(*module)), "the program built from {}", path);
  return module;
}

}  // namespace troupe
