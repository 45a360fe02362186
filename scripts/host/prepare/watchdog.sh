# shellcheck shell=bash
# Part of ../prepare-host.sh: what restarts containers that hang, and after a start of the server stops what a failed
# deploy left. WATCHDOG: the script, which a timer runs.

ensure_watchdog() {
  local script=/usr/local/lib/slipway/watchdog.sh unit=/etc/systemd/system/slipway-watchdog changed=no
  ensure_file 'watchdog: its script' "$script" 755 "${WATCHDOG:?}" || changed=yes
  ensure_file 'watchdog: a unit that runs it' "$unit.service" 644 "$(watchdog_unit "$script")" || changed=yes
  ensure_file 'watchdog: its timer' "$unit.timer" 644 "$watchdog_timer" || changed=yes
  if [ "$changed" = yes ] && [ "${MODE:?}" = make ]; then
    systemctl daemon-reload
    systemctl try-restart slipway-watchdog.timer
  fi
  ensure 'watchdog: armed, and at each start' is_active activate slipway-watchdog.timer || true
}

# Of a level above systemd's own lines about each run, which would fill the journal.
watchdog_unit() {
  cat <<UNIT
[Unit]
Description=Restarts containers of Slipway that hang
After=docker.service

[Service]
Type=oneshot
ExecStart=/bin/bash $1 apply
TimeoutStartSec=120
SyslogIdentifier=slipway-watchdog
SyslogLevel=warning
LogLevelMax=notice
UNIT
}

watchdog_timer='[Unit]
Description=Looks for containers of Slipway that hang

[Timer]
OnActiveSec=1s
OnUnitInactiveSec=5s
AccuracySec=500ms

[Install]
WantedBy=timers.target'
