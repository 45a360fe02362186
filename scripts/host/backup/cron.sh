# shellcheck shell=bash disable=SC2154
# Part of the scripts that have backups run: a line in the crontab of the login that deploys. Cron knows the host's own time alone, and
# catches up on nothing.

has_cron() { command -v crontab >/dev/null && pgrep -x 'cron|crond' >/dev/null; }

arm_cron() {
  # shellcheck disable=SC2016 # expanded by whom cron starts
  { other_lines; printf '* * * * * [ "$(date --utc +\\%%H:\\%%M)" != %s ] || /bin/bash %s apply # slipway %s\n' "${AT:?}" "$ROOT/$job" "${STACK:?}"; } | crontab -
}

is_in_cron() { crontab -l 2>/dev/null | grep -q " # slipway $STACK\$"; }

forget_cron() { ! command -v crontab >/dev/null || ! is_in_cron || other_lines | crontab -; }

other_lines() { crontab -l 2>/dev/null | grep -v " # slipway $STACK\$" || true; }
