# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: a moment in the backups that can be gone back to, since a copy was restored to it and
# compared with the database; the copy is what the migration is rehearsed on.

copy=$rehearsal.postgres
side_role=$purpose
side_flags=("${throw_away_flags[@]}")

make_restore_point() {
  local restoring original name
  name=before-$RELEASE-$(date --utc +%Y%m%dT%H%M%SZ)
  side_seconds=${TIMEOUT:?}
  read_stanza
  choose_side_volume
  require_docker_space "$bytes" "a copy of $(shown "$bytes")" "$side_volume"
  choose_set
  begin "$TIMEOUT"
  # All but the log can be had before there is the moment.
  side_restore "$side_volume" 1 name "$name" "$set" &
  restoring=$!
  take_witness "$name" 60
  original=$({ schema_query; content_query "$places_of_rows"; } | read_witness "$(left)")
  wait "$restoring" || exit 1
  require_archived
  docker network create --internal --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  side_flags+=(-c "recovery_target_name=$restore_point")
  side_start "$side_volume" "$copy" "$rehearsal"
  compare
  note restore-point release "$RELEASE" point "$restore_point" at "$restore_point_at" lsn "$restore_point_lsn" \
    set "$set" seconds "$(took)"
  say "restore point: $(took), $(shown "$bytes"), restored and compared: $restore_point"
}

# The copy stays for the next time, which has only to bring what has changed; unless somebody proves a backup on it.
choose_side_volume() {
  side_volume=$rehearsal
  exec {side_lock}>>"$ROOT/$STACK/backups/copy"
  flock --nonblock "$side_lock" || return 0
  side_volume=$standing_copy
  docker volume create --label "slipway.stack=$STACK" --label slipway.role=copy "$side_volume" >/dev/null
}

# Notes in `set` what the copy is restored from: the newest one, unless a new one is made sooner than all is read again
# that was written since. A segment of the log takes a sixth of a second, however little is in it.
choose_set() {
  local segments='' kind=incr lock
  begin "$TIMEOUT"
  read -r set segments < <(engine_newest) || true
  [ "${segments:-1000}" -gt 40 ] || return 0
  exec {lock}>>"$ROOT/$STACK/backups/lock"
  if [ -z "$segments" ]; then
    kind=full
    flock --timeout "$TIMEOUT" "$lock" || fail "the first backup of $STACK does not end; $untouched"
    engine_prepare >&2 || true
  elif ! flock --nonblock "$lock"; then
    return 0
  fi
  # The one that was waited for is as good.
  read -r set segments < <(engine_newest) || true
  if [ "${segments:-1000}" -gt 40 ]; then
    engine_backup 1 "$kind" >&2 ||
      fail "a restore point needs a new backup, and none could be made: what stopped it stands above; $untouched"
    read -r set segments < <(engine_newest)
  fi
  exec {lock}>&-
  say "backup: $(took), $set"
}

# What is in the log until the restore point has to be in the repository.
require_archived() {
  psql_in "$server" postgres <<<'SELECT pg_switch_wal() AS done \gset'
  wait_for 60 is_archived ||
    fail "what was written until now is not in the backups after 60 seconds; see why: docker logs --tail 20 $server; $untouched"
}

is_archived() {
  [ "$(psql_in "$server" postgres <<<"SELECT last_archived_wal >= '$restore_point_segment' FROM pg_stat_archiver")" = t ]
}

compare() {
  local restored unseen
  unseen=$(unseen_query | psql_in "$copy" "$DATABASE")
  restored=$({ schema_query; content_query "$places_of_rows"; } | psql_in "$copy" "$DATABASE")
  [ "$original" = "$restored" ] || {
    diff <(printf '%s\n' "$original") <(printf '%s\n' "$restored") | grep '^[<>]' | head -n 10 >&2 || true
    [ "$unseen" = 0 ] ||
      fail "the restore point cannot be compared: so many transactions ended while it was made: $unseen; deploy again; $untouched"
    fail "what was restored is not what the database was: lines of the database begin with <, those of its copy with >; $untouched"
  }
}
