# shellcheck shell=bash
# Makes RELEASE the one that serves: proves its containers, switches edge and marker, confirms over the public route,
# hands queues and beat over; or puts everything back. PARTICIPANTS: a line for each container,
# "ROLE NAME ID MAX_PROCESSES TIMEOUT DETAILS".

# shellcheck source=/dev/null
. switch/prove-release.sh
# shellcheck source=/dev/null
. switch/worker-console.sh

live_file=$ROOT/${STACK:?}/live/release

apply() {
  local participants
  one_at_a_time
  mapfile -t participants <<<"${PARTICIPANTS:?}"
  previous=$(cat "$live_file" 2>/dev/null || true)
  [ ! -e "$ROOT/${EDGE_FILE%.yml}-maintenance.yml" ] ||
    fail "maintenance is on in $STACK, so the public route cannot be confirmed; type: npm run maintenance -- off --stack $STACK"
  stop_strangers
  each revive
  open_consoles
  each prove
  each limit
  # The edge may have been made anew since this environment's network was given to it.
  join_edge "${EDGE_NETWORK:?}"
  previous_routes=$(cat "$ROOT/${EDGE_FILE:?}" 2>/dev/null || true)
  trap undo EXIT
  trap 'exit 143' TERM INT
  publish "${RELEASE:?}" "${EDGE_CONTENT:?}"
  confirm
  smoke
  hand_over
  trap - EXIT TERM INT
  clean_edges
}

# Waits for a switch that another deploy left at work: a kill of the CLI does not end it. The kernel takes the lock from
# whatever ends.
one_at_a_time() {
  exec {lock}<"$ROOT/$STACK/live"
  flock --timeout 300 "$lock" ||
    fail "another switch of $STACK is at work and does not end; see what it waits for with: pgrep -af 'bash -s -- apply'"
}

# Runs a function with the words of every participant, all at the same time. Fails as soon as one of them fails.
each() {
  local line words
  for line in "${participants[@]}"; do
    read -ra words <<<"$line"
    "$1" "${words[@]}" &
  done
  for line in "${participants[@]}"; do
    wait -n && continue
    mapfile -t words < <(jobs -pr)
    [ "${#words[@]}" = 0 ] || kill "${words[@]}" 2>/dev/null
    return 1
  done
}

# Both files are written beside the watched directory and renamed into it: the edge never sees half a file.
publish() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "$2" | helper '
    cat >"$new/routes"; printf "%s\n" "$3" >"$new/release"; sync "$new"/*
    mv -f "$new/routes" "/slipway/$1"
    mv -f "$new/release" "/slipway/$2/live/release"
    sync "/slipway/${1%/*}" "/slipway/$2/live"
  ' publish "$EDGE_FILE" "$STACK" "$1"
}

# The edge names the release on its own errors as well: those mean that it does not reach the release.
serves_release() {
  local headers
  headers=$(ask "$1" / --output /dev/null --dump-header - | tr -d '\r')
  grep -iqx "x-slipway-release: $RELEASE" <<<"$headers" && ! head -n 1 <<<"$headers" | grep -Eq '^HTTP/[0-9.]+ 50[234]'
}

confirm() {
  local host
  while read -r host; do
    [ -z "$host" ] || wait_for 20 serves_release "$host" ||
      fail "https://$host:$EDGE_PORT/ did not answer with release $RELEASE within 20 seconds"
  done <<<"${PUBLISHED?}"
}

smoke() {
  local host path status
  while read -r host path; do
    [ -n "$host" ] || continue
    status=$(ask "$host" "$path" --output /dev/null --write-out '%{http_code}') || status=nothing
    [[ $status == [23]* ]] || fail "the smoke test https://$host:$EDGE_PORT$path answered $status"
  done <<<"${SMOKE?}"
}

# The scheduler of another release stops before this one's gets the lock; workers change queues without a restart.
hand_over() {
  local old
  for old in $(others beat); do docker stop "$old" >/dev/null; done
  each take_work
  for old in $(others worker); do drop_work "$old"; done
}

# Running containers of a role that belong neither to this release nor to another one. Usage: others ROLE [RELEASE]
others() {
  docker ps --no-trunc --filter "label=slipway.stack=$STACK" --filter "label=slipway.role=$1" \
    --format '{{.Label "slipway.release"}} {{.ID}}' | sed -n "/^$RELEASE /d; /^${2:-none} /d; s/.* //p"
}

take_work() {
  case $1 in
    worker) queues add_consumer "$3" "$6" ;;
    beat) wait_for 30 docker exec "$3" sh /run/slipway/bin/probe.sh beat >/dev/null || reject "$2" "$3" 'did not start' ;;
  esac
}

drop_work() {
  # shellcheck disable=SC2016 # expanded inside the container
  queues cancel_consumer "$1" "$(docker exec "$1" sh -c 'echo "$SLIPWAY_QUEUES"')"
}

# Usage: queues add_consumer|cancel_consumer CONTAINER QUEUE,...
queues() {
  local queues
  IFS=, read -ra queues <<<"$3"
  ask_worker "$2" 10 "$1" "${queues[@]}"
}

undo() {
  trap - EXIT
  printf 'everything is put back as it was before release %s\n' "$RELEASE" >&2
  if [ -n "$previous" ]; then publish "$previous" "$previous_routes"; else withdraw; fi
  local id
  for id in $(containers_of "$STACK" beat "$previous"); do [ -z "$previous" ] || docker start "$id" >/dev/null; done
  for id in $(others worker); do
    # shellcheck disable=SC2016 # expanded inside the container
    queues add_consumer "$id" "$(docker exec "$id" sh -c 'echo "$SLIPWAY_QUEUES"')" || true
  done
  if [ "$previous" != "$RELEASE" ]; then
    for id in $(containers_of "$STACK" beat "$RELEASE") $(containers_of "$STACK" worker "$RELEASE"); do
      docker stop "$id" >/dev/null
    done
  fi
}

# An edge that this environment was reached by before has its routes no longer, and no edge a certificate that it does
# not serve with.
clean_edges() {
  local place
  for place in "$ROOT"/edges/*/{dynamic/"$STACK.yml","certificates/$STACK"}; do
    [ -e "$place" ] || continue
    case $place in
      "$ROOT/$EDGE_FILE") continue ;;
      "$ROOT/${EDGE_FILE%/dynamic/*}"/*) [[ $EDGE_CONTENT != *"/certificates/$STACK/"* ]] || continue ;;
    esac
    # shellcheck disable=SC2016 # expanded inside the helper
    helper 'rm -rf "/slipway/$1"' clean-edges "${place#"$ROOT"/}"
  done
}

withdraw() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -f "/slipway/$1.yml" "/slipway/$1-maintenance.yml" "/slipway/$2/live/release"
    sync "/slipway/${1%/*}" "/slipway/$2/live" || true' \
    withdraw "${EDGE_FILE%.yml}" "${STACK:?}"
}

# The first of all to go when a stack is destroyed.
remove() {
  [ -z "${EDGE_OWNED?}" ] || require_unshared "${EDGE_FILE%/dynamic/*}"
  withdraw
}
