# shellcheck shell=bash
# Stands before every host script. Variables that every script has: DOCKER_HOST, ROOT, HELPER_IMAGE.
set -euo pipefail

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Runs a shell script as root in a throw-away container that sees Slipway's directory as /slipway. It may write new
# files in "$new", which is on the same file system and goes afterwards, and rename them into place. `mounts` are
# further arguments of docker run. A network of its own would take half as long again as the rest, for nothing.
# Usage: helper SCRIPT [ARGUMENT ...] < input
mounts=()
helper() {
  local script=$1 image
  image=$(helper_image)
  shift
  # shellcheck disable=SC2016 # expanded inside the helper
  docker run --rm --interactive --label "slipway.helper=${STACK:-}" --network host --log-driver none \
    --user 0:0 --read-only --tmpfs /tmp:size=64m --cap-drop ALL \
    --cap-add CHOWN --cap-add DAC_OVERRIDE --cap-add FOWNER --cap-add FSETID --security-opt no-new-privileges:true \
    --pids-limit 64 --memory 256m --memory-swap 256m --cpu-shares 512 --volume "$ROOT:/slipway" "${mounts[@]}" \
    --entrypoint /bin/sh "$image" -euc 'new=$(mktemp -d /slipway/.new.XXXXXX); trap "rm -rf $new" EXIT; '"$script" "$@"
}

# No container keeps the helper's image from being pruned, and a script of an earlier deploy may name one of an earlier
# time. Any image of Slipway's containers has a shell and its tools as well. (A bare `return` in a trap returns the
# status that the trap began with.)
helper_image() {
  local image
  if can_run "$HELPER_IMAGE"; then
    printf '%s' "$HELPER_IMAGE"
    return 0
  fi
  for image in $(docker ps --all --filter label=slipway.role --format '{{.Image}}' | sort -u); do
    if can_run "$image"; then
      printf '%s' "$image"
      return 0
    fi
  done
  fail "the host has no image $HELPER_IMAGE any more; bring it there again with docker pull or docker load"
}

# Whether an image is on the host, or can be pulled.
can_run() {
  [[ $1 == *@* ]] || docker image inspect "$1" >/dev/null 2>&1
}

# The release that serves in the environment STACK; nothing before the first one.
live_release() {
  cat "$ROOT/${STACK:?}/live/release" 2>/dev/null || true
}

# Ids of an environment's containers of a role, running or not. Usage: containers_of STACK ROLE [RELEASE]
containers_of() {
  docker ps --all --quiet --no-trunc --filter "label=slipway.stack=$1" --filter "label=slipway.role=$2" \
    ${3:+--filter "label=slipway.release=$3"}
}

# Removes the containers that all of some filters of `docker ps` find. One that just ended may be going by itself, which
# is no failure. Usage: remove_containers FILTER ...
remove_containers() {
  wait_for 10 try_to_remove "$@" 2>/dev/null || try_to_remove "$@"
}

try_to_remove() {
  local ids
  mapfile -t ids < <(docker ps --all --quiet "${@/#/--filter=}")
  [ "${#ids[@]}" = 0 ] || docker rm --force --volumes "${ids[@]}" >/dev/null
}

# Stops what runs of a release in STACK, role after role. Usage: stop_containers RELEASE ROLE ...
stop_containers() {
  local release=$1 role ids
  shift
  for role; do
    mapfile -t ids < <(containers_of "${STACK:?}" "$role" "$release")
    [ "${#ids[@]}" = 0 ] || docker stop "${ids[@]}" >/dev/null
  done
}

# Names of the networks that a container is on. Usage: networks_of CONTAINER
networks_of() {
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$1"
}

# Makes a network of the stack STACK. One that is there already is its own: its state was lost, or a deploy was killed.
# Usage: make_network NAME INTERNAL [FLAG ...]
make_network() {
  local present
  if present=$(docker network inspect --format '{{index .Labels "slipway.stack"}} {{.Internal}}' "$1" 2>/dev/null); then
    [ "$present" = "${STACK:?} $2" ] ||
      fail "the host has another network that is called $1; see 'docker network inspect $1', and remove it: docker network rm $1"
  else
    docker network create --label "slipway.stack=${STACK:?}" --internal="$2" "${@:3}" "$1" >/dev/null
  fi
}

# Usage: remove_network NAME
remove_network() { ! docker network inspect "$1" >/dev/null 2>&1 || docker network rm "$1" >/dev/null; }

# Puts the container of EDGE on the networks that it is not on yet. Usage: join_edge NETWORK ...
join_edge() {
  local present network
  present=$(networks_of "${EDGE:?}" 2>/dev/null) ||
    fail "the edge $EDGE does not run on this host; deploy the stack that owns it first, or set edge.mode to own"
  for network in "$@"; do
    grep -Fxq "$network" <<<"$present" || docker network connect "$network" "$EDGE"
  done
}

