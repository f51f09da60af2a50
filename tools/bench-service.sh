#!/usr/bin/env bash
# The lookup service beside the least that the same server can do (examples/constant.rs), which answers every lookup with
# the same JSON: with 1,000 and 1,000,000 tenants, one core for the server, the other for 32 connections. Each round
# measures all of them in turn, so that a busy moment of the machine meets them alike: read the ratios.
# COUNT=1 counts instructions under callgrind, too. Everything lands in target/bench-service.
set -euo pipefail
ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-3}
cargo build --quiet --locked --release -p lookup-service --bins --examples
built=${CARGO_TARGET_DIR:-target}/release
work=${CARGO_TARGET_DIR:-target}/bench-service
mkdir -p "$work"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

# A directory of $1 tenants, every other one with the domains below its own; then ten thousand questions to it, spread
# over all of it: a domain that is there (4 of 10), one below it, a code, and one of either that nobody has.
directory() {
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
    printf "[[tenants]]\ncode = \"t%d\"\nname = \"Tenant %d\"\nclient_id = \"%07dclientclientclient\"\n", i, i, i
    printf "identity_provider = \"SAML%d\"\ndomains = [\"t%d.example\"]\n%s\n", i, i, i % 2 ? "" : "subdomains = true\n" } }'
}
questions() {
  awk -v n="$1" 'BEGIN { x = 1; for (i = 0; i < 10000; i++) {
    x = (x * 16807) % 2147483647; t = x % n; kind = i % 10
    if (kind < 4) printf "{\"domain\":\"t%d.example\"}\n", t
    else if (kind < 6) printf "{\"domain\":\"mail.t%d.example\"}\n", t - t % 2
    else if (kind < 8) printf "{\"code\":\"t%d\"}\n", t
    else if (kind < 9) printf "{\"domain\":\"u%d.example\"}\n", t
    else printf "{\"code\":\"u%d\"}\n", t } }'
}
for n in 1000 1000000; do
  directory $n >"$work/$n.toml"
  questions $n >"$work/$n.bodies"
done
cat >"$work/ask.lua" <<'LUA'
-- wrk -s ask.lua URL -- BODIES: one body a line, in turn.
local requests, i = {}, 0
function init(args)
  wrk.method, wrk.headers["content-type"] = "POST", "application/json"
  for body in io.lines(args[1]) do requests[#requests + 1] = wrk.format(nil, nil, nil, body) end
end
function request()
  i = i % #requests + 1
  return requests[i]
end
function done(summary)
  if summary.errors.status > 0 then io.stderr:write(summary.errors.status, " answers were not 200\n") end
end
LUA

# start NAME COMMAND…: sets origin[NAME], pid[NAME] and loaded[NAME], the seconds until it said that it is ready.
declare -A origin pid loaded questions rates p99s
start() {
  local name=$1 began
  shift
  : >"$work/$name.ready"
  began=$(date +%s%N)
  taskset -c 0 "$@" >"$work/$name.ready" 2>/dev/null &
  pid[$name]=$!
  until grep -q ready "$work/$name.ready"; do kill -0 "${pid[$name]}" && sleep 0.01; done
  loaded[$name]=$(awk -v ns=$(($(date +%s%N) - began)) 'BEGIN { printf "%.2f", ns / 1e9 }')
  origin[$name]=$(sed -n 's/.*ready at //p' "$work/$name.ready")
}
start constant "$built/examples/constant"
start 1000 "$built/lookup-service" --listen 127.0.0.1:0 --directory "$work/1000.toml"
start 1000000 "$built/lookup-service" --listen 127.0.0.1:0 --directory "$work/1000000.toml"
questions=([constant]=1000 [1000]=1000 [1000000]=1000000)

# The middle one of some numbers, the smallest and the largest.
spread() { tr ' ' '\n' <<<"$*" | sort -n | awk '{ v[NR] = $1 } END { printf "%s (%s–%s)", v[int((NR + 1) / 2)], v[1], v[NR] }'; }
middle() { spread "$@" | cut -d' ' -f1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

before=$(cut -d' ' -f1-3 /proc/loadavg)
for _ in $(seq "$ROUNDS"); do
  for name in constant 1000 1000000; do
    rates[$name]+=" $(taskset -c 1 wrk -t1 -c32 -d"${SECONDS_EACH}s" -s "$work/ask.lua" "${origin[$name]}/v1/lookup" -- \
      "$work/${questions[$name]}.bodies" | awk '/Requests\/sec/ { printf "%.0f", $2 }')"
  done
done
half=$(($(middle "${rates[constant]# }") / 2))
for _ in $(seq "$ROUNDS"); do
  for name in constant 1000 1000000; do
    p99s[$name]+=" $(taskset -c 1 "$built/examples/open_loop" "${origin[$name]}/v1/lookup" "$work/${questions[$name]}.bodies" \
      32 "$half" "$SECONDS_EACH" | sed -n 's/.*p99 \([0-9]*\) us,.*/\1/p')"
  done
done

printf '%s, %s cores; load average %s before, %s after; %s rounds of %s s; half load is %s requests/s\n' \
  "$(uname -m)" "$(nproc)" "$before" "$(cut -d' ' -f1-3 /proc/loadavg)" "$ROUNDS" "$SECONDS_EACH" "$half"
printf '%-16s %-24s %-7s %-24s %-7s %-9s %s\n' tenants 'requests/s' ratio 'p99 at half load, µs' ratio 'resident' 'ready after'
for name in constant 1000 1000000; do
  printf '%-16s %-24s %-7s %-24s %-7s %-9s %s\n' "$name" \
    "$(spread "${rates[$name]# }")" "$(ratio "$(middle "${rates[$name]# }")" "$(middle "${rates[constant]# }")")" \
    "$(spread "${p99s[$name]# }")" "$(ratio "$(middle "${p99s[$name]# }")" "$(middle "${p99s[constant]# }")")" \
    "$(awk '/VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/${pid[$name]}/status")" "${loaded[$name]} s"
done
