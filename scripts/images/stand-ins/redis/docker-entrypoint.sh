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
if [ "$1" = redis-server ]; then
  shift
  case ${1:-} in
    '' | -*) set -- redis-server --protected-mode no "$@" ;;
    *)
      file=$1
      shift
      set -- redis-server "$file" --protected-mode no "$@"
      ;;
  esac
fi

exec "$@"
