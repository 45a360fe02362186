# shellcheck shell=bash disable=SC2154
# Part of ../release-files.sh and ../audit.sh: images that this environment ran, and that neither the release which serves
# nor the one before it is made of. What anybody else may want stays: an image that a container uses, that goes by a name
# which is not this environment's, or that another environment of this host would go back to.

# What cannot be removed is no failure of a deploy.
prune_images() {
  local id names name gone=()
  while read -r id names; do
    for name in ${names:-"$id"}; do
      ! docker image rm "$name" >/dev/null 2>&1 || gone+=("$name")
    done
  done < <(unneeded_images)
  [ "${#gone[@]}" = 0 ] || note images-removed images "${gone[*]}"
}

# A line for each, "ID NAME ..."; one that was brought by its id may have no name.
unneeded_images() {
  local log kept id names
  [ -s "$ROOT/$STACK/live/release" ] && [ -r "$journal/log" ] || return 0
  kept=$(
    echo "$HELPER_IMAGE"
    for log in "$ROOT"/*/journal/log; do names_kept "$log" || exit 1; done
  ) || return 0
  # shellcheck disable=SC2016 # expanded by awk
  local choose='
    function look(name) { if (name in keep) stays[$1]; if (name in run) ran[$1] }
    function own(name) { names[$1] = names[$1] " " name }
    BEGIN {
      split(kept, list, "\n"); for (i in list) keep[list[i]]
      split(all, list, "\n"); for (i in list) run[list[i]]
    }
    {
      tag = $2 ":" $3; pull = $2 "@" $4
      look($1); look(tag); look(pull)
      if ($2 == "slipway-copied") { own(tag); copied[$1]; next }
      if ($3 != "<none>") stays[$1]
      if (pull in run) { own(pull); pulled[$1] } else if ($4 != "<none>") stays[$1]
    }
    # Where a copy goes by the name of a registry as well, somebody pulled it to that engine.
    END { for (id in ran) if (!(id in stays) && !(id in copied && id in pulled)) print id names[id] }'
  docker image ls --no-trunc --digests --format '{{.ID}} {{.Repository}} {{.Tag}} {{.Digest}}' |
    awk -v kept="$kept" -v all="$(images_of "$journal/log" '[^"]*' | names_on_host)" "$choose" |
    while read -r id names; do
      [ -n "$(docker ps --all --quiet --filter "ancestor=$id")" ] || printf '%s\n' "$id${names:+ $names}"
    done
}

# What the release that serves in the environment of a journal is made of, the one that served before it, and, in another
# environment, the one that may just be coming to serve.
names_kept() {
  local live release
  [ -r "$1" ] || return 1
  live=$(cat "${1%/journal/log}/live/release" 2>/dev/null || true)
  for release in "$live" "$(releases_of "$1" live | grep -Fxv "$live" | tail -n 1)" \
    "$([ "$1" = "$journal/log" ] || releases_of "$1" begun | tail -n 1)"; do
    [ -z "$release" ] || images_of "$1" "$release" | names_on_host
  done
}

# With the tag that `name@sha256:…` has where it was copied to.
names_on_host() {
  sed 's/^.*@sha256:\(.*\)$/&\nslipway-copied:\1/'
}
