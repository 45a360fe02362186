# shellcheck shell=bash disable=SC2154
# Part of ../prepare-host.sh: what comes from the distribution, whose security updates are then those of all of it.

packages=(ca-certificates curl nftables fail2ban libpam-systemd python3 python3-systemd unattended-upgrades)

ensure_packages() {
  # An engine of another source stays, with its own updates.
  command -v dockerd >/dev/null || packages+=(docker.io)
  # Something else may keep the time already.
  is_installed chrony || is_installed ntpsec || packages+=(systemd-timesyncd)
  ensure "packages: ${packages[*]}" are_installed install_packages "${packages[@]}" || true
}

is_installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

are_installed() {
  local each
  for each; do is_installed "$each" || return 1; done
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || fail 'apt-get update failed; what it says stands above'
  # In Debian 13 the client is a package of its own.
  command -v docker >/dev/null || ! apt-cache show docker-cli >/dev/null 2>&1 || set -- "$@" docker-cli
  # A configuration that somebody changed is kept.
  apt-get install -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >/dev/null ||
    fail 'apt-get install failed; what it says stands above'
}
