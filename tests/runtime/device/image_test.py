"""Images as troupec makes them from C++: their layout, and the front README's first program, word for word.

usage: image_test.py BUILD_FOLDER, from the root of the repository
"""
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])


def compile_program(source, folder):
    image = pathlib.Path(folder) / "program.xpu"
    done = subprocess.run([BUILD / "troupec", source, "-o", image], capture_output=True, text=True)
    assert done.returncode == 0, f"{source} does not compile:\n{done.stdout}{done.stderr}"
    return image


def readelf(*arguments):
    return subprocess.run(["llvm-readelf-19", *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def check_layout(image):
    assert re.search(r"Entry point address:\s+0xA000", readelf("-h", image)), "the entry is not at kImageBase"
    segments = re.findall(r"LOAD\s+\S+ (0x\S+) \S+ \S+ (0x\S+) (R[ W][ E])", readelf("-lW", image))
    assert [s[2] for s in segments] == ["R E", "RW "], f"segments {segments}"
    text_end = int(segments[0][0], 16) + int(segments[0][1], 16)
    data = int(segments[1][0], 16)
    assert data % 4096 == 0 and data >= text_end, "text and data share a page"
    symbols = {line.split()[-1]: int(line.split()[1], 16)
               for line in readelf("-sW", image).splitlines() if re.match(r"\s+\d+:", line)}
    for name in ("troupe_actors", "__image_end", "__stack_top", "__troupe_behaviours", "__troupe_program"):
        assert name in symbols, f"no symbol {name}"
    assert not any(name.startswith(".L") for name in symbols), "local labels in the symbol table"


def check_readme(folder):
    text = pathlib.Path("README.md").read_text()
    program = re.search(r"```cpp\n(.*?)```", text, re.S).group(1)
    assert len(program.splitlines()) < 40
    source = pathlib.Path(folder) / "first.cc"
    source.write_text(program)
    image = compile_program(source, folder)
    promised = re.search(r"It prints `([^`]+)`", text).group(1)
    done = subprocess.run([BUILD / "troupe", "run", "--quiet", image], capture_output=True, text=True)
    assert done.stdout == promised + "\n", f"printed {done.stdout!r}, the README says {promised!r}: {done.stderr}"


ROOT_SLOTS = '''
#include "troupe.hpp"
using namespace troupe;
actor source(Address<int> to) {
  for (int i = 0; i < 40; ++i) co_await to.send(i);
}
TROUPE_BEHAVIOUR(source);
actor wide(Inbox<int, 40> in) {
  co_await spawn<source>(in.address(), on(1));
  co_await sleep_for(100000);
  int waiting = 0;
  for (const int m : co_await in.batch()) waiting += m >= 0;
  print("{}", waiting);
}
TROUPE_PROGRAM(wide, requires_cores(2));
'''


def check_root_slots(folder):
    source = pathlib.Path(folder) / "wide.cc"
    source.write_text(ROOT_SLOTS)
    done = subprocess.run([BUILD / "troupe", "run", "--quiet", compile_program(source, folder)],
                          capture_output=True, text=True)
    assert done.stdout == "40", f"a root whose Inbox asks for 40 slots had {done.stdout!r}: {done.stderr}"


with tempfile.TemporaryDirectory() as temporary:
    check_layout(compile_program("programs/hello/hello.cc", temporary))
    check_readme(temporary)
    compile_program("programs/racy/racy.cc", temporary)
    check_root_slots(temporary)
