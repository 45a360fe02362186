# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../take-dump.sh: a server that is somebody else's, and a dump of it. With files.sh.

# It leaves the host by the same network as what is saved elsewhere. Address and password stand in no argument of the
# container and in no variable that it was made with. Usage: at_managed PROGRAM [OPTION ...]
at_managed() {
  # shellcheck disable=SC2016 # expanded inside the container
  docker run --rm --label "slipway.stack=$STACK" --label slipway.role=backup --network "slipway-$STACK-offsite" \
    --log-driver none "${programs[@]}" --volume "$ROOT/$STACK/postgres:/run/secrets:ro" --env PGCONNECT_TIMEOUT=20 \
    --env PGAPPNAME=slipway-backup --entrypoint sh "$side_image" -euc \
    'PGPASSWORD=$(cat /run/secrets/password); export PGPASSWORD; exec "$@" --no-password --dbname="$(cat /run/secrets/url)"' \
    managed "$@"
}

programs=(--user 999:999 --read-only --tmpfs /tmp:size=16m --cap-drop ALL --security-opt no-new-privileges:true
  --pids-limit 32 --memory 512m --memory-swap 512m --cpu-shares 128)

# Dumps all of it, and notes in `bytes` how large the database is. What it says of roles can be loaded only where they are.
make_dump() {
  local said room
  said=$(at_managed psql --no-psqlrc --tuples-only --no-align \
    --command="SELECT format('CREATE ROLE %I;', rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'" \
    --command='SELECT pg_database_size(current_database())' 2>&1) ||
    fail "the server cannot be asked: $(why_no_dump "$said")"
  bytes=$(tail -n 1 <<<"$said")
  room=$(($(df -k --output=avail "$ROOT" | tail -n 1) << 10))
  [ "$room" -gt "$bytes" ] ||
    fail "a dump of $((bytes >> 20)) MB does not fit under $ROOT, where $((room >> 20)) MB are free; make room there"
  # What is not compressed differs little from one day to the next, and restic keeps what differs.
  said=$({ at_managed pg_dump --format=custom --compress=0 --lock-wait-timeout=30s | keep_dump "$(grep '^CREATE ROLE ' <<<"$said")"; } 2>&1) ||
    fail "the database could not be dumped: $(why_no_dump "$said")"
}

# Usage: why_no_dump SAID
why_no_dump() {
  local reason versions
  if [[ $1 == *'server version mismatch'* ]]; then
    versions=$(sed -n 's/.*\(server version: .*\)/\1/p' <<<"$1" | head -n 1)
    printf %s "the image has an older pg_dump than the server ($versions): set slipway:images.postgres to one of the server's version"
    return 0
  fi
  reason=$(grep -m 1 -i 'error\|fatal' <<<"$1" || tail -n 1 <<<"$1")
  redact "$STACK" <<<"$reason"
}

# Whether all of a dump is in a repository, and an archive: what it would take to restore it. Usage: read_dump REPOSITORY SET
read_dump() {
  local mounts=()
  files_engine "$1" dump --host "$STACK" --tag "set-$2" --path /files/dump latest /files/dump/database.dump |
    docker run --rm --interactive --label "slipway.stack=$STACK" --label slipway.role=backup --network none \
      --log-driver none "${programs[@]}" --entrypoint pg_restore "$side_image" --file=/dev/null
}

# The line of list_files that is meant. Usage: choose newest|latest|random|SET < lines
choose() {
  case $1 in
    newest | latest) tail -n 1 ;;
    random) shuf -n 1 ;;
    *) awk -v set="$1" '$2 == set' ;;
  esac
}

# No container keeps it from being pruned.
require_image() {
  docker image inspect "$side_image" >/dev/null 2>&1 ||
    fail "the image $side_image is not on the host any more, where it was made; make it again: npm run audit -- --redo --stack $STACK"
}
