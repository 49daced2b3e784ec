#!/usr/bin/env bash
# `make test`: parts, lint, build, tests, the race detector where goroutines
# meet, short fuzzing, the sample bot's conversations.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/stage.sh

# Where goroutines meet; the rest is covered by `make race`.
concurrent=(./core/... ./channels/... ./admin/... ./knowledge/...)

build() { CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/...; }
conversations() { bin/frontdesk test configs/bots/shop; }

stage parts bash scripts/parts.sh
stage lint bash scripts/lint.sh
stage build build
stage tests go test -timeout 20m ./...
# Left to the stage before: the browsers, and a child process whose memory limit
# the detector's own memory would meet first.
stage race env CGO_ENABLED=1 go test -race -timeout 20m -skip 'Browser|TestChildThatMisbehaves' "${concurrent[@]}"
stage fuzz bash scripts/fuzz.sh
stage conversations conversations
echo "== all in $((SECONDS / 60))m$((SECONDS % 60))s"
