# shellcheck shell=bash disable=SC2154
# Part of the scripts of a deploy: sees to it that the edge can read the files of every environment that it serves.

# shellcheck source=/dev/null
. edge/whole.sh

# One that is not whole becomes again what its environment's last switch wrote, or is set aside beside the directory.
# Says which.
mend_edge() {
  local file name copy
  for file in "$ROOT/${EDGE_FILE%/*}"/*.yml; do
    [ -e "$file" ] || continue
    ! is_whole "$file" || continue
    name=${file##*/}
    copy=${name%.yml}/journal/routes
    if [ -e "$ROOT/$copy" ] && is_whole "$ROOT/$copy"; then
      put "${file#"$ROOT/"}" <"$ROOT/$copy"
      printf '%s of the edge was not whole, and is again as its last switch wrote it\n' "$name" >&2
    else
      set_aside "${EDGE_FILE%/dynamic/*}" "$name"
      printf '%s of the edge was not whole, and is set aside as %s; deploy its stack again\n' "$name" "${EDGE_FILE%/dynamic/*}/$name.broken" >&2
    fi
    note mended file "$name"
  done
}

# Usage: set_aside EDGE_DIRECTORY NAME
set_aside() {
  local from=$ROOT/$1/dynamic/$2 to=$ROOT/$1/$2.broken
  # shellcheck disable=SC2016 # expanded inside the helper
  mv -f "$from" "$to" 2>/dev/null ||
    helper 'mv -f "/slipway/$1/dynamic/$2" "/slipway/$1/$2.broken"' set-aside "$1" "$2"
}
