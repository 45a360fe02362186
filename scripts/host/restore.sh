# shellcheck shell=bash disable=SC2034,SC2154
# Restores data of another moment. STEP: `beside` restores onto a server beside the live one and shows it, `show` shows
# it again, `live` puts it in the live one's place, `undo` puts the data of before that back, `drop` takes away the
# volumes of DROP.

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
. backup/listing.sh
# shellcheck source=/dev/null
. restore/places.sh
# shellcheck source=/dev/null
. restore/beside.sh
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
      restore_beside
      show_beside
      ;;
    show)
      runs "$beside" || fail "nothing is restored beside; type: npm run restore -- --stack $STACK"
      show_beside
      ;;
    live) go_live ;;
    undo) undo ;;
    drop)
      remove_beside_server
      for volume in ${DROP:?}; do remove_volume "$volume"; done
      ;;
  esac
}

go_live() {
  has_data "$beside" || fail "nothing is restored beside; type: npm run restore -- --stack $STACK"
  require_server
  reached=$(cat "$ROOT/$STACK/journal/side")
  stanza=$(engine_stanza_of "$beside")
  stop_beside_server
  remove_beside_server
  exchange_live "$beside" "$kept" restored
  remove_volume "$beside"
  note restored reached "$reached"
  back_up
}

undo() {
  has_data "$kept" || fail "no data of before a restore is kept; what can be gone back to, shows: npm run restore -- --stack $STACK"
  require_server
  remove_beside_server
  stanza=$(engine_stanza_of "$kept")
  exchange_live "$kept" "$beside" undone
  remove_volume "$kept"
  note restore-undone
  back_up
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
  case $STEP in live | undo) ;; *) [ -e "$ROOT/$restore_sign" ] || return 0 ;; esac
  exec {lease}<"$journal"
  flock --timeout 2 "$lease" || fail "a deploy of $STACK is at work; wait for its end"
  # One that is begun would fail, as if something were wrong.
  exec {saving}>>"$ROOT/$STACK/backups/lock"
  flock --timeout 900 "$saving" || fail "a backup of $STACK is at work and does not end; see what it waits for with: pgrep -af job.sh"
}
