# shellcheck shell=bash disable=SC2034,SC2154
# Holds the lease of an environment for a deploy until its standard input ends, which it does however the deploy ends; or
# is silent for SILENT_SECONDS, if any: where packets get lost it does not end by itself.
# The kernel takes the lock from whatever dies. A switch that was cut off is put back first, and a deploy of another
# release than the one that serves has to pass the preflight. Prints `ready` when the deploy may go on.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. deploy/preflight.sh
# shellcheck source=/dev/null
. switch/undo.sh
# shellcheck source=/dev/null
. edge/mend-files.sh

apply() {
  deploy=${DEPLOY:?}
  trap '' PIPE
  if [ ! -d "$journal" ]; then
    require_clock
    check_names
    require_disk
    require_promoted
    echo ready
    begin_first_deploy
  else
    take_lease
    ! is_restore_cut_off || refuse "a restore of $STACK was cut off; type: npm run recover -- --stack $STACK"
    settle_switch
    if is_settled; then
      echo ready
      mend_edge 2>&1
    else
      mend_edge 2>&1
      preflight
      begin_deploy
      echo ready
    fi
  fi
  while read -r ${SILENT_SECONDS:+-t "$SILENT_SECONDS"} -u "$deployer"; do :; done
  [ ! -e "$journal/deploy" ] || end_deploy
}

# What is refused was never begun: nothing is to be closed.
refuse() {
  note refused release "${RELEASE:?}" by "${BY:?}" reason "$1"
  printf '%s; nothing was changed\n' "$1" >&2
  exit 1
}

# A deploy that was killed gives its lease back as soon as its program has found out.
take_lease() {
  exec {lease}<"$journal"
  flock --timeout 2 "$lease" || refuse "another deploy of $STACK is at work$(who_deploys); wait for its end"
}

who_deploys() {
  local id since by
  read -r id since by 2>/dev/null <"$journal/deploy" && printf ', by %s since %s (%s)' "$by" "$since" "$id"
}

# A switch that a killed deploy left at work ends first. What one that was cut off had in mind would otherwise be put
# back by this deploy's own: after the preflight has stopped what it would go back to, or never, when this deploy is for
# what served before and so has nothing to switch. In a process of its own, which gives the lock back.
settle_switch() {
  [ -d "$ROOT/$STACK/live" ] || return 0
  (
    exec {lock}<"$ROOT/$STACK/live"
    flock --timeout 300 "$lock" ||
      refuse "a switch of an earlier deploy of $STACK is at work and does not end; see what it waits for with: pgrep -af 'bash -s -- apply'"
    [ -e "$journal/deploy" ] || take_up_what_was_cut_off
  )
}

# One that waits for the release that is to serve next has put its data in place.
is_restore_cut_off() {
  [ -e "$journal/restore" ] && ! { [ -e "$journal/downtime" ] && grep -q ' waiting$' "$journal/restore"; }
}

# Whether RELEASE is what serves, and nothing is left of a deploy that was cut off.
is_settled() {
  [ "$(live_release)" = "$RELEASE" ] &&
    [ ! -e "$journal/switch" ] && [ ! -e "$journal/deploy" ] && [ ! -e "$journal/downtime" ]
}

# The deploy itself makes the directory of the journal. What ends a wait is either its time or the end of the input.
begin_first_deploy() {
  local status
  until [ -w "$journal" ]; do
    status=0
    read -r -t 0.2 -u "$deployer" || status=$?
    [ "$status" = 0 ] || [ "$status" -gt 128 ] || return 0
  done
  take_lease
  begin_deploy
}

begin_deploy() {
  printf '%s %s %s\n' "$DEPLOY" "$(date --utc +%FT%TZ)" "$BY" >"$journal/deploy"
  note begun release "$RELEASE" by "$BY" commit "${COMMIT?}" images "${IMAGES?}"
}

# A script that failed has said why, and a switch that is still at work will say how it ends.
end_deploy() {
  grep -q "\"deploy\":\"$DEPLOY\",\"event\":\"\(live\|failed\)\"" "$journal/log" ||
    ! flock --nonblock "$ROOT/$STACK/live" true ||
    note failed release "$RELEASE" reason 'it was interrupted, or a resource could not be made; see what pulumi printed'
  rm -f "$journal/deploy"
}
