// The placement as an MLIR pass: reads the program into a placement::Problem, writes `core` back.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/passes/passes.hpp"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassRegistry.h"
#include "runtime/abi/core_layout.hpp"
#include "sim/base/lease_shape.hpp"

namespace troupe {
namespace {

using actor::ActorOp;
using actor::EdgeOp;
using actor::ProgramOp;

// Upper bound of what an actor takes of its core's L1: ring, boot record, arguments and its inbox.
std::uint64_t actor_bytes(ActorOp op) {
  return op.getSlots().value_or(0) * op.getSlotBytes().value_or(0) + sizeof(abi::BootActor) +
         (op.getValues().size() + 1) * sizeof(abi::BootArgument);
}

// What a core's L1 holds whatever runs there; the alignment behind the records is counted in full.
std::uint64_t fixed_bytes(const PlaceParams& params, std::uint64_t cores) {
  return abi::rings_address(params.image_end, 0, 0, cores) + abi::kCoreAlignment + abi::kRuntimeRingBytes +
         abi::kHeapBytesMin;
}

std::string why_no_room(const PlaceParams& params, std::uint64_t cores) {
  return fmt::format(
      "of {} bytes of L1 the image takes {} (stacks below it included), the boot block {}, the runtime's "
      "mailbox {}, "
      "and the heap wants at least {}",
      params.l1_bytes, params.image_end,
      fixed_bytes(params, cores) - params.image_end - abi::kRuntimeRingBytes - abi::kHeapBytesMin,
      abi::kRuntimeRingBytes, abi::kHeapBytesMin);
}

placement::Problem problem_of(ProgramOp program, const PlaceParams& params, const LeaseShape& shape) {
  placement::Problem p;
  p.cores = program.getCores();
  p.width = static_cast<std::uint32_t>(std::min<std::uint64_t>(shape.width, p.cores));
  p.capacity_bytes = params.l1_bytes - fixed_bytes(params, p.cores);
  llvm::StringMap<std::uint32_t> index;
  std::vector<std::uint32_t> fixed_on(p.cores);
  for (ActorOp op : program.getBody().getOps<ActorOp>()) {
    index[op.getSymName()] = static_cast<std::uint32_t>(p.actors.size());
    std::optional<std::uint32_t> core;
    if (op.getCore()) core = static_cast<std::uint32_t>(*op.getCore());
    if (core) p.actors_per_core_max = std::max(p.actors_per_core_max, ++fixed_on[*core]);
    p.actors.push_back({op.getSymName().str(), actor_bytes(op), core});
  }
  for (EdgeOp op : program.getBody().getOps<EdgeOp>())
    p.edges.push_back({index[op.getFrom()], index[op.getTo()],
                       op.getBytes().value_or(program.getActor(op.getTo()).getSlotBytes().value_or(0))});
  // An even share of the work; more only where the program itself puts more on one core.
  p.actors_per_core_max =
      std::max(p.actors_per_core_max, static_cast<std::uint32_t>(ceil_div(p.actors.size(), p.cores)));
  return p;
}

class PlacePass : public mlir::PassWrapper<PlacePass, mlir::OperationPass<ProgramOp>> {
 public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlacePass)
  PlacePass() = default;
  PlacePass(const PlaceParams& params, PlaceReport* report) : report_(report) {
    columns_ = params.columns;
    rows_ = params.rows;
    l1_bytes_ = params.l1_bytes;
    image_end_ = params.image_end;
    seed_ = params.seed;
  }
  PlacePass(const PlacePass& other) : PassWrapper(other), report_(other.report_) {}

  llvm::StringRef getArgument() const override { return "actor-place"; }
  llvm::StringRef getDescription() const override {
    return "Give every actor a core: few hop-bytes, within every core's L1";
  }

  void runOnOperation() override {
    ProgramOp program = getOperation();
    const PlaceParams params{columns_, rows_, l1_bytes_, image_end_, seed_};
    const std::uint64_t cores = program.getCores();
    if (cores > params.columns * params.rows)
      return fail(program.getRequires(),
                  fmt::format("program @{} requires {} cores, the chip has {}", program.getSymName().str(),
                              cores, params.columns * params.rows),
                  "require fewer, or take a bigger chip with --chip");
    if (fixed_bytes(params, cores) > params.l1_bytes)
      return fail(program,
                  fmt::format("the image of program @{} wants {} bytes of L1, a core has {}",
                              program.getSymName().str(), fixed_bytes(params, cores), params.l1_bytes),
                  why_no_room(params, cores));
    placement::Problem problem = problem_of(program, params, lease_shape(cores, params.columns, params.rows));
    if (!fits_alone(program, problem, params)) return;
    if (const auto wrong = placement::check(problem))
      return fail(program, *wrong, why_no_room(params, cores));
    auto solution = placement::solve(problem, params.seed);
    // Big actors may need an uneven share: then as many on a core as it takes.
    while (!solution && problem.actors_per_core_max < problem.actors.size()) {
      ++problem.actors_per_core_max;
      solution = placement::solve(problem, params.seed);
    }
    if (!solution) return fail_together(program, problem, params);
    if (const auto wrong = placement::verify(problem, solution->core_of))
      return fail(program, *wrong, "a fault of the placement");
    mlir::OpBuilder builder(program);
    for (auto [op, core] : llvm::zip(program.getBody().getOps<ActorOp>(), solution->core_of))
      op.setCoreAttr(builder.getI64IntegerAttr(core));
    if (report_ != nullptr) *report_ = {std::move(problem), std::move(*solution)};
  }

