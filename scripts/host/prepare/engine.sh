# shellcheck shell=bash
# Part of ../prepare-host.sh: the Docker engine. Containers outlive its restart, as at an update; none fills the disk with
# its log, none gains privileges that it was not started with, and on the default network they do not see each other. Where the
# server has an address of IPv6, containers can be reached by it without a proxy that would hide who asks.

ensure_engine() {
  ensure 'Docker: live-restore, log rotation, no new privileges' has_daemon_settings put_daemon_settings || true
  ensure 'Docker runs, and starts with the server' is_active activate docker.service || true
}

# Scope 00 is that of the world, or of a private network.
has_ipv6() { grep -q '^[0-9a-f]* [0-9a-f]* [0-9a-f]* 00 ' /proc/net/if_inet6 2>/dev/null; }

has_daemon_settings() { command -v python3 >/dev/null && merge_daemon_settings has; }

put_daemon_settings() {
  merge_daemon_settings put
  systemctl is-active --quiet docker.service || return 0
  # First what a running engine takes: with live-restore the restart leaves containers alone.
  systemctl reload docker.service
  systemctl restart docker.service
}

# Whatever else stands in the file stays. Usage: merge_daemon_settings has|put
merge_daemon_settings() {
  python3 - "$1" "$(! has_ipv6 || echo ipv6)" <<'PYTHON'
import json, os, sys

path = "/etc/docker/daemon.json"
wanted = {
    "live-restore": True,
    "log-driver": "json-file",
    "log-opts": {"max-size": "10m", "max-file": "3"},
    "no-new-privileges": True,
    "icc": False,
    "userland-proxy": False,
}
if sys.argv[2]:
    # Docker before 27 takes the one for an experiment.
    wanted |= {"ip6tables": True, "experimental": True}
try:
    with open(path) as file:
        present = json.load(file)
except FileNotFoundError:
    present = {}
except json.JSONDecodeError as problem:
    sys.exit(f"{path} is no JSON: {problem}; mend it and type the command again")
if sys.argv[1] == "has":
    sys.exit(any(present.get(key) != value for key, value in wanted.items()))
os.makedirs(os.path.dirname(path), exist_ok=True)
with open(f"{path}.new", "w") as file:
    json.dump({**present, **wanted}, file, indent=2)
    file.write("\n")
os.rename(f"{path}.new", path)
PYTHON
}
