# shellcheck shell=bash
# Puts the edge's container on an environment's network, and takes it off again. A container that was made anew is on
# no network but its own, so for the stack that owns it (EDGE_CONTAINER is not empty) it is also put on those of every
# other environment that it has routes of. LOSSES is what `look` printed.

# How often networks were lost: one more than is noted while the edge is off one that it has routes to. The number is
# noted by what mends it, so that it stays the same from then on.
look() {
  local count present lost
  count=$(losses)
  present=$(docker ps --all --filter "name=^/${EDGE:?}$" --format '{{.Networks}}' 2>/dev/null) || true
  if [ -n "$present" ]; then
    lost=$(comm -23 <(networks_of_routes) <(tr , '\n' <<<"$present" | sort))
    [ -z "$lost" ] || [ -z "$(existing <<<"$lost")" ] || count=$((count + 1))
  fi
  printf '%s\n' "$count"
}

losses() {
  cat "$ROOT/${EDGE_DIRECTORY:?}/losses" 2>/dev/null || echo 0
}

networks_of_routes() {
  local file
  for file in "$ROOT/$EDGE_DIRECTORY"/dynamic/*.yml; do
    file=${file##*/}
    case $file in
      '*.yml' | tls.yml | *-maintenance.yml) ;;
      *) printf 'slipway-%s-edge\n' "${file%.yml}" ;;
    esac
  done | sort
}

# Those of the networks on standard input that there are: what a stack without one left behind is nobody's any more.
existing() {
  grep -Fxf <(docker network ls --format '{{.Name}}') || true
}

apply() {
  local networks=("${NETWORK:?}")
  [ -z "${EDGE_CONTAINER?}" ] || mapfile -t -O 1 networks < <(networks_of_routes | grep -Fxv "$NETWORK" | existing)
  join_edge "${networks[@]}"
  # shellcheck disable=SC2016 # expanded inside the helper
  [ -z "${LOSSES?}" ] || [ "$LOSSES" = "$(losses)" ] ||
    helper 'echo "$2" >"/slipway/$1/losses"' losses "$EDGE_DIRECTORY" "$LOSSES"
}

remove() {
  if docker inspect "${EDGE:?}" >/dev/null 2>&1 && networks_of "$EDGE" | grep -Fxq "${NETWORK:?}"; then
    docker network disconnect "$NETWORK" "$EDGE"
  fi
}
