# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../restore.sh: the line of time that data is on, by which the repositories tell it from other data. A server takes
# the first number that they do not have. One beside the live one archives nothing, so its number may be given once more.

# Notes in `line` whether the data beside is on one that the repositories do not have yet, `new`, or `known`, since it was
# live before. What is written on it would else be taken for what other data on a line of the same number is.
read_line() {
  local repository found problems='' asked=''
  read_side
  line=new
  for repository in ${REPOSITORIES:?}; do
    found=$(look_up_line "$repository" 2>&1) || true
    case $found in
      other) fail "what is restored beside cannot go live any more: when it was put back, other data took its line of time; restore it once more, to the same moment: npm run restore -- --to TIME --stack $STACK" ;;
      known) line=known asked=yes ;;
      new) asked=yes ;;
      *) problems+="; repository $repository: $(engine_reason "$found")" ;;
    esac
  done
  [ -n "$asked" ] || fail "the repositories cannot be asked about what is restored beside$problems; nothing was changed"
}

# Prints new, known, other, or what the engine says of a failure. The live server's data is asked as well: what it has may
# still have to be archived. Usage: look_up_line REPOSITORY
look_up_line() {
  local network=none mounts=(--volume "$beside:$side_data:ro")
  [ "$1" = 1 ] || network=$side_outside
  ! docker volume inspect "$data" >/dev/null 2>&1 || mounts+=(--volume "$data:/live:ro")
  # shellcheck disable=SC2016 # expanded inside the container
  timeout 120 docker run --rm --network "$network" --log-driver none "${side_arguments[@]}" "${mounts[@]}" \
    --entrypoint sh "$side_image" -euc '
      own=$(ls "$PGDATA"/pg_wal/*.history | tail -n 1) name=${own##*/} status=0
      if [ -e "/live/pg_wal/$name" ]; then
        cp "/live/pg_wal/$name" /tmp
      else
        pgbackrest --stanza="$1" --repo="$2" archive-get "$name" "/tmp/$name" >/tmp/said 2>&1 || status=$?
      fi
      case $status in
        0) if cmp -s "$own" "/tmp/$name"; then echo known; else echo other; fi ;;
        1) echo new ;;
        *) cat /tmp/said ;;
      esac' line "$stanza" "$1"
}
