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

# Each call is a connection of its own. Usage: on_host SCRIPT [ARGUMENT ...] < input
on_host() {
  local words status=0
  if [ -z "${SHELL_ON_HOST?}" ]; then
    bash -c "$1" on-host "${@:2}"
  else
    mapfile -t words <<<"$SHELL_ON_HOST"
    "${words[@]}" -c "$(printf '%q ' "$1" on-host "${@:2}")" || status=$?
    [ "$status" != 255 ] ||
      echo 'the host does not answer to SSH; see whether it runs, and whether its firewall lets this machine in' >&2
    return "$status"
  fi
}

apply() {
  local lines image name id missing=() wanted=()
  lines=$(on_host "$find_missing" "${TARGET:?}" <<<"${IMAGES:?}")
  [ -n "$lines" ] || return 0
  docker version >/dev/null 2>&1 ||
    fail "the host lacks ${lines%% *}, and the Docker engine of this machine, which would copy it there, does not answer"
  while read -r image name; do
    id=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null) ||
      fail "neither the host nor the Docker engine of this machine has the image $image; build, pull or load it on this machine"
    missing+=("$image") wanted+=("$id" "$name" "$image")
  done <<<"$lines"
  for image in "${missing[@]}"; do
    printf 'copying %s, %s MB\n' "$image" $(($(docker image inspect --format '{{.Size}}' "$image") / 1000000))
  done
  # One archive holds what several images have in common once.
  docker image save "${missing[@]}" | on_host "$load" "$TARGET" "${STACK:?}" "${wanted[@]}"
}

# Prints those lines of IMAGES whose image the host has not by its name there. What it pulled lacks no more than that.
# shellcheck disable=SC2016 # expanded on the host
find_missing='
  export DOCKER_HOST=$1
  docker version >/dev/null 2>&1 || { echo "the host'"'"'s Docker engine at $1 does not answer" >&2; exit 1; }
  while read -r image name; do
    docker image inspect "$name" >/dev/null 2>&1 || docker image tag "$image" "$name" 2>/dev/null || echo "$image $name"
  done
'

# A name keeps an image from being pruned while no container uses it. Arguments: engine, stack, and "ID NAME REFERENCE"
# of each image.
# shellcheck disable=SC2016 # expanded on the host
load='
  export DOCKER_HOST=$1
  stack=$2
  shift 2
  said=$(docker image load --quiet 2>&1 >/dev/null) || {
    case $said in
      *"no space left"*)
        root=$(docker info --format "{{.DockerRootDir}}")
        said="the disk of the host is full under $root: the images do not fit there; remove what is not needed, for example with: docker image prune" ;;
    esac
    echo "$said" >&2
    exit 1
  }
  while [ $# -gt 0 ]; do
    name=$2
    [ "$name" != "$3" ] || name=slipway-copied:${1:7:12}
    docker image tag "$1" "$name" || {
      echo "the engine of the host gave $3 another id, since it keeps images in another way than the one of this machine; let the host pull it: npm run pulumi -- --stack $stack config set slipway:transport pull" >&2
      exit 1
    }
    shift 3
  done
'
