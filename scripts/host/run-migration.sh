# shellcheck shell=bash
# Runs a release's migration in a container of its own. One at a time for each environment, by the container's name.
# COMMAND, word by word, and SETTINGS, each NAME=VALUE: a line each, in base64.

name=slipway-${STACK:?}-migration

apply() {
  local encoded command=() arguments=()
  case $(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null) in
    true) fail "a migration of $STACK is still running: see 'docker logs $name', and deploy again when it ended" ;;
    false) docker rm "$name" >/dev/null ;;
  esac
  for encoded in ${COMMAND:?}; do command+=("$(base64 --decode <<<"$encoded")"); done
  for encoded in ${SETTINGS?}; do arguments+=(--env "$(base64 --decode <<<"$encoded")"); done
  docker create --name "$name" \
    --label "slipway.stack=$STACK" --label slipway.role=migration --label "slipway.release=${RELEASE:?}" \
    --network "${DATA_NETWORK:?}" --user "${RUN_AS:?}" --init --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m \
    --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 256 \
    --memory "${MEMORY:?}" --memory-swap "$MEMORY" --log-opt max-size=10m --log-opt max-file=3 \
    --volume "$ROOT/${DIRECTORY:?}/bin:/run/slipway/bin:ro" \
    --volume "$ROOT/$DIRECTORY/bin/migrated:/run/slipway/migrated" \
    --volume "$ROOT/$DIRECTORY/secrets/migration:/run/secrets:ro" \
    --env "SLIPWAY_STACK=$STACK" --env "SLIPWAY_RELEASE=$RELEASE" --env "SLIPWAY_SECRETS_AS=${SECRETS_AS:?}" \
    "${arguments[@]}" --entrypoint /bin/sh "${IMAGE:?}" \
    /run/slipway/bin/start.sh migration "${command[@]}" >/dev/null
  trap 'docker rm --force "$name" >/dev/null 2>&1' EXIT
  # As the application's containers: the other network is the way to a database or a broker of somebody else's.
  docker network connect "${EDGE_NETWORK:?}" "$name"
  docker start "$name" >/dev/null
  local code
  if ! code=$(timeout "${TIMEOUT:?}" docker wait "$name"); then
    docker stop --time 10 "$name" >/dev/null
    fail "the migration did not end within $TIMEOUT seconds and was stopped"
  fi
  if [ "$code" != 0 ]; then
    docker logs --tail 15 "$name" 2>&1 | redact "$STACK" >&2
    fail "the migration ended with exit code $code; its last lines stand above"
  fi
}
