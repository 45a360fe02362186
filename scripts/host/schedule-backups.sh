# shellcheck shell=bash disable=SC2034,SC2154
# Has the host run JOB, a script in base64, each day AT a time in UTC: by a timer of systemd that belongs to the login that
# deploys, or by cron where there is no systemd. Says so when the host has neither. Notes the FINGERPRINT of their keys. What JOB reads stands here for the audit.

# shellcheck source=/dev/null
. deploy/journal.sh
purpose=proof
# shellcheck source=/dev/null
. migration/remains.sh
# shellcheck source=/dev/null
. backup/timer.sh
# shellcheck source=/dev/null
. backup/cron.sh

job=${STACK:?}/backups/job.sh

apply() {
  base64 --decode <<<"${JOB:?}" | put "$job"
  if has_timers; then
    forget_cron
    arm_timer
  elif has_cron; then
    arm_cron
  else
    echo "nothing runs backups on this host, which has neither systemd nor cron; take one with: npm run backup -- --stack $STACK"
  fi
  note_keys
  begin
}

note_keys() {
  [ "$(sed -n 's/.*"event":"backup-keys","fingerprint":"\([^"]*\)".*/\1/p' "$journal/log" 2>/dev/null | tail -n 1)" = "${FINGERPRINT:?}" ] ||
    note backup-keys fingerprint "$FINGERPRINT"
}

# The first backup is for nobody to wait for.
begin() {
  ! grep -qsE '"event":"backup(-scheduled|-failed)?"' "$journal/log" || return 0
  note backup-scheduled
  if has_timers; then
    systemctl --user start --no-block "$unit.service"
  else
    setsid bash "$ROOT/$job" apply </dev/null >/dev/null 2>&1 &
  fi
}

remove() {
  ! has_timers || disarm_timer
  ! has_cron || forget_cron
  end_job
  take_away "$job"
}

# Nothing of the stack may come to be while it is taken away. A shell hears of it when what it waits for is gone: the
# containers of a proof. What is asked of the server ends with it.
end_job() {
  pkill -TERM -f "^(/bin/)?bash $ROOT/$job " || return 0
  wait_for 30 job_has_ended || true
}

job_has_ended() {
  clear_rehearsal
  ! pgrep -f "^(/bin/)?bash $ROOT/$job " >/dev/null
}
