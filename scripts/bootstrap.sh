#!/bin/sh
# Runs one of Slipway's TypeScript scripts on any machine that has npm: installs the packages when the
# lock file changed, then starts the script with the Node that those packages bring.
# Usage: sh scripts/bootstrap.sh SCRIPT.ts [ARGUMENT ...]
set -eu

fail() {
  printf 'slipway: %s\n' "$1" >&2
  exit 1
}

[ "$(uname -s)" = Linux ] || fail "Slipway runs on Linux and on WSL2, not on $(uname -s); on Windows type 'wsl --install' first and clone inside it."
case "$(uname -m)" in
  x86_64 | aarch64) ;;
  *) fail "Slipway runs on x86_64 and aarch64 processors, not on $(uname -m)." ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

stamp=node_modules/.slipway-lock
if ! cmp -s package-lock.json "$stamp"; then
  command -v npm >/dev/null || fail "npm is missing; install Node.js with npm (apt-get install npm) and type the command again."
  printf 'Installing the packages of package-lock.json ...\n' >&2
  npm ci --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed (above); mend that and type the command again."
  cp package-lock.json "$stamp"
fi

export PATH="$root/node_modules/.bin:$PATH"
# Node's own fetch heeds HTTPS_PROXY only when told.
export NODE_USE_ENV_PROXY=1
exec node "$@"
