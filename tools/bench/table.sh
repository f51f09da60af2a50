#!/usr/bin/env bash
# Measures lookups that are answered from a table, beside those from a file, in the same rounds: in memory, and by name
# with every answer in the cache. Then it loads ORGANIZATIONS organizations, once to the end and once with a kill -9 in the
# middle. The table is the local one, in a process of its own. To read back a million organizations takes it an hour, since
# it looks at all items for each page. So for a million, only the memory is worth a look. This needs wrk and GNU time, as the
# other measurements of the service do.
#
#   ROUNDS=9  SECONDS_EACH=2  ORGANIZATIONS=50000
set -euo pipefail
ROUNDS=${ROUNDS:-9} SECONDS_EACH=${SECONDS_EACH:-2} ORGANIZATIONS=${ORGANIZATIONS:-50000}
cargo build --quiet --locked --release -p lookup-service -p local-table -p directory-table --bins
built=${CARGO_TARGET_DIR:-target}/release
work=${CARGO_TARGET_DIR:-target}/bench-service
tools/bench/lookups.sh 1000 "$work"
tools/bench/lookups.sh "$ORGANIZATIONS" "$work"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
export AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_EC2_METADATA_DISABLED=true

# start NAME COMMAND…: starts a server and sets origin[NAME].
declare -A origin rates
start() {
  local name=$1
  shift
  : >"$work/$name.ready"
  "$@" >"$work/$name.ready" 2>/dev/null &
  until grep -q ready "$work/$name.ready"; do sleep 0.05; done
  origin[$name]=$(sed -n 's/.*ready at //p' "$work/$name.ready")
}
start engine "$built/local-table"
export AWS_ENDPOINT_URL_DYNAMODB=${origin[engine]}
"$built/directory-table" create dynamodb://small
"$built/directory-table" load "$work/1000.toml" --to dynamodb://small
many=(--listen 127.0.0.1:0 --unknown-codes 4000000000)
start file taskset -c 0 "$built/lookup-service" "${many[@]}" --directory "$work/1000.toml"
start memory taskset -c 0 "$built/directory-table" serve "${many[@]}" --directory dynamodb://small
start name taskset -c 0 "$built/directory-table" serve --by-name "${many[@]}" --directory dynamodb://small

cat >"$work/ask-table.lua" <<'LUA'
local requests, i = {}, 0
function init(args)
  wrk.method, wrk.headers["content-type"] = "POST", "application/json"
  for body in io.lines(args[1]) do requests[#requests + 1] = wrk.format(nil, nil, nil, body) end
end
function request()
  i = i % #requests + 1
  return requests[i]
end
LUA
ask() { taskset -c 1 wrk -t1 -c32 -d"$2s" -s "$work/ask-table.lua" "${origin[$1]}/v1/lookup" -- "$work/1000.bodies" | awk '/Requests\/sec/ { printf "%.0f", $2 }'; }
# The first round fills the cache.
for name in file memory name; do ask $name "$SECONDS_EACH" >/dev/null; done
for _ in $(seq "$ROUNDS"); do
  for name in file memory name; do rates[$name]+=" $(ask $name "$SECONDS_EACH")"; done
done
ratio() { paste -d' ' <(tr ' ' '\n' <<<"${rates[$1]# }") <(tr ' ' '\n' <<<"${rates[file]# }") | awk '{ print $1 / $2 }' | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f (%.2f–%.2f)", v[int((NR + 1) / 2)], v[1], v[NR] }'; }
echo "lookups/s to those of the file, $ROUNDS rounds of $SECONDS_EACH s, load average $(cut -d' ' -f1-3 /proc/loadavg):"
echo "  in memory $(ratio memory), by name from the cache $(ratio name); wanted: 0.70 or more"

load() { "$built/directory-table" load "$work/$ORGANIZATIONS.toml" --to "dynamodb://$1"; }
"$built/directory-table" create dynamodb://large >/dev/null
/usr/bin/time -f '  %e s, %M kB at most' "$built/directory-table" load "$work/$ORGANIZATIONS.toml" --to dynamodb://large
"$built/directory-table" create dynamodb://killed >/dev/null
load killed >/dev/null &
sleep 3
kill -9 $! 2>/dev/null || echo "  it was done before it could be killed: take more ORGANIZATIONS"
wait $! 2>/dev/null || true
/usr/bin/time -f '  after a kill -9 in the third second: %e s' "$built/directory-table" load "$work/$ORGANIZATIONS.toml" --to dynamodb://killed
