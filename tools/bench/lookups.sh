#!/usr/bin/env bash
# tools/bench/lookups.sh N FOLDER: writes what the lookup service is measured with.
#   FOLDER/N.toml     a directory of N tenants. Every second tenant has all subdomains of its
#                     domain too.
#   FOLDER/N.bodies   the bodies of 10,000 lookups, one a line, spread over all tenants. Of ten,
#                     four ask for a domain in the directory, two for a subdomain, two for a code,
#                     one for an unknown domain and one for an unknown code.
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
