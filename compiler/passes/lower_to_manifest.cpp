#include <bit>

#include "compiler/passes/passes.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

using Indices = llvm::StringMap<std::uint32_t>;

abi::ArgumentRecord argument(mlir::Attribute value, const Indices& actors, const Indices& segments) {
  if (const auto reference = mlir::dyn_cast<mlir::FlatSymbolRefAttr>(value)) {
    if (const auto it = segments.find(reference.getValue()); it != segments.end())
      return {abi::ArgumentKind::segment, 0, it->second};
    return {abi::ArgumentKind::address, 0, actors.at(reference.getValue())};
  }
  if (const auto integer = mlir::dyn_cast<mlir::IntegerAttr>(value)) {
    const llvm::APInt bits = integer.getValue();
    // `true` is a one-bit integer, whose sign would make it -1.
    const std::int64_t number =
        bits.getBitWidth() == 1 ? static_cast<std::int64_t>(bits.getZExtValue()) : bits.getSExtValue();
    return {abi::ArgumentKind::integer, 0, static_cast<std::uint64_t>(number)};
  }
  llvm::APFloat real = mlir::cast<mlir::FloatAttr>(value).getValue();
  bool inexact = false;
  real.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &inexact);
  return {abi::ArgumentKind::real, 0, std::bit_cast<std::uint64_t>(real.convertToDouble())};
}

// A parameter's inbox is the actor's own; the program writes only the others.
std::vector<abi::ArgumentRecord> arguments_of(actor::ActorOp op, const DeclaredBehaviour& b,
                                              const Indices& actors, const Indices& segments) {
  std::vector<abi::ArgumentRecord> all;
  std::size_t next = 0;
  for (const char letter : b.signature)
    all.push_back(letter == 'i' ? abi::ArgumentRecord{abi::ArgumentKind::inbox, 0, 0}
                                : argument(op.getValues()[next++], actors, segments));
  return all;
}

}  // namespace

ManifestContents lower_to_manifest(actor::ProgramOp program, const Declarations& declarations,
                                   const Data& data) {
  ManifestContents m;
  m.name = program.getSymName().str();
  m.cores_required = program.getCores();
  m.segments = data.segments;
  Indices behaviours, actors, segments;
  for (const DeclaredBehaviour& b : declarations.behaviours) {
    behaviours[b.name] = static_cast<std::uint32_t>(m.behaviours.size());
    m.behaviours.push_back({b.name, b.signature, b.entry});
  }
  for (const ManifestSegment& s : data.segments)
    segments.try_emplace(s.name, static_cast<std::uint32_t>(segments.size()));
  for (actor::ActorOp op : program.getBody().getOps<actor::ActorOp>())
    actors.try_emplace(op.getSymName(), static_cast<std::uint32_t>(actors.size()));
  for (actor::ActorOp op : program.getBody().getOps<actor::ActorOp>()) {
    const DeclaredBehaviour* b = declarations.find(op.getBehaviour().str());
    CHECK(b != nullptr && op.getCore(), "actor {} is not checked and placed", op.getSymName().str());
    const auto location = op.getLoc()->findInstanceOf<mlir::FileLineColLoc>();
    m.actors.push_back({op.getSymName().str(), behaviours.at(b->name),
                        static_cast<std::uint32_t>(*op.getCore()),
                        static_cast<std::uint32_t>(op.getSlots().value_or(0)),
                        static_cast<std::uint32_t>(op.getSlotBytes().value_or(0)),
                        location ? location.getLine() : 0, arguments_of(op, *b, actors, segments)});
  }
  for (actor::EdgeOp op : program.getBody().getOps<actor::EdgeOp>())
    m.edges.push_back({actors.at(op.getFrom()), actors.at(op.getTo()),
                       static_cast<std::uint32_t>(op.getCredits().value_or(0)), 0});
  m.root_actor = actors.at(program.getRoot().getActor());
  return m;
}

}  // namespace troupe
