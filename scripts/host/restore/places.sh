# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: the volumes that data lies in, live, restored beside it, and kept from before; those
# of the application have theirs, VOLUME.side and VOLUME.kept. What is in them goes from one to the other by renaming: at
# each moment it is whole.

data=slipway-${STACK:?}-postgres
# With a dot, so that it is the name of nothing that the application has.
beside=slipway-$STACK.side
kept=slipway-$STACK.kept

# Usage: make_volume VOLUME
make_volume() {
  docker volume inspect "$1" >/dev/null 2>&1 || docker volume create --label "slipway.stack=$STACK" "$1" >/dev/null
}

# Runs a script of the helper that sees all of Docker's volumes. Usage: in_volumes SCRIPT [ARGUMENT ...]
in_volumes() {
  local place mounts
  place=$(docker volume inspect --format '{{.Mountpoint}}' "$data")
  [[ $place == */"$data/_data" ]] ||
    fail "the volume $data is not one that Docker keeps itself: it lies in $place, and its data cannot be exchanged"
  mounts=(--volume "${place%"/$data/_data"}:/volumes")
  helper "cd /volumes; $1" in-volumes "${@:2}"
}

# Whether there is data in a volume. Usage: has_data VOLUME
has_data() {
  # shellcheck disable=SC2016 # expanded inside the helper
  docker volume inspect "$1" >/dev/null 2>&1 && in_volumes '[ -s "$1/_data/PG_VERSION" ]' "$1"
}

# Whether there is nothing in a volume that could be lost: data that lacks a part is not nothing. Usage: is_empty VOLUME
is_empty() {
  # shellcheck disable=SC2016 # expanded inside the helper
  ! docker volume inspect "$1" >/dev/null 2>&1 ||
    in_volumes '[ -z "$(find "$1/_data" -mindepth 1 -maxdepth 1 ! -name begin 2>/dev/null)" ]' "$1"
}

# Puts what is in INCOMING in the place of LIVE and that into OUTGOING, whose own is lost; with `none`, the live place is
# empty. Usage: exchange LIVE INCOMING OUTGOING|none
exchange() {
  [ "$3" = none ] || make_volume "$3"
  # shellcheck disable=SC2016 # expanded inside the helper
  in_volumes '
    [ -d "$2/_data" ]
    if [ "$3" = none ]; then
      rm -f "$1/_data/begin"
      [ ! -e "$1/_data" ] || rmdir "$1/_data"
    else
      rm -rf "$3/_data"
      mv "$1/_data" "$3/_data"
      sync "$3"
    fi
    mv "$2/_data" "$1/_data"
    sync "$1" "$2"
  ' "$@"
}

# Puts back what `exchange` did with the same volumes, wherever it, or this, was cut off.
# Usage: exchange_back LIVE INCOMING OUTGOING|none
exchange_back() {
  # shellcheck disable=SC2016 # expanded inside the helper
  in_volumes '
    if [ ! -e "$1/_data" ]; then
      if [ "$3" = none ]; then mv "$2/_data" "$1/_data"; else mv "$3/_data" "$1/_data"; fi
    elif [ ! -e "$2/_data" ] && [ "$3" != none ]; then
      mv "$1/_data" "$2/_data"
      sync "$2"
      mv "$3/_data" "$1/_data"
    fi
    sync "$1"
  ' "$@"
}

# Usage: remove_volume VOLUME
remove_volume() { ! docker volume inspect "$1" >/dev/null 2>&1 || docker volume rm --force "$1" >/dev/null; }
