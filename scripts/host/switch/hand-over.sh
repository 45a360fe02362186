# shellcheck shell=bash disable=SC2154
# Part of ../switch-release.sh: gives tasks and schedule from one release to another.

# shellcheck source=/dev/null
. switch/worker-console.sh

# The scheduler of another release stops before this one's gets the lock; workers change queues without a restart.
hand_over() {
  local old
  grep -q '^beat ' <<<"$PARTICIPANTS" || stop_others beat
  each take_work
  # With nothing to wait for, those of the release before are about to stop.
  [ "${SOAK_SECONDS:?}" = 0 ] || for old in $(others worker); do drop_work "$old"; done
  note handed-over release "$RELEASE"
}

# Running containers of a role that belong neither to this release nor to another one. Usage: others ROLE [RELEASE]
others() {
  docker ps --no-trunc --filter "label=slipway.stack=$STACK" --filter "label=slipway.role=$1" \
    --format '{{.Label "slipway.release"}} {{.ID}}' | sed -n "/^$RELEASE /d; /^${2:-none} /d; s/.* //p"
}

take_work() {
  case $1 in
    worker) queues add_consumer "$3" "$6" ;;
    beat)
      stop_others beat
      wait_for 30 docker exec "$3" sh /run/slipway/bin/probe.sh beat >/dev/null || reject "$2" "$3" 'did not start'
      ;;
  esac
}

# Usage: stop_others ROLE [RELEASE]
stop_others() {
  local ids
  mapfile -t ids < <(others "$@")
  [ "${#ids[@]}" = 0 ] || docker stop "${ids[@]}" >/dev/null
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
