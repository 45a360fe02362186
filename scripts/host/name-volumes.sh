# shellcheck shell=bash
# Says which volumes a stack leaves behind when it is destroyed.

apply() { :; }

remove() {
  [ -z "${VOLUMES?}" ] || printf 'the data of %s stays in these volumes: %s\n' "${STACK:?}" "$VOLUMES"
}
