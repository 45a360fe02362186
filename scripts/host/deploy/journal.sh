# shellcheck shell=bash
# Part of the scripts of a deploy: the journal of STACK, a line of JSON for each event. Its directory belongs to those
# who may drive the engine, so that writing there takes no container. `deploy` in it names the deploy that is at work.

journal=$ROOT/${STACK?}/journal
# A script may outlive the deploy that started it: it goes on under that one's name.
deploy=$(cat "$journal/deploy" 2>/dev/null || true)

# Usage: note EVENT [NAME VALUE ...]
note() {
  local line
  [ -w "$journal/log" ] || return 0
  line="{\"time\":\"$(date --utc +%FT%T.%3NZ)\",\"deploy\":\"${deploy%% *}\",\"event\":\"$1\""
  shift
  while [ $# -gt 0 ]; do
    line+=",\"$1\":$(json_text "$2")"
    shift 2
  done
  # On a disk that is full the rest has to go on.
  printf '%s}\n' "$line" 2>/dev/null >>"$journal/log" || true
}

json_text() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  printf '"%s"' "${text//[[:cntrl:]]/ }"
}

# The reason of a failure stands in the journal as well.
fail() {
  note failed release "${RELEASE:-}" reason "$1"
  printf '%s\n' "$1" >&2
  exit 1
}

# Whether a script of this deploy has said why it failed.
has_failed() {
  grep -qs "\"deploy\":\"${deploy%% *}\",\"event\":\"failed\"" "$journal/log"
}

# Usage: releases_of JOURNAL EVENT
releases_of() {
  sed -n "s/.*\"event\":\"$2\",\"release\":\"\([^\"]*\)\".*/\1/p" "$1"
}

# Images as they were configured. Usage: images_of JOURNAL RELEASE_PATTERN
images_of() {
  sed -n "s/.*\"event\":\"begun\",\"release\":\"$2\",.*\"images\":\"\([^\"]*\)\"}\$/\1/p" "$1" | tr ' ' '\n' |
    sed -n 's/^[^=]*=//p' | sort -u
}
