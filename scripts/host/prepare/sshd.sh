# shellcheck shell=bash disable=SC2154
# Part of ../prepare-host.sh: SSH by keys alone. A deploy opens connections side by side, which the limits have to let in;
# one whose client is gone ends within a minute, and gives back what it held.

sshd_settings='PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitEmptyPasswords no
X11Forwarding no
MaxAuthTries 6
MaxStartups 50:30:150
MaxSessions 50
ClientAliveInterval 15
ClientAliveCountMax 3'

ensure_sshd() {
  local admin=${SUDO_USER:-root} settings=/etc/ssh/sshd_config.d/00-slipway.conf
  [ -s "$(keys_of "$admin")" ] ||
    fail "$admin has no SSH key on this server, and passwords are no longer taken after this; put one there first: ssh-copy-id $admin@ADDRESS"
  ensure_file 'SSH: keys alone, room for many connections' "$settings" 644 "$sshd_settings" || reload_sshd
  ensure 'SSH: nothing else in its configuration says otherwise' sshd_agrees reload_sshd || true
}

reload_sshd() {
  [ "${MODE:?}" = check ] || { sshd -t && systemctl reload ssh.service; }
}

# The first line that sets something wins, in whatever file it stands.
sshd_agrees() {
  local effective
  effective=$(sshd -T) || return 1
  grep -qx 'passwordauthentication no' <<<"$effective" && grep -qx 'maxsessions 50' <<<"$effective"
}
