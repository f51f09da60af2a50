#!/usr/bin/env bash
# Asks the lookup service 10,000 times each for names that are not found for different reasons, in random order over
# HTTP, and prints the median time of each and its difference to the first. If they differed by more than a network hides,
# strangers could tell which organizations there are.
#
#   TIMES=10000   how often each kind of name is asked for
set -euo pipefail
TIMES=${TIMES:-10000}
built=${CARGO_TARGET_DIR:-target}/release
work=${CARGO_TARGET_DIR:-target}/bench-service
cargo build --quiet --locked --release -p lookup-service --bins --example not_found
tools/bench/lookups.sh 1000 "$work"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
: >"$work/not_found.ready"
# Otherwise it would slow this down: these are the codes of somebody who guesses.
"$built/lookup-service" --listen 127.0.0.1:0 --directory "$work/1000.toml" --unknown-codes 0 >"$work/not_found.ready" 2>/dev/null &
until grep -q ready "$work/not_found.ready"; do kill -0 $! && sleep 0.01; done
"$built/examples/not_found" "$(sed -n 's/.*ready at //p' "$work/not_found.ready")/v1/lookup" "$TIMES" >"$work/not_found.tsv"
printf 'not found, %s times each, median in µs and difference to the first\n' "$TIMES"
column -t -s "$(printf '\t')" "$work/not_found.tsv"
table=target/bench/not_found.tsv
mkdir -p "${table%/*}"
awk -F'\t' 'NR == 1 { first = $2 } NR > 1 { printf "median of a lookup, µs: %s beside unknown domain (difference %s)\t%s\t%s\t%.2f\t–\t–\n", $1, $3, $2, first, $2 / first }' \
  "$work/not_found.tsv" >"$table"