# Names of the stacks that an edge has routes of, a line each. Usage: stacks_behind EDGE_DIRECTORY
stacks_behind() {
  local routes
  for routes in "$ROOT/$1"/dynamic/*.yml; do
    routes=$(basename "$routes" .yml)
    case $routes in '*' | tls | *-maintenance | *-probe) ;; *) printf '%s\n' "$routes" ;; esac
  done
}

# Refuses to take away an edge that other environments are reached by. Usage: require_unshared EDGE_DIRECTORY
require_unshared() {
  local others
  others=$(stacks_behind "$1" | { grep -Fxv "${STACK:?}" || true; } | paste -sd ' ')
  [ -z "$others" ] ||
    fail "the edge ${1#edges/} is also that of $others, which nobody would reach any more; destroy what shares it first, or set its edge to another one and deploy it"
}

# Renames a text into its place, PATH below ROOT, when it is on the disk: nobody sees half of it. It is written in the
# directory above, since that of the edge is watched. What the edge reads gets its seal, as edge/whole.sh says.
# Usage: put PATH < text
put() {
  local path=$ROOT/$1 directory=$ROOT/${1%/*} new form=cat
  [[ $1 != edges/*/dynamic/* ]] || form=seal
  if [ -w "$directory" ] && new=$(mktemp "${directory%/*}/.new.XXXXXX" 2>/dev/null || mktemp "$directory/.new.XXXXXX" 2>/dev/null); then
    { "$form" >"$new" && chmod 0644 "$new" && sync "$new" && mv -f "$new" "$path" && sync "$directory"; } || {
      rm -f "$new"
      require_room
      return 1
    }
  else
    # shellcheck disable=SC2016 # expanded inside the helper
    "$form" | helper 'cat >"$new/text"; sync "$new/text"; mv -f "$new/text" "/slipway/$1"; sync "/slipway/${1%/*}"' put "$1"
  fi
}

# Usage: unseal < text
unseal() { sed '/^# whole /d'; }

# Usage: seal < text
seal() {
  local text sum
  text=$(unseal)
  sum=$(sha256sum <<<"$text")
  printf '%s\n# whole %s\n' "$text" "${sum%% *}"
}

# Says of a failure that the disk is full, if it is. In blocks, as a file takes them.
require_room() {
  [ "$(stat --file-system --format %a "$ROOT")" -gt 16 ] ||
    fail "the disk of the host is full under $ROOT; remove what is not needed, for example with: docker image prune"
}

# Usage: take_away PATH ...
take_away() {
  local path
  for path in "$@"; do
    [ -e "$ROOT/$path" ] || continue
    if [ -w "$ROOT/${path%/*}" ]; then
      rm -f "$ROOT/$path"
      sync "$ROOT/${path%/*}"
    else
      # shellcheck disable=SC2016 # expanded inside the helper
      helper 'rm -f "/slipway/$1"; sync "/slipway/${1%/*}"' take-away "$path"
    fi
  done
}

# Runs a command twenty times a second until it succeeds. Usage: wait_for SECONDS COMMAND [ARGUMENT ...]
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# Asks the public route. Usage: ask HOST PATH CURL_ARGUMENT ...
ask() {
  local host=$1 path=$2
  shift 2
  curl --silent --insecure --max-time 10 --resolve "$host:${EDGE_PORT:?}:${EDGE_ADDRESS:?}" "$@" \
    "https://$host:$EDGE_PORT$path"
}

# Strikes an environment's secrets out of what comes by standard input: whatever stands in its secret files, and the
# passwords in them by themselves. Usage: redact STACK < log
redact() {
  # shellcheck disable=SC2016 # expanded by awk
  local strike='
    function note(value) { if (length(value) >= 6) known[value] = 1 }
    FNR == NR {
      note($0)
      for (i = 1; i <= NF; i++) if ($i ~ /^>/) note(substr($i, 2))
      if (match($0, /:\/\/[^:]*:[^@]*@/)) {
        password = substr($0, RSTART, RLENGTH - 1)
        sub(/^:\/\/[^:]*:/, "", password)
        note(password)
      }
      next
    }
    {
      for (value in known)
        while (at = index($0, value)) $0 = substr($0, 1, at - 1) "***" substr($0, at + length(value))
      print
    }'
  # shellcheck disable=SC2016 # expanded inside the helper
  helper '
    find "/slipway/$1" -type f \( -path "*/secrets/*" -o -path "*/postgres/*" -o -path "*/redis/*" \) \
      -exec cat {} \; -exec echo \; >/tmp/known
    awk "$2" /tmp/known -
  ' redact "$1" "$strike"
}

# What a container said last, without the secrets of STACK. Usage: last_lines CONTAINER
last_lines() {
  docker logs --tail 15 "$1" 2>&1 | redact "${STACK:?}" >&2
}
