#include "tests/isa/differential/machines.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "isa/csr.hpp"
#include "isa/engine.hpp"

namespace troupe::isa::differential {
namespace {

constexpr const char* kQemu =
    "qemu-riscv64 -cpu rv64,v=true,vlen=512,elen=64,vext_spec=v1.0,zba=true,zbb=true,zbs=true,Zfh=true ";

constexpr std::uint64_t kWrite = 64;

// A file that goes with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::vector<std::byte>& bytes)
      : path_((std::filesystem::temp_directory_path() / "troupe-differential-XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file < 0) throw std::runtime_error("mkstemp " + path_);
    const ssize_t written = write(file, bytes.data(), bytes.size());
    fchmod(file, 0700);  // QEMU asks for an executable file
    close(file);
    if (written != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("cannot write " + path_);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

Outcome run_engine(const Image& image, HostLevel level) {
  CoreParams core = preset("xpu64").core;
  core.vlen = Bits{std::uint64_t{kVlenBytes} * 8};
  std::vector<std::byte> memory = image.memory;
  const ElfFile elf = ElfFile::parse("differential", image.elf);
  const auto engine = make_engine(core, {.level = level});
  Hart hart;
  reset(hart, {.data = memory.data(), .base = kImageBase, .size = memory.size()}, make_code_space(elf),
        kImageBase, 0, 0);
  hart.csr.mstatus = kStatusFs | kStatusVs;
  Outcome outcome;
  for (;;) {
    const Stop stop = engine->run(hart, kNever);
    if (stop == Stop::not_modelled) {
      outcome.end = fmt::format("not modelled: {}", not_modelled_text(hart));
      return outcome;
    }
    if (stop != Stop::unhandled_trap || hart.trap.cause != static_cast<std::uint64_t>(Cause::ecall_m)) {
      outcome.end = trap_text(hart);
      return outcome;
    }
    if (hart.x[17] != kWrite) return outcome;
    const std::byte* from = memory.data() + (hart.x[11] - kImageBase);
    outcome.states.insert(outcome.states.end(), from, from + hart.x[12]);
    hart.x[10] = hart.x[12];
    hart.pc += 4;
  }
}

bool have_qemu() {
  return std::system("command -v qemu-riscv64 >/dev/null 2>&1") == 0;
}

Outcome run_qemu(const Image& image) {
  const TemporaryFile file(image.elf);
  std::FILE* pipe = popen((kQemu + file.path() + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start qemu-riscv64");
  Outcome outcome;
  std::vector<std::byte> buffer(1 << 20);
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.states.insert(outcome.states.end(), buffer.begin(),
                          buffer.begin() + static_cast<std::ptrdiff_t>(n));
  const int status = pclose(pipe);
  if (WIFSIGNALED(status))
    outcome.end = fmt::format("QEMU: signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  else if (WEXITSTATUS(status) > 128)
    outcome.end =
        fmt::format("QEMU: signal {} ({})", WEXITSTATUS(status) - 128, strsignal(WEXITSTATUS(status) - 128));
  else if (WEXITSTATUS(status) != 0)
    outcome.end = fmt::format("QEMU: exit code {}", WEXITSTATUS(status));
  return outcome;
}

}  // namespace troupe::isa::differential
