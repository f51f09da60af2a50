#!/usr/bin/env bash
# Counts the CPU instructions of one lookup among 1,000 tenants with valgrind's callgrind, and fails
# if they are more than tools/budgets.json allows. What is counted is the whole service in one
# process without the socket (crates/lookup-service/examples/lookups.rs). Two runs differ by ten
# instructions at most.
#
#   tools/bench/instructions.sh [metrics] [request-ids]
#
# With one of these, the service does that too. There is no budget for it.
set -euo pipefail
if ! command -v valgrind >/dev/null; then
  echo "instructions of a lookup: not counted, because valgrind is not installed"
  exit 0
fi
built=${CARGO_TARGET_DIR:-target}/release
work=${CARGO_TARGET_DIR:-target}/bench-service
cargo build --quiet --locked --release -p lookup-service --example lookups
tools/bench/lookups.sh 1000 "$work"
# collected N OPTION…: prints the instructions of the whole process that makes N lookups. The difference
# between two N leaves the start out.
collected() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$built/examples/lookups" "$work/1000.toml" "$work/1000.bodies" "$@" 2>&1 |
    sed -n 's/.*Collected : //p'
}
each=$((($(collected 4000 "$@") - $(collected 2000 "$@")) / 2000))
if [ $# != 0 ]; then
  echo "instructions of a lookup with $*: $each"
  exit
fi
budget=$(node -p 'JSON.parse(fs.readFileSync("tools/budgets.json"))["instructions of a lookup, x86-64"]')
echo "instructions of a lookup: $each of $budget"
if [ "$(uname -m)" = x86_64 ] && [ "$each" -gt "$budget" ]; then
  echo "A lookup takes more than its budget in tools/budgets.json." >&2
  exit 1
fi
