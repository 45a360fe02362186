#!/bin/sh
# Lint, formatting, types and tests, with the tools that requirements-dev.lock pins. Usage: check.sh [PYTEST ARGUMENT ...]
# With DATABASE_URL (a role that may create databases) and REDIS_URL, the tests that need the servers run, too.
set -eu
cd "$(dirname "$0")"

fail() {
  echo "check.sh: $*" >&2
  exit 1
}

find_python() {
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail 'Python 3.11 or later is missing; type: sudo apt-get install python3 python3-venv'
}

# Made beside its place and renamed, so that one that broke off is never used.
make_environment() {
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python has no module venv; type: sudo apt-get install python3-venv"
  echo "Installing the tools of requirements-dev.lock into $environment"
  trap 'rm -rf "$environment.$$"' EXIT
  "$python" -m venv "$environment.$$"
  "$environment.$$/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --only-binary :all: --requirement requirements-dev.lock ||
    fail 'the packages of requirements-dev.lock could not be installed: see above'
  mv -T "$environment.$$" "$environment" 2>/dev/null || [ -e "$environment" ]
}

python=$(find_python)
hash=$({ cat requirements-dev.lock && "$python" -VV; } | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway
environment=$cache/erp-venv-$hash
mkdir -p "$cache"
[ -e "$environment" ] || make_environment

# A renamed environment is used by its interpreter: the scripts in bin/ name the directory that it was made in.
tool() {
  "$environment/bin/python" -m "$@"
}
tool ruff check --quiet --cache-dir "$environment/ruff"
tool ruff format --check --quiet --cache-dir "$environment/ruff"
tool mypy --cache-dir "$environment/mypy"
tool pytest -p no:cacheprovider "$@"
