# shellcheck shell=bash disable=SC2154
# Part of ../run-migration.sh: the services of the release that serves, on the copy that was migrated. They serve on while
# the database is migrated, and are what the switch goes back to.

# shellcheck source=/dev/null
. migration/live-services.sh

try_old_code() {
  [ "$DOWNTIME" = none ] && [ -n "$live" ] || return 0
  if [ "${REDIS:?}" = managed ]; then
    say "Redis is managed: the code of release $live is not tried on the copy"
    return 0
  fi
  begin "${READY_SECONDS:?}"
  try_services
  [ "${#started[@]}" = 0 ] ||
    say "old code: $(took), release $live is ready on the migrated copy (${started[*]}; smoke paths: $asked)"
}

# Usage: refuse_service NAME WHAT
refuse_service() {
  last_lines "$rehearsal.$1"
  fail "$1 of release $live $2 on the migrated copy: its code cannot live with the new schema; its last lines stand above; $untouched. Split the migration, or let nothing serve while it runs: npm run pulumi -- --stack $STACK config set --path slipway:migration.downtime declared"
}
