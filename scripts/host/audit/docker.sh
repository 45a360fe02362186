# shellcheck shell=bash disable=SC2154
# Part of ../audit.sh: what the engine has.

# Of this environment, on its networks, and the edge, running or not.
show_containers() {
  local network ids
  mapfile -t ids < <({
    docker ps --all --quiet --no-trunc --filter "label=slipway.stack=${STACK:?}"
    docker ps --all --quiet --no-trunc --filter "name=^/?${EDGE:?}\$"
    while read -r network; do
      [ -z "$network" ] || docker ps --all --quiet --no-trunc --filter "network=$network"
    done <<<"${NETWORKS?}"
  } | sort -u)
  # One may end meanwhile.
  [ "${#ids[@]}" = 0 ] || docker inspect --type container --format 'container {{json .}}' "${ids[@]}" 2>/dev/null || true
}

# What those containers were made of, and what the names are of that they should be made of.
show_images() {
  local reference ids
  mapfile -t ids < <(docker ps --all --quiet --filter "label=slipway.stack=$STACK" | xargs --no-run-if-empty docker inspect --format '{{.Image}}' 2>/dev/null | sort -u)
  [ "${#ids[@]}" = 0 ] || docker image inspect --format 'image {{.Id}} {{json .Config}}' "${ids[@]}" 2>/dev/null || true
  while read -r reference; do
    [ -z "$reference" ] || printf 'reference %s %s\n' "$reference" "$(docker image inspect --format '{{.Id}}' "$reference" 2>/dev/null)"
  done <<<"${IMAGES?}"
}

show_networks() {
  local names
  mapfile -t names < <({
    docker network ls --format '{{.Name}}' --filter "label=slipway.stack=$STACK"
    docker network ls --format '{{.Name}}' | grep -E "^slipway-${STACK}[-.][a-z0-9_]+\$" || true
  } | sort -u)
  [ "${#names[@]}" = 0 ] || docker network inspect --format 'network {{json .}}' "${names[@]}" 2>/dev/null || true
}
