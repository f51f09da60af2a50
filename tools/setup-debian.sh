# shellcheck shell=bash
# shellcheck disable=SC2015 # In "a && b || die", die is meant to follow either failure.
# Part of tools/setup.sh: the Rust compiler of Debian's packages, for machines where rustup cannot
# download the wasm target. Debian has the standard library for wasm only as source, so it is
# compiled here. The native crates are built with this compiler too: then code, lints and formatting
# are judged by one version, and nothing in target/ is built twice.

DEBIAN_STD=/usr/lib/rustlib/$TARGET/lib

debian_versions() { dpkg-query -W -f '${Package} ${Version}\n' rustc-web rust-web-src; }

debian_has_wasm() {
  local program
  for program in cargo rustc cargo-clippy cargo-fmt rust-lld; do
    [ -x /usr/bin/$program ] || return 1
  done
  # A compiler cannot read the libraries of another version, so they are built anew after an update.
  [ "$(cat "$DEBIAN_STD/.built-from" 2>/dev/null)" = "$(debian_versions 2>/dev/null)" ] &&
    compgen -G "$DEBIAN_STD/libcore-*.rlib" >/dev/null
}

# Installs the compiler if needed, and makes cargo use it from here on.
use_debian_compiler() {
  # For rustup, a path is the name of a toolchain. If its cargo is first on PATH, it runs the cargo
  # in /usr then. The settings of rustup, and rust-toolchain.toml, stay as they are.
  export RUSTUP_TOOLCHAIN=/usr
  if ! debian_has_wasm; then
    install_debian_packages
    build_debian_std
    install_debian_std
  fi
  rustc_has_wasm ||
    die "The rustc on PATH is neither rustup's nor Debian's: $(command -v rustc)." \
      "Take it off PATH, then run this again."
}

install_debian_packages() {
  have apt-get ||
    die "There is no Rust compiler for wasm here. Install rustup, run 'rustup target add $TARGET'" \
      "where it can download, then run this again."
  apt_install "Debian's Rust compiler" "180 MB, about a minute" \
    rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web
  # /usr/bin/rust-lld is a link to a program of a package that rust-web-llvm does not depend on. The
  # package has the program's name.
  apt_install "its linker for wasm" "seconds" "$(basename "$(readlink /usr/bin/rust-lld)")"
}

# Compiles the standard library as a dependency of an empty crate, in $PREFIX/build/std.
build_debian_std() {
  need_root "Putting Rust's standard library for wasm into $DEBIAN_STD" \
    "FORCE_DEBIAN=1 $PWD/tools/setup.sh build"
  say "building Rust's standard library for wasm, which Debian has as source only" \
    "(about a minute on two cores, once)"
  local crate=$PREFIX/build/std
  mkdir -p "$crate/src"
  : >"$crate/src/lib.rs"
  cat >"$crate/Cargo.toml" <<'TOML'
[package]
name = "seed"
edition = "2021"
[profile.release]
codegen-units = 1
panic = "abort"
[workspace]
TOML
  # RUSTC_BOOTSTRAP lets a stable compiler take -Z. lto = "fat" in Cargo.toml needs the bitcode.
  (cd "$crate" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes cargo build -q --release \
    --target "$TARGET" --target-dir target -Zbuild-std=std,panic_abort,test,proc_macro) ||
    die "Rust's standard library for wasm did not build (see above)." \
      "Run 'rustup target add $TARGET' where it can download, then run this again."
}

# Copies the library to a folder beside its place and renames that, so the place never has a part.
install_debian_std() {
  local crate=$PREFIX/build/std
  local libraries=$crate/target/$TARGET/release/deps
  debian_versions >"$crate/.built-from"
  rm -f "$libraries/"libseed-*
  as_root rm -rf "$DEBIAN_STD" "$DEBIAN_STD.new" &&
    as_root mkdir -p "$DEBIAN_STD.new" &&
    as_root cp "$libraries/"*.rlib "$crate/.built-from" "$DEBIAN_STD.new" &&
    as_root mv "$DEBIAN_STD.new" "$DEBIAN_STD" ||
    die "Rust's standard library for wasm could not be put into $DEBIAN_STD (see above)."
}
