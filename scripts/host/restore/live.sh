# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: other data in the place of the live one, behind a page for maintenance. The sign of it
# is a file with the volumes that take part and the phase. Until the application was proved on the other data, whatever
# goes wrong puts the data of before back; one that is cut off is put back by the next that looks.

# shellcheck source=/dev/null
. migration/downtime.sh
restore_sign=$STACK/journal/restore

# Usage: exchange_live INCOMING OUTGOING restored|undone
exchange_live() {
  incoming=$1 outgoing=$2
  ! is_empty "$data" || outgoing=none
  HOSTS=$(hosts_with_routes)
  trap leave EXIT
  trap 'exit 143' TERM INT
  enter closing
  [ -z "$live" ] || [ -z "$HOSTS" ] || show_page
  [ -z "$live" ] || stop_containers "$live" beat service worker
  if runs "$server"; then
    engine_flush 70 || echo 'what was written last is not in the repositories; it stays with the data that is kept'
  fi
  docker stop "$server" >/dev/null
  enter exchanging
  exchange "$incoming" "$outgoing"
  case $3 in
    restored) in_data "$(engine_unarchived)" ;;
    undone) in_data "$(engine_new_line)" ;;
  esac
  enter started
  start_server
  run_deployed "${ROLES_SCRIPT:?}" || fail "the roles of the application cannot be brought up to date"
  # What the last deploy has switched to is started and proved over the edge, behind the page.
  [ -z "$live" ] || run_deployed "${SWITCH_SCRIPT:?}" || fail "release $live does not work on this data"
  enter proved
  trap - EXIT TERM INT
  reopen
}

# Runs a script of the last deploy again. Usage: run_deployed BASE64
run_deployed() { base64 --decode <<<"$1" | bash -s -- apply >/dev/null; }

# The application serves, then the page goes, and then the sign.
reopen() {
  if [ -n "$live" ]; then sign=$restore_sign end_downtime 60; else take_away "$restore_sign"; fi
}

# Usage: enter PHASE
enter() {
  phase=$1
  printf '%s %s %s\n' "$incoming" "$outgoing" "$phase" | put "$restore_sign"
}

# Usage: in_data SCRIPT
in_data() { in_volumes "$1" "$data/_data" "$stanza"; }

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
  [ "$outgoing" = none ] || printf 'the data of before is live again\n' >&2
  exit "$status"
}

# Brings the data of before back, from whatever phase, and has the application serve.
go_back() {
  case $phase in
    exchanging | started | returning)
      docker stop "$server" >/dev/null
      # What the other data's server has archived would be the future of this one's.
      [ "$phase" = exchanging ] || [ "$outgoing" = none ] || enter returning
      exchange_back "$incoming" "$outgoing"
      if [ "$phase" = returning ]; then
        stanza=$(engine_stanza_of "$data")
        in_data "$(engine_new_line)"
      fi
      ;;
  esac
  start_server
  reopen
}

# Takes up what was cut off, if anything was; prints what became of it.
settle_restore() {
  [ -e "$ROOT/$restore_sign" ] || return 0
  read -r incoming outgoing phase <"$ROOT/$restore_sign"
  go_back
  note put-back-data phase "$phase"
  if [ "$phase" = proved ]; then
    echo 'a restore was cut off when the application worked on the other data, and is brought to its end'
  else
    echo "a restore was cut off ($phase): the data of before is live"
  fi
}
