#include "tests/isa/differential/machines.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "isa/csr.hpp"
#include "isa/engine.hpp"
#include "tests/scratch_folder.hpp"

namespace troupe::isa::differential {
namespace {

constexpr const char* kQemu =
    "qemu-riscv64 -cpu rv64,v=true,vlen=512,elen=64,vext_spec=v1.0,zba=true,zbb=true,zbs=true,Zfh=true ";

constexpr const char* kQemuSystem =
    "timeout 60 qemu-system-riscv64 -M virt,memory-backend=ram -smp 1,maxcpus=2 -accel tcg,thread=multi "
    "-bios none "
    "-display none "
    "-serial none -monitor none -no-reboot -cpu "
    "rv64,s=false,mmu=false,pmp=false,h=false,debug=false,sstc=false,v=true,vlen=512,elen=64,vext_spec=v1.0,"
    "zba=true,"
    "zbb=true,zbc=false,zbs=true,Zfh=false ";

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

namespace {

// The states that the harness finished, one behind the other from `results` on.
std::vector<std::byte> finished_states(const std::byte* results, std::size_t calls) {
  const std::size_t done = StateLayout(Profile::traps).machine + 8 * kMachineDone;
  std::size_t n = 0;
  while (n < calls && results[n * kTrapStateBytes + done] != std::byte{0}) ++n;
  return {results, results + n * kTrapStateBytes};
}

}  // namespace

Outcome run_engine(const TrapImage& image, HostLevel level) {
  CoreParams core = preset("xpu64").core;
  core.vlen = Bits{std::uint64_t{kVlenBytes} * 8};
  std::vector<std::byte> memory = image.memory;
  memory.resize(kTrapMemoryBytes);
  const auto engine = make_engine(core, {.level = level});
  Hart hart;
  reset(hart,
        {.data = memory.data(),
         .base = kTrapBase,
         .size = memory.size(),
         .device_begin = kExitDevice,
         .device_end = kTimerCompare + 8},
        nullptr, kTrapBase, 0, 0);
  Outcome outcome;
  for (bool running = true; running;) {
    const Stop stop = engine->run(hart, Cycle{1} << 40);
    const DeviceAccess& access = hart.pending;
    if (stop == Stop::device && access.store && access.address == kTimerCompare) {
      hart.timer_deadline = access.value == 0 ? 0 : kNever;
      engine->complete(hart, 0, hart.cycle, 1);
      continue;
    }
    running = false;
    if (stop == Stop::device && access.store && access.address == kExitDevice) continue;
    outcome.end = stop == Stop::unhandled_trap       ? trap_text(hart)
                  : stop == Stop::wait_for_interrupt ? fmt::format("wfi for nothing at {:#x}", hart.pc - 4)
                                                     : fmt::format("stopped at pc {:#x}", hart.pc);
  }
  outcome.states = finished_states(memory.data() + image.results, image.calls);
  return outcome;
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

bool have_qemu_system() {
  return std::system("command -v qemu-system-riscv64 >/dev/null 2>&1") == 0;
}

// The guest's memory is a file, before and after.
Outcome run_qemu(const TrapImage& image) {
  const test::ScratchFolder folder;
  const std::string path = folder.file("memory");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(image.memory.data()),
             static_cast<std::streamsize>(image.memory.size()));
  std::filesystem::resize_file(path, kTrapMemoryBytes);
  const int status =
      std::system(fmt::format("{} -m {}M -object memory-backend-file,id=ram,size={}M,mem-path={},share=on "
                              ">/dev/null 2>&1",
                              kQemuSystem, kTrapMemoryBytes >> 20, kTrapMemoryBytes >> 20, path)
                      .c_str());
  Outcome outcome;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    outcome.end = WIFEXITED(status) && WEXITSTATUS(status) == 124
                      ? "QEMU: no end after 60 s"
                      : fmt::format("QEMU: status {:#x}", static_cast<unsigned>(status));
  std::vector<std::byte> results(image.calls * kTrapStateBytes);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(image.results));
  file.read(reinterpret_cast<char*>(results.data()), static_cast<std::streamsize>(results.size()));
  if (!file) throw std::runtime_error("cannot read " + path);
  outcome.states = finished_states(results.data(), image.calls);
  return outcome;
}

}  // namespace troupe::isa::differential
