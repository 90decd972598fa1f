"""The include rules of the tree: who may include whom, and one home for each package.

Also: every line of a chip preset carries its source. `layering_test.py` exits 1 and names each offence.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# folder -> folders of ours that it may include (itself always). The longest matching folder counts.
MAY_INCLUDE = {
    "sim/base": [],
    "isa": ["sim/base"],
    "noc": ["sim/base", "runtime/abi"],
    "waveforms": ["sim/base"],
    "runtime/abi": [],
    "runtime/device": ["runtime/abi"],
    "runtime/host": ["runtime/abi", "sim/base"],
    "compiler/placement": ["sim/base"],
    "compiler": ["compiler/placement", "runtime/abi", "sim/base"],
    "sim/chip": ["isa", "noc", "runtime/host", "runtime/abi", "sim/base"],
    "sim/cli": ["sim/chip", "sim/base", "isa", "noc", "runtime/host", "runtime/abi", "waveforms"],
    "programs": ["runtime/device", "runtime/abi", "sim/base"],
    "tests": None,  # may include anything
}

# how an include of a package begins -> folders that may have it (tests always may)
PACKAGE_HOME = {
    r"systemc|tlm|sysc/": ["sim/chip"],
    r"verilated": ["noc/rtl"],
    r"mlir/|llvm/|lld/": ["compiler"],
    r"boost/": ["compiler/placement"],
    r"CLI/": ["sim/cli", "compiler"],
    r"elfutils/|dwarf\.h|libelf\.h|gelf\.h": ["sim/cli"],
    r"toml\+\+/|nlohmann/|yaml-cpp/": ["sim/base/config"],
    r"zstd|sqlite3": ["waveforms"],
    r"doctest": [],
}
# compiler's packages that its subfolder placement must not see, and the mains that may have CLI11
NOT_IN = {"compiler/placement": r"mlir/|llvm/|lld/"}
ONLY_IN_MAIN = r"CLI/"


def files():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.hpp", "*.h"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return [f for f in listed if (ROOT / f).exists()]


def folder_of(path):
    inside = [f for f in MAY_INCLUDE if path.startswith(f + "/")]
    return max(inside, key=len) if inside else None


def include_offences(path):
    home = folder_of(path)
    if home is None or home == "tests":
        return
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        name = found.group(1)
        target = folder_of(name)
        if target and target != home and target not in MAY_INCLUDE[home]:
            yield f"{path}:{number}: {home} must not include {target} ({name})"
        for package, homes in PACKAGE_HOME.items():
            if not re.match(package, name):
                continue
            if not any(path.startswith(h + "/") for h in homes):
                yield f"{path}:{number}: {name} belongs to {', '.join(homes) or 'tests'}"
            if home in NOT_IN and re.match(NOT_IN[home], name):
                yield f"{path}:{number}: {home} must not see {name}"
            if re.match(ONLY_IN_MAIN, name) and not re.search(r"(main|_command|commands|opt)\.(cpp|hpp)$", path):
                yield f"{path}:{number}: {name} belongs to the mains"


def preset_offences(path, at_least):
    inside = False
    seen = 0
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        if "// end preset-lines" in line:
            inside = False
        elif "// preset-lines" in line:
            inside = True
        elif inside and line.strip():
            seen += 1
            if not re.search(r";\s*// (source|fitted|assumed): \S", line):
                yield f"{path}:{number}: no source:, fitted: or assumed: for this number"
        elif re.search(r"\bp\.[a-z_.]+ = ", line):
            yield f"{path}:{number}: a preset's number outside its preset-lines"
    if seen < at_least:
        yield f"{path}: only {seen} preset lines found, expected at least {at_least}"


def main():
    offences = [o for f in files() for o in include_offences(f)]
    offences += preset_offences("sim/base/presets.cpp", 25)
    offences += preset_offences("sim/base/core_presets.cpp", 80)
    for offence in offences:
        print(offence)
    print(f"{len(files())} files read, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
