# shellcheck shell=bash
# Brings the images that the host's engine lacks there from the engine of the machine that deploys, which is the one
# that its DOCKER_HOST or Docker context names. STACK: the one to name in an error. TARGET: the host's engine, as
# DOCKER_HOST takes it there. SHELL_ON_HOST: what starts a shell on the host, a line for each word; empty when the host
# is this machine. IMAGES: a line each, "REFERENCE NAME_ON_HOST"; a name that is no id is a tag of its own.
set -euo pipefail

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Over SSH it would read all that comes by standard input, which is only for an archive.
on_host() { docker_on_host "$@" </dev/null; }

docker_on_host() {
  local words
  if [ -z "${SHELL_ON_HOST?}" ]; then
    docker --host "${TARGET:?}" "$@"
  else
    mapfile -t words <<<"$SHELL_ON_HOST"
    "${words[@]}" -c "$(printf %q "exec docker --host $(printf '%q ' "${TARGET:?}" "$@")")"
  fi
}

apply() {
  local image name missing=() names=() index
  on_host version >/dev/null 2>&1 || fail "the host's Docker engine at $TARGET does not answer"
  while read -r image name; do
    is_there "$image" "$name" || { missing+=("$image") names+=("$name"); }
  done <<<"${IMAGES:?}"
  [ ${#missing[@]} -gt 0 ] || return 0

  docker version >/dev/null 2>&1 ||
    fail "the host lacks ${missing[0]}, and the Docker engine of this machine, which would copy it there, does not answer"
  for image in "${missing[@]}"; do
    docker image inspect "$image" >/dev/null 2>&1 ||
      fail "neither the host nor the Docker engine of this machine has the image $image; build, pull or load it on this machine"
  done
  for image in "${missing[@]}"; do
    printf 'copying %s, %s MB\n' "$image" $(($(docker image inspect --format '{{.Size}}' "$image") / 1000000))
  done
  # One archive holds what several images have in common once.
  docker image save "${missing[@]}" | docker_on_host image load --quiet >/dev/null
  for index in "${!missing[@]}"; do keep "${missing[index]}" "${names[index]}"; done
}

# Whether the host has an image by its name there. One that it pulled lacks no more than that.
is_there() {
  on_host image inspect "$2" >/dev/null 2>&1 || on_host image tag "$1" "$2" 2>/dev/null
}

# A name keeps an image from being pruned while no container uses it.
keep() {
  local image=$1 name=$2 id
  id=$(docker image inspect --format '{{.Id}}' "$image")
  [ "$name" != "$image" ] || name=slipway-copied:${id:7:12}
  on_host image tag "$id" "$name" || fail "the host's engine gave $image another id, since it \
keeps images in another way than the one of this machine; let the host pull it: npm run pulumi -- --stack $STACK config set slipway:transport pull"
}
