#!/usr/bin/env bash
# `make test`: runs every check, the quick ones first. Run it through tools/with.
set -euo pipefail

step() { printf '\n── %s (%ss)\n' "$*" "$SECONDS"; }

# The native tests spend most of their time waiting for timers, so the tests of what runs in Node.js
# run beside them. `set -m` gives those a process group of their own, which the trap can end as a whole.
native_and_node_tests() {
  mkdir -p target
  set -m
  node --test {hosted-ui,embed}/test/*.test.mjs >target/node-tests.log 2>&1 &
  node_tests=$!
  set +m
  trap 'kill -- "-$node_tests" 2>/dev/null || true' EXIT
  cargo test --quiet --locked --workspace --exclude tenant-picker --exclude end-to-end
  wait "$node_tests" || { cat target/node-tests.log && exit 1; }
  trap - EXIT
}

# Without --quiet, because cargo passes it on to wasm-bindgen's test runner, which does not know it.
# Without GECKODRIVER, because the runner would prefer Firefox. These tests are for Chromium: the
# browsers' URL parsers read javascript: addresses in different ways.
browser_tests() {
  env -u GECKODRIVER cargo test --locked --target wasm32-unknown-unknown -p tenant-picker --test browser
}

step "formatting and lints"
tools/lint.sh
step "native tests, and those in Node.js"
native_and_node_tests
step "browser tests"
browser_tests
step "the site"
tools/build.sh
cargo build --quiet --locked --release -p lookup-service
step "the instructions of a lookup"
tools/bench/instructions.sh
step "the examples, and the service behind proxies"
node --test --test-reporter=dot examples/test/*.test.mjs
deploy/test.sh
step "end-to-end tests"
cargo test --quiet --locked -p end-to-end
step "everything passed"
