# shellcheck shell=bash
# Puts files under ROOT/DIRECTORY, which goes with them.

# shellcheck source=/dev/null
. files/put-files.sh

apply() { put_files; }

remove() { remove_files; }
