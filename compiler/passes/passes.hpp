// The steps of the compiler, one a file, in the order in which `troupec` runs them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/dialect/actor.hpp"
#include "compiler/image/declarations.hpp"
#include "compiler/image/manifest_writer.hpp"
#include "compiler/placement/placement.hpp"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/Pass.h"
#include "sim/base/chip_params.hpp"

namespace troupe {

// Front door `.mlir`: parses and verifies. Throws Reported, or InputError when there is no such file.
mlir::OwningOpRef<mlir::ModuleOp> import_mlir(mlir::MLIRContext& context, const std::string& path);

// The one program of a module. Throws Reported.
actor::ProgramOp program_of(mlir::ModuleOp module);

// Paths of the program's C++ files; every one is there. Throws Reported.
std::vector<std::string> locate_sources(actor::ProgramOp program, const std::string& folder);

// The bytes of the program's data, in the order of the program, with their places in DRAM. Comes before the
// C++ is compiled, so that a missing file is said at once. Throws Reported.
struct Data {
  std::vector<ManifestSegment> segments;
  std::vector<std::byte> bytes;  // of section .troupe.data
};
Data read_data(actor::ProgramOp program, const std::string& folder, const ChipParams& chip);

// Front door C++: the program that TROUPE_PROGRAM declares, as one actor on core 0. Throws InputError.
mlir::OwningOpRef<mlir::ModuleOp> import_cpp(mlir::MLIRContext& context, const std::string& path,
                                             const Declarations& declarations);

// Every actor runs a declared behaviour, with arguments and a mailbox as that takes them. Throws Reported.
void check_behaviours(actor::ProgramOp program, const Declarations& declarations);

// Gives every actor its `core`. What the placement knows of the chip and the image, and what it found out.
struct PlaceParams {
  std::uint64_t columns = 8, rows = 8;  // of core tiles
  std::uint64_t l1_bytes = 1536 * 1024;
  std::uint64_t image_end = 0xA000;  // L1 address behind the image
  std::uint64_t seed = 1;
};
struct PlaceReport {
  placement::Problem problem;
  placement::Solution solution;
};
std::unique_ptr<mlir::Pass> create_place_pass(const PlaceParams& params, PlaceReport* report);
void register_place_pass();  // --actor-place, for troupe-opt

// What was placed where, with the L1 bytes of each core, for people.
std::string describe_placement(actor::ProgramOp program, const PlaceParams& params, const PlaceReport& report,
                               const ChipParams& chip);

// The manifest's contents from a checked and placed program.
ManifestContents lower_to_manifest(actor::ProgramOp program, const Declarations& declarations,
                                   const Data& data);

}  // namespace troupe
