# shellcheck shell=bash disable=SC2034,SC2154
# Part of the proof of a backup: other keys than those of the server, lines "NAME BASE64" of who asked in `escrowed`, which
# are in memory alone, where a container keeps them until the proof is over.

take_keys() {
  [ -n "${ESCROWED:-}" ] || return 0
  local image
  image=${side_image:-$(docker inspect --format '{{.Image}}' "$server")}
  side_keys=$rehearsal.keys
  docker volume create --label "slipway.stack=$STACK" --label "slipway.role=$purpose" --opt type=tmpfs --opt device=tmpfs \
    --opt o=size=1m,uid=999,gid=999,mode=0700 "$side_keys" >/dev/null
  docker run --detach --name "$side_keys" --label "slipway.stack=$STACK" --label "slipway.role=$purpose" --network none \
    --log-driver none --user 999:999 --read-only --cap-drop ALL --security-opt no-new-privileges:true --pids-limit 16 \
    --memory 32m --memory-swap 32m --cpu-shares 128 --init --no-healthcheck --mount "type=volume,source=$side_keys,target=/keys,volume-nocopy" \
    --entrypoint sleep "$image" 43200 >/dev/null
  # shellcheck disable=SC2016 # expanded inside the container
  printf '%s\n' "$escrowed" | docker exec --interactive "$side_keys" sh -euc \
    'umask 077; cd /keys; while read -r name content; do printf %s "$content" | base64 --decode >"$name"; done'
}
