# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: other data in the place of the live one, behind a page for maintenance. The sign of it
# is a file with the volumes that take part, the release that served and the phase. Until the application was proved on the other data, whatever
# goes wrong puts the data of before back; one that is cut off is put back by the next that looks.

# shellcheck source=/dev/null
. migration/downtime.sh
restore_sign=$STACK/journal/restore
places=()

# Exchanges what is in `places`: lines "LIVE INCOMING OUTGOING". With a release that is to serve next, it ends while
# nothing serves: whoever settles it then sees what became of that. Usage: exchange_live restored|undone [next]
exchange_live() {
  HOSTS=$(hosts_with_routes)
  trap leave EXIT
  trap 'exit 143' TERM INT
  enter closing
  [ -z "${2:-}" ] || printf 'none\n' | put "$sign"
  [ -z "$live" ] || [ -z "$HOSTS" ] || show_page
  [ -z "$live" ] || stop_containers "$live" beat service worker
  ! has_database || stop_server
  enter exchanging
  each_place exchange
  if has_database; then
    case $1 in
      restored) in_data "$(engine_unarchived)" ;;
      undone) in_data "$(engine_new_line)" ;;
    esac
  fi
  enter started
  if has_database; then
    start_server
    run_deployed "${ROLES_SCRIPT:?}" || fail "the roles of the application cannot be brought up to date"
  fi
  if [ -n "${2:-}" ]; then
    enter waiting
    trap - EXIT TERM INT
    return 0
  fi
  # What the last deploy has switched to is started and proved over the edge, behind the page.
  [ -z "$live" ] || run_deployed "${SWITCH_SCRIPT:?}" || fail "release $live does not work on this data"
  enter proved
  trap - EXIT TERM INT
  reopen
}

has_database() { [[ " ${places[*]}" = *" $data "* ]]; }

# Usage: each_place COMMAND
each_place() {
  local place words
  for place in "${places[@]}"; do
    read -ra words <<<"$place"
    "$1" "${words[@]}"
  done
}

# What the database has is in nothing else then.
is_first() { [[ " ${places[*]}" = *" $data $beside none"* ]]; }

# Runs a script of the last deploy again. Usage: run_deployed BASE64
run_deployed() {
  local said
  said=$(base64 --decode <<<"$1" | bash -s -- apply 2>&1 >/dev/null) && return 0
  printf '%s\n' "$said" >&2
  return 1
}

# The application serves, then the page goes, and then the sign.
reopen() {
  take_away "$sign"
  if [ -n "$live" ]; then sign=$restore_sign end_downtime 60; else take_away "$restore_sign"; fi
}

# Usage: enter PHASE
enter() {
  phase=$1
  printf '%s\n' "${places[@]}" "from ${live:-none} $phase" | put "$restore_sign"
}

# Usage: in_data SCRIPT
in_data() { in_volumes "$1" "$data/_data" "$stanza"; }

stop_server() {
  if runs "$server"; then
    engine_flush 70 || echo 'what was written last is not in the repositories; it stays with the data that is kept'
  fi
  docker stop "$server" >/dev/null
}

start_server() {
  docker start "$server" >/dev/null
  wait_for 300 is_primary || {
    docker logs --tail 5 "$server" 2>&1 | redact "$STACK" >&2
    fail 'Postgres did not come up on this data within 300 seconds; its last lines stand above'
  }
  engine_forget_restore | psql_in "$server" postgres
}

is_primary() {
  docker exec "$server" psql --host=127.0.0.1 --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only \
    --no-align --command='SELECT pg_is_in_recovery()' 2>/dev/null | grep -qx f
}

leave() {
  local status=$?
  trap - EXIT
  trap '' TERM INT
  go_back
  is_first || printf 'the data of before is live again\n' >&2
  exit "$status"
}

# Brings the data of before back, from whatever phase, and has the application serve.
go_back() {
  [ "$phase" != waiting ] || take_away "$sign"
  case $phase in
    exchanging | started | returning | waiting)
      ! has_database || docker stop "$server" >/dev/null
      # What the other data's server has archived would be the future of this one's.
      [ "$phase" = exchanging ] || is_first || enter returning
      each_place exchange_back
      if has_database && [ "$phase" = returning ]; then
        stanza=$(engine_stanza_of "$data")
        in_data "$(engine_new_line)"
      fi
      ;;
  esac
  ! has_database || start_server
  # With what a migration has left, the release before may not be able to live.
  if grep -qsvx none "$ROOT/$sign"; then take_away "$restore_sign"; else reopen; fi
}

# Takes up what was cut off, if anything was; prints what became of it.
settle_restore() {
  local from found _
  [ -e "$ROOT/$restore_sign" ] || return 0
  mapfile -t places <"$ROOT/$restore_sign"
  read -r _ from phase <<<"${places[-1]}"
  unset 'places[-1]'
  live=$(live_release)
  [ ! -e "$journal/switch" ] || fail "a switch of $STACK was cut off; type: npm run recover -- --stack $STACK"
  wait_for 600 nothing_is_exchanged || fail "a helper that exchanges data of $STACK does not end; see: docker ps --filter label=slipway.helper=$STACK"
  if [ "$phase" = waiting ] && [ "${live:-none}" != "$from" ]; then
    reopen
    remove_incoming
    echo "release $live serves with the data that was restored"
    return 0
  fi
  found=$phase
  go_back
  note put-back-data phase "$found"
  if [ "$found" = proved ]; then
    remove_incoming
    echo 'a restore was cut off when the application worked on the other data, and is brought to its end'
  else
    echo "a restore was cut off ($found): the data of before is live"
  fi
}

# With a script that is killed goes only the client: what `in_volumes` has begun goes on.
nothing_is_exchanged() { [ -z "$(docker ps --quiet --filter "label=slipway.helper=$STACK" --filter volume=/volumes)" ]; }

# What is left of the volumes whose data went live.
remove_incoming() {
  local place incoming
  for place in "${places[@]}"; do
    read -r _ incoming _ <<<"$place"
    remove_volume "$incoming"
  done
}
