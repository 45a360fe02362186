# shellcheck shell=bash
# Puts the edge's container on an environment's network, and takes it off again.

is_attached() {
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "${EDGE:?}" |
    grep -Fxq "${NETWORK:?}"
}

apply() {
  docker inspect "${EDGE:?}" >/dev/null 2>&1 ||
    fail "the edge $EDGE does not run on this host; deploy the stack that owns it first, or set edge.mode to own"
  is_attached || docker network connect "${NETWORK:?}" "$EDGE"
}

remove() {
  if docker inspect "${EDGE:?}" >/dev/null 2>&1 && is_attached; then
    docker network disconnect "$NETWORK" "$EDGE"
  fi
}
