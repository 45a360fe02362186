# shellcheck shell=bash disable=SC2154
# Part of ../make-masked-copy.sh: where the throw-away server with the database in it comes from.

# The database itself, as it is now: read as a dump, which is nowhere on a disk.
start_throw_away() {
  local target=(--create --dbname=postgres) errors
  [ "$DATABASE" != postgres ] || target=(--dbname=postgres)
  # What a script that was killed still reads would go on holding its locks.
  end_sessions "application_name = '$session'"
  start_copy
  copy_roles
  errors=$({
    docker exec --env "PGAPPNAME=$session" "$server" pg_dump --username=postgres --dbname="$DATABASE" --format=custom \
      --compress=0 --lock-wait-timeout=30s |
      docker exec --interactive "$copy" pg_restore --username=postgres "${target[@]}" --no-tablespaces --exit-on-error
  } 2>&1) || {
    # Without the lines that show rows.
    grep -E '^pg_(dump|restore): (error|while)' <<<"$errors" | head -n 5 | redact "$STACK" >&2
    fail "the database of $STACK could not be copied: what stopped it stands above; a deploy that migrates it comes first; $untouched"
  }
}
