#!/usr/bin/env bash
# Everything of issue "As quick as a page written by hand" in one table: the pages in a real browser beside a page written by
# hand and two made with frameworks, the real lookup service beside a server that answers the same to everything.
# Run through tools/with. Everything is measured in one run on one machine: read the ratios, not the milliseconds.
set -euo pipefail
RUNS=${RUNS:-5}
tools/build.sh
mkdir -p target/bench
rm -f target/bench/*.tsv

printf '\n── the lookup service beside a server that answers the same to everything\n'
tools/bench-service.sh

harness=../shared/bench
if [ -d "$harness" ]; then
  printf '\n── pages in Chromium, slow 4G and CPU ×4, %s rounds (some minutes)\n' "$RUNS"
  bench=target/bench
  cp -r --no-preserve=mode "$harness/harness" "$harness/peers" "$bench/"
  (cd "$bench/harness" && npm install --silent --no-fund --no-audit --ignore-scripts)
  peers=(a-vanilla-inline g-react-oidc-context f-amplify-ui-react)
  (cd "$bench/peers" && npm ci --silent --no-fund --no-audit && node build.mjs "${peers[@]}" >/dev/null)
  pages=$bench/peers/pages
  CHROME=${CHROME:-/usr/bin/chromium} node tools/bench-pages.mjs "$bench/harness" "$RUNS" \
    picker=dist by-hand="$pages/${peers[0]}" react-oidc-context="$pages/${peers[1]}" amplify-ui="$pages/${peers[2]}"
else
  printf '\nThe page timings need the harness and the peers'"'"' pages, which are not beside this checkout (%s).\n' "$harness"
fi

printf '\n── all of it: median (least–most); the ratio, the middle one of the rounds, is to the page by hand, or to the server that answers a constant\n'
{
  printf 'what\tours\tbaseline\tratio\ttarget\tothers\n'
  cat target/bench/*.tsv
} | column -t -s "$(printf '\t')" -o ' │ '
