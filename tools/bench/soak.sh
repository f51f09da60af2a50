#!/usr/bin/env bash
# `make soak`: minutes of load on a directory in a table, with changes, whole loads and all that can be wrong with a table.
# Every response is checked. DURATION is in seconds.
set -euo pipefail
built=${CARGO_TARGET_DIR:-target}/release
cargo build --locked --release -p directory-table --bin directory-table --example soak
exec "$built/examples/soak" "${DURATION:-600}" "$built/directory-table"
