#!/bin/sh
# Asks a container of the application, from inside it, whether it is well. Usage:
#   probe.sh http PORT PATH   a status from 200 to 399
#   probe.sh ready PORT PATH  the same three times in a row, within some seconds
#   probe.sh worker           the Celery worker of this container answers over the broker
#   probe.sh beat             the live release's beat holds the lock, another one waits
set -eu

# Whether anything listens on a port. A look costs nothing; a question may start an interpreter, while the service that
# is to answer it starts as well.
listens() {
  port=$(printf %04X "$1")
  for sockets in /proc/net/tcp /proc/net/tcp6; do
    [ -r "$sockets" ] || continue
    while read -r _ local _ state _; do
      case $local-$state in *:"$port-0A") return 0 ;; esac
    done <"$sockets"
  done
  return 1
}

case $1 in
  ready)
    answers=0
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      if listens "$2" && sh "$0" http "$2" "$3"; then answers=$((answers + 1)); else answers=0; fi
      [ "$answers" -lt 3 ] || exit 0
      sleep 0.1
    done
    exit 1
    ;;
  http)
    # A redirect is an answer: where it leads is asked of nobody. No setting sends the question to a proxy.
    url=http://127.0.0.1:$2$3
    if command -v curl >/dev/null; then
      exec curl --noproxy '*' --fail --silent --show-error --output /dev/null --max-time 5 "$url"
    elif command -v python3 >/dev/null; then
      exec python3 -c 'import sys, http.client as h
c = h.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
c.request("GET", sys.argv[2])
sys.exit(c.getresponse().status >= 400)' "$2" "$3"
    elif command -v node >/dev/null; then
      exec node -e 'fetch(process.argv[1], {redirect: "manual", signal: AbortSignal.timeout(5000)}).then((r) => process.exit(r.status < 400 ? 0 : 1), () => process.exit(1))' "$url"
    elif command -v wget >/dev/null; then
      exec env -u http_proxy wget -q -T 5 -O /dev/null "$url"
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
