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

# Usage: engine_backup REPOSITORY full|diff|incr
engine_backup() { backrest --stanza="$stanza" --repo="$1" --type="$2" backup; }

# Whether all of a set can be read and is what it was. Its exit status says nothing. Usage: engine_verify REPOSITORY LABEL
engine_verify() {
  local said
  said=$(backrest --stanza="$stanza" --repo="$1" --set="$2" --output=text --verbose verify 2>&1) || true
  printf '%s\n' "$said"
  grep -qx ' *status: ok' <<<"$said"
}

# Whether all that is written arrives: writes a mark, and waits for it.
engine_check() { backrest --stanza="$stanza" check; }

# A line for each set, the oldest first: "LABEL TYPE REPOSITORY BEGUN ENDED DAMAGED BYTES", times in seconds since 1970.
engine_sets() {
  query_info "SELECT set->>'label', set->>'type', set->'database'->>'repo-key', set->'timestamp'->>'start',
    set->'timestamp'->>'stop', set->>'error', set->'info'->>'size'
    FROM stanza, jsonb_array_elements(stanza."all"->'backup') set ORDER BY (set->'timestamp'->>'stop')::bigint"
}

# Why a repository cannot be used, a line each; nothing when all can.
engine_problems() {
  query_info "SELECT format('repository %s: %s', repo->>'key', repo->'status'->>'message')
    FROM stanza, jsonb_array_elements(stanza."all"->'repo') repo WHERE repo->'status'->>'code' NOT IN ('0', '2')"
}

# The server reads JSON, which the host has nothing for. Usage: query_info SELECT, of the table `stanza`
query_info() {
  docker exec --interactive "$server" psql --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only \
    --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 <<SQL
\\set info \`pgbackrest --stanza=$stanza --output=json info\`
WITH stanza("all") AS (SELECT * FROM jsonb_array_elements(:'info'::jsonb) each WHERE each->>'name' = '$stanza')
$1;
SQL
}
