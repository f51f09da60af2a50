#!/usr/bin/env bash
# tools/lookups.sh N FOLDER: a directory of N tenants, every other one with the domains below its own (N.toml), and ten thousand
# questions to it, spread over all of it (N.bodies): a domain that is there (4 of 10), one below it, a code, and one of either
# that nobody has.
set -euo pipefail
mkdir -p "$2"
awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
  printf "[[tenants]]\ncode = \"t%d\"\nname = \"Tenant %d\"\nclient_id = \"%07dclientclientclient\"\n", i, i, i
  printf "identity_provider = \"SAML%d\"\ndomains = [\"t%d.example\"]\n%s\n", i, i, i % 2 ? "" : "subdomains = true\n" } }' >"$2/$1.toml"
awk -v n="$1" 'BEGIN { x = 1; for (i = 0; i < 10000; i++) {
  x = (x * 16807) % 2147483647; t = x % n; kind = i % 10
  if (kind < 4) printf "{\"domain\":\"t%d.example\"}\n", t
  else if (kind < 6) printf "{\"domain\":\"mail.t%d.example\"}\n", t - t % 2
  else if (kind < 8) printf "{\"code\":\"t%d\"}\n", t
  else if (kind < 9) printf "{\"domain\":\"u%d.example\"}\n", t
  else printf "{\"code\":\"u%d\"}\n", t } }' >"$2/$1.bodies"
