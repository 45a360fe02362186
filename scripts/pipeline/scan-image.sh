#!/usr/bin/env bash
# Fails when an image has a vulnerability of severity high or critical that a newer version mends. The list of what it is
# made of is left beside it, as sbom.json.
# Usage: scan-image.sh IMAGE
set -euo pipefail

image=$1
version=0.110.0
directory=${RUNNER_TEMP:-/tmp}/scan
mkdir -p "$directory"

install() {
  local program=$1 release=$2 archive
  command -v "$program" >/dev/null && return
  archive=${program}_${release}_linux_$(dpkg --print-architecture).tar.gz
  (
    cd "$directory"
    base=https://github.com/anchore/$program/releases/download/v$release
    curl --fail --silent --show-error --location --remote-name-all "$base/$archive" "$base/${program}_${release}_checksums.txt"
    sha256sum --check --ignore-missing --quiet "${program}_${release}_checksums.txt"
    tar --extract --gzip --file "$archive" "$program"
  )
}

install grype "$version"
install syft 1.36.0
export PATH="$directory:$PATH"
syft --quiet "docker:$image" --output "cyclonedx-json=${RUNNER_TEMP:-.}/sbom.json"
grype --quiet "sbom:${RUNNER_TEMP:-.}/sbom.json" --only-fixed --fail-on high
