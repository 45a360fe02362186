# shellcheck shell=bash disable=SC2034,SC2154
# Loads what make-masked-copy.sh prints, which comes after this script, beside the environment's own database, and marks
# it with COPY when it is whole. Prints `same` when its tables are those of the database, else `other`.

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

apply() {
  local version bytes roles looks
  begin_copy
  read -r version bytes roles looks <&"${deployer:?}" || fail "no copy came for $STACK; $untouched"
  require_able "$version" "$bytes" "$(base64 --decode <<<"$roles")"
  trap drop_copies EXIT
  trap 'exit 143' TERM INT HUP
  load
  compare "$(base64 --decode <<<"$looks")"
  keep_settings
  end_copy
  trap - EXIT
}

# Usage: require_able VERSION BYTES ROLES
require_able() {
  local own missing
  own=$(psql_in "$server" template1 <<<"SHOW server_version_num")
  [ "$((own / 10000))" -ge "$(($1 / 10000))" ] ||
    fail "the copy comes from Postgres $(($1 / 10000)), and $STACK has $((own / 10000)): deploy the newer one there first"
  require_docker_space "$2" "a copy of $(shown "$2") in $STACK"
  missing=$(psql_in "$server" template1 <<<"SELECT rolname FROM pg_roles" | grep -Fxvf - <(printf %s "$3") | head -n 1) || true
  [ -z "$missing" ] || fail "the copy needs a role $missing, which the Postgres of $STACK has not; type: npm run psql -- --stack $STACK -c 'CREATE ROLE \"$missing\"'"
}

load() {
  local errors
  psql_in "$server" template1 <<<"CREATE DATABASE \"$DATABASE.copy\" TEMPLATE template0"
  errors=$(docker exec --interactive --env "PGAPPNAME=$session" "$server" pg_restore --username=postgres \
    --dbname="$DATABASE.copy" --exit-on-error <&"$deployer" 2>&1) || {
    head -n 5 <<<"$errors" >&2
    fail "the copy could not be loaded: what pg_restore says stands above; $untouched"
  }
}

# Usage: compare LINES
compare() {
  local loaded
  loaded=$({ schema_query; content_query; } | psql_in "$server" "$DATABASE.copy" | LC_ALL=C sort)
  [ "$loaded" = "$1" ] || {
    diff <(printf %s "$1") <(printf %s "$loaded") | grep '^[<>]' | head -n 10 >&2 || true
    fail "what was loaded is not the copy that was made: its lines begin with <, those of what was loaded with >; $untouched"
  }
}

# Owner, grants and settings of a database belong to the environment, and not to what is in it.
keep_settings() {
  docker exec "$server" pg_dump --username=postgres --dbname="$DATABASE" --create --schema-only |
    sed -nE "s/^((ALTER|GRANT|REVOKE) ([^';]* )?DATABASE )\"?$DATABASE\"? /\1\"$DATABASE.copy\" /p" |
    { echo "REVOKE ALL ON DATABASE \"$DATABASE.copy\" FROM PUBLIC;"; cat; } | psql_in "$server" template1
}
