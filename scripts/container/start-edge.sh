#!/bin/sh
# Starts Traefik with what it has to read. As long as a file there is not whole, that is a copy of those that are, which
# follows them once a second. Usage: start-edge.sh FLAG ...
set -eu

# shellcheck source=/dev/null
. /etc/slipway/bin/whole.sh

written=/etc/slipway/dynamic
copies=/tmp/dynamic

are_whole() {
  for file in "$written"/*.yml; do is_whole "$file" || return 1; done
}

copy() {
  for file in "$written"/*.yml; do
    place=$copies/${file##*/}
    if ! cmp -s "$file" "$place" && is_whole "$file"; then
      cp "$file" "$copies.new" && mv -f "$copies.new" "$place"
    fi
  done
  for place in "$copies"/*.yml; do
    [ -e "$written/${place##*/}" ] || rm -f "$place"
  done
}

if ! are_whole; then
  echo "${file##*/} is not whole: it is not read" >&2
  mkdir -p "$copies"
  copy
  while sleep 1; do copy; done &
  written=$copies
fi
exec traefik "--providers.file.directory=$written" "$@"
