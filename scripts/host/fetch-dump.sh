# shellcheck shell=bash
# Prints what a repository has of a Postgres that is somebody else's, or of the application's volumes, as take-dump.sh
# says of PART and TO.

apply() {
  local job=$ROOT/${STACK:?}/backups/job.sh
  grep -qs '^fetch()' "$job" ||
    fail "nothing of $STACK is dumped: slipway:backups.enabled is false, or it was not deployed yet: npm run pulumi -- up --stack $STACK"
  export TO PART
  bash "$job" fetch
}
