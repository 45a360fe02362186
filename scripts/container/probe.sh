#!/bin/sh
# Asks a container of the application, from inside it, whether it is well. Usage:
#   probe.sh http PORT PATH [TIMES SECONDS [HOST [PATIENCE]]]
#                              a status from 200 to 399; TIMES in a row, with SECONDS from one to the next; by the
#                              name HOST, or by the address; Python asks again for PATIENCE seconds
#   probe.sh ready PORT PATH [TIMES SECONDS] the same, as soon as anything listens; gives up after some seconds
#   probe.sh worker            the Celery worker of this container moves, and answers over the broker when it is asked
#   probe.sh beat              the live release's beat holds the lock, another one waits
#   probe.sh connections PORT  prints how many connections to a port there are, but for the probes' own
set -eu

# Whether anything listens on a port. A look costs nothing, a question starts a program.
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

# Looks at each process: says no when one is stopped by a signal, which hangs for good, and sets `moves` to how often
# those that were started first have run. A worker that waits for tasks wakes every second; one that hangs never does.
look_at_processes() {
  moves=0
  for process in /proc/[0-9]*; do
    parent=
    # One that ends meanwhile is no failure.
    while read -r key value _; do
      case $key-$value in
        State:-T)
          echo "process ${process#/proc/} is stopped, as by SIGSTOP"
          return 1
          ;;
        PPid:-*) parent=$value ;;
        voluntary_ctxt_switches:-* | nonvoluntary_ctxt_switches:-*)
          [ "$parent" != 1 ] || moves=$((moves + value))
          ;;
      esac
    done 2>/dev/null <"$process/status" || true
  done
}

case $1 in
  ready)
    # An interpreter starts while the service does, and not when that could answer.
    if ! command -v curl >/dev/null && command -v python3 >/dev/null; then
      exec sh "$0" http "$2" "$3" "${4:-3}" "${5:-0.1}" "127.0.0.1:$2" 10
    fi
    looks=0
    until listens "$2"; do
      looks=$((looks + 1))
      [ "$looks" -lt 80 ] || exit 1
      sleep 0.05
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      ! sh "$0" http "$2" "$3" "${4:-3}" "${5:-0.1}" || exit 0
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
    times=${4:-1}
    pause=${5:-0}
    host=${6:-127.0.0.1:$2}
    if command -v curl >/dev/null; then
      set -- curl --noproxy '*' --fail --silent --show-error --output /dev/null --max-time 5 --header "Host: $host" "$url"
    elif command -v python3 >/dev/null; then
      # An interpreter that starts takes longer than the answer, and takes it from the service.
      exec python3 -c 'import sys, time, http.client as h
port, path, times, pause, host, patience = sys.argv[1:]
def ask():
    for turn in range(int(times)):
        time.sleep(float(pause) if turn else 0)
        c = h.HTTPConnection("127.0.0.1", int(port), timeout=5)
        c.request("GET", path, headers={"Host": host})
        status = c.getresponse().status
        if status >= 400: raise h.HTTPException("status %d" % status)
end = time.monotonic() + float(patience)
while True:
    try: sys.exit(ask())
    except (OSError, h.HTTPException) as problem:
        if time.monotonic() >= end: sys.exit(str(problem))
        time.sleep(0.02 if isinstance(problem, ConnectionRefusedError) else 0.1)' \
        "$2" "$3" "$times" "$pause" "$host" "${7:-0}"
    elif command -v node >/dev/null; then
      # `fetch` asks for no other host than the address's.
      set -- node -e 'const [url, host] = process.argv.slice(1)
require("node:http").get(url, {headers: {host}, timeout: 5000}, (r) => process.exit(r.statusCode < 400 ? 0 : 1))
.on("timeout", () => process.exit(1)).on("error", () => process.exit(1))' "$url" "$host"
    elif command -v wget >/dev/null; then
      set -- env -u http_proxy wget -q -T 5 -O /dev/null --header "Host: $host" "$url"
    else
      echo 'the image has none of curl, python3, wget and node to ask the probe with' >&2
      exit 1
    fi
    while [ "$times" -gt 1 ]; do
      "$@"
      times=$((times - 1))
      sleep "$pause"
    done
    exec "$@"
    ;;
  worker)
    [ ! -d /run/slipway/bin/migrated ] || [ -e /run/slipway/bin/migrated/done ] || exit 0
    look_at_processes
    read -r now _ </proc/uptime
    now=${now%.*}
    # When it answered last, and how far it had moved when it was looked at last.
    answered=-1000 moved=
    read -r answered moved 2>/dev/null </tmp/slipway-probe || true
    if [ "$moves" != "$moved" ] && [ $((now - answered)) -lt 60 ]; then
      echo "$answered $moves" >/tmp/slipway-probe
      exit 0
    fi
    # A question loads Celery and the application, a third of a second of a processor or more. It ends by itself, also
    # where the broker says nothing.
    if sh /run/slipway/bin/start.sh task python3 -c 'import os, signal, socket, sys
signal.alarm(8)
from celery.app.utils import find_app
worker = "celery@" + socket.gethostname()
sys.exit(not find_app(os.environ["SLIPWAY_CELERY"]).control.ping([worker], timeout=5))'; then
      echo "$now $moves" >/tmp/slipway-probe
      echo 'the worker was asked, and answered'
      exit 0
    fi
    echo "$answered $moves" >/tmp/slipway-probe
    echo 'the worker was asked, and did not answer'
    # One that moves does not hang: a broker that starts anew, or a busy host, is given more time.
    [ "$moves" != "$moved" ] && [ $((now - answered)) -lt 180 ]
    ;;
  beat)
    look_at_processes
    live=$(cat /run/slipway/live/release 2>/dev/null || true)
    [ "$live" = "${SLIPWAY_RELEASE:?}" ] || exit 0
    ! flock --nonblock --shared /run/slipway/beat/lock true
    ;;
esac
