# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../switch-release.sh: what the edge reads. EDGE_CONTENT has `@services@` in the place of the services, which
# change as traffic moves. BACKENDS: a line for each service with host names, "SERVICE PORT REPLICAS".

# The routes with a share of the traffic for RELEASE. Usage: routes whole | canary PERCENT | rolling REPLICAS
routes() {
  local service port replicas old_port old_replicas members definitions='' content=${EDGE_CONTENT:?}
  while read -r service port replicas; do
    [ -n "$service" ] || continue
    members=
    old_replicas=0
    [ "$1" = whole ] || read -r old_port old_replicas < <(previous_service "$service") || old_replicas=0
    case $1-$old_replicas in
      whole-* | *-0) servers "$RELEASE" 1 "$replicas" 1 ;;
      canary-*)
        servers "$RELEASE" 1 "$replicas" "$2"
        servers "$previous" 1 "$old_replicas" $((100 - $2)) "$old_port"
        ;;
      rolling-*)
        servers "$RELEASE" 1 $(($2 < replicas ? $2 : replicas)) "$2"
        [ "$2" -ge "$old_replicas" ] ||
          servers "$previous" $(($2 + 1)) "$old_replicas" $((old_replicas - $2)) "$old_port"
        ;;
    esac
    definitions+=", \"${STACK}_$service\": {\"weighted\": {\"services\": [${members#, }]}}"
  done <<<"${BACKENDS?}"
  [ "$1" = whole ] || content=${content//"\"X-Slipway-Release\": \"$RELEASE\""/"\"X-Slipway-Release\": \"$previous $RELEASE\""}
  printf '%s' "${content/'"@services@"'/"{${definitions#,} }"}"
}

# Adds servers of a release to `definitions`, and to `members` with their weight; the name is what the edge counts its
# answers by. Usage: servers RELEASE FIRST LAST WEIGHT [PORT]
servers() {
  local number urls='' name=${STACK}_${service}_$1
  for ((number = $2; number <= $3; number++)); do
    urls+=", {\"url\": \"http://$service-$1-$number:${5:-$port}\"}"
  done
  members+=", {\"name\": \"$name\", \"weight\": $4}"
  definitions+=", \"$name\": {\"loadBalancer\": {\"serversTransport\": \"$STACK\", \"servers\": [${urls#, }]}}"
}

# Port and replicas of a service of the release before.
previous_service() {
  sed -n "s/^service $1 \([0-9]*\) \([0-9]*\) .*/\1 \2/p" "$ROOT/$STACK/releases/$previous/description" 2>/dev/null
}

# Usage: publish ROUTES [RELEASE]; with a release, it is the one that is live.
publish() {
  printf '%s\n' "$1" | put "${EDGE_FILE:?}"
  put "$STACK/journal/routes" <"$ROOT/$EDGE_FILE"
  [ -z "${2:-}" ] || printf '%s\n' "$2" | put "$STACK/live/release"
}

# The switch's own way to the release, past passwords and pages. For a new name the edge first has to get a certificate.
open_probe_route() {
  local token
  [ -n "${PROBE_CONTENT?}" ] || return 0
  token=$(</proc/sys/kernel/random/uuid)
  probe=(--header "X-Slipway-Probe: $token")
  printf '%s\n' "${PROBE_CONTENT//@token@/$token}" | put "${EDGE_FILE%.yml}-probe.yml"
}

close_probe_route() {
  take_away "${EDGE_FILE%.yml}-probe.yml"
}

# Asks every public host name until RELEASE, or what is given, answers. Usage: confirm HEADER [CURL_ARGUMENT ...]
confirm() {
  local host wanted=$1
  shift
  while read -r host; do
    [ -z "$host" ] || wait_for "$(confirm_seconds)" serves_release "$host" "$wanted" "$@" || { require_well; fail "$(no_answer "$host" "$wanted")"; }
  done <<<"${PUBLISHED?}"
}

confirm_seconds() {
  printf '%s' "${CERTIFICATE_SECONDS:-20}"
}

no_answer() {
  if [ -n "$CERTIFICATE_SECONDS" ] && ! ask "$1" / --output /dev/null; then
    printf 'the edge got no certificate for %s within %s seconds: %s; does the name lead to this host, and does the authority get through to it? npm run logs -- edge --stack %s says more' "$1" "$CERTIFICATE_SECONDS" "$(authority_said "$1")" "$STACK"
  else
    printf 'https://%s:%s/ did not answer with release %s within %s seconds' "$1" "$EDGE_PORT" "$2" "$(confirm_seconds)"
  fi
}

# What the edge says of its last attempt. Usage: authority_said HOST
authority_said() {
  local said
  said=$(docker logs --since "$((CERTIFICATE_SECONDS + 60))s" "${EDGE:?}" 2>&1 | sed 's/\x1b\[[0-9;]*m//g' |
    grep -F 'Unable to obtain ACME certificate' | grep -F "\"$1\"" | tail -n 1 |
    sed -n 's/.* error="\(.*\)" ACME CA=.*/\1/p' | sed 's/\\n/ /g; s/\\"/"/g') || true
  printf '%s' "${said:-the authority has not answered}"
}

# The edge names the release on its own errors as well: those mean that it does not reach the release.
serves_release() {
  local host=$1 wanted=$2 headers
  shift 2
  headers=$(ask "$host" / --output /dev/null --dump-header - "$@" | tr -d '\r') || return 1
  grep -iqFx "x-slipway-release: $wanted" <<<"$headers" && ! grep -q '^HTTP/[0-9.]* 50[234]' <<<"$headers"
}

# Usage: smoke [CURL_ARGUMENT ...]
smoke() {
  local host path service status
  while read -r host path service; do
    [ -n "$host" ] || continue
    status=$(ask "$host" "$path" --output /dev/null --write-out '%{http_code}' "$@") || status=nothing
    [[ $status == [23]* ]] && continue
    require_well
    fail_of "$(services_named "$service")" \
      "the smoke test https://$host:$EDGE_PORT$path answered $status; the last lines of $service stand above"
  done <<<"${SMOKE?}"
}

# An edge that this environment was reached by before has its routes no longer, and no edge a certificate that it does
# not serve with.
clean_edges() {
  local place
  for place in "$ROOT"/edges/*/{dynamic/"$STACK.yml","certificates/$STACK"}; do
    [ -e "$place" ] || continue
    case $place in
      "$ROOT/$EDGE_FILE") continue ;;
      "$ROOT/${EDGE_FILE%/dynamic/*}"/*) [[ $EDGE_CONTENT != *"/certificates/$STACK/"* ]] || continue ;;
    esac
    # shellcheck disable=SC2016 # expanded inside the helper
    helper 'rm -rf "/slipway/$1"' clean-edges "${place#"$ROOT"/}"
  done
}

withdraw() {
  take_away "${EDGE_FILE:?}" "${EDGE_FILE%.yml}-maintenance.yml" "${EDGE_FILE%.yml}-probe.yml" "$STACK/live/release" \
    "$STACK/journal/routes"
}
