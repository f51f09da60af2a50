#!/usr/bin/env bash
# `make screenshots`: writes a picture of every screen of the real app to target/screenshots/, or to
# the folder in FOLDER. Run it through tools/with test.
set -euo pipefail
tools/build.sh
cargo build --quiet --locked --release -p lookup-service
cargo run --quiet --locked -p end-to-end --bin screenshots -- "${FOLDER:-target/screenshots}"
