# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of the jobs that save: each is the only one at its time, and says what became of it.

backups=$ROOT/${STACK?}/backups

begin_backup() {
  fail() {
    note backup-failed reason "$1"
    printf '%s\n' "$1" >&2
    exit 1
  }
  exec {lock}>>"$backups/lock"
  flock --nonblock "$lock" || {
    echo "a backup of $STACK is at work already; npm run status tells when it has ended" >&2
    exit 75
  }
  trap 'fail "it was ended before it was done"' TERM INT
}

# A restore need not wait for what comes now.
begin_proofs() {
  exec {lock}>&-
  trap 'exit 143' TERM INT
  exec {lock}>>"$backups/proof.lock"
  flock "$lock"
}

# What somebody asks for, REPOSITORY and ESCROWED in the environment.
begin_drill() {
  fail() {
    printf '%s\n' "$1" >&2
    exit 1
  }
  exec {lock}>>"$backups/proof.lock"
  flock --nonblock "$lock" || fail "a proof of the backups of $STACK is at work; wait for its end"
  [ -z "${ESCROWED:-}" ] || escrowed=$(cat <&"$deployer")
  [[ " $REPOSITORIES " == *" ${REPOSITORY:-1} "* ]] || fail "there is no repository $REPOSITORY; there are: $REPOSITORIES"
}

# Usage: not_saved REPOSITORY REASON
not_saved() {
  note backup-failed repository "$1" reason "$2"
  printf 'repository %s: %s\n' "$1" "$2" >&2
}
