#!/usr/bin/env bash
# Picker, lookup service and local hosted UI on this machine, until Ctrl-C. Run through tools/with.
set -euo pipefail
PORT=${PORT:-8080}
[[ $PORT =~ ^[0-9]+$ ]] && ((PORT > 0 && PORT < 65535)) || {
  echo "PORT must be a number from 1 to 65534, and the port after it must be free as well (for the hosted UI)." >&2
  exit 2
}
picker=http://127.0.0.1:$PORT
hosted_ui=http://127.0.0.1:$((PORT + 1))

tools/build.sh
cargo build --quiet --locked --release -p lookup-service

mkdir -p .demo
cat >.demo/config.json <<JSON
{
  "lookup_url": "/v1/lookup",
  "user_pools": [{ "issuer": "$hosted_ui", "hosted_ui": "$hosted_ui" }],
  "branding": { "product": "Example", "support_url": "mailto:support@example.com" }
}
JSON

children=()
stop() {
  trap - EXIT INT TERM HUP
  ((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true
  wait
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

node hosted-ui/main.mjs --port $((PORT + 1)) --directory crates/lookup-service/tenants.toml --picker "$picker" >.demo/hosted-ui.log 2>&1 &
children+=($!)
target/release/lookup-service --listen "127.0.0.1:$PORT" --site dist --config .demo/config.json >.demo/lookup-service.log 2>&1 &
children+=($!)

for _ in $(seq 100); do
  if curl -fsS -o /dev/null "$picker/healthz" 2>/dev/null && curl -fsS -o /dev/null "$hosted_ui/.well-known/jwks.json" 2>/dev/null; then
    cat <<TEXT

  Open  $picker

  Sign in with  ada@acme.example        one organization
                ada@umbrella.example    several to choose from
                piedpiper               a code
  Logs are in .demo/. Ctrl-C ends everything.

TEXT
    # Whichever ends first ends the demo: half of it is of no use.
    wait -n || true
    echo "The demo has ended. If you did not end it, the reason is below or in .demo/." >&2
    tail -n 5 .demo/*.log >&2
    exit 1
  fi
  for child in "${children[@]}"; do
    kill -0 "$child" 2>/dev/null || {
      echo "The demo did not start:" >&2
      tail -n 5 .demo/*.log >&2
      exit 1
    }
  done
  sleep 0.1
done
echo "The demo did not answer within 10 seconds:" >&2
tail -n 5 .demo/*.log >&2
exit 1
