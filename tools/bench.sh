#!/usr/bin/env bash
# Sizes, lookups per second, and page timings beside a page written by hand. Run through tools/with.
# Everything is measured in one run on one machine: read the ratios, not the milliseconds.
set -euo pipefail
RUNS=${RUNS:-5}
tools/build.sh
cargo build --quiet --locked --release -p lookup-service

printf '\n── lookups per second (1 core for the service, 32 connections, 5 s each)\n'
lua=$(mktemp -d)
trap 'rm -rf "$lua"; kill "${service-}" 2>/dev/null || true' EXIT
taskset -c 0 target/release/lookup-service --listen 127.0.0.1:0 >"$lua/ready" 2>/dev/null &
service=$!
until grep -q ready "$lua/ready"; do sleep 0.1; done
origin=$(sed -n 's/.*ready at //p' "$lua/ready")
for asked in '{"domain":"acme.example"}' '{"domain":"nobody.example"}' '{"code":"piedpiper"}'; do
  printf 'wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [[%s]]\n' "$asked" >"$lua/ask.lua"
  printf '%-32s %s\n' "$asked" "$(taskset -c 1 wrk -t1 -c32 -d5s --latency -s "$lua/ask.lua" "$origin/v1/lookup" |
    awk '/Requests\/sec/ { r = $2 } /99%/ { p = $2 } END { print r " requests/s, p99 " p }')"
done
# What the same machine answers without any lookup: the floor for the figures above.
printf '%-32s %s\n' "GET /healthz" "$(taskset -c 1 wrk -t1 -c32 -d5s --latency "$origin/healthz" |
  awk '/Requests\/sec/ { r = $2 } /99%/ { p = $2 } END { print r " requests/s, p99 " p }')"

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
