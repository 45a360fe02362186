# shellcheck shell=bash
# The network of an edge's own: NETWORK, with DUAL_STACK also of addresses of IPv6.

apply() { make_network "${NETWORK:?}" false ${DUAL_STACK:+--ipv6 --subnet "$(private_subnet)"}; }

# Docker before 27 chooses none by itself.
private_subnet() { printf 'fd%s:%s:%s:%s::/64' "$(random 1)" "$(random 2)" "$(random 2)" "$(random 2)"; }

random() { od --address-radix n --read-bytes "$1" --format x1 /dev/urandom | tr -d ' \n'; }

# Another name that was refused and taken back leaves the removal of the network that is in use.
remove() {
  [ -z "$(docker ps --all --quiet --filter "network=${NETWORK:?}")" ] || return 0
  remove_network "$NETWORK"
}
