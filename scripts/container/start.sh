#!/bin/sh
# Starts a container of the application. Mounted beside it: the release's secrets and the marker that says which
# release is live. Usage: start.sh service|worker|beat|task COMMAND [ARGUMENT ...]
# Variables of its own begin with SLIPWAY_, as no setting or secret does: under another name they would change one.
set -eu

SLIPWAY_ROLE=$1
shift

if [ "${SLIPWAY_SECRETS_AS:?}" = environment ]; then
  for SLIPWAY_FILE in /run/secrets/*; do
    [ -f "$SLIPWAY_FILE" ] || continue
    export "$(basename "$SLIPWAY_FILE")=$(cat "$SLIPWAY_FILE")"
  done
fi

is_live() {
  [ "$(cat /run/slipway/live/release 2>/dev/null)" = "${SLIPWAY_RELEASE:?}" ]
}

SLIPWAY_PLACE=
case $SLIPWAY_ROLE in
  service | worker | beat)
    # Started beside the release's migration, if there is one, and of no use before it.
    if [ -d /run/slipway/bin/migrated ] && [ ! -e /run/slipway/bin/migrated/done ]; then
      echo "waits for the migration of release $SLIPWAY_RELEASE" >&2
      until [ -e /run/slipway/bin/migrated/done ]; do sleep 0.1; done
    fi
    ;;
esac
case $SLIPWAY_ROLE in
  worker)
    # A release that is not live must not eat tasks: until it is told, it consumes a queue of its own.
    if is_live; then SLIPWAY_VALUE=${SLIPWAY_QUEUES:?}; else SLIPWAY_VALUE=${SLIPWAY_PROBE_QUEUE:?}; fi
    SLIPWAY_PLACE='{queues}'
    ;;
  beat)
    until is_live; do sleep 0.2; done
    SLIPWAY_VALUE=/run/slipway/beat/schedule
    SLIPWAY_PLACE='{schedule}'
    set -- flock --no-fork /run/slipway/beat/lock "$@"
    ;;
esac

# Each word goes from the front to the back, so that none is split or expanded on the way.
for SLIPWAY_WORD; do
  shift
  [ -z "$SLIPWAY_PLACE" ] || [ "$SLIPWAY_WORD" != "$SLIPWAY_PLACE" ] || SLIPWAY_WORD=$SLIPWAY_VALUE
  set -- "$@" "$SLIPWAY_WORD"
done

exec "$@"
