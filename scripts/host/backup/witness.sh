# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that prove a backup: a restore point in the log, and what the database held there, by which a copy
# that is restored to it is compared row by row. Nobody is kept waiting: what is read is a snapshot, and that nothing was
# committed between it and the restore point is seen in the log, else it is taken again. With engine.sh and
# migration/database.sh.

# Takes it in a session of its own, which `read_witness` reads on from. Notes `restore_point`, NAME with a number unless it
# was taken at once, its moment in `restore_point_at`, its place in the log in `restore_point_lsn` and
# `restore_point_segment`, and in `snapshot` what had been committed. Usage: take_witness NAME SECONDS
take_witness() {
  local deadline=$((SECONDS + $2)) line begin attempt=1
  restore_point=$1
  end_sessions "application_name = '$session'"
  coproc WITNESS { psql_in "$server" "$DATABASE"; }
  witness_process=$WITNESS_PID
  exec {witness_input}>&"${WITNESS[1]}" {witness_output}<&"${WITNESS[0]}"
  tell "SELECT count(set_config(name, CASE name WHEN 'lock_timeout' THEN '30s' ELSE '0' END, false)) AS limits
      FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout',
        'idle_in_transaction_session_timeout') \gset
    SELECT coalesce(string_agg(format('ONLY %I.%I', nspname, relname), ', '), 'pg_class') AS tables
      FROM $tables_of_user \gset"
  while :; do
    # The tables stay as they are from before the snapshot on. Who was running in it, and is still about to be told that
    # it is committed, wrote that into the log a moment before.
    tell "SELECT pg_current_wal_insert_lsn() AS begin \gset
      SELECT pg_sleep(0.1) AS slept \gset
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      LOCK TABLE :tables IN ACCESS SHARE MODE;
      SELECT pg_current_snapshot(), lsn, pg_walfile_name(lsn), :'begin',
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')
      FROM pg_create_restore_point('$restore_point') lsn;"
    hear "$deadline"
    IFS='|' read -r snapshot restore_point_lsn restore_point_segment begin restore_point_at <<<"$line"
    write_probe "after $restore_point"
    ! is_exact "$begin" || return 0
    [ "$SECONDS" -lt "$deadline" ] || fail "so much is written that no moment could be told apart${untouched:+; $untouched}"
    tell 'ROLLBACK;'
    # Of several by one name a server stops at the first.
    restore_point=$1-$((attempt += 1))
  done
}

# Prints what QUERIES say under the snapshot, and ends the session: in its transaction it holds locks that a migration
# would wait for. Usage: read_witness SECONDS < queries
read_witness() {
  local deadline=$((SECONDS + $1)) line
  tell "$(cat)"
  tell '\echo .'
  while hear "$deadline" && [ "$line" != . ]; do printf '%s\n' "$line"; done
  tell '\q'
  wait "$witness_process" 2>/dev/null || true
}

tell() { printf '%s\n' "$1" >&"$witness_input"; }

hear() {
  local left=$(($1 - SECONDS))
  IFS= read -r -t "$((left > 0 ? left : 1))" -u "$witness_output" line ||
    fail "the database did not say what is in it: what stopped it stands above, or it took too long${untouched:+; $untouched}"
}

# A row that was committed after the restore point, and is not in a copy restored to it. In a database beside the
# application's, where neither its dumps nor its migrations meet it. Usage: write_probe NAME
write_probe() {
  local statement="INSERT INTO probe (name) VALUES ('$1')"
  psql_in "$server" slipway <<<"$statement" 2>/dev/null || {
    psql_in "$server" postgres <<<"SELECT 'CREATE DATABASE slipway' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'slipway') \gexec"
    psql_in "$server" slipway <<<"CREATE TABLE IF NOT EXISTS probe (name text, at timestamptz DEFAULT clock_timestamp());
      REVOKE ALL ON DATABASE slipway FROM PUBLIC; $statement"
  }
}

# Whether the log has no end of a transaction before the restore point that the snapshot does not see. What is overlooked
# here is seen on the copy. Usage: is_exact FROM_LSN
is_exact() {
  local each xmin xmax running
  IFS=: read -r xmin xmax running <<<"$snapshot"
  # shellcheck disable=SC2016 # expanded inside the container
  for each in $(docker exec "$server" sh -c 'pg_waldump --path "$PGDATA/pg_wal" --timeline "$((0x$1))" \
    --rmgr Transaction --start "$2" --end "$3" 2>/dev/null' waldump "${restore_point_segment:0:8}" "$1" \
    "$restore_point_lsn" | sed -n 's/.* tx: *\([0-9]*\), .* desc: COMMIT.*/\1/p'); do
    [[ ,$running, != *",$each,"* ]] && [ $(((each - xmax) & 0xffffffff)) -ge 2147483648 ] || return 1
  done
}

# A statement that prints how many transactions a copy has that the snapshot does not see.
unseen_query() {
  cat <<SQL
SELECT count(*) FROM (
  SELECT pg_snapshot_xip('$snapshot') AS id
  UNION SELECT each::text::xid8 FROM generate_series(pg_snapshot_xmax('$snapshot')::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) each) running
WHERE CASE WHEN id < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(id) = 'committed' END;
SQL
}
