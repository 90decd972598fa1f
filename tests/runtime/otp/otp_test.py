"""Supervisors on the chip do what Erlang/OTP's do: each scenario's lines against what it printed.

usage: otp_test.py BUILD_FOLDER NAME..., NAME.txt in this folder, from the root of the repository
"""
import pathlib
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
FOLDER = pathlib.Path("tests/runtime/otp")

PROGRAM = """#include "troupe.hpp"
extern const char* const scenario_text;
#include "tests/runtime/otp/scenarios.hpp"

using namespace troupe;

const char* const scenario_text = R"scenarios({text})scenarios";

using otp::scenario_supervisor, otp::worker;
TROUPE_BEHAVIOUR(scenario_supervisor);
TROUPE_BEHAVIOUR(worker);

actor root() {{
  const auto [driver, reference] = co_await spawn_monitor<otp::scenarios>(otp::Cores{{0, {core}}}, on(0));
  co_await next_down();
}}
TROUPE_PROGRAM(root, requires_cores(2));
"""


def compare(name, core, folder):
    """What differs first, or None."""
    text = (FOLDER / f"{name}.txt").read_text()
    source, image = folder / "program.cc", folder / "program.xpu"
    source.write_text(PROGRAM.format(text=text, core=core))
    made = subprocess.run([BUILD / "troupe", "compile", source, "-o", image], capture_output=True, text=True)
    if made.returncode != 0:
        return f"does not compile:\n{made.stderr}"
    done = subprocess.run([BUILD / "troupe", "run", "--quiet", image], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        return f"exit {done.returncode}\n{done.stderr}"
    here, there = done.stdout.splitlines(), (FOLDER / f"{name}.golden").read_text().splitlines()
    scenario = ""
    for number, line in enumerate(there):
        scenario = line if line.startswith("> scenario") else scenario
        if number >= len(here) or here[number] != line:
            found = here[number] if number < len(here) else "nothing more"
            return f"{scenario}\nline {number + 1}: {found}\nOTP: {line}"
    return None if len(here) == len(there) else f"more than OTP: {here[len(there)]}"


def main():
    failed = 0
    for name in sys.argv[2:]:
        for core in (0, 1):
            with tempfile.TemporaryDirectory() as folder:
                difference = compare(name, core, pathlib.Path(folder))
            failed += difference is not None
            print(f"{name}, supervisors on core {core}: {difference or 'as in OTP'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
