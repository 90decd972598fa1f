#!/usr/bin/env bash
# Prints the project's figures, one a line: `name value unit`. Each benchmark checks its answer before it prints.
# usage: run.sh [AREA...], areas: isa noc fashion runtime savina mapreduce run; none = all. Speeds are user CPU time of one host core.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/release
areas=("$@")
[ ${#areas[@]} -gt 0 ] || areas=(isa noc fashion runtime savina mapreduce run)

# median FILE: the middle of the numbers in it
median() { sort -g "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

bench_isa() {
  "$build/tests/isa_bench"
  "$build/tests/core_error"
}

bench_noc() {
  "$build/tests/noc_bench"
  "$build/tests/replay_bench"
}

bench_fashion() {
  local image=$build/bench-fashion.xpu out wall
  "$build/troupe" compile programs/fashion/fashion.mlir -o "$image" --quiet
  local TIMEFORMAT=%R
  out=$(mktemp)
  wall=$({ time "$build/troupe" run "$image" >"$out"; } 2>&1)
  diff <(grep -E '^(accuracy|classes)' "$out") programs/fashion/expected.txt >&2 || {
    echo "fashion: the answer differs from programs/fashion/expected.txt" >&2
    exit 1
  }
  sed -nE 's/^accuracy ([0-9.]+)%.*/fashion.accuracy \1 percent/p' "$out"
  echo "fashion.wall $wall s"
  sed -nE 's/^program .*: ([0-9]+) cycles.*/fashion.cycles \1 cycles/p' "$out"
  sed -nE 's/.*: ([0-9.]+) MIPS$/fashion.speed \1 MIPS/p' "$out"
  rm "$out"
}

bench_runtime() {
  python3 tests/programs/runtime_figures_test.py "$build" bench
}

bench_savina() {
  python3 tests/programs/savina_test.py "$build" bench
}

bench_mapreduce() {
  python3 tests/programs/mapreduce_test.py "$build" bench
}

bench_run() {
  local image=$build/bench-hello.xpu times
  "$build/troupe" compile programs/hello/hello.cc -o "$image" --quiet
  times=$(mktemp)
  local TIMEFORMAT=%R
  for _ in 1 2 3 4 5; do { time "$build/troupe" run --quiet "$image" >/dev/null; } 2>>"$times"; done
  echo "run.startup $(median "$times") s"
  rm "$times"
}

for area in "${areas[@]}"; do
  case $area in
    isa | noc | fashion | runtime | savina | mapreduce | run) "bench_$area" ;;
    *) echo "bench: unknown area '$area'; areas are isa, noc, fashion, runtime, savina, mapreduce, run" >&2 && exit 2 ;;
  esac
done
