# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of the jobs that save: what a proof of a backup says, by `prove_one` of the job. It prints a line for each thing:
# what, what was asked, what was found, with tabs in between. One at a time.

# shellcheck source=/dev/null
. backup/proof-keys.sh

# Says in `status` that it is red, for one reason, which stands in the journal as well. Nothing of it may be the condition of
# another command: it would not end at what fails. Usage: prove REPOSITORY newest|random|LABEL|MOMENT
prove() {
  prove_one "$@" &
  wait "$!" || status=1
}

# Begins one, of which `set` is not known yet. Usage: open_proof REPOSITORY
open_proof() {
  repository=$1 proof_began=$SECONDS verdict='' set=''
  exec {loud}>&2 2>"$backups/proof.log"
  fail() { note_red "$1"; exit 1; }
  trap leave_proof EXIT
  trap 'exit 143' TERM INT HUP
  clear_rehearsal
  take_keys
}

# Prints what a command prints, or why it failed, which then stands in the verdict.
# Usage: LINES=$(saying COMMAND [ARGUMENT ...]) || fail "$LINES"
saying() {
  fail() { printf '%s\n' "$1"; exit 1; }
  "$@"
}

# Each day nobody looks: there the verdict is enough. Usage: found WHAT ASKED FOUND
found() {
  [ -n "${TO:-}" ] || [ "$1" = verdict ] || return 0
  printf '%s\t%s\t%s\n' "$@"
}

# A proof of something older says nothing of the newest one.
event_of() { if [ "$1" = newest ] && [ -z "${ESCROWED:-}" ]; then echo proved; else echo drilled; fi; }

# Usage: note_red REASON, which is what the proof ends with. With keys of another place it is these that were tried.
note_red() {
  local event=proof-failed
  [ -z "${ESCROWED:-}" ] || event=drill-failed
  verdict=$1
  note "$event" repository "$repository" set "$set" reason "$1"
}

# Refuses what could not be asked for: that says nothing of the backups. Usage: refuse REASON
refuse() {
  verdict=$1
  exit 1
}

leave_proof() {
  local status=$?
  trap '' TERM INT HUP
  trap - EXIT
  clear_rehearsal || true
  if [ "$status" != 0 ]; then
    [ -n "$verdict" ] || note_red "$(why_it_stopped "$status")"
    cat "$backups/proof.log" >&"$loud"
    printf 'repository %s: %s\n' "$repository" "$verdict" >&"$loud"
  fi
  exit "$status"
}

# Usage: why_it_stopped STATUS
why_it_stopped() {
  if [ "$1" = 143 ]; then
    printf %s 'it was ended before it was done'
  else
    printf %s "it could not go on: $(tail -n 1 "$backups/proof.log" | redact "$STACK")"
  fi
}
