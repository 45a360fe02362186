# shellcheck shell=bash
# Part of ../prepare-host.sh: what the world reaches. It looks at packets before Docker sends those of published ports on
# to containers, past every filter that comes later. Docker's own rules stay, and neither takes the other's away. What Docker
# keeps apart it lets meet for a moment whenever a network is made, as it puts the rule for that in anew.

ensure_firewall() {
  local rules unit changed=no
  rules=$(firewall_rules)
  unit=$(firewall_unit)
  ensure_file "firewall: SSH and ${PORTS:?} from outside, nothing else" /etc/slipway/firewall.nft 644 "$rules" || changed=yes
  ensure_file 'firewall: a unit that loads it' /etc/systemd/system/slipway-firewall.service 644 "$unit" || changed=yes
  if [ "$changed" = yes ] && [ "${MODE:?}" = make ]; then load_firewall; fi
  ensure 'firewall: loaded, and at each start before the network' is_active load_firewall slipway-firewall.service || true
}

# Whoever it locks out gets in again after two minutes: the next connection takes the timer away.
load_firewall() {
  systemctl daemon-reload
  systemctl stop slipway-undo.timer 2>/dev/null || true
  systemd-run --quiet --on-active=120 --unit=slipway-undo nft delete table inet slipway
  systemctl enable slipway-firewall.service >/dev/null 2>&1
  systemctl restart slipway-firewall.service
}

firewall_rules() {
  local ports
  ports=$(sshd -T 2>/dev/null | sed -n 's/^port //p' | paste -sd ' ')
  ports="${ports:-22} $PORTS"
  cat <<RULES
table inet slipway
delete table inet slipway
table inet slipway {
  chain guard {
    type filter hook prerouting priority mangle; policy accept;
    iifname "lo" accept
    iifname "docker0" accept
    iifname "br-*" accept
    iifname "veth*" accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
    udp sport 67 udp dport 68 accept
    udp sport 547 udp dport 546 accept
    tcp dport { ${ports// /, } } accept
    counter drop
  }
  chain apart {
    type filter hook forward priority mangle; policy accept;
    iifname != "br-*" accept
    oifname != "br-*" accept
    ct status dnat accept
    fib daddr . iif oif exists accept
    counter drop
  }
}
RULES
}

firewall_unit() {
  cat <<'UNIT'
[Unit]
Description=What the world reaches of this server
Wants=network-pre.target
Before=network-pre.target
After=local-fs.target
DefaultDependencies=no

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft --file /etc/slipway/firewall.nft
ExecStop=/usr/sbin/nft delete table inet slipway

[Install]
WantedBy=multi-user.target
UNIT
}
