#!/usr/bin/env bash
# Installs on this machine what the tenant picker is built and tested with. The Makefile calls it
# before each target.
#
#   tools/setup.sh build   Rust's wasm target, wasm-bindgen, trunk, wasm-split, wasm-opt, esbuild, axe-core
#   tools/setup.sh demo    the same, and the npm packages of the local hosted UI and the examples
#   tools/setup.sh test    the same, and rustfmt, clippy, Chromium and its driver; if possible also
#                          valgrind, Firefox and WebKit with their drivers, an AWS emulator and schemathesis
#   tools/setup.sh bench   the same as test without Firefox and WebKit, and wrk
#
# It installs only what is missing. If nothing is, it prints nothing and takes less than a second.
# It writes $PREFIX/env.sh, which puts what it installed on the PATH of a shell that sources it.
#
#   TENANT_PICKER_TOOLS=DIR   where to install (the default is PREFIX below)
#   CHROME=, CHROMEDRIVER=    your own browser and its driver; also FIREFOX=, GECKODRIVER=,
#                             WEBKIT_BROWSER= and WEBKIT_DRIVER=
#   FORCE_DEBIAN=1            use Debian's compiler even if rustup's has the wasm target
# shellcheck disable=SC2015 # In "a && b || die", die is meant to follow either failure.
set -euo pipefail
cd "$(dirname "$0")/.."

PREFIX=${TENANT_PICKER_TOOLS:-${XDG_DATA_HOME:-$HOME/.local/share}/tenant-picker-tools}
TARGET=wasm32-unknown-unknown
NODE=20.20
TRUNK=0.21.14
WASM_SPLIT=0.2.4
# The program wasm-bindgen must have the version of the crate, which Cargo.lock names.
WASM_BINDGEN=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)

