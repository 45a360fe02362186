# shellcheck shell=bash
# Part of ../prepare-host.sh: what keeps a server well while nobody looks.

smallest_memory_megabytes=2200
swap_file=/swapfile

ensure_upkeep() {
  ensure_file 'security updates by themselves' /etc/apt/apt.conf.d/52slipway 644 \
    'APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";' || true
  ensure 'security updates: their timers run' is_active activate apt-daily-upgrade.timer || true
  ensure 'the clock is kept right' keeps_time keep_time || true
  ensure "swap, where there is less than $smallest_memory_megabytes MB of memory" has_memory make_swap || true
}

# A container has the clock of its machine.
keeps_time() { systemd-detect-virt --quiet --container || [ "$(timedatectl show --property=NTP --value)" = yes ]; }
keep_time() { timedatectl set-ntp true; }

has_memory() {
  local memory swap
  memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  swap=$(sed -n 's/^SwapTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  [ $((memory / 1024)) -ge "$smallest_memory_megabytes" ] || [ "$swap" -gt 0 ]
}

make_swap() {
  if [ ! -e "$swap_file" ]; then
    fallocate --length 2G "$swap_file.new"
    chmod 0600 "$swap_file.new"
    mkswap "$swap_file.new" >/dev/null
    mv "$swap_file.new" "$swap_file"
  fi
  swapon "$swap_file"
  grep -q "^$swap_file " /etc/fstab || printf '%s none swap sw 0 0\n' "$swap_file" >>/etc/fstab
}
