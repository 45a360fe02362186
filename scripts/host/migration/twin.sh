# shellcheck shell=bash disable=SC2154
# Part of the scripts that copy a database: containers like those that serve, on a network of their own without a way out.

# Makes and starts one with the same image, user, variables, command, limits and files from the host as CONTAINER, which
# answers to ALIAS. Its volumes are in memory, empty.
# Usage: start_twin CONTAINER NAME ALIAS [WORD OF THE COMMAND ...]
start_twin() {
  local container=$1 name=$2 alias=$3 kind value
  local image='' user='' memory=0 shared=0 entry=() words=() flags=()
  shift 3
  while read -r kind value; do
    value=$(from_hex "$value" && echo .) && value=${value%.}
    case $kind in
      image) image=$value ;;
      user) user=$value ;;
      memory) memory=$value ;;
      shared) shared=$value ;;
      entry) entry+=("$value") ;;
      word) words+=("$value") ;;
      volume) flags+=(--tmpfs "$value:$(owned_by "$user")") ;;
      --*) flags+=("$kind" "$value") ;;
    esac
  done < <(describe_container "$container")
  docker run --detach --name "$name" --label "slipway.stack=$STACK" --label "slipway.role=$purpose" \
    --network "$rehearsal" --network-alias "$alias" --user "$user" --init --read-only --no-healthcheck \
    --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 512 --log-opt max-size=10m --log-opt max-file=1 \
    --memory "$memory" --memory-swap "$memory" --shm-size "$shared" \
    "${yielding[@]}" "${flags[@]}" \
    --entrypoint "${entry[0]:-}" "$image" "${entry[@]:1}" "${words[@]}" "$@" >/dev/null
}

# A line each, "KIND VALUE", values in hexadecimal digits: they may have lines of their own. The user comes first.
describe_container() {
  docker inspect --format '{{printf "user %x\nimage %x\n" .Config.User .Image -}}
    {{range .Config.Env}}{{printf "--env %x\n" .}}{{end -}}
    {{range .Config.Entrypoint}}{{printf "entry %x\n" .}}{{end -}}
    {{range .Config.Cmd}}{{printf "word %x\n" .}}{{end -}}
    {{range .Mounts}}{{if eq .Type "bind"}}{{printf "--volume %x\n" (print .Source ":" .Destination ":ro")}}{{else if eq .Type "volume"}}{{printf "volume %x\n" .Destination}}{{end}}{{end -}}
    {{range $path, $options := .HostConfig.Tmpfs}}{{printf "--tmpfs %x\n" (print $path ":" $options)}}{{end -}}
    {{printf "memory %x\nshared %x\n" (print .HostConfig.Memory) (print .HostConfig.ShmSize)}}' "$1"
}

from_hex() {
  local at escaped=
  for ((at = 0; at < ${#1}; at += 2)); do escaped+="\\x${1:at:2}"; done
  printf '%b' "$escaped"
}

# The stack's own Redis again, empty, if it has one.
start_redis_twin() {
  ! docker inspect "slipway-$STACK-redis" >/dev/null 2>&1 ||
    start_twin "slipway-$STACK-redis" "$rehearsal.redis" redis --appendonly no --save ''
}

# Options of a volume in memory that belongs to a numeric `user:group`.
owned_by() {
  local options=rw,nosuid,nodev,size=64m
  [[ ! $1 =~ ^[0-9]+:[0-9]+$ ]] || options+=,mode=0750,uid=${1%:*},gid=${1#*:}
  printf %s "$options"
}
