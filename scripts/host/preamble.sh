# shellcheck shell=bash
# Stands before every host script. Variables that every script has: DOCKER_HOST, ROOT, HELPER_IMAGE.
set -euo pipefail

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Runs a shell script as root in a throw-away container that sees Slipway's directory as /slipway.
# Usage: helper SCRIPT [ARGUMENT ...] < input
helper() {
  docker run --rm --interactive --network none --log-driver none \
    --volume "$ROOT:/slipway" "$HELPER_IMAGE" sh -euc "$@"
}

# Ids of an environment's containers of a role, running or not. Usage: containers_of STACK ROLE [RELEASE]
containers_of() {
  docker ps --all --quiet --no-trunc --filter "label=slipway.stack=$1" --filter "label=slipway.role=$2" \
    ${3:+--filter "label=slipway.release=$3"}
}

# Runs a command every half second until it succeeds. Usage: wait_for SECONDS COMMAND [ARGUMENT ...]
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.5
  done
}

# Strikes out what looks like a secret: passwords in URLs, and values after a key that says so.
redact() {
  sed -E -e 's#(://[^:/@ ]*:)[^@ ]*@#\1***@#g' \
    -e 's#((password|passwd|secret|token|key)[A-Za-z_]*["'"'"']?[=:] ?["'"'"']?)[^"'"'"', ]+#\1***#gI'
}
