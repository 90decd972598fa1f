"""What is compiled for one level of the host shares no function with the rest.

A function that is weak (a template or inline function that was not inlined) is merged by the linker with those of the
same name; if one compiled for AVX-512 were kept for all, hosts without it would die. So every function of these objects
that the linker can see is named after the namespace of its level (isa/host_level.hpp).

usage: levels_apart.py LLVM-NM LEVEL OBJECT...
"""
import subprocess
import sys

nm, level, objects = sys.argv[1], sys.argv[2], sys.argv[3:]
listed = subprocess.run([nm, "--defined-only", "--extern-only", *objects], check=True,
                        capture_output=True, text=True).stdout
# In a mangled name: of the namespace, or made of something of it. (llvm-nm-19 demangles not all of them.)
MANGLED = f"6troupe3isa{len(level)}{level}"
inside, offences, where = 0, [], ""
for line in listed.splitlines():
    if line.endswith(":"):
        where = line
        continue
    parts = line.split(" ", 2)  # address, kind, name
    if len(parts) < 3 or parts[1] not in "TW":  # functions
        continue
    name = parts[2]
    if MANGLED in name:
        inside += 1
    else:
        offences.append(f"{where} {name}")
for offence in offences:
    print(f"levels: {level}: not in namespace {level}: {offence}")
print(f"levels: {level}: {inside} functions in {len(objects)} objects")
sys.exit(1 if offences or inside == 0 else 0)
