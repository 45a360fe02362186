# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that save and restore: the engine that does it, pgBackRest, asked in the container of the server.
# Another engine takes its place by the same functions.

server=slipway-${STACK:?}-postgres

# Usage: backrest [--env NAME=VALUE ...] COMMAND [OPTION ...]
backrest() {
  local variables=()
  while [ "$1" = --env ]; do
    variables+=(--env "$2")
    shift 2
  done
  docker exec "${variables[@]}" "$server" pgbackrest "$@"
}

# The name under which the repository has the data that the server has now: new data gets a new one.
read_stanza() {
  stanza=$(docker exec --env LC_ALL=C "$server" pg_controldata | sed -n 's/^Database system identifier: */pg/p')
  [ -n "$stanza" ] || fail "the data of $server could not be read"
}

# The same for data in a volume, whose server need not run; with side-server.sh. Usage: engine_stanza_of VOLUME
engine_stanza_of() {
  read_side
  docker run --rm --network none --log-driver none "${side_arguments[@]}" --env LC_ALL=C --volume "$1:$side_data:ro" \
    --entrypoint pg_controldata "$side_image" | sed -n 's/^Database system identifier: */pg/p'
}

# Makes a place for the data in each repository; one that is there stays. Where the making was cut off, or before a first
# backup, there is nothing that could be restored, and it is made anew.
engine_prepare() {
  local repository
  ! backrest --stanza="$stanza" --no-online stanza-create >/dev/null 2>&1 || return 0
  for repository in 1 2; do ! is_half_made "$repository" || forget_place "$repository"; done
  backrest --stanza="$stanza" --no-online stanza-create
}

# Usage: is_half_made REPOSITORY
is_half_made() {
  local archive backup
  archive=$(backrest --repo="$1" repo-ls "archive/$stanza" 2>/dev/null) || return 1
  backup=$(backrest --repo="$1" repo-ls "backup/$stanza" 2>/dev/null) || return 1
  ! grep -q '^archive\.info' <<<"$archive" || ! grep -q '^backup\.info' <<<"$backup" || return 1
  [ -n "$archive$backup" ] && ! grep -qv '^backup\.info\|^$' <<<"$backup"
}

# Usage: forget_place REPOSITORY
forget_place() {
  local kind
  for kind in archive backup; do backrest --repo="$1" repo-rm --recurse "$kind/$stanza" || return 1; done
}

# Usage: engine_backup REPOSITORY full|diff|incr
engine_backup() { backrest --stanza="$stanza" --repo="$1" --type="$2" backup; }

# Whether all of a set can be read and is what it was. Its exit status says nothing. Usage: engine_verify REPOSITORY LABEL
engine_verify() {
  local said
  said=$(backrest --stanza="$stanza" --repo="$1" --set="$2" --output=text --verbose verify 2>&1) || true
  printf '%s\n' "$said"
  grep -qx ' *status: ok' <<<"$said"
}

# Has all arrive that was committed until now, in at most so many seconds. A commit of its own comes last: to a moment
# after the last one nothing could be gone back to. Usage: engine_flush SECONDS
engine_flush() {
  local segment
  segment=$(docker exec --interactive "$server" psql --username=postgres --dbname=postgres --no-psqlrc --quiet \
    --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    <<<'SELECT pg_current_xact_id() \g /dev/null
      SELECT pg_walfile_name(pg_switch_wal());') || return 1
  wait_for "$1" engine_has_arrived "$segment"
}

engine_has_arrived() {
  docker exec "$server" psql --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only --no-align \
    --command="SELECT last_archived_wal >= '$1' FROM pg_stat_archiver" | grep -qx t
}

# Whether all that is written arrives: writes a mark, and waits for it.
engine_check() { backrest --stanza="$stanza" check; }

# A line for each set, the oldest first: "LABEL TYPE REPOSITORY BEGUN ENDED DAMAGED BYTES", times in seconds since 1970.
engine_sets() {
  query_info "SELECT set->>'label', set->>'type', set->'database'->>'repo-key', set->'timestamp'->>'start',
    set->'timestamp'->>'stop', set->>'error', set->'info'->>'size'
    FROM stanza, jsonb_array_elements(stanza.all->'backup') set ORDER BY (set->'timestamp'->>'stop')::bigint"
}

# The newest whole set on the host's own volume, and how many segments of the log came after it: "LABEL SEGMENTS".
engine_newest() {
  query_info "SELECT set->>'label', ceil(pg_wal_lsn_diff(pg_current_wal_lsn(), (set->'lsn'->>'stop')::pg_lsn)
      / pg_size_bytes(current_setting('wal_segment_size')))
    FROM stanza, jsonb_array_elements(stanza.all->'backup') set
    WHERE set->'database'->>'repo-key' = '1' AND set->>'error' = 'false'
    ORDER BY (set->'timestamp'->>'stop')::bigint DESC LIMIT 1"
}

# Why a repository cannot be used, a line each; nothing when all can.
engine_problems() {
  query_info "SELECT format('repository %s: %s', repo->>'key', repo->'status'->>'message')
    FROM stanza, jsonb_array_elements(stanza.all->'repo') repo WHERE repo->'status'->>'code' NOT IN ('0', '2')"
}

