#!/usr/bin/env bash
# `make build`: builds the production site into dist/. Run it through tools/with.
set -euo pipefail

# The standard library that comes with Rust is compiled for speed, and contains the text of every
# panic message. With its source (tools/setup.sh installs it), cargo compiles it again for size,
# with a trap instead of the messages: the site gets 20 kB smaller. src/boot.js shows the user an
# error page when the wasm traps. These compiler options are unstable, so RUSTC_BOOTSTRAP has to
# allow them. They change the size of the code, not what it does. The end-to-end tests run with
# them, all other tests without.
sources=$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock
if [ -e "$sources" ]; then
  export RUSTC_BOOTSTRAP=1
  export CARGO_UNSTABLE_BUILD_STD=std,panic_abort CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
  # cargo adds these to the flags in .cargo/config.toml.
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Zunstable-options \
-Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none"
  # tools/finish.mjs checks the budgets only if this is set.
  export STD_FOR_SIZE=1
else
  echo "The source of Rust's standard library is missing, so the site gets 20 kB larger." \
    "To add it: rustup component add rust-src" >&2
fi

# The messages of every language, as the page loads them (crates/messages). This program runs on
# this machine, so it is compiled without the options for wasm.
env -u CARGO_UNSTABLE_BUILD_STD -u CARGO_UNSTABLE_BUILD_STD_FEATURES -u RUSTC_BOOTSTRAP \
  cargo run --quiet --locked -p messages -- locales target/locales

# trunk compiles the app as one program, and makes the page with its style, scripts and messages. Its
# JavaScript minifier cannot parse what wasm-bindgen writes. trunk then copies the file as it is and
# warns about it, so the warning is switched off.
trunk build --features split --log error,trunk=info,trunk::processing::minify=error
# The program is cut into parts (src/part.rs). wasm-bindgen handles the main part, which is the only one
# that calls JavaScript; the others call it through the main one. So what trunk has made of the whole
# program is not used.
rm -rf target/parts
wasm-split-cli --out-name cut "${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/wasm/tenant-picker.wasm" target/parts
wasm-bindgen --keep-lld-exports --target web --no-typescript --out-dir target/parts --out-name tenant-picker \
  target/parts/cut.wasm
node tools/finish.mjs dist
node tools/embed.mjs dist
