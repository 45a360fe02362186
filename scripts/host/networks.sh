# shellcheck shell=bash disable=SC2154
# The networks of an environment: DATA_NETWORK has no way out, EDGE_NETWORK has one, and so has OFFSITE_NETWORK, if any,
# by which backups leave the host.

# shellcheck source=/dev/null
. migration/remains.sh

apply() {
  make_network "${DATA_NETWORK:?}" true
  make_network "${EDGE_NETWORK:?}" false
  [ -z "${OFFSITE_NETWORK?}" ] || make_network "$OFFSITE_NETWORK" false
}

# The state's own containers are gone by then; what else there is of this environment was left by a kill, or is a page
# for maintenance.
remove() {
  local name
  remove_containers "label=slipway.stack=${STACK:?}"
  for purpose in rehearsal proof masking; do rehearsal=slipway-$STACK.$purpose clear_rehearsal; done
  docker volume rm --force "$standing_copy" >/dev/null
  for name in "${DATA_NETWORK:?}" "${EDGE_NETWORK:?}" $OFFSITE_NETWORK; do remove_network "$name"; done
}
