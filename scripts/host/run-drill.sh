# shellcheck shell=bash
# Proves backups, as the host does by itself after each: of REPOSITORY, or of each one, TO a backup, a moment, `newest` or
# `random`. ESCROW: lines "NAME BASE64", the keys to do it with; empty for those of the server.

apply() {
  local job=$ROOT/${STACK:?}/backups/job.sh
  grep -qs '^drill()' "$job" ||
    fail "nothing of $STACK is proved: it has no Postgres, slipway:backups.enabled is false, or it was deployed by an older Slipway: npm run pulumi -- up --stack $STACK"
  export TO REPOSITORY ESCROWED=${ESCROW:+yes}
  # In no argument, and in no file.
  printf '%s\n' "${ESCROW?}" | bash "$job" drill
}
