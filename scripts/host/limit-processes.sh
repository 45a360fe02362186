# shellcheck shell=bash
# Limits how many processes containers may have. LIMITS: a line each, "CONTAINER MAX_PROCESSES".

apply() {
  local container most
  while read -r container most; do
    docker update --pids-limit "$most" "$container" >/dev/null
  done <<<"${LIMITS:?}"
}
