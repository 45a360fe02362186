# shellcheck shell=bash disable=SC2154
# Retires a release that does not serve any more: waits for what its services are still answering, then stops it. Where
# no other release serves, what makes work stops before what does it.

# shellcheck source=/dev/null
. deploy/journal.sh

apply() { :; }

remove() {
  local live others
  live=$(live_release)
  [ "$live" != "${RELEASE:?}" ] ||
    fail "release $RELEASE serves the traffic of $STACK; it is not deleted. Deploy another release first."
  if [ -n "$live" ]; then
    # Queues and schedule are another release's: a long task and a long request are waited for at the same time.
    stop_containers "$RELEASE" beat worker &
    others=$!
    drain
    stop_containers "$RELEASE" service
    wait "$others"
  else
    stop_containers "$RELEASE" beat service worker
  fi
  note retired release "$RELEASE"
}

# New requests go elsewhere; those under way and WebSockets end by themselves, or by the signal when the time is over.
drain() {
  local until=$((SECONDS + ${DRAIN_SECONDS:?})) left
  while left=$(connections) && [ "$left" -gt 0 ] && [ "$SECONDS" -lt "$until" ]; do sleep 0.2; done
  note drained release "$RELEASE" left "$left"
}

# Connections to the services' ports, counted in the network of each container.
connections() {
  local name port id sum=0 count
  while read -r name port; do
    while read -r id; do
      count=$(docker exec "$id" sh /run/slipway/bin/probe.sh connections "$port" 2>/dev/null) || count=0
      sum=$((sum + count))
    done < <(docker ps --quiet --filter "label=slipway.stack=$STACK" --filter "label=slipway.release=$RELEASE" \
      --filter "label=slipway.name=$name")
  done <<<"${PORTS?}"
  echo "$sum"
}
