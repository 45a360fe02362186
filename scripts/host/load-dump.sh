# shellcheck shell=bash disable=SC2034,SC2154
# Loads a database of another server beside the environment's own, and marks it with COPY when it is whole: all that is
# in it becomes the group's `owner`, as ROLES_SCRIPT has it, in base64. FORMAT: `archive` of pg_dump or `sql`, which
# come after this script, or `server`, which is asked at SOURCE, a URL, with SOURCE_PASSWORD. ROLES: a line each, that
# the SQL names. Prints what there is, and then whether its tables are the same as those of the database.

# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/fingerprint.sh
# shellcheck source=/dev/null
. backup/space.sh
# shellcheck source=/dev/null
. masking/beside.sh

# What is read as SQL is whose the SQL says, and is given to nobody: by way of an archive.
scratch=
mark=slipway-take-over

apply() {
  scratch=${DATABASE:?}.scratch
  begin_copy
  drop_scratch
  [ -z "${BYTES?}" ] || require_docker_space "$BYTES" "a copy of $(shown "$BYTES") in $STACK"
  trap give_up EXIT
  trap 'exit 143' TERM INT HUP
  make_roles
  psql_in "$server" template1 <<<"CREATE DATABASE \"$DATABASE.copy\" TEMPLATE template0"
  case ${FORMAT:?} in
    archive) load_archive <&"${deployer:?}" ;;
    sql)
      load_sql
      in_server pg_dump --username=postgres --format=custom --compress=0 "$scratch" | load_archive
      ;;
    server) dump_source | load_archive ;;
  esac
  psql_in "$server" "$DATABASE.copy" <<<"REASSIGN OWNED BY \"$DATABASE.copy\" TO owner; DROP OWNED BY \"$DATABASE.copy\""
  base64 --decode <<<"${ROLES_SCRIPT:?}" | bash -s -- apply 2>/dev/null ||
    fail "the roles of $STACK do not fit what was loaded; $untouched"
  drop_scratch
  size_query | psql_in "$server" "$DATABASE.copy"
  end_copy
  trap - EXIT
}

give_up() {
  drop_copies
  drop_scratch
}

# Usage: in_server COMMAND [ARGUMENT ...]
in_server() { docker exec --interactive --env "PGAPPNAME=$session" "$server" "$@"; }

# One that may do all that a dump asks for, and those that it names.
make_roles() {
  psql_in "$server" template1 <<SQL
SELECT format('CREATE ROLE %1\$I %2\$s; COMMENT ON ROLE %1\$I IS ''$mark''', name,
    CASE name WHEN '$DATABASE.copy' THEN 'SUPERUSER' ELSE '' END)
  FROM unnest(string_to_array(\$roles\$$DATABASE.copy
${ROLES?}\$roles\$, E'\n')) name WHERE name <> '' AND name NOT IN (SELECT rolname FROM pg_roles) \gexec
SQL
}

drop_scratch() {
  psql_in "$server" template1 <<SQL
SET client_min_messages = warning;
DROP DATABASE IF EXISTS "$scratch" WITH (FORCE);
SELECT format('DROP ROLE %I', rolname) FROM pg_roles
  WHERE shobj_description(oid, 'pg_authid') = '$mark' \gexec
SQL
}

# Whose it was and who might read it means nothing here.
load_archive() {
  local errors
  errors=$(in_server pg_restore --username=postgres --dbname="$DATABASE.copy" --role="$DATABASE.copy" --no-owner \
    --no-privileges --no-tablespaces --no-publications --no-subscriptions --no-security-labels --exit-on-error 2>&1) ||
    stop_of "$errors"
}

load_sql() {
  local errors
  psql_in "$server" template1 <<<"CREATE DATABASE \"$scratch\" TEMPLATE template0"
  errors=$(in_server psql --username=postgres --dbname="$scratch" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
    --output=/dev/null <&"$deployer" 2>&1) || stop_of "$errors"
}

dump_source() {
  local size
  size=$(at_source psql --no-psqlrc --tuples-only --no-align --command='SELECT pg_database_size(current_database())') ||
    fail "the server that the database is to come from cannot be read: what it says stands above; $untouched"
  require_docker_space "$size" "a copy of $(shown "$size") in $STACK"
  at_source pg_dump --format=custom --compress=0 --lock-wait-timeout=30s
}

# In a container of the server's image, for its programs, on the network of the host. Usage: at_source PROGRAM [OPTION ...]
at_source() {
  PGPASSWORD=${SOURCE_PASSWORD?} docker run --rm --label "slipway.stack=$STACK" --label slipway.role=take-over \
    --network host --log-driver none --user 65534:65534 --read-only --tmpfs /tmp:size=16m --cap-drop ALL \
    --security-opt no-new-privileges:true --pids-limit 32 --memory 512m --memory-swap 512m --cpu-shares 128 \
    --env PGPASSWORD --env PGCONNECT_TIMEOUT=20 --entrypoint "$1" \
    "$(docker inspect --format '{{.Image}}' "$server")" --dbname="${SOURCE:?}" "${@:2}"
}

# Usage: stop_of ERRORS
stop_of() {
  grep -v '^$' <<<"$1" | head -n 5 >&2
  fail "the dump could not be loaded: what stopped it stands above; $untouched"
}
