# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: the services of the release that serves, on the copy that was migrated.

# They serve on while the database is migrated, and are what the switch goes back to.
try_old_code() {
  local description=$ROOT/$STACK/releases/$live/description services smokes
  [ "$DOWNTIME" = none ] && [ -n "$live" ] || return 0
  if [ "${REDIS:?}" = managed ]; then
    say "Redis is managed: the code of release $live is not tried on the copy"
    return 0
  fi
  begin "${READY_SECONDS:?}"
  if [ -e "$description" ]; then
    services=$(sed -n 's/^service \([^ ]*\) \([^ ]*\) [^ ]* \(.*\)/\1 \2 \3/p' "$description")
    smokes=$(sed -n 's/^smoke //p' "$description")
  else
    say "release $live was deployed by an older Slipway: it is asked what its health check asks"
    services=$(services_by_healthcheck)
    smokes=
  fi
  local started=() name
  while read -r name _; do
    [ -z "$name" ] || start_old_service "$name"
  done <<<"$services"
  [ "${#started[@]}" = 0 ] || ask_old_services "$services" "$smokes"
}

start_old_service() {
  local container arguments=()
  container=$(running_service "$1")
  if [ -z "$container" ]; then
    say "no container of $1 of release $live runs: it is not tried on the copy"
    return 0
  fi
  start_twin "$container" "$rehearsal.$1" "$1-$live-1" ''
  started+=("$1")
}

# Usage: ask_old_services SERVICES SMOKES
ask_old_services() {
  local name port path host asked=0
  while read -r name port path; do
    [[ " ${started[*]} " == *" $name "* ]] || continue
    until probe_old_service "$name" ready "$port" "$path"; do
      [ "$(docker inspect --format '{{.State.Running}}' "$rehearsal.$name")" = true ] ||
        refuse_old_code "$name" 'stopped by itself'
      [ "$SECONDS" -lt "$deadline" ] || refuse_old_code "$name" "was not ready ($path) within $READY_SECONDS seconds"
      sleep 0.2
    done
  done <<<"$1"
  while read -r name host path; do
    [[ -n $name && " ${started[*]} " == *" $name "* ]] || continue
    port=$(sed -n "s/^$name \([0-9]*\) .*/\1/p" <<<"$1")
    probe_old_service "$name" http "$port" "$path" 1 0 "$host" || refuse_old_code "$name" "did not answer well to $path"
    asked=$((asked + 1))
  done <<<"$2"
  say "old code: $(took), release $live is ready on the migrated copy (${started[*]}; smoke paths: $asked)"
}

# Usage: probe_old_service NAME ready|http PORT PATH [TIMES SECONDS HOST]
probe_old_service() {
  timeout 30 docker exec "$rehearsal.$1" sh /run/slipway/bin/probe.sh "${@:2}" >/dev/null 2>&1
}

refuse_old_code() {
  last_lines "$rehearsal.$1"
  fail "$1 of release $live $2 on the migrated copy: its code cannot live with the new schema; its last lines stand above; $untouched. Split the migration, or let nothing serve while it runs: npm run pulumi -- --stack $STACK config set --path slipway:migration.downtime declared"
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
