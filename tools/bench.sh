#!/usr/bin/env bash
# Sizes, the lookup service's figures, and page timings beside a page written by hand. Run through tools/with.
# Everything is measured in one run on one machine: read the ratios, not the milliseconds.
set -euo pipefail
RUNS=${RUNS:-5}
tools/build.sh

printf '\n── the lookup service beside a server that answers the same to everything\n'
tools/bench-service.sh

harness=../shared/bench
if [ ! -d "$harness" ]; then
  printf '\nThe page timings need the harness and the peers'"'"' pages, which are not beside this checkout (%s).\n' "$harness"
  exit 0
fi
printf '\n── page timings, slow 4G and CPU ×4, %s runs: the picker beside a hand-written page\n' "$RUNS"
bench=target/bench
mkdir -p "$bench"
cp -r --no-preserve=mode "$harness/harness" "$harness/peers" "$bench/"
(cd "$bench/harness" && npm install --silent --no-fund --no-audit --ignore-scripts)
(cd "$bench/peers" && npm ci --silent --no-fund --no-audit && node build.mjs a-vanilla-inline g-react-oidc-context >/dev/null)
CHROME=${CHROME:-/usr/bin/chromium} node "$bench/harness/measure.mjs" --page picker=dist \
  --page a-vanilla-inline="$bench/peers/pages/a-vanilla-inline" --page react-oidc-context="$bench/peers/pages/g-react-oidc-context" \
  --baseline a-vanilla-inline --profiles slow4g --runs "$RUNS" --field '#email,input[name=username]' 2>/dev/null
