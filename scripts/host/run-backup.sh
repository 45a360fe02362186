# shellcheck shell=bash
# Runs what the host runs each day by itself. TYPE: full, or empty for what is due.

apply() {
  local job=$ROOT/${STACK:?}/backups/job.sh
  [ -e "$job" ] ||
    fail "nothing of $STACK is saved: it has no Postgres, slipway:backups.enabled is false, or it was not deployed yet: npm run pulumi -- up --stack $STACK"
  export TYPE
  bash "$job" apply
}
