# shellcheck shell=bash disable=SC2034,SC2154
# Makes RELEASE the one that serves: proves its containers, tries it out over the edge, moves the traffic, hands queues
# and beat over, watches; or puts everything back. PARTICIPANTS: a line for each container,
# "ROLE NAME ID MAX_PROCESSES TIMEOUT DETAILS". Prints IMAGES when RELEASE serves: the state keeps them as what runs.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. switch/prove-release.sh
# shellcheck source=/dev/null
. switch/watch.sh
# shellcheck source=/dev/null
. switch/undo.sh
# shellcheck source=/dev/null
. edge/mend-files.sh

apply() {
  local participants ids old
  trap 'exit 143' TERM INT
  mapfile -t participants <<<"${PARTICIPANTS:?}"
  one_at_a_time
  take_up_what_was_cut_off
  mend_edge
  trap give_up EXIT
  remove_strangers
  # The edge may have been made anew since this environment's network was given to it.
  join_edge "${EDGE_NETWORK:?}"
  if is_in_place; then
    prove_again
    printf '%s\n' "${IMAGES:?}"
    return
  fi
  # The edge takes it in while containers are still on their way.
  open_probe_route
  begin_comparison
  each revive
  open_consoles
  each prove
  mapfile -t ids < <(cut -d ' ' -f 3 <<<"$PARTICIPANTS")
  proved=$(state_of "${ids[@]}")
  note proved release "${RELEASE:?}"
  begin_switch
  trap undo EXIT
  end_comparison
  # Whoever hands over does not want to wait for them, and what is to be proved needs the processors before.
  [ "${SOAK_SECONDS:?}" = 0 ] || for old in $(others worker); do open_console "$old"; done
  try_out
  move_traffic
  note switched release "$RELEASE" from "$previous"
  hand_over
  if has_way_back; then watch_release "$SOAK_SECONDS"; fi
  lift_page
  end_switch
  trap - EXIT
  note live release "$RELEASE" from "$previous"
  clean_edges
  printf '%s\n' "${IMAGES:?}"
}

# Whether RELEASE serves by just these routes and nothing is left to be done, such as by a switch that outlived its deploy.
is_in_place() {
  [ "$previous" = "${RELEASE:?}" ] && [ ! -e "$journal/switch" ] && [ -z "$(downtime)" ] &&
    [ "$(unseal 2>/dev/null <"$ROOT/$EDGE_FILE")" = "$(routes whole)" ]
}

prove_again() {
  open_probe_route
  each revive
  open_consoles
  each prove
  try_out
  is_closed_to_public || confirm "$RELEASE"
  trap - EXIT
  close_probe_route
  clean_edges
}

# Waits for a switch that another deploy left at work: a kill of the CLI does not end it. The kernel takes the lock from
# whatever ends.
one_at_a_time() {
  exec {lock}<"$ROOT/$STACK/live"
  flock --timeout 300 "$lock" ||
    fail "another switch of $STACK is at work and does not end; see what it waits for with: pgrep -af 'bash -s -- apply'"
}

# Runs a function with the words of every participant, all at the same time. Fails as soon as one of them fails.
each() {
  local line words
  for line in "${participants[@]}"; do
    read -ra words <<<"$line"
    "$1" "${words[@]}" &
  done
  for line in "${participants[@]}"; do
    wait -n && continue
    mapfile -t words < <(jobs -pr)
    [ "${#words[@]}" = 0 ] || kill "${words[@]}" 2>/dev/null
    exit 1
  done
}

# The first of all to go when a stack is destroyed.
remove() {
  [ -z "${EDGE_OWNED?}" ] || require_unshared "${EDGE_FILE%/dynamic/*}"
  withdraw
  note removed
}
