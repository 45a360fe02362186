#!/bin/sh
# Starts Traefik as the official image does: flags and subcommands are Traefik's, all else is a command of its own.
set -eu

case $1 in
  -* | healthcheck | version) set -- traefik "$@" ;;
esac
exec "$@"
