#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compiler/image/elf_append.hpp"
#include "compiler/image/manifest_writer.hpp"
#include "runtime/host/image.hpp"

using namespace troupe;

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

ManifestContents relay() {
  ManifestContents m;
  m.name = "relay";
  m.cores_required = 3;
  m.root_actor = 1;
  m.behaviours = {{"forward", "ia", 0xA100}, {"count", "ind", 0xA200}};
  m.actors = {
      {"first", 0, 2, 4, 64, 7, {{abi::ArgumentKind::inbox, 0, 0}, {abi::ArgumentKind::address, 0, 1}}},
      {"last",
       1,
       0,
       8,
       128,
       8,
       {{abi::ArgumentKind::inbox, 0, 0},
        {abi::ArgumentKind::integer, 0, static_cast<std::uint64_t>(-5)},
        {abi::ArgumentKind::segment, 0, 1}}}};
  m.edges = {{0, 1, 5, 0}, {1, 0, 4, 0}};
  m.segments = {{"images", 0, 0, 5, 0}, {"labels", 7, 64, 3, 64}};
  return m;
}

// The smallest ELF that the strict reader takes: built by the cross assembler and our stand-in linker script.
std::vector<std::byte> small_elf(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::string out = (folder / "small.elf").string();
  const std::string device = "tests/compiler/home/runtime/device/";
  const std::string command =
      "clang-19 --target=riscv64-unknown-elf -march=rv64gc -nostdlib -fuse-ld=lld-19 -static -T " + device +
      "image.ld " + device + "start.S -o " + out;
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream in(out, std::ios::binary);
  return bytes_of(std::string{std::istreambuf_iterator<char>(in), {}});
}

std::string write(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return path.string();
}

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("image_writer_test." + std::to_string(getpid()));
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("every table of a written image reads back through the host's strict reader") {
  const Folder folder;
  const auto elf = small_elf(folder.path);
  std::vector<std::byte> data = bytes_of("hello");
  data.resize(64);
  for (const std::byte b : bytes_of("abc")) data.push_back(b);
  const NewSection sections[] = {{".troupe", write_manifest(relay())}, {".troupe.data", data}};
  const Image image = load_image(write(folder.path / "relay.xpu", append_sections(elf, sections)));

  CHECK(image.name == "relay");
  CHECK(image.cores_required == 3);
  CHECK(image.root_actor == 1);
  REQUIRE(image.behaviours.size() == 2);
  CHECK(image.behaviours[1].name == "count");
  CHECK(image.behaviours[1].signature == "ind");
  CHECK(image.behaviours[1].entry == 0xA200);
  REQUIRE(image.actors.size() == 2);
  const ImageActor& last = image.actors[1];
  CHECK(last.name == "last");
  CHECK(last.behaviour == 1);
  CHECK(image.actors[0].core == 2);
  CHECK(last.slots == 8);
  CHECK(last.slot_bytes == 128);
  CHECK(last.line == 8);
  REQUIRE(last.arguments.size() == 3);
  CHECK(static_cast<std::int64_t>(last.arguments[1].value) == -5);
  CHECK(image.actors[0].arguments[1].kind == abi::ArgumentKind::address);
  REQUIRE(image.edges.size() == 2);
  CHECK(image.edges[0].credits == 5);
  CHECK(image.edges[1].from == 1);
  REQUIRE(image.segments.size() == 2);
  CHECK(image.segments[1].dram == 7);
  CHECK(image.segments[1].dram_offset == 64);
  CHECK(std::string(reinterpret_cast<const char*>(image.segments[1].bytes.data()), 3) == "abc");
  CHECK(image.segments[0].bytes.size() == 5);
}

TEST_CASE("appended sections move nothing that was there") {
  const Folder folder;
  const auto elf = small_elf(folder.path);
  const NewSection sections[] = {{".troupe.data", bytes_of("payload")}};
  const auto longer = append_sections(elf, sections);
  const ElfFile before = ElfFile::parse("before", elf), after = ElfFile::parse("after", longer);
  CHECK(after.entry() == before.entry());
  REQUIRE(after.segments().size() == before.segments().size());
  CHECK(after.segments()[0].bytes.data() != before.segments()[0].bytes.data());
  CHECK(std::ranges::equal(after.segments()[0].bytes, before.segments()[0].bytes));
  CHECK(after.symbol("__image_end")->address == before.symbol("__image_end")->address);
  REQUIRE(after.section(".troupe.data"));
  CHECK(after.section(".troupe.data")->size() == 7);
  CHECK_FALSE(before.section(".troupe.data"));
  CHECK(std::equal(elf.begin() + 64, elf.end(), longer.begin() + 64));  // all but the ELF header
}

TEST_CASE("a manifest is the same bytes for the same program, 8-byte aligned") {
  const auto a = write_manifest(relay()), b = write_manifest(relay());
  CHECK(a == b);
  CHECK(a.size() % 8 == 0);
  abi::ManifestHeader header;
  std::memcpy(&header, a.data(), sizeof header);
  for (const abi::Table t :
       {header.behaviours, header.actors, header.edges, header.segments, header.arguments, header.strings})
    CHECK(t.offset % 8 == 0);
  CHECK(header.bytes == a.size());
}
