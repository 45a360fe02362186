# shellcheck shell=bash disable=SC2153,SC2154
# Part of ../hold-lease.sh: what has to hold before a deploy changes anything. Each check refuses with one line.

preflight() {
  [ ! -e "$journal/deploy" ] ||
    refuse "the deploy before did not end$(who_deploys): it or the host was killed; type: npm run recover -- --stack $STACK"
  [ ! -e "$journal/downtime" ] || [ "$RELEASE" != "$(live_release)" ] ||
    refuse "a page for maintenance stands since the migration for release $(cat "$journal/downtime"), and this deploy is for the release before; type: npm run recover -- --stack $STACK"
  require_record
  require_clock
  check_names
  require_disk
  require_promoted
  require_edge
  stop_strangers
  require_memory
}

# An image that the configuration leaves out is what the state has RECORDED. After a kill that may be what ran before the
# release that serves: nobody asked for a way back to it. RECORDED and IMAGES: "KEY=REFERENCE KEY=REFERENCE".
require_record() {
  local live pair serves
  live=$(live_release)
  for pair in ${RECORDED?}; do
    serves=$(sed -n "s/^image ${pair%%=*} //p" "$ROOT/$STACK/releases/$live/description" 2>/dev/null) || continue
    [ "$serves" = "${pair#*=}" ] || [[ " $IMAGES " != *" $pair "* ]] ||
      refuse "release $live serves with ${serves:-none} as ${pair%%=*}, which a deploy brought that was killed before the state had it, and this one is for what ran before; type: npm run recover -- --stack $STACK"
  done
}

# Where the images lie, and the files.
require_disk() {
  local place free
  for place in "$(docker info --format '{{.DockerRootDir}}')" "$ROOT"; do
    while [ ! -e "$place" ]; do place=$(dirname "$place"); done
    free=$(($(stat --file-system --format '%a * %S' "$place") / 1048576))
    [ "$free" -ge "${SPARE_DISK:?}" ] ||
      refuse "the disk of the host has $free MB free under $place, and deploy.spareDiskMegabytes is $SPARE_DISK; remove what is not needed, for example with: docker image prune"
  done
}

# What is signed, and logins that end, are worth nothing by a wrong clock. The deployer's was NOW when it asked.
require_clock() {
  local off=$((${EPOCHREALTIME%[.,]*} - ${NOW:?}))
  [ "${off#-}" -le 120 ] ||
    refuse "the clock of the host differs by ${off#-} seconds from that of this machine; set right the one that is wrong: timedatectl set-ntp true"
}

# The authority asks for a host name by what it leads to, which this host may see otherwise. NEEDS_NAMES: a line each.
check_names() {
  local name
  while read -r name; do
    [ -z "$name" ] || getent ahosts "$name" >/dev/null ||
      echo "$name leads nowhere, as this host sees it: the edge gets a certificate for it only when its name server points it here"
  done <<<"${NEEDS_NAMES?}"
}

# Images that have not soaked in another environment, unless they served in this one before. UNPROVEN: a line each,
# "REFERENCE WHY".
require_promoted() {
  local image why reasons=''
  while read -r image why; do
    [ -z "$image" ] || served_here "$image" || reasons+="; $why"
  done <<<"${UNPROVEN?}"
  [ -z "$reasons" ] ||
    refuse "only images that ran healthy for $SOAK_HOURS hours elsewhere may run in $STACK, and ${reasons#; }; deploy them there first and wait, or say otherwise for this time: npm run pulumi -- --stack $STACK config rm slipway:promotion"
}

served_here() {
  local release served
  [ -r "$journal/log" ] || return 1
  served=$(for release in $(releases_of "$journal/log" live | sort -u); do images_of "$journal/log" "$release"; done)
  grep -Fxq "$1" <<<"$served"
}

# One that is not there is made by this deploy, or its absence is said by name later on.
require_edge() {
  [ "$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' "${EDGE:?}" 2>/dev/null)" != 'running unhealthy' ] ||
    refuse "the edge $EDGE runs and does not answer; see what it says: npm run logs -- edge --stack $STACK"
}

# The release to come is taken to need what the one that serves uses now.
require_memory() {
  local live used available
  live=$(live_release)
  [ -n "$live" ] || return 0
  used=$(memory_of "$live")
  available=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo) / 1024))
  [ "$available" -ge $((used + ${SPARE_MEMORY:?})) ] ||
    refuse "the host has $available MB of memory free, and a second release beside the first needs about $used MB and deploy.spareMemoryMegabytes of $SPARE_MEMORY MB; end what is not needed, or take a larger host"
}

# Megabytes that the containers of a release use, without files that are only cached, as the kernel counts them: the
# engine needs a second for each. Usage: memory_of RELEASE
memory_of() {
  local ids pid files=(/dev/null)
  mapfile -t ids < <(docker ps --quiet --filter "label=slipway.stack=$STACK" --filter "label=slipway.release=$1")
  [ "${#ids[@]}" = 0 ] || for pid in $(docker inspect --format '{{.State.Pid}}' "${ids[@]}"); do
    mapfile -t -O "${#files[@]}" files < <(memory_files "$pid")
  done
  cat "${files[@]}" | awk 'NF == 1 { sum += $1 } $1 == "inactive_file" { sum -= $2 } END { print int(sum / 1048576) }'
}

# Of the control group of a process, by the first version of control groups or the second.
memory_files() {
  local group file
  group=$(sed -n 's/^[0-9]*:memory:\(.\)/\/memory\1/p; s/^0::\(.\)/\1/p' "/proc/$1/cgroup" 2>/dev/null) || return 0
  for file in $group; do
    [ ! -r "/sys/fs/cgroup$file/memory.stat" ] || ls "/sys/fs/cgroup$file"/memory.{stat,usage_in_bytes,current} 2>/dev/null
  done
}

# What is left of other deploys neither serves nor is to serve: it stops, so that memory holds two releases and no more.
stop_strangers() {
  local role
  for role in beat service worker; do stop_others "$role" "$(live_release)"; done
}
