# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Part of ../take-dump.sh: proves a dump by a restore onto a throw-away server that nobody else reaches.

purpose=proof
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. migration/clock.sh
# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. backup/verdict.sh

copy=$rehearsal.postgres
restored=/var/lib/postgresql/data

# Usage: prove_one REPOSITORY newest|random|SET
prove_one() {
  local listing snapshot moment said rows tables
  open_proof "$1"
  listing=$(saying list_files "$repository" /files/dump) || fail "$listing"
  read -r moment set snapshot < <(choose "$2" <<<"$listing") || true
  [ -n "$set" ] ||
    refuse "there is no dump ${2/random/at all}; a moment in between cannot be gone back to where Postgres is managed"
  begin 14400
  start_throw_away
  found server "an empty one" "$(took)"
  begin 14400
  said=$(restore_dump "$snapshot" 2>&1) ||
    fail "the dump $set could not be restored: $(grep -m 1 'error:' <<<"$said" || tail -n 1 <<<"$said")"
  found restore "dump $set, every row and index" "$(took)"
  said=$(size_query | psql_in "$copy" restored)
  tables=$(sed -n 's/^tables //p' <<<"$said") rows=$(sed -n 's/^rows //p' <<<"$said")
  found content "rows of each table" "$tables tables, $rows rows"
  verdict=proved
  note "$(event_of "$2")" repository "$repository" set "$set" seconds "$((SECONDS - proof_began))" rows "$rows" to "${moment:0:19}"
  found verdict "repository $repository" "proved in $((SECONDS - proof_began)) s, $rows rows"
}

start_throw_away() {
  docker volume create --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  docker run --detach --name "$copy" --label "slipway.stack=$STACK" --label "slipway.role=$purpose" --network none \
    --user 999:999 --init --read-only --no-healthcheck --tmpfs /tmp:rw,noexec,nosuid,nodev,size=64m \
    --tmpfs /var/run/postgresql:rw,nosuid,nodev,uid=999,gid=999,mode=0755,size=1m --cap-drop ALL \
    --security-opt no-new-privileges:true --pids-limit 512 --memory 1g --memory-swap 1g --shm-size 128m --cpu-shares 128 \
    --log-opt max-size=10m --log-opt max-file=1 --volume "$rehearsal:$restored" --env "PGDATA=$restored" \
    --env POSTGRES_HOST_AUTH_METHOD=trust "$side_image" postgres -c fsync=off -c full_page_writes=off \
    -c synchronous_commit=off -c autovacuum=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=1GB >/dev/null
  # The server that the image prepares it with listens to no address.
  wait_for 120 docker exec "$copy" pg_isready --quiet --host=127.0.0.1 ||
    fail "the throw-away server did not start: $(docker logs --tail 1 "$copy" 2>&1)"
  psql_in "$copy" postgres <<<'CREATE DATABASE restored TEMPLATE template0'
}

# Usage: restore_dump SNAPSHOT
restore_dump() {
  local mounts=()
  files_engine "$repository" dump --no-lock "$1" /files/dump/roles.sql |
    docker exec --interactive "$copy" psql --username=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 || return 1
  files_engine "$repository" dump --no-lock "$1" /files/dump/database.dump |
    docker exec --interactive "$copy" pg_restore --username=postgres --dbname=restored --no-owner --no-privileges \
      --no-tablespaces --no-publications --no-subscriptions --no-security-labels --exit-on-error
}
