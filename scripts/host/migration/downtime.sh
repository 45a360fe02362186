# shellcheck shell=bash disable=SC2034
# Part of the scripts that migrate while nothing serves, or end that. The sign that nothing serves is a file with the id
# of the release that is to serve next; the switch to it takes page and sign away.

sign=${STACK:?}/journal/downtime
live=$(live_release)

# Data of before was put in place for the release that is to serve next: the one before cannot live with it.
is_restoring() { [ -e "$ROOT/$STACK/journal/restore" ]; }

# Before anything is stopped, page and sign are there: a kill at any moment leaves a page and a way back.
begin_downtime() {
  [ "$DOWNTIME" = declared ] && [ -n "$live" ] && ! is_restoring || return 0
  begin 60
  resting=yes
  write_sign
  HOSTS=$(hosts_with_routes)
  [ -z "$HOSTS" ] || show_page
  stop_containers "$live" beat service worker
  say "downtime: begins after $(took); the page for maintenance stands until release $RELEASE serves"
}

# Nothing is left to migrate, though the containers of the release before still rest.
go_on_with_downtime() {
  [ -e "$ROOT/$sign" ] || return 0
  write_sign
  is_restoring || say "an earlier deploy was killed in its downtime: the page stands until release $RELEASE serves"
}

# The database was not migrated: what served before can serve while all is prepared again.
end_downtime_of_before() {
  [ -e "$ROOT/$sign" ] || return 0
  if is_restoring; then go_on_with_downtime; return; fi
  end_downtime 60
  say "an earlier deploy was killed in its downtime; release $live serves again"
}

# Usage: end_downtime SECONDS, which the services have until they answer; with 0 nobody waits for anything
end_downtime() {
  local role ids=() id name port path
  HOSTS=$(hosts_with_routes)
  for role in service worker beat; do mapfile -t -O "${#ids[@]}" ids < <(containers_of "$STACK" "$role" "$live"); done
  [ "${#ids[@]}" = 0 ] || docker start "${ids[@]}" >/dev/null || true
  while read -r name port path; do
    [ "$1" != 0 ] || break
    for id in $(containers_of "$STACK" service "$live"); do
      [ "$(docker inspect --format '{{index .Config.Labels "slipway.name"}}' "$id")" != "$name" ] ||
        wait_for "$1" docker exec "$id" sh /run/slipway/bin/probe.sh ready "$port" "$path" >/dev/null 2>&1 || true
    done
  done < <(sed -n 's/^service \([^ ]*\) \([^ ]*\) [^ ]* \(.*\)/\1 \2 \3/p' "$ROOT/$STACK/releases/$live/description" 2>/dev/null)
  withdraw_page
  [ "$1" = 0 ] || (every_host is_open 'does not answer without the maintenance page') || true
  remove_page
  take_away "$sign"
}

# Where the edge has no routes yet, it would answer neither with a page nor without.
hosts_with_routes() {
  local host
  while read -r host; do
    ! grep -Fqs "Host(\`$host\`)" "$ROOT/${ROUTES_FILE%-maintenance.yml}.yml" || echo "$host"
  done <<<"${HOSTS?}"
}

write_sign() { printf '%s\n' "$RELEASE" | put "$sign"; }
