# Run `make` for the list of targets.

.DEFAULT_GOAL := help
.PHONY: help run test lint format build bench bench-growth soak-bench bench-push bench-pages bench-peers instructions instructions-accept chaos soak mutants screenshots documentation install clean

# What `make run` starts; ONCE=1 ends it after the summary, CHAOS=1 kills Stepstream five times on the way.
RUN := .build/release/orders run --strict

# A debug build: it has the named places at which the program dies, and the faults that can be planted.
LAB := .build/debug/stepstream-lab

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and run 830 orders through Stepstream and a Redis of its own (ONCE=1: end after the summary; CHAOS=1: with kills)
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

bench: ## Run the benchmarks and put table and plot into docs/performance.md (a release build, wrk; ten minutes)
	@scripts/install bench
	swift build -c release --product stepstream
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench --page docs/performance.md --plot docs/pictures/performance.svg --results .build/benchmark.json

bench-growth: ## Drain beside growing backlogs (a million takes Redis 1 GB), numbers of queues and of consumers (a release build)
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench growth

soak-bench: ## Half of what the machine can do for MINUTES (60), to see what grows (a release build)
	swift build -c release --product stepstream-bench
	.build/release/stepstream-bench soak --minutes $(or $(MINUTES),60)

bench-push: ## Measure what watching costs (a release build, Python)
	swift build -c release --product stepstream
	Benchmarks/push.py

bench-pages: ## Measure the pages of the dashboard with a million operations (a release build, Python, 1.5 GB)
	swift build -c release --product stepstream
	Benchmarks/pages.py

bench-peers: ## Measure seven other job systems on Redis beside Stepstream (a release build; PyPI, Debian; half an hour)
	swift build -c release --product stepstream-bench
	Benchmarks/peers.py

instructions: ## Count the instructions of an operation's way and of a request (a release build, valgrind), as the gate does
	@scripts/install test
	swift build -c release --product stepstream-bench
	Benchmarks/instructions.py

instructions-accept: ## The same, and take the counts as those to compare with from now on
	@scripts/install test
	swift build -c release --product stepstream-bench
	Benchmarks/instructions.py --accept

chaos: lab ## Kill, stop, cut off and refuse everything, and check that nothing is lost (under 15 minutes)
	$(LAB) run --jobs 2 --page docs/guarantees.md

soak: lab ## The same for MINUTES (60), with another seed each round
	$(LAB) run --jobs 2 --factor 2 --minutes $(or $(MINUTES),60)

mutants: lab ## Plant known faults, and check that the laboratory finds each
	$(LAB) mutants

.PHONY: lab
lab:
	@scripts/install test
	swift build --product stepstream
	swift build --product stepstream-lab

screenshots: ## Take the pictures of docs/dashboard.md in a real browser (about two minutes)
	@scripts/install test
	swift build --product stepstream
	.build/clients/bin/python3 Tests/Clients/pictures.py .build/debug/stepstream docs/pictures

documentation: ## Build the documentation for embedders (DocC) into .build/documentation
	@scripts/documentation

install: ## Install with apt what running and testing need and is missing
	@scripts/install test

clean: ## Remove what was built; var/ with its data stays
	swift package clean
