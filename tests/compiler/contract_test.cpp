// Compiler and host agree: what `troupec` accepts, the loader loads, and the other way round.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/host/image.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/check.hpp"
#include "sim/base/config/chip_file.hpp"

using namespace troupe;

namespace {

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("contract_test." + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    return (path / name).string();
  }
};

bool troupec(const std::string& arguments) {
  return std::system((std::string(TROUPEC) + " -q " + arguments + " 2>/dev/null").c_str()) == 0;
}

bool loads(const Image& image, const ChipParams& chip) {
  try {
    plan_load(image, chip);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace

TEST_CASE("hello on the real device runtime is an image that the host loads on every preset") {
  const Folder folder;
  const std::string out = (folder.path / "hello.xpu").string();
  REQUIRE(troupec("programs/hello/hello.cc -o " + out));
  const Image image = load_image(out);
  CHECK(image.name == "hello");
  REQUIRE(image.actors.size() == 1);
  CHECK(image.behaviours[image.actors[0].behaviour].entry >= image.elf.segments()[0].address);
  for (const std::string& name : preset_names()) {
    const LoadPlan plan = plan_load(image, preset(name));
    CHECK(plan.lease.tiles.size() == 1);
    CHECK(plan.entry == image.elf.entry());
  }
}

TEST_CASE("the biggest mailbox that the compiler fits into L1 is the loader's biggest, but for alignment") {
  const Folder folder;
  const std::string small =
      folder.file("small.toml", "base = \"tiny\"\nname = \"small\"\n[l1]\nsize = 98304\n");
  std::filesystem::copy("tests/compiler/lit/inputs/relay.cc", folder.path / "relay.cc");
  const std::string out = (folder.path / "p.xpu").string();
  setenv("TROUPE_HOME", "tests/compiler/home", 1);
  const auto compiles = [&](std::uint64_t slots, const std::string& chip) {
    const std::string program = folder.file("p.mlir", fmt::format(R"(actor.program @p {{
  actor.requires 1 cores
  actor.source "relay.cc"
  actor.actor @a behaviour @count mailbox {} x 64 (1)
  actor.actor @b behaviour @forward mailbox 3 x 512 (@a)
  actor.root @a
}})",
                                                                  slots));
    return troupec(program + " --chip " + chip + " -o " + out);
  };
  std::uint64_t yes = 1, no = 2000;
  REQUIRE(compiles(yes, small));
  REQUIRE_FALSE(compiles(no, small));
  while (no - yes > 1) (compiles((yes + no) / 2, small) ? yes : no) = (yes + no) / 2;
  REQUIRE(compiles(yes, small));
  CHECK(loads(load_image(out), load_chip(small)));
  REQUIRE(compiles(yes + 3, "xpu64"));  // a slot is as big as the alignment; two places round up
  CHECK_FALSE(loads(load_image(out), load_chip(small)));
  unsetenv("TROUPE_HOME");
}
