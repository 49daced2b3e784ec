#!/usr/bin/env bash
# Measured quality on the data in FRONTDESK_EVAL; docs/quality.md has the figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${FRONTDESK_EVAL:?set it to the folder with the evaluation data}"
export FRONTDESK_EVAL
go test -tags eval -count=1 -v -timeout 60m -run 'Eval|Quality' ./core/... ./knowledge/... ./cmd/internal/evals ./cmd/knowledge-cli ./scripts/packmodel
