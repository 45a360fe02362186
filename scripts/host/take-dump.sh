# shellcheck shell=bash disable=SC2034,SC2154
# Saves a Postgres that is somebody else's, by a dump, and the stack's files in each of REPOSITORIES, by number; a timer
# runs it, or somebody who wants it now. What it saved is restored then onto a throw-away server.
# TYPE in the environment: full, or nothing for what is due. With a full one, on the day FULL_ON (1 is Monday), goes what
# is older than RETENTION_DAYS, and all of the repository is read. IMAGE: of Postgres, with restic; its programs dump, and
# its server is restored to. VOLUMES: the application's. OWN_EDGE: the edge that the stack has itself. PROVES: empty when
# nothing is restored. Its own files are in ROOT/STACK/backups, what leads to the server in ROOT/STACK/postgres.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. backup/job.sh
# shellcheck source=/dev/null
. backup/files.sh
# shellcheck source=/dev/null
. backup/managed.sh
# shellcheck source=/dev/null
. backup/dump-proof.sh

side_image=${IMAGE-}

apply() {
  local repository set kind=dump status=0 saved=() begun=$SECONDS bytes
  begin_backup
  require_image
  if [ "${TYPE:-}" = full ] || [ "$(date --utc +%u)" = "${FULL_ON:?}" ]; then kind=full; fi
  set=$(date --utc +%Y%m%d-%H%M%S)
  trap drop_dump EXIT
  make_dump
  for repository in ${REPOSITORIES:?}; do
    if save "$repository"; then saved+=("$repository"); else status=1; fi
  done
  trap - EXIT
  drop_dump
  [ -n "${PROVES?}" ] || return "$status"
  begin_proofs
  for repository in "${saved[@]}"; do prove "$repository" newest; done
  return "$status"
}

# One that is away keeps no other from being written. Usage: save REPOSITORY
save() {
  local said
  said=$(save_beside "$1" 2>&1) || {
    not_saved "$1" "the dump $set could not be saved: $(tail -n 1 <<<"$said")"
    return 1
  }
  said=$(read_dump "$1" "$set" 2>&1) || {
    not_saved "$1" "the dump $set could not be read back: $(tail -n 1 <<<"$said")"
    return 1
  }
  note backup set "$set" kind dump repository "$1" seconds "$((SECONDS - begun))" bytes "$bytes"
  printf 'repository %s: dump %s of %s MB in %s s, read back\n' "$1" "$set" "$((bytes >> 20))" "$((SECONDS - begun))"
}

# Usage: save_beside REPOSITORY
save_beside() {
  save_files "$1" "$set" && put_dump "$1" "$set" || return 1
  [ "$kind" = full ] || return 0
  expire_files "$1" && check_files "$1"
}

# Proves what is there now, TO and REPOSITORY in the environment: of REPOSITORY, or each one, `newest`, a dump by its
# name, or `random`. With ESCROWED by keys that come by standard input.
drill() {
  local each status=0
  begin_drill
  require_image
  for each in ${REPOSITORY:-$REPOSITORIES}; do prove "$each" "${TO:?}"; done
  return "$status"
}

# Prints what a repository has of PART, `dump` or `files`, as an archive of pg_dump or of tar: of TO, `latest` or a dump
# by its name. Says then on standard error which one that was.
fetch() {
  local repository listing moment name='' snapshot path=/files problems=() names=''
  fail() {
    printf '%s\n' "$1" >&2
    exit 1
  }
  require_image
  [ "${PART:?}" = files ] || path=/files/dump
  for repository in $REPOSITORIES; do
    listing=$(list_files "$repository" "$path" 2>&1) || { problems+=("$listing") && continue; }
    read -r moment name snapshot < <(choose "${TO:?}" <<<"$listing") || true
    [ -z "$name" ] || break
    names+=$(cut -d ' ' -f 2 <<<"$listing")$'\n'
  done
  names=$(sed '/^$/d' <<<"$names" | sort -u | paste -sd ' ')
  [ -n "$name" ] || fail "${problems[0]:-no repository of $STACK has such a ${PART/files/backup with files}; there are: ${names:-none}}"
  if [ "$PART" = dump ]; then
    files_engine "$repository" dump --no-lock "$snapshot" /files/dump/database.dump
  else
    files_engine "$repository" dump --no-lock --archive tar "$snapshot" /files/volumes
  fi || fail "it could not be read from repository $repository: what stopped it stands above"
  printf '%s %s\n' "$name" "${moment:0:19}" >&2
}
