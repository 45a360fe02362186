# shellcheck shell=bash disable=SC2034,SC2154
# Brings an environment to one release after a deploy was killed: waits for what the deploy left at work, puts a switch
# back that was cut off, closes the journal. Prints a line for each thing that it found.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. switch/undo.sh
# shellcheck source=/dev/null
. edge/mend-files.sh
# shellcheck source=/dev/null
. maintenance/page.sh
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/twin.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/side-server.sh
# shellcheck source=/dev/null
. restore/places.sh
# shellcheck source=/dev/null
. restore/beside.sh
# shellcheck source=/dev/null
. restore/live.sh
# shellcheck source=/dev/null
. migration/downtime.sh

# What fails here is no deploy.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

apply() {
  local id='' since='' by='' lease lock
  if [ ! -d "$journal" ]; then
    echo "nothing was deployed to $STACK on this host yet"
    return
  fi
  exec {lease}<"$journal" {lock}<"$ROOT/$STACK/live"
  read -r id since by 2>/dev/null <"$journal/deploy" || true
  flock --timeout 2 "$lease" || fail "a deploy of $STACK is at work, by $by since $since ($id): nothing was done; wait for its end"
  if ! flock --nonblock "$lock"; then
    echo 'a switch is still at work; waiting for its end'
    flock --timeout 600 "$lock" || fail "the switch does not end; see what it waits for with: pgrep -af 'bash -s -- apply'"
  fi
  [ -z "$id" ] || echo "the deploy $id, by $by since $since, did not end; the last that it noted: $(last_event "$id")"
  if [ -e "$journal/switch" ]; then
    take_up_what_was_cut_off
    echo "its switch was cut off and is put back${previous:+: release $previous serves}"
  fi
  [ -z "$id" ] || note failed release '' reason 'it was killed, and recovered from by hand'
  take_away "$STACK/journal/deploy" "${EDGE_FILE%.yml}-probe.yml"
  settle_restore
  settle_downtime
  clear_proof
  mend_edge 2>&1
  ! docker ps --format '{{.Names}}' | grep -Fxq "slipway-$STACK-migration" ||
    echo "its migration still runs; see: docker logs --follow slipway-$STACK-migration"
}

# What rests since a migration declared a downtime serves again, unless the migration was done.
settle_downtime() {
  local target
  target=$(cat "$journal/downtime" 2>/dev/null) || return 0
  if grep -q "\"event\":\"migrated\",\"release\":\"$target\"" "$journal/log"; then
    echo "the page for maintenance stays: the database is migrated for release $target, which the release before cannot live with; deploy $target or one that comes after it"
  else
    end_downtime 60
    echo "the page for maintenance is gone: nothing was migrated, and release $live serves again"
  fi
}

# What is left of the proof of a backup, unless one is at work.
clear_proof() {
  local proving
  [ -e "$ROOT/$STACK/backups/proof.lock" ] || return 0
  exec {proving}<"$ROOT/$STACK/backups/proof.lock"
  ! flock --nonblock "$proving" || purpose=proof rehearsal=slipway-$STACK.proof clear_rehearsal
  exec {proving}<&-
}

last_event() {
  grep "\"deploy\":\"$1\"" "$journal/log" | sed -n '$s/.*"event":"\([^"]*\)".*/\1/p'
}
