# shellcheck shell=bash disable=SC2154
# Part of ../attach-edge.sh: lets EDGE_CONTAINER, which was made and not started, take the place of the edge that serves.
# Two containers cannot publish one port, so for a moment nobody listens. The host lets those who connect meanwhile wait,
# as for a packet that was lost, instead of refusing them.

# shellcheck source=/dev/null
. edge/hold-ports.sh

exchange_edge() {
  local networks
  # Of this stack, by whatever name: it has the ports.
  before=$(docker ps --quiet --no-trunc --filter "label=slipway.stack=${STACK:?}" --filter label=slipway.role=edge)
  mapfile -t networks < <({ printf '%s\n' "${NETWORK:?}"; networks_of_routes; } | sort -u)
  EDGE=$EDGE_CONTAINER join_edge "${networks[@]}"
  if [ "$before" != "$EDGE_CONTAINER" ]; then replace_edge; fi
  docker update --pids-limit "${MAX_PROCESSES:?}" "$EDGE_CONTAINER" >/dev/null
}

networks_of_routes() {
  stacks_behind "${EDGE_DIRECTORY:?}" | sed 's/.*/slipway-&-edge/' |
    grep -Fxf <(docker network ls --format '{{.Name}}') || true
}

replace_edge() {
  local name
  trap 'exit 143' TERM INT
  trap put_edge_back EXIT
  mapfile -t answering < <(for name in $(public_names); do ! answers_by "$name" || echo "$name"; done)
  if [ -n "$before" ]; then
    hold_ports "${HTTP_PORT:?}" "${EDGE_PORT:?}"
    wait_for 3 has_accepted || true
    docker stop "$before" >/dev/null
  fi
  docker start "$EDGE_CONTAINER" >/dev/null
  wait_for 20 edge_answers || { last_lines "$EDGE_CONTAINER"; fail "the new edge did not answer within 20 seconds; its last lines stand above"; }
  trap - EXIT
  release_ports
  give_name
}

# Whether the edge before has all connections that were made until they were held: what its kernel still has for it is
# reset as it ends. Listening sockets count those as bytes to be read.
has_accepted() {
  local process
  process=$(docker inspect --format '{{.State.Pid}}' "$before")
  ! awk '$4 == "03" || ($4 == "0A" && $5 !~ /:0+$/) { waits = 1 } END { exit !waits }' "/proc/$process/net/"tcp{,6} 2>/dev/null
}

# What cannot serve gives way again to what did.
put_edge_back() {
  local status=$?
  trap '' TERM INT
  docker stop --time 5 "$EDGE_CONTAINER" >/dev/null 2>&1 || true
  if [ -n "$before" ] && docker start "$before" >/dev/null; then
    echo 'the edge that served before serves on' >&2
    (EDGE_CONTAINER=$before wait_for 10 edge_answers) || true
  fi
  release_ports
  exit "$status"
}

# Containers that are there before what they are to replace cannot have its name.
give_name() {
  ! docker inspect "$EDGE" >/dev/null 2>&1 || docker rename "$EDGE" "$EDGE-before-${EDGE_CONTAINER:0:12}"
  docker rename "$EDGE_CONTAINER" "$EDGE"
}

# It listens before it has read its files. Names that were not answered before, keep nobody from a new edge.
edge_answers() {
  local name
  [ "$(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$EDGE_CONTAINER")" = 'true 0' ] ||
    { last_lines "$EDGE_CONTAINER"; fail 'the new edge ended by itself; its last lines stand above'; }
  curl --silent --max-time 2 --output /dev/null "${past_hold[@]}" "http://$EDGE_ADDRESS:$HTTP_PORT/" || return 1
  for name in "${answering[@]}"; do answers_by "$name" || return 1; done
}

# What Traefik does not know it answers with 404 itself.
answers_by() {
  local headers
  headers=$(ask "$1" / --max-time 2 --output /dev/null --dump-header - "${past_hold[@]}") || return 1
  ! grep -q '^HTTP/[0-9.]* 404' <<<"$headers" || grep -iq '^x-slipway-release:' <<<"$headers"
}

# One of each environment's.
public_names() {
  local file
  for file in "$ROOT/$EDGE_DIRECTORY"/dynamic/*.yml; do
    case $file in *-probe.yml) continue ;; esac
    # shellcheck disable=SC2016 # as Traefik writes a rule
    grep -os -m 1 'Host(`[^`]*`)' "$file" | sed -n '1s/Host(`\(.*\)`)/\1/p'
  done
}
