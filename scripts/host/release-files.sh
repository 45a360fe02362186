# shellcheck shell=bash
# Puts a release's files under ROOT/DIRECTORY. When they go, nothing of the release is left.

# shellcheck source=/dev/null
. files/put-files.sh
# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. deploy/prune-images.sh

apply() { put_files; }

# The containers that the state knew are gone by then; what else there is was left by a kill.
remove() {
  local id
  [ "$(live_release)" != "${RELEASE:?}" ] ||
    fail "release $RELEASE serves the traffic of $STACK; its files are not deleted. Deploy another release first."
  for id in $(docker ps --all --quiet --filter "label=slipway.stack=$STACK" --filter "label=slipway.release=$RELEASE"); do
    docker rm --force "$id" >/dev/null
  done
  remove_files
  prune_images || true
}
