# shellcheck shell=bash disable=SC2034,SC2154
# Makes a server with Debian or Ubuntu ready for Slipway, or with MODE=check says what is not. Runs as root, and again at
# any time: what is so already stays. LOGIN: who deploys. PUBLIC_KEYS: that login's, a line each. PORTS: what the world may
# reach beside SSH, as `80 443`. Prints a line for each thing: `ok`, `changed` or `missing`, and last the host's key.

# shellcheck source=/dev/null
. prepare/steps.sh
# shellcheck source=/dev/null
. prepare/packages.sh
# shellcheck source=/dev/null
. prepare/engine.sh
# shellcheck source=/dev/null
. prepare/login.sh
# shellcheck source=/dev/null
. prepare/sshd.sh
# shellcheck source=/dev/null
. prepare/firewall.sh
# shellcheck source=/dev/null
. prepare/ban.sh
# shellcheck source=/dev/null
. prepare/upkeep.sh
# shellcheck source=/dev/null
. prepare/watchdog.sh

apply() {
  require_system
  ensure_packages
  ensure_engine
  ensure_login
  ensure_sshd
  ensure_firewall
  ensure_ban
  ensure_upkeep
  ensure_watchdog
  ensure "timers of ${LOGIN:?} run when nobody is logged in" lingers let_linger || true
  ! has_ipv6 || echo 'the server has IPv6: an edge of its own answers to it with ipv6: true in slipway:edge'
  printf 'host key %s\n' "$(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub)"
  [ "$missing" = 0 ] || exit 3
}

require_system() {
  local ID='' ID_LIKE='' PRETTY_NAME='' VERSION_ID=''
  # shellcheck source=/dev/null
  . /etc/os-release
  [ "$(id -u)" = 0 ] || fail 'this takes root: name a user that is root, or one that sudo asks for no password'
  case $ID-${VERSION_ID%%.*} in
    debian-1[2-9] | ubuntu-2[2-9]) ;;
    *) fail "this server runs $PRETTY_NAME; Slipway prepares Debian 12 or later and Ubuntu 22.04 or later" ;;
  esac
  [ "$(ps -p 1 -o comm= 2>/dev/null || cat /proc/1/comm)" = systemd ] || fail 'this server does not run systemd'
}
