#!/usr/bin/env bash
# `make bench`: measures the pages and the lookup service, and prints one table. Run it through
# tools/with.
#
# Each row compares with a baseline that was measured in the same run: the pages with a page written
# by hand, and that with pages made with libraries and frameworks; the lookup service with a server
# that always returns the same JSON. Compare the ratios: the milliseconds depend on the machine.
#
# The compared pages and the code that drives the browser are not in this repository. They are read
# from $PAGES_BENCH, by default the folder ../shared/bench beside this checkout. Without it the
# lookup service alone is measured.
#
#   RUNS=15                  how often each page is measured (15 times if not given)
#   BEFORE=DIR               the site of an earlier build, to be measured beside this one
#   ROUNDS=, SECONDS_EACH=   how often and how many seconds the service is measured (tools/bench/service.sh)
set -euo pipefail
RUNS=${RUNS:-15}
PAGES_BENCH=${PAGES_BENCH:-../shared/bench}
work=target/bench

measure_pages() {
  printf '\n── pages in Chromium, slow 4G, CPU ×4 and ×1, %s rounds (half an hour)\n' "$RUNS"
  local pages=$work/peers/pages
  local peers=(a-vanilla-inline b-oauth4webapi c-oidc-client-ts g-react-oidc-context f-amplify-ui-react)
  # Copied, because npm installs packages beside them and the original may be read-only.
  cp -r --no-preserve=mode "$PAGES_BENCH/harness" "$PAGES_BENCH/peers" "$work/"
  (cd "$work/harness" && npm install --silent --no-fund --no-audit --ignore-scripts)
  (cd "$work/peers" && npm ci --silent --no-fund --no-audit && node build.mjs "${peers[@]}" >/dev/null)
  CHROME=${CHROME:-/usr/bin/chromium} node tools/bench/pages.mjs "$work/harness" "$RUNS" \
    picker=dist by-hand="$pages/${peers[0]}" static-host=dist oauth4webapi="$pages/${peers[1]}" oidc-client-ts="$pages/${peers[2]}" \
    react-oidc-context="$pages/${peers[3]}" amplify-ui="$pages/${peers[4]}" ${BEFORE:+before="$BEFORE"}
}

print_table() {
  printf '\n── all results: median (least–most); the ratio to the baseline is the median of the ratios of each round\n'
  {
    printf 'what\tours\tbaseline\tratio\ttarget\tothers\n'
    cat "$work"/*.tsv
  } | column -t -s "$(printf '\t')" -o ' │ '
}

tools/build.sh
mkdir -p "$work"
rm -f "$work"/*.tsv
printf '\n── the lookup service beside a server that always returns the same JSON\n'
tools/bench/service.sh
printf '\n── names that are not found: do the reasons take different times?\n'
tools/bench/not_found.sh
printf '\n── lookups from a table beside those from a file\n'
tools/bench/table.sh
if [ -d "$PAGES_BENCH/harness" ] && [ -d "$PAGES_BENCH/peers" ]; then
  measure_pages
else
  printf '\nThe pages are not measured: %s does not have the folders harness and peers.\n' "$PAGES_BENCH"
  printf 'Name the folder that has them in PAGES_BENCH.\n'
fi
print_table
