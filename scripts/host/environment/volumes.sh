# shellcheck shell=bash
# Part of the scripts that name the volumes of an environment.

# By label, and by name: what the stack declares has no label, and no other stack's volume matches.
volumes_of_stack() {
  {
    docker volume ls --quiet --filter "label=slipway.stack=${STACK:?}"
    docker volume ls --quiet --filter "name=^slipway-$STACK-[a-z0-9_]+$"
  } | sort -u
}
