#!/usr/bin/env bash
# The image of the application as this commit has it, by its digest: `reference=NAME@sha256:…` on the output of the step.
# It is called after the content of its directory, so that what was tried once is what every later stack gets, whichever
# commit that content comes with. `build` makes one that is missing, `find` fails.
# Usage: image.sh build|find
# Reads APPLICATION, NAME, REGISTRY_USER, REGISTRY_PASSWORD and GIVEN, which is an image to take instead.
set -euo pipefail

verb=$1

fail() {
  printf 'slipway: %s\n' "$1" >&2
  exit 1
}

found() {
  printf 'reference=%s\n' "$1" >>"$GITHUB_OUTPUT"
  printf 'Image: %s (%s)\n' "$1" "$2" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  exit 0
}

# Of an image that the registry has, or that was pushed to it.
digest_of() {
  docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" |
    sed -n "s|^$NAME@||p" | head -n 1
}

if [ -n "$GIVEN" ]; then
  [[ $GIVEN =~ @sha256:[0-9a-f]{64}$ ]] || fail "the image '$GIVEN' can move; name it by its digest: NAME@sha256:…"
  found "$GIVEN" "as it was asked for"
fi

printf '%s' "$REGISTRY_PASSWORD" |
  docker login --username "$REGISTRY_USER" --password-stdin "${NAME%%/*}" >/dev/null
tree=$(git rev-parse "HEAD:$APPLICATION")
candidate=$NAME:tree-$tree
if docker pull --quiet "$candidate" >/dev/null 2>&1; then
  found "$NAME@$(digest_of "$candidate")" "built before"
fi
[ "$verb" = build ] ||
  fail "no image was built of $APPLICATION as this commit has it (tree $tree); deploy it where it is built first"

# Scanned before it is pushed, and pushed as it was scanned.
docker build --quiet --tag "$candidate" "$APPLICATION"
"$(dirname "$0")/scan-image.sh" "$candidate"
for tag in "sha-$(git rev-parse HEAD)" "${GITHUB_REF_NAME//[^A-Za-z0-9_.-]/-}"; do
  docker tag "$candidate" "$NAME:$tag"
  docker push --quiet "$NAME:$tag" >/dev/null
done
# Last, since it is what says that all of it is there.
docker push --quiet "$candidate" >/dev/null
found "$NAME@$(digest_of "$candidate")" "built of this commit"
