# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that try a release on a copy of the database: the services of the release that serves, as twins on
# the copy's network. Who sources it says in `refuse_service NAME WHAT` what follows when one of them does not work.

# Starts those that run, and asks each until it is ready, in the time that is left, and then its smoke paths. Notes in
# `started` which, and in `asked` how many paths.
try_services() {
  local description=$ROOT/$STACK/releases/$live/description services smokes name
  started=() asked=0
  if [ -e "$description" ]; then
    services=$(sed -n 's/^service \([^ ]*\) \([^ ]*\) [^ ]* \(.*\)/\1 \2 \3/p' "$description")
    smokes=$(sed -n 's/^smoke //p' "$description")
  else
    say "release $live was deployed by an older Slipway: it is asked what its health check asks"
    services=$(services_by_healthcheck)
    smokes=
  fi
  while read -r name _; do
    [ -z "$name" ] || start_service "$name"
  done <<<"$services"
  [ "${#started[@]}" = 0 ] || ask_services "$services" "$smokes"
}

start_service() {
  local container
  container=$(running_service "$1")
  if [ -z "$container" ]; then
    say "no container of $1 of release $live runs: it is not tried on the copy"
    return 0
  fi
  start_twin "$container" "$rehearsal.$1" "$1-$live-1"
  started+=("$1")
}

# Usage: ask_services SERVICES SMOKES
ask_services() {
  local name port path host
  while read -r name port path; do
    [[ " ${started[*]} " == *" $name "* ]] || continue
    until probe_service "$name" ready "$port" "$path"; do
      [ "$(docker inspect --format '{{.State.Running}}' "$rehearsal.$name")" = true ] ||
        refuse_service "$name" 'stopped by itself'
      [ "$SECONDS" -lt "$deadline" ] || refuse_service "$name" "was not ready ($path) within $READY_SECONDS seconds"
      sleep 0.2
    done
  done <<<"$1"
  while read -r name host path; do
    [[ -n $name && " ${started[*]} " == *" $name "* ]] || continue
    port=$(sed -n "s/^$name \([0-9]*\) .*/\1/p" <<<"$1")
    probe_service "$name" http "$port" "$path" 1 0 "$host" || refuse_service "$name" "did not answer well to $path"
    asked=$((asked + 1))
  done <<<"$2"
}

# Usage: probe_service NAME ready|http PORT PATH [TIMES SECONDS HOST]
probe_service() {
  timeout 30 docker exec "$rehearsal.$1" sh /run/slipway/bin/probe.sh "${@:2}" >/dev/null 2>&1
}

# Usage: running_service NAME
running_service() {
  docker ps --no-trunc --quiet --filter "label=slipway.stack=$STACK" --filter label=slipway.role=service \
    --filter "label=slipway.release=$live" --filter "label=slipway.name=$1" | head -n 1
}

# "NAME PORT PATH" of each service that runs, by the command that Docker asks it with.
services_by_healthcheck() {
  local id
  for id in $(docker ps --quiet --filter "label=slipway.stack=$STACK" --filter label=slipway.role=service \
    --filter "label=slipway.release=$live"); do
    docker inspect --format '{{index .Config.Labels "slipway.name"}}{{range .Config.Healthcheck.Test}} {{.}}{{end}}' "$id"
  done | sed -n 's|^\([^ ]*\) CMD /bin/sh /run/slipway/bin/probe.sh http \([0-9]*\) \(.*\)|\1 \2 \3|p' | sort -u
}
