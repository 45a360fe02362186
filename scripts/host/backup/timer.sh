# shellcheck shell=bash disable=SC2154
# Part of the scripts that have backups run: timers of systemd that belong to a login. They run when nobody is logged in once the
# login lingers, which prepare-host sees to.

export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
unit=slipway-backup-${STACK:?}

has_timers() { [ -d /run/systemd/system ] && systemctl --user show-environment >/dev/null 2>&1; }

# One that was due while the server was off runs when it is on again.
arm_timer() {
  mkdir -p "$units"
  cat >"$units/$unit.service" <<UNIT
[Unit]
Description=Saves the data of $STACK

[Service]
Type=oneshot
ExecStart=/bin/bash $ROOT/$job apply
TimeoutStartSec=12h
SyslogIdentifier=$unit
UNIT
  cat >"$units/$unit.timer" <<UNIT
[Unit]
Description=When the data of $STACK is saved

[Timer]
OnCalendar=*-*-* ${AT:?}:00 UTC
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
UNIT
  systemctl --user daemon-reload
  systemctl --user enable --quiet --now "$unit.timer"
  systemctl --user restart "$unit.timer"
  [ "$(loginctl show-user "$(id -un)" --property=Linger --value 2>/dev/null)" = yes ] ||
    echo "backups run only while $(id -un) is logged in on the host: type npm run prepare-host for it again"
}

is_armed() { systemctl --user is-active --quiet "$unit.timer" && systemctl --user is-enabled --quiet "$unit.timer"; }

disarm_timer() {
  systemctl --user disable --quiet --now "$unit.timer" 2>/dev/null || true
  rm -f "$units/$unit.service" "$units/$unit.timer"
  systemctl --user daemon-reload
}
