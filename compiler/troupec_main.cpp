// `troupec`: a program, as MLIR or as C++, to an image that the chip runs.
#include <fmt/core.h>
#include <llvm/Support/raw_ostream.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/diagnostics.hpp"
#include "compiler/image/declarations.hpp"
#include "compiler/image/elf_append.hpp"
#include "compiler/image/manifest_writer.hpp"
#include "compiler/passes/passes.hpp"
#include "compiler/toolchain/clang.hpp"
#include "compiler/toolchain/home.hpp"
#include "compiler/toolchain/link.hpp"
#include "compiler/toolchain/temp_folder.hpp"
#include "mlir/Pass/PassManager.h"
#include "sim/base/check.hpp"
#include "sim/base/config/chip_file.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string input, output, chip = "xpu64";
  bool emit_mlir = false, keep_temps = false, quiet = false;
};

enum class FrontDoor { mlir, cpp };

FrontDoor front_door(const std::string& input) {
  const std::string extension = fs::path(input).extension().string();
  if (extension == ".mlir") return FrontDoor::mlir;
  if (extension == ".cc" || extension == ".cpp" || extension == ".cxx") return FrontDoor::cpp;
  throw InputError(fmt::format("{}: neither an .mlir nor a C++ file", input),
                   "a name ends in .mlir, .cc, .cpp or .cxx");
}

// Runtime and program, compiled side by side and linked; the same image text goes into every core. The ELF's
// path.
std::string compile_and_link(const std::vector<std::string>& sources, const TempFolder& temp) {
  const Home home = Home::find();
  std::vector<std::string> all = sources;
  all.insert(all.end(), home.runtime.begin(), home.runtime.end());
  const auto objects = compile_sources(home, all, temp);
  const std::string linked = temp.file("linked.elf");
  link(home, objects, linked);
  return linked;
}

PlaceReport place(mlir::ModuleOp module, const PlaceParams& params) {
  PlaceReport report;
  mlir::PassManager passes(module.getContext());
  passes.addNestedPass<actor::ProgramOp>(create_place_pass(params, &report));
  if (failed(passes.run(module))) throw Reported();
  return report;
}

// Whole or not at all: written beside, then renamed.
void write_file(const std::string& path, std::span<const std::byte> bytes) {
  const std::string beside = path + ".part";
  std::ofstream out(beside, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out || std::rename(beside.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::remove(beside.c_str());
    throw InputError(fmt::format("{}: cannot write: {}", path, why), "-o says where the image goes");
  }
}

std::vector<std::byte> build_image(const std::string& linked, const ManifestContents& manifest,
                                   const Data& data) {
  std::ifstream in(linked, std::ios::binary);
  const std::string elf{std::istreambuf_iterator<char>(in), {}};
  std::vector<NewSection> sections{{abi::kManifestSection, write_manifest(manifest)}};
  if (!data.segments.empty()) sections.push_back({abi::kDataSection, data.bytes});
  return append_sections(std::as_bytes(std::span(elf)), sections);
}

void compile(const Options& options) {
  const FrontDoor door = front_door(options.input);
  const std::string folder = fs::path(options.input).parent_path().string();
  const ChipParams chip = load_chip(options.chip);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<actor::ActorDialect>();
  context.printOpOnDiagnostic(false);
  const DiagnosticPrinter printer(&context);

  // What needs no C++ is checked first: a wrong name shall not cost a compilation.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<std::string> sources{options.input};
  Data data;
  if (door == FrontDoor::mlir) {
    module = import_mlir(context, options.input);
    sources = locate_sources(program_of(*module), folder);
    data = read_data(program_of(*module), folder, chip);
  } else if (!fs::is_regular_file(options.input)) {
    throw InputError(fmt::format("{}: no such file", options.input));
  }

  // Behaviours become code; from here on their entries, signatures and the image's size are known.
  const TempFolder temp(options.keep_temps);
  const std::string linked = compile_and_link(sources, temp);
  const Declarations declarations = read_declarations(ElfFile::read(linked));
  if (door == FrontDoor::cpp) module = import_cpp(context, options.input, declarations);
  actor::ProgramOp program = program_of(*module);
  if (door == FrontDoor::mlir && declarations.program)
    report(program,
           fmt::format("TROUPE_PROGRAM({}) in the C++ of program @{}", declarations.program->name,
                       program.getSymName().str()),
           "the .mlir declares the program; take TROUPE_PROGRAM out, or compile the C++ alone");
  check_behaviours(program, declarations);

  // Every actor gets a core; after this nothing changes the program.
  PlaceParams params{chip.core_columns(), chip.core_rows(), chip.l1.size.count, declarations.image_end, 1};
  const PlaceReport placed = place(*module, params);
  if (options.emit_mlir) {
    program->print(llvm::outs());
    llvm::outs() << "\n";
    llvm::outs().flush();
  }

  const auto image = build_image(linked, lower_to_manifest(program, declarations, data), data);
  write_file(options.output, image);
  if (options.quiet) return;
  fmt::print(stderr, "{}", describe_placement(program, params, placed, chip));
  std::uint64_t data_bytes = 0;
  for (const ManifestSegment& segment : data.segments) data_bytes += segment.bytes;
  fmt::print(stderr, "  {}: {} bytes, {} of them data for DRAM in {} segment{}\n", options.output,
             image.size(), data_bytes, data.segments.size(), data.segments.size() == 1 ? "" : "s");
}

}  // namespace
}  // namespace troupe

int main(int argc, char** argv) {
  troupe::Options options;
  CLI::App app{"Compiles a program of actors to an image."};
  app.name("troupec");
  app.add_option("input", options.input, "an .mlir in the actor dialect, or C++ with TROUPE_PROGRAM")
      ->required();
  app.add_option("-o,--output", options.output, "the image (default: the input's name with .xpu)");
  app.add_option("--chip", options.chip, "preset or .toml file to place for")->capture_default_str();
  app.add_flag("--emit-mlir", options.emit_mlir, "print the placed program");
  app.add_flag("--keep-temps", options.keep_temps, "keep objects and the linked ELF");
  app.add_flag("-q,--quiet", options.quiet, "do not say what was placed where");
  try {
    app.parse(argc, argv);
    if (options.output.empty())
      options.output = std::filesystem::path(options.input).filename().replace_extension(".xpu").string();
    troupe::compile(options);
    return troupe::kExitOk;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "troupec: error: {}\n  hint: troupec --help lists the options\n", error.what());
  } catch (const troupe::InputError& error) {
    fmt::print(stderr, "troupec: error: {}\n", error.what());
    if (!error.hint().empty()) fmt::print(stderr, "  hint: {}\n", error.hint());
  } catch (const troupe::Reported&) {
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "troupec: error: {}\n", error.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "troupec: internal error: {}\n", error.what());
    return troupe::kExitInternal;
  }
  return troupe::kExitUser;
}
