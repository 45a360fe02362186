# shellcheck shell=bash disable=SC2034,SC2154
# Part of the scripts that copy data: whether there is room for it.

# Refuses a copy for which Docker's disk lacks the room; what VOLUME has by now is written over.
# Usage: require_docker_space BYTES WHAT [VOLUME]
require_docker_space() {
  # A server has its write-ahead log beside its data.
  local place available needed=$((($1 >> 10) + 327680))
  place=$(docker info --format '{{.DockerRootDir}}')
  available=$(df -k --output=avail "$place" | tail -n 1)
  [ "$available" -lt "$needed" ] || return 0
  [ -z "${3:-}" ] || available=$((available + $(kilobytes_in "$3")))
  [ "$available" -ge "$needed" ] ||
    fail "$2 needs $(shown $((needed << 10))) on the file system of $place, and $(shown $((available << 10))) are free; make room there and type it again${untouched:+; $untouched}"
}

# Usage: kilobytes_in VOLUME
kilobytes_in() {
  local mounts=(--volume "$1:/volume:ro")
  if docker volume inspect "$1" >/dev/null 2>&1; then helper 'du -sk /volume | cut -f 1'; else echo 0; fi
}

# Bytes in the unit that fits. Usage: shown BYTES
shown() {
  if [ "$1" -lt 1048576 ]; then
    echo "$((($1 + 1023) / 1024)) kB"
  else
    echo "$((($1 + 524288) / 1048576)) MB"
  fi
}
