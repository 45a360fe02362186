#!/bin/sh
# The application's checks with the tools that requirements-dev.lock pins, at a desk as in .github/workflows/ci.yml.
# Usage: check.sh                          lint and test
#        check.sh lint                     ruff, black, mypy
#        check.sh bandit                   what is dangerous in the code; fails on high
#        check.sh audit                    known vulnerabilities of what requirements.lock pins
#        check.sh test [PYTEST ARGUMENT ...]
#        check.sh coverage                 every test, with the floor of pyproject.toml; the report goes to coverage/
#        check.sh lock [--upgrade]         makes both lock files anew from pyproject.toml
# With DATABASE_URL (a role that may create databases) and REDIS_URL, the tests that need the servers run, too;
# `coverage` wants both.
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

# A renamed environment is used by its interpreter: the scripts in bin/ name the directory that it was made in.
tool() {
  "$environment/bin/python" -m "$@"
}

lint() {
  tool ruff check --quiet --cache-dir "$environment/ruff"
  tool black --check --diff --quiet .
  tool mypy --cache-dir "$environment/mypy"
}

measure_coverage() {
  [ "${DATABASE_URL:+${REDIS_URL:+both}}" ] ||
    fail 'coverage is measured with every test: set DATABASE_URL and REDIS_URL'
  rm -rf coverage
  mkdir coverage
  tool coverage run -m pytest -p no:cacheprovider
  tool coverage combine --quiet
  tool coverage xml --quiet --fail-under 0 -o coverage/coverage.xml
  tool coverage html --quiet --fail-under 0 --directory coverage
  tool coverage report
}

lock() {
  for group in '' dev; do
    UV_CUSTOM_COMPILE_COMMAND='./check.sh lock' tool uv pip compile pyproject.toml --quiet --universal --generate-hashes \
      --only-binary :all: ${group:+--group "$group"} --output-file "requirements${group:+-$group}.lock" "$@"
  done
}

python=$(find_python)
hash=$({ cat requirements-dev.lock && "$python" -VV; } | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway
environment=$cache/venv-$hash
mkdir -p "$cache"
[ -e "$environment" ] || make_environment

what=${1:-all}
[ $# -eq 0 ] || shift
case $what in
  all)
    lint
    tool pytest -p no:cacheprovider
    ;;
  lint) lint ;;
  bandit) tool bandit --quiet --recursive src --severity-level high ;;
  audit) tool pip_audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements.lock ;;
  test) tool pytest -p no:cacheprovider "$@" ;;
  coverage) measure_coverage ;;
  lock) lock "$@" ;;
  *) fail "there is no '$what'; type: ./check.sh lint|bandit|audit|test|coverage|lock" ;;
esac
