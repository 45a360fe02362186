# shellcheck shell=bash
# Puts files under ROOT/DIRECTORY, each with mode and owner, and removes what is not listed any more.
# FILES: a line each, "d PATH MODE OWNER" or "f PATH MODE OWNER BASE64".

apply() {
  # shellcheck disable=SC2016 # expanded inside the helper
  printf '%s\n' "${FILES:?}" | helper '
    cd /slipway; mkdir -p "$1"; cd "$1"
    : >/tmp/kept
    while read -r kind path mode owner content; do
      echo "./$path" >>/tmp/kept
      if [ "$kind" = d ]; then
        mkdir -p "$path"; chown "$owner" "$path"; chmod "$mode" "$path"
        continue
      fi
      printf %s "$content" | base64 -d >"$new/file"
      chown "$owner" "$new/file"; chmod "$mode" "$new/file"
      mv -f "$new/file" "$path"
    done
    if [ "$2" = exact ]; then
      find . -type f | while read -r path; do
        grep -Fxq "$path" /tmp/kept || rm -f "$path"
      done
    fi
    sync
  ' write-files "${DIRECTORY:?}" "${EXTENT:?}"
}

remove() {
  # shellcheck disable=SC2016 # expanded inside the helper
  helper 'rm -rf "/slipway/${1:?}"' write-files "${DIRECTORY:?}"
}
