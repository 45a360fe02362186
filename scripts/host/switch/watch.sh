# shellcheck shell=bash disable=SC2154
# Part of ../switch-release.sh: watches the release under real traffic. The edge counts answers by service and release.

# Looks at the release again and again for some seconds. Usage: watch_release SECONDS
watch_release() {
  local until=$((SECONDS + $1)) counts first=()
  while [ "$SECONDS" -lt "$until" ]; do
    require_well
    count_answers
    # An edge that was made anew counts from nothing.
    [ "${#first[@]}" -gt 0 ] && [ "${counts[0]}" -ge "${first[0]}" ] || first=("${counts[@]}")
    require_few $((counts[0] - first[0])) $((counts[1] - first[1])) $((counts[2] - first[2]))
    sleep 0.5
  done
}

# Containers run as they did when they were proved, and Docker's own probes say no other.
require_well() {
  local id name expected state
  while read -r id name expected; do
    state=$(state_of "$id") || fail "a container of $name of release $RELEASE is gone"
    [ "$state" = "$id $name $expected" ] || reject "$name" "$id" 'stopped by itself'
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$id")" != unhealthy ] || reject "$name" "$id" 'became unhealthy'
  done <<<"${proved:?}"
}

# A line for each, "ID NAME RUNNING RESTARTS". Usage: state_of CONTAINER ...
state_of() {
  docker inspect --format '{{.Id}} {{index .Config.Labels "slipway.name"}} {{.State.Running}} {{.RestartCount}}' "$@"
}

# A single answer of ten is no rate. Usage: require_few TOTAL ERRORS SLOW
require_few() {
  [ "$2" -lt 3 ] || awk -v errors="$2" -v total="$1" -v most="${MAX_ERROR_PERCENT:?}" 'BEGIN { exit errors * 100 > total * most }' ||
    fail "$2 of $1 answers of release $RELEASE were errors, and deploy.maxErrorPercent is $MAX_ERROR_PERCENT"
  [ "$3" -lt 3 ] || [ $(($3 * 100)) -le $(($1 * 5)) ] ||
    fail "$3 of $1 answers of release $RELEASE took longer than $MAX_LATENCY milliseconds, and deploy.maxLatencyMilliseconds allows that for 5 of 100"
}

# Sets `counts` to how many answers the release gave, how many of them were errors, and how many were slow.
count_answers() {
  [ -n "${counter_input:-}" ] || open_counter
  counts=()
  echo >&"$counter_input" || true
  read -r -t 20 -u "$counter_output" -a counts || true
  [ "${#counts[@]}" = 3 ] ||
    fail "the edge's own counts cannot be read, so nobody could tell how release $RELEASE does; see: npm run logs -- edge --stack $STACK"
}

# A process in the edge's own network: its figures are for nobody else. It ends with its input.
open_counter() {
  # shellcheck disable=SC2016 # expanded by awk
  local program='
    index($0, "service=\"" stack "_") && index($0, "_" release "@file\"") && $0 !~ /protocol="(websocket|sse)"/ {
      if (/^traefik_service_requests_total/) { total += $NF; if (/code="5/) errors += $NF }
      if (/^traefik_service_request_duration_seconds_bucket/) {
        match($0, /le="[^"]*"/); bound = substr($0, RSTART + 4, RLENGTH - 5)
        if (bound == "+Inf") all += $NF
        else if (bound * 1000 >= latency && (least == "" || bound + 0 < least)) { least = bound + 0 }
        within[bound + 0] += $NF
      }
    }
    END { print total + 0, errors + 0, least == "" ? 0 : all - within[least] }'
  { coproc exec docker run --rm --interactive --network "container:$EDGE" --log-driver none \
    --label "slipway.stack=$STACK" --label slipway.role=counter --entrypoint /bin/sh "$(helper_image)" \
    -c 'while read -r _; do wget -q -T 3 -O - http://127.0.0.1:8082/metrics | awk -v stack="$1" -v release="$2" -v latency="$3" "$4"; done' \
    count "$STACK" "$RELEASE" "${MAX_LATENCY:-1000000}" "$program" 2>/dev/null; } 2>/dev/null
  exec {counter_input}>&"${COPROC[1]}" {counter_output}<&"${COPROC[0]}"
  disown "$COPROC_PID"
}
