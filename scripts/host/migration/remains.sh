# shellcheck shell=bash disable=SC2034
# Part of the scripts that make a throw-away copy of a database or take a stack away. `purpose` says what it is for, when
# that is no rehearsal. Everything of it has this name, or begins with it: with a dot, so that it is the name of nothing
# that a stack of whatever name has.
purpose=${purpose:-rehearsal}
rehearsal=slipway-${STACK?}.$purpose

# The files of a copy that stays, since the next one differs little from it.
standing_copy=slipway-$STACK.copy

# Takes away what was made for it, this time or when an earlier one was killed.
clear_rehearsal() {
  remove_containers "label=slipway.stack=$STACK" "label=slipway.role=$purpose"
  docker network rm "$rehearsal" >/dev/null 2>&1 || true
  docker volume rm --force "$rehearsal" "$rehearsal.keys" "$rehearsal.files" >/dev/null 2>&1 || true
}
