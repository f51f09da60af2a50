#!/usr/bin/env bash
# `make demo-provision`: shows `tenants` plan, apply and drift against the local control plane. Run it through
# tools/with. It needs no AWS account, and changes only .demo/provision.
set -euo pipefail
PORT=${PORT:-8090}
cargo build --locked -p tenants -p control-plane
folder=.demo/provision
rm -rf "$folder"
mkdir -p "$folder"
cp crates/tenants/sample/*.toml "$folder"
target/debug/control-plane --listen "127.0.0.1:$PORT" >"$folder/control-plane.log" 2>&1 &
control_plane=$!
trap 'kill "$control_plane" 2>/dev/null || true' EXIT
for _ in {1..100}; do
  if grep -q ready "$folder/control-plane.log"; then break; fi
  sleep 0.05
done
if ! kill -0 "$control_plane" 2>/dev/null; then
  cat "$folder/control-plane.log" >&2
  echo "PORT names another port." >&2
  exit 1
fi

export AWS_ACCESS_KEY_ID=AKIALOCAL AWS_SECRET_ACCESS_KEY=local AWS_ENDPOINT_URL=http://127.0.0.1:$PORT
cd "$folder"

# say WORDS and run COMMAND...: what a reader of the terminal sees.
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
  printf '$ %s\n' "$*"
  "../../target/debug/$1" "${@:2}"
}

say "1. Three organizations are in tenants.toml, and the user pool is empty. What would be done?"
run tenants plan
say "2. Do it. Each client_id is written into tenants.toml when its app client works."
run tenants apply --yes
say "3. Nothing is left to do, and nobody has changed anything."
run tenants drift
say "4. Another operator registers another callback URL with every app client. The pipeline notices."
sed 's|login.example.com/callback|staging.example.com/callback|' pool.toml >other-pool.toml
../../target/debug/tenants apply --yes --pool other-pool.toml >other-operator.log
run tenants drift || echo "(exit code $?)"
say "5. Put it right."
run tenants apply --yes
say "6. What the developers of Acme's back end are given. The secret is in secrets/acme.reports.json."
run tenants handover acme reports | sed -n '/^| token/,/^```$/p'
printf '\nThe files are in %s.\n' "$folder"
