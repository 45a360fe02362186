# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that load a database beside the environment's own, DATABASE.copy, to take its place; with
# migration/database.sh and migration/fingerprint.sh.

untouched='nothing was changed'

# The kernel takes the lock from whatever dies.
begin_copy() {
  local lock
  [ "$(docker inspect --format '{{.State.Running}}' "$server" 2>/dev/null)" = true ] ||
    fail "the Postgres of $STACK does not run; type: npm run pulumi -- up --refresh --stack $STACK"
  exec {lock}<"$ROOT/${STACK:?}/journal/log"
  flock --nonblock "$lock" || fail "another copy is being loaded into $STACK; wait for its end"
  drop_copies "$DATABASE.before"
}

# Usage: drop_copies [DATABASE ...], which go as well
drop_copies() {
  { echo 'SET client_min_messages = warning;' && printf 'DROP DATABASE IF EXISTS "%s" WITH (FORCE);\n' "$DATABASE.copy" "$@"; } |
    psql_in "$server" template1
}

# Marks it as whole. Prints `same` when its tables are those of the database, else `other`.
end_copy() {
  psql_in "$server" "$DATABASE.copy" <<<"ANALYZE; COMMENT ON DATABASE \"$DATABASE.copy\" IS '${COPY:?}'"
  if [ "$(schema_of "$DATABASE.copy")" = "$(schema_of "$DATABASE")" ]; then echo same; else echo other; fi
}

schema_of() { schema_query | psql_in "$server" "$1" | LC_ALL=C sort; }
