# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: the migration, done on the copy first.

# The copy answers as `postgres`, and a Redis of its own as `redis`: settings and secrets are those of the real thing.
rehearse() {
  local name=$rehearsal.migration code words arguments=()
  begin "$TIMEOUT"
  start_redis_twin
  decode words "${COMMAND:?}"
  arguments=(--tmpfs "/run/slipway/migrated:$(owned_by "$RUN_AS")")
  create_container "$name" rehearsal "$rehearsal" "${words[@]}"
  docker start "$name" >/dev/null
  code=$(timeout "$(left)" docker wait "$name") ||
    fail "the migration did not end within $TIMEOUT seconds on a copy of the database; $untouched"
  if [ "$code" != 0 ]; then
    last_lines "$name"
    fail "the migration failed on a copy of the database with exit code $code; its last lines stand above; $untouched"
  fi
  docker rm "$name" >/dev/null
  say "rehearsal: $(took), the migration works on a copy"
}
