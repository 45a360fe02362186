# shellcheck shell=bash
# The networks of an environment: DATA_NETWORK has no way out, EDGE_NETWORK has one.

# shellcheck source=/dev/null
. migration/remains.sh

apply() {
  create "${DATA_NETWORK:?}" true
  create "${EDGE_NETWORK:?}" false
}

# One that is there already is of this environment: its state was lost, or a deploy was killed. Usage: create NAME INTERNAL
create() {
  local present
  if present=$(docker network inspect --format '{{index .Labels "slipway.stack"}} {{.Internal}}' "$1" 2>/dev/null); then
    [ "$present" = "${STACK:?} $2" ] ||
      fail "the host has another network that is called $1; see 'docker network inspect $1', and remove it: docker network rm $1"
  else
    docker network create --label "slipway.stack=${STACK:?}" --internal="$2" "$1" >/dev/null
  fi
}

# The state's own containers are gone by then; what else there is of this environment was left by a kill, or is a page
# for maintenance.
remove() {
  local name id
  for id in $(docker ps --all --quiet --filter "label=slipway.stack=${STACK:?}"); do
    docker rm --force "$id" >/dev/null
  done
  clear_rehearsal
  for name in "${DATA_NETWORK:?}" "${EDGE_NETWORK:?}"; do
    ! docker network inspect "$name" >/dev/null 2>&1 || docker network rm "$name" >/dev/null
  done
}
