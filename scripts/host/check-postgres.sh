# shellcheck shell=bash
# Refuses an IMAGE of Postgres that could not read the data that STACK has, before the server that reads it stops.

apply() {
  local volume=slipway-${STACK:?}-postgres said data image
  docker volume inspect "$volume" >/dev/null 2>&1 || return 0
  # As the server itself: the data is nobody else's. A volume without data gets none of the image's.
  said=$(docker run --rm --label "slipway.stack=$STACK" --label slipway.role=check --network none --log-driver none \
    --user 999:999 --read-only --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 64 \
    --memory 256m --memory-swap 256m --cpu-shares 512 --volume "$volume:/var/lib/postgresql/data:ro,nocopy" \
    --entrypoint /bin/sh "${IMAGE:?}" -c 'cat /var/lib/postgresql/data/PG_VERSION 2>/dev/null || echo none; postgres --version') ||
    fail "images.postgres has no Postgres that starts; try it on the host: docker run --rm $IMAGE postgres --version"
  data=${said%%$'\n'*}
  image=$(sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p' <<<"$said")
  [ "$data" = none ] || [ "$data" = "$image" ] ||
    fail "images.postgres is Postgres ${image:-of an unknown version}, and the data of $STACK is that of Postgres $data, which no other \
major version reads; the server was not stopped: give images.postgres an image of $data again, or dump and load the data, as docs/data.md says"
}
