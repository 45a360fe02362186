# shellcheck shell=bash
# Says which volumes a stack leaves behind when it is destroyed: VOLUMES, and what an earlier configuration left.

apply() { :; }

remove() {
  local volumes=${VOLUMES?} volume
  while read -r volume; do
    case " $volumes " in *" $volume "*) ;; *) volumes+="${volumes:+ }$volume" ;; esac
  done < <(volumes_of_stack)
  [ -z "$volumes" ] || printf 'the data of %s stays in these volumes: %s\n' "$STACK" "$volumes"
}

# By label, and by name: what the stack declares has no label, and no other stack's volume matches.
volumes_of_stack() {
  {
    docker volume ls --quiet --filter "label=slipway.stack=${STACK:?}"
    docker volume ls --quiet --filter "name=^slipway-$STACK-[a-z0-9_]+$"
  } 2>/dev/null | sort -u
}
