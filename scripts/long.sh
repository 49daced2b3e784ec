#!/usr/bin/env bash
# `make long`: what is too slow for every change. FRONTDESK_EVAL names a folder
# of evaluation data, if there is one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/stage.sh
stage parts bash scripts/parts.sh
stage race make race
stage long go test -tags long -count=1 -timeout 60m ./...
stage fuzz env FUZZTIME=60s bash scripts/fuzz.sh
if [ -n "${FRONTDESK_EVAL:-}" ]; then stage eval bash scripts/eval.sh; fi
