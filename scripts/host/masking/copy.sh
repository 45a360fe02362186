# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../make-masked-copy.sh: a throw-away Postgres like the stack's own, on a network without a way out.

copy=$rehearsal.postgres

# Nothing of it has to outlive a failure, so it does not wait for the disk; it must not archive to where the server does.
# Usage: start_copy [ARGUMENT OF docker run ...]
start_copy() {
  local arguments=(--env POSTGRES_INITDB_ARGS=--no-sync "$@") flags=() flag
  for flag in fsync=off full_page_writes=off synchronous_commit=off autovacuum=off archive_mode=off \
    wal_level=minimal max_wal_senders=0 max_wal_size=256MB; do
    flags+=(-c "$flag")
  done
  docker network create --internal --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  docker volume create --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  start_twin "$server" "$copy" postgres "$rehearsal" "${flags[@]}"
}

# Waits for it. Roles come with their passwords and limits, so that the application's settings and secrets are right in
# the copy.
copy_roles() {
  wait_for 60 docker exec "$copy" pg_isready --quiet --host=127.0.0.1 --username=postgres || {
    docker logs --tail 5 "$copy" >&2
    fail "the throw-away Postgres did not answer within 60 seconds; its last lines stand above; $untouched"
  }
  timeout "$(left)" docker exec "$server" pg_dumpall --username=postgres --roles-only | sed '/^CREATE ROLE postgres;$/d' |
    psql_in "$copy" postgres >/dev/null
}
