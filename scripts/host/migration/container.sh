# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: containers of the new release's image, with the migration's settings and secrets.

# What only prepares leaves the processors to what serves, when they are short; the usual share is 1024.
yielding=(--cpu-shares 128)

# Makes one and does not start it. The migration itself does not yield: others wait for its locks. `arguments` are
# further ones of docker run.
# Usage: create_container NAME ROLE NETWORK WORD ...
create_container() {
  local variables settings=() share=() each
  decode variables "${SETTINGS?}"
  for each in "${variables[@]}"; do settings+=(--env "$each"); done
  [ "$2" = migration ] || share=("${yielding[@]}")
  docker create --name "$1" "${share[@]}" \
    --label "slipway.stack=$STACK" --label "slipway.role=$2" --label "slipway.release=${RELEASE:?}" \
    --network "$3" --user "${RUN_AS:?}" --init --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m \
    --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 256 \
    --memory "${MEMORY:?}" --memory-swap "$MEMORY" --log-opt max-size=10m --log-opt max-file=3 \
    --volume "$ROOT/${DIRECTORY:?}/bin:/run/slipway/bin:ro" \
    --volume "$ROOT/$DIRECTORY/secrets/migration:/run/secrets:ro" \
    --env "SLIPWAY_STACK=$STACK" --env "SLIPWAY_RELEASE=$RELEASE" --env "SLIPWAY_SECRETS_AS=${SECRETS_AS:?}" \
    "${settings[@]}" "${arguments[@]}" --entrypoint /bin/sh "${IMAGE:?}" \
    /run/slipway/bin/start.sh task "${@:4}" >/dev/null
}

# The same on the networks of the application. Usage: create_live_container NAME ROLE WORD ...
create_live_container() {
  local arguments=()
  create_container "$1" "$2" "${DATA_NETWORK:?}" "${@:3}"
  # As the application's containers: the other network is the way to a database or a broker of somebody else's.
  docker network connect "${EDGE_NETWORK:?}" "$1"
}

# Words of a command, or names with their values, from base64. Usage: decode ARRAY LINES
decode() {
  local -n decoded=$1
  local encoded
  decoded=()
  for encoded in $2; do decoded+=("$(base64 --decode <<<"$encoded")"); done
}
