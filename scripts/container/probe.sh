#!/bin/sh
# Asks a container of the application, from inside it, whether it is well. Usage:
#   probe.sh http PORT PATH   a status from 200 to 399
#   probe.sh worker           the Celery worker of this container answers over the broker
#   probe.sh beat             the live release's beat holds the lock, another one waits
set -eu

case $1 in
  http)
    url=http://127.0.0.1:$2$3
    if command -v curl >/dev/null; then
      exec curl --fail --silent --show-error --output /dev/null --max-time 5 "$url"
    elif command -v python3 >/dev/null; then
      exec python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$url"
    elif command -v wget >/dev/null; then
      exec wget -q -T 5 -O /dev/null "$url"
    elif command -v node >/dev/null; then
      exec node -e 'fetch(process.argv[1], {signal: AbortSignal.timeout(5000)}).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$url"
    fi
    echo 'the image has none of curl, python3, wget and node to ask the probe with' >&2
    exit 1
    ;;
  worker)
    exec sh /run/slipway/bin/start.sh task \
      celery -A "${SLIPWAY_CELERY:?}" inspect ping --timeout 5 --destination "celery@$(hostname)"
    ;;
  beat)
    live=$(cat /run/slipway/live/release 2>/dev/null || true)
    [ "$live" = "${SLIPWAY_RELEASE:?}" ] || exit 0
    ! flock --nonblock --shared /run/slipway/beat/lock true
    ;;
esac
