# shellcheck shell=bash disable=SC2034,SC2154
# Puts the database that load-copy.sh loaded and marked with COPY in the place of the environment's own, while nothing
# serves. Two renames in one transaction: whatever is killed, there is the one or the other. WAITS is empty where the
# release that serves cannot be ready with it. Prints how long nothing served.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. maintenance/page.sh
# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/downtime.sh
# shellcheck source=/dev/null
. migration/database.sh

DOWNTIME=declared
# A sign with the name of no release: `npm run recover` ends what was killed.
RELEASE=copy

# What fails here is no deploy.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

apply() {
  local began_at
  take_locks
  require_copy
  trap leave EXIT
  trap 'exit 143' TERM INT HUP
  begin 120
  began_at=$began
  begin_downtime >/dev/null
  empty_queues
  swap
  resume 60
  began=$began_at
  note refreshed from "${FROM:?}"
  drop_before
  echo "nothing served for $(took)"
}

# Deploy, switch and migration: one may outlive the other.
take_locks() {
  local each lock
  for each in journal live .; do
    exec {lock}<"$ROOT/${STACK:?}/$each"
    flock --timeout 2 "$lock" || fail "a deploy of $STACK is at work; type it again when it has ended"
  done
  [ ! -e "$journal/switch" ] || fail "a deploy of $STACK was killed; type: npm run recover -- --stack $STACK"
  [ -e "$ROOT/$sign" ] || [ ! -e "$ROOT/$ROUTES_FILE" ] ||
    fail "the page for maintenance stands before $STACK; take it away first: npm run maintenance -- off --stack $STACK"
}

require_copy() {
  local mark
  mark=$(psql_in "$server" template1 <<<"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$DATABASE.copy'")
  [ "$mark" = "${COPY:?}" ] || fail "the copy that was loaded into $STACK is gone: somebody else makes one; type it again when it is done"
}

# Tasks that wait mean rows of the database before, and so does all else that is kept there.
empty_queues() {
  local redis=slipway-$STACK-redis
  docker inspect "$redis" >/dev/null 2>&1 || return 0
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec "$redis" sh -c '
    { sed -n "s/^user admin on >\([^ ]*\) .*/AUTH admin \1/p" /run/secrets/users.acl; echo FLUSHALL; } | redis-cli
  ' | tail -n 1 | grep -qx OK || fail "the queues in the Redis of $STACK could not be emptied"
}

# Who is connected by hand does not keep it from being renamed.
swap() {
  local errors
  wait_for 30 try_swap || fail "the database of $STACK could not be replaced: ${errors:-}"
}

try_swap() {
  errors=$(psql_in "$server" template1 2>&1 >/dev/null <<SQL
SET lock_timeout = '10s';
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname IN ('$DATABASE', '$DATABASE.copy');
BEGIN;
ALTER DATABASE "$DATABASE" RENAME TO "$DATABASE.before";
ALTER DATABASE "$DATABASE.copy" RENAME TO "$DATABASE";
COMMENT ON DATABASE "$DATABASE" IS NULL;
COMMIT;
SQL
  )
}

drop_before() {
  psql_in "$server" template1 <<<"DROP DATABASE \"$DATABASE.before\" WITH (FORCE)" ||
    say "the database before could not be dropped; the next copy tries again"
}

# Usage: resume SECONDS, which the services have until they answer
resume() {
  local seconds=$1
  resting=
  [ -n "$WAITS" ] || seconds=0
  [ ! -e "$ROOT/$sign" ] || end_downtime "$seconds"
}

leave() {
  local status=$?
  trap '' TERM INT HUP
  [ "$status" != 143 ] || WAITS=''
  [ -z "${resting:-}" ] || resume 60 || true
  exit "$status"
}
