# shellcheck shell=bash disable=SC2034
# Restarts what Docker finds unhealthy, since Docker itself restarts only what ended; and after a start of the server
# stops what came back of releases that are not live. A timer of systemd runs it as root, one run at a time. What it
# remembers lies in MEMORY, a directory that goes when the server stops.

# shellcheck source=/dev/null
. deploy/journal.sh

# How many seconds a container has to be unhealthy before it is touched. Servers end everybody's connections with theirs.
declare -A patience=([service]=0 [worker]=0 [beat]=0 [edge]=15 [redis]=30 [postgres]=120)
# How many seconds it has to end by itself: mostly what hangs does not hear of it.
declare -A grace=([service]=5 [worker]=5 [beat]=5 [edge]=5 [redis]=15 [postgres]=15)
# How many seconds it has to be healthy until what was before is forgotten.
forgets=600

# Nobody waits for an engine that does not answer.
docker() { timeout --kill-after=5 "${limit:-10}" docker "$@"; }

apply() {
  local containers now id stack role name release status
  mkdir -p "${MEMORY:?}"
  exec {lock}>"$MEMORY/lock"
  flock --nonblock "$lock" || return 0
  read -r now _ </proc/uptime
  now=${now%.*}
  containers=$(list_containers) || { tell_once; return 0; }
  rm -f "$MEMORY/away"
  if [ ! -e "$MEMORY/started" ]; then
    each stop_leftover
    : >"$MEMORY/started"
  fi
  forget_removed
  each look_at
  wait
}

# A line for each that runs.
list_containers() {
  docker ps --no-trunc --filter label=slipway.stack --format \
    '{{.ID}}|{{.Label "slipway.stack"}}|{{.Label "slipway.role"}}|{{.Label "slipway.name"}}|{{.Label "slipway.release"}}|{{.Status}}'
}

# Runs a function for each container of a role that is known here. It sees the fields as variables, and `journal` is its
# environment's.
each() {
  local STACK journal deploy=''
  while IFS='|' read -r id stack role name release status; do
    [ -n "${patience[${role:-none}]:-}" ] || continue
    STACK=$stack journal=$ROOT/$stack/journal
    "$1"
  done <<<"$containers"
}

# STATE SINCE RESTARTS LAST: the state it is in since then, how often it was restarted, and when last.
look_at() {
  local file=$MEMORY/$id state=starting was='' since=$now restarts=0 last=0
  case $status in
    *'(healthy)'*) state=healthy ;;
    *'(unhealthy)'*) state=unhealthy ;;
  esac
  [ -e "$file" ] || [ "$state" = unhealthy ] || return 0
  read -r was since restarts last 2>/dev/null <"$file" || true
  [ "$was" = "$state" ] || since=$now
  if [ "$state" = healthy ] && [ $((now - since)) -ge "$forgets" ]; then
    rm -f "$file"
    return 0
  fi
  if [ "$state" = unhealthy ] && is_due && may_be_touched; then
    restarts=$((restarts + 1)) last=$now
    restart &
  fi
  echo "$state $since $restarts $last" >"$file"
}

# The first time at once, then after one minute, two, four and so on, at most an hour.
is_due() {
  local pause=0
  [ "$restarts" = 0 ] || pause=$((restarts > 6 ? 3600 : 60 << (restarts - 1)))
  [ $((now - since)) -ge "${patience[$role]}" ] && [ $((now - last)) -ge "$pause" ]
}

# Not an environment whose files are elsewhere: what is at work on it cannot be seen.
may_be_touched() {
  local said
  [ -d "$ROOT/$STACK" ] || return 1
  case $role in
    # It reads its log after a crash and takes nobody in meanwhile: a restart would have it begin anew.
    postgres) said=$(last_probe Output) && [[ $said != *'rejecting connections'* ]] ;;
    redis) ;;
    # A deploy may be giving its ports to another one.
    edge) is_idle ;;
    *) [ "$release" = "$(live_release)" ] && is_settled && servers_are_well ;;
  esac
}

# Whether nothing is at work on the environment, or was cut off at a moment when the marker does not tell all.
is_settled() { [ ! -e "$journal/downtime" ] && [ ! -e "$journal/switch" ] && [ ! -e "$journal/restore" ] && is_idle; }

# Lease, switch and migration: one may outlive the other.
is_idle() {
  local each
  for each in journal live .; do
    [ -d "$ROOT/$STACK/$each" ] && flock --nonblock --shared "$ROOT/$STACK/$each" true || return 1
  done
}

# While a server of its environment is not there, the application would not get well by a restart.
servers_are_well() { ! grep -E "^[^|]*\|$STACK\|(postgres|redis)\|" <<<"$containers" | grep -Fvq '(healthy)'; }

restart() {
  local limit=$((grace[$role] + 30)) code reason='it was unhealthy: its probe did not end in time'
  code=$(last_probe ExitCode) || true
  [ "$code" = -1 ] || reason="it was unhealthy: its probe ended with ${code:-nothing}"
  if docker restart --time "${grace[$role]}" "$id" >/dev/null; then
    tell 5 restarted "$reason"
    note restarted role "$role" name "$name" release "$release" attempt "$restarts" reason "$reason"
  else
    tell 3 not-restarted "$reason; the engine did not restart it within $limit seconds"
  fi
}

# What the health check said last. Its words are shown to nobody: they may hold a secret.
last_probe() {
  docker inspect --format "{{with .State.Health}}{{range .Log}}{{println .$1}}{{end}}{{end}}" "$id" | sed '/^$/d' | tail -n 1
}

# What a deploy left that did not come to its switch. It neither serves nor works, and would only take memory.
stop_leftover() {
  local limit=60
  case $role in service | worker | beat) ;; *) return 0 ;; esac
  [ "$release" != "$(live_release)" ] && is_settled || return 0
  {
    docker stop --time 10 "$id" >/dev/null
    tell 5 stopped 'the server started anew, and this release is not live'
    note stopped role "$role" name "$name" release "$release" reason 'the server started anew, and this release is not live'
  } &
}

forget_removed() {
  local file
  for file in "$MEMORY"/????????????????????????????????*; do
    [[ ! -e $file || $containers == *"${file##*/}"* ]] || rm -f "$file"
  done
}

# Usage: tell PRIORITY WHAT REASON
tell() {
  printf '<%s>%s stack=%s role=%s name=%s release=%s container=%s attempt=%s reason="%s"\n' \
    "$1" "$2" "$STACK" "$role" "$name" "${release:--}" "${id:0:12}" "${restarts:-0}" "$3"
}

tell_once() {
  [ -e "$MEMORY/away" ] || echo '<4>the Docker engine does not answer: nothing is looked at until it does'
  : >"$MEMORY/away"
}
