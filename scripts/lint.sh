#!/usr/bin/env bash
# Formatting and vet always; golangci-lint where it is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unformatted=$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)
if [ -n "$unformatted" ]; then
  echo "not gofmt-ed:" && echo "$unformatted" && exit 1
fi
go vet ./...
if command -v golangci-lint >/dev/null; then golangci-lint run; fi
