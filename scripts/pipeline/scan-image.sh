#!/usr/bin/env bash
# Fails when an image has a vulnerability of severity high or critical that a newer version mends. The list of what it is
# made of is left beside it, as sbom.json.
# Usage: scan-image.sh IMAGE
set -euo pipefail

image=$1
directory=${RUNNER_TEMP:-/tmp}/scan
mkdir -p "$directory"

fail() {
  printf 'slipway: %s\n' "$1" >&2
  exit 1
}

# Of the archives as they were released, by program and architecture. A release's own list of checksums comes from where
# the archive does, and who changes the one can change the other.
declare -A checksums=(
  [grype_0.110.0_linux_amd64]=aaa98d27d2d7efd9317c6a1ad6d9b15f3e65bab320e7d03bde41e251387bb71c
  [grype_0.110.0_linux_arm64]=804041ee69f119022e3e866741a558eae6f2df372a5dc1a5376d456d16f8c931
  [syft_1.42.3_linux_amd64]=0d6be741479eddd2c8644a288990c04f3df0d609bbc1599a005532a9dff63509
  [syft_1.42.3_linux_arm64]=dc630590c953347789d08f8ebf57c7d8094db89100785fcd94b1cddeac791804
)

install() {
  local program=$1 release=$2 name archive found
  command -v "$program" >/dev/null && return
  name=${program}_${release}_linux_$(dpkg --print-architecture)
  [ -n "${checksums[$name]:-}" ] || fail "no checksum of $name is known; install $program on the runner"
  archive=$directory/$name.tar.gz
  curl --fail --silent --show-error --location --output "$archive" \
    "https://github.com/anchore/$program/releases/download/v$release/$name.tar.gz"
  found=$(sha256sum <"$archive")
  [ "${found%% *}" = "${checksums[$name]}" ] ||
    fail "$name.tar.gz has the checksum ${found%% *} and not ${checksums[$name]}: nothing of it is run"
  tar --extract --gzip --file "$archive" --directory "$directory" "$program"
}

install grype 0.110.0
install syft 1.42.3
export PATH="$directory:$PATH"
# With --quiet neither would say why it failed.
syft "docker:$image" --output "cyclonedx-json=${RUNNER_TEMP:-.}/sbom.json"
grype "sbom:${RUNNER_TEMP:-.}/sbom.json" --only-fixed --fail-on high
