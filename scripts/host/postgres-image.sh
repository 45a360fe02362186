# shellcheck shell=bash
# Makes IMAGE of BASE by RECIPE, a Dockerfile, unless BASE has pgBackRest and restic already or IMAGE is there.

apply() {
  ! docker image inspect "${IMAGE:?}" >/dev/null 2>&1 || return 0
  if docker run --rm --label "slipway.stack=${STACK:?}" --label slipway.role=check --network none --user 999:999 \
    --read-only --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 32 --memory 128m --memory-swap 128m \
    --cpu-shares 512 --log-driver none --entrypoint sh "${BASE:?}" -c \
    'pgbackrest version && restic version && ssh -V' >/dev/null 2>&1; then
    docker tag "$BASE" "$IMAGE"
    return 0
  fi
  # A builder takes no id for what it begins with.
  docker tag "$BASE" "$IMAGE-base"
  docker build --quiet --network host --build-arg "BASE=$IMAGE-base" --tag "$IMAGE" - <<<"${RECIPE:?}" >/dev/null ||
    fail "pgBackRest and restic could not be installed in $BASE (above); images.postgres has to be one of Debian, such as postgres:17, and the host has to reach the servers of its packages; or turn backups off: npm run pulumi -- --stack $STACK config set --path slipway:backups.enabled false"
}
