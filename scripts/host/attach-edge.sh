# shellcheck shell=bash
# Puts the edge on an environment's network, and takes it off again. For the stack that owns the edge, EDGE_CONTAINER is
# what is to be the edge: it takes the place of what is, and is put on the networks of every environment that has routes.

# shellcheck source=/dev/null
. edge/exchange.sh

apply() {
  if [ -z "${EDGE_CONTAINER?}" ]; then join_edge "${NETWORK:?}"; else exchange_edge; fi
}

remove() {
  # It is there as long as this stack is not on its way to another edge.
  if [ -n "$EDGE_CONTAINER" ] && docker inspect "$EDGE_CONTAINER" >/dev/null 2>&1; then require_unshared "$EDGE_DIRECTORY"; fi
  if docker inspect "${EDGE:?}" >/dev/null 2>&1 && networks_of "$EDGE" | grep -Fxq "${NETWORK:?}"; then
    docker network disconnect "$NETWORK" "$EDGE"
  fi
}
