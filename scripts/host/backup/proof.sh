# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of ../take-backup.sh: proves a backup by a restore onto a throw-away server that nobody else reaches, and by what
# Postgres and the application find there. Prints a line for each thing: what, what was asked, what was found, with tabs in
# between. One at a time.

purpose=proof
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/container.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/fingerprint.sh
# shellcheck source=/dev/null
. migration/twin.sh
# shellcheck source=/dev/null
. backup/side-server.sh
# shellcheck source=/dev/null
. backup/witness.sh
# shellcheck source=/dev/null
. backup/listing.sh
# shellcheck source=/dev/null
. backup/save-witness.sh
# shellcheck source=/dev/null
. backup/proof-keys.sh
# shellcheck source=/dev/null
. backup/proof-moment.sh
# shellcheck source=/dev/null
. backup/proof-checks.sh

copy=$rehearsal.postgres
session=slipway-witness
untouched=
side_role=$purpose
side_flags=("${throw_away_flags[@]}")
side_seconds=14400

# Says in `status` that it is red, for one reason, which stands in the journal as well. Nothing of it may be the condition of
# another command: it would not end at what fails. Usage: prove REPOSITORY newest|random|LABEL|MOMENT
prove() {
  prove_one "$@" &
  wait "$!" || status=1
}

prove_one() {
  repository=$1 proof_began=$SECONDS verdict='' set='' moment=''
  exec {loud}>&2 2>"$backups/proof.log"
  fail() { note_red "$1"; exit 1; }
  trap leave_proof EXIT
  trap 'exit 143' TERM INT HUP
  clear_rehearsal
  take_keys
  choose_moment "$2"
  require_side_space "$rehearsal" "$bytes"
  begin 86400
  side_restore "$rehearsal" "$repository" "$type" "$target" "$set"
  found restore "backup $set, $(shown "$bytes")" "$(took)"
  docker network create --internal --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  begin 86400
  side_start "$rehearsal" "$copy" "$rehearsal"
  found server "up to ${moment:0:19} UTC, on a line of its own" "$(took), last transaction ${side_reached:-that of the backup}"
  check_probes
  compare_with_witness
  check_pages
  check_dump
  check_application
  verdict=proved
  note "$(event_of "$2")" repository "$repository" set "$set" seconds "$((SECONDS - proof_began))" rows "$rows" to "$moment"
  found verdict "repository $repository" "proved in $((SECONDS - proof_began)) s, $rows rows"
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
