#include "compiler/toolchain/clang.hpp"

#include <fmt/core.h>
#include <llvm/Support/Program.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr char kClang[] = "clang++-19";

struct Job {
  std::string source, object, messages;
  llvm::sys::ProcessInfo process;
  int result = 0;
};

void start(Job& job, const std::string& clang, const Home& home) {
  std::vector<std::string> words{kClang};
  words.insert(words.end(), home.flags.begin(), home.flags.end());
  // Neither the repository's place nor the working folder shall be seen in an image.
  words.push_back("-ffile-prefix-map=" + home.root + "/=");
  words.push_back("-fdebug-compilation-dir=.");
  words.push_back("-Wno-unused-command-line-argument");  // the flags are for C++; assembly takes them too
  words.insert(words.end(), {"-c", job.source, "-o", job.object});
  const std::vector<llvm::StringRef> arguments(words.begin(), words.end());
  const std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(), llvm::StringRef(job.messages),
                                                      llvm::StringRef(job.messages)};
  std::string error;
  bool failed = false;
  job.process = llvm::sys::ExecuteNoWait(clang, arguments, std::nullopt, redirects, 0, &error, &failed);
  if (failed) throw InputError(fmt::format("cannot run {}: {}", clang, error));
}

void finish(Job& job) {
  job.result = llvm::sys::Wait(job.process, std::nullopt).ReturnCode;
}

void print_messages(const Job& job) {
  std::ifstream in(job.messages);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

std::vector<std::string> compile_sources(const Home& home, std::span<const std::string> sources,
                                         const TempFolder& temp) {
  const auto clang = llvm::sys::findProgramByName(kClang);
  if (!clang) throw InputError(fmt::format("{} is not on the PATH", kClang), "install Debian's clang-19");
  std::vector<Job> jobs;
  std::vector<std::string> objects;
  for (const std::string& source : sources) {
    const std::string stem =
        fmt::format("{:02}_{}", jobs.size(), std::filesystem::path(source).stem().string());
    jobs.push_back({source, temp.file(stem + ".o"), temp.file(stem + ".txt"), {}, 0});
    objects.push_back(jobs.back().object);
  }
  const std::size_t at_a_time = std::max(1u, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (i >= at_a_time) finish(jobs[i - at_a_time]);
    start(jobs[i], *clang, home);
  }
  for (std::size_t i = jobs.size() > at_a_time ? jobs.size() - at_a_time : 0; i < jobs.size(); ++i)
    finish(jobs[i]);

  for (const Job& job : jobs) print_messages(job);
  for (const Job& job : jobs)
    if (job.result != 0)
      throw InputError(fmt::format("{}: does not compile", job.source), "clang's messages are above");
  return objects;
}

}  // namespace troupe
