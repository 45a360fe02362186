#!/bin/sh
# Starts a container of the application. Mounted beside it: the release's secrets and the marker that says which
# release is live. Usage: start.sh service|worker|beat|task COMMAND [ARGUMENT ...]
set -eu

role=$1
shift

if [ "${SLIPWAY_SECRETS_AS:?}" = environment ]; then
  for file in /run/secrets/*; do
    [ -f "$file" ] || continue
    export "$(basename "$file")=$(cat "$file")"
  done
fi

is_live() {
  [ "$(cat /run/slipway/live/release 2>/dev/null)" = "${SLIPWAY_RELEASE:?}" ]
}

# Puts a value in the place of one word of the command.
substitute() {
  wanted=$1
  value=$2
  shift 2
  for word; do
    [ "$word" = "$wanted" ] && word=$value
    printf '%s\n' "$word"
  done
}

case $role in
  worker)
    # A release that is not live must not eat tasks: until it is told, it consumes a queue of its own.
    if is_live; then queues=${SLIPWAY_QUEUES:?}; else queues=${SLIPWAY_PROBE_QUEUE:?}; fi
    IFS='
'
    # shellcheck disable=SC2046 # one word a line, by IFS
    set -- $(substitute '{queues}' "$queues" "$@")
    ;;
  beat)
    until is_live; do sleep 0.5; done
    IFS='
'
    # shellcheck disable=SC2046 # one word a line, by IFS
    set -- flock --no-fork /run/slipway/beat/lock $(substitute '{schedule}' /run/slipway/beat/schedule "$@")
    ;;
esac

exec "$@"
