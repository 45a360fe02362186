# shellcheck shell=bash disable=SC2034,SC2154
# Before a server of Postgres starts: where its volume is empty, no new database comes in the place of one that
# repositories have backups of, unless EMPTY_VOLUME says so. IMAGE: that of the server.

# shellcheck source=/dev/null
. migration/twin.sh
# shellcheck source=/dev/null
. backup/engine.sh
# shellcheck source=/dev/null
. backup/side-server.sh
# shellcheck source=/dev/null
. backup/space.sh
# shellcheck source=/dev/null
. backup/listing.sh
# shellcheck source=/dev/null
. restore/places.sh
# shellcheck source=/dev/null
. restore/beside.sh
# shellcheck source=/dev/null
. backup/files.sh
# shellcheck source=/dev/null
. restore/files.sh

apply() {
  side_image=${IMAGE:?} stanza=
  ! has_data "$data" || return 0
  is_empty "$data" ||
    fail "the volume $data is not empty, and is not the data of a server either: it has no PG_VERSION; nothing in it was touched; to restore a backup and keep these files in $kept: npm run restore -- --stack $STACK, and then with --into live"
  if [ "${EMPTY_VOLUME:?}" = begin ]; then
    begin_anew
  elif find_source; then
    [ "$EMPTY_VOLUME" = restore ] || refuse
    restore_all
  elif [ -n "$problems" ]; then
    fail "the volume $data is empty, and whether there are backups to restore is not known: ${problems%$'\n'}; mend that and deploy again, or, for a new database whatever there is: npm run pulumi -- --stack $STACK config set --path slipway:backups.emptyVolume begin"
  else
    begin_anew
  fi
  # One that waits for data pauses longer and longer.
  ! docker container inspect "$server" >/dev/null 2>&1 || docker restart "$server" >/dev/null
}

# Without this mark in the volume the server's container makes no database.
begin_anew() {
  docker run --rm --network none --log-driver none --label "slipway.stack=$STACK" --label slipway.role=restore \
    --user 999:999 --read-only --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 16 --memory 64m \
    --memory-swap 64m --cpu-shares 128 --volume "$data:/var/lib/postgresql/data" --entrypoint touch "$IMAGE" /var/lib/postgresql/data/begin
}

refuse() {
  local newest
  read -r _ _ newest _ < <(tail -n 1 <<<"$sets")
  fail "the volume $data is empty, and repository $repository has backups of $STACK, the newest of ${newest/T/ }; to restore all of it: npm run pulumi -- --stack $STACK config set --path slipway:backups.emptyVolume restore, to begin a new database beside them: the same with begin; then deploy again"
}

# All that was archived, and before it the files: where there is a database, nothing is restored any more.
restore_all() {
  ! has_files || restore_empty_volumes
  remove_beside_server
  make_volume "$beside"
  require_version
  require_docker_space "$(bytes_of_newest)" "a copy of the data" "$beside"
  side_restore "$beside" "$repository" latest
  side_start "$beside" "$beside" none
  require_whole_log "$beside"
  engine_forget_restore | docker exec --interactive "$beside" psql --username=postgres --quiet --set=ON_ERROR_STOP=1 >/dev/null
  stop_beside_server
  remove_beside_server
  in_volumes "$(engine_unarchived)" "$beside/_data"
  exchange "$data" "$beside" none
  remove_volume "$beside"
  printf 'restored from repository %s, up to the transaction of %s\n' "$repository" "${side_reached:-the newest backup}"
}

# A volume that has something in it keeps it.
restore_empty_volumes() {
  local TYPE=latest TARGET='' SET='' POINT_AT='' volume volumes='' left=$VOLUMES
  for volume in $left; do is_empty "$volume" && volumes+=" $volume" || echo "the volume $volume has files, and keeps them"; done
  VOLUMES=$volumes
  find_files || { echo 'no backup has files'; return 0; }
  restore_files_beside
  for volume in $(tail -n +2 "$ROOT/$files_mark"); do
    make_volume "$volume"
    exchange "$volume" "$volume.side" none
    remove_volume "$volume.side"
  done
  restore_certificates
  take_away "$files_mark"
  printf 'files restored from repository %s, as of %s\n' "$files_repository" "$files_at"
}
