# shellcheck shell=bash
# Part of the scripts that copy a database with its values masked.

# Usage: require_docker_space BYTES WHAT
require_docker_space() {
  local place available needed=$((($1 >> 10) + 327680))
  place=$(docker info --format '{{.DockerRootDir}}')
  available=$(df -k --output=avail "$place" | tail -n 1)
  [ "$available" -ge "$needed" ] ||
    fail "$2 needs $(shown $((needed << 10))) on the file system of $place, and $(shown $((available << 10))) are free; make room there and type it again"
}