 private:
  void fail(mlir::Operation* op, const std::string& cause, const std::string& hint) {
    mlir::InFlightDiagnostic error = op->emitError(cause);
    error.attachNote() << hint;
    signalPassFailure();
  }
  bool fits_alone(ProgramOp program, const placement::Problem& problem, const PlaceParams& params) {
    for (auto [op, actor] : llvm::zip(program.getBody().getOps<ActorOp>(), problem.actors)) {
      if (actor.bytes <= problem.capacity_bytes) continue;
      fail(op,
           fmt::format("actor @{} does not fit a core: it wants {} bytes of L1, there are {}", actor.name,
                       actor.bytes, problem.capacity_bytes),
           fmt::format("its mailbox of {} x {} takes {}; {}", op.getSlots().value_or(0),
                       op.getSlotBytes().value_or(0),
                       op.getSlots().value_or(0) * op.getSlotBytes().value_or(0),
                       why_no_room(params, problem.cores)));
      return false;
    }
    return true;
  }
  void fail_together(ProgramOp program, const placement::Problem& problem, const PlaceParams& params) {
    std::uint64_t wanted = 0;
    for (const auto& actor : problem.actors) wanted += actor.bytes;
    fail(program,
         fmt::format(
             "the actors of program @{} do not fit its {} cores: they want {} bytes of L1, there are {}",
             program.getSymName().str(), problem.cores, wanted, problem.capacity_bytes * problem.cores),
         "require more cores, or smaller mailboxes; " + why_no_room(params, problem.cores));
  }

  Option<std::uint64_t> columns_{*this, "columns", llvm::cl::desc("core tiles in a row of the chip"),
                                 llvm::cl::init(8)};
  Option<std::uint64_t> rows_{*this, "rows", llvm::cl::desc("rows of core tiles"), llvm::cl::init(8)};
  Option<std::uint64_t> l1_bytes_{*this, "l1-bytes", llvm::cl::desc("L1 of a core"),
                                  llvm::cl::init(1536 * 1024)};
  Option<std::uint64_t> image_end_{*this, "image-end", llvm::cl::desc("L1 address behind the image"),
                                   llvm::cl::init(0xA000)};
  Option<std::uint64_t> seed_{*this, "seed", llvm::cl::desc("of the order of swaps"), llvm::cl::init(1)};
  PlaceReport* report_ = nullptr;
};

}  // namespace

std::unique_ptr<mlir::Pass> create_place_pass(const PlaceParams& params, PlaceReport* report) {
  return std::make_unique<PlacePass>(params, report);
}

void register_place_pass() {
  mlir::PassRegistration<PlacePass>();
}

std::string describe_placement(ProgramOp program, const PlaceParams& params, const PlaceReport& report,
                               const ChipParams& chip) {
  const placement::Problem& p = report.problem;
  std::string text =
      fmt::format("{} requires {} XPU core{}: {} actor{}, a lease of {}x{} cores of {}\n",
                  program.getSymName().str(), p.cores, p.cores == 1 ? "" : "s", p.actors.size(),
                  p.actors.size() == 1 ? "" : "s", p.width, ceil_div(p.cores, p.width), chip.name);
  for (std::uint32_t core = 0; core < p.cores; ++core) {
    std::string names;
    std::uint64_t actors = 0, arguments = 0, rings = abi::kRuntimeRingBytes;
    for (ActorOp op : program.getBody().getOps<ActorOp>()) {
      if (*op.getCore() != core) continue;
      names += fmt::format("{}{}", names.empty() ? "" : ", ", op.getSymName().str());
      ++actors;
      arguments += op.getValues().size() + 1;
      rings += op.getSlots().value_or(0) * op.getSlotBytes().value_or(0);
    }
    const std::uint64_t used = abi::rings_address(params.image_end, actors, arguments, p.cores) + rings;
    text += fmt::format("  core {:<3} {:<7} L1 {:>8} used {:>8} free  {}\n", core,
                        fmt::format("({},{})", core % p.width, core / p.width), used, params.l1_bytes - used,
                        names.empty() ? "no actor yet" : names);
  }
  if (!p.edges.empty()) {
    const auto plain = placement::row_major(p);
    text += fmt::format("  hop-bytes {}, a message on every edge (in the order of the program {}){}\n",
                        report.solution.hop_bytes, placement::hop_bytes(p, plain),
                        report.solution.optimal ? ", proven least" : "");
  }
  return text;
}

}  // namespace troupe
