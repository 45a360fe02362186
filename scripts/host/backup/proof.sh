# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of ../take-backup.sh: proves a backup by a restore onto a throw-away server that nobody else reaches, and by what
# Postgres and the application find there.

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
. backup/space.sh
# shellcheck source=/dev/null
. backup/witness.sh
# shellcheck source=/dev/null
. backup/listing.sh
# shellcheck source=/dev/null
. backup/save-witness.sh
# shellcheck source=/dev/null
. backup/verdict.sh
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

prove_one() {
  moment=''
  open_proof "$1"
  choose_moment "$2"
  require_docker_space "$bytes" "a copy of $(shown "$bytes")" "$rehearsal"
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
  check_saved_files
  check_application
  verdict=proved
  note "$(event_of "$2")" repository "$repository" set "$set" seconds "$((SECONDS - proof_began))" rows "$rows" to "$moment"
  found verdict "repository $repository" "proved in $((SECONDS - proof_began)) s, $rows rows"
}
