# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../make-masked-copy.sh: a throw-away Postgres with the database in it, on a network without a way out. It comes
# from the backups, so that nobody waits for the live server to be read, and all that was written until now is in it.

copy=$rehearsal.postgres
side_role=$purpose
side_flags=("${throw_away_flags[@]}")
side_seconds=14400

start_throw_away() {
  read_stanza
  engine_flush 70 ||
    say "what was written last is not in the copy: it does not get to the repositories; what the server says of it, shows: npm run logs -- postgres --stack $STACK"
  find_source || fail "${problems:-no repository has a backup of $STACK yet; take one: npm run backup -- --stack $STACK}; $untouched"
  # An update leaves the row before it where it was.
  require_docker_space $((2 * $(bytes_of_newest))) "a masked copy of $STACK"
  docker network create --internal --label "slipway.stack=$STACK" --label "slipway.role=$purpose" "$rehearsal" >/dev/null
  side_restore "$rehearsal" "$repository" latest
  side_start "$rehearsal" "$copy" "$rehearsal"
  require_whole_log "$copy"
}
