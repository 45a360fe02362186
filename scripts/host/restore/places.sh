# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that restore: the volumes that data lies in, live, restored beside it, and kept from before. Data
# goes from one to the other by renaming: at each moment it is whole.

data=slipway-${STACK:?}-postgres
# With a dot, so that it is the name of nothing that the application has.
beside=slipway-$STACK.side
kept=slipway-$STACK.kept

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

# Usage: kilobytes_of VOLUME
kilobytes_of() {
  # shellcheck disable=SC2016 # expanded inside the helper
  in_volumes 'if [ -d "$1/_data" ]; then du -sk "$1/_data" | cut -f 1; else echo 0; fi' "$1"
}

# Puts the data of INCOMING in the live one's place and that into OUTGOING, whose own is lost; with `none`, the live
# place is empty. Usage: exchange INCOMING OUTGOING|none
exchange() {
  [ "$2" = none ] || make_volume "$2"
  # shellcheck disable=SC2016 # expanded inside the helper
  in_volumes '
    [ -s "$1/_data/PG_VERSION" ]
    if [ "$2" = none ]; then
      rm -f "$3/_data/begin"
      [ ! -e "$3/_data" ] || rmdir "$3/_data"
    else
      rm -rf "$2/_data"
      mv "$3/_data" "$2/_data"
      sync "$2"
    fi
    mv "$1/_data" "$3/_data"
    sync "$3" "$1"
  ' "$1" "$2" "$data"
}

# Puts back what `exchange` did with the same volumes, wherever it, or this, was cut off.
# Usage: exchange_back INCOMING OUTGOING|none
exchange_back() {
  # shellcheck disable=SC2016 # expanded inside the helper
  in_volumes '
    if [ ! -e "$3/_data" ]; then
      if [ "$2" = none ]; then mv "$1/_data" "$3/_data"; else mv "$2/_data" "$3/_data"; fi
    elif [ ! -e "$1/_data" ] && [ "$2" != none ]; then
      mv "$3/_data" "$1/_data"
      sync "$1"
      mv "$2/_data" "$3/_data"
    fi
    sync "$3"
  ' "$1" "$2" "$data"
}

# Usage: remove_volume VOLUME
remove_volume() { ! docker volume inspect "$1" >/dev/null 2>&1 || docker volume rm --force "$1" >/dev/null; }
