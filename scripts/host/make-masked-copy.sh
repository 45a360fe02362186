# shellcheck shell=bash disable=SC2034,SC2154
# Prints a dump of the environment's own database in which MASKING, SQL, has masked what the columns hold: COLUMNS, as
# list-columns.sh prints them. Nothing is masked where there is anything else. It is restored from the first of
# REPOSITORIES that has a backup. A line stands before the dump: version of the server, size in bytes, roles that own or
# may do something in it, and what the copy has to be; the two in base64.

purpose=masking
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/container.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/fingerprint.sh
# shellcheck source=/dev/null
. migration/twin.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/side-server.sh
# shellcheck source=/dev/null
. backup/space.sh
# shellcheck source=/dev/null
. backup/listing.sh
# shellcheck source=/dev/null
. masking/columns.sh
# shellcheck source=/dev/null
. masking/throw-away.sh

session=slipway-masking
untouched='nothing was changed'

apply() {
  local dump
  exec {dump}>&1 >&2
  trap '' PIPE
  one_at_a_time
  trap leave EXIT
  trap 'exit 143' TERM INT HUP
  begin 86400
  clear_rehearsal
  examine
  start_throw_away
  say "restored to a server without a way out: $(took), $(shown "$bytes")"
  begin 86400
  mask
  leave_out_logins
  say "masked: $(took)"
  print_copy >&"$dump"
}

# The kernel takes the lock from whatever dies.
one_at_a_time() {
  exec {lock}<"$ROOT/${STACK:?}/journal/log"
  flock --nonblock "$lock" || fail "another masked copy of $STACK is being made; wait for its end"
}

leave() {
  local status=$?
  trap '' TERM INT HUP
  clear_rehearsal || true
  exit "$status"
}

mask() {
  local errors
  [ "$(columns_query | psql_in "$copy" "$DATABASE")" = "${COLUMNS:?}" ] ||
    fail "the tables of $STACK have changed meanwhile; $untouched; type it again"
  errors=$(psql_in "$copy" "$DATABASE" 2>&1 >/dev/null <<<"${MASKING:?}") || {
    grep ERROR <<<"$errors" | head -n 5 | redact "$STACK" >&2
    fail "a value could not be masked: what Postgres says stands above; change the rule and type it again; $untouched"
  }
}

# Logins come in generations, of which another environment has others. What is read elsewhere is read with a password.
leave_out_logins() {
  psql_in "$copy" "$DATABASE" >/dev/null <<'SQL'
SET client_min_messages = warning;
SELECT format('REASSIGN OWNED BY %1$I TO owner; DROP OWNED BY %1$I', rolname) FROM pg_roles WHERE rolname ~ '_g[0-9]+$' \gexec
SELECT format('DROP USER MAPPING FOR %s SERVER %I', CASE umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(usename) END, srvname)
  FROM pg_user_mappings \gexec
SQL
}

# What is no table's may say anything, and what connects to elsewhere is not for the copy.
print_copy() {
  local roles looks flags=(--no-comments --no-security-labels --no-publications --no-subscriptions) compression=zstd:1
  [ "$version" -ge 160000 ] || compression=1
  [ "$version" -lt 180000 ] || flags+=(--no-statistics)
  roles=$(psql_in "$copy" "$DATABASE" <<<"SELECT DISTINCT rolname FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid
    WHERE refclassid = 'pg_authid'::regclass AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())")
  looks=$({ schema_query; content_query; } | psql_in "$copy" "$DATABASE" | LC_ALL=C sort)
  printf '%s %s %s %s\n' "$version" "$bytes" "$(encoded "$roles")" "$(encoded "$looks")"
  docker exec "$copy" pg_dump --username=postgres --dbname="$DATABASE" --format=custom --compress="$compression" \
    --no-tablespaces "${flags[@]}"
}

encoded() { printf '%s' "$1" | base64 --wrap=0; }
