# shellcheck shell=bash disable=SC2154
# Part of ../switch-release.sh: moves the traffic from the release before to RELEASE.

probe=()

# What has to be put back is on the disk before anything changes: a switch that is cut off is taken up by the next. One
# that goes on with it has the same way back, though the edge may have other routes by now.
begin_switch() {
  # Where the disk gets full meanwhile, there has to be room for the way back.
  head -c 262144 /dev/zero 2>/dev/null >"$journal/room" || { rm -f "$journal/room"; require_room; exit 1; }
  if [ -e "$journal/switch" ]; then
    previous_routes=$(tail -n +3 "$journal/switch")
    return 0
  fi
  previous_routes=$(cat "$ROOT/$EDGE_FILE" 2>/dev/null || true)
  printf '%s\n%s\n%s\n' "$RELEASE" "$previous" "$previous_routes" | put "$STACK/journal/switch"
}

end_switch() {
  rm -f "$journal/room"
  take_away "$STACK/journal/switch"
  close_probe_route
}

# Nobody is sent to the release yet.
try_out() {
  confirm "$RELEASE" "${probe[@]}"
  smoke "${probe[@]}"
}

# Step by step where the strategy says so and there is a release before; then all of it, and the marker with it.
move_traffic() {
  local step
  if has_way_back; then
    for step in ${STEPS?}; do
      publish "$(routes "${STRATEGY:?}" "$step")"
      is_closed_to_public || confirm "$previous $RELEASE"
      note stepped release "$RELEASE" "$STRATEGY" "$step"
      watch_release "${STEP_SECONDS:?}"
    done
  fi
  publish "$(routes whole)" "$RELEASE"
  if is_closed_to_public; then return 0; fi
  confirm "$RELEASE"
  # Past a password, which the smoke test does not know.
  if [ -n "${ACCESS?}" ]; then smoke "${probe[@]}"; else smoke; fi
}

is_closed_to_public() {
  [ -e "$ROOT/${EDGE_FILE%.yml}-maintenance.yml" ]
}

# The release whose migration the release before could not survive: a page has stood since it ran.
downtime() {
  grep -Fxs "$RELEASE" "$journal/downtime" || true
}

# The page goes when the release does all of the work; till its sign has gone as well, a failure brings it back.
lift_page() {
  [ -n "$(downtime)" ] || return 0
  put "$STACK/journal/page" <"$ROOT/${EDGE_FILE%.yml}-maintenance.yml"
  take_away "${EDGE_FILE%.yml}-maintenance.yml"
  confirm "$RELEASE"
  take_away "$STACK/journal/downtime" "$STACK/journal/page"
  docker rm --force "slipway-$STACK-maintenance" >/dev/null 2>&1 || true
}

bring_page_back() {
  [ ! -e "$journal/page" ] || put "${EDGE_FILE%.yml}-maintenance.yml" <"$journal/page"
}
