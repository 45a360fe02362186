# shellcheck shell=bash
# Puts the edge's container on an environment's network, and takes it off again. A container that was made anew is on
# the network of the stack that owns it alone, so for that stack (EDGE_CONTAINER is not empty) it is also put on those
# of every other environment that it has routes of.

apply() {
  local networks
  mapfile -t networks < <({ printf '%s\n' "${NETWORK:?}"; [ -z "${EDGE_CONTAINER?}" ] || networks_of_routes; } | sort -u)
  join_edge "${networks[@]}"
}

networks_of_routes() {
  stacks_behind "${EDGE_DIRECTORY:?}" | sed 's/.*/slipway-&-edge/' |
    grep -Fxf <(docker network ls --format '{{.Name}}') || true
}

remove() {
  # It is there as long as this stack is not on its way to another edge.
  if [ -n "$EDGE_CONTAINER" ] && docker inspect "$EDGE_CONTAINER" >/dev/null 2>&1; then require_unshared "$EDGE_DIRECTORY"; fi
  if docker inspect "${EDGE:?}" >/dev/null 2>&1 && networks_of "$EDGE" | grep -Fxq "${NETWORK:?}"; then
    docker network disconnect "$NETWORK" "$EDGE"
  fi
}
