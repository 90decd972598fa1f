"""The host's side of programs/fashion: what its expected answer and its weights come from.

usage: fashion_test.py BUILD_FOLDER reference|weights, from the root of the repository
reference: expected.txt is what fashion_reference prints. weights: training gives weights.bin again, byte for byte.
"""
import pathlib
import subprocess
import sys
import tempfile

BUILD, WHAT = pathlib.Path(sys.argv[1]), sys.argv[2]
FASHION = pathlib.Path("programs/fashion")

if WHAT == "reference":
    done = subprocess.run([BUILD / "fashion_reference", FASHION / "weights.bin"], capture_output=True, text=True, check=True)
    expected = (FASHION / "expected.txt").read_text()
    assert done.stdout == expected, f"fashion_reference prints\n{done.stdout}expected.txt says\n{expected}"
    accuracy = float(expected.split()[1].rstrip("%"))
    assert accuracy >= 86, f"accuracy {accuracy}%"
else:
    with tempfile.TemporaryDirectory() as folder:
        trained = pathlib.Path(folder) / "weights.bin"
        subprocess.run([BUILD / "fashion_train", trained], check=True)
        assert trained.read_bytes() == (FASHION / "weights.bin").read_bytes(), "training gives other weights"