# The server reads JSON, which the host has nothing for. Usage: query_info SELECT, of the table `stanza`
query_info() {
  docker exec --interactive "$server" psql --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only \
    --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 <<SQL
\\set info \`pgbackrest --stanza=$stanza --output=json info\`
WITH stanza("all") AS (SELECT * FROM jsonb_array_elements(:'info'::jsonb) each WHERE each->>'name' = '$stanza')
$1;
SQL
}

# Notes in `words` what restores, in a container that has the data's place as PGBACKREST_PG1_PATH. What is there already
# stays as far as it is the same. Usage: engine_restore_words REPOSITORY latest|time|name|lsn|immediate [TARGET [SET]]
engine_restore_words() {
  words=(pgbackrest --stanza="$stanza" --repo="$1" --delta --archive-mode=off --process-max="$(nproc)")
  # What lies on a disk and is damaged does not mend by waiting.
  [ "$1" != 1 ] || words+=(--job-retry=0)
  [ "$2" = latest ] || words+=(--type="$2" --target-action=promote)
  [ -z "${3:-}" ] || words+=(--target="$3")
  [ -z "${4:-}" ] || words+=(--set="$4")
  words+=(restore)
}

# Whether the engine says of itself that something went wrong. Usage: engine_has_erred TEXT
engine_has_erred() { grep -q 'ERROR: \[[0-9]*\]' <<<"$1"; }

# Why the engine gave up, in one line. Usage: engine_reason TEXT [TYPE TARGET]
engine_reason() {
  local first
  # As processes say it that the engine has for files, when it was read already which those are, with the same key.
  local damaged='\[0(26|29|95)\]: raised from local-|local-[0-9]+ process terminated unexpectedly \[(25|26|29|95)\]'
  first=$(sed -n '/ERROR: \[[0-9]*\]: /{s/.*ERROR: \[[0-9]*\]: \(raised from [^ ]* protocol: \)\?//p;q}' <<<"$1")
  if [[ $1 =~ $damaged ]]; then
    printf %s "a file of the backup is damaged${first:+ ($first)}"
    return
  fi
  case $1 in
    *'unable to verify certificate'* | *'unable to find hostname'*)
      printf %s 'the certificate of slipway:backups.offsite.endpoint is not one of a known authority; name its own in slipway:backups.offsite.caCertificate'
      ;;
    *HostConnectError*) printf %s 'it does not answer' ;;
    *'unable to load backup manifest'*)
      printf %s 'the list of the files of the backup is missing or damaged'
      ;;
    *'cipher header invalid'* | *CryptoError* | *'outside of section'* | *FormatError*)
      printf %s 'the repository cannot be read with this key: it was written with another one, or is damaged'
      ;;
    *'known hosts failure'*)
      printf %s 'the SFTP server shows another key than slipway:backups.offsite.hostKey; where it has one of the kind ecdsa it has to be that: ssh-keyscan -t ecdsa ADDRESS'
      ;;
    *'unable to find backup set with'*) printf %s "no backup is older than ${3:-that}" ;;
    *'no backup set found'*) printf %s 'the repository has no backup of this data' ;;
    *'time format must be'*) printf %s "'${3:-}' is no moment; write it like 2026-01-31 14:05:00+00" ;;
    *) printf %s "${first:-$(tail -n 1 <<<"$1")}" ;;
  esac
}

# A line for each set of what the engine lists of a repository, asked without a server that runs:
# "DATA LABEL ENDED VERSION BYTES". Usage: engine_listed < listing
engine_listed() {
  local data label ended version size
  awk '
    /^stanza: / { data = $2 }
    /wal archive min\/max \(/ { version = $4; gsub(/[():]/, "", version) }
    / (full|diff|incr) backup: / { label = $3 }
    /timestamp start\/stop: / { ended = $(NF - 1) "T" $NF }
    /^ +database size: / { print data, label, ended, version, $3 }
  ' | while read -r data label ended version size; do
    size=${size%,}
    printf '%s %s %s %s %s\n' "$data" "$label" "$ended" "$version" "$(numfmt --from=iec "${size%B}")"
  done
}

# The newest part of the log that a repository has of the data in `stanza`. Usage: engine_newest_segment < listing
engine_newest_segment() {
  awk -v stanza="$stanza" '
    /^stanza: / { data = $2 }
    /wal archive min\/max \(/ && data == stanza { sub(".*/", "", $NF); print $NF }
  ' | sort | tail -n 1
}

# Why nothing is known of a repository by what the engine lists of it; nothing when it could be read.
# Usage: engine_listing_problem LISTING
engine_listing_problem() {
  # By another key it decrypts to anything.
  if grep -aq 'status: error (other)' <<<"$1"; then
    engine_reason "$(grep -a -A 3 'status: error (other)' <<<"$1" | grep -a -m 1 '^ *\[' | tr -cd '[:print:]\n')"
  elif engine_has_erred "$1"; then
    engine_reason "$1"
  fi
}

# Marks all that a server on a new line of its own has written as still to be archived, in its data directory: while it
# ran beside the live one it archived nothing. Prints a script for the helper, where the data is "$1".
engine_unarchived() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf %s '
    for history in "$1"/pg_wal/*.history; do
      [ ! -e "$history" ] || : >"$1/pg_wal/archive_status/${history##*/}.ready"
    done
    chown -R 999:999 "$1/pg_wal/archive_status"
  '
}

# Has a server that goes on with data of before begin a line of its own: what was archived since would be taken for its
# future. Prints a script for the helper, where the data is "$1" and its name in the repositories "$2".
engine_new_line() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf %s '
    {
      echo "restore_command = '"'"'pgbackrest --stanza=$2 archive-get %f \"%p\"'"'"'"
      echo "recovery_target_timeline = '"'"'current'"'"'"
    } >>"$1/postgresql.auto.conf"
    : >"$1/recovery.signal"
    chown 999:999 "$1/recovery.signal"
  '
}

# Statements that take away what a restore has left in the settings of a server.
engine_forget_restore() {
  local name
  for name in archive_mode restore_command recovery_target{,_name,_time,_xid,_lsn,_inclusive,_timeline,_action}; do
    printf 'ALTER SYSTEM RESET %s;\n' "$name"
  done
}
