# shellcheck shell=bash disable=SC2154
# Part of ../switch-release.sh: watches the release under real traffic. The edge counts answers by service and release.

# How the release before does while RELEASE is proved: what it cannot do either keeps nobody from a better one.
usual=(0 0 0)
begin_comparison() {
  local counts
  usual=(0 0 0)
  has_way_back && [ "${SOAK_SECONDS:?}${STEPS?}" != 0 ] || return 0
  count_answers "$previous"
  usual=("${counts[@]}")
}

end_comparison() {
  local counts
  [ -n "${counter_input:-}" ] || return 0
  count_answers "$previous"
  usual=($((counts[0] - usual[0])) $((counts[1] - usual[1])) $((counts[2] - usual[2])))
}

# Looks at the release again and again for some seconds. Usage: watch_release SECONDS
watch_release() {
  local until=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) counts first=()
  while [ "${EPOCHREALTIME/[.,]/}" -lt "$until" ]; do
    require_well
    count_answers "$RELEASE"
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
    [ "$state" = "$id $name $expected" ] ||
      fail_of "$id" "$name of release $RELEASE stopped by itself; its last lines stand above"
    [ "$(docker inspect --format '{{.State.Health.Status}}' "$id")" != unhealthy ] ||
      fail_of "$id" "$name of release $RELEASE became unhealthy; its last lines stand above"
  done <<<"${proved:?}"
}

# Containers of RELEASE's services with a name. Usage: services_named PATTERN
services_named() {
  sed -n "s/^service $1 \([^ ]*\) .*/\1/p" <<<"$PARTICIPANTS"
}

# A line for each, "ID NAME RUNNING RESTARTS". Usage: state_of CONTAINER ...
state_of() {
  docker inspect --format '{{.Id}} {{index .Config.Labels "slipway.name"}} {{.State.Running}} {{.RestartCount}}' "$@"
}

# A single answer of ten is no rate. Usage: require_few TOTAL ERRORS SLOW
require_few() {
  is_bearable "$1" "$2" "${MAX_ERROR_PERCENT:?}" "${usual[1]}" ||
    fail_of "$(services_named '[^ ]*')" \
      "$2 of $1 answers of release $RELEASE were errors, and deploy.maxErrorPercent is $MAX_ERROR_PERCENT; the last lines of its services stand above"
  is_bearable "$1" "$3" 5 "${usual[2]}" ||
    fail "$3 of $1 answers of release $RELEASE took longer than $MAX_LATENCY milliseconds, and deploy.maxLatencyMilliseconds allows that for 5 of 100"
}

# Usage: is_bearable TOTAL BAD PERCENT BAD_USUALLY
is_bearable() {
  [ "$2" -lt 3 ] || awk -v total="$1" -v bad="$2" -v most="$3" -v usual_total="${usual[0]}" -v usual_bad="$4" \
    'BEGIN { exit bad * 100 > total * most && bad * usual_total >= usual_bad * total }'
}

# Sets `counts` to how many answers a release gave, how many of them were errors, and how many were slow.
# Usage: count_answers RELEASE
count_answers() {
  [ -n "${counter_input:-}" ] || open_counter
  counts=()
  echo "$1" >&"$counter_input" || true
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
    --user 65534:65534 --read-only --cap-drop ALL --security-opt no-new-privileges:true \
    --pids-limit 16 --memory 32m --memory-swap 32m --cpu-shares 512 \
    --label "slipway.stack=$STACK" --label slipway.role=counter --entrypoint /bin/sh "$(helper_image)" \
    -c 'while read -r release; do wget -q -T 3 -O - http://127.0.0.1:8082/metrics | awk -v stack="$1" -v release="$release" -v latency="$2" "$3"; done' \
    count "$STACK" "${MAX_LATENCY:-1000000}" "$program" 2>/dev/null; } 2>/dev/null
  exec {counter_input}>&"${COPROC[1]}" {counter_output}<&"${COPROC[0]}"
  disown "$COPROC_PID"
}
