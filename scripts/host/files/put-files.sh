# shellcheck shell=bash
# Part of the scripts that put files on the host. FILES: a line each, "d PATH MODE OWNER", "f PATH MODE OWNER BASE64" or
# "l PATH MODE OWNER" (a log: made when it is not there, and left alone when it is), under ROOT/DIRECTORY. The group
# `engine` is that of who may drive the Docker engine.

# Writes each file whole, by a rename, when all of them are on the disk; in a container that has the VOLUMES as
# /volumes/NAME and gives them to OWNER.
put_files() {
  local volume
  for volume in ${VOLUMES:-}; do mounts+=(--volume "$volume:/volumes/$volume"); done
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${FILES//:engine/:$(engine_group)}" | helper '
    for volume in /volumes/*; do
      [ ! -d "$volume" ] || { chown "$2" "$volume"; chmod 0750 "$volume"; }
    done
    cd /slipway; mkdir -p "$1"; cd "$1"
    : >"$new/moves"; echo . >"$new/directories"
    while read -r kind path mode owner content; do
      if [ "$kind" = d ]; then
        mkdir -p "$path"; echo "$path" >>"$new/directories"
      elif [ "$kind" = l ]; then
        : >>"$path"
      else
        file=$(mktemp "$new/file.XXXXXX"); echo "$file $path" >>"$new/moves"
        printf %s "$content" | base64 -d >"$file"; path=$file
      fi
      chown "$owner" "$path"; chmod "$mode" "$path"
    done
    # Only these: all that a busy disk has to write may take many seconds.
    sync "$new"/*
    while read -r file path; do mv -f "$file" "$path"; done <"$new/moves"
    xargs sync <"$new/directories"
  ' put-files "${DIRECTORY:?}" "${OWNER:-}" || {
    require_room
    exit 1
  }
}

engine_group() {
  stat --format %g "${DOCKER_HOST#unix://}" 2>/dev/null || id --group
}

remove_files() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -rf "/slipway/${1:?}"' remove-files "${DIRECTORY:?}"
}
