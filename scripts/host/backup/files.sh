# shellcheck shell=bash disable=SC2154,SC2119,SC2120
# Part of the scripts that save and restore: the engine for files, restic, in a container of the server's image that sees
# the repository's volume and the keys. Snapshots of one backup have its set in common with the database's.

# Runs restic with the key of a repository; `mounts` are further arguments of docker run. `side_image` and `side_keys`
# say which image and which keys, where those are not the server's.
# Usage: files_engine REPOSITORY RESTIC_WORD ...
files_engine() {
  local repository=$1 network=none
  shift
  [ "$repository" = 1 ] || network=slipway-$STACK-offsite
  # shellcheck disable=SC2016 # expanded inside the container
  docker run --rm --label "slipway.stack=$STACK" --label slipway.role=backup --network "$network" --log-driver none \
    --user 0:0 --read-only --tmpfs /tmp:size=256m --cap-drop ALL --cap-add DAC_OVERRIDE --cap-add DAC_READ_SEARCH \
    --cap-add CHOWN --cap-add FOWNER --security-opt no-new-privileges:true --pids-limit 128 --memory 512m \
    --memory-swap 512m --cpu-shares 128 --volume "slipway-$STACK-backups:/var/lib/pgbackrest" \
    --volume "${side_keys:-$ROOT/$STACK/pgbackrest}:/etc/pgbackrest:ro" "${mounts[@]}" --entrypoint sh \
    "${side_image:-$(docker inspect --format '{{.Image}}' "$server")}" -euc \
    '. "/etc/pgbackrest/files-$1.sh"; shift; exec restic $options --no-cache --quiet "$@"' restic "$repository" "$@"
}

# What belongs to an environment beside its database, each where it comes back to: volumes of the application, and the
# certificates of an edge of its own. Adds them to `mounts`.
mount_files() {
  local volume
  mounts=()
  for volume in ${VOLUMES?}; do mounts+=(--volume "$volume:/files/volumes/$volume${1:+:$1}"); done
  [ -z "${OWN_EDGE?}" ] || [ ! -d "$ROOT/edges/$OWN_EDGE/acme" ] ||
    mounts+=(--volume "$ROOT/edges/$OWN_EDGE/acme:/files/edges/$OWN_EDGE/acme${1:+:$1}")
}

# Makes a repository that is not there yet, and asks for it once. Usage: ready_files REPOSITORY
ready_files() {
  local mounts=()
  [ "${ready:-}" != "$1" ] || return 0
  files_engine "$1" cat config >/dev/null 2>&1 || files_engine "$1" init || return 1
  files_engine "$1" unlock || return 1
  ready=$1
}

# Usage: save_files REPOSITORY SET
save_files() {
  local mounts
  mount_files ro
  [ "${#mounts[@]}" -gt 0 ] || return 0
  ready_files "$1" || return 1
  files_engine "$1" backup --host "$STACK" --tag "set-$2" /files
}

dump_place=$STACK/backups/dump

# A dump that pgBackRest has no part in, of the whole database by the tool that every version of Postgres can read.
# Usage: save_dump REPOSITORY SET
save_dump() {
  local status=0
  docker exec "$server" pg_dump --username=postgres --dbname="${DATABASE:?}" --format=custom --compress=zstd:3 --lock-wait-timeout=30s |
    keep_dump || status=1
  [ "$status" != 0 ] || put_dump "$@" || status=1
  drop_dump
  return "$status"
}

# Usage: keep_dump [STATEMENTS THAT MAKE ITS ROLES] < dump
keep_dump() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'umask 077; mkdir -p "/slipway/$1"; rm -f "/slipway/$1/"*; cat >"/slipway/$1/database.dump"; sync "/slipway/$1/database.dump"
    [ $# = 1 ] || printf "%s\n" "$2" >"/slipway/$1/roles.sql"' dump "$dump_place" "$@"
}

drop_dump() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -rf "/slipway/$1"' dump "$dump_place" </dev/null
}

# Usage: put_dump REPOSITORY SET
put_dump() {
  local mounts=(--volume "$ROOT/$dump_place:/files/dump:ro")
  ready_files "$1" || return 1
  files_engine "$1" backup --host "$STACK" --tag "set-$2" --tag dump /files/dump
}

# A line for each backup that has files, or what else is saved under a path, the oldest first: "MOMENT SET SNAPSHOT".
# Usage: list_files REPOSITORY [PATH]
list_files() {
  local said status=0 mounts=()
  said=$(files_engine "$1" snapshots --no-lock --json --host "$STACK" --path "${2:-/files}" 2>&1) || status=$?
  # There is no repository.
  [ "$status" != 10 ] || return 0
  [ "$status" = 0 ] || fail "the files in repository $1 cannot be read: $(tail -n 1 <<<"$said")${untouched:+; $untouched}"
  printf '%s\n' "$said" | sed 's/{"time":/\n&/g' |
    sed -n 's/^{"time":"\([^"]*\)".*"tags":\["set-\([^"]*\)".*"id":"\([0-9a-f]*\)".*/\1 \2 \3/p' | sort
}

# How much there is to restore; 0 when it cannot be said, which a restore says with its reason. Usage: bytes_of_files REPOSITORY SNAPSHOT
bytes_of_files() {
  files_engine "$1" stats --no-lock --json --mode restore-size "$2" 2>/dev/null |
    sed -n 's/.*"total_size":\([0-9]*\).*/\1/p' | grep . || echo 0
}

# Usage: expire_files REPOSITORY
expire_files() {
  local mounts=()
  files_engine "$1" forget --host "$STACK" --group-by host,paths --keep-within "${RETENTION_DAYS:?}d" --keep-last 1 --prune
}

# Whether what is there can be read. Usage: check_files REPOSITORY
check_files() {
  local mounts=()
  files_engine "$1" check --read-data
}
