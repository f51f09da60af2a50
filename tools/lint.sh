#!/usr/bin/env bash
# `make lint`: checks the formatting and runs clippy. Run it through tools/with.
set -euo pipefail
cargo fmt --all --check
cargo clippy --quiet --locked --workspace --exclude tenant-picker --all-targets --features tenants/dynamodb -- -D warnings
cargo clippy --quiet --locked --target wasm32-unknown-unknown -p tenant-picker --all-targets -- -D warnings
