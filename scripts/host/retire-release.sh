# shellcheck shell=bash
# Stops the containers of a release that does not serve any more: what makes work first, then what does it.

apply() { :; }

remove() {
  local live
  live=$(cat "$ROOT/${STACK:?}/live/release" 2>/dev/null || true)
  [ "$live" != "${RELEASE:?}" ] ||
    fail "release $RELEASE serves the traffic of $STACK; it is not deleted. Deploy another release first."
  for role in beat service worker; do
    local ids
    mapfile -t ids < <(containers_of "$STACK" "$role" "$RELEASE")
    [ "${#ids[@]}" = 0 ] || docker stop "${ids[@]}" >/dev/null
  done
}
