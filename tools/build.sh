#!/usr/bin/env bash
# The production site in dist/. Run through tools/with.
set -euo pipefail
# trunk is told to fetch nothing (Trunk.toml), and passes that on to cargo: so cargo fetches before.
cargo fetch --quiet --locked
trunk build
node tools/finish.mjs dist
