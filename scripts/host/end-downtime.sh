# shellcheck shell=bash disable=SC2154
# Lets the release before serve again, after a deploy was killed while the page for its migration stood.

# shellcheck source=/dev/null
. maintenance/page.sh
# shellcheck source=/dev/null
. migration/downtime.sh

apply() {
  [ ! -e "$ROOT/$sign" ] || end_downtime 60
}
