#!/usr/bin/env bash
# deploy/image.sh [TAG]: builds the image of deploy/Dockerfile with buildah, podman or docker.
# Run `make build` before, for the site.
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:-tenant-picker}
[ -e dist/index.html ] || {
  echo "There is no dist/index.html. Run 'make build' first." >&2
  exit 2
}

# The image has no C library, so the program contains it. Host names are resolved only for the keys of user pools
# (docs/memberships.md); since version 2.34 glibc needs no file for that but /etc/resolv.conf, which containers get.
target=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="-C target-feature=+crt-static" \
  cargo build --quiet --locked --release -p lookup-service --target "$target" --target-dir target/static
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "target/static/$target/release/lookup-service" "$context/"
cp -r dist "$context/dist"

if command -v buildah >/dev/null; then
  buildah bud --quiet --tag "$tag" --file deploy/Dockerfile "$context"
elif command -v podman >/dev/null; then
  podman build --quiet --tag "$tag" --file deploy/Dockerfile "$context"
elif command -v docker >/dev/null; then
  docker build --quiet --tag "$tag" --file deploy/Dockerfile "$context"
else
  echo "Install buildah, podman or docker to build the image." >&2
  exit 2
fi
