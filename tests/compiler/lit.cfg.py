"""The compiler's golden tests: a program above, what the tools say of it below."""
import os

import lit.formats

config.name = "compiler"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["inputs"]
config.test_source_root = os.path.join(config.source_dir, "lit")
config.test_exec_root = os.path.join(config.binary_dir, "lit")
config.environment["TROUPE_HOME"] = os.path.join(config.source_dir, "home")
config.environment["PATH"] = os.pathsep.join([config.tools_dir, os.environ["PATH"]])
for name in ("HOME", "TMPDIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.substitutions.append(("%refuses", "sh %inputs/expect_exit.sh 2 troupec"))
config.substitutions.append(("%inputs", os.path.join(config.test_source_root, "inputs")))
for tool in ("FileCheck", "not", "split-file", "llvm-readelf", "llvm-objdump"):
    config.substitutions.append((rf"(?<![-/\w]){tool}(?![-\w])", tool + "-19"))
