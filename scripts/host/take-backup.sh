# shellcheck shell=bash disable=SC2034,SC2154
# Saves the stack's Postgres and files in each of REPOSITORIES, by number; a timer runs it, or somebody who wants it now.
# What it saved is restored then, as backup/proof.sh says, and once in a month a moment of all that can be gone back to.
# TYPE in the environment: full or diff, or nothing for what is due: a full one on the day FULL_ON (1 is Monday), or when the last one is too
# old, or when something was given up that should have been archived. With a full one goes a dump of DATABASE. VOLUMES: the
# application's. OWN_EDGE: the edge that the stack has itself. RETENTION_DAYS: how long files stay. PROVES: empty when
# nothing is restored. REDIS: own, managed or none.
# READY_SECONDS: how long services may take. Its own files are in ROOT/STACK/backups.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. backup/job.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/files.sh
# shellcheck source=/dev/null
. backup/proof.sh

hours=3600

apply() {
  local repository label kind status=0 labels=() saved=()
  begin_backup
  docker inspect "$server" >/dev/null 2>&1 || fail "the server $server is not there; deploy first: npm run pulumi -- up --stack $STACK"
  read_stanza
  had_gap=''
  ! has_gap || had_gap=yes
  for repository in ${REPOSITORIES:?}; do
    if save "$repository"; then
      labels+=("$label") saved+=("$repository $kind")
    else
      status=1
    fi
  done
  [ -z "$had_gap" ] || [ "$status" != 0 ] || forget_gap
  [ -z "${PROVES?}" ] || prove_saved
  return "$status"
}

# The newest of each repository, and with the first full one of a month a moment as well.
prove_saved() {
  local each
  begin_proofs
  if [ "${#labels[@]}" -gt 0 ]; then save_witness "${labels[@]}"; fi
  for each in "${saved[@]}"; do
    prove "${each% *}" newest
    if is_drill_due "$each"; then prove "${each% *}" random; fi
  done
}

# When there is a day at least to choose from. Usage: is_drill_due "REPOSITORY KIND"
is_drill_due() {
  local oldest
  [ "${1#* }" = full ] || return 1
  oldest=$(engine_sets | awk -v repository="${1% *}" '$3 == repository { print $5; exit }')
  [ $((EPOCHSECONDS - ${oldest:-EPOCHSECONDS})) -gt $((24 * hours)) ] &&
    ! grep -qs "^{\"time\":\"$(date --utc +%Y-%m).*\"event\":\"drilled\",\"repository\":\"${1% *}\"" "$journal/log"
}

# Proves what is there now, TO and REPOSITORY in the environment: of REPOSITORY, or each one, `newest`, a backup, a moment,
# or `random`. With ESCROWED by keys that come by standard input.
drill() {
  local each status=0
  begin_drill
  docker inspect "$server" >/dev/null 2>&1 || fail "the server $server is not there; deploy first: npm run pulumi -- up --stack $STACK"
  read_stanza
  [ "${TO:?}" = newest ] || flush
  for each in ${REPOSITORY:-$REPOSITORIES}; do
    prove "$each" "$TO"
  done
  return "$status"
}

# One that is away keeps no other from being written. Notes `label` and `kind`. Usage: save REPOSITORY
save() {
  local repository=$1 begun=$SECONDS said
  said=$(engine_prepare 2>&1) || true
  kind=${TYPE:-$(kind_due "$repository")}
  if ! said=$(engine_backup "$repository" "$kind" 2>&1); then
    not_saved "$repository" "pgBackRest could not make a $kind backup: $(tail -n 3 <<<"$said" | paste -sd ' ')"
    return 1
  fi
  read -r label kind _ _ _ damaged bytes < <(engine_sets | awk -v repository="$repository" '$3 == repository' | tail -n 1)
  [ "$damaged" = false ] || {
    not_saved "$repository" "the backup $label says of itself that it is damaged: a page of the database has a wrong checksum"
    return 1
  }
  said=$(engine_verify "$repository" "$label") || {
    not_saved "$repository" "the backup $label could not be read back: $(grep -m 1 'status: invalid\|ERROR' <<<"$said" || tail -n 1 <<<"$said")"
    return 1
  }
  said=$(save_beside "$repository" "$label" "$kind" 2>&1) || {
    not_saved "$repository" "the files of the backup $label could not be saved: $(tail -n 1 <<<"$said")"
    return 1
  }
  note backup set "$label" kind "$kind" repository "$repository" seconds "$((SECONDS - begun))" bytes "$bytes"
  printf 'repository %s: %s backup %s of %s MB in %s s, read back\n' "$repository" "$kind" "$label" "$((bytes >> 20))" "$((SECONDS - begun))"
}

# Usage: save_beside REPOSITORY SET KIND
save_beside() {
  save_files "$1" "$2" || return 1
  [ "$3" = full ] || return 0
  save_dump "$1" "$2" && expire_files "$1" && check_files "$1"
}

# Usage: kind_due REPOSITORY
kind_due() {
  local last age
  last=$(engine_sets | awk -v repository="$1" '$3 == repository && $2 == "full" && $6 == "false" { print $5 }' | tail -n 1)
  age=$(($(date +%s) - ${last:-0}))
  if [ -z "$last" ] || [ -n "$had_gap" ] || [ "$age" -gt $((7 * 24 * hours + 12 * hours)) ] ||
    { [ "$(date --utc +%u)" = "${FULL_ON:?}" ] && [ "$age" -gt $((12 * hours)) ]; }; then
    echo full
  else
    echo diff
  fi
}

# Whether something was given up that should have been archived.
has_gap() { docker exec "$server" test -e /var/lib/postgresql/data/archive-gap; }

forget_gap() { docker exec "$server" rm -f /var/lib/postgresql/data/archive-gap; }
