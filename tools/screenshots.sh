#!/usr/bin/env bash
# Every screen of the real app as a picture in target/screenshots/ (or FOLDER=). Run through tools/with test.
set -euo pipefail
tools/build.sh
cargo build --quiet --locked --release -p lookup-service
cargo run --quiet --locked -p end-to-end --bin screenshots -- "${FOLDER:-target/screenshots}"
