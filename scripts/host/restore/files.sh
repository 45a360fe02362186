# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: files of a backup, in volumes beside those of VOLUMES. With ../backup/files.sh and
# places.sh. What is restored there to its end stands in a file:
# "SET MOMENT REPOSITORY SNAPSHOT", and a line for each volume.

files_mark=$STACK/journal/side-files

has_files() { [ -n "${VOLUMES?}${OWN_EDGE?}" ]; }

# Notes in `snapshot`, `files_set`, `files_at` and `files_repository` the files of the newest backup that had ended when
# what is asked for was so, in the first repository that has one; or of SET. Fails when there is none.
find_files() {
  local listing until=${TARGET?}
  [ -z "${POINT_AT?}" ] || until=$POINT_AT
  [ "${TYPE:?}" != latest ] || until=9
  for files_repository in ${REPOSITORIES:?}; do
    listing=$(list_files "$files_repository") || exit 1
    read -r files_at files_set snapshot < <(awk -v set="${SET?}" -v until="${until/ /T}" \
      'set == "" ? substr($1, 1, 19) <= substr(until, 1, 19) : $2 == set' <<<"$listing" | tail -n 1) || true
    [ -z "${snapshot:-}" ] || return 0
  done
  return 1
}

restore_files_beside() {
  local volume volumes mounts=(--tmpfs /files:size=1m) included=()
  take_away "$files_mark"
  for volume in ${VOLUMES?}; do free_volume "$volume.side"; done
  find_files || fail "no backup as old as that has files; which there are, shows: npm run status -- --stack $STACK"
  volumes=$(volumes_of_snapshot)
  require_docker_space "$(bytes_of_files "$files_repository" "$snapshot")" 'a copy of the files'
  for volume in $volumes; do
    make_volume "$volume.side"
    mounts+=(--volume "$volume.side:/files/volumes/$volume")
    included+=(--include "/files/volumes/$volume")
  done
  [ -z "$volumes" ] || restic_restore "${included[@]}"
  {
    printf '%s %s %s %s\n' "$files_set" "$files_at" "$files_repository" "$snapshot"
    [ -z "$volumes" ] || printf '%s\n' "$volumes"
  } | put "$files_mark"
}

# The application's volumes that there were already.
volumes_of_snapshot() {
  local volume present mounts=()
  present=$(files_engine "$files_repository" ls --no-lock "$snapshot" /files/volumes) ||
    fail "the files of the backup $files_set cannot be read: what stopped it stands above${untouched:+; $untouched}"
  for volume in ${VOLUMES?}; do ! grep -Fxq "/files/volumes/$volume" <<<"$present" || printf '%s\n' "$volume"; done
}

# Usage: restic_restore RESTIC_WORD ..., into what is in `mounts`
restic_restore() {
  files_engine "$files_repository" restore --no-lock --target / "$@" "$snapshot" >/dev/null ||
    fail "the files of the backup $files_set could not be restored: what stopped it stands above${untouched:+; $untouched}"
}

# Whatever was killed may still write there. Usage: free_volume VOLUME
free_volume() {
  remove_containers "volume=$1"
  remove_volume "$1"
}

# Certificates that an authority gave are not put over those that there are. The newest of them are the best.
restore_certificates() {
  local mounts place=edges/${OWN_EDGE?}/acme
  [ -n "$OWN_EDGE" ] || return 0
  # shellcheck disable=SC2016 # expanded inside the helper
  if helper '[ -n "$(ls -A "/slipway/$1" 2>/dev/null)" ]' certificates "$place"; then
    echo "the certificates in $ROOT/$place stay as they are"
    return 0
  fi
  mounts=(--tmpfs "/files:size=1m" --volume "$ROOT/$place:/files/$place")
  restic_restore --include "/files/$place"
}

# Lines "NAME VALUE" of what there is now.
show_files() {
  local set at volume _
  {
    read -r set at _
    printf 'files %s %s\n' "$set" "$at"
    while read -r volume; do printf 'volume %s\n' "$volume"; done
  } <"$ROOT/$files_mark"
}
