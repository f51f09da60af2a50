# GNU make. Before each target, tools/setup.sh installs what the target needs and is missing.
.DEFAULT_GOAL := help
.PHONY: help demo demo-provision test lint build bench soak size screenshots setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## start the picker, the lookup service and a local hosted UI on this machine (PORT=8080)
	@PORT='$(PORT)' tools/with demo tools/demo.sh

demo-provision: ## show how organizations are set up in a user pool: plan, apply and drift on this machine
	@PORT='$(PORT)' tools/with demo tools/demo-provision.sh

test: ## check formatting and lints, then run the native, the browser and the end-to-end tests
	@tools/with test tools/test.sh

lint: ## check formatting and lints only
	@tools/with test tools/lint.sh

build: ## build the production site into dist/, print its sizes and check them against the budgets
	@tools/with build tools/build.sh

bench: ## measure the pages and the lookup service, each beside a baseline
	@tools/with bench tools/bench/bench.sh

soak: ## load on a directory in a table for ten minutes, with faults, and a check of every response (DURATION=600)
	@DURATION='$(DURATION)' tools/with build tools/bench/soak.sh

size: build ## list what the wasm consists of, by crate and by function
	@node tools/size.mjs

screenshots: ## take a picture of every screen: light and dark, phone and desktop, English and Arabic
	@tools/with test tools/screenshots.sh

setup: ## install what build, demo and test need, and do nothing else
	@tools/setup.sh test
