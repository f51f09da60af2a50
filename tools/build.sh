#!/usr/bin/env bash
# The production site in dist/. Run through tools/with.
set -euo pipefail

# Rust's standard library comes compiled for speed and with every panic's words. Where its source is there (set-up adds
# it), it is compiled anew for size, and a panic becomes a plain trap, which src/boot.js turns into words: a fifth less
# to load. These are unstable options, hence RUSTC_BOOTSTRAP; they change how the code is compiled, not what it does,
# and the tests run both with them (end to end) and without (everything else).
sources=$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock
if [ -e "$sources" ]; then
  export RUSTC_BOOTSTRAP=1
  export CARGO_UNSTABLE_BUILD_STD=std,panic_abort CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
  # Joined by cargo to what .cargo/config.toml says.
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none"
  export STD_FOR_SIZE=1
else
  echo "The source of Rust's standard library is not here ('rustup component add rust-src'), so the site gets 20 kB larger." >&2
fi
# The sentences of every language, as the page loads them (crates/messages). With the host's own compiler settings.
env -u CARGO_UNSTABLE_BUILD_STD -u CARGO_UNSTABLE_BUILD_STD_FEATURES -u RUSTC_BOOTSTRAP \
  cargo run --quiet --locked -p messages -- locales target/locales
trunk build
node tools/finish.mjs dist
