# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of ../take-backup.sh: what the database holds at a restore point right after a backup, in a file of the backup's
# name in ROOT/STACK/backups/witness. Its first line is "POINT|MOMENT|SNAPSHOT".

# Which values are in a table, whatever the order.
values="coalesce($values_of_rows, 0)"

# Says why where no moment could be told apart. As with `prove`, nothing of it may be a condition.
# Usage: save_witness LABEL ...
save_witness() {
  write_witness "$@" &
  wait "$!" || true
  flush
}

# Notes in `arrived` until when all that was written is in the repositories.
flush() {
  local now=$EPOCHSECONDS
  if engine_flush 70; then arrived=$now; else echo 'what was written last does not get to the repositories'; fi
}

write_witness() {
  local point label content told
  exec {told}>&1
  fail() {
    printf 'nobody can say what was in the database, and the backup is proved without: %s\n' "$1" >&"$told"
    exit 1
  }
  point=backup-$(date --utc +%Y%m%dT%H%M%SZ)
  write_probe "before $point"
  take_witness "$point" 60
  content=$({ schema_query; content_query "$values"; } | read_witness 14400)
  mkdir -p "$backups/witness"
  find "$backups/witness" -type f -mtime "+${RETENTION_DAYS:?}" -delete
  psql_in "$server" slipway <<<"DELETE FROM probe WHERE at < now() - interval '${RETENTION_DAYS:?} days'"
  for label; do
    printf '%s|%s|%s\n%s\n' "$restore_point" "$restore_point_at" "$snapshot" "$content" | put "$STACK/backups/witness/$label"
  done
}
