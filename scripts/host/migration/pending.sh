# shellcheck shell=bash disable=SC2034,SC2154
# Part of ../run-migration.sh: asks the new image what the database lacks.

# Notes in `pending` what is, and says so.
ask_pending() {
  local name=$rehearsal.pending code=0 said words lines
  pending=()
  begin 120
  if is_at_heads; then
    say "no migration is pending: $(took)"
    return 0
  fi
  decode words "${PENDING:?}"
  create_live_container "$name" rehearsal "${words[@]}"
  said=$(timeout "$(left)" docker start --attach "$name" 2>/dev/null) || code=$?
  mapfile -t lines <<<"$said"
  [ -n "$said" ] || lines=()
  case $code in
    0 | 3) docker rm "$name" >/dev/null ;;
    124) fail "the command that prints pending migrations (migration.pending) did not end within 120 seconds; $untouched" ;;
    *)
      last_lines "$name"
      fail "the command that prints pending migrations (migration.pending) ended with exit code $code; its last lines stand above; $untouched"
      ;;
  esac
  if [ "$code" = 3 ]; then
    say "the database is newer than this image (${lines[0]:-it has migrations that the image lacks}): nothing is migrated"
    return 0
  fi
  if [ "${#lines[@]}" = 0 ]; then
    say "no migration is pending: $(took)"
    return 0
  fi
  pending=("${lines[@]}")
  say "pending: ${#lines[@]}, asked in $(took): $(printf '%s\n' "${lines[@]:0:5}" | paste -sd ';' | sed 's/;/; /g')"
}

# Whether the database is where the image's migrations end, which saves asking the image with all of its code loaded.
# Where Alembic keeps that elsewhere, or in more than one place, this is not so.
is_at_heads() {
  local present
  [ -n "${HEADS?}" ] && [ -n "$DATABASE" ] && present=$(revisions_query | psql_in "$server" "$DATABASE" 2>/dev/null) &&
    [ "$(LC_ALL=C sort <<<"${present//revision /}")" = "$HEADS" ]
}
