# GNU make. Every target sets up what it needs first (tools/setup.sh) and says so if there is anything to do.
.DEFAULT_GOAL := help
.PHONY: help demo test build bench size screenshots

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## picker, lookup service and a local hosted UI to try it all with (PORT=8080)
	@PORT='$(PORT)' tools/with demo tools/demo.sh

test: ## formatting, lints, native, browser and end-to-end tests
	@tools/with test tools/test.sh

build: ## the production site in dist/, and its sizes
	@tools/with build tools/build.sh

bench: ## sizes, page timings against a hand-written page, the lookup service beside a constant one
	@tools/with bench tools/bench/bench.sh

size: build ## what the wasm is made of, by crate and by function
	@node tools/size.mjs

screenshots: ## every screen as a picture, light and dark, phone and desktop, English and Arabic
	@tools/with test tools/screenshots.sh
