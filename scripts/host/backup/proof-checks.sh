# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of the proof of a backup: what is asked of the copy.

# shellcheck source=/dev/null
. migration/live-services.sh

# Rows that were written before the moment are there, and those that came after it are not.
check_probes() {
  local before after there seconds=0
  if [ -n "$witness" ]; then
    before="name = 'before $target'" after="name = 'after $target'"
  else
    before=$(probe_of_server "at < '$moment'::timestamptz - interval '5 s' ORDER BY at DESC")
    # The end of a backup is known to the second.
    [ "$type" = time ] || seconds=1
    after=$(probe_of_server "at > '$moment'::timestamptz + interval '$seconds s' ORDER BY at")
  fi
  there=$(psql_in "$copy" slipway 2>/dev/null <<<"SELECT count(*) FILTER (WHERE ${before:-false}), count(*) FILTER (WHERE ${after:-false}) FROM probe") ||
    there='0|0'
  [ -z "$before" ] || [ "${there%|*}" = 1 ] || fail "what was written before $moment is not in the copy ($before)"
  [ "${there#*|}" = 0 ] || fail "what was written after $moment is in the copy ($after)"
  found 'probe rows' 'that of before there, that of after not' \
    "$(if_any "$before" there), $(if_any "$after" 'not there')"
}

# Usage: if_any CONDITION WORDS
if_any() { if [ -n "$1" ]; then printf %s "$2"; else printf %s 'nobody wrote one'; fi; }

# The nearest row on the server, as a condition; nothing when it has none. Usage: probe_of_server CONDITION
probe_of_server() {
  psql_in "$server" slipway 2>/dev/null <<<"SELECT format('at = %L', at) FROM probe WHERE $1 LIMIT 1" || true
}

# Notes in `rows` how many there are.
compare_with_witness() {
  local restored unseen differing
  begin 86400
  restored=$({ schema_query; content_query "$values"; } | psql_in "$copy" "$DATABASE" 2>&1) ||
    fail "the copy cannot be read: $(grep -m 1 'ERROR' <<<"$restored" || tail -n 1 <<<"$restored")"
  rows=$(sed -n 's/^rows .* \([0-9]*\) -\?[0-9]*$/\1/p' <<<"$restored" | awk '{ sum += $1 } END { print sum + 0 }')
  if [ -z "$witness" ]; then
    found content 'every row can be read' "$(took), $rows rows; nobody noted what was there"
    return 0
  fi
  unseen=$(unseen_query | psql_in "$copy" "$DATABASE")
  if [ "$unseen" != 0 ]; then
    found content 'schema, counts and hashes of each table' "cannot be compared: transactions that ended meanwhile: $unseen"
    return 0
  fi
  differing=$(diff <(tail -n +2 "$witness") <(printf '%s\n' "$restored") | grep '^[<>]' || true)
  [ -z "$differing" ] || {
    printf '%s\n' "$differing" | head -n 20 >&2
    fail "the copy is not what the database was: lines that differ: $(wc -l <<<"$differing"), the database's first: '$(first_of '<')', the copy's: '$(first_of '>')'"
  }
  found content 'schema, counts and hashes of each table' "$(took), the same; $rows rows"
}

# Usage: first_of MARK
first_of() { sed -n "s/^$1 //p" <<<"$differing" | head -n 1; }

# All pages of tables and indexes. A template has nobody's data, and the extension that looks is made for it.
check_pages() {
  local said
  begin 86400
  said=$(docker exec "$copy" pg_amcheck --username=postgres --all --exclude-database=template1 --install-missing \
    --heapallindexed --parent-check 2>&1) || fail "pages of the copy are damaged, pg_amcheck says: $(head -n 2 <<<"$said" | paste -sd ' ')"
  found pg_amcheck 'no damaged page in tables and indexes' "$(took), none"
}

check_dump() {
  local said
  begin 86400
  said=$(docker exec "$copy" pg_dumpall --username=postgres --no-sync --file=/dev/null 2>&1) ||
    fail "the copy cannot be dumped: $(tail -n 1 <<<"$said")"
  found dump 'all of it, to nowhere' "$(took), done"
}

# Those that were saved with this backup, each compared with what the repository says of it.
check_saved_files() {
  local listing saved said mounts=()
  [ -n "${VOLUMES?}${OWN_EDGE?}" ] || return 0
  begin 86400
  listing=$(saying list_files "$repository") || fail "$listing"
  saved=$(awk -v set="$set" '$2 == set { print $3 }' <<<"$listing" | tail -n 1)
  if [ -z "$saved" ]; then
    found files 'each as it was saved' 'none were saved with it'
    return 0
  fi
  require_docker_space "$(bytes_of_files "$repository" "$saved")" 'a copy of the files' "$rehearsal.files"
  docker volume create --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal.files" >/dev/null
  mounts=(--volume "$rehearsal.files:/files")
  said=$(files_engine "$repository" restore --no-lock --verify --target / "$saved" 2>&1) ||
    fail "the files of the backup $set could not be restored: $(grep -m 1 -i 'error\|fatal' <<<"$said" || tail -n 1 <<<"$said")"
  found files 'each as it was saved' "$(took), $(shown "$(($(kilobytes_in "$rehearsal.files") << 10))"), the same"
}

# The services of the release that serves, on this data, with a Redis of their own.
check_application() {
  local live since at=${moment:0:19} why=
  live=$(live_release)
  since=$(serving_since)
  if [ -z "$live" ]; then
    why='no release serves yet'
  elif [ "${REDIS:?}" = managed ]; then
    why='Redis is managed: there is none for the copy'
  elif [[ -z $since || ${since:0:19} > ${at/ /T} ]]; then
    why="release $live did not serve yet at that moment"
  else
    begin "${READY_SECONDS:?}"
    start_redis_twin
    try_services >&2
    [ "${#started[@]}" -gt 0 ] || why="no service of release $live runs"
  fi
  found application "${live:+release $live }is ready on it" "${why:-$(took), ready: ${started[*]}; smoke paths: $asked}"
}

# When the release that serves began to, by the journal.
serving_since() {
  sed -n 's/^{"time":"\([^"]*\)Z".*"event":"live","release":"\([^"]*\)".*/\1 \2/p' "$journal/log" |
    awk '$2 != last { at = $1 } { last = $2 } END { print at }'
}

# Usage: refuse_service NAME WHAT
refuse_service() {
  last_lines "$rehearsal.$1"
  fail "$1 of release $live $2 on what was restored"
}
