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
step "native tests"
cargo test --quiet --locked --workspace --exclude tenant-picker --exclude end-to-end
step "the local hosted UI's tests"
npm test --silent --prefix hosted-ui
step "browser tests"
# Not --quiet: cargo hands it on, and wasm-bindgen's test runner does not know it.
cargo test "${wasm[@]}" --test browser
step "the site"
tools/build.sh
cargo build --quiet --locked --release -p lookup-service
step "end-to-end tests"
cargo test --quiet --locked -p end-to-end
step "everything passed"
