# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../restore.sh: data of another moment, on a server beside the live one.

restore_beside() {
  remove_beside_server
  if runs "$server"; then
    read_stanza
    engine_flush 70 ||
      echo "what was written last does not get to the repositories; what the server says of it, shows: npm run logs -- postgres --stack $STACK"
  fi
  find_source || fail "${problems:-no repository has a backup of this data}"
  make_volume "$beside"
  require_version
  require_docker_space "$(bytes_of_newest)" "a copy of the data" "$beside"
  require_window
  side_restore "$beside" "$repository" "${TYPE:?}" "${TARGET?}" "$(set_to_begin_with)"
  side_start "$beside" "$beside" none
  require_whole_log "$beside"
  engine_forget_restore | psql_in "$beside" postgres
  reached=${side_reached:-$(ended_of_last_set)}
  printf '%s\n' "$reached" | put "$STACK/journal/side"
  note restored-beside type "$TYPE" target "$TARGET" reached "$reached"
}

# Refuses a moment of which no backup is old enough.
require_window() {
  local _ oldest
  read -r _ _ oldest _ < <(head -n 1 <<<"$sets")
  [ "$TYPE" != time ] || [[ ${TARGET/ /T} > $oldest ]] ||
    fail "there is nothing as old as $TARGET: any moment since ${oldest/T/ } can be gone back to, when the oldest backup ended"
  [ -z "${SET?}" ] || grep -q "^[^ ]* $SET " <<<"$sets" ||
    fail "there is no backup $SET; there are: $(cut -d ' ' -f 2 <<<"$sets" | paste -sd ' ')"
}

# A moment finds its backup by itself; a restore point does not: it was proved with POINT_SET, and needs else one that ended
# before POINT_AT.
set_to_begin_with() {
  printf %s "$SET"
  [ -n "${POINT_AT?}" ] || return 0
  if grep -q "^[^ ]* ${POINT_SET:-none} " <<<"$sets"; then printf %s "$POINT_SET"; return 0; fi
  awk -v at="${POINT_AT/ /T}" '$3 < at { label = $2 } END { printf "%s", label }' <<<"$sets"
}

ended_of_last_set() {
  local ended
  read -r _ _ ended _ < <(if [ -n "$SET" ]; then grep "^[^ ]* $SET " <<<"$sets"; else tail -n 1 <<<"$sets"; fi)
  printf %s "${ended/T/ }"
}

# Lines "NAME VALUE" of what there is now.
show_beside() {
  printf 'reached %s\n' "$(cat "$ROOT/$STACK/journal/side")"
  size_query | psql_in "$beside" "${DATABASE:?}"
}

# In order: a crash would have to be recovered from on the live server.
stop_beside_server() {
  docker kill --signal INT "$beside" >/dev/null 2>&1 || return 0
  timeout 120 docker wait "$beside" >/dev/null || true
}

remove_beside_server() { docker rm --force "$beside" >/dev/null 2>&1 || true; }

# Usage: runs CONTAINER
runs() { [ "$(docker inspect --format '{{.State.Running}}{{.State.Restarting}}' "$1" 2>/dev/null)" = truefalse ]; }
