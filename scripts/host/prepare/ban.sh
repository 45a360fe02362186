# shellcheck shell=bash
# Part of ../prepare-host.sh: who guesses keys or logins is locked out for an hour. A deploy with a wrong key fails at its
# first connection, three tries before the limit.

ban_settings='[sshd]
enabled = true
backend = systemd
mode = aggressive
maxretry = 10
findtime = 10m
bantime = 1h
banaction = nftables-multiport'

ensure_ban() {
  local changed=no
  ensure_file 'fail2ban: SSH' /etc/fail2ban/jail.d/slipway.local 644 "$ban_settings" || changed=yes
  if [ "$changed" = yes ] && [ "${MODE:?}" = make ]; then systemctl restart fail2ban.service; fi
  ensure 'fail2ban runs, and starts with the server' is_active activate fail2ban.service || true
}
