# shellcheck shell=bash
# Puts a page with status 503 before every host name of an environment, and takes it away again.

name=slipway-${STACK:?}-maintenance

apply() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${PAGE:?}" | helper 'mkdir -p "/slipway/$1"; cat >"/slipway/$1/index.html"' page "$STACK/maintenance"
  docker rm --force "$name" >/dev/null 2>&1 || true
  docker run --detach --name "$name" --network "${EDGE_NETWORK:?}" --network-alias "maintenance-$STACK" \
    --label "slipway.stack=$STACK" --label slipway.role=maintenance --restart unless-stopped \
    --user 65534:65534 --read-only --cap-drop ALL --security-opt no-new-privileges:true \
    --pids-limit 16 --memory 32m --memory-swap 32m --log-driver none \
    --volume "$ROOT/$STACK/maintenance:/page:ro" "$HELPER_IMAGE" httpd -f -p 8080 -h /page >/dev/null
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${ROUTES:?}" | helper 'cat >"$new/file"; mv "$new/file" "/slipway/$1"' routes "${ROUTES_FILE:?}"
}

remove() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -f "/slipway/$1"' routes "${ROUTES_FILE:?}"
  docker rm --force "$name" >/dev/null 2>&1 || true
}
