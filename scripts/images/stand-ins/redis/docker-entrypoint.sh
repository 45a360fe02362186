#!/bin/sh
# Starts Redis as the official image does.
set -eu

case $1 in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis {} +
  exec setpriv --reuid=redis --regid=redis --clear-groups -- "$0" "$@"
fi

[ "$(umask)" != 0022 ] || umask 0077

# The official image is built without protected mode, since a container's port is open to its network alone.
has_protected_mode() {
  case " $* " in *' --protected-mode '*) return 0 ;; esac
  [ -f "${2:-}" ] && grep -q '^protected-mode' "$2"
}

case "$1 ${2:-}" in
  'redis-server '*-help | 'redis-server '*-version | 'redis-server -'[hv] | 'redis-server --test-memory') ;;
  'redis-server '*) has_protected_mode "$@" || set -- "$@" --protected-mode no ;;
esac

exec "$@"
