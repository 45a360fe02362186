# shellcheck shell=bash
# Writes the ACL file of a Redis server (user `app` with each of PASSWORDS) and has a running server read it.

users() {
  printf 'user default off\n'
  printf 'user health on nopass -@all +ping\n'
  printf 'user admin on >%s +@all ~* &*\n' "${ADMIN_PASSWORD:?}"
  printf 'user app on'
  for password in ${PASSWORDS:?}; do printf ' >%s' "$password"; done
  printf ' ~* &* +@all -@admin -@dangerous +info +keys\n'
}

apply() {
  require_generation redis "${GENERATION:?}"
  # shellcheck disable=SC2016 # expanded inside the helper
  users | helper '
    mkdir -p "/slipway/$1"
    cat >"$new/file"
    chown "$2" "$new/file" "/slipway/$1"; chmod 0400 "$new/file"; chmod 0500 "/slipway/$1"
    mv -f "$new/file" "/slipway/$1/users.acl"
    sync
  ' redis-users "${DIRECTORY:?}" "${OWNER:?}"
  if [ "$(docker inspect --format '{{.State.Running}}' "${CONTAINER:?}" 2>/dev/null)" = true ]; then
    # The password goes in by standard input: it stands in no process list.
    printf 'AUTH admin %s\nACL LOAD\n' "$ADMIN_PASSWORD" |
      docker exec --interactive "$CONTAINER" redis-cli | tail -n 1 | grep -qx OK || fail 'Redis refused the new list of users'
  fi
}

remove() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -rf "/slipway/${1:?}"' redis-users "${DIRECTORY:?}"
}
