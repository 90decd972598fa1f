#include "compiler/toolchain/link.hpp"

#include <fmt/core.h>
#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>

#include <vector>

#include "sim/base/check.hpp"

LLD_HAS_DRIVER(elf)

namespace troupe {

void link(const Home& home, std::span<const std::string> objects, const std::string& output) {
  std::vector<const char*> words{"ld.lld",
                                 "-nostdlib",
                                 "-static",
                                 "--gc-sections",
                                 "--discard-locals",
                                 "--color-diagnostics=never",
                                 "-T",
                                 home.linker_script.c_str(),
                                 "-o",
                                 output.c_str()};
  for (const std::string& object : objects) words.push_back(object.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  const lld::Result result = lld::lldMain(words, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0) return;
  // The first line is the cause, `>>>` lines behind it say where.
  std::string hint;
  const std::size_t line_end = said.find('\n');
  if (const std::size_t where = said.find(">>> "); where != std::string::npos)
    hint = said.substr(where + 4, said.find('\n', where) - where - 4);
  throw InputError("link: " + said.substr(0, line_end), hint);
}

}  // namespace troupe
