#!/bin/bash
# Starts Postgres as the official image does: the same variables, files and arguments.
set -euo pipefail

fail() {
  printf 'Error: %s\n' "$1" >&2
  exit 1
}

# Sets a variable from itself, from the file that NAME_FILE names, or to a default. Usage: setting NAME [DEFAULT]
setting() {
  local name=$1 file=$1_FILE
  [ -z "${!name:-}" ] || [ -z "${!file:-}" ] || fail "both $name and $file are set (but are exclusive)"
  local value=${!name:-${2:-}}
  [ -z "${!file:-}" ] || value=$(<"${!file}")
  export "$name=$value"
  unset "$file"
}

# Whether the arguments make `postgres` print something and exit.
only_prints() {
  local argument
  for argument; do
    case $argument in
      '-?' | --help | --describe-config | -V | --version) return 0 ;;
    esac
  done
  return 1
}

sql() {
  PGHOST='' psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --no-password --no-psqlrc "$@"
}

# initdb asks for the name of its user, whom `--user` may have invented.
name_user() {
  local wrapper
  getent passwd "$(id -u)" >/dev/null && return
  wrapper=$(compgen -G '/usr/lib/*/libnss_wrapper.so') || return 0
  NSS_WRAPPER_PASSWD=$(mktemp)
  NSS_WRAPPER_GROUP=$(mktemp)
  printf 'postgres:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" >"$NSS_WRAPPER_PASSWD"
  printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
  export NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP LD_PRELOAD=$wrapper
}

create_cluster() {
  # POSTGRES_INITDB_ARGS is written as in a shell, with quotes.
  local arguments
  eval "arguments=(${POSTGRES_INITDB_ARGS:-})"
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || arguments+=(--waldir="$POSTGRES_INITDB_WALDIR")
  (
    name_user
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
    [ -z "${NSS_WRAPPER_PASSWD:-}" ] || rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
  )
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "$@")}" \
    >>"$PGDATA/pg_hba.conf"
}

run_initial_scripts() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        # shellcheck source=/dev/null
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) sql --dbname="$POSTGRES_DB" --file="$file" ;;
      *.sql.gz) gunzip -c "$file" | sql --dbname="$POSTGRES_DB" ;;
      *.sql.xz) xzcat "$file" | sql --dbname="$POSTGRES_DB" ;;
      *.sql.zst) zstd -dc "$file" | sql --dbname="$POSTGRES_DB" ;;
    esac
  done
}

# Usage: initialise [ARGUMENT OF POSTGRES ...]
initialise() {
  [ -n "$POSTGRES_PASSWORD" ] || [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] ||
    fail 'Database is uninitialized and superuser password is not specified; set POSTGRES_PASSWORD to a non-empty value.'
  create_cluster "$@"
  # This server answers on the socket alone, so that nobody meets a half-made database over the network.
  export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
  PGUSER=$POSTGRES_USER pg_ctl -w start -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")"
  # shellcheck disable=SC2016 # psql's variables
  [ "$POSTGRES_DB" = postgres ] || sql --dbname=postgres --set=db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  run_initial_scripts
  pg_ctl -w -m fast stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

[ "${1:0:1}" != - ] || set -- postgres "$@"

if [ "$1" = postgres ] && ! only_prints "$@"; then
  setting POSTGRES_PASSWORD
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS

  mkdir -p "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"}
  chmod 0700 "$PGDATA" 2>/dev/null || true
  if [ "$(id -u)" = 0 ]; then
    mkdir -p /var/run/postgresql
    chmod 3775 /var/run/postgresql
    find "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \
      ! -user postgres -exec chown postgres {} +
    export HOME=/var/lib/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
  fi
  [ -s "$PGDATA/PG_VERSION" ] || initialise "${@:2}"
fi

exec "$@"
