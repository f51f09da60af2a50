#!/usr/bin/env bash
# Measures the lookup service with 1,000 and with 1,000,000 tenants, and beside it the baseline: the
# same server that returns the same JSON to every lookup
# (crates/lookup-service/examples/constant.rs). The server has one core, the 32 connections have
# another.
#
# Each round measures all three in turn, so that a slow moment of the machine affects all three.
# Compare the ratios: each is the median of the ratios of the single rounds. If other programs use
# the same cores, compare the CPU time, which leaves out the time that a server had to wait for its
# core.
#
#   ROUNDS=9          how many rounds
#   SECONDS_EACH=2    how long each server is measured in a round
set -euo pipefail
ROUNDS=${ROUNDS:-9}
SECONDS_EACH=${SECONDS_EACH:-2}
cargo build --quiet --locked --release -p lookup-service --bins --examples
built=${CARGO_TARGET_DIR:-target}/release
work=${CARGO_TARGET_DIR:-target}/bench-service
mkdir -p "$work"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

for n in 1000 1000000; do
  tools/bench/lookups.sh $n "$work"
done
cat >"$work/ask.lua" <<'LUA'
-- wrk -s ask.lua URL -- BODIES: sends the lines of the file BODIES one after the other, each as the body of a request.
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
  if summary.errors.status > 0 then io.stderr:write(summary.errors.status, " responses were not 200\n") end
end
LUA

# start NAME COMMAND…: starts a server. Sets origin[NAME], pid[NAME], and loaded[NAME], the seconds
# until it printed "ready".
declare -A origin pid loaded questions rates cpus p99s calms
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
# A tenth of the lookups are unknown codes of one client, which are counted and not refused.
many=(--unknown-codes 4000000000)
start 1000 "$built/lookup-service" --listen 127.0.0.1:0 "${many[@]}" --directory "$work/1000.toml"
start 1000000 "$built/lookup-service" --listen 127.0.0.1:0 "${many[@]}" --directory "$work/1000000.toml"
questions=([constant]=1000 [1000]=1000 [1000000]=1000000)

# spread NUMBER…: prints the median, the smallest and the largest.
spread() { tr ' ' '\n' <<<"$*" | sort -n | awk '{ v[NR] = $1 } END { printf "%s (%s–%s)", v[int((NR + 1) / 2)], v[1], v[NR] }'; }
middle() { spread "$@" | cut -d' ' -f1; }
# ratio OURS BASELINE, two lists of as many numbers: divides them pair by pair and prints the median
# of the ratios.
ratio() {
  paste -d' ' <(tr ' ' '\n' <<<"$1") <(tr ' ' '\n' <<<"$2") | awk '{ print $1 / $2 }' | sort -n |
    awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'
}

# cpu NAME: prints the CPU time in nanoseconds that the server has used so far.
cpu() { cat /proc/"${pid[$1]}"/task/*/schedstat | awk '{ used += $1 } END { printf "%.0f", used }'; }

before=$(cut -d' ' -f1-3 /proc/loadavg)
for _ in $(seq "$ROUNDS"); do
  for name in constant 1000 1000000; do
    used=$(cpu $name)
    read -r answered rate < <(taskset -c 1 wrk -t1 -c32 -d"${SECONDS_EACH}s" -s "$work/ask.lua" "${origin[$name]}/v1/lookup" -- \
      "$work/${questions[$name]}.bodies" | awk '/requests in/ { n = $1 } /Requests\/sec/ { printf "%d %.0f\n", n, $2 }')
    rates[$name]+=" $rate"
    cpus[$name]+=" $(awk -v ns=$(($(cpu $name) - used)) -v n="$answered" 'BEGIN { printf "%.1f", ns / n / 1000 }')"
  done
done
half=$(($(middle "${rates[constant]# }") / 2))
for _ in $(seq "$ROUNDS"); do
  for name in constant 1000 1000000; do
    # p99 of the whole measurement, and the median of the p99s of each tenth of a second of it.
    read -r p99 calm < <(taskset -c 1 "$built/examples/open_loop" "${origin[$name]}/v1/lookup" "$work/${questions[$name]}.bodies" \
      32 "$half" "$SECONDS_EACH" | sed -n 's/.* p99 \([0-9]*\) us,.* second \([0-9]*\) us/\1 \2/p')
    p99s[$name]+=" $p99" calms[$name]+=" $calm"
  done
done

printf '%s, %s cores; load average %s before, %s after; %s rounds of %s s; half load is %s requests/s\n' \
  "$(uname -m)" "$(nproc)" "$before" "$(cut -d' ' -f1-3 /proc/loadavg)" "$ROUNDS" "$SECONDS_EACH" "$half"
table=target/bench/service.tsv
mkdir -p "${table%/*}"
: >"$table"
# tell WHAT OURS [BASELINE] [RATIO] [TARGET]: adds a row to the table that tools/bench/bench.sh
# prints.
tell() { printf '%s\t%s\t%s\t%s\t%s\t–\n' "$1" "$2" "${3:-–}" "${4:-–}" "${5:-–}" >>"$table"; }
# row CELL…: prints a row of this script's own table.
row() { printf '%-9s %-22s %-5s %-18s %-5s %-22s %-5s %-20s %-5s %-9s %s\n' "$@"; }
row tenants 'requests/s' ratio 'CPU/request, µs' ratio 'p99 at half load, µs' ratio 'p99 of 0.1 s, median' ratio resident 'ready after'
for name in constant 1000 1000000; do
  cells=()
  for figures in rates cpus p99s calms; do
    declare -n of=$figures
    cells+=("$(spread "${of[$name]# }")" "$(ratio "${of[$name]# }" "${of[constant]# }")")
  done
  resident=$(awk '/VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/${pid[$name]}/status")
  row "$name" "${cells[@]}" "$resident" "${loaded[$name]} s"
  [ "$name" != constant ] || { constant=("${cells[@]}") && continue; }
  [ "$name" = 1000 ] && least=0.85 || least=0.75
  tell "lookups/s, one core, $name tenants" "${cells[0]}" "${constant[0]}" "${cells[1]}" "≥ $least"
  tell "CPU a lookup, µs, $name tenants" "${cells[2]}" "${constant[2]}" "${cells[3]}"
  tell "p99 under half load, µs, $name tenants" "${cells[4]}" "${constant[4]}" "${cells[5]}" "≤ 1.3"
  tell "p99 of each tenth of a second under half load, the median, µs, $name tenants" "${cells[6]}" "${constant[6]}" "${cells[7]}" "≤ 1.3"
  [ "$name" = 1000 ] || tell "resident; ready after, $name tenants" "$resident; ${loaded[$name]} s" "" "" "≤ 400 MB; ≤ 5 s"
done

# Only with 1,000 tenants: a million takes callgrind minutes, and gave 0.3 % more
# (docs/service-performance.md).
tools/bench/instructions.sh | tee "$work/instructions"
tell "instructions of a lookup, 1000 tenants" "$(sed 's/.*: //' "$work/instructions")"
for with in metrics request-ids; do
  tools/bench/instructions.sh "$with" | tee "$work/instructions"
  tell "instructions of a lookup with $with" "$(sed 's/.*: //' "$work/instructions")"
done
