# shellcheck shell=bash disable=SC2154
# Part of ../switch-release.sh: proves every container of RELEASE, before anything is switched. `previous` is the release
# that serves.

# Containers of this release that the state does not know were left by a kill. They answer to the same names.
remove_strangers() {
  local role id
  for role in service worker beat; do
    for id in $(containers_of "$STACK" "$role" "$RELEASE"); do
      [[ $PARTICIPANTS == *" $id "* ]] || docker rm --force "$id" >/dev/null
    done
  done
}

# A release that failed before may be stopped or in the pause between two attempts; it gets a new one, and a new count.
revive() {
  local state
  state=$(docker inspect --format '{{.State.Running}} {{.State.Restarting}} {{.RestartCount}}' "$3")
  case $state in
    'true false 0') ;;
    'true false '*) [ "${RELEASE:?}" = "$previous" ] || docker restart --time 10 "$3" >/dev/null ;;
    *) docker restart --time 10 "$3" >/dev/null ;;
  esac
}

# Before the proof, which is a process of its own for each participant: what it opens goes with it.
open_consoles() {
  local role id
  while read -r role _ id _; do
    [ "$role" != worker ] || open_console "$id"
  done <<<"$PARTICIPANTS"
}

# Docker changes no container that is stopped, so the limit of processes is set once it is seen to run.
prove() {
  local role=$1 name=$2 id=$3 processes=$4 timeout=$5 restarts deadline
  restarts=$(docker inspect --format '{{.RestartCount}}' "$id")
  require_running "$name" "$id" "$restarts"
  docker update --pids-limit "$processes" "$id" >/dev/null 2>&1 || require_running "$name" "$id" "$restarts"
  deadline=$((SECONDS + timeout))
  until is_ready "$role" "$id" "$deadline" "${@:6}" >/dev/null 2>&1; do
    require_running "$name" "$id" "$restarts"
    [ "$SECONDS" -lt "$deadline" ] || reject "$name" "$id" "was not ready within $timeout seconds"
    sleep 0.2
  done
  # It has yielded to what serves until now.
  docker update --cpu-shares 1024 "$id" >/dev/null 2>&1 || true
  require_running "$name" "$id" "$restarts"
}

# Usage: require_running NAME CONTAINER RESTARTS
require_running() {
  [ "$(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$2")" = "true $3" ] ||
    reject "$1" "$2" 'stopped by itself'
}

# Usage: is_ready ROLE CONTAINER DEADLINE DETAILS
is_ready() {
  case $1 in
    service)
      # The probe asks again and again for some seconds; a service that hangs makes them many.
      timeout "$(($3 - SECONDS + 1))" docker exec "$2" sh /run/slipway/bin/probe.sh ready "$4" "$5" "$6" "$7"
      ;;
    worker) ask_worker "$2" 5 ping ;;
    beat) docker exec "$2" sh /run/slipway/bin/probe.sh beat ;;
  esac
}

reject() {
  last_lines "$2"
  fail "$1 of release $RELEASE $3; its last lines stand above.${previous:+ The release that served before serves on.}"
}
