#include "tests/chip/device_program.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/scratch_folder.hpp"

namespace troupe::test {
namespace {

// The device's compiler flags, for a shell (runtime/device/flags.txt; # begins a comment).
std::string device_flags() {
  const std::string root = std::filesystem::current_path();
  std::ifstream in("runtime/device/flags.txt");
  REQUIRE_MESSAGE(in.good(), "run this test from the root of the repository");
  std::string flags, line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    for (std::size_t at; (at = line.find("${ROOT}")) != std::string::npos;) line.replace(at, 7, root);
    flags += " '" + line + "'";
  }
  return flags;
}

}  // namespace

Image device_program(const std::string& name, std::uint32_t cores, std::uint32_t slots,
                     std::uint32_t slot_bytes, std::uint32_t credits) {
  const ScratchFolder scratch;
  const std::string elf = scratch.file(name);
  const std::string command = fmt::format(
      "clang-19{} -O2 -nostdlib -fuse-ld=lld -Wl,--build-id=none -Wl,-T,runtime/device/image.ld "
      "tests/chip/programs/{}.cpp -o {}",
      device_flags(), name, elf);
  REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command);
  Image image;
  image.path = name;
  image.elf = ElfFile::read(elf);
  image.name = name;
  image.cores_required = cores;
  image.image_end = image.elf.symbol("__image_end")->address;
  image.behaviours.push_back({name, "", image.elf.entry()});
  for (std::uint32_t i = 0; i < cores; ++i) {
    ImageActor actor{fmt::format("actor{}", i), 0, i, slots, slot_bytes, 0, {}};
    for (std::uint32_t j = 0; j < cores; ++j) actor.arguments.push_back({abi::ArgumentKind::address, 0, j});
    image.actors.push_back(actor);
    for (std::uint32_t j = 0; j < cores; ++j)
      if (i != j) image.edges.push_back({i, j, credits, 0});
  }
  return image;
}

Run run(const Image& image, const ChipParams& chip, RunOptions options) {
  Run run;
  options.print = [&](std::string_view text) { run.printed += text; };
  Recorder recorder("");
  run.result = simulate(image, plan_load(image, chip), chip, options, recorder);
  recorder.finish(run.result.info);
  run.hash = recorder.hash().text();
  return run;
}

}  // namespace troupe::test
