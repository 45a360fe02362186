# shellcheck shell=bash
# Part of ../prepare-host.sh: how a thing is seen to, and what is said of it.

missing=0

# Usage: ensure WHAT IS_SO MAKE_SO [ARGUMENT ...], both with the arguments.
ensure() {
  local what=$1 is_so=$2 make_so=$3
  shift 3
  if "$is_so" "$@"; then
    say ok "$what"
  elif [ "${MODE:?}" = check ]; then
    missing=$((missing + 1))
    say missing "$what"
    return 1
  else
    "$make_so" "$@"
    "$is_so" "$@" || fail "$what: it was done, and is not so; see what stands above"
    say changed "$what"
    return 1
  fi
}

say() { printf '%-8s %s\n' "$1" "$2"; }

# A file of this text, mode and owner root. Usage: ensure_file WHAT PATH MODE TEXT
ensure_file() { ensure "$1" has_file put_file "${@:2}"; }

has_file() { [ -f "$1" ] && [ "$(stat --format=%a "$1")" = "$2" ] && [ "$(<"$1")" = "$3" ]; }

put_file() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$3" >"$1.new"
  chmod "$2" "$1.new"
  mv -f "$1.new" "$1"
}

is_active() { systemctl is-active --quiet "$1" && systemctl is-enabled --quiet "$1"; }
activate() { systemctl enable --now "$1" >/dev/null 2>&1; }
