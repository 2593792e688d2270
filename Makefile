# Run `make` for the list of targets.

.DEFAULT_GOAL := help
.PHONY: help run test lint format build bench bench-push install clean

# What `make run` starts; ONCE=1 ends it after the summary.
RUN := .build/release/orders run --strict

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and run 830 orders through Stepstream and a Redis of its own (ONCE=1: end after the summary)
	@scripts/install run
	swift build -c release --product stepstream
	swift build -c release --product orders
	$(RUN)

test: ## The gate: lint, imports, docs, build with warnings as errors, all tests
	@scripts/gate

lint: ## Check the format and the documentation comments
	@scripts/lint

format: ## Format in place
	@scripts/lint --fix

build: ## Debug build of everything, tests too
	swift build --build-tests

bench: ## Run the benchmarks (a release build)
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench

bench-push: ## Measure what watching costs (a release build, Python)
	swift build -c release --product stepstream
	Benchmarks/push.py

install: ## Install with apt what running and testing need and is missing
	@scripts/install test

clean: ## Remove what was built; var/ with its data stays
	swift package clean
