# shellcheck shell=bash disable=SC2034
# Part of ../attach-edge.sh: lets those who connect to ports of this host wait. Their system asks again after a second, and
# after two more.

# Of who is let through.
past_hold=(--local-port 61000-61063)

# Until release_ports or the end of this script, whichever way it ends, and for twenty seconds at most. Needs nftables on the
# host; without, those who connect meanwhile are refused. Usage: hold_ports PORT ...
hold_ports() {
  local ports rules
  ports=$(printf '%s timeout 20s, ' "$@")
  rules="
table inet slipway_hold
delete table inet slipway_hold
table inet slipway_hold {
  set held { type inet_service; flags timeout; elements = { ${ports%, } }; }
  chain from_outside { type filter hook prerouting priority -310; fib daddr type local tcp dport @held tcp sport != ${past_hold[1]} tcp flags & (syn | ack) == syn drop; }
  chain from_here { type filter hook output priority -310; fib daddr type local tcp dport @held tcp sport != ${past_hold[1]} tcp flags & (syn | ack) == syn drop; }
}"
  local mounts=(--cap-add NET_ADMIN --cap-add SYS_CHROOT --volume /:/host:ro)
  # shellcheck disable=SC2016 # expanded inside the helper
  { coproc HOLD { helper '
    printf "%s\n" "$1" | chroot /host /usr/sbin/nft -f - || exit
    echo held
    read -r _ || true
    chroot /host /usr/sbin/nft delete table inet slipway_hold' hold-ports "$rules" 2>/dev/null; }; } 2>/dev/null
  exec {hold_input}>&"${HOLD[1]}"
  read -r -t 20 -u "${HOLD[0]}" || true
}

release_ports() {
  # It may have ended, where the host has no nftables.
  trap '' PIPE
  [ -z "${hold_input:-}" ] || { echo >&"$hold_input"; } 2>/dev/null || true
}
