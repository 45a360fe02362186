# shellcheck shell=bash disable=SC2034,SC2154
# Restores data of another moment: of WHAT is said, database, files, or both. STEP: `beside` restores them beside the live
# ones and shows them, `show` shows them again, `live` puts them in the live ones' place, `undo` puts those of before back,
# `drop` takes away what is beside and what is kept. `next` is `live` for another release than the one that serves: it
# leaves the page, and `settle` ends that, when a deploy has brought one, or puts all back.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. maintenance/page.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/twin.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/side-server.sh
# shellcheck source=/dev/null
. backup/space.sh
# shellcheck source=/dev/null
. backup/listing.sh
# shellcheck source=/dev/null
. restore/places.sh
# shellcheck source=/dev/null
. restore/beside.sh
# shellcheck source=/dev/null
. backup/files.sh
# shellcheck source=/dev/null
. restore/files.sh
# shellcheck source=/dev/null
. restore/live.sh

# What fails here is no deploy.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

apply() {
  side_image=${IMAGE:?}
  live=$(live_release)
  one_at_a_time
  settle_restore
  case ${STEP:?} in
    beside)
      ! wants files || restore_files_beside
      ! wants database || restore_beside
      show_all
      ;;
    show) ! is_beside || show_all ;;
    live) go_live ;;
    next) go_live next ;;
    settle) back_up ;;
    undo) undo ;;
    drop) drop ;;
  esac
}

# Usage: wants database|files
wants() { [[ " ${WHAT:?} " = *" $1 "* ]]; }

show_all() {
  ! wants files || show_files
  ! wants database || show_beside
}

# Whether anything of WHAT is beside; refuses when that is not all of it, or cannot go live. A server that was restored is
# on a line of time that no repository knows until it is live; data that has been live would write on one that they know.
is_beside() {
  local there='' why=''
  ! wants files || [ ! -e "$ROOT/$files_mark" ] || there+=' files'
  if wants database; then
    if runs "$beside"; then
      there+=' database'
    elif has_data "$beside"; then
      why='the database that is beside has been live, or its server has stopped, and cannot go live as it is'
    fi
  fi
  [ -z "$there" ] || [ "$there" = " $WHAT" ] || why=${why:-"beside is nothing but the$there"}
  [ -z "$why" ] ||
    fail "$why; say what to restore, latest or a moment: npm run restore -- --to TIME --into live$(! wants files || echo ' --files') --stack $STACK"
  [ -n "$there" ]
}

# Usage: go_live [next]
go_live() {
  local about=()
  is_beside || fail "nothing is restored beside; type: npm run restore -- --stack $STACK"
  if wants files; then
    read -r files_set _ files_repository snapshot <"$ROOT/$files_mark"
    about+=(files "$files_set")
    add_places .side .kept
  fi
  require_server
  if wants database; then
    about+=(reached "$(cat "$ROOT/$STACK/journal/side")")
    stanza=$(engine_stanza_of "$beside")
    stop_beside_server
    remove_beside_server
    if is_empty "$data"; then places+=("$data $beside none"); else places+=("$data $beside $kept"); fi
  fi
  exchange_live restored "$@"
  note restored "${about[@]}"
  if wants files; then
    take_away "$files_mark"
    restore_certificates
  fi
  [ -z "${1:-}" ] || return 0
  remove_incoming
  back_up
}

undo() {
  ! wants files || add_places .kept .side
  require_server
  if wants database; then
    has_data "$kept" || fail "no data of before a restore is kept; what can be gone back to, shows: npm run restore -- --stack $STACK"
    remove_beside_server
    stanza=$(engine_stanza_of "$kept")
    places+=("$data $kept $beside")
  fi
  [ "${#places[@]}" -gt 0 ] || fail "no files of before a restore are kept"
  exchange_live undone
  remove_incoming
  note restore-undone what "$WHAT"
  back_up
}

# Adds the application's volumes to `places`, those that have something. Usage: add_places INCOMING OUTGOING
add_places() {
  local volume
  for volume in ${VOLUMES?}; do
    ! docker volume inspect "$volume$1" >/dev/null 2>&1 || places+=("$volume $volume$1 $volume$2")
  done
}

drop() {
  local volume
  remove_beside_server
  take_away "$files_mark"
  for volume in "$beside" "$kept" ${VOLUMES?}; do
    case $volume in "$beside" | "$kept") remove_volume "$volume" ;; *) free_volume "$volume.side"; remove_volume "$volume.kept" ;; esac
  done
}

require_server() {
  docker container inspect "$server" >/dev/null 2>&1 ||
    fail "the container $server is not there; type: npm run pulumi -- up --refresh --stack $STACK"
  [ -z "$live" ] || [ "$live" = "${RELEASE?}" ] ||
    fail "the state knows release ${RELEASE:-none}, and $live serves; type first: npm run recover -- --stack $STACK"
}

# A restore begins a line of its own, which no backup is of yet. That may take as long as it likes.
back_up() {
  local job=$ROOT/$STACK/backups/job.sh
  [ ! -e "$job" ] || TYPE=full setsid bash "$job" apply </dev/null >/dev/null 2>&1 {restoring}<&- {lease}<&- {saving}>&- &
}

one_at_a_time() {
  [ -d "$journal" ] || fail "nothing was deployed to $STACK on this host yet; type: npm run rebuild -- --stack $STACK"
  [ -e "$journal/restore.lock" ] || : >"$journal/restore.lock"
  exec {restoring}<"$journal/restore.lock"
  flock --nonblock "$restoring" || fail "another restore of $STACK is at work; wait for its end"
  case $STEP in live | next | undo) ;; *) [ -e "$ROOT/$restore_sign" ] || return 0 ;; esac
  exec {lease}<"$journal"
  flock --timeout 2 "$lease" || fail "a deploy of $STACK is at work; wait for its end"
  # One that is begun would fail, as if something were wrong.
  exec {saving}>>"$ROOT/$STACK/backups/lock"
  flock --timeout 900 "$saving" || fail "a backup of $STACK is at work and does not end; see what it waits for with: pgrep -af job.sh"
}
