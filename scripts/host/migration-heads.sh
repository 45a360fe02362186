# shellcheck shell=bash disable=SC2154
# Prints the migrations that those of IMAGE end with, a line each, or nothing where that is not to be known: in a
# container that reaches nothing and has no secrets. COMMAND, word by word: a line each, in base64.

# shellcheck source=/dev/null
. migration/container.sh

name=slipway-${STACK:?}-heads

apply() {
  local words said
  decode words "${COMMAND:?}"
  clear_away
  said=$(timeout 60 docker run --rm --name "$name" --label "slipway.stack=$STACK" --label slipway.role=check \
    --network none --log-driver none --user "${RUN_AS:?}" --read-only --tmpfs /tmp:rw,noexec,nosuid,size=64m \
    --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 256 --memory "${MEMORY:?}" --memory-swap "$MEMORY" \
    "${yielding[@]}" --entrypoint "${words[0]}" "${IMAGE:?}" "${words[@]:1}" 2>/dev/null) || { said= && clear_away; }
  # What another one depends on is no end of its own in the database: `(effective head)`.
  ! grep -qv ' (head)$' <<<"$said" || return 0
  cut -d ' ' -f 1 <<<"$said" | LC_ALL=C sort
}

clear_away() { docker rm --force "$name" >/dev/null 2>&1 || true; }
