#!/usr/bin/env bash
# deploy/test.sh: starts the lookup service behind each proxy of this folder that is installed, and checks the unit for
# systemd and the CloudFormation template. Run it through tools/with, after the site and the service were built.
# Set-up does not install the proxies, because on Debian their packages start them.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
pids=()
# shellcheck disable=SC2329 # the trap calls it
clean_up() {
  ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap clean_up EXIT

fail() {
  printf 'deploy/test.sh: %s\n' "$*" >&2
  tail -n 20 "$folder"/*.log >&2 || true
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

# fetch OPTION...: curl that prints the status, and takes the certificate that was made here.
fetch() { curl -ks -o /dev/null -w '%{http_code}' --max-time 10 "$@"; }
until_ready() {
  for _ in $(seq 100); do
    [ "$(fetch "$1" || true)" != 200 ] || return 0
    sleep 0.1
  done
  fail "nothing answers at $1"
}

start_service() {
  service=$(free_port)
  target/release/lookup-service --listen "127.0.0.1:$service" --site dist --config "$folder/config.json" \
    "$@" >"$folder/service.log" 2>&1 &
  pids+=($!)
  until_ready "http://127.0.0.1:$service/healthz"
}

# check_proxy ADDRESS PLAIN-ADDRESS: what every proxy has to do. Ends the service and the proxy.
check_proxy() {
  until_ready "$1/"
  local headers
  headers=$(curl -ksS -D - -o /dev/null -H 'Accept-Encoding: br' "$1/callback?code=SECRET&state=SECRET")
  for header in 'content-security-policy: default-src' 'strict-transport-security: ' 'content-encoding: br'; do
    grep -qi "^$header" <<<"$headers" || fail "$1 does not send $header"
  done
  case $(fetch "$2/") in
    301 | 308) ;;
    *) fail "$2 does not redirect to https" ;;
  esac
  [ "$(fetch -d "$(printf 'x%.0s' $(seq 9000))" -H 'Content-Type: application/json' "$1/v1/lookup")" = 413 ] ||
    fail "a body of 9 kB is not refused"
  local body='{"domain":"acme.example"}'
  curl -ksS -d "$body" -H 'Content-Type: application/json' "$1/v1/lookup" | grep -q '"code":"acme"' ||
    fail "$1 does not look up"
  # Claiming other addresses does not get around the limit.
  local limited=
  for i in $(seq 80); do
    [ "$(fetch -d "$body" -H 'Content-Type: application/json' -H "X-Forwarded-For: 10.0.0.$i" "$1/v1/lookup")" != 429 ] ||
      { limited=yes && break; }
  done
  [ -n "$limited" ] || fail "80 lookups in a row were answered"
  curl -ksS -D - -o /dev/null -d "$body" -H 'Content-Type: application/json' "$1/v1/lookup" |
    grep -qi '^retry-after: [0-9]' || fail "429 has no Retry-After"
  # What proxies log of failed requests, too.
  kill "${pids[0]}"
  until [ "$(fetch "$1/callback?code=SECRET&state=SECRET")" = 502 ]; do sleep 0.1; done
  sleep 0.2
  ! grep -rq SECRET "$folder" || fail "an authorization code is in $(grep -rl SECRET "$folder")"
  kill "${pids[1]}"
  pids=()
}

test_nginx() {
  local plain tls
  plain=$(free_port) tls=$(free_port)
  start_service
  {
    echo "daemon off; pid $folder/nginx.pid; error_log $folder/nginx-start.log; events {} http {"
    sed -e "s|127.0.0.1:8080|127.0.0.1:$service|; s|/etc/letsencrypt/live/login.example.com|$folder|" \
      -e "s|/var/log/nginx|$folder|; s|listen 80|listen $plain|; s|listen 443|listen $tls|" \
      -e '/listen \[::\]/d; s|login.example.com|localhost|' deploy/nginx.conf
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $folder/$kind;"; done
    echo "}"
  } >"$folder/nginx.conf"
  PATH=$PATH:/usr/sbin nginx -p "$folder" -c "$folder/nginx.conf" >"$folder/nginx.log" 2>&1 &
  pids+=($!)
  check_proxy "https://localhost:$tls" "http://localhost:$plain"
}

test_caddy() {
  local plain tls
  plain=$(free_port) tls=$(free_port)
  start_service --rate-limit 60 --trusted-proxy 127.0.0.1
  {
    sed -e "s|127.0.0.1:8080|127.0.0.1:$service|" \
      -e "s|^{|{\n\tadmin off\n\thttp_port $plain\n\thttps_port $tls\n\tauto_https disable_certs|" \
      -e "s|^login.example.com {|localhost {\n\ttls $folder/fullchain.pem $folder/privkey.pem|" deploy/Caddyfile
  } >"$folder/Caddyfile"
  HOME=$folder caddy run --config "$folder/Caddyfile" --adapter caddyfile >"$folder/caddy.log" 2>&1 &
  pids+=($!)
  check_proxy "https://localhost:$tls" "http://localhost:$plain"
}

test_unit() {
  local unit=$folder/tenant-picker.service
  # verify looks for the program.
  sed "s|/usr/local/bin/lookup-service|$PWD/target/release/lookup-service|" deploy/tenant-picker.service >"$unit"
  systemd-analyze verify "$unit" 2>&1 | grep "tenant-picker" && fail "the unit has errors"
  # The rating of `systemd-analyze security`: 0 is the safest, 10 the least safe.
  systemd-analyze security --offline=true --threshold=15 "$unit" >"$folder/unit.log" 2>&1 ||
    fail "the unit is less protected than it was"
}

# The template sends the headers that the service would send. The policy is a parameter of it.
test_template_headers() {
  local template headers name value
  template=$(tr -s ' \n' ' ' <deploy/aws.yaml)
  headers=$(target/release/lookup-service --print-headers --config "$folder/config.json" --site dist)
  # After an empty line, it prints those of single files.
  headers=${headers%%$'\n\n'*}
  for name in cross-origin-opener-policy cross-origin-resource-policy permissions-policy referrer-policy; do
    value=$(sed -n "s/^$name: //p" <<<"$headers")
    if [ -z "$value" ] || ! grep -qF -- "$value" <<<"$template"; then fail "deploy/aws.yaml does not send $name: $value"; fi
  done
  value=$(sed -n 's/^strict-transport-security: max-age=\([0-9]*\); includeSubDomains$/\1/p' <<<"$headers")
  grep -qF "AccessControlMaxAgeSec: $value, IncludeSubdomains: true" <<<"$template" ||
    fail "deploy/aws.yaml has another HSTS"
  [ "$(grep -c . <<<"$headers")" = 7 ] || fail "the service has a header that deploy/aws.yaml may not have"
}

cat >"$folder/config.json" <<'JSON'
{ "lookup_url": "/v1/lookup", "user_pools": [{ "issuer": "https://idp.example", "hosted_ui": "https://auth.example" }] }
JSON
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null

for what in nginx caddy; do
  if have "$what"; then "test_$what"; else echo "$what is not installed: its example was not tried"; fi
done
test_template_headers
if have cfn-lint; then cfn-lint deploy/aws.yaml && cfn-lint -r us-east-1 -- deploy/aws-waf.yaml; else echo "cfn-lint is not installed: the template was not checked"; fi
if have systemd-analyze; then test_unit; else echo "systemd is not installed: its unit was not checked"; fi
