# shellcheck shell=bash disable=SC2034,SC2054,SC2154
# Part of the scripts that read a backup: restores into a volume beside the data, and a server on it that can never
# archive: the repository is read-only to it. With engine.sh and migration/twin.sh, and `stanza` read.

# As the stack's own server has it, unless it is said; `side_flags` are further words of the server's command.
side_keys=$ROOT/$STACK/pgbackrest
side_repository=slipway-$STACK-backups
side_role=restore
side_image=
side_memory=
side_words=()
side_flags=()
# How long a restore, and then the start of the server, may take.
side_seconds=3600
# Where a repository is reached that is not on the host.
side_outside=slipway-$STACK-offsite

# For a server that nothing has to outlive: it does not wait for the disk.
throw_away_flags=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off
  -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=1GB)

# Usage: side_restore VOLUME REPOSITORY latest|time|name|lsn|immediate [TARGET [SET]]
side_restore() {
  local volume=$1 repository=$2 network=none said
  local words=()
  [ "$repository" = 1 ] || network=$side_outside
  read_side
  [ -z "$(docker ps --quiet --filter "volume=$volume")" ] ||
    fail "a server still runs on the volume $volume; see: docker ps --filter volume=$volume"
  docker volume inspect "$volume" >/dev/null 2>&1 ||
    docker volume create --label "slipway.stack=$STACK" --label "slipway.role=$side_role" "$volume" >/dev/null
  engine_restore_words "${@:2}"
  # Of a server that was killed, its mark would stand in the way.
  # shellcheck disable=SC2016 # expanded inside the container
  said=$(timeout "$side_seconds" docker run --rm --network "$network" --log-driver none "${side_arguments[@]}" \
    --volume "$volume:$side_data" --entrypoint sh "$side_image" \
    -euc 'rm -f "$PGBACKREST_PG1_PATH/postmaster.pid"; exec "$@"' restore "${words[@]}" 2>&1) ||
    fail "nothing could be restored: $(engine_reason "$said" "${@:3:2}")${untouched:+; $untouched}"
  side_target=("${@:2}")
}

# Waits until it answers, which it does not before it is where it was to come to, and on a line of its own from there.
# Notes in `side_reached` when its last transaction was committed. Usage: side_start VOLUME NAME NETWORK
side_start() {
  local volume=$1 name=$2 network=$3 alias=(--network-alias postgres) log
  [ "$network" != none ] || alias=()
  # A container on no network can join none.
  [ "$network" != none ] || [ "${side_target[0]:-1}" = 1 ] || network=$side_outside
  read_side
  docker create --name "$name" --network "$network" "${alias[@]}" "${side_arguments[@]}" --no-healthcheck \
    --init --shm-size 128m --log-opt max-size=10m --log-opt max-file=1 \
    --tmpfs "/var/run/postgresql:rw,nosuid,nodev,uid=${side_user%:*},gid=${side_user#*:},mode=0755,size=1m" \
    --volume "$volume:$side_data" --entrypoint postgres "$side_image" "${side_words[@]}" "${side_flags[@]}" \
    -c archive_mode=off -c hot_standby=off -c lc_messages=C -c log_min_messages=warning >/dev/null
  [ "${side_target[0]:-1}" = 1 ] || [ "$network" = "$side_outside" ] || docker network connect "$side_outside" "$name"
  docker start "$name" >/dev/null
  timeout "$side_seconds" docker exec "$name" sh -c 'until pg_isready --quiet; do sleep 0.05; done' || {
    log=$(side_log "$name")
    grep -v ' LOG: ' <<<"$log" | tail -n 5 | redact "$STACK" >&2
    fail "the server that was restored did not start: $(side_reason "$log")${untouched:+; $untouched}"
  }
  log=$(side_log "$name")
  # To a server, a segment that cannot be read is as one that is not there: the end.
  ! engine_has_erred "$log" || fail "what was restored is not all: $(side_reason "$log")${untouched:+; $untouched}"
  side_reached=$(sed -n 's/.*last completed transaction was at log time \(.*\)/\1/p' <<<"$log")
  [ "${side_target[0]:-1}" = 1 ] || docker network disconnect "$side_outside" "$name"
}

# What it said, without those whom it did not answer yet.
side_log() {
  docker logs "$1" 2>&1 | grep -v 'not accepting connections$\|Hot standby mode is disabled\.$\|is starting up$' || true
}

# Usage: side_reason LOG
side_reason() {
  case $1 in
    *'recovery stop point is before consistent recovery point'*)
      printf %s 'the moment lies before the end of the backup that it was restored from'
      ;;
    *'could not locate required checkpoint record'* | *'could not locate a valid checkpoint record'* | \
      *'WAL ends before end of online backup'* | *'WAL ends before consistent recovery point'*)
      printf %s 'what was written while the backup was made is missing in the repository, or damaged'
      ;;
    *'ERROR: ['*) engine_reason "$1" ;;
    *'recovery ended before configured recovery target was reached'*)
      printf %s "the repository ends before ${side_target[*]:1:2}, or lacks a part of what was written until then"
      ;;
    *) printf %s "its last lines stand above, or it did not answer within $side_seconds seconds" ;;
  esac
}

# Notes what containers beside the server get, in `side_arguments`, and where the data lies in them.
read_side() {
  local kind value
  [ -z "${side_data:-}" ] || return 0
  side_user=999:999 side_data=/var/lib/postgresql/data
  if docker container inspect "$server" >/dev/null 2>&1; then
    while read -r kind value; do
      value=$(from_hex "$value" && echo .) && value=${value%.}
      case $kind in
        image) side_image=${side_image:-$value} ;;
        memory) side_memory=${side_memory:-$value} ;;
        word) side_words+=("$value") ;;
      esac
    done < <(describe_container "$server")
    # The first is the program.
    side_words=("${side_words[@]:1}")
  fi
  side_arguments=(--label "slipway.stack=$STACK" --label "slipway.role=$side_role" --user "$side_user" --read-only
    --tmpfs "/tmp:rw,noexec,nosuid,nodev,size=64m" --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 512
    --memory "${side_memory:-1g}" --memory-swap "${side_memory:-1g}" --cpu-shares 128
    --env "PGDATA=$side_data" --env "PGBACKREST_PG1_PATH=$side_data"
    --volume "$side_repository:/var/lib/pgbackrest:ro" --volume "$side_keys:/etc/pgbackrest:ro")
}
