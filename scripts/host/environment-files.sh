# shellcheck shell=bash
# What an environment's servers read, in ROOT/DIRECTORY, and the VOLUMES of its application, which belong to OWNER.
# GENERATIONS of the servers' passwords: a line each, "SERVER GENERATION". OWN_EDGE: the edge that the stack has itself.

# shellcheck source=/dev/null
. files/put-files.sh
# shellcheck source=/dev/null
. environment/volumes.sh

apply() {
  local server generation edge
  for edge in $(docker ps --all --filter "label=slipway.stack=${STACK:?}" --filter label=slipway.role=edge --format '{{.Names}}'); do
    [ "$edge" = "slipway-${OWN_EDGE?}" ] || require_unshared "edges/${edge#slipway-}"
  done
  while read -r server generation; do
    [ -z "$server" ] || require_generation "$server" "$generation"
  done <<<"${GENERATIONS?}"
  put_files
  reload_redis "slipway-${STACK:?}-redis"
}

# Refuses a generation of a server's passwords with which the release that serves could not log in any more: there are
# two at a time. Usage: require_generation postgres|redis GENERATION
require_generation() {
  local server=$1 wanted=$2 live used
  live=$(live_release)
  used=$(sed -n "s/^$server //p" "$ROOT/$STACK/releases/${live:-none}/generations" 2>/dev/null || true)
  if [ -z "$used" ] || [ "$wanted" = "$used" ] || [ "$wanted" = $((used + 1)) ]; then return 0; fi
  # Where its containers are gone, nobody is cut off.
  [ -n "$(docker ps --all --quiet --filter "label=slipway.stack=$STACK" --filter "label=slipway.release=$live")" ] || return 0
  fail "$server.passwordGeneration is $wanted, and release $live, which serves, logs in with generation $used and would be \
cut off; type: npm run pulumi -- --stack $STACK config set --path slipway:$server.passwordGeneration $((wanted > used ? used + 1 : used))"
}

# One that is to start reads its users by itself. The password comes from the file, by standard input: it stands in no
# process list. Usage: reload_redis CONTAINER
reload_redis() {
  [ "$(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null)" = true ] || return 0
  # shellcheck disable=SC2016 # expanded inside the container
  docker exec "$1" sh -c '
    { sed -n "s/^user admin on >\([^ ]*\) .*/AUTH admin \1/p" /run/secrets/users.acl; echo ACL LOAD; } | redis-cli
  ' | tail -n 1 | grep -qx OK || fail 'Redis refused the new list of users'
}

# Says which volumes a stack leaves behind when it is destroyed.
remove() {
  local volumes
  remove_files
  volumes=$(volumes_of_stack | paste -sd ' ')
  [ -z "$volumes" ] || printf 'the data of %s stays in these volumes: %s\n' "$STACK" "$volumes"
}
