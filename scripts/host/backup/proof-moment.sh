# shellcheck shell=bash disable=SC2034,SC2154
# Part of the proof of a backup: to which moment it is restored.

# Notes `set`, `bytes`, `type` and `target` as side_restore takes them, `moment` in words, and in `witness` the file that
# says what was there then, if there is one. Usage: choose_moment newest|random|LABEL|MOMENT
choose_moment() {
  local oldest
  REPOSITORIES=$repository find_source || {
    problems=${problems#repository *: }
    fail "${problems:-there is no backup of this data in it}"
  }
  read -r _ _ oldest _ < <(head -n 1 <<<"$sets")
  witness=
  case $1 in
    newest) to_set "$(tail -n 1 <<<"$sets" | cut -d ' ' -f 2)" ;;
    random) to_random_moment ;;
    *F | *F_*)
      grep -q "^[^ ]* $1 " <<<"$sets" ||
        refuse "there is no backup $1; there are: $(cut -d ' ' -f 2 <<<"$sets" | paste -sd ' ')"
      to_set "$1"
      ;;
    *)
      [[ ${1/ /T} > $oldest ]] ||
        refuse "there is nothing as old as $1: any moment since ${oldest/T/ } can be gone back to, when the oldest backup ended"
      to_moment "$1"
      ;;
  esac
  bytes=$(awk -v label="$set" '$2 == label { print $5 }' <<<"$sets")
}

# Usage: to_set LABEL
to_set() {
  set=$1
  if [ -e "$backups/witness/$set" ]; then
    type=name witness=$backups/witness/$set
    IFS='|' read -r target moment snapshot <"$witness"
  else
    type=immediate target=
    moment=$(awk -v label="$set" '$2 == label { sub("T", " ", $3); print $3 }' <<<"$sets")
  fi
}

# Usage: to_moment MOMENT
to_moment() {
  type=time target=$1 moment=$1
  set=$(awk -v at="${1/ /T}" '$3 < at { label = $2 } END { print label }' <<<"$sets")
}

# Until what has arrived, and since the oldest backup of the line of time that the data is on: a restore began another.
to_random_moment() {
  local restored begin end=${arrived:-0}
  restored=$(sed -n 's/^{"time":"\([^"]*\)Z".*"event":"restore\(d\|-undone\)".*/\1/p' "$journal/log" | tail -n 1)
  begin=$(awk -v restored="$restored" '$3 > restored { print $3; exit }' <<<"$sets")
  [ -n "$begin" ] || refuse 'there is no backup yet since a restore; take one with: npm run backup'
  begin=$(($(date --date="$begin" +%s) + 1))
  [ "$end" -gt "$begin" ] || refuse 'nothing has arrived since the oldest backup'
  to_moment "$(date --utc --date="@$((begin + (RANDOM * 32768 + RANDOM) % (end - begin)))" '+%F %T+00')"
}
