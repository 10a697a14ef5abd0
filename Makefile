# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.

STORE ?= .svcmap/example.db
PORT ?= 8899
BUILD = swift build -c release --product svcmap
BINARY = $(shell swift build -c release --show-bin-path 2>/dev/null)/svcmap

.PHONY: help run build test lint format bench budget fuzz sanitize example ci docker clean-example
.DEFAULT_GOAL := help

help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: example ## Build, import the example cluster, serve it on http://127.0.0.1:8899
	@exec $(BINARY) serve --store $(STORE) --port $(PORT)

build: ## Build the release binary, installing what is missing
	@scripts/toolchain.sh
	@scripts/install-deps.sh build
	@$(BUILD)

example: build ## Import the example capture and its object dump
	@mkdir -p $(dir $(STORE))
	@$(BINARY) import Examples/cluster/demo.pcap --inventory Examples/cluster/objects.json --store $(STORE)

test: ## Run every test: Swift, page, end to end, browser
	@scripts/toolchain.sh
	@scripts/install-deps.sh test
	@scripts/test.sh

lint: ## Check formatting, the import table and warnings
	@scripts/lint.sh

format: ## Format the Swift sources in place
	@swift format -i -p -r Sources Tests Fuzz Benchmarks Package.swift

bench: build ## Measure against the peers that are installed
	@Benchmarks/run.sh

budget: ## Check what a frame may cost (Benchmarks/budget.sh --update writes it down)
	@Benchmarks/budget.sh

fuzz: ## Fuzz every decoder and dissector for FUZZ_SECONDS (60) each
	@scripts/fuzz.sh

sanitize: ## Run the tests under the address sanitizer (SANITIZER=thread for the other)
	@scripts/sanitize.sh

docker: ## Build the container image
	docker build -t svcmap .

ci: ## What CI runs
	@bash .ci/run

clean-example: ## Forget the example store
	rm -rf .svcmap
