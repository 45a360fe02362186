# shellcheck shell=bash
# Part of the scripts that put a page with status 503 before every host name of an environment, or take it away. They
# have PAGE, ROUTES, ROUTES_FILE and HOSTS, a line each.

page=slipway-${STACK:?}-maintenance

# Ends when the edge answers with the page on each of HOSTS.
show_page() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${PAGE:?}" | helper 'mkdir -p "/slipway/$1"; cat >"/slipway/$1/index.html"' page "$STACK/maintenance"
  docker rm --force "$page" >/dev/null 2>&1 || true
  docker run --detach --name "$page" --network "${EDGE_NETWORK:?}" --network-alias "maintenance-$STACK" \
    --label "slipway.stack=$STACK" --label slipway.role=maintenance --restart unless-stopped \
    --user 65534:65534 --read-only --cap-drop ALL --security-opt no-new-privileges:true \
    --pids-limit 16 --memory 32m --memory-swap 32m --cpus 0.5 --log-driver none \
    --volume "$ROOT/$STACK/maintenance:/page:ro" "$HELPER_IMAGE" httpd -f -p 8080 -h /page >/dev/null
  printf '%s\n' "${ROUTES:?}" | put "${ROUTES_FILE:?}"
  every_host is_closed 'does not answer with the maintenance page'
}

# The page is there until nobody is sent to it any more: `remove_page` comes after that.
withdraw_page() { take_away "${ROUTES_FILE:?}"; }

remove_page() { docker rm --force "$page" >/dev/null 2>&1 || true; }

# Usage: every_host CHECK COMPLAINT
every_host() {
  local host
  while read -r host; do
    [ -z "$host" ] || wait_for 10 "$1" "$host" ||
      fail "https://$host:$EDGE_PORT $2 after 10 seconds; what the edge says, shows: npm run logs -- edge"
  done <<<"${HOSTS?}"
}

is_closed() {
  local answer
  answer=$(headers_of "$1") && grep -q '^HTTP/[0-9.]* 503' <<<"$answer" && grep -iq '^x-slipway-maintenance:' <<<"$answer"
}

is_open() {
  local answer
  answer=$(headers_of "$1") && ! grep -iq '^x-slipway-maintenance:' <<<"$answer"
}

headers_of() {
  ask "$1" / --max-time 5 --output /dev/null --dump-header -
}
