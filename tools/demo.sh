#!/usr/bin/env bash
# `make demo`: runs the picker, the lookup service, the local hosted UI and a product (examples/) on
# this machine until Ctrl-C. Run it through tools/with. The picker is on PORT, the hosted UI and the
# product are on the two ports after it.
set -euo pipefail
PORT=${PORT:-8080}
if ! [[ $PORT =~ ^[0-9]+$ ]] || ((PORT < 1 || PORT > 65533)); then
  echo "PORT must be a number from 1 to 65533, and the two ports after it must be free as well." >&2
  exit 2
fi
picker=http://127.0.0.1:$PORT
hosted_ui=http://127.0.0.1:$((PORT + 1))
# Another site than the picker's, as a product's is.
product=http://localhost:$((PORT + 2))
logs=(.demo/hosted-ui.log .demo/lookup-service.log .demo/product.log)

write_config() {
  cat >.demo/config.json <<JSON
{
  "lookup_url": "/v1/lookup",
  "memberships_url": "/v1/memberships",
  "user_pools": [{ "issuer": "$hosted_ui", "hosted_ui": "$hosted_ui" }],
  "applications": [
    { "url": "$product/", "login_uri": "$product/login" },
    { "url": "$product/spa/", "login_uri": "$product/spa/login" }
  ],
  "branding": { "product": "Example", "support_url": "mailto:support@example.com" }
}
JSON
}

# stop: ends the servers that were started. The traps call it.
servers=()
# shellcheck disable=SC2329
stop() {
  trap - EXIT INT TERM HUP
  ((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null || true
  wait
}

start_servers() {
  node hosted-ui/main.mjs --port $((PORT + 1)) --directory crates/lookup-service/tenants.toml \
    --picker "$picker" --picker "$product" --picker "$product/spa" >"${logs[0]}" 2>&1 &
  servers+=($!)
  target/release/lookup-service --listen "127.0.0.1:$PORT" --site dist --config .demo/config.json \
    >"${logs[1]}" 2>&1 &
  servers+=($!)
  node examples/product.mjs --port $((PORT + 2)) --picker "$picker/" --issuer "$hosted_ui" \
    >"${logs[2]}" 2>&1 &
  servers+=($!)
}

responds() { curl -fsS -o /dev/null "$1" 2>/dev/null; }

# fail WHY: prints it with the end of each log.
fail() {
  echo "$1" >&2
  tail -n 5 "${logs[@]}" >&2
  exit 1
}

# Waits ten seconds at most.
wait_until_ready() {
  local server
  for _ in $(seq 100); do
    if responds "$picker/healthz" && responds "$hosted_ui/.well-known/jwks.json" && responds "$product/"; then
      return
    fi
    for server in "${servers[@]}"; do
      kill -0 "$server" 2>/dev/null || fail "The demo did not start:"
    done
    sleep 0.1
  done
  fail "The demo did not respond within 10 seconds:"
}

tools/build.sh
cargo build --quiet --locked --release -p lookup-service
mkdir -p .demo
write_config
trap stop EXIT
trap 'exit 130' INT TERM HUP
start_servers
wait_until_ready
cat <<TEXT

  Open  $picker
  or    $product  for a product whose login page the picker is embedded in

  Sign in with  ada@acme.example        one organization
                ada@umbrella.example    several to choose from
                piedpiper               a code
  Logs are in .demo/. Ctrl-C ends everything.

TEXT
# If one server ends, the others are of no use, so the demo ends.
wait -n || true
fail "The demo has ended. If you did not end it, the reason is below or in .demo/."
