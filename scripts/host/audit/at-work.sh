# shellcheck shell=bash disable=SC2154
# Part of ../audit.sh: which release serves, and what is at work on it.

show_release() {
  local name id='' since='' by='' age=1000000
  echo "marker $(live_release)"
  for name in deploy switch downtime; do
    [ ! -e "$journal/$name" ] || echo "left $name"
  done
  read -r id since by 2>/dev/null <"$journal/deploy" || true
  is_idle || echo "at-work ${id:--} ${since:--} $by"
  [ ! -e "$journal/log" ] || age=$(($(date +%s) - $(stat --format %Y "$journal/log")))
  echo "quiet-for $age"
}

# Lease, switch, migration and a copy with masked values: one may outlive the other.
is_idle() {
  local each
  for each in journal live . journal/log; do
    [ ! -e "$ROOT/$STACK/$each" ] || flock --nonblock --shared "$ROOT/$STACK/$each" true || return 1
  done
}
