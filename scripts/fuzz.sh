#!/usr/bin/env bash
# Every fuzz target of the repository, FUZZTIME each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
time=${FUZZTIME:-5s}
git ls-files -co --exclude-standard '*_test.go' | xargs grep -l '^func Fuzz' | sort | while read -r file; do
  grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | cut -d' ' -f2 | while read -r target; do
    echo "-- $target in $(dirname "$file")"
    go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" </dev/null | tail -1
  done
done
