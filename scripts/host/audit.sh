# shellcheck shell=bash disable=SC2154
# Looks at all that an environment has on its host, and changes nothing: prints a line for each thing, what kind of thing
# it is first. Whether it should be so is for who asked. DIRECTORIES below ROOT, NETWORKS, IMAGES and HOSTS: a line each.
# WATCHDOG is empty for a host that nobody prepared.

# shellcheck source=/dev/null
. deploy/journal.sh
# shellcheck source=/dev/null
. deploy/prune-images.sh
# shellcheck source=/dev/null
. edge/whole.sh
# shellcheck source=/dev/null
. switch/routes.sh
# shellcheck source=/dev/null
. environment/volumes.sh
# shellcheck source=/dev/null
. prepare/steps.sh
# shellcheck source=/dev/null
. prepare/upkeep.sh
# shellcheck source=/dev/null
. prepare/watchdog.sh
# shellcheck source=/dev/null
. audit/docker.sh
# shellcheck source=/dev/null
. audit/files.sh
# shellcheck source=/dev/null
. audit/at-work.sh
# shellcheck source=/dev/null
. backup/timer.sh
# shellcheck source=/dev/null
. backup/cron.sh

# What fails here is no deploy.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

apply() {
  local files names
  # Both wait for somebody else most of the time.
  exec {files}< <(list_files) {names}< <(certificates)
  show_containers
  show_images
  show_networks
  volumes_of_stack | sed 's/^/volume /'
  unneeded_images | sed 's/^/unneeded /'
  show_edge_files
  show_routes
  show_preparation
  show_backups
  cat <&"$names"
  cat <&"$files"
  # Last: what began meanwhile is seen as well.
  show_release
}

# When the certificate of each host name ends. Who asks by the name of nobody is answered by the edge itself.
certificates() {
  local host
  while read -r host; do
    [ -z "$host" ] || certificate "$host" &
  done <<<"${HOSTS?}"
  wait
}

certificate() {
  local end
  end=$(ask "$1" / --header 'Host: audit.invalid' --verbose --output /dev/null 2>&1 | sed -n 's/^.* expire date: //p') || true
  printf 'certificate %s %s\n' "$1" "$end"
}

show_preparation() {
  [ -n "${WATCHDOG?}" ] && [ -d /run/systemd/system ] || return 0
  { MODE=check ensure_upkeep; MODE=check ensure_watchdog; } | sed 's/^/prepared /'
}

# What became of backups in the last weeks, and what is to run the next one.
show_backups() {
  {
    grep -E '"event":"(backup-keys|escrowed)"' "$journal/log" 2>/dev/null || true
    grep -E '"event":"(backup|backup-scheduled|backup-failed|proved","repository|proof-failed)"' "$journal/log" 2>/dev/null | tail -n 400 || true
  } | sed 's/^/backups /'
  if has_timers; then
    ! is_armed || echo 'backup-runner timer'
  elif has_cron; then
    ! is_in_cron || echo 'backup-runner cron'
  else
    echo 'backup-runner none'
  fi
}
