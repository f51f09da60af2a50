#!/usr/bin/env bash
# Every check there is, the quick ones first. Run through tools/with.
set -euo pipefail
step() { printf '\n── %s (%ss)\n' "$*" "$SECONDS"; }
wasm=(--locked --target wasm32-unknown-unknown -p tenant-picker)

step "formatting"
cargo fmt --all --check
step "lints, native"
cargo clippy --quiet --locked --workspace --exclude tenant-picker --all-targets -- -D warnings
step "lints, wasm"
cargo clippy --quiet "${wasm[@]}" --all-targets -- -D warnings
step "native tests, and those of the local hosted UI beside them"
# The native ones wait for the clock for most of their time. In a group of its own, so that nothing of it outlives this script.
mkdir -p target
set -m
(cd hosted-ui && exec node --test test/*.test.mjs) >target/hosted-ui-tests.log 2>&1 &
hosted_ui=$!
set +m
trap 'kill -- "-$hosted_ui" 2>/dev/null || true' EXIT
cargo test --quiet --locked --workspace --exclude tenant-picker --exclude end-to-end
wait "$hosted_ui" || { cat target/hosted-ui-tests.log && exit 1; }
trap - EXIT
step "browser tests"
# Not --quiet: cargo hands it on, and wasm-bindgen's test runner does not know it. In Chromium: the runner would take Firefox first,
# whose URL parser reads javascript: addresses in another way.
env -u GECKODRIVER cargo test "${wasm[@]}" --test browser
step "the site"
tools/build.sh
cargo build --quiet --locked --release -p lookup-service
step "a lookup's instructions"
tools/bench/instructions.sh
step "end-to-end tests"
cargo test --quiet --locked -p end-to-end
step "everything passed"
