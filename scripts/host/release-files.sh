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
  [ "$(live_release)" != "${RELEASE:?}" ] ||
    fail "release $RELEASE serves the traffic of $STACK; its files are not deleted. Deploy another release first."
  remove_containers "label=slipway.stack=$STACK" "label=slipway.release=$RELEASE"
  remove_files
  prune_images || true
}
