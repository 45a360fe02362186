# shellcheck shell=bash
# Part of the scripts that put files on the host. FILES: a line each, "d PATH MODE OWNER" or "f PATH MODE OWNER BASE64",
# under ROOT/DIRECTORY.

# Writes each file whole, by a rename; in a container that has the VOLUMES as /volumes/NAME and gives them to OWNER.
put_files() {
  local volume
  for volume in ${VOLUMES:-}; do mounts+=(--volume "$volume:/volumes/$volume"); done
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${FILES:?}" | helper '
    for volume in /volumes/*; do
      [ ! -d "$volume" ] || { chown "$2" "$volume"; chmod 0750 "$volume"; }
    done
    cd /slipway; mkdir -p "$1"; cd "$1"
    while read -r kind path mode owner content; do
      if [ "$kind" = d ]; then
        mkdir -p "$path"; chown "$owner" "$path"; chmod "$mode" "$path"
        continue
      fi
      printf %s "$content" | base64 -d >"$new/file"
      chown "$owner" "$new/file"; chmod "$mode" "$new/file"
      mv -f "$new/file" "$path"
    done
    sync
  ' put-files "${DIRECTORY:?}" "${OWNER:-}"
}

remove_files() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -rf "/slipway/${1:?}"' remove-files "${DIRECTORY:?}"
}
