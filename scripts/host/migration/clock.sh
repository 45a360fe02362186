# shellcheck shell=bash
# Part of ../run-migration.sh: how long it may take, and how long it took.

say() { printf '%s\n' "$1"; }

# Begins a phase of at most so many seconds. Usage: begin SECONDS
begin() {
  deadline=$((SECONDS + $1))
  began=${EPOCHREALTIME/[.,]/}
}

# Seconds that the phase still has, and at least one.
left() {
  local seconds=$((deadline - SECONDS))
  echo $((seconds > 0 ? seconds : 1))
}

# Seconds that the phase took, with one digit.
took() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - began + 50000) / 100000))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}
