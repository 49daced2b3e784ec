# frontdesk: the two commands one needs are `make run` and `make test`.
GO ?= go

.PHONY: run build test long race lint fuzz eval bench parts

run: ## the demo: a sample shop, nothing to set up
	$(GO) run ./cmd/frontdesk demo

build: ## both programs, static, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/ ./cmd/...

test: ## everything that must pass before a change lands
	@bash scripts/test.sh

long: ## soaks, full evaluations, long fuzzing: an hour
	@bash scripts/long.sh

# The one left out limits a child's memory, which the detector's own would meet first.
race: ## all Go tests under the race detector
	CGO_ENABLED=1 $(GO) test -race -skip TestChildThatMisbehaves ./...

lint: ## formatting, vet, and golangci-lint if it is installed
	@bash scripts/lint.sh

fuzz: ## every fuzz target for FUZZTIME (5s)
	@bash scripts/fuzz.sh

eval: ## measured quality on the data in FRONTDESK_EVAL
	@bash scripts/eval.sh

bench: build ## the gateway against a bare echo server
	bin/frontdesk bench floor --users 64

parts: ## what tests need beyond Go: a browser, and other implementations to test against
	@bash scripts/parts.sh
