# shellcheck shell=bash disable=SC2154
# Saves the stack's Postgres and files in each of REPOSITORIES, by number; a timer runs it, or somebody who wants it now.
# TYPE in the environment: full or diff, or nothing for what is due: a full one on the day FULL_ON (1 is Monday), or when the last one is too
# old, or when something was given up that should have been archived. With a full one goes a dump of DATABASE. VOLUMES: the
# application's. OWN_EDGE: the edge that the stack has itself. RETENTION_DAYS: how long files stay. Its own files are in
# ROOT/STACK/backups.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/files.sh

backups=$ROOT/${STACK?}/backups
hours=3600

fail() {
  note backup-failed reason "$1"
  printf '%s\n' "$1" >&2
  exit 1
}

apply() {
  local repository status=0
  exec {lock}>>"$backups/lock"
  flock --nonblock "$lock" || {
    echo "a backup of $STACK is at work already" >&2
    exit 75
  }
  trap 'fail "it was ended before it was done"' TERM INT
  docker inspect "$server" >/dev/null 2>&1 || fail "the server $server is not there; deploy first: npm run pulumi -- up --stack $STACK"
  read_stanza
  had_gap=''
  ! has_gap || had_gap=yes
  for repository in ${REPOSITORIES:?}; do
    save "$repository" || status=1
  done
  [ -z "$had_gap" ] || [ "$status" != 0 ] || forget_gap
  return "$status"
}

# One that is away keeps no other from being written. Usage: save REPOSITORY
save() {
  local repository=$1 kind label begun=$SECONDS said
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

# Usage: not_saved REPOSITORY REASON
not_saved() {
  note backup-failed repository "$1" reason "$2"
  printf 'repository %s: %s\n' "$1" "$2" >&2
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
