# shellcheck shell=bash disable=SC2154
# Brings the database to what RELEASE needs, if it lacks anything: saved and restored, rehearsed on that copy, then done
# once. What goes wrong before has not touched the database; what goes wrong then leaves the release before serving.
# COMMAND and PENDING, word by word, and SETTINGS, each NAME=VALUE: a line each, in base64. HEADS: as migration-heads.sh
# prints them.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. maintenance/page.sh
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/container.sh
# shellcheck source=/dev/null
. migration/downtime.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/pending.sh
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
. backup/witness.sh
# shellcheck source=/dev/null
. migration/restore-point.sh
# shellcheck source=/dev/null
. migration/rehearsal.sh
# shellcheck source=/dev/null
. migration/old-code.sh
# shellcheck source=/dev/null
. migration/live.sh

apply() {
  one_at_a_time
  trap leave EXIT
  trap 'exit 143' TERM INT
  ask_pending
  if [ "${#pending[@]}" = 0 ]; then
    go_on_with_downtime
    let_containers_start
    # The release's containers wait for the end of this script, and there is nothing to clear away.
    trap - EXIT
    return 0
  fi
  end_downtime_of_before
  if [ -z "${DATABASE?}" ]; then
    say 'Postgres is managed: no restore point is made, and nothing is rehearsed'
  else
    clear_rehearsal
    examine
    prepare
  fi
  begin_downtime
  migrate
  let_containers_start
}

# The mark that those of the release wait for.
let_containers_start() { : >"$ROOT/$DIRECTORY/bin/migrated/done"; }

prepare() {
  if [ "$tables" = 0 ]; then
    say 'the database is empty: there is nothing to save, and nothing to rehearse on'
    return 0
  fi
  if [ -z "${ARCHIVES?}" ]; then
    say 'backups are turned off (backups.enabled): no restore point is made, and nothing is rehearsed'
    return 0
  fi
  make_restore_point
  rehearse
  try_old_code
  clear_rehearsal
}

# One at a time, of scripts by the kernel's lock and of what a killed one left by the container's name.
one_at_a_time() {
  local name state
  exec {lock}<"$ROOT/${STACK:?}"
  flock --timeout 30 "$lock" ||
    fail "another deploy of $STACK is at its migration; what it waits for, shows: docker ps --filter label=slipway.stack=$STACK"
  while read -r name state; do
    case $name-$state in
      "$migration-running")
        fail "a migration of $STACK is still running: see 'docker logs $migration', and deploy again when it ended"
        ;;
      "$migration"-*) docker rm "$migration" >/dev/null ;;
      "$rehearsal".*) clear_rehearsal ;;
    esac
  done < <(docker ps --all --filter "label=slipway.stack=$STACK" --format '{{.Names}} {{.State}}')
}

# However it ends: nothing that was made for the way stays, and nobody is left without a release that serves.
leave() {
  local status=$?
  trap '' TERM INT
  [ "$status" = 0 ] || has_failed || note failed release "$RELEASE" reason 'the migration was interrupted'
  stop_migration || true
  give_up_downtime "$status" || true
  clear_rehearsal || true
  exit "$status"
}
