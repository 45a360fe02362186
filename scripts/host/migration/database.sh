# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that ask a database or copy it: the stack's own Postgres, asked as its superuser over its own socket.

server=slipway-${STACK:?}-postgres
# By this name sessions are found that a killed script left.
session=slipway-restore-point
untouched="the database was not touched${live:+, and release $live serves on}"

# Usage: psql_in CONTAINER DATABASE < statements
psql_in() {
  docker exec --interactive --env "PGAPPNAME=$session" "$1" \
    psql --username=postgres --dbname="$2" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1
}

# Notes in `tables`, `bytes` and `version` what there is. Tables that an extension brought along are nobody's data.
examine() {
  local facts
  facts=$(psql_in "$server" "$DATABASE" <<<"SELECT concat_ws(' ', count(*), pg_database_size(current_database()),
    current_setting('server_version_num')) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND $of_user")
  read -r tables bytes version <<<"$facts"
}

# What a migration left at work, or what was at a restore point when it was killed. Usage: end_sessions CONDITION
end_sessions() {
  psql_in "$server" "$DATABASE" >/dev/null \
    <<<"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND $1"
}

# Statements that print lines "NAME VALUE": bytes, tables and rows that there are.
size_query() {
  cat <<'SQL'
SET statement_timeout = '60s';
SELECT 'bytes ' || pg_database_size(current_database());
SELECT 'tables ' || count(*) FROM pg_stat_user_tables;
SELECT 'rows ' || coalesce(sum((xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]::text::bigint), 0) FROM pg_stat_user_tables;
SQL
}
