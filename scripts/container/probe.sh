#!/bin/sh
# Asks a container of the application, from inside it, whether it is well. Usage:
#   probe.sh http PORT PATH   a status from 200 to 399
#   probe.sh ready PORT PATH SUCCESSES CENTISECONDS  the same so many times in a row, over at least this time; tries
#     for some seconds more
#   probe.sh connections PORT  prints how many connections there are to a port, but for the probes' own
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

uptime_centiseconds() {
  read -r uptime _ </proc/uptime
  echo "${uptime%.*}${uptime#*.}"
}

case $1 in
  ready)
    answers=0
    begun=$(uptime_centiseconds)
    while now=$(uptime_centiseconds) && [ $((now - begun)) -lt $((${5:-0} + 300)) ]; do
      if listens "$2" && sh "$0" http "$2" "$3"; then
        [ "$answers" -gt 0 ] || since=$now
        answers=$((answers + 1))
        now=$(uptime_centiseconds)
        if [ "$answers" -ge "${4:-3}" ] && [ $((now - since)) -ge "${5:-0}" ]; then exit 0; fi
      else
        answers=0
      fi
      sleep 0.1
    done
    exit 1
    ;;
  connections)
    count=0
    port=$(printf %04X "$2")
    for sockets in /proc/net/tcp /proc/net/tcp6; do
      [ -r "$sockets" ] || continue
      while read -r _ local remote state _; do
        case $local-$state-$remote in
          *-0100007F:* | *-0000000000000000FFFF00000100007F:* | *-00000000000000000000000001000000:*) ;;
          *:"$port-01-"*) count=$((count + 1)) ;;
        esac
      done <"$sockets"
    done
    echo "$count"
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
