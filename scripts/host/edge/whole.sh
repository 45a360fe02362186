#!/bin/sh
# Part of the scripts that read the edge's files, on the host and in its container. One file that Traefik cannot read keeps
# it from reading any. So each ends with a line that seals what stands above, and what is not as it was sealed is not read.

# Usage: is_whole FILE
is_whole() {
  seal=$(tail -n 1 "$1") || return 1
  case $seal in
    '# whole '*) [ "$(sed '$d' "$1" | sha256sum)" = "${seal#\# whole }  -" ] ;;
    # As earlier versions wrote them.
    '}') [ "$(head -n 1 "$1")" = '{' ] ;;
    '# '*' publishes nothing' | '      sniStrict: true') ;;
    *) return 1 ;;
  esac
}
