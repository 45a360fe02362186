# shellcheck shell=bash
# Part of ../prepare-host.sh: who deploys. Membership of the group docker is all that it takes, and is as good as root.

ensure_login() {
  ensure "login ${LOGIN:?}, without a password, in the group docker" has_login make_login || true
  local key
  while read -r key; do
    [ -z "$key" ] || ensure "key of $LOGIN: ${key##* }" has_key add_key "$key" || true
  done <<<"${PUBLIC_KEYS?}"
}

has_login() { id --name --groups "$LOGIN" 2>/dev/null | tr ' ' '\n' | grep -Fxq docker; }

make_login() {
  id "$LOGIN" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$LOGIN"
  usermod --append --groups docker "$LOGIN"
}

has_key() { grep -Fxqs "$1" "$(keys_of "$LOGIN")"; }

add_key() {
  local file
  file=$(keys_of "$LOGIN")
  install -d -m 0700 -o "$LOGIN" -g "$LOGIN" "$(dirname "$file")"
  printf '%s\n' "$1" >>"$file"
  chown "$LOGIN:$LOGIN" "$file"
  chmod 0600 "$file"
}

keys_of() { printf '%s/.ssh/authorized_keys' "$(getent passwd "$1" | cut -d : -f 6)"; }

lingers() { [ -e "/var/lib/systemd/linger/$LOGIN" ] && systemctl is-active --quiet "$(manager_of "$LOGIN")"; }

let_linger() {
  loginctl enable-linger "$LOGIN"
  systemctl start "$(manager_of "$LOGIN")" || fail "timers of $LOGIN cannot run: systemctl status $(manager_of "$LOGIN") says why"
}

manager_of() { printf 'user@%s.service' "$(id --user "$1")"; }
