# shellcheck shell=bash disable=SC2154
# Part of the scripts that switch or settle a switch: puts everything back as it was before RELEASE.

# shellcheck source=/dev/null
. switch/routes.sh
# shellcheck source=/dev/null
. switch/traffic.sh
# shellcheck source=/dev/null
. switch/hand-over.sh

# Sets `previous`, the release that serves. What a switch that was killed had in mind is put back, or gone on with when
# it is for the same release.
take_up_what_was_cut_off() {
  local target lines=()
  previous=$(live_release)
  [ -e "$journal/switch" ] || return 0
  mapfile -t lines <"$journal/switch"
  target=${lines[0]}
  previous=${lines[1]}
  [ "$target" != "${RELEASE:-}" ] || return 0
  note taken-up release "$target" back-to "$previous"
  RELEASE=$target previous_routes=$(tail -n +3 "$journal/switch") put_back
}

# Fails by what CONTAINERS have to do with. That is told, after what they said last, when the traffic is back: it does
# not wait for their words. Usage: fail_of CONTAINERS MESSAGE
fail_of() {
  failing=$1 reason=$2
  note failed release "$RELEASE" reason "$reason"
  exit 1
}

# The traffic first, and what has to end last.
undo() {
  local status=$? id
  trap - EXIT
  trap '' TERM INT
  note_interruption
  printf 'everything is put back as it was before release %s\n' "$RELEASE" >&2
  put_back
  for id in ${failing:-}; do last_lines "$id" || true; done
  [ -z "${reason:-}" ] || printf '%s\n' "$reason" >&2
  exit "$status"
}

# Whether there is a release before, and a database that it can live with.
has_way_back() {
  [ -n "$previous" ] && [ "$previous" != "$RELEASE" ] && [ -z "$(downtime)" ]
}

put_back() {
  local id
  rm -f "$journal/room"
  bring_page_back
  if [ -n "$previous" ]; then publish "$previous_routes" "$previous"; else withdraw; fi
  note put-back release "$RELEASE" to "$previous"
  # One that is restarted in the middle comes back.
  wait_for 60 engine_answers || true
  [ "$previous" = "$RELEASE" ] || stop_containers "$RELEASE" beat worker || true
  # The database may be one that it cannot live with: then the page stays, and nothing starts behind it.
  if [ -n "$previous" ] && [ -z "$(downtime)" ]; then
    for id in $(containers_of "$STACK" beat "$previous"); do docker start "$id" >/dev/null; done
    for id in $(containers_of "$STACK" worker "$previous"); do
      # shellcheck disable=SC2016 # expanded inside the container
      queues add_consumer "$id" "$(docker exec "$id" sh -c 'echo "$SLIPWAY_QUEUES"')" || true
    done
  fi
  await_return
  [ "$previous" = "$RELEASE" ] || stop_containers "$RELEASE" service || true
  end_switch
}

engine_answers() { docker version >/dev/null 2>&1; }

# Until nobody is sent to RELEASE any more: what stops sooner fails requests. One host name tells of all the routes.
await_return() {
  local host
  # shellcheck disable=SC2016 # as Traefik writes a rule
  host=$(grep -o -m 1 'Host(`[^`]*`)' <<<"$previous_routes" | sed -n '1s/Host(`\(.*\)`)/\1/p') || return 0
  [ -z "$previous" ] || is_closed_to_public || wait_for 5 serves_release "$host" "$previous" || true
}

# What failed before anything was switched stops as well: it does nothing but fill the memory.
give_up() {
  local status=$?
  trap - EXIT
  trap '' TERM INT
  note_interruption
  close_probe_route
  [ "$previous" = "$RELEASE" ] || stop_containers "$RELEASE" beat worker service || true
  exit "$status"
}

note_interruption() {
  has_failed || note failed release "$RELEASE" reason 'the switch was interrupted'
}
