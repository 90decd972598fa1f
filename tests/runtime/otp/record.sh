#!/usr/bin/env bash
# Records the goldens anew with Erlang/OTP (Debian's erlang-base): what its supervisors do in each scenario.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
erlc -Werror -o "$work" scenarios.erl
# One scheduler, so that who is woken first also runs first.
for name in scenarios random; do
  erl +S 1 -noshell -pa "$work" -eval "scenarios:main([\"$name.txt\", \"$name.golden\"])"
done