say() { printf 'set-up: %s\n' "$*" >&2; }
die() {
  printf 'set-up failed: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# at_most SECONDS COMMAND...: ends the command after that time, because a download may hang.
# --foreground lets Ctrl-C reach the command.
at_most() {
  if have timeout; then timeout --foreground -k 5 "$@"; else "${@:2}"; fi
}

# --- Debian's packages ---------------------------------------------------------------------------

# need_root WHAT COMMAND: fails if this user cannot become root, and names the command to run then.
need_root() {
  [ "$(id -u)" = 0 ] || have sudo ||
    die "$1 needs root, and there is no sudo here. As root: $2; then run this again."
}
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_has() {
  [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null | grep -cx installed)" = $# ]
}

# apt_install WHAT HOW-LONG PACKAGE...
apt_install() {
  local what=$1 how_long=$2
  shift 2
  if apt_has "$@"; then return; fi
  need_root "Installing $what" "apt-get install $*"
  say "installing $what (apt, $how_long)"
  # If one of the machine's package sources is broken, the packages may still be found in another.
  as_root apt-get -o DPkg::Lock::Timeout=300 -qq update || true
  # --no-remove: rustc-web and rustc exclude each other, and the user may need the installed one.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 -qq install -y --no-remove --no-install-recommends "$@" >/dev/null ||
    die "apt-get could not install $* (see above). Install them by hand, then run this again."
}

# apt_try WHAT HOW-LONG PACKAGE...: for what the tests can do without.
apt_try() {
  if ! have apt-get || { [ "$(id -u)" != 0 ] && ! have sudo; }; then return; fi
  (apt_install "$@") || say "the tests run without it"
}

# shellcheck source=tools/setup-debian.sh
. tools/setup-debian.sh
# shellcheck source=tools/setup-browsers.sh
. tools/setup-browsers.sh

# --- Node.js, npm, a C compiler ------------------------------------------------------------------

need_basics() {
  [ -n "$WASM_BINDGEN" ] || die "Cargo.lock names no wasm-bindgen; restore it from git."
  local node
  node=$(node -p 'process.versions.node' 2>/dev/null) && have npm ||
    die "Node.js and npm are not on PATH. Install Node.js $NODE or later with npm," \
      "then run this again."
  printf '%s\n' "$NODE" "$node" | sort -CV ||
    die "Node.js is $node. Install Node.js $NODE or later, then run this again."
  if ! have cc; then
    have apt-get ||
      die "There is no C compiler (cc) on PATH, and Rust links with it. Install gcc or clang," \
        "then run this again."
    apt_install "a C compiler, which Rust links with" "about a minute" gcc libc6-dev
  fi
}

# --- Rust ----------------------------------------------------------------------------------------

# RUSTUP_AUTO_INSTALL=0: rustup must not download the toolchain of rust-toolchain.toml here, without
# a word and without a time limit.
installed_rustc() { RUSTUP_AUTO_INSTALL=0 rustc "$@" 2>/dev/null; }

# True if the rustc on PATH has a standard library for wasm. Sets SYSROOT, the folder of that rustc.
rustc_has_wasm() {
  local printed
  printed=$(installed_rustc --print sysroot --print target-libdir --target $TARGET) || return 1
  SYSROOT=${printed%%$'\n'*}
  compgen -G "${printed#*$'\n'}/libcore-*.rlib" >/dev/null
}

# Takes the first of: a rustc that has the wasm target already, rustup's, Debian's.
need_rust() {
  # The shell may have sourced env.sh. The compiler is chosen anew, not as at that time.
  [ "${RUSTUP_TOOLCHAIN-}" != /usr ] || unset RUSTUP_TOOLCHAIN
  if [ "${FORCE_DEBIAN-}" != 1 ]; then
    if rustc_has_wasm; then return; fi
    if ! debian_has_wasm && have rustup; then
      install_rustup_target
      if rustc_has_wasm; then return; fi
      say "rustup could not add the target"
    fi
  fi
  use_debian_compiler
}

install_rustup_target() {
  # rust-toolchain.toml asks for stable, and rustup can add the target only if that is installed.
  if ! installed_rustc --version >/dev/null; then
    say "installing stable Rust with rustup (a minute; given up after five)"
    at_most 300 rustup toolchain install stable --profile minimal || return 0
  fi
  say "adding the target $TARGET with rustup (a few seconds; given up after two minutes)"
  at_most 120 rustup target add $TARGET || true
}

# True if rustup can add components. Debian's packages have them all.
rustup_is_used() { [ "${RUSTUP_TOOLCHAIN-}" != /usr ] && have rustup; }

# tools/build.sh compiles the standard library for size. Without its source the site works too.
want_std_source() {
  if ! rustup_is_used || [ -e "$SYSROOT/lib/rustlib/src/rust/library/Cargo.lock" ]; then return; fi
  say "adding the source of Rust's standard library with rustup (a few seconds; given up after a minute)"
  at_most 60 rustup component add rust-src ||
    say "rustup could not add it: the site will be 20 kB larger"
}

need_lints() {
  if ! rustup_is_used; then return; fi
  if [ -x "$SYSROOT/bin/cargo-clippy" ] && [ -x "$SYSROOT/bin/cargo-fmt" ]; then return; fi
  say "adding rustfmt and clippy with rustup (a few seconds; given up after two minutes)"
  at_most 120 rustup component add rustfmt clippy ||
    die "rustup could not add rustfmt and clippy. Run 'rustup component add rustfmt clippy'" \
      "where it can download, then run this again."
}

# --- Programs written in Rust --------------------------------------------------------------------

has_wasm_bindgen() {
  local program
  for program in wasm-bindgen wasm-bindgen-test-runner; do
    [ "$($program --version 2>/dev/null)" = "$program $WASM_BINDGEN" ] || return 1
  done
}
has_trunk() { [ "$(trunk --version 2>/dev/null)" = "trunk $TRUNK" ]; }
# It does not tell its version. cargo notes what it has installed.
has_wasm_split() { grep -qs "^\"wasm_split_cli_support $WASM_SPLIT " "$PREFIX/.crates.toml"; }

# cargo_tool CRATE VERSION CHECK HOW-LONG [FEATURE]: installs a program unless the function CHECK finds it.
cargo_tool() {
  if $3; then return; fi
  if cargo binstall -V >/dev/null 2>&1; then
    say "fetching $1 $2 with cargo-binstall (seconds; given up after two minutes)"
    if at_most 120 cargo binstall --no-confirm --force --disable-strategies compile \
      --root "$PREFIX" "$1@$2" && $3; then return; fi
    say "cargo-binstall could not fetch $1"
  fi
  say "compiling $1 $2 (about $4 on two cores, once)"
  # Without optimization it compiles in a fifth of the time, and a build of the picker takes 0.1 s
  # longer. Without default features, because all of them are for downloads, and nothing is downloaded later.
  # In $PREFIX, because the settings of this project (.cargo/config.toml) are not for the tools.
  # The target folder stays until set-up ends, so an interrupted build continues where it was.
  (cd "$PREFIX" &&
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install -q --locked --force \
      --no-default-features ${5:+--features "$5"} --root "$PREFIX" --target-dir "$PREFIX/build/tools" "$1@$2") && $3 ||
    die "$1 $2 could not be compiled (see above). If the messages say that Rust is too old:" \
      "rustup update."
}

# --- npm packages --------------------------------------------------------------------------------

# True unless npm finished after FOLDER/package-lock.json was written: at the end of an installation
# npm writes node_modules/.package-lock.json.
npm_is_behind() { [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; }

need_npm_tools() {
  local program
  if cmp -s tools/package-lock.json "$PREFIX/package-lock.json" && ! npm_is_behind "$PREFIX" &&
    [ -x "$PREFIX/bin/wasm-opt" ] && [ -x "$PREFIX/bin/wasm-merge" ] &&
    [ -x "$PREFIX/bin/esbuild" ]; then return; fi
  say "installing wasm-opt, esbuild and axe-core (npm, about 10 seconds)"
  cp tools/package.json tools/package-lock.json "$PREFIX/"
  npm ci --silent --no-fund --no-audit --ignore-scripts --prefix "$PREFIX" ||
    die "npm could not install what tools/package-lock.json lists." \
      "Run this again where npm can download."
  for program in wasm-as wasm-dis wasm-merge wasm-opt esbuild; do
    ln -sf "../node_modules/.bin/$program" "$PREFIX/bin/"
  done
}

# need_npm_packages FOLDER WHAT
need_npm_packages() {
  npm_is_behind "$1" || return 0
  say "installing the npm packages of $2 (about 10 seconds)"
  (cd "$1" && npm ci --silent --no-fund --no-audit) ||
    die "npm could not install what $1/package-lock.json lists." "Run 'npm ci' in $1 to see why."
}

# --- Other programs ------------------------------------------------------------------------------

# tools/bench/instructions.sh counts the instructions of a lookup with it, or skips that.
want_valgrind() {
  have valgrind ||
    apt_try "valgrind, which counts the instructions of a lookup" "25 MB, seconds" valgrind
}

# An AWS emulator, for the tests of provisioning and deployment (tests/end-to-end/src/ministack.rs). Its Python
# packages are in a folder of their own. Without Python or jq, these tests are skipped and say so.
want_ministack() {
  need_npm_packages tests/end-to-end/ministack "an OpenID provider for the tests"
  # The document for a back end's developers, which a test follows, reads JSON with it.
  have jq || apt_try "jq, which reads JSON" "seconds" jq
  want_python_packages ministack "an AWS emulator" "40 MB"
}

# schemathesis, which asks the lookup service what docs/openapi.json describes (crates/lookup-service/tests/openapi.rs).
# Without Python, that test is skipped and says so.
want_schemathesis() { want_python_packages schemathesis "which tests by an OpenAPI document" "30 MB"; }

# want_python_packages NAME WHAT SIZE: installs what tests/end-to-end/NAME/requirements.txt lists, in a folder of its own.
want_python_packages() {
  local wanted=tests/end-to-end/$1/requirements.txt folder=$PREFIX/$1
  if cmp -s "$wanted" "$folder/requirements.txt"; then return; fi
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    apt_try "Python's venv, for $1" "seconds" python3-venv
  say "installing $1, $2 (pip, $3, seconds; given up after two minutes)"
  rm -rf "$folder"
  python3 -m venv "$folder" &&
    at_most 120 "$folder/bin/pip" --quiet --disable-pip-version-check install --no-deps --only-binary=:all: \
      --requirement "$wanted" && cp "$wanted" "$folder/" ||
    say "pip could not install it: the tests run without $1"
}

need_load_generator() {
  if have wrk; then return; fi
  have apt-get || die "The benchmarks need wrk. Put it on PATH, then run this again."
  apt_install "wrk, which sends the requests of the benchmarks" "seconds" wrk
}

# --- env.sh --------------------------------------------------------------------------------------

quoted() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

print_env() {
  local name
  echo "# Written by tools/setup.sh, and again whenever something changes. For any POSIX shell."
  # cargo's folder is at the end, for a shell that was opened before rustup was installed.
  echo "export PATH=$(quoted "$PREFIX/bin"):\"\$PATH\":$(quoted "$CARGO_BIN")"
  [ "${RUSTUP_TOOLCHAIN-}" != /usr ] || echo "export RUSTUP_TOOLCHAIN=/usr"
  echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner"
  # The end-to-end tests run axe-core in the browser. It finds what is not accessible on a page.
  echo "export AXE_CORE=$(quoted "$PREFIX/node_modules/axe-core/axe.min.js")"
  echo "export TRUNK_SKIP_VERSION_CHECK=true"
  # trunk fails if NO_COLOR is 1, the usual value: it takes only true and false.
  echo "[ -z \"\${NO_COLOR-}\" ] || export NO_COLOR=true"
  if [ -e "$PREFIX/ministack/requirements.txt" ] && have jq; then
    echo "export MINISTACK=$(quoted "$PREFIX/ministack/bin/ministack")"
  fi
  if [ -e "$PREFIX/schemathesis/requirements.txt" ]; then
    echo "export SCHEMATHESIS=$(quoted "$PREFIX/schemathesis/bin/st")"
  fi
  for name in "${BROWSER_VARIABLES[@]}"; do
    [ -z "${!name}" ] || echo "export $name=$(quoted "${!name}")"
  done
}

# The file has every browser that is installed, whatever set-up was called for: a `make build` while
# the tests run must not take their browser away.
write_env() {
  find_browser
  find_engines
  local env
  env=$(print_env)
  if [ "$env" = "$(cat "$PREFIX/env.sh" 2>/dev/null)" ]; then return; fi
  printf '%s\n' "$env" >"$PREFIX/env.sh.new" && mv "$PREFIX/env.sh.new" "$PREFIX/env.sh"
}

# --- Everything in order -------------------------------------------------------------------------

main() {
  need_basics
  need_rust
  cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" has_wasm_bindgen "a minute"
  cargo_tool trunk "$TRUNK" has_trunk "2 minutes"
  cargo_tool wasm_split_cli_support "$WASM_SPLIT" has_wasm_split "20 seconds" build-binary
  want_std_source
  need_npm_tools
  [ "$1" = build ] || need_npm_packages hosted-ui "the local hosted UI"
  [ "$1" = build ] || need_npm_packages examples "the examples"
  if [ "$1" = test ] || [ "$1" = bench ]; then
    need_lints
    need_browser
    want_headless_shell
    want_valgrind
  fi
  if [ "$1" = test ]; then
    want_firefox
    want_webkit
    want_ministack
    want_schemathesis
  fi
  [ "$1" != bench ] || need_load_generator
  write_env
  if [ -d "$PREFIX/build" ]; then
    rm -rf "$PREFIX/build"
    say "done; everything is in $PREFIX"
  fi
}

case ${1-} in
  build | demo | test | bench) ;;
  *) die "Say what for: tools/setup.sh build, demo, test or bench." ;;
esac
# The job slots of a make that called this, and settings for the project's own builds, are not for
# the tools.
unset MAKEFLAGS CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS RUSTFLAGS
CARGO_BIN=${CARGO_HOME:-$HOME/.cargo}/bin
export PATH=$PREFIX/bin:$PATH:$CARGO_BIN

mkdir -p "$PREFIX/bin" 2>/dev/null ||
  die "$PREFIX cannot be written to. Name another folder in TENANT_PICKER_TOOLS."
# One set-up at a time. The lock is closed for main: cargo may start a compile server, which would
# inherit the lock and keep it.
exec 9>"$PREFIX/lock"
if have flock && ! flock -n 9; then
  say "waiting for another set-up to finish"
  flock 9
fi
main "$1" 9>&-
