# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: a dump that was restored and compared with what was dumped.

restore_points=$ROOT/${STACK:?}/restore-points
dump=.new.dump

make_restore_point() {
  local saved
  begin "${TIMEOUT:?}"
  require_space "$bytes"
  start_copy --volume "$restore_points:/restore-points:ro"
  save
  restore
  compare
  saved=$(keep)
  restore_point=$restore_points/$saved
  note restore-point release "$RELEASE" file "$restore_point" seconds "$(took)"
  say "restore point: $(took), $(shown "$bytes"), restored and compared: $restore_point"
}

# The copy is as large as the database, and has its write-ahead log beside it; the dump is smaller, whatever is in it.
# Usage: require_space BYTES
require_space() {
  local place available device before="" needed=$((($1 >> 10) + 262144))
  for place in "$(docker info --format '{{.DockerRootDir}}')" "$ROOT"; do
    read -r device available < <(df -k --output=source,avail "$place" | tail -n 1)
    [ "$device" != "$before" ] || needed=$((needed + ($1 >> 10)))
    [ "$available" -ge "$needed" ] ||
      fail "a restore point of $(shown "$1") needs $(shown $((needed << 10))) on the file system of $place, and $(shown $((available << 10))) are free; make room there and deploy again; $untouched"
    before=$device needed=$((($1 >> 10) + 65536))
  done
}

# One transaction sees the database as it is now: the dump is made of what it sees, and so is what it is compared by.
save() {
  local snapshot line input output process compression=zstd:1
  [ "$version" -ge 160000 ] || compression=1
  end_sessions "application_name = '$session'"
  coproc SNAPSHOT { psql_in "$server" "$DATABASE"; }
  process=$SNAPSHOT_PID
  exec {input}>&"${SNAPSHOT[1]}" {output}<&"${SNAPSHOT[0]}"
  {
    echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
    echo "SELECT FROM pg_settings, set_config(name, CASE name WHEN 'lock_timeout' THEN '30s' ELSE '0' END, true)
      WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout');"
    echo 'SELECT pg_export_snapshot();'
    schema_query
    content_query
    printf '%s\n' '\echo .'
  } >&"$input"
  snapshot=
  until [ -n "$snapshot" ]; do
    read -r -t "$(left)" -u "$output" snapshot || fail "the database gave no snapshot; $untouched"
  done
  timeout "$(left)" docker exec --env "PGAPPNAME=$session" "$server" pg_dump --username=postgres --dbname="$DATABASE" \
    --format=custom --compress="$compression" --snapshot="$snapshot" --lock-wait-timeout=30s |
    helper "umask 077; cat >\"/slipway/\$1\"; sync \"/slipway/\$1\"" save "$STACK/restore-points/$dump" ||
    fail "the database could not be dumped: what pg_dump says stands above, or it took longer than migration.timeoutSeconds ($TIMEOUT); $untouched"
  original=
  while IFS= read -r -t "$(left)" -u "$output" line && [ "$line" != . ]; do original+=$line$'\n'; done
  [ "${line:-}" = . ] || fail "what the dump is compared with could not be read; $untouched"
  # In its transaction it holds locks that the migration would wait for.
  printf '%s\n' '\q' >&"$input"
  wait "$process" || true
}

restore() {
  local target=(--create --dbname=postgres) errors
  [ "$DATABASE" != postgres ] || target=(--dbname=postgres)
  copy_roles
  # Without the lines that show rows.
  errors=$(timeout "$(left)" docker exec --user 0:0 "$copy" pg_restore --username=postgres "${target[@]}" --no-tablespaces \
    --exit-on-error --jobs=2 "/restore-points/$dump" 2>&1) || {
    grep -E '^pg_restore: (error|while)' <<<"$errors" | head -n 5 | redact "$STACK" >&2
    fail "the dump of the database could not be restored: what pg_restore says stands above, or it took longer than migration.timeoutSeconds ($TIMEOUT); $untouched"
  }
}

compare() {
  local restored
  restored=$({ schema_query; content_query; } | psql_in "$copy" "$DATABASE")$'\n'
  [ "$original" = "$restored" ] || {
    diff <(printf %s "$original") <(printf %s "$restored") | grep '^[<>]' | head -n 10 >&2 || true
    fail "the dump that was restored is not what the database was: lines of the database begin with <, those of its copy with >; $untouched"
  }
}

# Prints its name. Of what is in the directory only the newest restore points stay.
keep() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper '
    cd "/slipway/$1"; name=$(date -u +%Y%m%dT%H%M%SZ)-$2.dump
    mv "$3" "$name"; sync .; echo "$name"
    ls | grep -E "^[0-9]{8}T[0-9]{6}Z-[0-9a-f]+[.]dump$" | sort -r | tail -n +$(($4 + 1)) | xargs -r rm -f
  ' keep "$STACK/restore-points" "$RELEASE" "$dump" "${RESTORE_POINTS:?}"
}

# A dump that was not compared is worth nothing.
forget_dump() {
  [ -e "$restore_points/$dump" ] || return 0
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -f "/slipway/$1"' forget "$STACK/restore-points/$dump"
}
