# shellcheck shell=bash
# Refuses when the host lacks an image that cannot be pulled. IMAGES: a line each.

apply() {
  local image
  while read -r image; do
    docker image inspect "$image" >/dev/null 2>&1 ||
      fail "the host has no image $image, and an id cannot be pulled; let the deploy copy it there: npm run pulumi -- --stack ${STACK:?} config set slipway:transport copy"
  done <<<"${IMAGES:?}"
}
