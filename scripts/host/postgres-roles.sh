# shellcheck shell=bash
# Brings the roles of a Postgres server to what the stack knows: the groups `owner`, `app`, `backup` and `readonly`, and
# the logins that LOGINS lists (a line each, "GROUP LOGIN PASSWORD"). Logins of other generations may not log in any more.

# Over TCP: while the image initialises the data, a server for that alone answers on the socket. Asked in the container
# again and again, since each way in costs more than the initialisation has to spare.
answers() {
  docker exec "${CONTAINER:?}" timeout 10 \
    sh -c 'until pg_isready --quiet --host=127.0.0.1 --username=postgres; do sleep 0.05; done'
}

answers_or_waits_for_data() { answers || waits_for_data; }

waits_for_data() {
  [ "$(docker inspect --format '{{.State.Restarting}}' "$CONTAINER")" = true ] &&
    [[ $(docker logs --tail 1 "$CONTAINER" 2>&1) == 'slipway: the data volume is empty'* ]]
}

apply() {
  if ! wait_for 60 answers_or_waits_for_data || waits_for_data; then
    ! waits_for_data ||
      fail "the volume slipway-$STACK-postgres is empty though nobody took it away by a deploy; to restore all that was archived: npm run restore -- --stack $STACK --into live; to begin a new database: npm run pulumi -- --stack $STACK config set --path slipway:backups.emptyVolume begin, then up"
    docker logs --tail 5 "$CONTAINER" >&2
    fail 'Postgres did not answer within 60 seconds; its last lines stand above'
  fi
  { roles; database; } | docker exec --interactive "$CONTAINER" \
    psql --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 >/dev/null
}

roles() {
  # Passwords must not reach the server's log, neither as statements nor with an error.
  printf "SET log_statement = 'none'; SET log_min_error_statement = 'panic';\n"
  printf "ALTER ROLE postgres PASSWORD '%s';\n" "${SUPERUSER_PASSWORD:?}"
  for group in owner app backup readonly; do
    printf "SELECT 'CREATE ROLE %s NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') \\\\gexec\n" \
      "$group" "$group"
  done
  local names=''
  while read -r group login password; do
    names="$names,'$login'"
    printf "SELECT 'CREATE ROLE %s' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') \\\\gexec\n" \
      "$login" "$login"
    printf "ALTER ROLE %s LOGIN INHERIT PASSWORD '%s'; GRANT %s TO %s;\n" "$login" "$password" "$group" "$login"
    traits_of "$group" | sed "s/.*/ALTER ROLE $login &;/"
  done <<<"${LOGINS:?}"
  printf "SELECT format('ALTER ROLE %%I NOLOGIN', rolname) FROM pg_roles WHERE rolcanlogin AND rolname ~ '^(owner|app|backup|readonly)_g[0-9]+$' AND rolname NOT IN (%s) \\\\gexec\n" \
    "${names#,}"
  # Of everything there is and will be, passwords as well, as pg_dumpall wants it; a logical dump is no replica.
  printf 'GRANT pg_read_all_data TO backup;\n'
}

# What a login has for itself, since no member gets attributes or settings from its group. Usage: traits_of GROUP
traits_of() {
  case $1 in
    # What a migration makes belongs to the group, and a lock that it cannot have stops it, not the application.
    owner) printf '%s\n' 'SET role = owner' "SET lock_timeout = '${LOCK_SECONDS:?}s'" "SET statement_timeout = '${STATEMENT_SECONDS:?}s'" ;;
    # A dump without the rows that a policy hides would be none: pg_dump refuses to make it.
    backup) printf '%s\n' BYPASSRLS 'SET default_transaction_read_only = on' ;;
    # Who reads for long, or forgets a transaction, holds up migrations and the vacuum.
    readonly) printf '%s\n' 'SET default_transaction_read_only = on' "SET statement_timeout = '60s'" "SET idle_in_transaction_session_timeout = '60s'" ;;
  esac
}

database() {
  cat <<SQL
SELECT 'CREATE DATABASE "${DATABASE:?}" OWNER owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$DATABASE') \gexec
\connect "$DATABASE"
ALTER DATABASE "$DATABASE" OWNER TO owner;
REVOKE ALL ON DATABASE "$DATABASE" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE "$DATABASE" TO app;
GRANT CONNECT ON DATABASE "$DATABASE" TO backup, readonly;
ALTER SCHEMA public OWNER TO owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO app;
SELECT format('GRANT USAGE ON SCHEMA %1\$I TO readonly; GRANT SELECT ON ALL TABLES IN SCHEMA %1\$I TO readonly; GRANT SELECT ON ALL SEQUENCES IN SCHEMA %1\$I TO readonly', nspname)
  FROM pg_namespace WHERE nspowner = 'owner'::regrole \gexec
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT USAGE ON SCHEMAS TO readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON SEQUENCES TO readonly;
SQL
}
