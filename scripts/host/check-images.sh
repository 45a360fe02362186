# shellcheck shell=bash
# Refuses images that the stack's containers could not run by. IMAGES: a line each, "NAME_ON_HOST REFERENCE [PROGRAM ...]":
# the programs that it has to have are paths, or names of what is found by its PATH.

# shellcheck source=/dev/null
. deploy/journal.sh

apply() {
  local host server check words about abouts checks=() status=0
  exec {server}< <(docker version --format '{{.Server.Os}}/{{.Server.Arch}}')
  mapfile -t words < <(cut -d ' ' -f 1 <<<"${IMAGES:?}")
  abouts=$(docker image inspect --format '{{.Os}}/{{.Architecture}} {{json .Config.Env}}' "${words[@]}" 2>/dev/null) ||
    fail "$(no_image)"
  read -r -u "$server" host
  while read -ra words && read -r -u 4 about; do
    check "${#checks[@]}" "$about" "${words[@]}" &
    checks+=("$!")
  done 4<<<"$abouts" <<<"$IMAGES"
  for check in "${checks[@]}"; do wait "$check" || status=1; done
  return "$status"
}

# Usage: check NUMBER ABOUT NAME_ON_HOST REFERENCE [PROGRAM ...]
check() {
  local number=$1 platform=${2%% *} name=$3 reference=$4
  [ "$platform" = "$host" ] ||
    fail "the image $reference is made for $platform, and the host is $host; build it for that: docker build --platform $host"
  [ $# = 4 ] || require_programs "$number" "$name" "$reference" "$(sed -n 's/.*"PATH=\([^"]*\)".*/\1/p' <<<"$2")" "${@:5}"
}

# Looks into a container that is made and never started. One call asks for all of it: the engine's client takes its time
# for each. Usage: require_programs NUMBER NAME_ON_HOST REFERENCE PATH PROGRAM ...
require_programs() {
  local container=slipway-${STACK:?}-check-$1 name=$2 reference=$3 places place program found calls=()
  IFS=: read -ra places <<<"${4:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
  shift 4
  call DELETE "/containers/$container?force=true"
  call POST "/containers/create?name=$container" --header 'Content-Type: application/json' --data \
    "{\"Image\": \"$name\", \"Cmd\": [\"none\"], \"HostConfig\": {\"NetworkMode\": \"none\"}, \"Labels\": {\"slipway.stack\": \"$STACK\", \"slipway.role\": \"check\"}}"
  for program in "$@"; do
    for place in "${places[@]}"; do
      [[ $program == /* ]] && place=
      call HEAD "/containers/$container/archive?path=$place/${program#/}" --head
      [ -n "$place" ] || break
    done
  done
  call DELETE "/containers/$container?force=true"
  found=$(curl "${calls[@]:1}") || true
  grep -q '^POST 201 ' <<<"$found" || fail "no container could be made of the image $reference; try it on the host: docker create $name"
  for program in "$@"; do
    grep -q "^HEAD 200 .*/${program##*/}\$" <<<"$found" || fail "$(no_program "$reference" "$program")"
  done
}

# Adds a call to `calls`. Usage: call METHOD PATH [CURL_ARGUMENT ...]
call() {
  calls+=(--next --silent --unix-socket "${DOCKER_HOST#unix://}" --output /dev/null)
  calls+=(--request "$1" --write-out "$1 %{http_code} $2\n" "${@:3}" "http://docker$2")
}

no_image() {
  local name reference
  while read -r name reference _; do
    ! docker image inspect "$name" >/dev/null 2>&1 || continue
    case $reference in
      *@*) printf 'the host has no image %s any more; bring it there again with docker pull or docker load' "$reference" ;;
      *) printf 'the host has no image %s, and an id cannot be pulled; let the deploy copy it there: npm run pulumi -- --stack %s config set slipway:transport copy' "$reference" "${STACK:?}" ;;
    esac
    return
  done <<<"$IMAGES"
}

# Usage: no_program REFERENCE PROGRAM
no_program() {
  case $2 in
    flock) printf 'the image %s has no flock in its PATH, which lets one beat run and no more; install it there, for example with: apt-get install util-linux' "$1" ;;
    *) printf 'the image %s has no %s, which starts and probes its containers; build it on an image that has a shell' "$1" "$2" ;;
  esac
}
