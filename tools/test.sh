#!/usr/bin/env bash
# `make test`: runs every check, the quick ones first. Run it through tools/with.
set -euo pipefail

step() { printf '\n── %s (%ss)\n' "$*" "$SECONDS"; }

# beside NAME COMMAND...: starts a command in the background, which `joined` waits for. `set -m` gives it a process group
# of its own, which the trap can end as a whole.
declare -A running
beside() {
  mkdir -p target
  set -m
  "${@:2}" >"target/$1.log" 2>&1 &
  running[$1]=$!
  set +m
}
# shellcheck disable=SC2154 # The trap sets `id`.
trap 'for id in "${running[@]}"; do kill -- "-$id" 2>/dev/null || true; done' EXIT

# joined NAME: waits for that command, and prints what it printed if it failed.
joined() {
  wait "${running[$1]}" || { cat "target/$1.log" && exit 1; }
  unset "running[$1]"
}

# The native tests spend most of their time waiting for timers, so the site is built beside them, and what runs in
# Node.js is tested there.
native_tests_node_tests_and_site() {
  beside node-tests node --test {hosted-ui,embed}/test/*.test.mjs
  beside site tools/build.sh
  cargo test --quiet --locked --workspace --exclude tenant-picker --exclude end-to-end --features tenants/dynamodb
  joined node-tests
  joined site
  cat target/site.log
}

# Without --quiet, because cargo passes it on to wasm-bindgen's test runner, which does not know it.
# Without GECKODRIVER, because the runner would prefer Firefox. These tests are for Chromium: the
# browsers' URL parsers read javascript: addresses in different ways.
browser_tests() {
  env -u GECKODRIVER cargo test --locked --target wasm32-unknown-unknown -p tenant-picker --test browser
}

step "formatting and lints"
tools/lint.sh
step "native tests, those in Node.js, and the site"
native_tests_node_tests_and_site
step "browser tests"
browser_tests
cargo build --quiet --locked --release -p lookup-service
step "the instructions of a lookup"
tools/bench/instructions.sh
step "the examples, and the service behind proxies"
node --test --test-reporter=dot examples/test/*.test.mjs
deploy/test.sh
step "end-to-end tests"
# A test waits now and then for a timer or a server, so one more than the processors run at a time.
RUST_TEST_THREADS=${RUST_TEST_THREADS:-$(($(nproc) + 1))} cargo test --quiet --locked -p end-to-end
step "everything passed"
