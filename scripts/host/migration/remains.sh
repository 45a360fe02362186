# shellcheck shell=bash
# Part of the scripts that make a rehearsal or take a stack away. Everything of a rehearsal has this name, or begins
# with it: with a dot, so that it is the name of nothing that a stack of whatever name has.
rehearsal=slipway-${STACK?}.rehearsal

# Takes away what a rehearsal made, this time or when an earlier one was killed.
clear_rehearsal() {
  local ids
  mapfile -t ids < <(containers_of "$STACK" rehearsal)
  [ "${#ids[@]}" = 0 ] || docker rm --force --volumes "${ids[@]}" >/dev/null
  docker network rm "$rehearsal" >/dev/null 2>&1 || true
  docker volume rm "$rehearsal" >/dev/null 2>&1 || true
}
