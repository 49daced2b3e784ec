#!/usr/bin/env bash
# Every fuzz target of the repository, FUZZTIME each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
time=${FUZZTIME:-5s}
files=$(git ls-files -co --exclude-standard '*_test.go' | xargs grep -l '^func Fuzz' | sort)
count=0
for file in $files; do
  for target in $(grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | cut -d' ' -f2); do
    dir=$(dirname "$file")
    if ! out=$(go test "./$dir" -run '^$' -fuzz "^$target\$" -fuzztime "$time" </dev/null 2>&1); then
      echo "-- $target in $dir failed" && echo "$out" && exit 1
    fi
    count=$((count + 1))
    echo "-- $target in $dir: $(echo "$out" | tail -1)"
  done
done
echo "$count fuzz targets"
[ "$count" -gt 0 ]
