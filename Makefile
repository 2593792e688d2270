# Run `make` for the list of targets.

.DEFAULT_GOAL := help
.PHONY: help run test lint format build bench bench-growth soak-bench bench-push bench-pages bench-peers instructions instructions-accept chaos soak mutants histories screenshots documentation install clean

# What `make run` starts; ONCE=1 ends it after the summary, CHAOS=1 kills Stepstream five times meanwhile.
RUN := .build/release/orders run --strict

# A debug build: only that has failpoints, at which the program dies, and faults that can be planted.
LAB := .build/debug/stepstream-lab

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and run 830 orders on a Redis of its own (ONCE=1: end after the summary; CHAOS=1: with kills)
	@scripts/install run
	swift build -c release --product stepstream
	swift build -c release --product orders
	$(RUN)

test: ## Run the gate: lint, imports, docs, build with warnings as errors, all tests
	@scripts/gate

lint: ## Check format and documentation comments
	@scripts/lint

format: ## Format all Swift files in place
	@scripts/lint --fix

build: ## Build everything for debugging, tests included
	swift build --build-tests

bench: ## Run the benchmarks and write table and plot into docs/performance.md (release build, wrk; ten minutes)
	@scripts/install bench
	swift build -c release --product stepstream
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench --page docs/performance.md --plot docs/pictures/performance.svg --results .build/benchmark.json

bench-growth: ## Measure drains with growing backlogs, queues and consumers (release build; 1 GB for Redis)
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench growth

soak-bench: ## Run at half of the machine's capacity for MINUTES (60), and report what grows (release build)
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench soak --minutes $(or $(MINUTES),60)

bench-push: ## Measure what watchers and webhooks cost (release build, Python)
	swift build -c release --product stepstream
	Benchmarks/push.py

bench-pages: ## Measure the dashboard with a million operations (release build, Python, 1.5 GB)
	swift build -c release --product stepstream
	Benchmarks/pages.py

bench-peers: ## Compare with seven other job systems on Redis (release build; PyPI, Debian; half an hour)
	swift build -c release --product stepstream-bench
	Benchmarks/peers.py

instructions: ## Count the instructions of an operation and of a request, as the gate does (release build, valgrind)
	@scripts/install test
	swift build -c release --product stepstream-bench
	Benchmarks/instructions.py

instructions-accept: ## Count, and accept the counts as the new reference
	@scripts/install test
	swift build -c release --product stepstream-bench
	Benchmarks/instructions.py --accept

chaos: lab ## Kill, stop and cut off processes and Redis, and check that nothing is lost (under 15 minutes)
	$(LAB) run --jobs 2 --page docs/guarantees.md

soak: lab ## Run chaos for MINUTES (60), with a new seed each round
	$(LAB) run --jobs 2 --factor 2 --minutes $(or $(MINUTES),60)

mutants: lab ## Plant known faults, and check that chaos finds each
	$(LAB) mutants

histories: ## Check the decisions over a million random histories, ten times as many as the gate (STEPSTREAM_SEED=n for others)
	STEPSTREAM_HISTORIES=1000000 swift test --disable-xctest --filter DecisionHistoryTests

.PHONY: lab
lab:
	@scripts/install test
	swift build --product stepstream
	swift build --product stepstream-lab

screenshots: ## Take the screenshots of docs/dashboard.md in a real browser (about two minutes)
	@scripts/install test
	swift build --product stepstream
	.build/clients/bin/python3 Tests/Clients/pictures.py .build/debug/stepstream docs/pictures

documentation: ## Build the Swift API documentation (DocC) into .build/documentation
	@scripts/documentation

install: ## Install missing packages for running and testing, with apt
	@scripts/install test

clean: ## Remove build products; data in var/ stays
	swift package clean
