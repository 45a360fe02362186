# shellcheck shell=bash
# Makes the attempts that come by standard input, a line each, and prints those that succeeded. Runs in containers of
# every image that an environment has, with what these have.

attempt() {
  # shellcheck disable=SC2016 # expanded by the shell that has a time limit
  case $1 in
    resolve) timeout 3 getent ahosts "$2" | grep -q "^$3 " ;;
    connect) timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3" ;;
    postgres) PGPASSWORD=$4 PGCONNECT_TIMEOUT=2 psql -w -h "$2" -U "$3" -d "$5" -Atc 'select 1' ;;
    redis) printf 'AUTH %s %s\nPING\n' "$3" "$4" | timeout 2 redis-cli -h "$2" | grep -qx PONG ;;
    see) [ -e "$2" ] ;;
    process) grep -qsF "$2" /proc/[0-9]*/{cmdline,environ,cgroup,mountinfo} ;;
  esac
}

texts=()
while read -r -a words; do
  if [ "${words[0]}" = find ]; then
    texts+=(-e "${words[1]}")
    continue
  fi
  # What other attempts are made with would be found.
  [ "${words[0]}" != process ] || wait
  # Some containers may have few processes.
  while [ "$(jobs -pr | wc -l)" -ge 10 ]; do wait -n; done
  { ! attempt "${words[@]}" >/dev/null 2>&1 || printf '%s\n' "${words[*]}"; } &
  [ "${words[0]}" != process ] || wait
done
wait
# All at once. What is under /usr and /opt is the image's own, and cannot be written to.
[ "${#texts[@]}" = 0 ] ||
  grep -arhosF --exclude-dir={proc,sys,dev,usr,opt} "${texts[@]}" / | sort -u | sed 's/^/find /'
