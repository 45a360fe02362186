#!/bin/sh
# The application's image, at a desk as in .github/workflows/ci.yml. IMAGE is its name without a tag.
# Usage: image.sh build    builds it, tagged by commit and by branch or version, and saves it as image.tar
#        image.sh scan     lists what is in image.tar (sbom.spdx.json); fails on what is high or critical and has a fix
#        image.sh push     pushes image.tar, the very image that was scanned, and prints its name@digest
# `scan` runs syft and grype, or what SYFT and GRYPE name; `push` logs in with REGISTRY_USER and REGISTRY_TOKEN.
set -eu
cd "$(dirname "$0")"

# Names of images have no capital letters, names of repositories may.
image=$(printf '%s' "${IMAGE:?is not set; type: export IMAGE=registry.example.com/name}" | tr '[:upper:]' '[:lower:]')
commit=${GITHUB_SHA:-$(git rev-parse HEAD)}

tags() {
  echo "sha-$commit"
  if [ "${GITHUB_REF_TYPE:-}" = tag ]; then
    echo "${GITHUB_REF_NAME#v}"
  else
    echo "${GITHUB_HEAD_REF:-${GITHUB_REF_NAME:-$(git branch --show-current)}}"
  fi | tr -c 'A-Za-z0-9._\n-' - | cut -c1-128
}

build() {
  set --
  for tag in $(tags); do set -- "$@" "$image:$tag"; done
  docker build --label "org.opencontainers.image.revision=$commit" --tag "$1" .
  for reference in "$@"; do docker image tag "$1" "$reference"; done
  docker image save --output image.tar "$@"
}

scan() {
  "${SYFT:-syft}" scan docker-archive:image.tar --quiet --output spdx-json=sbom.spdx.json
  "${GRYPE:-grype}" docker-archive:image.tar --only-fixed --fail-on high
}

push() {
  printf '%s' "$REGISTRY_TOKEN" | docker login --username "$REGISTRY_USER" --password-stdin "${image%%/*}"
  loaded=$(docker image load --input image.tar)
  for reference in $(printf '%s\n' "$loaded" | sed -n 's/^Loaded image: //p'); do
    docker image push --quiet "$reference"
  done
  pushed=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image:sha-$commit" | grep "^$image@")
  echo "$pushed"
  [ -z "${GITHUB_OUTPUT:-}" ] || echo "image=$pushed" >>"$GITHUB_OUTPUT"
  [ -z "${GITHUB_STEP_SUMMARY:-}" ] || echo "Pushed \`$pushed\`" >>"$GITHUB_STEP_SUMMARY"
}

case ${1:-} in
  build | scan | push) "$1" ;;
  *)
    echo "image.sh: type: ./image.sh build|scan|push" >&2
    exit 1
    ;;
esac
