#!/bin/sh
# Archives one segment of the write-ahead log: archive_command of the server. The stanza is that of the data and is made
# when it is not there, so that new data never is a stranger to the repository. Where more waits than may, segments are
# given up before the disk is full: from then on nothing can be gone back to until the next full backup, which the mark
# asks for. Usage: archive-wal.sh PATH
set -eu

most=@QUEUE@

stanza=$(LC_ALL=C pg_controldata | sed -n 's/^Database system identifier: */pg/p')
push() { pgbackrest --stanza="$stanza" archive-push "$1"; }

# A server that is being made answers nobody.
if said=$(push "$1" 2>&1); then exit 0; fi
if pgbackrest --stanza="$stanza" --no-online stanza-create >/dev/null 2>&1 && push "$1"; then exit 0; fi
waiting=$(find pg_wal/archive_status -name '*.ready' | wc -l)
if [ "$waiting" -le "$most" ]; then
  printf '%s\n' "$said" >&2
  exit 1
fi
printf 'archive-wal: %s segments wait, and %s is given up\n' "$waiting" "$1" >&2
: >archive-gap
