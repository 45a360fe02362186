# shellcheck shell=bash disable=SC2154
# Part of ../audit.sh: what lies on the host.

# In a container, since files belong to those who read them. Not what grows while the application works. What a kill left
# of a file that was on its way is old by now.
list_files() {
  local directories
  echo "group $(stat --format %g "${DOCKER_HOST#unix://}" 2>/dev/null || id --group)"
  mapfile -t directories <<<"${DIRECTORIES?}"
  # shellcheck disable=SC2016 # expanded inside the container
  docker run --rm --network none --log-driver none --user 0:0 --read-only --cap-drop ALL --cap-add DAC_READ_SEARCH \
    --security-opt no-new-privileges:true --pids-limit 16 --memory 64m --memory-swap 64m --cpu-shares 512 \
    --mount "type=bind,source=$ROOT,target=/slipway,readonly" --entrypoint /bin/sh "$(helper_image)" -c '
    cd /slipway
    find . -maxdepth 3 -name ".new.*" -mmin +10 -prune | sed "s/^/stale /"
    for directory; do
      [ -e "$directory" ] || continue
      list() {
        find "$directory" ! -path "$directory/beat/*" \
          ! -path "$directory/maintenance/*" ! -path "$directory/acme/*" ! -name ".new.*" "$@"
      }
      list -exec stat -c "entry %a %u:%g %n|%F" {} +
      list -type f ! -path "$directory/journal/*" -exec sha256sum {} + | sed "s/^/sum /"
    done
    echo listed
  ' list-files "${directories[@]}"
}

# Each with whether it is as it was sealed, and whether there is an environment that it can be of.
show_edge_files() {
  local file name whole known
  for file in "$ROOT/${EDGE_FILE%/*}"/* "$ROOT/${EDGE_FILE%/*}"/.[!.]*; do
    [ -e "$file" ] || continue
    name=${file##*/} whole=broken known=foreign
    ! is_whole "$file" || whole=whole
    case $name in
      tls.yml) known=known ;;
      *.yml)
        name=${name%.yml} name=${name%-maintenance} name=${name%-probe}
        [ ! -d "$ROOT/$name/journal" ] || known=known
        ;;
    esac
    printf 'edge-file %s %s %s\n' "${file##*/}" "$whole" "$known"
  done
}

# Whether the edge reads of this environment what its last switch wrote.
show_routes() {
  [ -n "${EDGE_CONTENT?}" ] || return 0
  if [ ! -e "$ROOT/$EDGE_FILE" ]; then
    echo 'routes missing'
  elif [ "$(unseal <"$ROOT/$EDGE_FILE")" = "$(routes whole)" ]; then
    echo 'routes same'
  else
    echo 'routes other'
  fi
}
