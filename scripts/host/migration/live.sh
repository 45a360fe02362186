# shellcheck shell=bash disable=SC2154
# Part of ../run-migration.sh: the migration of the database itself, once.

migration=slipway-${STACK:?}-migration
outcome=

migrate() {
  local code words
  decode words "$COMMAND"
  if [ -n "$DATABASE" ]; then
    schema_before=$(schema_query | psql_in "$server" "$DATABASE")
    # What notes down what a backup has would hold its locks until it has read all.
    end_sessions "application_name = 'slipway-witness'"
  fi
  begin "$TIMEOUT"
  create_live_container "$migration" migration "${words[@]}"
  outcome=running
  docker start "$migration" >/dev/null
  code=$(timeout "$TIMEOUT" docker wait "$migration") || {
    stop_migration
    give_up "the migration did not end within $TIMEOUT seconds and was stopped"
  }
  outcome=ended
  if [ "$code" != 0 ]; then
    last_lines "$migration"
    give_up "the migration ended with exit code $code; its last lines stand above$(limit_that_ended_it)"
  fi
  docker rm "$migration" >/dev/null
  outcome=migrated
  resting=
  note migrated release "${RELEASE:?}" seconds "$(took)"
  say "migration: $(took)"
}

limit_that_ended_it() {
  local said
  said=$(docker logs --tail 200 "$migration" 2>&1)
  case $said in
    *'due to lock timeout'*) printf '; somebody held a lock that it needed for longer than migration.lockSeconds' ;;
    *'due to statement timeout'*) printf '; a statement took longer than migration.statementSeconds' ;;
  esac
}

# Usage: give_up REASON
give_up() {
  local message=$1 schema_after
  if [ -n "$DATABASE" ]; then
    schema_after=$(schema_query | psql_in "$server" "$DATABASE") || schema_after='not known'
    [ "$schema_after" = "$schema_before" ] || message+='; the schema is not what it was: a part of the migration is done'
  fi
  [ -z "${restore_point:-}" ] || message+="; to go back to what the database was before, type: npm run restore -- --stack $STACK --to $restore_point --into live"
  fail "$message${live:+; release $live serves on}"
}

# The client is gone then, and what it had asked for has to go as well: a statement would run on and hold its locks.
stop_migration() {
  [ "$outcome" = running ] || { docker rm "$migration" >/dev/null 2>&1 || true; return 0; }
  docker rm --force "$migration" >/dev/null
  outcome=ended
  [ -z "$DATABASE" ] || end_sessions "usename ~ '^owner_g[0-9]+\$'"
}

# Nothing of the page stays when the migration did not work. Asked to end, there is no time to see it answer.
# Usage: give_up_downtime STATUS
give_up_downtime() {
  [ -n "${resting:-}" ] || return 0
  if [ "$1" = 143 ]; then end_downtime 0; else end_downtime 60; fi
}
