# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: what the REPOSITORIES have, such as "1 2", asked beside the server, which need not
# run. With engine.sh and side-server.sh.

# Usage: list_repository NUMBER
list_repository() {
  local network=none
  [ "$1" = 1 ] || network=$side_outside
  read_side
  timeout 120 docker run --rm --network "$network" --log-driver none "${side_arguments[@]}" \
    --entrypoint pgbackrest "$side_image" --repo="$1" info 2>&1 || true
}

# Notes in `repository` the first one that has a backup, in `sets` what it has, in `stanza` which data, and in
# `newest_segment` how far its log goes; of the data with that name alone if it is known. Fails when there is none, with the reasons in `problems`, a line each.
find_source() {
  local listing problem
  problems=
  for repository in ${REPOSITORIES:?}; do
    listing=$(list_repository "$repository")
    sets=$(engine_listed <<<"$listing" | { grep "^${stanza:-}" || true; } | sort -k 3)
    if [ -n "$sets" ]; then
      read -r stanza _ < <(tail -n 1 <<<"$sets")
      sets=$(grep "^$stanza " <<<"$sets")
      newest_segment=$(engine_newest_segment <<<"$listing")
      return 0
    fi
    problem=$(engine_listing_problem "$listing")
    [ -z "$problem" ] || problems+="repository $repository: $problem"$'\n'
  done
  return 1
}

# Refuses what the image of the server cannot read.
require_version() {
  local has wants
  read -r _ _ _ wants _ < <(tail -n 1 <<<"$sets")
  has=$(docker run --rm --network none --log-driver none "${side_arguments[@]}" --entrypoint postgres "$side_image" --version |
    sed -n 's/.* \([0-9]*\)\..*/\1/p')
  [ "$has" = "$wants" ] ||
    fail "the backups are of Postgres $wants and the server's image has $has, which cannot read them: set slipway:images.postgres to one of version $wants${untouched:+; $untouched}"
}

bytes_of_newest() { tail -n 1 <<<"$sets" | cut -d ' ' -f 5; }

# A server takes a part of the log that is missing for its end, and what came after it would be left out in silence.
# Usage: require_whole_log NAME, of a server that was restored to the end
require_whole_log() {
  local line place until=${side_reached:+${side_reached%.*}Z}
  [ "${side_target[1]}" = latest ] && [ -n "$newest_segment" ] || return 0
  # shellcheck disable=SC2016 # expanded inside the container
  read -r line place _ < <(docker exec "$1" sh -c 'tail -n 1 "$(ls "$PGDATA"/pg_wal/*.history | tail -n 1)"')
  [ "${newest_segment:0:8}" = "$(printf %08X "$line")" ] || return 0
  [[ $(printf %08X%08X "0x${place%/*}" $((0x${place#*/} >> 24))) < ${newest_segment:8} ]] || return 0
  fail "a part of the log is missing in repository $repository: what was written after ${side_reached:-the newest backup} cannot be restored from it; to have all until then: npm run restore -- --to '${until:-$(tail -n 1 <<<"$sets" | cut -d ' ' -f 2)}' --stack $STACK${untouched:+; $untouched}"
}
