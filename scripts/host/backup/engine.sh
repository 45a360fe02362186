# shellcheck shell=bash disable=SC2034
# Part of the scripts that save and restore: the engine that does it, pgBackRest, asked in the container of the server.
# Another engine takes its place by the same functions.

server=slipway-${STACK:?}-postgres

# Usage: backrest [--env NAME=VALUE ...] COMMAND [OPTION ...]
backrest() {
  local variables=()
  while [ "$1" = --env ]; do
    variables+=(--env "$2")
    shift 2
  done
  docker exec "${variables[@]}" "$server" pgbackrest "$@"
}

# The name under which the repository has the data that the server has now: new data gets a new one.
read_stanza() {
  stanza=$(docker exec --env LC_ALL=C "$server" pg_controldata | sed -n 's/^Database system identifier: */pg/p')
  [ -n "$stanza" ] || fail "the data of $server could not be read"
}

# Makes a place for the data in each repository; one that is there stays.
engine_prepare() { backrest --stanza="$stanza" stanza-create; }

# Whether the repository on the host's own volume has one.
engine_has_place() { backrest --stanza="$stanza" --repo=1 --output=json info | grep -q '"cipher":"aes-256-cbc"'; }

# Usage: engine_backup full|diff|incr
engine_backup() { backrest --stanza="$stanza" --type="$1" backup; }

# Whether all that is written arrives: writes a mark, and waits for it.
engine_check() { backrest --stanza="$stanza" check; }

# A line for each set, the oldest first: "LABEL TYPE REPOSITORY BEGUN ENDED DAMAGED BYTES", times in seconds since 1970.
engine_sets() {
  backrest --stanza="$stanza" --output=json info | docker exec --interactive "$server" psql --username=postgres \
    --dbname=postgres --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 \
    --command='\set info `cat`' --command="
      SELECT set->>'label', set->>'type', set->'database'->>'repo-key', set->'timestamp'->>'start',
        set->'timestamp'->>'stop', set->>'error', set->'info'->>'size'
      FROM jsonb_array_elements(:'info'::jsonb) stanza, jsonb_array_elements(stanza->'backup') set
      WHERE stanza->>'name' = '$stanza' ORDER BY (set->'timestamp'->>'stop')::bigint"
}

# Why a repository cannot be used, a line each; nothing when all can.
engine_problems() {
  backrest --stanza="$stanza" --output=json info | docker exec --interactive "$server" psql --username=postgres \
    --dbname=postgres --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --command='\set info `cat`' --command="
      SELECT format('repository %s: %s', repo->>'key', repo->'status'->>'message')
      FROM jsonb_array_elements(:'info'::jsonb) stanza, jsonb_array_elements(stanza->'repo') repo
      WHERE stanza->>'name' = '$stanza' AND repo->'status'->>'code' NOT IN ('0', '2')"
}
